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
    have = {row: sum(map(int, re.findall(r"\d+", cell.get(matrix.FIRST, "")))) for row, cell in cells.items()}
    want = collections.Counter(c.row for c in CASES if c.requires <= matrix.FIRST)
    assert {row: n for row, n in have.items() if n} == dict(want), f"run {matrix.COMMAND}"
    assert set(cells) >= {c.row for c in CASES}


def test_a_case_required_to_be_differential_is_not_listed_as_full():
    listed = set(re.findall(r"^\| (\S+) \| (?:full|refused) \|", TEXT, re.M))
    wrong = [c.name for c in CASES if c.mode == "differential" and c.name in listed]
    wrong += [c.name for c in CASES if c.mode in ("full-only", "refused") and c.name not in listed]
    assert not wrong, f"{wrong}: run {matrix.COMMAND}"


def test_a_column_is_replaced_and_the_others_are_kept():
    def case(row, name):
        return casefile.Case(HERE / "cases" / row / f"{name}.sql", [], [], [])
    x, y, z, other = case("a/b", "x"), case("a/b", "y"), case("a/b", "z"), case("c/d", "x")
    rows = {"a/b", "c/d"}
    text = matrix.text_of("", 15, [(x, "differential", None), (y, "full", "c_y.t | LIMIT"), (z, None, None), (other, "full", "o")], rows)
    assert "| a/b | 1 D, 1 F | - | - | - |" in text and r"| a/b/y | full | t \| LIMIT |" in text
    text = matrix.text_of("<<<<<<< left\n" + text, 16, [(x, "differential", None), (y, "full", "l"), (z, "refused", "no")], rows)
    assert "| a/b | 1 D, 1 F | 1 D, 1 F, 1 R | - | - |" in text and "| a/b/y | full" in text and "a/b/z" not in text
    # a row alone: a case of it was renamed, another is differential now
    text = matrix.text_of(text, 15, [(case("a/b", "new"), "full", "why"), (y, "differential", None)], rows)
    assert "| a/b | 1 D, 1 F | 1 D, 1 F, 1 R | - | - |" in text and "| a/b/new | full | why |" in text and "a/b/y" not in text
    assert "| c/d | 1 F | - | - | - |" in text and "| c/d/x | full | o |" in text
    assert "| **all** | 1 D, 2 F | 1 D, 1 F, 1 R | - | - |" in text
    text = matrix.text_of(text, 15, [], {"a/b"})
    assert "c/d" not in text and "| **all** | 1 D, 1 F |" in text
