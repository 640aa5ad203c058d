"""The deparsers against PostgreSQL: what goes through pg_get_viewdef, weir's parser and weir's own deparser must
come out as the same query.

    deparse.py <golden_compile> [server version [--short]]        --short: without the equivalence suite's queries

Expressions go through the compiler: a view of one, its canonical text, the compiler's state query from that, and
a view of that query. Queries (queries.sql, and all that the equivalence suite's cases hold) go through the parse
tree: a view, its canonical text, the tree, SQL again, and a view of that; beside it a view of the canonical text
itself, as PostgreSQL reads it (it is not always what it was before: nested ANDs become one). Both views must have
the same text and the same columns. SQL's special call syntax (EXTRACT(x FROM y)) comes back as a plain call: there
the second text must be a fixed point, and both views must have the same rows.
"""

import pathlib
import re
import subprocess
import sys

import psycopg

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "equivalence")]
import backend  # noqa: E402
import casefile  # noqa: E402
from harness import Postgres  # noqa: E402

TABLE = """
    CREATE SCHEMA app;
    CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'happy');
    CREATE TYPE app.pair AS (x integer, "Y y" text);
    CREATE DOMAIN app.positive AS integer CHECK (VALUE > 0);
    CREATE COLLATION app.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    CREATE FUNCTION app.twice(n integer, step integer DEFAULT 1) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT n * 2 + step';
    CREATE FUNCTION app.many(VARIADIC n integer[]) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT n[1]';
    CREATE OPERATOR app.<+> (FUNCTION = app.twice, LEFTARG = integer, RIGHTARG = integer);
    CREATE TABLE app."Weird ""t" (
        id integer PRIMARY KEY, i integer, b bigint, s smallint, n numeric(12,2), f float8, t text, v varchar(10), c char(5),
        ok boolean, d date, ts timestamp, tz timestamptz, iv interval, a integer[], ta text[], j jsonb, m app.mood, p app.pair,
        dom app.positive, u uuid, by bytea, bits bit(4), vb bit varying(8), "Odd ""name" text, r int4range, ip inet, q "char");
    INSERT INTO app."Weird ""t" VALUES
        (1, 3, 4, 5, 6.5, 0.25, 'abc', 'xyz', 'ab', true, '2024-02-29', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56+02',
         '1 day 02:03', '{1,2,3}', '{a,b}', '{"k": [1, {"z": 2}]}', 'ok', '(1,two)', 7,
         'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x0102', '1010', '101', 'odd', '[1,5)', '10.0.0.1/8', 'x'),
        (2, NULL, -4, NULL, NULL, 'NaN', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"""

# What queries.sql speaks of.
MORE = """
    CREATE TABLE app.t (id integer PRIMARY KEY, a integer, c text, d timestamptz, l integer[], doc jsonb);
    CREATE TABLE app.u (id integer PRIMARY KEY, t_id integer, b integer, c text);
    CREATE TABLE app.v (v integer);
    CREATE TABLE app."Odd Table" (id integer, "Ünï" text, "order" integer);
    CREATE TABLE app."Q ""t" ("select" text, "B ""b" integer);
    INSERT INTO app.t SELECT i, i % 3, chr(96 + i), timestamptz '2024-02-28 21:00+00' + i * interval '9 hours', ARRAY[i, 2],
                             jsonb_build_object('a', i, 'k', '{"z": 1}'::jsonb) FROM generate_series(1, 7) i;
    INSERT INTO app.u SELECT i, nullif(i - 1, 0), i % 2, chr(96 + i) FROM generate_series(1, 5) i;
    INSERT INTO app.v VALUES (1), (3), (NULL);
    CREATE FUNCTION app.pairs(i integer, n integer DEFAULT 1, OUT x integer, OUT y text) RETURNS SETOF record IMMUTABLE
        LANGUAGE sql AS 'SELECT i + k, repeat(''x'', k) FROM generate_series(1, n) k';
    CREATE FUNCTION app.backwards(x integer, y integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT btint4cmp(y, x)';
    CREATE AGGREGATE app.total (integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
    CREATE FUNCTION app.total_step(s integer, VARIADIC n integer[]) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT s + coalesce(n[1], 0)';
    CREATE AGGREGATE app.total_any (VARIADIC integer[]) (SFUNC = app.total_step, STYPE = integer, INITCOND = '0');
    CREATE OPERATOR app.<<< (FUNCTION = int4gt, LEFTARG = integer, RIGHTARG = integer);
    CREATE OPERATOR app.<<= (FUNCTION = int4ge, LEFTARG = integer, RIGHTARG = integer);
    CREATE OPERATOR app.= (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer);
    CREATE OPERATOR app.>>= (FUNCTION = int4le, LEFTARG = integer, RIGHTARG = integer);
    CREATE OPERATOR app.>>> (FUNCTION = int4lt, LEFTARG = integer, RIGHTARG = integer);
    CREATE OPERATOR CLASS app.backwards FOR TYPE integer USING btree AS OPERATOR 1 app.<<<, OPERATOR 2 app.<<=, OPERATOR 3 app.=,
        OPERATOR 4 app.>>=, OPERATOR 5 app.>>>, FUNCTION 1 app.backwards(integer, integer);
"""

EXPRESSIONS = r"""
i + 1
i - -1
- i
-5
-(i - 5)
i * (b + s) / 3
(i % 3) ^ 2
@ i
|/ f
i & 7 | 3 # 1
~ i
i << 2 >> 1
2147483648
-9223372036854775808
1.50
1e10
.5
i = 1 AND (b > 2 OR s < 3) AND NOT ok
NOT (i = 1 OR NOT ok)
i BETWEEN 1 AND 5
i NOT BETWEEN SYMMETRIC 5 AND 1
i IN (1, 2, 3)
i NOT IN (1, b, 3)
t IN ('a', 'b')
i = ANY (a)
i <> ALL (a)
t LIKE 'a%'
t NOT LIKE '%b' ESCAPE '!'
t ILIKE 'A_c'
t SIMILAR TO '(a|b)%'
t ~ '^a.*c$'
t !~* 'X'
t || v || c
t || i
t COLLATE "C" < v COLLATE "C"
t COLLATE app.ci
upper(t) COLLATE "POSIX"
i IS NULL OR t IS NOT NULL
ok IS TRUE
ok IS NOT FALSE
(i > 1) IS UNKNOWN
i IS DISTINCT FROM b
t IS NOT DISTINCT FROM v
NULLIF(i, 3)
COALESCE(t, v, 'x')
GREATEST(i, b, 2)
LEAST(n, 1.5)
CASE WHEN i > 1 THEN 'big' WHEN i = 1 THEN 'one' ELSE 'small' END
CASE i WHEN 1 THEN t WHEN 2 THEN v END
CASE WHEN ok THEN NULL ELSE 1 END
i::text
n::numeric(10,1)
n::integer
t::varchar(2)
t::char
t::char(3)
t::bpchar
CAST(f AS real)
'2024-01-01'::date + i
d - '2024-01-01'::date
ts::timestamp(0)
tz::timestamptz(3)
ts::time(1)
iv::interval hour to minute
iv::interval second(2)
interval '1 month' + iv * 2
'1 day'::interval day
EXTRACT(year FROM ts)
date_part('dow', d)
date_trunc('day', ts)
ts AT TIME ZONE 'UTC'
tz AT TIME ZONE INTERVAL '2 hours'
SUBSTRING(t FROM 2 FOR 1)
SUBSTRING(t FROM 'b.')
SUBSTRING(t SIMILAR '#"a#"%' ESCAPE '#')
substr(t, 2)
TRIM(BOTH 'a' FROM t)
TRIM(LEADING FROM t)
POSITION('b' IN t)
OVERLAY(t PLACING 'ZZ' FROM 2 FOR 1)
(d, d) OVERLAPS (d, iv)
t IS NORMALIZED
NORMALIZE(t, NFC)
a[1]
a[1:2]
a[:2]
a[i - 2 + 1]
(ARRAY[[1, 2], [3, i]])[2][1]
(ARRAY[[1, 2], [3, i]])[1:2][2:2]
((ARRAY[[1, 2], [3, i]])[2:2])[1][2]
(ARRAY[1, 2, i])[2]
ARRAY[[1, 2], [3, i]]
ARRAY[]::integer[]
'{1,2}'::int[] || a
ARRAY['a', t]
a @> ARRAY[1]
ta[1] || 'x'
array_length(a, 1)
cardinality(ta)
j -> 'k' ->> 0
j #>> '{k,1,z}'
j ? 'k'
j @> '{"k": []}'
(j -> 'k' -> 0)::int
jsonb_build_object('a', i, 'b', t)
m = 'ok'
m::text
'happy'::app.mood > m
(p).x
(p)."Y y"
ROW(i, t) = ROW(1, 'a')
ROW(i, b) < ROW(2, 3)
ROW(1, i) IS NULL
ROW(i, t)::app.pair
dom + 1
3::app.positive
u::text
by || '\x03'
B'101' | bits::bit(3)
X'1F'::bit(8)
vb || B'1'
bits::varbit(2)
"Odd ""name" || 'it''s'
'back\slash'
E'tab\there'
U&'\00e9' || t
app.twice(i)
app.twice(n => i, step => 2)
app.twice(step => 3, n => 1)
app.many(1, 2, i)
app.many(VARIADIC a)
concat(t, i, ok)
concat_ws('-', VARIADIC ta)
format('%s and %s', t, i)
i OPERATOR(app.<+>) 2
i OPERATOR(pg_catalog.+) 2
r @> i
r && int4range(1, 3)
lower(r)
ip << '10.0.0.0/8'
q
'a'::"char"
abs(i) + round(n, 1) + ceil(f)
width_bucket(n, 0, 10, 5)
md5(t)
to_char(i, 'FM000')
lpad(t, 5, '*')
split_part(t, 'b', 1)
regexp_replace(t, 'a', 'b', 'g')
length(t)
NULL::text
NULL
true
i::numeric / 3
i / 3.0
(i::bigint << 2) + 1
num_nonnulls(i, t)
make_interval(days => i)
"""

SPECIAL = ("EXTRACT", "AT TIME ZONE", "SUBSTRING", "TRIM", "POSITION", "OVERLAY", "OVERLAPS", "NORMALIZE",
           "SIMILAR", "COLLATION FOR", "NORMALIZED", "XMLEXISTS")


def describe(conn):
    """The table as golden_compile reads it."""
    columns = conn.execute(
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute "
        "WHERE attrelid = 'app.\"Weird \"\"t\"'::regclass AND attnum > 0 ORDER BY attnum"
    ).fetchall()
    lines = ['table app.Weird "t']
    for name, type_, not_null in columns:
        if " " not in name:  # a blank ends a name in a description; such a column is added below
            lines.append(f"  {name} {type_}" + (", not null" if not_null else ""))
    return "\n".join(lines + ["  key id"]) + "\n"


def state_sql(program, table, canonical):
    """The state query that the compiler makes of a view's text; or why it makes none."""
    given = table + "query e, id\n" + canonical.rstrip().rstrip(";") + "\n"
    out = subprocess.run([program, "--emit"], input=given, capture_output=True, text=True, check=True).stdout
    if "-- state\n" not in out:
        return None, out
    return out.split("-- state\n", 1)[1].split("\n-- storage\n", 1)[0], out


def view_text(conn, name, select):
    conn.execute("SET search_path = app")
    conn.execute(f"DROP VIEW IF EXISTS {name}")
    conn.execute(f"CREATE VIEW {name} AS {select}")
    conn.execute("SET search_path = ''")
    return conn.execute(f"SELECT pg_get_viewdef('app.{name}'::regclass)").fetchone()[0]


def check(conn, program, table, expression):
    """None when the expression survives; else what went wrong."""
    first = view_text(conn, "v1", f'SELECT {expression} AS e, r1.id FROM "Weird ""t" r1')
    emitted, out = state_sql(program, table, first)
    if emitted is None:
        return out
    second = view_text(conn, "v2", emitted)
    if first != second:
        if not any(word in expression for word in SPECIAL):
            return f"{first}\n{second}"
        again, _ = state_sql(program, table, second)
        third = view_text(conn, "v3", again)
        if second != third:
            return f"{second}\n{third}"
    differs = conn.execute(
        "SELECT count(*) FROM app.v1 FULL JOIN app.v2 USING (id) WHERE v1.e::text IS DISTINCT FROM v2.e::text"
    ).fetchone()[0]
    return f"rows differ: {emitted}" if differs else None


def tree_sql(program, text):
    """A query after it was in the parse tree; or None, and why not."""
    out = subprocess.run([program, "--select"], input=text.rstrip().rstrip(";"), capture_output=True, text=True)
    if out.returncode not in (0, 1):
        raise RuntimeError(f"{out.returncode}: {out.stderr}\n{text}")
    return (out.stdout, None) if out.returncode == 0 else (None, out.stderr.strip())


def columns(conn, view):
    return conn.execute(
        "SELECT attname, format_type(atttypid, atttypmod), attcollation::regcollation::text FROM pg_attribute "
        f"WHERE attrelid = '{view}'::regclass ORDER BY attnum").fetchall()


def make_view(conn, path, view, select, names=""):
    """Makes the view and returns its text; PostgreSQL's complaint is an exception. `names`: the list (a, b), or none."""
    conn.execute(f"SET search_path = {path}")
    conn.execute(f"DROP VIEW IF EXISTS deparse.{view}")
    conn.execute(f"CREATE VIEW deparse.{view} {names} AS {select}")
    conn.execute("SET search_path = ''")
    return conn.execute(f"SELECT pg_get_viewdef('deparse.{view}'::regclass)").fetchone()[0]


def rows(conn, view):
    return sorted(str(r) for r in conn.execute(f"SELECT x::text FROM deparse.{view} x").fetchall())


# What the tree does not hold; queries.sql has each of them.
NOT_HELD = ("FOR UPDATE", "TABLESAMPLE", "XMLTABLE or JSON_TABLE", "XML expression")


def check_query(conn, program, query, path="app", refused=None, names=""):
    """None when the query survives, or is refused as it must be; else what went wrong. With refused=NOT_HELD it may be."""
    try:
        first = make_view(conn, path, "v1", query, names)
    except psycopg.Error as e:
        return f"not a query: {e}"
    emitted, reason = tree_sql(program, first)
    if emitted is None or isinstance(refused, str):
        held = reason != refused and not (refused is NOT_HELD and reason in NOT_HELD)
        return f"{first}\n{emitted or reason}" if held else None
    try:
        # A search path in which no name means anything.
        first = make_view(conn, "elsewhere", "v1", first)
        second = make_view(conn, "elsewhere", "v2", emitted)
        if columns(conn, "deparse.v1") != columns(conn, "deparse.v2"):
            return f"other columns\n{first}\n{emitted}"
        if first == second:
            return None
        if not any(word in first for word in SPECIAL):
            return f"{first}\n{emitted}\n{second}"
        third = make_view(conn, "elsewhere", "v3", tree_sql(program, second)[0])
        if second != third:
            return f"{second}\n{third}"
        return None if rows(conn, "v1") == rows(conn, "v2") else f"rows differ: {emitted}"
    except psycopg.Error as e:
        return f"{e}\n{first}\n{emitted}"


def check_queries(conn, program, version):
    """All of queries.sql: how many there were, which changed."""
    n, failed = 0, []
    for paragraph in re.split(r"\n\s*\n", (HERE / "queries.sql").read_text()):
        notes = dict(re.findall(r"^-- (since|refused):? (.*)$", paragraph, re.M))
        query = re.sub(r"^--.*\n?", "", paragraph, flags=re.M).strip()
        if not query or version < int(notes.get("since", version)):
            continue
        n += 1
        problem = check_query(conn, program, query, refused=notes.get("refused"))
        if problem:
            failed.append(query)
            print(f"{query}\n{problem}\n")
    return n, failed


def check_cases(conn, program, version):
    """Every query of the equivalence suite, over the tables of its case."""
    n, failed = 0, []
    for i, path in enumerate(sorted((HERE.parent / "equivalence" / "cases").rglob("*.sql"))):
        case = casefile.parse(path)
        if version < case.requires or case.mode == "refused":
            continue
        conn.execute(f"CREATE SCHEMA case_{i}")
        for statement in case.tables:
            conn.execute(f"SET search_path = case_{i}, public")
            try:
                conn.execute(statement.sql)
            except psycopg.Error as e:
                if e.sqlstate != statement.fails:
                    raise
        for stream in case.streams:
            n += 1
            problem = check_query(conn, program, stream.query, f"case_{i}, public", NOT_HELD, stream.columns)
            if problem:
                failed.append(path.name)
                print(f"{path.name}: {problem}\n")
            conn.execute(f"SET search_path = case_{i}, public")
            conn.execute(f"CREATE VIEW {stream.name} {stream.columns} AS {stream.query}")
    return n, failed


def check_system_views(conn, program):
    """PostgreSQL's own views are the largest queries at hand."""
    conn.execute("SET search_path = ''")
    views = conn.execute("SELECT schemaname || '.' || viewname, pg_get_viewdef(format('%I.%I', schemaname, viewname)::regclass) "
                         "FROM pg_views WHERE schemaname IN ('pg_catalog', 'information_schema') "
                         # Only initdb may make a view with columns of type anyarray.
                         "AND viewname NOT IN ('pg_stats', 'pg_stats_ext_exprs') ORDER BY 1").fetchall()
    failed = []
    for name, query in views:
        problem = check_query(conn, program, query, "elsewhere")
        if problem:
            failed.append(name)
            print(f"{name}: {problem}\n")
    return len(views), failed


def check_expressions(conn, program):
    # Names with blanks cannot be described, so the column gets a plain one in this test's table.
    conn.execute('ALTER TABLE app."Weird ""t" RENAME COLUMN "Odd ""name" TO "Odd""name"')
    table = describe(conn)
    failed = []
    expressions = EXPRESSIONS.strip().split("\n")
    for expression in expressions:
        expression = expression.replace('"Odd ""name"', '"Odd""name"')
        problem = (check(conn, program, table, expression)
                   or check_query(conn, program, f'SELECT {expression} AS e, r1.id FROM "Weird ""t" r1'))
        if problem:
            failed.append(expression)
            print(f"{expression}\n{problem}\n")
    return len(expressions), failed


def main():
    program, version = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 15
    with Postgres(version) as pg:
        pg.database(backend.DATABASE)
        backend.furnish(pg)
        conn = pg.connect(backend.DATABASE)
        conn.autocommit = True
        for sql in (TABLE, MORE, "CREATE SCHEMA deparse; CREATE SCHEMA elsewhere"):
            conn.execute(sql)
        expressions, failed = check_expressions(conn, program)
        queries, changed = check_queries(conn, program, version)
        cases, more = (0, []) if "--short" in sys.argv else check_cases(conn, program, version)
        views, others = check_system_views(conn, program)
        conn.close()
    failed += changed + more + others
    print(f"{expressions} expressions, {queries} queries, {cases} queries of cases, {views} system views: "
          f"{len(failed)} changed on the way")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
