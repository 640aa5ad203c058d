"""Random transactions: what writers do between two refreshes."""

import dataclasses

import sqltypes as T
from tree import N, listed, optional

# Keys that collide, a MERGE that meets a row twice, a constraint, a value out of its column's range, a lock that
# another session holds, and what follows in an aborted transaction: part of the game.
MAY_FAIL = ("23505", "23502", "23503", "23514", "22003", "22P02", "21000", "55P03", "25P02", "3B001", "25P01", "40P01", "40001",
            "57014")


@dataclasses.dataclass
class Statement:
    """One statement of a writer. `copy`: rows for COPY ... FROM STDIN."""

    tree: N
    session: str = ""  # a second writer has a name
    copy: N = None
    fails: str = None  # the SQLSTATE it ended with, when it was last run

    def sql(self):
        return str(self.tree)


@dataclasses.dataclass
class Step:
    """Transactions, each a list of statements, then a refresh. `targets`: indexes of stream tables, None for all."""

    transactions: list
    share: float = 1.0  # of the stream tables that are refreshed
    full: bool = False
    inside: bool = False  # the last transaction stays open, and the refresh is in it
    end: str = "COMMIT"  # of the transaction that was left open

    def statements(self):
        return [s for t in self.transactions for s in t]


class Writer:
    def __init__(self, rng, schema):
        self.rng = rng
        self.schema = schema

    # ---- pieces ----------------------------------------------------------------------------------------

    def value(self, c):
        """A literal for a column; NULL often, where it may be."""
        if c.name == "id":
            return str(self.rng.randrange(14))
        if self.rng.random() < (0.01 if c.required else 0.16):
            return "NULL"
        return c.ty.literal(self.rng)

    def row(self, t):
        return N("row", "(", N("fixed", *[self.value(c) for c in t.columns], sep=", "), ")")

    def rows(self, t, n=None):
        return listed([self.row(t) for _ in range(n or self.rng.choice((1, 1, 2, 3)))])

    def where(self, t, strong=False):
        """A condition on a table; `strong`: one that few rows meet."""
        c = self.rng.choice([c for c in t.columns if c.ty.comparable] or [None])
        if c is None:
            return "true"
        chance = self.rng.random()
        if chance < 0.55 or strong:
            value = c.ty.literal(self.rng) if c.name != "id" else self.value(c)
            return f"{c.name} = {value}" + ("::pair" if c.ty is T.PAIR else "")
        if chance < 0.7:
            return f"{c.name} IS NULL"
        if chance < 0.85:
            return f"{c.name} <= {c.ty.literal(self.rng)}" + ("::pair" if c.ty is T.PAIR else "")
        return "true"

    def assignments(self, t, keys=False):
        columns = [c for c in t.columns if keys or c.name not in t.key] or t.columns
        chosen = self.rng.sample(columns, min(len(columns), self.rng.choice((1, 1, 2))))
        return listed([N("item", f"{c.name} = {self.new_value(t, c)}") for c in chosen])

    def new_value(self, t, c):
        others = [o for o in t.columns if o.ty is c.ty and o is not c and o.name != "id"]
        if others and c.name != "id" and self.rng.random() < 0.3:
            return self.rng.choice(others).name
        if c.ty is T.INT and c.name != "id" and self.rng.random() < 0.3:
            return f"({c.name} + 1) % 4"
        return self.value(c)

    # ---- statements ------------------------------------------------------------------------------------

    def insert(self, t):
        names = N("fixed", *[c.name for c in t.columns], sep=", ")
        target = self.rng.choice(t.writes)
        tail = ""
        if t.key and self.rng.random() < 0.75:
            tail = " ON CONFLICT DO NOTHING"
            rest = [c for c in t.columns if c.name not in t.key]
            if rest and self.rng.random() < 0.4 and t.kind == "plain":
                c = self.rng.choice(rest)
                tail = f" ON CONFLICT ({', '.join(t.key)}) DO UPDATE SET {c.name} = excluded.{c.name}"
        elif t.kind != "inherited":
            tail = " ON CONFLICT DO NOTHING"
        n = 1 if "UPDATE" in tail else None
        return Statement(N("insert", f"INSERT INTO {target}", " (", names, ") VALUES ", self.rows(t, n), optional(tail)))

    def update(self, t):
        return Statement(N("update", f"UPDATE {t.name} SET ", self.assignments(t), " WHERE ", self.where(t)))

    def update_key(self, t):
        """Keys move, so that old and new rows meet."""
        c = next((c for c in t.columns if c.name in t.key), t.columns[0])
        if c.ty is T.INT and self.rng.random() < 0.5:
            by = self.rng.choice((1, 16, 20))
            return Statement(N("update", f"UPDATE {t.name} SET {c.name} = {c.name} + {by} WHERE {c.name} = {self.value(c)}"))
        return Statement(N("update", f"UPDATE {t.name} SET ", self.assignments(t, keys=True), " WHERE ", self.where(t, True)))

    def delete(self, t):
        if self.rng.random() < 0.4:
            return Statement(N("delete", f"DELETE FROM {t.name} WHERE ", self.where(t, True)))
        n = self.rng.choice((1, 2, 3))
        return Statement(N("delete", f"DELETE FROM {t.name} WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM {t.name}"
                           f" ORDER BY tableoid, ctid OFFSET {self.rng.randrange(5)} LIMIT {n})"))

    def merge(self, t):
        if not t.key or t.kind == "inherited":
            return self.update(t)
        names = [c.name for c in t.columns]
        # The types of the first row decide for VALUES.
        typed = N("row", "(", ", ".join(f"{self.value(c)}::{decl_type(c)}" for c in t.columns), ")")
        rows = listed([typed, self.row(t)])
        on = " AND ".join(f"s.{k} = {t.name}.{k}" for k in t.key)
        rest = [c for c in t.columns if c.name not in t.key] or t.columns
        c = self.rng.choice(rest)
        matched = self.rng.choice((f"UPDATE SET {c.name} = s.{c.name}", "DELETE", "DO NOTHING"))
        return Statement(N("merge", f"MERGE INTO {t.name} USING (VALUES ", rows, f") s ({', '.join(names)}) ON {on}",
                           optional(f" WHEN MATCHED THEN {matched}"),
                           f" WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) VALUES ({', '.join('s.' + n for n in names)})"))

    def copy(self, t):
        """COPY takes text: each value without its quotes."""
        def text(v):
            return "\\N" if v == "NULL" else v.strip("'").replace("\\", "\\\\")
        rows = N("list", *[N("row", "\t".join(text(self.value(c)) for c in t.columns), "\n")
                           for _ in range(self.rng.choice((1, 2, 3)))])
        names = ", ".join(c.name for c in t.columns)
        return Statement(N("copy", f"COPY {self.rng.choice(t.writes)} ({names}) FROM STDIN"), copy=rows)

    def swap(self, t):
        """A writable CTE: what leaves and what comes is one statement."""
        return Statement(N("cte", f"WITH gone AS (DELETE FROM {t.name} WHERE ", self.where(t, True),
                           f" RETURNING *) INSERT INTO {t.name} SELECT * FROM gone"))

    def statement(self):
        t = self.rng.choice(self.schema.tables)
        kind = self.rng.choices(("insert", "update", "delete", "key", "merge", "copy", "swap", "truncate"),
                                (36, 22, 20, 8, 6, 4, 3, 0.7))[0]
        if kind == "truncate":
            return Statement(N("truncate", f"TRUNCATE {t.name} CASCADE"))
        return {"insert": self.insert, "update": self.update, "delete": self.delete, "key": self.update_key,
                "merge": self.merge, "copy": self.copy, "swap": self.swap}[kind](t)

    # ---- transactions ----------------------------------------------------------------------------------

    def fill(self):
        """First rows."""
        out = []
        for t in self.schema.tables:
            for _ in range(self.rng.choice((1, 3, 4, 5))):
                out.append(self.insert(t))
        return out

    @staticmethod
    def command(sql, session=""):
        return Statement(N("command", sql), session)

    def transaction(self):
        body = [self.statement() for _ in range(self.rng.choice((1, 2, 2, 3)))]
        chance = self.rng.random()
        command = self.command
        if chance < 0.4:
            return body
        if chance < 0.65:
            return [command("BEGIN"), *body, command("COMMIT")]
        if chance < 0.88:
            return [command("BEGIN"), *body, command("SAVEPOINT s"), self.statement(), command("ROLLBACK TO s"),
                    self.statement(), command("COMMIT")]
        return [command("BEGIN"), *body, command("ROLLBACK")]

    def step(self, late):
        """`late`: a transaction of the second session that is still open, to be ended in this step, or None. Returns the
        step, and whether the second session has a transaction open after it."""
        rng = self.rng
        transactions = [self.transaction() for _ in range(rng.choice((1, 1, 2, 3)))]
        if late:
            transactions.insert(rng.randrange(len(transactions) + 1),
                                [self.command("COMMIT" if rng.random() < 0.8 else "ROLLBACK", "late")])
        opens = not late and rng.random() < 0.2
        if opens:  # commits after the next refresh: its rows are older than those that were seen before
            body = [self.insert(rng.choice(self.schema.tables)) for _ in range(2)]
            for s in body:
                s.session = "late"
            transactions.insert(rng.randrange(len(transactions) + 1), [self.command("BEGIN", "late"), *body])
        step = Step(transactions)
        if rng.random() < 0.3:
            step.share = rng.choice((0.3, 0.6))
        step.full = rng.random() < 0.04
        if not opens and not late and rng.random() < 0.15:
            step.inside = True
            level = rng.choice(("BEGIN", "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ"))
            step.transactions.append([self.command(level), self.statement(), self.statement()])
            step.end = "COMMIT" if rng.random() < 0.7 else "ROLLBACK"
        return step, opens


def decl_type(c):
    return c.decl.split(" COLLATE")[0] or c.ty.name


def generate(rng, schema, steps):
    """First rows, and steps."""
    w = Writer(rng, schema)
    fill, out, late = w.fill(), [], False
    for _ in range(steps):
        step, opens = w.step(late)
        late = opens
        out.append(step)
    if late:
        out[-1].transactions.append([w.command("COMMIT", "late")])
    return fill, out
