#!/usr/bin/python3
"""Each delta rule on random signed bags, against its formula: what PostgreSQL makes of the query.

    run.py [--rounds 60] [--seed 1] [--filter REGEX]      every rule, so many rounds
    run.py --prove                                        rules broken on purpose: each must be noticed
    run.py --show [--filter REGEX]                        the statements

The compiler is golden_compile --emit (WEIR_BUILD says where); the statements run on a plain PostgreSQL 15, without weir.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import psycopg  # noqa: E402
from harness import ROOT, Postgres, one, rows  # noqa: E402
from broken import BROKEN  # noqa: E402

PRESUMED = " presumed limit=64"  # 1 to 64 pending rows
COMPILER = pathlib.Path(os.environ.get("WEIR_BUILD", ROOT / "build")) / "unit/golden_compile"
VALUES = {
    "integer": [1, 2, 3, 4, 5, None],
    "smallint": [1, 2, 3, None],
    "text": ["A", "a", "", None],
    "numeric": ["1.0", "1.00", "-2", "0.5", "NaN", None],
    "json": [json.dumps({"a": 1}), '{"a":1}', None],
}
FLEETING = {"smallint": [0]}  # what only rows have that come and go


class Table:
    """A table of the rules, and the bag of rows that is in it."""

    def __init__(self, name, columns, key):
        self.name, self.table, self.columns, self.key = name, name, columns, key
        self.rows = collections.Counter()

    def describe(self):
        lines = [f"table public.{self.name}", *(f"  {name} {what}" for name, _, what in self.columns)]
        return "\n".join(lines + [f"  key {', '.join(self.columns[i][0] for i in self.key)}"] * bool(self.key))

    def row(self, rng, fleeting=False):
        domains = [VALUES[type_] + FLEETING.get(type_, []) * fleeting for _, type_, _ in self.columns]
        return tuple(rng.choice([v for v in values if v is not None or i not in self.key]) for i, values in enumerate(domains))

    def key_of(self, row):
        return tuple(row[i] for i in self.key)

    def change(self, rng, noise):
        """Moves to other rows; returns the signed rows that say how, in any order. Noise: rows that come and go."""
        old, keep = self.rows, rng.choice([0, 0.5, 0.8, 1])
        now = [r for r in old.elements() if rng.random() < keep]
        for _ in range(rng.choice([0, 1, 2, 5, 9])):
            new = self.row(rng)
            if self.key:
                now = [r for r in now if self.key_of(r) != self.key_of(new)] + [new]
            else:
                now += [new] * rng.choice([1, 1, 2])
        self.rows = collections.Counter(now)
        same = [r for r in self.rows & old if rng.random() < 0.2]  # updated, and in nothing that is read
        if noise:
            seen = [self.row(rng, fleeting=True) for _ in range(rng.choice([1, 1, 4]))]
            gone = {self.key_of(r) for r in seen} if self.key else set()  # what has a key at both ends left it meanwhile
            same += seen + [r for r in self.rows & old if self.key_of(r) in gone]
            same *= rng.choice([1, 1, 3])
        signed = [(w, r) for rows_, w in ((old - self.rows, -1), (self.rows - old, 1)) for r in rows_.elements()]
        signed += [(w, r) for r in same for w in (-1, 1)]
        rng.shuffle(signed)
        return signed

    def single(self, signed):
        """Whether no key has two images of one sign."""
        images = collections.Counter((w, self.key_of(r)) for w, r in signed)
        return bool(self.key) and all(n == 1 for n in images.values())


def literal(v):
    return "NULL" if v is None else str(v) if isinstance(v, int) else "'" + v.replace("'", "''") + "'"


def insert(table, some):
    """A statement, or none."""
    values = ", ".join("(" + ", ".join(map(literal, r)) + ")" for r in some)
    return [f"INSERT INTO {table} VALUES {values}"] if values else []


class Plan:
    """One plan of a compiled query: its statements by title, and what it reads: Tables, and Plans before it."""

    def __init__(self, title, id_, sources):
        self.title, self.id, self.sources, self.sql = title, id_, sources, {}
        self.table, self.number = f"pgtrickle_data.st_{id_}", id_ - 50  # as golden_compile numbers them

    def buffer(self, source):
        return f"pgtrickle_data.pending_{self.id}_{source.number}"


class Rule:
    """A query compiled, with its storages, in an open transaction."""

    def __init__(self, conn, tables, query):
        self.conn = conn
        conn.execute(f"CREATE VIEW query AS {query}")
        canonical = one(conn, "SELECT rtrim(pg_get_viewdef('query'::regclass), ';')")
        used = set(re.findall(r"\w+", query))
        self.tables = [t for t in tables if t.name in used]
        for i, t in enumerate(self.tables):
            t.number = i + 1
        self.types = []
        self.query = ["query " + ", ".join(c[0] for c in self.columns("query")), canonical]
        self.compile()

    def columns(self, relation):
        """Name, and what the compiler is to know of it."""
        return described(self.conn, relation)

    def emit(self, *deltas):
        """What the compiler says: the plans, and whatever came before them by its title."""
        text = "\n".join([*(t.describe() for t in self.tables), *self.types, *deltas, *self.query])
        out = subprocess.run([COMPILER, "--emit"], input=text, capture_output=True, text=True, check=True).stdout
        plans, head = [], {}
        for title, body in re.findall(r"^-- (.*)\n((?:(?!-- ).*\n)*)", out, flags=re.M):
            plan = re.match(r"plan \d+: \w+, reads (.*)", title)
            if plan:
                plans.append(Plan(title, 100 + len(plans), [self.source(plans, s) for s in plan[1].split(", ")]))
            else:
                (plans[-1].sql if plans else head)[title] = body.strip()
        if "not differential" in head or out.startswith("-- error"):
            raise SystemExit(f"no rule for this: {out}")
        return plans, head

    def source(self, plans, text):
        part = re.match(r"plan (\d+)", text)
        return plans[int(part[1]) - 1] if part else next(t for t in self.tables if t.name == text.split(":")[0])

    def compile(self):
        """Types that the compiler asks for, and those of the storages, come from the server: so three times."""
        _, head = self.emit()
        if "probe" in head:
            self.conn.execute(f"CREATE VIEW probe AS {head['probe']}")
            self.types.append("types " + "; ".join(type_ for _, type_, _ in self.columns("probe")))
        plans, _ = self.emit("delta changed=1")
        for i, plan in enumerate(plans):
            self.make(plan)
            self.types += [f"store {i + 1} {name} {what}" for name, _, what in self.columns(f"pgtrickle_data.state_{plan.id}")]
        widest = max(len(p.sources) for p in plans)
        self.forms = [(mask, word) for mask in range(1, 1 << widest)
                      for word in ["", " executor", PRESUMED] + [" single", " single executor", " single" + PRESUMED] * (mask & mask - 1 == 0)]
        self.plans, _ = self.emit(*(f"delta changed={digits(mask)}{word}" for mask, word in self.forms))
        for plan in self.plans:
            self.conn.execute(plan.sql["populate"])

    def make(self, plan):
        for sql in [f"CREATE VIEW pgtrickle_data.def_{plan.id} AS TABLE query",
                    f"CREATE VIEW pgtrickle_data.state_{plan.id} AS {plan.sql['state']}",
                    plan.sql["storage"],
                    f"CREATE TABLE before_{plan.id} AS TABLE pgtrickle_data.st_{plan.id}",
                    *(f"CREATE TABLE {plan.buffer(s)} AS SELECT 1::smallint AS weir_w, * FROM {s.table} WITH NO DATA"
                      for s in plan.sources),
                    f"CREATE FUNCTION pgtrickle_data.exec_{plan.id}(q text) RETURNS SETOF record"
                    " LANGUAGE plpgsql STABLE AS 'BEGIN RETURN QUERY EXECUTE q; END'"]:
            self.conn.execute(sql)

    def delta(self, rng, plan, pending):
        """A statement for what is pending, of any form that fits, and its name; None: nothing is."""
        changed = [s for s in plan.sources if isinstance(s, Plan) or pending[s]]
        exact = mask = sum(1 << plan.sources.index(s) for s in changed)
        single = len(changed) == 1 and (isinstance(changed[0], Plan) or changed[0].single(pending[changed[0]]))
        if rng.random() < 0.3:  # said to have changed, and nothing has
            mask, single = mask | rng.randrange(1 << len(plan.sources)), False
        if mask != 0 and rng.random() < 0.05:
            return "full", plan.sql["full"]
        presumable = not any(isinstance(s, Plan) for s in plan.sources) and "SLICED" not in plan.title
        fits = [i for i, (m, word) in enumerate(self.forms) if m == mask and (single or "single" not in word)
                and (PRESUMED not in word or presumable and mask == exact)]
        if not fits:
            return None
        form = rng.choice(fits)
        name, sql = f"changed={digits(mask)}{self.forms[form][1]}", plan.sql[f"delta {form + 1}"]
        if presumable and rng.random() < 0.2:  # what is presumed wrongly does nothing
            wrong = [i for i, (m, word) in enumerate(self.forms) if PRESUMED in word and m != exact and m >> len(plan.sources) == 0]
            for i in rng.sample(wrong, min(1, len(wrong))):
                name, sql = f"{name} after a wrong {digits(self.forms[i][0])}", f"{plan.sql[f'delta {i + 1}']};\n{sql}"
        return name, sql

    def round(self, rng, breaks):
        """One change of the tables, one statement of each plan. Returns what is wrong, or None."""
        noise = rng.random() < 0.5
        pending = {t: t.change(rng, noise) if rng.random() < 0.7 else [] for t in self.tables}
        script, forms = [], []
        for t in self.tables:
            script += [f"DELETE FROM {t.name}", *insert(t.name, t.rows.elements())]
        for plan in self.plans:
            for s in plan.sources:
                script.append(f"DELETE FROM {plan.buffer(s)}")
                if isinstance(s, Table):
                    script += insert(plan.buffer(s), ((w, *r) for w, r in pending[s]))
                else:  # of a part all rows go and all come: a signed bag as well
                    script.append(f"INSERT INTO {plan.buffer(s)} SELECT -1, * FROM before_{s.id} UNION ALL SELECT 1, * FROM {s.table}")
            script += [f"DELETE FROM before_{plan.id}", f"INSERT INTO before_{plan.id} TABLE {plan.table}"]
            form = self.delta(rng, plan, pending)
            if form:
                forms.append(f"{plan.title}: {form[0]}")
                script.append(breaks(form[1]))
        script.append(f"""WITH l AS (SELECT r::text AS image FROM ({self.plans[-1].sql['facade']}) r),
                               q AS (SELECT r::text AS image FROM query r)
                          SELECT 'too much: ' || image FROM (TABLE l EXCEPT ALL TABLE q) d UNION ALL
                          SELECT 'missing: ' || image FROM (TABLE q EXCEPT ALL TABLE l) d""")
        wrong = self.run(";\n".join(script))
        if not wrong:
            return None
        return "\n    ".join([*wrong, *forms, *(f"{t.name}: {signed}" for t, signed in pending.items() if signed)])

    def run(self, script):
        """What the statements say is wrong: rows that a delta takes away and were not there, the last one's rows, an error."""
        try:
            cursor, wrong = self.conn.execute(script), []
        except psycopg.Error as e:
            return [f"{e.sqlstate} {e}"]
        while True:
            if cursor.description and cursor.description[-1].name == "broken":
                wrong += [f"broken: {r[-1]}" for r in cursor.fetchall() if r[-1]]
            elif cursor.description:
                wrong += [r[0] for r in cursor.fetchall()]
            if not cursor.nextset():
                return wrong


def digits(mask):
    return "".join(str(i + 1) for i in range(mask.bit_length()) if mask >> i & 1)


def described(conn, relation):
    """Columns as golden_compile reads them: (name, type, type and what is known of it)."""
    found = rows(conn, "SELECT name, type, not_null, hashable, faithful FROM pgtrickle_data.describe_columns(%s::regclass)", [relation])
    return [(name, type_, type_ + ", not null" * not_null + ", unhashable" * (not hashable) + ", unfaithful" * (not faithful))
            for name, type_, not_null, hashable, faithful in found]


def read_tables(conn):
    tables = rows(conn, "SELECT c.oid::regclass::text, pgtrickle_data.key_of(c.oid) FROM pg_class c"
                        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY c.oid")
    return [Table(name, described(conn, name), [n - 1 for n in key or []]) for name, key in tables]


def try_rule(conn, query, seed, n, breaks=lambda sql: sql):
    """`n` rounds of a rule; what was wrong first, or None, and after how many rounds."""
    with conn.transaction(force_rollback=True):
        rule = Rule(conn, read_tables(conn), query)
        rng = random.Random(f"{seed} {query}")
        for i in range(n):
            wrong = rule.round(rng, breaks)
            if wrong:
                return wrong, i + 1
    return None, n


def check(conn, rules, args):
    failed = 0
    for name, query in rules.items():
        wrong, n = try_rule(conn, query, args.seed, args.rounds)
        if wrong:
            failed += 1
            print(f"FAIL {name}, round {n}: {query}\n    {wrong}", flush=True)
    print(f"{len(rules)} rules, {args.rounds} rounds each, {failed} failed")
    return failed


def prove(conn, rules, args):
    """Each break must be noticed by a rule that it speaks of: by what the rule gives, not by an error of its SQL."""
    missed = 0
    for name, of, pattern, replacement in BROKEN:
        found = "NOT NOTICED"
        for rule, query in rules.items():
            if found == "NOT NOTICED" and re.search(of, rule):
                wrong, n = try_rule(conn, query, args.seed, args.rounds, lambda sql: re.sub(pattern, replacement, sql))
                if wrong and wrong.startswith("42"):
                    found = "NOT SQL: " + wrong
                elif wrong:
                    found = f"{rule}, round {n}"
        missed += found.startswith("NOT ")
        print(f"{name}: {found}", flush=True)
    print(f"{len(BROKEN)} breaks, {missed} not noticed")
    return missed


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rounds", type=int, default=60)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--filter", default="")
    ap.add_argument("--prove", action="store_true")
    ap.add_argument("--show", action="store_true", help="the statements, and nothing else")
    args = ap.parse_args()
    tables, *pieces = re.split(r"^-- rule: (.*)\n", (HERE / "rules.sql").read_text(), flags=re.M)
    rules = {name: sql.strip() for name, sql in zip(pieces[::2], pieces[1::2]) if re.search(args.filter, name)}
    with Postgres(15) as pg, pg.connect() as conn:
        conn.execute("".join(f.read_text() for f in sorted((ROOT / "ivm/store").glob("[0-9]*.sql"))))
        conn.execute(tables)
        if args.show:
            for query in rules.values():
                with conn.transaction(force_rollback=True):
                    for plan in Rule(conn, read_tables(conn), query).plans:
                        print("\n".join([plan.title, *(f"-- {k}\n{v}" for k, v in plan.sql.items())]))
            return 0
        return (prove if args.prove else check)(conn, rules, args)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
