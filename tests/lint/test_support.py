"""SUPPORT.md speaks of the cases that there are. Whether their modes are true, a run of the suite says."""

import collections
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parents[1] / "equivalence"
sys.path.insert(0, str(HERE))

import casefile  # noqa: E402
import matrix  # noqa: E402

CASES = [casefile.parse(p) for p in sorted((HERE / "cases").rglob("*.sql"))]
TEXT = matrix.FILE.read_text(encoding="utf-8")


def test_every_case_lies_two_folders_deep():
    wrong = [str(c.path) for c in CASES if c.path.parents[2] != HERE / "cases"]
    assert not wrong


def test_every_construct_has_its_row_and_every_case_is_counted():
    cells = matrix.read(TEXT)
    for version in matrix.VERSIONS:
        have = {row: sum(map(int, re.findall(r"\d+", cell.get(version, "")))) for row, cell in cells.items()}
        want = collections.Counter(c.row for c in CASES if c.requires <= version)
        have = {row: n for row, n in have.items() if n}
        assert have == dict(want), f"PostgreSQL {version}: run {matrix.COMMAND}"


def test_a_case_required_to_be_differential_is_not_listed_as_full():
    listed = set(re.findall(r"^\| (\S+) \| (?:full|refused) \|", TEXT, re.M))
    wrong = [c.name for c in CASES if c.mode == "differential" and c.name in listed]
    wrong += [c.name for c in CASES if c.mode in ("full-only", "refused") and c.name not in listed]
    assert not wrong, f"{wrong}: run {matrix.COMMAND}"


def test_a_column_is_replaced_and_the_others_are_kept():
    c = [casefile.Case(HERE / "cases/a/b" / f"{n}.sql", [], [], []) for n in "xyz"]
    text = matrix.text_of("", 15, [(c[0], "differential", None), (c[1], "full", "c_y.t | LIMIT"), (c[2], None, None)])
    assert "| a/b | 1 D, 1 F | - | - | - |" in text and r"| a/b/y | full | t \| LIMIT |" in text
    text = matrix.text_of("<<<<<<< left\n" + text, 16, [(c[0], "differential", None), (c[2], "refused", "no")])
    assert "| a/b | 1 D, 1 F | 1 D, 1 R | - | - |" in text and "a/b/y" in text
    text = matrix.text_of(text, 15, [(casefile.Case(HERE / "cases/a/new/x.sql", [], [], []), "full", "why")])
    assert "a/b" not in text.split("## Not")[0] and "| a/new | 1 F | - | - | - |" in text and "| a/new/x | full | why |" in text
