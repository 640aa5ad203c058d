"""Rules about the tree that no compiler checks: who may include what, what lies where, how it is written."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

TOP_FOLDERS = {"bench", "conf", "include", "ivm", "protocol", "proxy", "tests"}
TOP_FILES = {"CMakeLists.txt", "LICENSE", "README.md"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
# Library headers and the folders that may use them. A folder ends with /.
OWNERS = {
    "uv.h": ["proxy/"],
    "libpq-fe.h": ["proxy/"],
    "openssl/ssl.h": ["proxy/"],
    "openssl/": ["proxy/", "protocol/"],
    "pg_query": ["ivm/parse/"],
}
# Sockets and files belong to proxy/ alone: protocol/ and ivm/ do no I/O.
IO_HEADERS = re.compile(r"^(sys/socket|netinet/|arpa/|netdb|poll|sys/epoll|sys/un|unistd|fcntl|pthread|dirent)")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|root|home|mnt|Users)/\w")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def tracked():
    """Every file of the product: what git knows, and what it would add."""
    out = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
                         capture_output=True, text=True)
    if out.returncode == 0:
        names = out.stdout.splitlines()
    else:  # an unpacked archive
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file()]
        names = [n for n in names if not re.match(r"(\.git|build)", n)]
    return sorted(n for n in set(names) if (ROOT / n).is_file())


FILES = tracked()
C_FILES = [f for f in FILES if f.endswith((".c", ".h"))]
PRODUCT_C = [f for f in C_FILES if not f.startswith(("tests/", "bench/"))]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def is_text(name):
    return b"\0" not in (ROOT / name).read_bytes()[:8000]


def includes(name):
    return [m.group(2) for m in INCLUDE.finditer(text(name))]


def folder(name):
    return name.split("/")[0]


def layer_problem(name, included):
    """Why `name` must not include `included`; None when it may."""
    here = folder(name)
    for header, owners in OWNERS.items():
        if included == header or included.startswith(header):
            if not name.startswith(tuple(owners)):
                return f"{included} belongs to {' and '.join(owners)}"
            return None
    if here in ("protocol", "ivm") and IO_HEADERS.match(included):
        return f"{here}/ does no I/O"
    if here == "include" and re.match(r"(\.\./)*(protocol|ivm|proxy)/", included):
        return "include/ knows none of the folders behind it"
    for other in ("protocol", "ivm", "proxy"):
        if other != here and re.match(rf"(\.\./)*{other}/", included):
            return f"private headers of {other}/ are private"
    if here == "protocol" and included in ("ivm.h", "proxy.h"):
        return "protocol/ knows neither ivm/ nor proxy/"
    if here == "ivm" and included in ("protocol.h", "proxy.h"):
        return "ivm/ knows neither protocol/ nor proxy/"
    return None


def test_there_is_something_to_check():
    assert len(PRODUCT_C) > 10 and len(FILES) > 50


@pytest.mark.parametrize("name,included,allowed", [
    ("protocol/wire.c", "uv.h", False), ("proxy/main.c", "uv.h", True), ("ivm/plan/x.c", "pg_query.h", False),
    ("ivm/parse/x.c", "pg_query/pg_query.pb-c.h", True), ("protocol/scram.c", "openssl/evp.h", True),
    ("protocol/scram.c", "openssl/ssl.h", False), ("ivm/x.c", "openssl/sha.h", False),
    ("ivm/x.c", "../proxy/pool.h", False), ("ivm/x.c", "protocol.h", False), ("protocol/x.c", "ivm.h", False),
    ("ivm/x.c", "sys/socket.h", False), ("proxy/x.c", "ivm/plan/plan.h", False), ("proxy/x.c", "ivm.h", True),
    ("include/ivm.h", "base/arena.h", True), ("include/base/x.c", "ivm/plan.h", False),
])
def test_the_rules_themselves(name, included, allowed):
    assert (layer_problem(name, included) is None) == allowed


def test_include_rules():
    wrong = [f"{f}: {i}: {why}" for f in PRODUCT_C for i in includes(f) if (why := layer_problem(f, i))]
    assert not wrong, "\n".join(wrong)


def test_private_headers_are_reached_from_their_own_folder_only():
    """A quoted include resolves to include/ or to the includer's own top folder."""
    wrong = []
    for f in PRODUCT_C:
        for m in INCLUDE.finditer(text(f)):
            if m.group(1) != '"':
                continue
            places = [(ROOT / f).parent / m.group(2), ROOT / folder(f) / m.group(2), ROOT / "include" / m.group(2)]
            found = next((p.resolve() for p in places if p.exists()), None)
            if found is None:
                continue  # generated, or not there: the compiler says so
            top = found.relative_to(ROOT).parts[0]
            if top not in (folder(f), "include"):
                wrong.append(f"{f}: {m.group(2)}")
    assert not wrong, "\n".join(wrong)


def test_top_level():
    names = {f.split("/")[0] for f in FILES}
    folders = {n for n in names if (ROOT / n).is_dir() and not n.startswith(".")}
    files = {n for n in names if (ROOT / n).is_file() and not n.startswith(".")}
    assert folders <= TOP_FOLDERS, f"not at the top: {folders - TOP_FOLDERS}"
    assert files <= TOP_FILES, f"not at the top: {files - TOP_FILES}"
    assert TOP_FILES <= files, f"missing at the top: {TOP_FILES - files}"


def test_every_folder_has_a_readme():
    folders = {str(pathlib.PurePath(f).parent) for f in FILES}
    # Folders of data, explained by the README of the folder that holds them.
    data = re.compile(r"^(\.|\.ci|tests/equivalence/cases(/.*)?|tests/golden/.+|tests/fuzz/corpus(/.*)?)$")
    wanted = {d for d in folders if not data.match(d) and not d.startswith(".")}
    for d in list(wanted):  # parents count even when they hold nothing but folders
        wanted |= {str(p) for p in pathlib.PurePath(d).parents if str(p) != "."}
    missing = sorted(d for d in wanted if not (ROOT / d / "README.md").exists())
    assert not missing, f"no README.md in {missing}"


def test_readmes_are_a_page():
    long = [f"{f}: {len(text(f).splitlines())} lines" for f in FILES
            if f.endswith("README.md") and len(text(f).splitlines()) > 120]
    assert not long, long


@pytest.mark.skipif(shutil.which("clang-format-14") is None, reason="clang-format-14 is not installed")
def test_clang_format():
    out = subprocess.run(["clang-format-14", "--dry-run", "--Werror", *C_FILES], cwd=ROOT, capture_output=True, text=True)
    bad = sorted({line.split(":")[0] for line in out.stderr.splitlines() if "clang-format-violations" in line})
    assert out.returncode == 0, f"run clang-format-14 -i on: {' '.join(bad)}\n{out.stderr[:2000]}"


def test_nothing_unfinished():
    found = [f"{f}:{n}: {line.strip()[:80]}" for f in FILES if is_text(f)
             for n, line in enumerate(text(f).splitlines(), 1) if UNFINISHED.search(line)]
    assert not found, "\n".join(found)


def test_no_machine_paths():
    found = [f"{f}:{n}: {line.strip()[:80]}" for f in FILES if is_text(f) and f != "tests/lint/test_tree.py"
             for n, line in enumerate(text(f).splitlines(), 1) if MACHINE_PATHS.search(line)]
    assert not found, "\n".join(found)


def test_links():
    """Links between the documents lead somewhere."""
    broken = []
    for f in FILES:
        if not f.endswith(".md"):
            continue
        body = re.sub(r"```.*?```", "", text(f), flags=re.S)
        for target in LINK.findall(body):
            if re.match(r"[a-z]+:", target) or target.startswith("#"):
                continue
            if not ((ROOT / f).parent / target.split("#")[0]).exists():
                broken.append(f"{f}: {target}")
    assert not broken, "\n".join(broken)


def test_no_sql_by_printf():
    """SQL text is built by include/base/sql.h alone; a statement in a printf format with holes is not."""
    statement = re.compile(r'printf\s*\([^;"]*"[^"]*\b(SELECT .* FROM|INSERT INTO|UPDATE .* SET|DELETE FROM|CREATE (TABLE|VIEW|FUNCTION)|DROP (TABLE|VIEW))\b[^"]*%', re.S)
    found = [f for f in PRODUCT_C if statement.search(text(f))]
    assert not found, found


def test_files_stay_small():
    """Past 900 lines a file is two things."""
    long = [f"{f}: {n}" for f in PRODUCT_C if (n := len(text(f).splitlines())) > 900]
    assert not long, long


def test_scripts_are_executable():
    wrong = [f for f in FILES if text(f).startswith("#!") and not os.access(ROOT / f, os.X_OK)] if FILES else []
    assert not wrong, wrong
