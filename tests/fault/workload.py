"""Two diamonds, and writers for their sources."""

import random
import threading
import time

import psycopg

from harness import difference, one

TABLES = """
CREATE TABLE sales (id bigserial PRIMARY KEY, region text NOT NULL, product_id bigint NOT NULL,
                    amount numeric(12,2) NOT NULL, writer int NOT NULL);
CREATE INDEX ON sales (writer);
CREATE TABLE s1 (id bigserial PRIMARY KEY, k int, v int, writer int NOT NULL);
CREATE TABLE s2 (id int PRIMARY KEY, k int, w int, writer int NOT NULL);
"""

# name -> query over the source tables and the stream tables before it
STREAMS = {
    "revenue_by_region": "SELECT region, sum(amount) AS revenue, count(*) AS sale_count FROM sales GROUP BY region",
    "revenue_by_product": "SELECT product_id, sum(amount) AS revenue, count(*) AS sale_count FROM sales"
                          " GROUP BY product_id",
    "exec_summary": "SELECT 'total' AS label, (SELECT sum(revenue) FROM revenue_by_region) AS regional_total,"
                    " (SELECT sum(revenue) FROM revenue_by_product) AS product_total",
    "a": "SELECT k, sum(v) AS v FROM s1 GROUP BY k",
    "b": "SELECT s1.id, s1.k, s1.v, s2.w FROM s1 JOIN s2 ON s1.id = s2.id",
    "c": "SELECT a.k, a.v AS all_v, x.v AS joined_v FROM a JOIN (SELECT k, sum(v) AS v FROM b GROUP BY k) x"
         " ON x.k = a.k",
    "d": "SELECT b.k, count(*) AS n, sum(s2.w) AS w FROM b JOIN s2 ON s2.k = b.k GROUP BY b.k",
    "e": "SELECT c.k, c.all_v, c.joined_v, d.n, d.w FROM c JOIN d ON d.k = c.k",
}
SALES = ("revenue_by_region", "revenue_by_product", "exec_summary")

# Each gives one row, false when a reader sees branches at different times. One statement is one snapshot.
INVARIANTS = {
    "sales": """SELECT (SELECT sum(revenue) FROM revenue_by_region) IS NOT DISTINCT FROM regional_total
        AND (SELECT sum(revenue) FROM revenue_by_product) IS NOT DISTINCT FROM product_total
        AND regional_total IS NOT DISTINCT FROM product_total
        AND (SELECT sum(sale_count) FROM revenue_by_region) IS NOT DISTINCT FROM
            (SELECT sum(sale_count) FROM revenue_by_product), regional_total::text FROM exec_summary""",
    "c over a and b": """SELECT NOT EXISTS (
        (SELECT k, all_v, joined_v FROM c EXCEPT ALL
         SELECT a.k, a.v, x.v FROM a JOIN (SELECT k, sum(v) AS v FROM b GROUP BY k) x ON x.k = a.k)
        UNION ALL
        (SELECT a.k, a.v, x.v FROM a JOIN (SELECT k, sum(v) AS v FROM b GROUP BY k) x ON x.k = a.k EXCEPT ALL
         SELECT k, all_v, joined_v FROM c)), (SELECT sum(all_v)::text FROM c)""",
    "e over c and d": """SELECT NOT EXISTS (
        (SELECT * FROM e EXCEPT ALL SELECT c.k, c.all_v, c.joined_v, d.n, d.w FROM c JOIN d ON d.k = c.k)
        UNION ALL
        (SELECT c.k, c.all_v, c.joined_v, d.n, d.w FROM c JOIN d ON d.k = c.k EXCEPT ALL SELECT * FROM e)),
        (SELECT sum(w)::text FROM e)""",
}


def create(conn, schedule="1s", streams=STREAMS):
    """Tables with something in them, and the stream tables, through weir."""
    conn.execute(TABLES)
    conn.execute("INSERT INTO sales (region, product_id, amount, writer)"
                 " SELECT 'r' || i % 5, i % 20, i * 1.01, i % 8 FROM generate_series(1, 400) i")
    conn.execute("INSERT INTO s1 (k, v, writer) SELECT i % 6, i, i % 8 FROM generate_series(1, 120) i")
    conn.execute("INSERT INTO s2 SELECT i, i % 6, -i, i % 8 FROM generate_series(1, 60) i")
    for name, query in streams.items():
        conn.execute(f"CREATE STREAM TABLE {name} WITH (schedule = '{schedule}',"
                     f" refresh_mode = 'DIFFERENTIAL') AS {query}")


def expanded(name):
    """The query of a stream table over base tables alone: a WITH of all that come before it."""
    names = list(STREAMS)
    before = names[:names.index(name) + 1]
    ctes = ", ".join(f"{n} AS ({STREAMS[n]})" for n in before)
    return f"WITH {ctes} SELECT * FROM {name}"


def assert_equal(conn, streams=STREAMS):
    for name in streams:
        n = difference(conn, f"SELECT * FROM public.{name}", expanded(name))
        assert n == 0, f"{name} differs from its query in {n} rows"


def assert_invariants(conn):
    for name, sql in INVARIANTS.items():
        assert conn.execute(sql).fetchone()[0], f"split: {name}"


class Writer(threading.Thread):
    """Random transactions on rows of its own, so that writers never wait for one another."""

    def __init__(self, connect, number, stop, seed=0):
        super().__init__(daemon=True)
        self.connect, self.number, self.stop_event = connect, number, stop
        self.random = random.Random(seed * 1000 + number)
        self.acked = []  # ids of sales whose commit was acknowledged
        self.commits = self.rollbacks = 0
        self.error = None

    def run(self):
        try:
            with self.connect() as conn:
                while not self.stop_event.is_set():
                    self.transaction(conn)
        except (psycopg.Error, OSError) as e:
            self.error = e

    def transaction(self, conn):
        r, w = self.random, self.number
        if r.random() < 0.3:  # no block: one statement
            conn.execute("UPDATE sales SET amount = amount + 1 WHERE id = (SELECT min(id) FROM sales WHERE writer = %s)", [w])
            self.commits += 1
            return
        inserted = []
        conn.execute("BEGIN")
        for _ in range(r.randint(1, 4)):
            self.statement(conn, inserted)
            if r.random() < 0.1:
                time.sleep(r.random() * 0.3)
        if r.random() < 0.2:
            conn.execute("SAVEPOINT s")
            self.statement(conn, [])
            conn.execute("ROLLBACK TO s")
        if r.random() < 0.08:
            time.sleep(0.5 + r.random())  # a late commit: refreshes go by meanwhile
        if r.random() < 0.25:
            conn.execute("ROLLBACK")
            self.rollbacks += 1
        else:
            conn.execute("COMMIT")
            self.acked += inserted
            self.commits += 1

    def statement(self, conn, inserted):
        r, w = self.random, self.number
        kind = r.randrange(8)
        if kind <= 2:
            row = conn.execute("INSERT INTO sales (region, product_id, amount, writer)"
                               " VALUES ('r' || (random() * 6)::int, (random() * 25)::int, (random() * 1000)::numeric(12,2), %s)"
                               " RETURNING id", [w]).fetchone()
            inserted.append(row[0])
        elif kind == 3:
            conn.execute("UPDATE sales SET region = 'r' || (random() * 6)::int, amount = amount + 1"
                         " WHERE writer = %s AND id %% 7 = %s", [w, r.randrange(7)])
        elif kind == 4:
            # Only old rows are deleted, so that acknowledged inserts can be looked for.
            conn.execute("DELETE FROM sales WHERE id <= 400 AND id IN (SELECT id FROM sales WHERE writer = %s AND id <= 400"
                         " ORDER BY id LIMIT 1)", [w])
        elif kind == 5:
            conn.execute("UPDATE s1 SET v = v + 1, k = (random() * 7)::int WHERE writer = %s AND id %% 5 = %s",
                         [w, r.randrange(5)])
        elif kind == 6:
            conn.execute("INSERT INTO s2 VALUES ((random() * 200)::int * 8 + %s, (random() * 7)::int, 1, %s)"
                         " ON CONFLICT (id) DO UPDATE SET w = s2.w + 1 WHERE s2.writer = excluded.writer", [w, w])
        else:
            conn.execute("DELETE FROM s2 WHERE id IN (SELECT id FROM s2 WHERE writer = %s ORDER BY random() LIMIT 1)", [w])


def assert_acked(conn, writers):
    for w in writers:
        if not w.acked:
            continue
        missing = one(conn, "SELECT count(*) FROM unnest(%s::bigint[]) x WHERE NOT EXISTS"
                            " (SELECT FROM sales WHERE id = x)", [w.acked])
        assert missing == 0, f"{missing} acknowledged inserts of writer {w.number} are gone"
