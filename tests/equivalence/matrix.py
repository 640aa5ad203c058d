"""The support matrix, SUPPORT.md: what a run found out about every case, counted by construct and server version.

A run knows one version: it replaces that column and leaves the others as they are.
"""

import collections
import contextlib
import fcntl
import pathlib
import re
import tempfile

FILE = pathlib.Path(__file__).resolve().parent / "SUPPORT.md"
VERSIONS = (15, 16, 17, 18)
FIRST = 15  # the version whose cases are listed by name
LETTER = {"differential": "D", "full": "F", "refused": "R"}
COMMAND = "tests/equivalence/run.py --pg all --probe"

HEAD = f"""# What is maintained how

Written by `{COMMAND}` and by every complete run of the suite; not by hand. A row is a folder of
[cases/](cases), a column a server version, a cell how many of its cases AUTO maintains how:
**D** by deltas (`DIFFERENTIAL`), **F** by running the query again (`FULL`, and a NOTICE says why), **R** not at all (refused).
In every case that is not refused the result was compared with the query after each refresh.
"""


def read(text):
    """{row: {version: cell}} of a file; lines that are not of the table, a merge's marks too, are skipped."""
    cells, versions = collections.defaultdict(dict), []
    for line in text.split("\n"):
        parts = [p.strip() for p in line.strip("|").split("|")]
        if parts[0] == "construct":
            versions = [int(p) for p in parts[1:]]
        elif re.fullmatch(r"\w+/\w+", parts[0]) and len(parts) == len(versions) + 1:
            cells[parts[0]].update({v: c for v, c in zip(versions, parts[1:]) if c != "-"})
    return cells


def listed(text):
    """The list of cases that are not differential, as it stands in a file."""
    _, mark, rest = text.partition("\n## ")
    return mark + rest


def cell(modes):
    count = collections.Counter(modes)
    return ", ".join(f"{count[m]} {letter}" for m, letter in LETTER.items() if count[m])


def tidy(reason):
    return re.sub(r"\bc_\w+\.", "", " ".join((reason or "").split())).replace("|", "\\|")


def rest_of(results):
    """The cases that are not differential, each with what weir says of it."""
    lines = ["", "## Not by deltas, and what weir says of it", "", f"On PostgreSQL {FIRST}.", "", "| case | mode | reason |", "|---|---|---|"]
    for case, mode, reason in sorted(results, key=lambda r: r[0].name):
        if mode != "differential":
            lines.append(f"| {case.name} | {mode} | {tidy(reason)} |")
    return "\n".join(lines) + "\n"


def text_of(old, version, results):
    """The file, with what this run found. results: (case, mode, reason) of every case; mode None: needs a newer server."""
    cells = read(old)
    found = collections.defaultdict(list)
    for case, mode, _ in results:
        found[case.row].append(mode)
    lines = [HEAD, "| construct | " + " | ".join(map(str, VERSIONS)) + " |", "|---" * (1 + len(VERSIONS)) + "|"]
    total = {v: collections.Counter() for v in VERSIONS}
    for row in sorted(found):
        shown = {**cells.get(row, {}), version: cell(m for m in found[row] if m)}
        for v in VERSIONS:
            total[v].update({m: int(n) for n, m in re.findall(r"(\d+) ([DFR])", shown.get(v, ""))})
        lines.append(f"| {row} | " + " | ".join(shown.get(v) or "-" for v in VERSIONS) + " |")
    sums = [", ".join(f"{total[v][m]} {m}" for m in "DFR" if total[v][m]) or "-" for v in VERSIONS]
    lines.append("| **all** | " + " | ".join(sums) + " |")
    rest = rest_of([r for r in results if r[1]]) if version == FIRST else listed(old)
    return "\n".join(lines) + "\n" + rest


def update(version, results):
    """Writes the file anew. Returns whether it said what this run found already."""
    with open(pathlib.Path(tempfile.gettempdir()) / "equivalence_matrix.lock", "a") as lock:
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)  # runs on several versions at once
        old = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
        new = text_of(old, version, results)
        if new == old:
            return True
        FILE.write_text(new, encoding="utf-8")
        return False
