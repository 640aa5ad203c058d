"""The types that random schemas and queries are made of, each with a handful of values."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Type:
    """`faithful`: equal values have one image. Where they have not (1.0 and 1.00, 0 and -0), which image a group, an
    order or a set operation shows is free, and a query that has such is compared by value (query.py).
    `values` is small, so that keys, groups and whole rows collide."""

    name: str
    columns: tuple  # how a column of it may be declared
    values: tuple  # literals
    odd: tuple = ()  # literals that are rarer
    faithful: bool = True
    comparable: bool = True  # has =, < and a default order
    ranked: bool = True  # has min() and max()

    def literal(self, rng):
        values = self.odd if self.odd and rng.random() < 0.15 else self.values
        return rng.choice(values)


INT = Type("int", ("int", "int", "int", "small_int"), ("0", "1", "2", "3"), ("-1", "7"))
BIGINT = Type("bigint", ("bigint",), ("0", "1", "2", "4"), ("-3", "5000000000"))
NUMERIC = Type("numeric", ("numeric", "numeric", "numeric(6,2)", "numeric(8,1)"), ("1", "1.0", "1.00", "2.5", "0"),
               ("'NaN'", "-1.50", "3.125"), faithful=False)
TEXT = Type("text", ("text", "text", "varchar(6)", 'text COLLATE "POSIX"'), ("''", "'a'", "'b'", "'ab'"), ("'A '", "'é'"))
BOOL = Type("boolean", ("boolean",), ("true", "false"), ranked=False)
DATE = Type("date", ("date",), ("'2024-01-01'", "'2024-01-02'", "'2024-02-29'"))
TIMESTAMP = Type("timestamp", ("timestamp", "timestamp(0)"), ("'2024-01-01 00:00'", "'2024-01-01 12:30'", "'2024-01-02 00:00'"))
# Values are halves, so that sums are exact in whatever order they are made.
FLOAT = Type("float8", ("float8",), ("0", "0.5", "1.5", "-2"), ("'NaN'", "'Infinity'", "'-Infinity'", "'-0'"), faithful=False)
INTS = Type("int[]", ("int[]",), ("'{}'", "'{1}'", "'{1,2}'", "'{NULL,1}'"))
TEXTS = Type("text[]", ("text[]",), ("'{}'", "'{a}'", "'{a,b}'"), ("'{NULL}'",))
MOOD = Type("mood", ("mood",), ("'sad'", "'ok'", "'happy'"))
JSON = Type("json", ("json",), ("'{\"a\":1}'", "'{\"a\": 1}'", "'[1,2]'"), ("'null'",), comparable=False, ranked=False)
JSONB = Type("jsonb", ("jsonb",), ("'{\"a\":1}'", "'{\"a\":2,\"b\":\"x\"}'", "'[1,2]'", "'{}'"), ("'null'",), ranked=False)
RANGE = Type("int4range", ("int4range",), ("'[1,3)'", "'[2,4)'", "'empty'", "'[0,)'"), ranked=False)
PAIR = Type("pair", ("pair",), ("'(1,a)'", "'(2,b)'", "'(,a)'"), ("'(,)'",), ranked=False)

ALL = (INT, BIGINT, NUMERIC, TEXT, BOOL, DATE, TIMESTAMP, FLOAT, INTS, TEXTS, MOOD, JSON, JSONB, RANGE, PAIR)
# What columns and expressions are of, by weight.
COMMON = (INT,) * 8 + (TEXT,) * 5 + (NUMERIC,) * 3 + (BIGINT,) * 2 + (BOOL,) * 2 + (DATE,) * 2 + (FLOAT,) * 2 + (
    TIMESTAMP, INTS, TEXTS, MOOD, JSON, JSONB, RANGE, PAIR)

# Statements that create what is not PostgreSQL's own.
DEFINITIONS = (
    ("mood", "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')"),
    ("pair", "CREATE TYPE pair AS (x int, y text)"),
    ("small_int", "CREATE DOMAIN small_int AS int CHECK (VALUE > -1000000)"),
)
