"""Random expressions that have a type, cannot fail, and do not depend on the order of rows.

No division but by a constant, no cast that a value could refuse, no large products: what PostgreSQL may evaluate in
any order must not raise an error in one of them.
"""

import sqltypes as T
from tree import N, expr, listed, optional


class Context:
    """What an expression may name: the columns of `relations`, or, above a GROUP BY, its `keys`; and what is outside.
    `special(ty, depth)` makes an aggregate or a window function, where such may stand."""

    def __init__(self, relations=(), outer=None, keys=None, special=None):
        self.relations = list(relations)
        self.outer = outer
        self.keys = keys
        self.special = special

    def refs(self, ty):
        if self.keys is not None:
            return [k for k in self.keys if k.ty is ty]
        return [expr(ty, f"{r.name}.{c.name}" if r.name else c.name, exact=c.exact)
                for r in self.relations for c in r.columns if c.ty is ty]

    def outer_refs(self, ty):
        out, c = [], self.outer
        while c is not None:
            out += c.refs(ty)
            c = c.outer
        return out

    def types(self):
        if self.keys is not None:
            return [k.ty for k in self.keys]
        return [c.ty for r in self.relations for c in r.columns]


class Expressions:
    """Mixed into the generator of queries, which has `rng`, `by_value`, `features`, and makes subqueries."""

    def some(self, *choices):
        return self.rng.choice(choices)

    def chance(self, p):
        return self.rng.random() < p

    def free(self, ty):
        """Whether values of a type may be grouped or ordered here without a choice of images that shows."""
        return ty.comparable and (ty.faithful or self.by_value)

    def any_type(self, ctx, test=lambda ty: True):
        """A type of some column mostly."""
        near = [ty for ty in ctx.types() if test(ty)]
        if near and self.chance(0.85):
            return self.rng.choice(near)
        while True:
            ty = self.rng.choice(T.COMMON)
            if test(ty):
                return ty

    def literal(self, ty, null=0.08):
        if self.chance(null):
            return expr(ty, f"NULL::{ty.name}")
        v = ty.literal(self.rng)
        if ty is T.INT:
            return expr(ty, f"({v})" if v.startswith("-") else v)
        if ty is T.BOOL:
            return expr(ty, v)
        return expr(ty, f"({v})::{ty.name}" if v.startswith("-") else f"{v}::{ty.name}")

    def leaf(self, ty, ctx, depth=0):
        if ctx.special and self.chance(0.6):
            made = ctx.special(ty, depth)
            if made is not None:
                return made
        refs = ctx.refs(ty)
        if refs and self.chance(0.85):
            return self.rng.choice(refs)
        outer = ctx.outer_refs(ty)
        if outer and self.chance(0.6):
            self.features.add("correlated")
            return self.rng.choice(outer)
        return self.literal(ty)

    def expression(self, ty, ctx, depth):
        if depth <= 0 or self.chance(0.45):
            return self.leaf(ty, ctx, depth)
        if self.chance(0.25):
            made = self.generic(ty, ctx, depth - 1)
        else:
            made = self.specific(ty, ctx, depth - 1)
        return made or self.leaf(ty, ctx, depth)

    # ---- of any type -----------------------------------------------------------------------------------

    def generic(self, ty, ctx, d):
        def e():
            return self.expression(ty, ctx, d)
        kind = self.some("coalesce", "case", "case", "simple", "nullif", "greatest", "scalar", "scalar")
        if kind == "coalesce":
            a, b = e(), e()
            return expr(ty, "COALESCE(", a, ", ", b, ")", exact=a.exact and b.exact)
        if kind == "case":
            self.features.add("CASE")
            a, b = e(), e()
            return expr(ty, "CASE WHEN ", self.boolean(ctx, d), " THEN ", a, " ELSE ", b, " END", exact=a.exact and b.exact)
        if kind == "simple":
            self.features.add("CASE")
            a = e()
            return expr(ty, "CASE ", self.expression(T.INT, ctx, 0), " WHEN ", self.literal(T.INT, 0), " THEN ", a, " END",
                        exact=a.exact)
        if kind == "nullif" and ty.comparable:
            a = e()
            return expr(ty, "NULLIF(", a, ", ", e(), ")", exact=a.exact)
        if kind == "greatest" and ty.comparable:
            a, b = e(), e()
            return expr(ty, self.some("GREATEST(", "LEAST("), a, ", ", b, ")", exact=a.exact and b.exact)
        if kind == "scalar":
            return self.scalar_subquery(ty, ctx)
        return None

    # ---- of one type -----------------------------------------------------------------------------------

    def specific(self, ty, ctx, d):
        def e(t):
            return self.expression(t, ctx, d)
        rng = self.rng
        if ty is T.BOOL:
            return self.boolean(ctx, d)
        forms = {
            T.INT: [
                lambda: ["(", e(T.INT), self.some(" + ", " - "), e(T.INT), ")"],
                lambda: ["(", e(T.INT), self.some(" % 2", " % 3", " * 2", " + 1", " / 2"), ")"],
                lambda: ["abs(", e(T.INT), ")"],
                lambda: ["length(", e(T.TEXT), ")"],
                lambda: ["cardinality(", e(self.some(T.INTS, T.TEXTS)), ")"],
                lambda: ["(", e(T.DATE), " - ", e(T.DATE), ")"],
                lambda: ["(", e(T.BOOL), ")::int"],
                lambda: ["lower(", e(T.RANGE), ")"],
                lambda: ["(", e(T.PAIR), ").x"],
                lambda: ["((", e(T.JSONB), ") ->> 'a')::int"],
                lambda: ["(", e(T.INTS), ")[1]"],
                lambda: ["((", e(T.BIGINT), ") % 7)::int"],
                lambda: ["extract(day FROM ", e(self.some(T.DATE, T.TIMESTAMP)), ")::int"],
            ],
            T.BIGINT: [
                lambda: ["(", e(T.INT), ")::bigint"],
                lambda: ["(", e(T.BIGINT), self.some(" + ", " - "), e(self.some(T.BIGINT, T.INT)), ")"],
                lambda: ["(", e(T.BIGINT), self.some(" % 3", " / 2"), ")"],
            ],
            T.NUMERIC: [
                lambda: ["(", e(T.INT), ")::numeric"],
                lambda: ["(", e(T.NUMERIC), self.some(" + ", " - ", " * "), e(self.some(T.NUMERIC, T.INT)), ")"],
                lambda: ["(", e(T.NUMERIC), self.some(" / 4", " % 2", " * 1.0"), ")"],
                lambda: ["round(", e(T.NUMERIC), self.some("", ", 1"), ")"],
                lambda: ["abs(", e(T.NUMERIC), ")"],
            ],
            T.TEXT: [
                lambda: ["(", e(T.TEXT), " || ", e(T.TEXT), ")"],
                lambda: [self.some("upper(", "lower(", "btrim("), e(T.TEXT), ")"],
                lambda: ["left(", e(T.TEXT), ", ", str(rng.randint(0, 2)), ")"],
                lambda: ["(", e(T.INT), ")::text"],
                lambda: ["(", e(T.PAIR), ").y"],
                lambda: ["((", e(T.JSONB), ") ->> 'b')"],
                lambda: ["((", e(T.JSON), ") ->> 'a')"],
                lambda: ["(", e(T.TEXTS), ")[1]"],
                lambda: ["replace(", e(T.TEXT), ", 'a', 'x')"],
            ] + ([] if self.by_value else [lambda: ["(", e(T.NUMERIC), ")::text"]]),
            T.DATE: [
                lambda: ["(", e(T.DATE), self.some(" + 1", " - 2"), ")"],
                lambda: ["(", e(T.TIMESTAMP), ")::date"],
            ],
            T.TIMESTAMP: [
                lambda: ["(", e(T.DATE), ")::timestamp"],
                lambda: ["(", e(T.TIMESTAMP), " + interval '12 hours')"],
                lambda: ["date_trunc('day', ", e(T.TIMESTAMP), ")"],
            ],
            T.FLOAT: [
                lambda: ["(", e(T.INT), ")::float8"],
                lambda: ["(- ", e(T.FLOAT), ")"],
                lambda: ["(", self.exact(ctx, d), self.some(" + ", " - "), self.exact(ctx, d), ")"],
                lambda: ["(", self.exact(ctx, d), self.some(" * 2", " / 2"), ")"],
            ],
            T.INTS: [
                lambda: ["ARRAY[", e(T.INT), ", ", e(T.INT), "]"],
                lambda: ["(", e(T.INTS), " || ", e(T.INT), ")"],
                lambda: ["array_remove(", e(T.INTS), ", 1)"],
                lambda: self.array_subquery(ctx),
            ],
            T.TEXTS: [
                lambda: ["ARRAY[(", e(T.TEXT), ")::text]"],
                lambda: ["string_to_array(", e(T.TEXT), ", 'b')"],
            ],
            T.JSON: [lambda: ["((", e(T.JSON), ") -> 'a')"]],
            T.JSONB: [lambda: ["jsonb_strip_nulls(", e(T.JSONB), ")"], lambda: ["((", e(T.JSONB), ") -> 'b')"]],
            T.RANGE: [
                lambda: ["((", e(T.RANGE), ") * (", e(T.RANGE), "))"],
                lambda: ["int4range(LEAST(", e(T.INT), ", 1), 3)"],
            ],
            T.PAIR: [lambda: ["ROW(", e(T.INT), ", ", e(T.TEXT), ")::pair"]],
        }.get(ty)
        if not forms:
            return None
        parts = rng.choice(forms)()
        if parts is None:
            return None
        exact = all(p.exact for p in parts if isinstance(p, N) and p.ty is T.FLOAT)
        return expr(ty, *parts, exact=exact)

    def exact(self, ctx, d):
        """A float whose sums are exact."""
        for _ in range(8):
            e = self.expression(T.FLOAT, ctx, d)
            if e.exact:
                return e
        return self.literal(T.FLOAT)

    # ---- conditions ------------------------------------------------------------------------------------

    def comparable(self, ctx):
        return self.any_type(ctx, lambda ty: ty.comparable)

    def simple_condition(self, ctx):
        ty = self.comparable(ctx)
        a = self.leaf(ty, ctx)
        kind = self.rng.random()
        if kind < 0.25:
            return expr(T.BOOL, "(", a, self.some(" IS NULL", " IS NOT NULL"), ")")
        if kind < 0.75:
            return expr(T.BOOL, "(", a, self.some(" = ", " <> ", " < ", " >= "), self.literal(ty), ")")
        return expr(T.BOOL, "(", a, self.some(" = ", " < ", " IS DISTINCT FROM ", " IS NOT DISTINCT FROM "), self.leaf(ty, ctx), ")")

    def boolean(self, ctx, d):
        if d <= 0:
            return self.simple_condition(ctx)
        kind = self.rng.choices(
            ("simple", "compare", "and", "or", "not", "in", "between", "like", "column", "test", "array", "range", "json", "row",
             "exists", "in query", "any", "row in"),
            (6, 5, 5, 5, 3, 3, 1, 2, 1, 1, 2, 1, 1, 1, 7, 6, 4, 3))[0]
        b, ctx_e = expr, lambda ty: self.expression(ty, ctx, d - 1)
        sub = {"exists": self.exists, "in query": self.in_subquery, "any": self.any_subquery, "row in": self.row_in_subquery}
        if kind in sub:
            made = sub[kind](ctx, d)
            if made is not None:
                return made
            kind = "simple"
        if kind == "compare":
            ty = self.comparable(ctx)
            return b(T.BOOL, "(", ctx_e(ty), self.some(" = ", " <> ", " < ", " <= ", " > "), ctx_e(ty), ")")
        if kind in ("and", "or"):
            items = [self.boolean(ctx, d - 1) for _ in range(self.some(2, 2, 3))]
            return b(T.BOOL, "(", listed(items, " AND " if kind == "and" else " OR "), ")")
        if kind == "not":
            return b(T.BOOL, "(NOT ", self.boolean(ctx, d - 1), ")")
        if kind == "in":
            ty = self.comparable(ctx)
            return b(T.BOOL, "(", ctx_e(ty), self.some(" IN (", " NOT IN ("), listed([self.literal(ty) for _ in range(3)]), "))")
        if kind == "between":
            ty = self.comparable(ctx)
            return b(T.BOOL, "(", ctx_e(ty), " BETWEEN ", self.literal(ty), " AND ", self.literal(ty), ")")
        if kind == "like":
            return b(T.BOOL, "(", ctx_e(T.TEXT), self.some(" LIKE 'a%'", " NOT LIKE '%b'", " ~ '^a'"), ")")
        if kind == "column":
            return self.leaf(T.BOOL, ctx)
        if kind == "test":
            return b(T.BOOL, "(", self.boolean(ctx, d - 1), self.some(" IS TRUE", " IS NOT TRUE", " IS UNKNOWN", " IS FALSE"), ")")
        if kind == "array":
            if self.chance(0.6):
                ty, of = self.some((T.INT, T.INTS), (T.TEXT, T.TEXTS))
                return b(T.BOOL, "(", ctx_e(ty), self.some(" = ANY (", " <> ALL ("), ctx_e(of), "))")
            of = self.some(T.INTS, T.TEXTS)
            return b(T.BOOL, "(", ctx_e(of), self.some(" @> ", " && "), ctx_e(of), ")")
        if kind == "range":
            if self.chance(0.5):
                return b(T.BOOL, "(", ctx_e(T.RANGE), " @> ", ctx_e(T.INT), ")")
            return b(T.BOOL, "(", ctx_e(T.RANGE), " && ", ctx_e(T.RANGE), ")")
        if kind == "json":
            return b(T.BOOL, "(", ctx_e(T.JSONB), self.some(" ? 'a'", " @> '{\"a\": 1}'"), ")")
        if kind == "row":
            x, y = self.comparable(ctx), self.comparable(ctx)
            return b(T.BOOL, "((", ctx_e(x), ", ", ctx_e(y), ")", self.some(" = ", " < ", " IS DISTINCT FROM "),
                     "(", ctx_e(x), ", ", ctx_e(y), "))")
        return self.simple_condition(ctx)

    # ---- subqueries in expressions ---------------------------------------------------------------------

    def exists(self, ctx, d):
        q = self.subquery(ctx)
        if q is None:
            return None
        if self.chance(0.6):
            self.features.add("EXISTS")
            return expr(T.BOOL, "EXISTS (", q, ")")
        self.features.add("NOT EXISTS")
        return expr(T.BOOL, "(NOT EXISTS (", q, "))")

    def in_subquery(self, ctx, d):
        ty = self.comparable(ctx)
        q = self.subquery(ctx, [ty])
        if q is None:
            return None
        word = self.some(" IN (", " NOT IN (")
        self.features.add(word.strip(" ("))
        return expr(T.BOOL, "(", self.expression(ty, ctx, d - 1), word, q, "))")

    def any_subquery(self, ctx, d):
        ty = self.comparable(ctx)
        q = self.subquery(ctx, [ty])
        if q is None:
            return None
        word = self.some("ANY", "ALL")
        self.features.add(word)
        return expr(T.BOOL, "(", self.expression(ty, ctx, d - 1), self.some(" = ", " <> ", " < ", " >= "), f"{word} (", q, "))")

    def row_in_subquery(self, ctx, d):
        types = [self.comparable(ctx), self.comparable(ctx)]
        q = self.subquery(ctx, types)
        if q is None:
            return None
        self.features.add("row IN")
        return expr(T.BOOL, "((", self.expression(types[0], ctx, 0), ", ", self.expression(types[1], ctx, 0), ")",
                    self.some(" IN (", " NOT IN ("), q, "))")

    def scalar_subquery(self, ty, ctx):
        """An aggregate without GROUP BY, or the first row of an order that is total."""
        q = self.subquery(ctx, [ty], single=True)
        if q is None:
            return None
        self.features.add("scalar subquery")
        return expr(ty, "(", q, ")", exact=False)

    def array_subquery(self, ctx):
        q = self.subquery(ctx, [T.INT])
        if q is None:
            return None
        self.features.add("ARRAY(SELECT)")
        return ["ARRAY(SELECT z.x FROM (", q, ") z (x) ORDER BY z.x)"]

    # ---- aggregates and window functions ---------------------------------------------------------------

    def aggregate(self, ty, ctx, d):
        """An aggregate of type `ty` over rows that `ctx` describes; None where there is none."""
        def e(t):
            return self.expression(t, ctx, d - 1)
        def kind(name):
            self.features.add(name)
        free, choices = self.free(ty), []
        exact, all_kinds = True, self.has("aggregates")
        if ty is T.BIGINT:
            def distinct():
                t = self.comparable(ctx)
                kind("DISTINCT aggregate")
                return ["count(DISTINCT ", e(t), ")"]
            choices += [lambda: ["count(*)"], lambda: ["count(", e(self.any_type(ctx)), ")"], lambda: ["sum(", e(T.INT), ")"]]
            if all_kinds or self.chance(0.3):
                choices += [distinct, lambda: ["sum(DISTINCT ", e(T.INT), ")"]]
        if ty is T.NUMERIC:
            choices += [lambda: ["sum(", e(T.BIGINT), ")"], lambda: ["sum(", e(T.NUMERIC), ")"],
                        lambda: ["avg(", e(self.some(T.INT, T.NUMERIC, T.BIGINT)), ")"]]

            def statistics():
                kind("statistics")
                if self.chance(0.3):
                    return ["round(", self.some("corr", "regr_slope", "covar_pop", "regr_r2") + "(", e(T.INT), "::float8, ", e(T.INT),
                            "::float8)::numeric, 4)"]
                return [self.some("variance", "stddev", "var_pop", "stddev_pop") + "(", e(T.INT), ")"]
            if all_kinds:
                choices.append(statistics)
        if ty is T.FLOAT:
            exact = False
            choices += [lambda: ["sum(", self.exact(ctx, d - 1), ")"], lambda: ["avg(", self.exact(ctx, d - 1), ")"]]

            def percentile():
                kind("WITHIN GROUP")
                return [f"percentile_cont({self.some(0, 0.5, 0.25)}) WITHIN GROUP (ORDER BY ", e(T.INT), "::float8)"]
            if all_kinds:
                choices.append(percentile)
        if ty.ranked and free:
            choices += [lambda: ["min(", e(ty), ")"], lambda: ["max(", e(ty), ")"]] * 2
        if free and all_kinds:
            def ordered():
                kind("WITHIN GROUP")
                return [self.some("mode()", "percentile_disc(0.5)") + " WITHIN GROUP (ORDER BY ", e(ty), self.some("", " DESC"), ")"]
            choices.append(ordered)
        if ty is T.INT:
            choices += [lambda: [self.some("bit_and(", "bit_or("), e(T.INT), ")"]] if all_kinds else []
        if ty is T.BOOL:
            choices.append(lambda: [self.some("bool_and(", "bool_or(", "every("), self.boolean(ctx, d - 1), ")"])

        def collect(name, of, tail=""):
            def make():
                kind("ordered aggregate")
                x = e(of)
                word = self.some("", "", "DISTINCT ")
                return [f"{name}({word}", x, tail, " ORDER BY ", x, self.some("", " DESC NULLS LAST") if not tail or not word else "", ")"]
            return make
        if ty is T.TEXT:
            choices.append(collect("string_agg", T.TEXT, ", ','"))
        if ty is T.INTS:
            choices.append(collect("array_agg", T.INT))
        if ty is T.TEXTS:
            # array_agg of varchar is varchar[]
            choices.append(lambda: ["array_agg(", (x := expr(T.TEXT, "(", e(T.TEXT), ")::text")), " ORDER BY ", x, ")"])
        if ty is T.JSONB:
            choices += [collect("jsonb_agg", self.some(T.INT, T.TEXT)),
                        lambda: ["jsonb_object_agg(COALESCE(", (k := e(T.TEXT)), ", '-'), ", (v := e(T.INT)), " ORDER BY ", k, ", ", v, ")"]]
        if not choices:
            return None
        parts = self.rng.choice(choices)()
        text = "".join(str(p) for p in parts)
        if self.chance(0.2) and text.endswith(")") and not text.startswith("round("):
            kind("FILTER")
            parts.append(optional(" FILTER (WHERE ", self.boolean(ctx, 1), ")"))
        if "GROUP (" not in text:
            kind("aggregate " + text.split("(")[0])
        return expr(ty, *parts, exact=exact)

    def total_order(self, ctx):
        """Terms by which no two rows that differ are equal; None where there are no such."""
        terms = []
        for r in ctx.relations:
            if not r.name:
                continue
            for c in r.columns:
                if r.key and c.name not in r.key:
                    continue
                if not r.key and not self.free(c.ty) and c.ty is not T.JSON:
                    return None
                terms.append(f"{r.name}.{c.name}" + ("::text" if c.ty is T.JSON else ""))
        return ", ".join(terms) or None

    def window(self, ty, ctx, d):
        """A window function of type `ty`; one that looks at rows one by one has a total order."""
        self.features.add("window")
        row = Context(ctx.relations, ctx.outer)
        partition = ""
        if self.chance(0.6):
            partition = optional("PARTITION BY ", self.leaf(self.comparable(row), row), " ")
        order = self.total_order(row)
        if order and self.chance(0.6):
            terms = self.some("", f"{self.leaf(self.comparable(row), row)} {self.some('', 'DESC', 'NULLS FIRST')}, ") + order
            frame = self.some("", "", " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING", " ROWS UNBOUNDED PRECEDING",
                              " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW",
                              " GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW")
            over = [" OVER (", partition, f"ORDER BY {terms}", optional(frame), ")"]
            made = self.single_row_window(ty, row, d)
        else:
            x = self.leaf(self.comparable(row), row)
            frame = self.some("", "", " RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", " GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
                              " RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES")
            if x.ty is T.INT and self.chance(0.4):
                frame = " RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING"
            over = [" OVER (", partition, optional("ORDER BY ", x, self.some("", " DESC"), optional(frame)), ")"]
            made = None
        if made is None:
            made = self.peer_window(ty, row, d)
        if made is None:
            return None
        exact = not (ty is T.FLOAT)
        return expr(ty, *made, *over, exact=exact)

    def single_row_window(self, ty, row, d):
        if ty is T.BIGINT:
            return ["row_number()"]
        if ty is T.INT and self.chance(0.3):
            return ["ntile(3)"]
        x = self.expression(ty, row, d - 1)
        return self.some(["lag(", x, ")"], ["lead(", x, ", 2)"], ["first_value(", x, ")"], ["last_value(", x, ")"], ["nth_value(", x, ", 2)"])

    def peer_window(self, ty, row, d):
        """What has one value for all peers of a row."""
        def e(t):
            return self.expression(t, row, d - 1)
        choices = []
        if ty is T.BIGINT:
            choices += [["rank()"], ["dense_rank()"], ["count(*)"], ["sum(", e(T.INT), ")"], ["count(", e(T.TEXT), ")"]]
        if ty is T.NUMERIC:
            choices += [["sum(", e(T.NUMERIC), ")"], ["avg(", e(T.INT), ")"]]
        if ty is T.FLOAT:
            choices += [["percent_rank()"], ["cume_dist()"], ["sum(", self.exact(row, d - 1), ")"]]
        if ty is T.BOOL:
            choices.append(["bool_or(", self.boolean(row, d - 1), ")"])
        if ty.ranked and self.free(ty):
            choices += [["min(", e(ty), ")"], ["max(", e(ty), ")"]]
        return self.rng.choice(choices) if choices else None
