"""Random SELECT statements over a schema: typed, nested, and with one result whatever way they are run.

`by_value` is drawn once per query. With it, types that have several images of one value (numeric, float8) may be
grouped, ordered and so on, nothing in the query looks at an image, and results are compared by value. Without it they
may not, images are shown, and results are compared by image.
"""

import dataclasses
import re

import sqltypes as T
from expressions import Context, Expressions
from schema import Column, Relation
from tree import N, expr, listed, optional, query


@dataclasses.dataclass
class Query:
    tree: N
    columns: list
    features: set
    by_value: bool

    def sql(self):
        return str(self.tree)


FAMILIES = ("outer join", "subquery", "set operation", "window", "distinct", "limit", "with", "recursive", "function", "grouping sets",
            "aggregates", "using", "derived")


class Generator(Expressions):
    """One query, of some families of constructs only: with all of them at once, most queries would have one that hides what
    the others do wrong."""

    MOST_SUBQUERIES = 6

    def __init__(self, rng, relations):
        self.rng = rng
        self.relations = list(relations)
        self.by_value = rng.random() < 0.6
        self.features = set()
        self.subqueries = 0
        self.names = 0
        self.depth = rng.choice((0, 1, 1, 1, 2, 3))
        self.complexity = rng.choice((1, 1, 2, 2, 3))
        share = rng.choice((0, 0.15, 0.15, 0.3, 0.6, 1))
        self.families = {f for f in FAMILIES if rng.random() < share}

    def has(self, family):
        return family in self.families

    def fresh(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def make(self):
        tree, columns = self.query(self.depth, None, None, top=True)
        return Query(tree, columns, self.features, self.by_value)

    # ---- queries ---------------------------------------------------------------------------------------

    def query(self, depth, outer, want, top=False, single=False):
        """A query and its columns. `want`: the types that it must have; `single`: it may have one row at most."""
        if not single:
            chance = self.rng.random()
            if depth > 0 and chance < 0.16 and (self.has("set operation") or chance < 0.04):
                return self.set_operation(depth, outer, want)
            if depth > 0 and chance < 0.26 and self.has("with"):
                return self.with_cte(depth, outer, want)
            if depth > 0 and chance < 0.32 and self.has("recursive"):
                return self.recursive(depth, outer, want)
            if not top and chance > 0.98:
                return self.values(want)
        elif depth > 0 and self.has("with") and self.chance(0.05):
            return self.with_cte(depth, outer, want, single=True)
        return self.select(depth, outer, want, single=single)

    def subquery(self, ctx, want=None, single=False):
        """A query within an expression; None where there are enough of them."""
        if not self.has("subquery") and not (single and self.chance(0.05)):
            return None
        if self.subqueries >= self.MOST_SUBQUERIES or (self.depth == 0 and not self.chance(0.3)):
            return None
        self.subqueries += 1
        plain = Context(ctx.relations, ctx.outer, ctx.keys)
        tree, _ = self.query(self.some(0, 0, 1), plain, want or [self.any_type(ctx)], single=single)
        return tree

    def types(self):
        return [self.rng.choice(T.COMMON) for _ in range(self.rng.randint(1, 4))]

    def select(self, depth, outer, want, single=False):
        source, relations = self.from_clause(depth, outer)
        ctx = Context(relations, outer)
        where = self.where(ctx, outer)
        kind, sortable = self.rng.random(), True
        if single and kind < 0.8:
            head, columns, tail = self.aggregated(ctx, want, keys=0)
            return query(*head, " FROM ", source, where, *tail), columns
        if kind < 0.33 and not single:
            head, columns, tail = self.aggregated(ctx, want)
            sortable = self.sortable(ctx, tail, f"{source} {where}")
        elif kind < 0.48 and not single and self.has("window"):
            windowed = Context(relations, outer, special=lambda ty, d: self.window(ty, ctx, d))
            head, columns, tail = self.projected(windowed, want)
        else:
            head, columns, tail = self.projected(ctx, want)
            if not single and self.has("distinct") and self.chance(0.3) and all(self.free(c.ty) for c in columns):
                head, tail = self.distinct(ctx, head, columns)
        tree = query(*head, " FROM ", source, where, *tail)
        if single:
            if not all(self.free(c.ty) for c in columns):
                head, columns, tail = self.aggregated(ctx, want, keys=0)
                return query(*head, " FROM ", source, where, *tail), columns
            self.features.add("LIMIT")
            return query(tree, " ORDER BY 1 LIMIT 1"), columns
        if sortable and "DISTINCT ON" not in str(head[0]) and self.has("limit") and self.chance(0.25):
            tree = self.limited(tree, columns)
        return tree, columns

    def where(self, ctx, outer):
        terms = []
        if self.chance(0.45):
            terms.append(self.boolean(ctx, self.complexity))
        if outer is not None and self.chance(0.7):  # what makes a subquery a correlated one
            pairs = [(a, b) for ty in set(ctx.types()) if ty.comparable for a in ctx.refs(ty) for b in ctx.outer_refs(ty)]
            if pairs:
                a, b = self.rng.choice(sorted(pairs, key=lambda p: (str(p[0]), str(p[1]))))
                self.features.add("correlated")
                terms.append(expr(T.BOOL, "(", a, self.some(" = ", " = ", " = ", " < ", " IS NOT DISTINCT FROM "), b, ")"))
        return optional(" WHERE ", listed(terms, " AND ")) if terms else ""

    def item(self, e):
        name = self.fresh("c")
        return N("item", e, f" AS {name}"), Column(name, e.ty, exact=e.exact)

    def items(self, ctx, want):
        pairs = [self.item(self.expression(ty, ctx, self.complexity))
                 for ty in want or [self.any_type(ctx) for _ in range(self.rng.randint(1, 4))]]
        return listed([p[0] for p in pairs]), [p[1] for p in pairs]

    def projected(self, ctx, want):
        items, columns = self.items(ctx, want)
        return ["SELECT ", items], columns, []

    def distinct(self, ctx, head, columns):
        if self.chance(0.3):
            ty = self.any_type(ctx, self.free)
            on = self.leaf(ty, ctx)
            self.features.add("DISTINCT ON")
            rest = ", ".join(f"{i + 1}{self.some('', ' DESC')}" for i in range(len(columns)))
            if str(on).isdigit():
                on = expr(T.INT, "(", on, " + 0)")
            return ["SELECT DISTINCT ON (", on, ") ", *head[1:]], [" ORDER BY ", on, ", ", rest]
        self.features.add("DISTINCT")
        return ["SELECT DISTINCT ", *head[1:]], []

    def aggregated(self, ctx, want, keys=None):
        made = []
        if keys is None:
            for _ in range(self.rng.choice((0, 1, 1, 1, 2, 3))):
                ty = self.any_type(ctx, self.free)
                e = self.leaf(ty, ctx) if self.chance(0.7) else self.expression(ty, ctx, 1)
                if not str(e).strip("()-").isdigit() and "SELECT" not in str(e):
                    made.append(e)
        self.features.add("GROUP BY" if made else "aggregate without GROUP BY")
        group = self.grouping(made)
        above = Context((), ctx.outer, keys=made, special=lambda ty, d: self.aggregate(ty, ctx, max(d, 1)))
        types = want or [self.some(T.BIGINT, T.BIGINT, T.NUMERIC, T.NUMERIC, self.any_type(ctx)) for _ in range(self.rng.randint(1, 3))]
        pairs = []
        if not want:
            pairs += [self.item(k) for k in made if self.chance(0.8)]
        for ty in types:
            e = None
            if not made or self.chance(0.7):
                e = self.aggregate(ty, ctx, self.complexity)
            if e is None:
                e = self.expression(ty, above, self.complexity - 1)
            if self.has("window") and self.chance(0.1) and ty is T.BIGINT and made:
                over = self.aggregate(T.BIGINT, ctx, 1)
                self.features.add("window over aggregate")
                e = expr(T.BIGINT, self.some("rank()", "dense_rank()"), " OVER (ORDER BY ", over, ")")
            pairs.append(self.item(e))
        if "GROUPING SETS" in self.features and made and not want and self.chance(0.5):
            pairs.append(self.item(expr(T.INT, f"GROUPING({', '.join(str(k) for k in made[:2])})")))
        if not made and not any(f in "".join(str(p[0]) for p in pairs) for f in ("count(", "sum(", "min(", "max(", "avg(", "agg(")):
            group = [" GROUP BY ()"]
        having = ""
        if self.chance(0.25):
            self.features.add("HAVING")
            having = optional(" HAVING ", self.boolean(above, 1))
        return ["SELECT ", listed([p[0] for p in pairs])], [p[1] for p in pairs], [*group, having]

    def grouping(self, keys):
        if not keys:
            return [" GROUP BY ()"] if self.chance(0.1) else []
        if self.has("grouping sets") and self.chance(0.4):
            self.features.add("GROUPING SETS")
            kind = self.some("ROLLUP", "CUBE", "GROUPING SETS")
            if kind == "GROUPING SETS":
                sets = [N("set", "(", keys[0], ")"), N("set", "()")] + [N("set", "(", k, ", ", keys[0], ")") for k in keys[1:]]
                return [" GROUP BY GROUPING SETS (", listed(sets), ")"]
            return [f" GROUP BY {kind} (", listed(keys), ")"]
        return [" GROUP BY ", listed(keys)]

    @staticmethod
    def sortable(ctx, tail, rows):
        """Before 18, PostgreSQL does not sort by a key of grouping sets that is a constant, or equal to something in each
        row, though it is NULL in some sets."""
        if not re.match(" GROUP BY (ROLLUP|CUBE|GROUPING SETS) ", str(tail[0])):
            return True
        own = {str(ref) for ty in ctx.types() for ref in ctx.refs(ty)}
        keys = [k for item in tail[1].parts for k in (item.parts if item.cat == "set" else [item]) if isinstance(k, N)]
        return all(any(str(e) in own for e in k.nodes()) and f"{k} = " not in rows and f" = {k}" not in rows for k in keys)

    def limited(self, tree, columns):
        ways = self.rng.random()
        if ways < 0.4 and columns[0].ty.comparable:
            self.features.add("WITH TIES")
            return query(tree, f" ORDER BY 1{self.some('', ' DESC', ' NULLS FIRST')} FETCH FIRST {self.rng.randint(1, 4)} ROWS WITH TIES")
        if all(self.free(c.ty) for c in columns):
            self.features.add("LIMIT")
            order = ", ".join(f"{i + 1}{self.some('', ' DESC', ' DESC NULLS LAST')}" for i in range(len(columns)))
            return query(tree, f" ORDER BY {order} LIMIT {self.rng.randint(1, 5)}", self.some("", " OFFSET 1"))
        return tree

    # ---- above selects ---------------------------------------------------------------------------------

    def set_operation(self, depth, outer, want):
        want = want or self.types()
        word = "UNION ALL"
        if self.has("set operation"):
            word = self.some("UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL")
        if word != "UNION ALL" and not all(self.free(t) for t in want):
            if not self.by_value and self.chance(0.7):
                want = [t if self.free(t) else T.INT for t in want] if want and outer is None else want
            if not all(self.free(t) for t in want):
                word = "UNION ALL"
        self.features.add(word)
        left, columns = self.query(depth - 1, outer, want)
        right, others = self.query(depth - 1, outer, want)
        columns = [Column(a.name, a.ty, exact=a.exact and b.exact) for a, b in zip(columns, others)]
        return query("(", left, f") {word} (", right, ")"), columns

    def values(self, want):
        want = want or self.types()
        self.features.add("VALUES")
        columns = [Column(self.fresh("c"), ty) for ty in want]
        rows = listed([N("row", "(", N("fixed", *[self.cast(self.literal(ty)) for ty in want], sep=", "), ")")
                       for _ in range(self.rng.randint(1, 3))])
        return query("SELECT * FROM (VALUES ", rows, f") AS {self.fresh('v')} ({', '.join(c.name for c in columns)})"), columns

    @staticmethod
    def cast(e):
        return expr(e.ty, e, f"::{e.ty.name}") if "::" not in str(e) else e

    def with_cte(self, depth, outer, want, single=False):
        """WITH, named once or several times."""
        self.features.add("WITH")
        made, before = [], list(self.relations)
        for _ in range(self.some(1, 1, 2)):
            tree, columns = self.query(depth - 1, outer, None)
            name = self.fresh("w")
            made.append(N("cte", name, self.some(" AS (", " AS (", " AS MATERIALIZED (", " AS NOT MATERIALIZED ("), tree, ")"))
            self.relations = [Relation(name, columns)] * self.some(2, 5) + self.relations
        body, columns = self.select(depth - 1, outer, want, single=single)
        self.relations = before
        return query("WITH ", listed(made), " ", body), columns

    def recursive(self, depth, outer, want):
        """WITH RECURSIVE: a first column counts the rounds, so that it ends."""
        self.features.add("WITH RECURSIVE")
        name, before = self.fresh("r"), list(self.relations)
        types = [T.INT, self.some(T.INT, T.INT, T.TEXT, T.BIGINT)]
        source, relations = self.from_clause(0, None)
        start = Context(relations)
        columns = [Column("n", T.INT), Column(self.fresh("c"), types[1])]
        def typed(e):
            return expr(e.ty, "(", e, f")::{e.ty.name}")
        first = query("SELECT 0, ", typed(self.expression(types[1], start, 1)), " FROM ", source, self.where(start, None))
        table = self.rng.choice(before)
        alias = self.fresh("t")
        own, other = Relation(name, columns), Relation(alias, table.columns, table.key)
        ctx = Context([own, other])
        again = query(f"SELECT {name}.n + 1, ", typed(self.expression(types[1], ctx, 0)), f" FROM {name} JOIN {table.name} AS {alias} ON ",
                      self.join_condition(Context([own]), Context([other]), None), f" WHERE {name}.n < {self.some(1, 2, 2)}")
        word = self.some("UNION", "UNION", "UNION ALL")
        self.relations = [own] * 4 + before
        body, out = self.select(depth - 1, outer, want)
        self.relations = before
        names = ", ".join(c.name for c in columns)
        return query(f"WITH RECURSIVE {name} ({names}) AS (", first, f" {word} ", again, ") ", body), out

    # ---- FROM ------------------------------------------------------------------------------------------

    def from_clause(self, depth, outer):
        return self.joined(depth, outer, self.some(1, 1, 1, 2, 2, 2, 3) if depth else self.some(1, 1, 2))

    def joined(self, depth, outer, n):
        node, relations = self.source(depth, outer, [])
        for _ in range(n - 1):
            kind = self.rng.choices(("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "NATURAL JOIN", "USING", ","),
                                    (8, *((9, 5, 5) if self.has("outer join") else (0, 0, 0)), 1,
                                     *((3, 8) if self.has("using") else (0, 0)), 1))[0]
            lateral = relations if kind in ("JOIN", "LEFT JOIN", "CROSS JOIN", ",") else []
            if depth > 0 and self.chance(0.12):
                right, others = self.joined(depth - 1, outer, 2)
                right = N("from", "(", right, ")")
                self.features.add("nested join")
            else:
                right, others = self.source(depth, outer, lateral)
            node = self.join(kind, node, right, relations, others, outer)
            relations = relations + others
        return node, relations

    def join(self, kind, left, right, relations, others, outer):
        if kind == "USING":
            word = self.some("JOIN", "JOIN", "LEFT JOIN", "FULL JOIN", "RIGHT JOIN") if self.has("outer join") else "JOIN"
            mine = [c for r in relations for c in r.columns]
            shared = [c.name for r in others for c in r.columns if c.ty.comparable
                      and [m.ty for m in mine if m.name == c.name] == [c.ty]]
            if not shared:
                kind = "JOIN"
            else:
                self.features.add(f"{word} USING")
                names = self.rng.sample(shared, min(len(shared), self.some(1, 1, 2)))
                relations.append(Relation("", [Column(c.name, c.ty) for r in others for c in r.columns if c.name in names]))
                return N("from", left, f" {word} ", right, f" USING ({', '.join(names)})")
        self.features.add("cross join" if kind in (",", "CROSS JOIN") else "inner join" if kind == "JOIN" else kind)
        if kind == ",":
            return N("from", left, ", ", right)
        if kind in ("CROSS JOIN", "NATURAL JOIN"):
            if kind == "NATURAL JOIN" and self.has("outer join") and self.chance(0.5):
                kind = self.some("NATURAL LEFT JOIN", "NATURAL FULL JOIN")
            return N("from", left, f" {kind} ", right)
        on = self.join_condition(Context(relations), Context(others), outer, only_equal=kind == "FULL JOIN")
        return N("from", left, f" {kind} ", right, " ON ", on)

    def join_condition(self, left, right, outer, only_equal=False):
        pairs = [(a, b) for ty in sorted({t.name for t in left.types()} & {t.name for t in right.types()})
                 for t in T.ALL if t.name == ty and t.comparable for a in left.refs(t) for b in right.refs(t)]
        both = Context(left.relations + right.relations, outer)
        terms = []
        if pairs and (only_equal or self.chance(0.85)):
            for _ in range(self.some(1, 1, 1, 2)):
                a, b = self.rng.choice(pairs)
                terms.append(expr(T.BOOL, "(", a, " = ", b, ")"))
        if not only_equal and (not terms or self.chance(0.3)):
            terms.append(self.boolean(both, self.some(0, 1)) if self.chance(0.7) else self.simple_condition(both))
        return N("e:boolean", *terms, sep=" AND ", ty=T.BOOL) if terms else expr(T.BOOL, "true")

    def source(self, depth, outer, lateral):
        """One item of FROM. `lateral`: what stands left of it and may be named in it."""
        kind = self.rng.random()
        if depth > 0 and kind < (0.3 if self.has("derived") else 0.1):
            return self.derived(depth, outer)
        if self.has("function") and depth > 0 and kind < 0.4 and lateral:
            self.features.add("LATERAL")
            return self.derived(depth, Context(lateral, outer), "LATERAL ")
        if self.has("function") and kind < 0.55 and (lateral or self.chance(0.2)):
            return self.function(lateral, outer)
        r = self.rng.choice(self.relations)
        alias = self.fresh("t")
        if r.name.startswith("s"):
            self.features.add("stream table")
        return N("from", f"{r.name} AS {alias}"), [Relation(alias, r.columns, r.key)]

    def derived(self, depth, outer_or_lateral, word=""):
        outer = outer_or_lateral if word else None
        if not word and outer_or_lateral is not None:
            outer = outer_or_lateral  # what is outside of the whole query stays visible
        tree, columns = self.query(depth - 1, outer, None)
        alias = self.fresh("q")
        self.features.add("subquery in FROM")
        return N("from", f"{word}(", tree, f") AS {alias}"), [Relation(alias, columns)]

    def function(self, lateral, outer):
        ctx = Context(lateral, outer)
        alias, x, o = self.fresh("f"), self.fresh("c"), self.fresh("c")
        kind = self.some("unnest", "series", "jsonb", "ordinality", "rows")
        self.features.add({"unnest": "unnest", "series": "generate_series", "jsonb": "jsonb_array_elements",
                           "ordinality": "WITH ORDINALITY", "rows": "ROWS FROM"}[kind])
        if kind == "unnest":
            of, ty = self.some((T.INTS, T.INT), (T.TEXTS, T.TEXT))
            return N("from", "unnest(", self.leaf(of, ctx), f") AS {alias} ({x})"), [Relation(alias, [Column(x, ty)])]
        if kind == "series":
            stop = expr(T.INT, "(", self.leaf(T.INT, ctx), " % 4)") if lateral else expr(T.INT, "3")
            return N("from", "generate_series(1, ", stop, f") AS {alias} ({x})"), [Relation(alias, [Column(x, T.INT)])]
        if kind == "jsonb":
            e = self.leaf(T.JSONB, ctx)
            return (N("from", "jsonb_array_elements(CASE jsonb_typeof(", e, ") WHEN 'array' THEN ", e, f" END) AS {alias} ({x})"),
                    [Relation(alias, [Column(x, T.JSONB)])])
        columns = [Column(x, T.INT), Column(o, T.BIGINT)]
        if kind == "ordinality":
            return N("from", "unnest(", self.leaf(T.INTS, ctx), f") WITH ORDINALITY AS {alias} ({x}, {o})"), [Relation(alias, columns)]
        columns[1] = Column(o, T.TEXT)
        return (N("from", "ROWS FROM (generate_series(1, 2), unnest(", self.leaf(T.TEXTS, ctx), f")) AS {alias} ({x}, {o})"),
                [Relation(alias, columns)])


def generate(rng, relations):
    return Generator(rng, relations).make()
