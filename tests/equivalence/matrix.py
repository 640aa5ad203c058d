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
    """{name: line} of the cases that are not differential, as they stand in a file."""
    return {m.group(1): m.group(0) for m in re.finditer(r"^\| (\w+/\w+/\w+) \| (?:full|refused) \|.*$", text, re.M)}


def cell(modes):
    count = collections.Counter(modes)
    return ", ".join(f"{count[m]} {letter}" for m, letter in LETTER.items() if count[m])


def tidy(reason):
    return re.sub(r"\bc_\w+\.", "", " ".join((reason or "").split())).replace("|", "\\|")


def rest_of(lines):
    """The list of the cases that are not differential, each with what weir says of it."""
    head = ["", "## Not by deltas, and what weir says of it", "", f"On PostgreSQL {FIRST}.", "", "| case | mode | reason |", "|---|---|---|"]
    return "\n".join(head + [lines[name] for name in sorted(lines)]) + "\n"


def text_of(old, version, results, rows):
    """The file, with what this run found. results: (case, mode, reason) of every case of some rows; mode None: it needs a
    newer server. rows: all that there are."""
    cells, lines = read(old), listed(old)
    found = collections.defaultdict(list)
    for case, mode, reason in results:
        found[case.row].append(mode)
        if version == FIRST:
            lines.pop(case.name, None)
            if mode not in ("differential", None):
                lines[case.name] = f"| {case.name} | {mode} | {tidy(reason)} |"
    known = {case.name for case, _, _ in results}
    lines = {name: line for name, line in lines.items()
             if name.rpartition("/")[0] in rows and (name.rpartition("/")[0] not in found or name in known)}
    for row, modes in found.items():
        cells[row][version] = cell(m for m in modes if m)
    table = ["| construct | " + " | ".join(map(str, VERSIONS)) + " |", "|---" * (1 + len(VERSIONS)) + "|"]
    table += [f"| {row} | " + " | ".join(cells[row].get(v) or "-" for v in VERSIONS) + " |" for row in sorted(rows)]
    sums = []
    for v in VERSIONS:
        total = collections.Counter()
        for row in rows:
            total.update({m: int(n) for n, m in re.findall(r"(\d+) ([DFR])", cells[row].get(v, ""))})
        sums.append(", ".join(f"{total[m]} {m}" for m in "DFR" if total[m]) or "-")
    table.append("| **all** | " + " | ".join(sums) + " |")
    return "\n".join([HEAD, *table]) + "\n" + rest_of(lines)


def update(version, results, rows):
    """Writes the file anew. Returns whether it said what this run found already."""
    with open(pathlib.Path(tempfile.gettempdir()) / "equivalence_matrix.lock", "a") as lock:
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)  # runs on several versions at once
        old = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
        new = text_of(old, version, results, rows)
        if new == old:
            return True
        FILE.write_text(new, encoding="utf-8")
        return False
