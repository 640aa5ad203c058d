#!/usr/bin/python3
"""A refresh reads as many rows of a large table as of a small one, when as many have changed.

    run.py [--rows 10000,100000] [--filter REGEX] [--tables] [--pg 15]
    run.py --no-index        without the index on the join key: what needs it must be seen to grow

Nothing is timed: the server counts rows (pg_stat_xact_user_tables), and the refresh runs in the transaction that asks.
"""

import argparse
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import workload  # noqa: E402
from harness import Postgres, Weir, one, rows  # noqa: E402

GROWTH = 1.3
# Tables and storages. Change buffers have what has changed, and what is consumed until it is cleared away now and then.
READ = """SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
          WHERE schemaname = 'public' OR schemaname = 'pgtrickle_data' AND relname LIKE 'st\\_%'"""


def refresh(conn, name):
    """Rows read of each table by one refresh."""
    with conn.transaction():
        before = dict(rows(conn, READ))
        conn.execute(f"REFRESH STREAM TABLE {name}")
        return {table: n - before.get(table, 0) for table, n in rows(conn, READ) if n > before.get(table, 0)}


def measure(pg, weir, size, queries, index):
    """{construct: {table: rows read}} at one size."""
    name = f"rows_{size}"
    pg.database(name)
    with pg.connect(name) as admin, pg.connect(name, user="app") as direct, weir.connect(name) as conn:
        direct.execute(workload.create_sql(size))
        if not index:
            direct.execute("DROP INDEX item_customer_idx")
        admin.execute(one(admin, workload.VACUUM))
        for construct, sql in queries.items():
            conn.execute(workload.create_stream_table(construct, sql))
        admin.execute(one(admin, workload.VACUUM))
        for cycle in range(2):  # the first as a user would do it
            for sql in workload.change_sql(size, cycle):
                direct.execute(sql)
            if cycle == 0:
                for construct in queries:
                    conn.execute(f"REFRESH STREAM TABLE {construct}")
        return {construct: refresh(conn, construct) for construct in queries}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rows", type=lambda t: [int(n) for n in t.split(",")], default=[10_000, 100_000])
    ap.add_argument("--filter", default="")
    ap.add_argument("--tables", action="store_true", help="what is read of each table")
    ap.add_argument("--pg", type=int, default=15)
    ap.add_argument("--no-index", action="store_true")
    args = ap.parse_args()
    queries = {name: sql for name, sql in workload.queries().items() if re.search(args.filter, name)}
    with Postgres(args.pg, {"autovacuum": "off"}) as pg, Weir(pg) as weir:
        read = [measure(pg, weir, size, queries, not args.no_index) for size in args.rows]
    print(f"{'rows read':20}" + "".join(f"{size:>10}" for size in args.rows))
    grown = []
    for construct in queries:
        counts = [sum(r[construct].values()) for r in read]
        if max(counts) > GROWTH * counts[0] or counts[0] == 0:
            grown.append(construct)
        print(f"{construct:20}" + "".join(f"{n:10}" for n in counts) + ("  GROWS" if construct in grown else ""))
        if args.tables:
            for size, r in zip(args.rows, read):
                print(f"    {size}: {r[construct]}")
    print(f"{len(queries)} constructs, {len(grown)} grow")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
