"""Case files: plain SQL in sections. README.md of this folder describes the format."""

import dataclasses
import pathlib
import re

HEADER = re.compile(r"^-- (mode|construct|requires|compare|position|notice|sqlstate|message): *(.+?) *$")
MODES = ("differential", "any", "full-only", "refused")
SECTION = re.compile(r"^-- (tables|query|changes|stream (.+?)|refresh( .*)?|session( \w+)?) *$")
FAILS = re.compile(r"^-- fails: *([0-9A-Z]{5}) *$", re.M)
NAME = re.compile(r'^("(?:[^"]|"")+"|\w+)\s*(\(.*\))?$')
COPY_IN = re.compile(r"^\s*COPY\b.*\bFROM\s+STDIN\b", re.I | re.S)
DOLLAR = re.compile(r"\$([A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$")


class CaseError(Exception):
    pass


@dataclasses.dataclass
class Statement:
    sql: str
    fails: str = None  # SQLSTATE it must fail with
    copy: str = None  # data of COPY ... FROM STDIN
    session: str = "main"  # the session of the writer that runs it


@dataclasses.dataclass
class Step:
    """Changes, then a refresh of `targets` (all when empty)."""

    statements: list
    targets: list = dataclasses.field(default_factory=list)
    action: str = "DIFFERENTIAL"  # what the history must say when the result changed; 'any'
    error: str = None  # SQLSTATE that the refresh must fail with, as the query does


@dataclasses.dataclass
class Stream:
    name: str  # SQL identifier as written, perhaps quoted, without a column list
    columns: str  # "(a, b)" or ""
    query: str


@dataclasses.dataclass
class Case:
    path: pathlib.Path
    tables: list
    streams: list
    steps: list
    mode: str = "differential"
    construct: str = None
    requires: int = 15
    compare: str = "image"
    position: str = None
    notice: str = None
    sqlstate: str = None
    message: str = None

    @property
    def row(self):
        """Area and construct: the case's row of the support matrix."""
        return f"{self.path.parent.parent.name}/{self.path.parent.name}"

    @property
    def name(self):
        return f"{self.row}/{self.path.stem}"

    @property
    def may_fail(self):
        return any(step.error for step in self.steps)


def split(text):
    """Splits a script at its semicolons, as psql does: quotes, comments, dollar quotes, COPY data."""
    out, start, i, n = [], 0, 0, len(text)
    depth = 0  # of BEGIN ATOMIC ... END
    while i < n:
        c = text[i]
        if text.startswith("--", i):
            i = text.find("\n", i)
            i = n if i < 0 else i
        elif text.startswith("/*", i):
            i = text.index("*/", i) + 2
        elif c in "'\"":
            escapes = c == "'" and i > 0 and text[i - 1] in "eE" and (i < 2 or not text[i - 2].isalnum())
            i += 1
            while i < n and text[i] != c:
                i += 2 if escapes and text[i] == "\\" else 1
            i += 1
        elif c == "$" and (m := DOLLAR.match(text, i)) and not (i and (text[i - 1].isalnum())):
            i = text.index(m.group(0), m.end()) + len(m.group(0))
        elif c == ";" and depth == 0:
            sql = text[start:i + 1]
            i += 1
            copy = None
            if COPY_IN.match(strip_comments(sql)):
                begin = text.index("\n", i) + 1
                end = re.compile(r"^\\\.\n?", re.M).search(text, begin)
                if end is None:
                    raise CaseError("COPY data without \\.")
                copy = text[begin:end.start()]
                i = end.end()
            out.append(statement(sql, copy))
            start = i
        else:
            i += 1
    if strip_comments(text[start:]).strip():
        out.append(statement(text[start:], None))
    return out


def strip_comments(sql):
    return re.sub(r"^\s*--.*$", "", sql, flags=re.M)


def statement(sql, copy):
    fails = FAILS.search(sql)
    return Statement(sql.strip(), fails.group(1) if fails else None, copy)


def of_session(statements, session):
    for st in statements:
        st.session = session
    return statements


def pin(path):
    """A case that may be maintained either way is from now on one that must be differential."""
    lines = path.read_text(encoding="utf-8").split("\n")
    end = next(i for i, line in enumerate(lines) if SECTION.match(line))
    head = [line for line in lines[:end] if not re.match(r"-- (mode|construct|position):", line)]
    path.write_text("\n".join(head + lines[end:]), encoding="utf-8")


def parse(path):
    text = path.read_text(encoding="utf-8")
    blocks = []  # (section, argument, lines)
    header = {}
    for line in text.split("\n"):
        if not blocks and (m := HEADER.match(line)):
            header[m.group(1)] = m.group(2)
            continue
        m = SECTION.match(line)
        if m:
            word = m.group(1).split(" ")[0]
            blocks.append((word, (m.group(2) or m.group(3) or m.group(4) or "").strip(), []))
        elif blocks:
            blocks[-1][2].append(line)
        elif line.strip() and not line.startswith("--"):
            raise CaseError(f"{path}: SQL before the first section")

    case = Case(path, [], [], [], **{k: v for k, v in header.items() if k != "requires"})
    case.requires = int(header.get("requires", 15))
    if case.mode not in MODES:
        raise CaseError(f"{path}: mode is one of {', '.join(MODES)}")
    if case.mode == "full-only" and not case.construct:
        raise CaseError(f"{path}: a full-only case names its construct")
    if case.mode == "refused" and not (case.sqlstate and case.message):
        raise CaseError(f"{path}: a refused case has a sqlstate and a message")
    session = "main"
    pending = []
    for word, argument, lines in blocks:
        body = "\n".join(lines)
        if word == "tables":
            case.tables += split(body)
        elif word in ("query", "stream"):
            m = NAME.match(argument or "st")
            if m is None:
                raise CaseError(f"{path}: not a name: {argument}")
            name, columns = m.group(1), m.group(2) or ""
            query = body.strip().rstrip(";").strip()
            if not query:
                raise CaseError(f"{path}: empty query")
            case.streams.append(Stream(name, columns, query))
        elif word in ("changes", "session"):
            session = argument or "main"
            pending += of_session(split(body), session)
        elif word == "refresh":
            targets, _, action = argument.partition("=>")
            step = Step(pending, [t.strip() for t in targets.split(",") if t.strip()])
            step.action = action.strip() or step.action
            if step.action.startswith("error "):
                step.action, step.error = "any", step.action.split()[1]
            case.steps.append(step)
            pending = split(body)  # what follows a refresh are changes of the main session, with or without the line
    if pending:
        raise CaseError(f"{path}: changes after the last refresh are not checked")
    if not case.streams or not (case.steps or case.mode == "refused"):
        raise CaseError(f"{path}: needs a query and a refresh")
    return case
