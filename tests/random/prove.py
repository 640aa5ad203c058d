"""The generator on trial: each query must have one result, whatever PostgreSQL's plan and the order of its rows."""

import psycopg

from harness import one, rows

PLANS = (("hashjoin", "hashagg"), ("mergejoin", "sort", "incremental_sort"), ("nestloop", "material", "memoize"))


def shuffle(conn, table):
    """Puts a table's rows in another order."""
    for name in table.writes:
        only = "" if table.kind == "partitioned" else "ONLY "
        conn.execute(f"CREATE TEMP TABLE shuffled AS SELECT * FROM {only}{name} ORDER BY random()")
        conn.execute("SET session_replication_role = replica")
        conn.execute(f"DELETE FROM {only}{name}")
        conn.execute(f"INSERT INTO {name} SELECT * FROM shuffled")
        conn.execute("SET session_replication_role = origin")
        conn.execute("DROP TABLE shuffled")


def differs(conn, s):
    columns = rows(conn, "SELECT quote_ident(attname), atttypid::regtype::text FROM pg_attribute"
                         " WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum", [s.name])
    s.columns = columns
    return one(conn, f"SELECT count(*) FROM (SELECT ROW({s.compared('l')}) AS x, 1 AS w FROM {s.name} l UNION ALL"
                     f" SELECT ROW({s.compared('r')}), -1 FROM {s.name}_kept r) z GROUP BY x HAVING sum(w) <> 0 LIMIT 1")


def prove(pg, seed, batches, make):
    pg.database("prove")
    tried, wrong = 0, 0
    with pg.connect("prove") as conn:
        conn.execute("SET statement_timeout = '5s'")
        for n in range(1, batches + 1):
            case, _ = make(conn, seed, n)
            conn.execute("CREATE SCHEMA proven")
            conn.execute("SET search_path = proven")
            for d in case.schema.statements():
                conn.execute(d)
            for st in case.fill:
                attempt(conn, st.sql())
            kept = []
            for s in case.streams:
                if attempt(conn, f"CREATE VIEW {s.name} AS {s.query.sql()}") and attempt(
                        conn, f"CREATE TABLE {s.name}_kept AS SELECT * FROM {s.name}"):
                    kept.append(s)
            for t in case.schema.tables:
                shuffle(conn, t)
            for plan in PLANS:
                for setting in plan:
                    conn.execute(f"SET enable_{setting} = off")
                for s in kept:
                    tried += 1
                    if differs(conn, s):
                        wrong += 1
                        print(f"batch {n}, without {plan}: {s.query.sql()}", flush=True)
                for setting in plan:
                    conn.execute(f"RESET enable_{setting}")
            conn.execute("SET client_min_messages = error")
            conn.execute("DROP SCHEMA proven CASCADE")
    print(f"{tried} results, {wrong} depend on the plan")
    return 1 if wrong or not tried else 0


def attempt(conn, sql):
    try:
        conn.execute(sql)
        return True
    except psycopg.Error:
        return False
