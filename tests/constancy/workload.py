"""Tables of any size, a thousand changed rows a cycle, and a stream table per construct: what the test and the benchmark share."""

import pathlib

from rounds import fill, sql_parts

HERE = pathlib.Path(__file__).resolve().parent
CHANGED = 1000  # rows a cycle: so many customers must there be


def queries():
    return sql_parts(HERE / "queries.sql")


def create_sql(rows):
    return fill((HERE / "tables.sql").read_text(), ROWS=rows)


def create_stream_table(name, query):
    return f"CREATE STREAM TABLE {name} WITH (schedule = '24h', refresh_mode = 'DIFFERENTIAL') AS {query}"


def place(rows, cycle, spread=True):
    """Where a cycle's customers start, and how far each is from the one before: evenly all over the table, or side by side."""
    customers = rows // 10
    return cycle * 7919 * (1 if spread else CHANGED) % customers, customers // CHANGED if spread else 1


def change_sql(rows, cycle, spread=True):
    """A cycle's transactions."""
    start, step = place(rows, cycle, spread)
    return [fill(sql, ROWS=rows, START=start, STEP=step) for sql in sql_parts(HERE / "changes.sql").values()]


# What autovacuum would do in time, of tables and storages; not of change buffers, which live too short for it.
VACUUM = """
    SELECT 'VACUUM (ANALYZE) ' || string_agg(c.oid::regclass::text, ', ') FROM pg_class c
    WHERE c.relkind = 'r' AND (c.relnamespace = 'public'::regnamespace OR c.relname LIKE 'st\\_%')"""
