"""Named queries as stream tables, and rounds of changes: after each, every stream table against its query.

What the workloads share (tpch/, nexmark/). A workload gives tables and queries; this creates one stream table and one plain
view per query, refreshes, compares, and counts as a failure whatever would make the comparison worthless: a query without
rows, one that no round changes, a differential stream table that was not refreshed differentially.
"""

import dataclasses
import pathlib
import re
import time

import psycopg

from harness import rows


def sql_parts(path):
    """A file of statements under `-- part: NAME` lines, as {name: SQL}, in order."""
    pieces = re.split(r"^-- part: (\w+)$", pathlib.Path(path).read_text(encoding="utf-8"), flags=re.M)
    return {name: body.strip() for name, body in zip(pieces[1::2], pieces[2::2])}


def fill(sql, **words):
    """Upper-case words of a text replaced by values."""
    return re.sub(r"\b(" + "|".join(words) + r")\b", lambda m: str(words[m.group(1)]), sql)


@dataclasses.dataclass
class Query:
    """What is known of one query while the rounds go on."""

    sql: str
    mode: str = None  # DIFFERENTIAL or FULL, as the catalog says
    reason: str = None  # why it is FULL
    rows: int = 0
    digest: str = None
    changed: int = 0  # rounds that changed its result
    refresh_id: int = 0  # last entry of its history that was looked at
    ms: list = dataclasses.field(default_factory=list)


class Rounds:
    """`conn` goes through weir. Stream tables are made in schema public, the views in schema truth. A query may read those before it.

    wanted: DIFFERENTIAL, with AUTO for what is refused; or AUTO or FULL for all.
    """

    COMPARE = """
        WITH have AS MATERIALIZED (SELECT weir_row::text AS image FROM {name} weir_row),
        want AS MATERIALIZED (SELECT weir_row::text AS image FROM truth.{name} weir_row),
        wrong AS (SELECT '+ ' || image FROM (TABLE have EXCEPT ALL TABLE want) d
                  UNION ALL SELECT '- ' || image FROM (TABLE want EXCEPT ALL TABLE have) d)
        SELECT (SELECT count(*) FROM want WHERE image !~ '^\\(,*\\)$'),
               (SELECT md5(string_agg(image, E'\\n' ORDER BY image COLLATE "C")) FROM want),
               ARRAY(TABLE wrong LIMIT 6), (SELECT count(*) FROM wrong)"""

    def __init__(self, conn, queries, wanted="DIFFERENTIAL"):
        self.conn = conn
        self.queries = {name: Query(sql) for name, sql in queries.items()}
        self.wanted = wanted
        self.problems = []
        self.round = 0

    def problem(self, name, text):
        self.problems.append(name)
        print(f"FAIL round {self.round}, {name}: {text}", flush=True)

    def create(self):
        self.conn.execute("CREATE SCHEMA truth")
        for name, q in self.queries.items():
            self.conn.execute("SET search_path = truth, public")  # a query that names another one: here its view
            self.conn.execute(f"CREATE VIEW {name} AS {q.sql}")
            self.conn.execute("SET search_path = public")
            try:
                self.create_one(name, q.sql)
            except psycopg.Error as e:
                self.problem(name, f"CREATE STREAM TABLE: {e.sqlstate} {e}")
        for name in self.problems:
            del self.queries[name]
        for name, mode, reason in rows(self.conn, "SELECT pgt_name, refresh_mode, full_reason FROM pgtrickle.stream_tables_info"):
            self.queries[name].mode, self.queries[name].reason = mode, reason
        self.check()

    def create_one(self, name, sql):
        create = f"CREATE STREAM TABLE {name} WITH (schedule = '24h', refresh_mode = '{{}}') AS {sql}"
        try:
            self.conn.execute(create.format(self.wanted))
        except psycopg.errors.FeatureNotSupported:
            if self.wanted != "DIFFERENTIAL":
                raise
            self.conn.execute(create.format("AUTO"))

    def refresh(self):
        """One statement each: how long it takes is part of the report."""
        for name, q in self.queries.items():
            begin = time.monotonic()
            try:
                self.conn.execute(f"REFRESH STREAM TABLE {name}")
            except psycopg.Error as e:
                self.problem(name, f"REFRESH: {e.sqlstate} {e}")
            q.ms.append((time.monotonic() - begin) * 1000)

    def after(self):
        """Refreshes and checks what a round of changes has left."""
        self.round += 1
        self.refresh()
        self.check()

    def check(self):
        for name, q in self.queries.items():
            [(count, digest, wrong, n)] = rows(self.conn, self.COMPARE.format(name=name))
            if wrong:
                self.problem(name, f"{n} rows differ (+ too much, - missing):\n    " + "\n    ".join(t[:300] for t in wrong))
            if count == 0:
                self.problem(name, "the query has no rows")
            changed = self.round > 0 and digest != q.digest
            q.rows, q.digest, q.changed = count, digest, q.changed + changed
            self.check_history(name, q, changed)

    def check_history(self, name, q, changed):
        new = rows(self.conn, "SELECT refresh_id, action, status, error_message FROM pgtrickle.get_refresh_history(%s::text, 20)"
                              " WHERE refresh_id > %s ORDER BY refresh_id", [name, q.refresh_id])
        if new:
            q.refresh_id = new[-1][0]
        failed = [error for _, _, status, error in new if status == "FAILED"]
        if failed:
            self.problem(name, f"a refresh failed: {failed[0]}")
        actions = {action for _, action, _, _ in new}
        if self.wanted == q.mode == "DIFFERENTIAL" and changed and actions != {"DIFFERENTIAL"}:
            self.problem(name, f"was refreshed by {actions or 'nothing'} instead of DIFFERENTIAL: {[n[3] for n in new]}")

    def finish(self):
        """The report. True when nothing was wrong."""
        for name, q in self.queries.items():
            if q.changed == 0:
                self.problem(name, "no round changed its result")
            ms = sorted(q.ms)[len(q.ms) // 2] if q.ms else 0
            why = f"  ({q.reason})" if q.reason else ""
            print(f"{name:24} {q.mode:12} {q.rows:7} rows, changed in {q.changed} of {self.round} rounds, {ms:8.1f} ms{why}")
        differential = sum(q.mode == "DIFFERENTIAL" for q in self.queries.values())
        wrong = len(set(self.problems))
        print(f"{len(self.queries)} queries, {differential} DIFFERENTIAL, {wrong} failed")
        return wrong == 0
