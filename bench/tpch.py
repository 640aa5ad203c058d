"""bench/run tpch: what it costs to keep the 22 queries of TPC-H up to date while orders come and go.

Tables, queries and changes are those of the tests (tests/tpch/). See README.md.
"""

import argparse
import os
import pathlib
import random
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "tpch")]

import workload  # noqa: E402
from matrix import POSTGRES, median, write_json  # noqa: E402
from private import BenchError, Private, connect, run, timed  # noqa: E402

CHANGES = {  # parts of tests/tpch/changes.sql; in `orders` queries 2, 11 and 16 have nothing to do
    "shop": ["new_orders", "old_orders", "supply"],
    "orders": ["new_orders", "old_orders"],
    "updates": ["prices", "dates", "supply"],
    "turns": None,
}
VACUUM_EVERY = 5  # cycles; a cycle writes 1 to 4 % of lineitem

TARGET_SLOWER = 1.10  # AUTO may take at most so many times FULL, in any query
TARGET_FASTER, FASTER = 16, 0.90  # and in so many queries at most so many times
NOISE_MS = 1.0  # a difference below this is none


class Database:
    """TPC-H at one scale, with every query kept in every way."""

    def __init__(self, o, private, weir):
        self.o = o
        self.admin = connect(private.direct("admin", "tpch"))
        self.direct = connect(private.direct("bench", "tpch"))
        self.front = connect(weir("tpch"))
        run(self.direct, workload.create_sql(o.scale))
        self.queries = {n: sql for n, sql in workload.queries(o.scale).items() if re.search(o.filter, n)}
        self.ways = {name: self._create(name, sql) for name, sql in self.queries.items()}
        self.cycle = 0
        self.vacuum()

    def _create(self, name, sql):
        """{way: script} of one query. A query that is refused lacks the way `differential`."""
        run(self.direct, f"CREATE TABLE {name}_reload AS {sql}")
        ways = {"reload": f"BEGIN; TRUNCATE {name}_reload; INSERT INTO {name}_reload {sql}; COMMIT"}
        for mode in ("AUTO", "FULL", "DIFFERENTIAL"):
            table = f"{name}_{mode.lower()}"
            try:
                run(self.front, f"CREATE STREAM TABLE {table} WITH (schedule = '24h', refresh_mode = '{mode}') AS {sql}")
                ways[mode.lower()] = f"REFRESH STREAM TABLE {table}"
            except BenchError:
                if mode != "DIFFERENTIAL":
                    raise
        return ways

    def vacuum(self):
        """What autovacuum would do. Tables of results are small."""
        run(self.admin, "VACUUM (ANALYZE)")
        run(self.admin, "CHECKPOINT")

    def change(self):
        self.cycle += 1
        for script in workload.changes(self.cycle, self.o.scale, CHANGES[self.o.changes]):
            run(self.direct, script)
        if self.cycle % VACUUM_EVERY == 0:
            self.vacuum()

    def measure(self):
        """{query: {way: [ms]}} of all cycles but those that warm up. The order of the ways is another each time, and the
        same in every run: what follows a TRUNCATE waits for it, which must not always be the same way."""
        samples = {name: {way: [] for way in ways} for name, ways in self.ways.items()}
        for cycle in range(self.o.warmup + self.o.cycles):
            self.change()
            for name, ways in self.ways.items():
                order = list(ways)
                random.Random(f"{cycle} {name}").shuffle(order)
                for way in order:
                    ms = timed(self.front, ways[way])
                    if cycle >= self.o.warmup:
                        samples[name][way].append(ms)
            if self.o.check:
                self.check()
        self.check()
        return samples

    def check(self):
        """Every result equals its query, and no query is empty: that would measure nothing."""
        for name, ways in self.ways.items():
            run(self.direct, f"CREATE TEMPORARY TABLE truth AS {self.queries[name]}")
            try:
                if run(self.direct, "SELECT count(*) FROM truth t WHERE NOT (t IS NULL)") == [("0",)]:
                    raise BenchError(f"{name} has no rows")
                for way in ways:
                    wrong = run(self.direct, f"SELECT d::text FROM (TABLE {name}_{way} EXCEPT ALL TABLE truth) d"
                                             f" UNION ALL SELECT d::text FROM (TABLE truth EXCEPT ALL TABLE {name}_{way}) d LIMIT 5")
                    if wrong:
                        raise BenchError(f"{name}_{way} differs from its query: {wrong}")
            finally:
                run(self.direct, "DROP TABLE truth")

    def choices(self, name):
        """What AUTO did in the measured cycles, as in 'DIFFERENTIAL 5', and why not otherwise."""
        actions = run(self.direct, "SELECT action, count(*) FROM (SELECT action FROM"
                                   f" pgtrickle.get_refresh_history('{name}_auto', {self.o.cycles})) h GROUP BY 1 ORDER BY 2 DESC")
        [(reason,)] = run(self.direct, f"SELECT full_reason FROM pgtrickle.stream_tables_info WHERE pgt_name = '{name}_auto'")
        return ", ".join(f"{action} {n}" for action, n in actions) + (f" ({reason})" if reason else "")


def summarise(name, samples, choices):
    ms = {way: median(values) for way, values in samples.items()}
    ratio = ms["auto"] / ms["full"]
    slower = ratio > TARGET_SLOWER and ms["auto"] - ms["full"] > NOISE_MS
    return {"query": name, "ms": ms, "auto_to_full": ratio, "auto_to_reload": ms["auto"] / ms["reload"], "auto_did": choices,
            "pass": not slower, "faster": ratio <= FASTER, "samples": samples}


HEAD = (f"{'query':6} | {'auto':>8} {'differ.':>8} {'full':>8} {'reload':>8} | {'auto/full':>9} {'auto/reload':>11} |"
        " what AUTO did")


def line(cell):
    ms = cell["ms"]
    number = lambda key: f"{ms[key]:8.2f}" if key in ms else f"{'-':>8}"
    verdict = "" if cell["pass"] else f"  FAIL (<= {TARGET_SLOWER:g}x)"
    return (f"{cell['query']:6} | {number('auto')} {number('differential')} {number('full')} {number('reload')} |"
            f" {cell['auto_to_full']:8.2f}x {cell['auto_to_reload']:10.2f}x | {cell['auto_did']}{verdict}")


def parse_arguments(argv):
    p = argparse.ArgumentParser(prog="bench/run tpch", description="TPC-H's queries under changes. Times are medians, in ms.")
    p.add_argument("--scale", type=float, default=0.1, help="(0.1: 600,000 lines)")
    p.add_argument("--cycles", type=int, default=7, help="measured cycles (7)")
    p.add_argument("--warmup", type=int, default=3, help="cycles before them, in which AUTO learns (3)")
    p.add_argument("--changes", choices=CHANGES, default="shop",
                   help="shop: 1%% of the orders come, 1%% go, 1%% of supplies and customers change; orders: nothing but the former;"
                   " updates: prices, dates, supplies; turns: as in the test, every table in some cycle (shop)")
    p.add_argument("--filter", default="", help="only queries whose name matches")
    p.add_argument("--check", action="store_true", help="compare after every cycle, not only at the end")
    p.add_argument("--weir", default=os.environ.get("WEIR"), help="the program (build/weir)")
    p.add_argument("--keep", action="store_true", help="keep the logs")
    return p.parse_args(argv)


def main(argv):
    o = parse_arguments(argv)
    with Private(o.keep) as private:
        private.start_postgres(POSTGRES)
        private.create_database("tpch")
        weir = private.start_weir(o.weir, ["tpch"])[1]
        version = private.server_version()
        database = Database(o, private, weir)
        print(f"PostgreSQL {version}, {os.cpu_count()} cores, scale {o.scale:g}, changes: {o.changes}, {o.cycles} cycles after {o.warmup};"
              f" median ms\n\n{HEAD}\n{'-' * len(HEAD)}", flush=True)
        samples = database.measure()
        cells = [summarise(name, samples[name], database.choices(name)) for name in samples]
    for cell in cells:
        print(line(cell))
    slower = [c["query"] for c in cells if not c["pass"]]
    faster = sum(c["faster"] for c in cells)
    enough = faster >= min(TARGET_FASTER, len(cells))
    print(f"\nAUTO slower than FULL by more than 10 %: {', '.join(slower) or 'none'}  {'FAIL' if slower else 'PASS'} (none)"
          f"\nAUTO faster than FULL by more than 10 %: {faster} of {len(cells)}  {'PASS' if enough else 'FAIL'} (>= {min(TARGET_FASTER, len(cells))})")
    total = {way: sum(c["ms"][way] for c in cells) for way in ("auto", "full", "reload")}
    print("all queries: " + ", ".join(f"{way} {ms:.0f} ms" for way, ms in total.items()))
    report = {"server": version, "scale": o.scale, "changes": o.changes, "cycles": o.cycles, "total_ms": total, "cells": cells}
    print(f"\n{write_json('tpch', report)}")
    return 0 if enough and not slower else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BenchError as e:
        sys.exit(f"bench: {e}")
