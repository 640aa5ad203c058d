#!/usr/bin/python3
"""Random stream tables under random changes, each compared with its query after every refresh. README.md.

    run.py [--queries 2000] [--seed 1] [--jobs 2] [--soak MINUTES] [--batch N] [--prove] [--pg 15]

A batch is a schema, some twenty queries on it and a few rounds of changes; it depends on the seed and on its number
alone. --batch N runs that one again.
"""

import argparse
import collections
import multiprocessing
import pathlib
import queue
import random
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import psycopg  # noqa: E402

import changes  # noqa: E402
import known  # noqa: E402
import query  # noqa: E402
import report  # noqa: E402
import schema as schemas  # noqa: E402
from harness import Postgres, one  # noqa: E402
from prove import prove  # noqa: E402
from session import Backend, Case, Run, Stream  # noqa: E402
from shrink import Shrinker  # noqa: E402

PER_BATCH = 20
STEPS = 4
MOST_ROWS = 800  # of a result: beyond, the query is not taken
SETTINGS = {"autovacuum": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def usable(conn, name, q):
    """Whether PostgreSQL takes a query and ends it soon; it is a view then."""
    try:
        with conn.transaction():
            conn.execute(f"CREATE VIEW {name} AS {q.sql()}")
            if one(conn, f"SELECT count(*) FROM (SELECT x::text FROM {name} x LIMIT {MOST_ROWS + 1}) y") > MOST_ROWS:
                raise psycopg.DataError("too many rows")
        return True
    except psycopg.Error:
        return False


def make(conn, seed, number):
    """The case of a batch, tried out without weir. Also: how many queries PostgreSQL refused."""
    rng = random.Random(f"{seed}:{number}")
    if number == 0:
        s = known.schema()
        fill, steps = changes.generate(rng, s, 5 * STEPS)
        return Case(s, fill, [Stream(n, q, "AUTO") for n, q in known.queries().items()], steps), 0
    s = schemas.generate(rng)
    fill, steps = changes.generate(rng, s, STEPS)
    conn.execute("DROP SCHEMA IF EXISTS trial CASCADE")
    conn.execute("CREATE SCHEMA trial")
    conn.execute("SET search_path = trial")
    for d in s.statements():
        conn.execute(d)
    for st in fill:
        try:
            conn.execute(st.sql())
        except psycopg.Error:
            pass
    streams, relations, refused = [], s.relations(), 0
    base = rng.choice((0, 0, 1, 2))
    while len(streams) < PER_BATCH:
        name = f"s{len(streams) + 1}"
        q = query.generate(rng, relations)
        if not usable(conn, name, q):
            refused += 1
            continue
        stream = Stream(name, q)
        streams.append(stream)
        if len(streams) <= base and len(q.columns) > 1:  # others may read it
            q.features.add("read by others")
            relations = [schemas.Relation(name, [schemas.Column(c.name, c.ty, exact=c.exact) for c in q.columns])] * 2 + relations
    conn.execute("DROP SCHEMA trial CASCADE")
    return Case(s, fill, streams, steps), refused


def batch(backend, conn, seed, number):
    """Runs one batch. Returns the case, the run, and counts."""
    case, refused = make(conn, seed, number)
    rng = random.Random(f"{seed}:{number}:copies")
    # Some exist again: refreshed only once, at the end; and in FULL.
    for s in list(case.streams):
        if rng.random() < 0.1:
            case.streams.append(Stream(s.name + "_once", s.query, "AUTO", late=True))
        elif rng.random() < 0.04:
            case.streams.append(Stream(s.name + "_full", s.query, "FULL"))
    run = Run(backend, case)
    run.go()
    return case, run, refused


def summary(case, run, refused):
    own = [s for s in case.streams if not s.name.endswith(("_once", "_full"))]
    features = collections.Counter()
    for s in own:
        for f in s.query.features:
            features[(f, "all")] += 1
            features[(f, "differential")] += run.modes.get(s.name) == "DIFFERENTIAL"
    return {"queries": len(own), "tables": len(case.streams), "differential": sum(run.modes.get(s.name) == "DIFFERENTIAL" for s in own),
            "refused": refused, "raised": len(run.broken), "features": features, "refreshes": run.refreshes, "changed": run.changed, "deadlocks": run.deadlocks,
            "actions": collections.Counter(run.actions)}


def worker(pg, number, numbers, results, args):
    """Takes batch numbers until there are none."""
    shrunk = 0
    try:
        backend = Backend(pg, number, args.keep)
        with pg.connect(backend.database, "app") as conn:
            conn.execute("SET statement_timeout = '1s'")
            while (n := numbers()) is not None:
                case, run, refused = batch(backend, conn, args.seed, n)
                results.put((n, summary(case, run, refused), [report.failure(f, case, args, n) for f in run.failures]))
                for f in run.failures:
                    if args.no_shrink or shrunk >= args.most:
                        break
                    shrunk += 1
                    s = Shrinker(backend, case, f, args.shrink_seconds)
                    results.put((n, None, [report.small(s, f, s.run(), args, n)]))
        backend.close()
    except Exception:
        results.put((-1, None, [traceback.format_exc()]))
    results.put(None)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--pg", type=int, default=15)
    p.add_argument("--queries", type=int, default=2000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--soak", type=float, default=0, help="minutes, instead of a number of queries, with a seed from the clock")
    p.add_argument("--at-most", type=float, default=12, help="minutes, on a machine that is slow or busy; without --soak")
    p.add_argument("--batch", type=int, default=None, help="only this one")
    p.add_argument("--prove", action="store_true", help="without weir: each query has one result whatever its plan")
    p.add_argument("--no-shrink", action="store_true")
    p.add_argument("--shrink-seconds", type=float, default=120)
    p.add_argument("--most", type=int, default=6, help="failures to shrink, per job")
    p.add_argument("--keep", action="store_true")
    args = p.parse_args()
    if args.soak and "--seed" not in " ".join(sys.argv):
        args.seed = int(time.time())
    batches = -(-args.queries // PER_BATCH)
    with Postgres(args.pg, settings=SETTINGS, keep=args.keep) as pg:
        if args.prove:
            return prove(pg, args.seed, batches, make)
        return go(pg, args, batches)


def go(pg, args, batches):
    print(f"seed {args.seed}", flush=True)
    context = multiprocessing.get_context("fork")
    counter, results = context.Value("i", 0), context.Queue()
    end = time.monotonic() + 60 * (args.soak or args.at_most)

    def numbers():
        with counter.get_lock():
            n = counter.value
            counter.value += 1
        if args.batch is not None:
            return args.batch if n == 0 else None
        return n if time.monotonic() < end and (args.soak or n < batches) else None

    jobs = 1 if args.batch is not None else args.jobs
    processes = [context.Process(target=worker, args=(pg, i, numbers, results, args)) for i in range(jobs)]
    for i in range(jobs):
        pg.database(f"random{i}")
    begin = time.monotonic()
    for x in processes:
        x.start()
    total, failures, ended = collections.Counter(), [], 0
    features, actions = collections.Counter(), collections.Counter()
    while ended < len(processes):
        try:
            found = results.get(timeout=5)
        except queue.Empty:
            if any(x.is_alive() for x in processes):
                continue
            failures.append(-1)
            print("a job ended without saying why")
            break
        if found is None:
            ended += 1
            continue
        n, counts, texts = found
        for t in texts:
            print(t, flush=True)
        if counts is None and n >= 0:
            continue  # a failure that was counted, now small
        failures += [n] * len(texts)
        if counts:
            features.update(counts.pop("features"))
            actions.update(counts.pop("actions"))
            before = total["queries"] * 10 // args.queries
            total.update(counts)
            if total["queries"] * 10 // args.queries > before:
                print(f"... {total['queries']} queries, {time.monotonic() - begin:.0f} s", flush=True)
    for x in processes:
        x.join()
    if not args.soak and args.batch is None and total["queries"] < args.queries:
        print(f"ended after {args.at_most:g} minutes, before all queries were tried")
    report.totals(total, features, actions, time.monotonic() - begin)
    if total["raised"] > total["queries"] / 10 or total["changed"] < actions["DIFFERENTIAL"] / 5:
        failures.append(-1)
        print("too many queries raised an error, or too few refreshes changed anything, to have tested much")
    print(f"{total['queries']} queries, {len(failures)} failures" + (f" in batches {sorted(set(failures))}" if failures else ""))
    return 1 if failures or not total["queries"] else 0


if __name__ == "__main__":
    sys.exit(main())
