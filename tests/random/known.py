"""One set of stream tables that is the same in every run: diamonds, stream tables on stream tables of every kind, and
on one that is FULL. Changes to it are random, and there are more of them than elsewhere."""

import sqltypes as T
from query import Query
from schema import Column, Schema, Table
from tree import N

TABLES = {
    "k": ("id int PRIMARY KEY, a int, b text, n numeric", ["id"], (T.INT, T.INT, T.TEXT, T.NUMERIC)),
    "c": ("x int, y text, v int, PRIMARY KEY (x, y)", ["x", "y"], (T.INT, T.TEXT, T.INT)),
    "bag": ("a int, b text, f float8", [], (T.INT, T.TEXT, T.FLOAT)),
    "child": ("id int PRIMARY KEY, k int REFERENCES k ON UPDATE CASCADE ON DELETE CASCADE, v int", ["id"], (T.INT, T.INT, T.INT)),
}

# In order of dependence.
STREAMS = {
    "scan": "SELECT * FROM k",
    "filtered": "SELECT id, b FROM k WHERE a > 1 OR b IS NULL",
    "bagged": "SELECT a, b FROM bag",
    "exprs": "SELECT coalesce(a, -1) % 2 AS odd, b || '!' AS l, CASE WHEN n > 1 THEN 'hi' END AS c FROM k",
    "grouped": "SELECT a, count(*) AS n, count(b) AS nb, sum(n) AS s, avg(n) AS av, min(n) AS lo, max(b) AS hi FROM k GROUP BY a",
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
    "distinct_b": "SELECT DISTINCT b FROM bag",
    "over_distinct": "SELECT count(*) AS n, max(b) AS hi FROM distinct_b",
}


def schema():
    tables = []
    for name, (columns, key, types) in TABLES.items():
        names = [c.split()[0] for c in columns.split(", ")][:len(types)]
        of = [Column(n, ty, ty.name, required=n in key) for n, ty in zip(names, types)]
        tables.append(Table(name, of, key, ddl=N("ddl", f"CREATE TABLE {name} ({columns})"), writes=[name]))
    return Schema(tables, [])


def queries():
    return {name: Query(N("query", sql), [], {"known"}, True) for name, sql in STREAMS.items()}
