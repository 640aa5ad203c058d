#!/usr/bin/python3
"""Random changes to small tables, and after each round every stream table against its query.

    random_run.py [--pg 15] [--rounds 30] [--seed N] [--keep]

The domains are tiny, so that keys, groups and whole rows collide all the time. A failure prints the seed and the
statements of its round; the same seed does the same again.
"""

import argparse
import random
import sys
import time

import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import psycopg  # noqa: E402

from harness import Postgres, Weir, difference, one, rows  # noqa: E402

TABLES = """
CREATE TABLE k (id int PRIMARY KEY, a int, b text, n numeric);
CREATE TABLE c (x int, y text, v int, PRIMARY KEY (x, y));
CREATE TABLE bag (a int, b text, f float8);
CREATE TABLE child (id int PRIMARY KEY, k int REFERENCES k ON UPDATE CASCADE ON DELETE CASCADE, v int);
"""

# In order of dependence. Values of floats are halves, so that sums are exact in any order; which of 1 and 1.0
# min() shows is free, so its scale is trimmed.
STREAMS = {
    "scan": "SELECT * FROM k",
    "filtered": "SELECT id, b FROM k WHERE a > 1 OR b IS NULL",
    "bagged": "SELECT a, b FROM bag",
    "exprs": "SELECT coalesce(a, -1) % 2 AS odd, b || '!' AS l, CASE WHEN n > 1 THEN 'hi' END AS c FROM k",
    "grouped": "SELECT a, count(*) AS n, count(b) AS nb, sum(n) AS s, avg(n) AS av, trim_scale(min(n)) AS lo, max(b) AS hi FROM k GROUP BY a",
    "fgrouped": "SELECT b, sum(f) AS s, avg(f) AS av, min(f) AS lo, count(DISTINCT a) AS d FROM bag GROUP BY b",
    "total": "SELECT count(*) AS n, sum(a) AS s, min(b) AS lo, max(a) AS hi FROM bag",
    "crossing": "SELECT y, sum(v) AS s FROM c GROUP BY y HAVING count(*) > 1 AND max(v) < 9",
    "joined": "SELECT k.id, k.b, c.y, c.v FROM k JOIN c ON c.x = k.a",
    "bag_join": "SELECT bag.b, c.v, c.x FROM bag JOIN c ON bag.a = c.x AND bag.f < c.v",
    "self_join": "SELECT p.id AS i, q.id AS j FROM k p JOIN k q ON p.a = q.a AND p.id <= q.id",
    "three": "SELECT k.id, child.v, c.y FROM child JOIN k ON k.id = child.k JOIN c ON c.x = child.v",
    "join_agg": "SELECT k.b, count(*) AS n, sum(child.v) AS s, max(child.v) AS hi FROM k JOIN child ON child.k = k.id GROUP BY k.b",
    "unioned": "SELECT a, b FROM k UNION ALL SELECT a, b FROM bag UNION ALL SELECT v, y FROM c WHERE v > 2",
    "union_agg": "SELECT u.a, count(*) AS n FROM (SELECT a FROM k UNION ALL SELECT a FROM bag) u GROUP BY u.a",
    "nested": "SELECT n, count(*) AS g FROM (SELECT a, count(*) AS n FROM bag GROUP BY a) x GROUP BY n",
    "scalars": "SELECT 'x' AS l, (SELECT sum(v) FROM c) AS s, (SELECT count(*) FROM k WHERE a = 1) AS n",
    "over_grouped": "SELECT g.a, g.n, c.v FROM grouped g JOIN c ON c.x = g.a",
    "over_bags": "SELECT b.b, count(*) AS n FROM bagged b JOIN filtered f ON f.b = b.b GROUP BY b.b",
    "tip": "SELECT (SELECT sum(n) FROM grouped) AS a, (SELECT count(*) FROM scan) AS b, (SELECT sum(n) FROM union_agg) AS c",
}
FULL_ONLY = {
    "distinct_b": "SELECT DISTINCT b FROM bag",
    "over_full": "SELECT count(*) AS n, max(b) AS hi FROM distinct_b",
}

# Keys that collide, a MERGE that meets a row twice, and what follows in an aborted transaction: part of the game.
MAY_FAIL = ("23505", "21000", "25P02", "3B001", "25P01")


class Writer:
    def __init__(self, rng):
        self.r = rng

    def i(self):
        return self.r.choice(["NULL", "0", "1", "2", "3"])

    def t(self):
        return self.r.choice(["NULL", "''", "'p'", "'q'", "'P '", "'long'"])

    def num(self):
        return self.r.choice(["NULL", "0", "1", "1.0", "2.50", "-1", "'NaN'"] if self.r.random() < 0.3 else ["1", "2", "3"])

    def f(self):
        return self.r.choice(["NULL", "0.5", "1.5", "-2.0", "4"])

    def key(self):
        return str(self.r.randrange(12))

    def where(self):
        return self.r.choice(["true", "a = " + self.i(), "b = " + self.t(), "a IS NULL"])

    def one(self):
        r, n = self.r, self.r.randrange(20)
        if n == 0:
            return f"INSERT INTO k VALUES ({self.key()}, {self.i()}, {self.t()}, {self.num()}) ON CONFLICT DO NOTHING"
        if n == 1:
            return (f"INSERT INTO k VALUES ({self.key()}, {self.i()}, {self.t()}, {self.num()}), ({int(self.key()) + 12}, 1, 'p', 1)"
                    " ON CONFLICT (id) DO UPDATE SET a = excluded.a, n = k.n + 1")
        if n == 2:
            return f"UPDATE k SET a = {self.i()}, b = {self.t()} WHERE id % 3 = {r.randrange(3)}"
        if n == 3:
            return f"UPDATE k SET n = {self.num()} WHERE {self.where()}"
        if n == 4:
            return f"UPDATE k SET id = id + 100 WHERE id = {self.key()} AND NOT EXISTS (SELECT FROM k o WHERE o.id = k.id + 100)"
        if n == 5:
            return "UPDATE k SET id = id - 100 WHERE id >= 100 AND NOT EXISTS (SELECT FROM k o WHERE o.id = k.id - 100)"
        if n == 6:
            return f"DELETE FROM k WHERE id = {self.key()} OR ({self.where()} AND id % 4 = {r.randrange(4)})"
        if n in (7, 8):
            return f"INSERT INTO bag SELECT {self.i()}, {self.t()}, {self.f()} FROM generate_series(1, {r.randint(1, 3)})"
        if n == 9:
            return f"DELETE FROM bag WHERE ctid IN (SELECT ctid FROM bag WHERE {self.where()} ORDER BY ctid LIMIT {r.randint(1, 2)})"
        if n == 10:
            return f"UPDATE bag SET a = {self.i()}, f = {self.f()} WHERE {self.where()}"
        if n == 11:
            return (f"INSERT INTO c SELECT x, y, {r.randrange(10)} FROM (VALUES (0, 'p'), (1, 'p'), (2, 'q'), (3, '')) s (x, y)"
                    f" WHERE x <> {r.randrange(4)} ON CONFLICT (x, y) DO UPDATE SET v = c.v + 1")
        if n == 12:
            return f"UPDATE c SET y = y || 'x', v = {r.randrange(10)} WHERE x = {r.randrange(4)} AND length(y) < 3"
        if n == 13:
            return f"DELETE FROM c WHERE v % 3 = {r.randrange(3)}"
        if n == 14:
            return f"INSERT INTO child SELECT {self.key()}, min(id), {r.randrange(4)} FROM k HAVING min(id) IS NOT NULL ON CONFLICT DO NOTHING"
        if n == 15:
            return f"UPDATE child SET v = {self.i()}, k = (SELECT max(id) FROM k) WHERE id % 2 = {r.randrange(2)}"
        if n == 16:
            return (f"MERGE INTO k USING (VALUES ({self.key()}, 1), (3, 2)) s (id, a) ON s.id = k.id AND s.a < 9"
                    f" WHEN MATCHED AND k.a = 2 THEN DELETE WHEN MATCHED THEN UPDATE SET a = {self.i()}"
                    " WHEN NOT MATCHED AND s.id > 100 THEN INSERT VALUES (s.id, s.a)")
        if n == 17:
            return "WITH d AS (DELETE FROM bag WHERE a = 1 RETURNING *) INSERT INTO bag SELECT 2, b, f FROM d"
        if n == 18 and r.random() < 0.15:
            return r.choice(["TRUNCATE bag", "TRUNCATE c", "TRUNCATE k, child"])
        return f"UPDATE bag SET b = {self.t()} WHERE ctid = (SELECT max(ctid) FROM bag)"

    def round(self):
        """Statements of one round, in transactions; some are rolled back, wholly or in part."""
        out = []
        for _ in range(self.r.randint(0, 4)):
            kind = self.r.random()
            body = [self.one() for _ in range(self.r.randint(1, 4))]
            if kind < 0.4:
                out += body
            elif kind < 0.65:
                out += ["BEGIN", *body, "COMMIT"]
            elif kind < 0.85:
                out += ["BEGIN", *body, "SAVEPOINT s", self.one(), self.one(), "ROLLBACK TO s", self.one(), "COMMIT"]
            else:
                out += ["BEGIN", *body, "ROLLBACK"]
        return out


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--pg", type=int, default=15)
    p.add_argument("--rounds", type=int, default=30)
    p.add_argument("--seed", type=int, default=None)
    p.add_argument("--keep", action="store_true")
    args = p.parse_args()
    seed = args.seed if args.seed is not None else int(time.time())
    print(f"seed {seed}", flush=True)
    rng = random.Random(seed)
    writer = Writer(rng)
    failed = changed = 0
    with Postgres(args.pg, keep=args.keep) as pg:
        pg.database("soak")
        with Weir(pg, dbname="soak") as weir:
            weir.wait_installed("soak")
            with weir.connect("soak") as w, weir.connect("soak") as c:
                for conn in (w, c):
                    conn.execute("SET statement_timeout = '60s'")
                c.execute("CREATE SCHEMA v")
                c.execute(TABLES)
                all_streams = {**STREAMS, **FULL_ONLY}
                for name, query in all_streams.items():
                    c.execute("SET search_path = v, public")
                    c.execute(f"CREATE VIEW {name} AS {query}")
                    c.execute("SET search_path = public")
                    mode = "AUTO" if name in FULL_ONLY else "DIFFERENTIAL"
                    c.execute(f"CREATE STREAM TABLE {name} WITH (schedule = '1h', refresh_mode = '{mode}') AS {query}")
                before = {}
                for n in range(args.rounds):
                    statements = writer.round()
                    for sql in statements:
                        try:
                            w.execute(sql)
                        except psycopg.Error as e:
                            if e.sqlstate in MAY_FAIL:
                                continue
                            print(f"round {n}: the writer's statement failed: {e}\n  {sql}")
                            return 1
                    inside = rng.random() < 0.15  # refresh within the writer's own transaction
                    conn = w if inside else c
                    if inside:
                        extra = [writer.one(), writer.one()]
                        statements += ["BEGIN", *extra]
                        w.execute("BEGIN")
                        for sql in extra:
                            w.execute("SAVEPOINT e")
                            try:
                                w.execute(sql)
                            except psycopg.Error as e:
                                if e.sqlstate not in MAY_FAIL:
                                    raise
                                w.execute("ROLLBACK TO e")
                    names = list(all_streams)
                    if rng.random() < 0.5:
                        rng.shuffle(names)
                        names = names[:rng.randint(1, len(names))]
                    full = " FULL" if rng.random() < 0.08 else ""
                    conn.execute("REFRESH STREAM TABLE " + ", ".join(names) + full)
                    # Every ancestor of what was named has moved too; the others may lag, and are not looked at.
                    wrong = {x: d for x in names if (d := difference(conn, f"SELECT * FROM public.{x}", f"SELECT * FROM v.{x}"))}
                    if inside:
                        w.execute("COMMIT" if rng.random() < 0.7 else "ROLLBACK")
                    if wrong:
                        failed += 1
                        print(f"round {n}, seed {seed}: refresh of {names}{full}: differ by rows: {wrong}")
                        print("  " + ";\n  ".join(statements) + ";")
                        for x in wrong:
                            print(f"  {x}: {all_streams[x]}")
                        break
                    digest = {x: one(c, f"SELECT md5(coalesce(string_agg(weir_row::text, ',' ORDER BY weir_row::text), '')) FROM v.{x} weir_row")
                              for x in all_streams}
                    changed += digest != before
                    before = digest
                history = [(x, e) for x in all_streams for (e,) in rows(
                    c, "SELECT error_message FROM pgtrickle.get_refresh_history(%s::text, 100000) WHERE status = 'FAILED'", [x])]
                if history:
                    failed += 1
                    print(f"refreshes failed: {history[:5]}")
                if changed < args.rounds / 3:
                    failed += 1
                    print(f"only {changed} of {args.rounds} rounds changed anything")
    print(f"{0 if failed else 1} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
