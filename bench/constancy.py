"""bench/run constancy: a thousand changed rows, in tables of 10,000, 100,000 and 1,000,000.

Constructs, tables and changes are those of the test that counts rows (tests/constancy/); here their refreshes are timed.
See README.md.
"""

import argparse
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "constancy")]

import workload  # noqa: E402
from matrix import AUTOVACUUM_PERCENT, PLANS, POSTGRES, median, write_json  # noqa: E402
from private import BenchError, Private, connect, run, timed  # noqa: E402

TARGET = 1.3  # times the refresh at the smallest size
NOISE_MS = 1.0  # a difference below this is none
PLAIN = "(plain update)"  # what PostgreSQL itself takes to update so many rows, by key, of a table without anything


class Database:
    """The tables at one size, with a stream table per construct."""

    def __init__(self, o, rows, private, weir):
        self.o, self.rows, self.changed = o, rows, 0
        self.admin = connect(private.direct("admin", database(rows)))
        self.direct = connect(private.direct("bench", database(rows)))
        self.front = connect(weir(database(rows)))
        self.queries = {name: sql for name, sql in workload.queries().items() if re.search(o.filter, name)}
        run(self.direct, workload.create_sql(rows))
        run(self.direct, "CREATE TABLE plain WITH (fillfactor = 85) AS TABLE item; ALTER TABLE plain ADD PRIMARY KEY (id)")
        self.vacuum()
        for name, sql in self.queries.items():
            run(self.front, workload.create_stream_table(name, sql))
        self.vacuum()
        run(self.admin, "CHECKPOINT")

    def vacuum(self):
        for (sql,) in run(self.admin, workload.VACUUM):
            run(self.admin, sql)

    def change(self, cycle):
        """One cycle's changes; before them what autovacuum would do, when it would."""
        if self.changed * 100 >= AUTOVACUUM_PERCENT * self.rows:
            self.vacuum()
            self.changed = 0
        for sql in workload.change_sql(self.rows, cycle, self.o.spread):
            run(self.direct, sql)
        self.changed += workload.CHANGED

    def refresh(self, name, cycle):
        """Milliseconds."""
        if name != PLAIN:
            return timed(self.front, f"REFRESH STREAM TABLE {name}")
        start, step = workload.place(self.rows, cycle, self.o.spread)
        ids = f"SELECT ({start} + n * {step}) % {self.rows // 10} * 10 + {cycle % 10} FROM generate_series(0, {workload.CHANGED - 1}) n"
        return timed(self.front, f"UPDATE plain SET amount = amount + 1 WHERE id IN ({ids})")

    def check(self):
        for name, sql in self.queries.items():
            wrong = run(self.direct, f"SELECT count(*) FROM ((TABLE {name} EXCEPT ALL ({sql})) UNION ALL (({sql}) EXCEPT ALL TABLE {name})) d")
            if wrong[0][0] != "0":
                raise BenchError(f"{name} at {self.rows} rows differs from its query in {wrong[0][0]} rows")


def measure(o, databases):
    """{construct: {rows: milliseconds of every measured cycle}}. Sizes take turns, so that a busy moment of the machine meets all."""
    names = [*databases[0].queries, PLAIN]
    samples = {name: {db.rows: [] for db in databases} for name in names}
    for cycle in range(o.warmup + o.cycles):
        for db in databases:
            db.change(cycle)
        for i, name in enumerate(names):
            turn = (cycle + i) % len(databases)
            for db in databases[turn:] + databases[:turn]:
                ms = db.refresh(name, cycle)
                if cycle >= o.warmup:
                    samples[name][db.rows].append(ms)
    for db in databases:
        db.check()
    return samples


def database(rows):
    return f"rows_{rows}"


def summarise(name, samples):
    ms = {rows: median(values) for rows, values in samples.items()}
    least, most = ms[min(ms)], max(ms.values())
    good = name == PLAIN or most < TARGET * least or most - least < NOISE_MS
    return {"construct": name, "ms": ms, "growth": most / least, "pass": good, "samples": samples}


def parse_arguments(argv):
    p = argparse.ArgumentParser(prog="bench/run constancy", description="Refreshes of 1,000 changed rows in tables of any size. Times are medians, in ms.")
    p.add_argument("--rows", type=lambda t: [int(n.replace("_", "")) for n in t.split(",")], default=[10_000, 100_000, 1_000_000], help="table sizes (10000,100000,1000000)")
    p.add_argument("--cycles", type=int, default=11, help="measured cycles (11)")
    p.add_argument("--warmup", type=int, default=3, help="cycles before them (3)")
    p.add_argument("--spread", action="store_true", help="the changed rows lie all over the table, not side by side")
    p.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the server")
    p.add_argument("--filter", default="", help="constructs, a regular expression")
    p.add_argument("--weir", default=os.environ.get("WEIR"), help="the program (build/weir)")
    p.add_argument("--plans", action="store_true", help="log all plans (auto_explain) and keep the logs; makes times useless")
    p.add_argument("--keep", action="store_true", help="keep the logs")
    return p.parse_args(argv)


def main(argv):
    o = parse_arguments(argv)
    with Private(o.keep or o.plans) as private:
        private.start_postgres(POSTGRES | (PLANS if o.plans else {}) | dict(s.split("=") for s in o.set))
        for rows in o.rows:
            private.create_database(database(rows))
        weir = private.start_weir(o.weir, [database(rows) for rows in o.rows])[1]
        version = private.server_version()
        print(f"PostgreSQL {version}, {os.cpu_count()} cores, {workload.CHANGED} changed rows"
              f" {'all over the table' if o.spread else 'side by side'}, {o.cycles} cycles after {o.warmup}; median ms\n")
        cells = [summarise(*item) for item in measure(o, [Database(o, rows, private, weir) for rows in o.rows]).items()]
    print(f"{'construct':20}" + "".join(f"{rows:>10,}" for rows in o.rows) + f"{'growth':>9}")
    for c in cells:
        verdict = "" if c["construct"] == PLAIN else f"  {'PASS' if c['pass'] else 'FAIL'} (< {TARGET}x)"
        print(f"{c['construct']:20}" + "".join(f"{ms:10.2f}" for ms in c["ms"].values()) + f"{c['growth']:8.2f}x{verdict}")
    report = {"server": version, "rows": o.rows, "changed": workload.CHANGED, "spread": o.spread, "cycles": o.cycles, "cells": cells}
    print(f"\n{write_json('constancy', report)}")
    return 0 if all(c["pass"] for c in cells) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BenchError as e:
        sys.exit(f"bench: {e}")
