"""TPC-H as SQL text: tables with rows, queries, rounds of changes. Shared by run.py and by the benchmark."""

import pathlib

from rounds import fill, sql_parts

HERE = pathlib.Path(__file__).resolve().parent
ORDERS = 1_500_000  # at scale 1

# What happens in a round: orders come and go in each, the rest takes turns.
TURNS = [
    ["new_orders", "old_orders"],
    ["new_orders", "prices", "dates", "old_orders"],
    ["customers", "new_orders", "suppliers"],
    ["parts", "prices", "old_orders"],
    ["nations", "new_orders", "dates", "customers", "suppliers", "parts", "old_orders"],
]


def create_sql(scale, seed=1):
    """One script: the tables, how their rows are made, and the rows."""
    script = [(HERE / "schema.sql").read_text(encoding="utf-8"),
              fill((HERE / "generate.sql").read_text(encoding="utf-8"), SCALE=scale, SEED=seed),
              sql_parts(HERE / "changes.sql")["helpers"]]
    return "\n".join(script)


def queries(scale):
    """{q01: SQL, ..., q22: SQL}"""
    return {name: fill(sql, FRACTION=f"{0.0001 / scale:.8f}") for name, sql in sql_parts(HERE / "queries.sql").items()}


def changes(number, scale, names=None):
    """The scripts of round `number` (from 1), each to be run as one transaction."""
    parts = sql_parts(HERE / "changes.sql")
    names = names or TURNS[(number - 1) % len(TURNS)]
    return [fill(parts[name], ROUND=number, MANY=max(1, int(ORDERS * scale / 100))) for name in names]
