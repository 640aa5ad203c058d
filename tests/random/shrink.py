"""Makes a failing case small: steps, transactions, statements, rows, clauses, tables, columns, as long as it fails alike."""

import copy
import time

from session import Case, Run
from tree import N

SMALL = {"e:int": "1::int", "e:bigint": "1::bigint", "e:numeric": "1::numeric", "e:text": "'a'::text", "e:boolean": "true", "e:date":
         "'2024-01-01'::date"}


class Shrinker:
    def __init__(self, backend, case, failure, seconds, log=lambda s: None):
        self.backend = backend
        self.sign = failure.sign()
        self.end = time.monotonic() + seconds
        self.failure = failure
        self.case = case
        self.tries = 0
        self.log = log

    # ---- the test --------------------------------------------------------------------------------------

    def fails(self, case):
        """Whether a case fails as the first one did; it becomes the case if so."""
        if time.monotonic() > self.end:
            return False
        self.tries += 1
        try:
            found = Run(self.backend, case, first_only=True).go()
        except Exception:  # what was made is not SQL any more
            return False
        same = next((f for f in found if f.sign() == self.sign), None)
        if same is None:
            return False
        self.failure, self.case = same, case
        return True

    def with_(self, **changed):
        c = self.case
        return Case(changed.get("schema", c.schema), changed.get("fill", c.fill), changed.get("streams", c.streams),
                    changed.get("steps", c.steps))

    def with_schema(self, **changed):
        s = copy.copy(self.case.schema)
        for k, v in changed.items():
            setattr(s, k, v)
        return self.with_(schema=s)

    # ---- lists -----------------------------------------------------------------------------------------

    def cut(self, read, write):
        """Drops elements of a list of the case: halves first, then smaller pieces."""
        size = max(1, len(read()) // 2)
        while size >= 1:
            i = 0
            while i < len(read()):
                items = read()
                if not self.fails(write(items[:i] + items[i + size:])):
                    i += size
                if time.monotonic() > self.end:
                    return
            if size == 1:
                return
            size //= 2

    def run(self):
        if not self.fails(self.case):
            return None
        self.only_stream()
        self.coarse()
        before = None
        while before != (before := self.measure()) and time.monotonic() < self.end:
            self.changes()
            self.queries()
            self.schema()
        self.end += 60
        self.fails(self.case)  # once more, for what its statements ended with
        return self.case

    def measure(self):
        c = self.case
        statements = [s for p in c.steps for s in p.statements()] + c.fill
        return (sum(s.tree.size() for s in statements), sum(s.query.tree.size() for s in c.streams), len(c.streams), len(c.steps),
                sum(len(t.columns) for t in c.schema.tables))

    def only_stream(self):
        """The stream table that failed, and what it reads."""
        if self.failure.stream is None:
            return self.cut(lambda: self.case.streams, lambda s: self.with_(streams=s))
        if self.fails(self.with_(streams=[self.failure.stream])):
            return None
        return self.cut(lambda: self.case.streams, lambda s: self.with_(streams=s))

    def coarse(self):
        """What takes much away in few tries."""
        self.cut(lambda: self.case.steps, lambda s: self.with_(steps=s))
        self.cut(lambda: self.case.fill, lambda s: self.with_(fill=s))
        self.cut(lambda: self.case.schema.views, lambda v: self.with_schema(views=v))
        self.cut(lambda: self.case.schema.tables, lambda t: self.with_schema(tables=t))

    def changes(self):
        self.cut(lambda: self.case.steps, lambda s: self.with_(steps=s))
        for n in range(len(self.case.steps) - 1, -1, -1):
            if n and n < len(self.case.steps):
                self.join_steps(n)
        for n in range(len(self.case.steps)):
            self.step(n)
        self.cut(lambda: self.case.fill, lambda s: self.with_(fill=s))
        for n in range(len(self.case.fill)):
            self.statement(lambda: self.case.fill[n], lambda s, n=n: self.with_(fill=replaced(self.case.fill, n, s)))

    def join_steps(self, n):
        """One refresh less."""
        a, b = self.case.steps[n - 1], self.case.steps[n]
        if a.inside:
            return
        joined = copy.copy(b)
        joined.transactions = a.transactions + b.transactions
        self.fails(self.with_(steps=self.case.steps[:n - 1] + [joined] + self.case.steps[n + 1:]))

    def step(self, n):
        def write(transactions):
            s = copy.copy(self.case.steps[n])
            s.transactions = transactions
            return self.with_(steps=replaced(self.case.steps, n, s))
        for attribute, value in (("inside", False), ("full", False), ("share", 1.0)):
            if getattr(self.case.steps[n], attribute) != value:
                s = copy.copy(self.case.steps[n])
                setattr(s, attribute, value)
                self.fails(self.with_(steps=replaced(self.case.steps, n, s)))
        self.cut(lambda: self.case.steps[n].transactions, write)
        # From here on transactions of one statement each: BEGIN and COMMIT are statements.
        flat = [[s] for t in self.case.steps[n].transactions for s in t]
        if self.fails(write(flat)):
            self.cut(lambda: self.case.steps[n].transactions, write)
            for i in range(len(self.case.steps[n].transactions)):
                self.statement(lambda: self.case.steps[n].transactions[i][0],
                               lambda s, i=i: write(replaced(self.case.steps[n].transactions, i, [s])))

    def statement(self, read, write):
        def with_tree(tree):
            s = copy.copy(read())
            s.tree = tree
            return write(s)

        def with_copy(tree):
            s = copy.copy(read())
            s.copy = tree
            return write(s)
        self.tree(lambda: read().tree, with_tree)
        if read().copy is not None:
            self.tree(lambda: read().copy, with_copy)

    # ---- trees -----------------------------------------------------------------------------------------

    def tree(self, read, write):
        """Cuts a tree from its root down: lists, what is optional, and a node's place for one below it."""
        again = True
        while again and time.monotonic() < self.end:
            again = False
            for node in list(read().nodes()):
                for smaller in candidates(node):
                    made = read().replaced(node, smaller)
                    if str(made) != str(read()) and self.fails(write(made)):
                        again = True
                        break
                if again:
                    break

    def queries(self):
        for n in range(len(self.case.streams)):
            def write(tree, n=n):
                s = copy.copy(self.case.streams[n])
                s.query = copy.copy(s.query)
                s.query.tree = tree
                return self.with_(streams=replaced(self.case.streams, n, s))
            self.tree(lambda: self.case.streams[n].query.tree, write)

    # ---- tables ----------------------------------------------------------------------------------------

    def schema(self):
        self.cut(lambda: self.case.schema.views, lambda v: self.with_schema(views=v))
        self.cut(lambda: self.case.schema.tables, lambda t: self.with_schema(tables=t))
        ordered = any(w in str(s.query.tree) for s in self.case.streams for w in ("OVER (", "LIMIT", "ORDER BY"))
        for n in range(len(self.case.schema.tables)):
            def one(table, n=n):
                return self.with_schema(tables=replaced(self.case.schema.tables, n, table))

            def with_extra(extra):
                t = copy.copy(self.case.schema.tables[n])
                t.extra = extra
                return one(t)

            def with_ddl(ddl):
                t = copy.copy(self.case.schema.tables[n])
                t.ddl = ddl
                return one(t)
            self.cut(lambda: self.case.schema.tables[n].extra, with_extra)
            if not ordered:  # orders may be total by a key
                self.tree(lambda: self.case.schema.tables[n].ddl, with_ddl)
            for i in range(len(self.case.schema.tables[n].columns) - 1, -1, -1):
                self.fails(self.without_column(n, i))

    def without_column(self, n, i):
        """The case without column `i` of table `n`, and without its values in INSERTs. Where another statement names it,
        that fails, and so the case is not taken."""
        table = copy.copy(self.case.schema.tables[n])
        table.columns = table.columns[:i] + table.columns[i + 1:]
        table.ddl = drop_part(table.ddl, "list", i)

        def cut(s):
            if s.tree.cat != "insert" or s.tree.parts[0].removeprefix("INSERT INTO ") not in table.writes:
                return s
            s = copy.copy(s)
            s.tree = drop_part(s.tree, "fixed", i)
            return s
        steps = []
        for step in self.case.steps:
            step = copy.copy(step)
            step.transactions = [[cut(s) for s in t] for t in step.transactions]
            steps.append(step)
        made = self.with_schema(tables=replaced(self.case.schema.tables, n, table))
        return Case(made.schema, [cut(s) for s in self.case.fill], made.streams, steps)


def drop_part(node, cat, i):
    """The tree without part `i` of its nodes of a category."""
    if node.cat == cat:
        return node.with_parts(node.parts[:i] + node.parts[i + 1:])
    return node.with_parts([drop_part(p, cat, i) if isinstance(p, N) else p for p in node.parts])


def replaced(items, n, new):
    return items[:n] + [new] + items[n + 1:]


def candidates(node):
    """Smaller nodes that may stand in a node's place."""
    if node.cat == "optional" and node.parts:
        yield N("optional")
    if node.cat == "list" and len(node.parts) > node.least:
        if len(node.parts) > 3:
            half = len(node.parts) // 2
            yield node.with_parts(node.parts[:half])
            yield node.with_parts(node.parts[half:])
        for i in range(len(node.parts)):
            yield node.with_parts(node.parts[:i] + node.parts[i + 1:])
    if node.cat in ("query", "from") or node.cat.startswith("e:"):
        below = [n for n in node.nodes() if n is not node and n.cat == node.cat]
        yield from sorted(below, key=lambda n: -n.size())[:12] if node.cat != "query" else below[:12]
    if node.cat.startswith("e:") and len(str(node)) > 6:
        name = node.cat[2:]
        yield N(node.cat, SMALL.get(node.cat, f"NULL::{name}"), ty=node.ty)
