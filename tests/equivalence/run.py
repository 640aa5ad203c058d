#!/usr/bin/python3
"""Runs the case files of cases/ through weir and compares every stream table with its query.

    run.py [--pg 15] [--filter REGEX] [--plain] [--keep] [--modes DIFFERENTIAL,FULL,AUTO] [-j N] [-v] [FILE...]
    run.py --pg all --probe    writes SUPPORT.md: only the creations, a minute
    run.py --pin               cases that may be maintained either way and are differential must be so from now on

Each stream table exists three times: as a stream table per mode (in schemas <case>_differential and
<case>_full) and as a plain view (in <case>_view). The view is the truth. --plain replaces the stream tables by
tables that are filled again at each refresh, without weir: this proves the case files themselves.
"""

import argparse
import multiprocessing
import os
import pathlib
import re
import signal
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import psycopg  # noqa: E402

import casefile  # noqa: E402
import matrix  # noqa: E402
from backend import Backend, Plain  # noqa: E402
from caserun import Mismatch, Run, Timeout  # noqa: E402
from harness import pg_home  # noqa: E402

CASE_TIMEOUT_S = 60


def alarm(signum, frame):
    raise Timeout(f"no answer within {CASE_TIMEOUT_S} s")


def run_case(backend, case, args):
    """One case: (problem or None, effective mode, reason). After a problem weir is looked after."""
    run = Run(backend, case, args.modes.split(","))
    signal.alarm(CASE_TIMEOUT_S)
    problem = None
    try:
        run.go(args.probe)
    except (Mismatch, Timeout) as e:
        problem = str(e)
    except psycopg.Error as e:
        problem = f"{type(e).__name__} {e.sqlstate}: {e}"
        if args.verbose:
            problem += "\n" + traceback.format_exc()
    finally:
        signal.alarm(0)
    if problem:
        weir = backend.recover()
        if weir:
            problem += f"\n  and weir: {weir}"
        run.sweep()
    return problem, run.effective, run.reason


def work(args, cases, turn, results):
    """A process with a server and a weir of its own, which takes the next case until none is left."""
    signal.signal(signal.SIGALRM, alarm)
    try:
        with (Plain if args.plain else Backend)(args) as backend:
            while True:
                with turn.get_lock():
                    number = turn.value
                    turn.value += 1
                if number >= len(cases):
                    break
                begin = time.monotonic()
                outcome = run_case(backend, cases[number], args)
                results.put((number, time.monotonic() - begin, *outcome))
        results.put((None, 0, None, None, None))
    except BaseException as e:  # the run must hear of it, whatever it is
        results.put((None, 0, f"{type(e).__name__}: {e}", None, None))
        raise


def run_all(args, cases):
    """{number of the case: (problem, mode, reason)}, and what went wrong outside of any case."""
    context = multiprocessing.get_context("fork")
    turn, results = context.Value("i", 0), context.Queue()
    workers = [context.Process(target=work, args=(args, cases, turn, results)) for _ in range(min(args.jobs, len(cases)))]
    for w in workers:
        w.start()
    found, broken, running = {}, [], len(workers)
    while running:
        number, seconds, problem, mode, reason = results.get()
        if number is None:
            running -= 1
            broken += [problem] if problem else []
            continue
        found[number] = (problem, mode, reason)
        word = f"FAIL {cases[number].name}: {problem}" if problem else f"ok   {cases[number].name} ({seconds:.2f} s)"
        print(word, flush=True)
    for w in workers:
        w.join()
    return found, broken


def report_modes(args, cases, found):
    """After a run in which all is well: the matrix and the cases to pin. Returns False when SUPPORT.md was not true."""
    free = [c for n, c in enumerate(cases) if c.mode == "any" and found.get(n, (1,))[0] is None and found[n][1] == "differential"]
    if free and args.pin:
        for case in free:
            casefile.pin(case.path)
        print(f"{len(free)} cases pinned to DIFFERENTIAL")
    elif free:
        print(f"{len(free)} cases are differential and could be required to be so: run.py --pin")
    if args.filter or args.files or args.no_matrix:
        return True
    modes = [(c, found[n][1], found[n][2]) if n in found else (c, None, None) for n, c in enumerate(cases)]
    if matrix.update(args.pg, modes) or args.probe:
        return True
    print(f"SUPPORT.md did not say what this run found on PostgreSQL {args.pg}. It has been written anew: look at it and"
          f" commit it.\nTo regenerate it for all versions, in a minute: {matrix.COMMAND}")
    return False


def one_version(args):
    paths = [f.resolve() for f in args.files] or sorted((HERE / "cases").glob("*/*/*.sql"))
    every = [casefile.parse(f) for f in paths if re.search(args.filter, str(f.relative_to(HERE / "cases")))]
    if not every:
        print("no case matches")
        return 2
    able = [n for n, c in enumerate(every) if c.requires <= args.pg]
    begin = time.monotonic()
    found, broken = run_all(args, [every[n] for n in able])
    found = {able[n]: outcome for n, outcome in found.items()}
    failed = [every[n].name for n, outcome in sorted(found.items()) if outcome[0]]
    for problem in broken:
        print(f"FAIL outside of a case: {problem}")
    if failed:
        print("failed: " + " ".join(failed))
    stale = False
    if not (failed or broken or args.plain):
        stale = not report_modes(args, every, found)
    elif not args.plain:
        print("SUPPORT.md was not compared: first the cases must pass")
    missing = len(able) - len(found)
    print(f"PostgreSQL {args.pg}: {time.monotonic() - begin:.0f} s")
    print(f"{len(found) - len(failed)} passed, {len(failed)} failed, {len(every) - len(able)} skipped"
          + (f", {missing} not run" if missing else ""))
    return 1 if failed or broken or missing or stale else 0


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--pg", default="15", help="a server version, or all that are installed")
    p.add_argument("--filter", default="", help="a regular expression over area/construct/case.sql")
    p.add_argument("--plain", action="store_true", help="without weir: prove the case files")
    p.add_argument("--probe", action="store_true", help="only create the stream tables, to write SUPPORT.md")
    p.add_argument("--pin", action="store_true", help="require DIFFERENTIAL of the cases that are")
    p.add_argument("--no-matrix", action="store_true", help="leave SUPPORT.md alone")
    p.add_argument("--keep", action="store_true", help="leave the folders of the servers behind")
    p.add_argument("--modes", default="DIFFERENTIAL,FULL,AUTO")
    p.add_argument("-j", "--jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes, each with a server")
    p.add_argument("-v", "--verbose", action="store_true")
    p.add_argument("files", nargs="*", type=pathlib.Path)
    args = p.parse_args()
    versions = [v for v in matrix.VERSIONS if pg_home(v)] if args.pg == "all" else [int(args.pg)]
    status = 0
    for args.pg in versions:
        status = max(status, one_version(args))
    return status


if __name__ == "__main__":
    sys.exit(main())
