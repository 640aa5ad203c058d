#!/usr/bin/python3
"""TPC-H's 22 queries as stream tables, exact after every round of changes.

    run.py [--scale 0.01] [--rounds 5] [--mode DIFFERENTIAL|AUTO|FULL] [--filter REGEX] [--pg 15] [--seed 1] [--keep]
"""

import argparse
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import workload  # noqa: E402
from harness import Postgres, Weir  # noqa: E402
from rounds import Rounds  # noqa: E402


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--scale", type=float, default=0.01)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--mode", choices=["DIFFERENTIAL", "AUTO", "FULL"], default="DIFFERENTIAL",
                   help="DIFFERENTIAL: AUTO for queries that are refused")
    p.add_argument("--filter", default="", help="only queries whose name matches")
    p.add_argument("--pg", type=int, default=15)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--keep", action="store_true")
    args = p.parse_args()
    queries = {name: sql for name, sql in workload.queries(args.scale).items() if re.search(args.filter, name)}
    with Postgres(args.pg, keep=args.keep) as pg:
        pg.database("tpch")
        with Weir(pg, dbname="tpch") as weir:
            weir.wait_installed("tpch")
            with pg.connect("tpch", "app") as direct, weir.connect("tpch") as conn, weir.connect("tpch") as writer:
                begin = time.monotonic()
                direct.execute(workload.create_sql(args.scale, args.seed))
                print(f"scale {args.scale}, rows made in {time.monotonic() - begin:.1f} s", flush=True)
                rounds = Rounds(conn, queries, args.mode)
                rounds.create()
                for number in range(1, args.rounds + 1):
                    for n, script in enumerate(workload.changes(number, args.scale)):
                        # Some of them past weir, as a batch job of the night would.
                        (direct if (number + n) % 4 == 0 else writer).execute(script)
                    rounds.after()
                ok = rounds.finish()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
