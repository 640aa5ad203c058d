"""One set of stream tables over one schema, from creation to DROP: what is run, and what is checked."""

import dataclasses
import re
import signal

import psycopg

from changes import MAY_FAIL, Statement
from harness import HarnessError, Weir, one, rows
from tree import N

IDLE = psycopg.pq.TransactionStatus.IDLE
SECONDS = 100  # for one statement, when the machine is busy
COLUMNS = """
SELECT array_agg(ARRAY[quote_ident(attname), atttypid::regtype::text] ORDER BY attnum)
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE c.relnamespace = %s::regnamespace AND c.relname = %s AND attnum > 0"""
SHAPE = """
SELECT c.relname::text, array_agg(attname::text || ' ' || format_type(atttypid, atttypmod) || ' ' || attcollation::regcollation ORDER BY attnum)
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE c.relnamespace = %s::regnamespace AND c.relname = ANY (%s) AND attnum > 0 AND NOT attisdropped GROUP BY 1"""


@dataclasses.dataclass
class Stream:
    """A stream table of a query. `late`: refreshed at the end only, in one go."""

    name: str
    query: object
    mode: str = "AUTO"
    late: bool = False
    view: str = ""  # the view on the same query, when it is there
    columns: list = dataclasses.field(default_factory=list)  # (name, type) of that view

    def compared(self, alias):
        """A row's columns as terms that have equality: images, but for values whose image is free."""
        loose = ("numeric", "double precision") if self.query.by_value else ()
        return ", ".join(f"{alias}.{n}" + ("" if t in loose else '::text COLLATE "C"') for n, t in self.columns)


@dataclasses.dataclass
class Case:
    schema: object
    fill: list
    streams: list
    steps: list


@dataclasses.dataclass
class Failure:
    """`kind`: create, shape, refresh, differs, history, write, crash. Two failures are the same when kind and sign are."""

    kind: str
    stream: Stream
    text: str
    step: int = -1

    def sign(self):
        if self.kind in ("differs", "shape"):
            return self.kind
        return self.kind + " " + re.sub(r'"[^"]*"|\d+', "*", self.text.split("\n")[0])[:60]


class Timeout(Exception):
    pass


def alarm(signum, frame):
    raise Timeout(f"no answer within {SECONDS} s")


class Backend:
    """A weir of its own over a database of its own, which is there already."""

    def __init__(self, pg, number, keep=False):
        self.pg = pg
        self.database = f"random{number}"
        self.keep = keep
        self.runs = 0
        self.weir = None
        signal.signal(signal.SIGALRM, alarm)
        self.start()

    def start(self):
        self.weir = Weir(self.pg, dbname=self.database)
        self.weir.keep = self.keep
        self.weir.start()
        self.weir.wait_installed(self.database)

    def close(self):
        self.weir.stop()
        self.weir.__exit__(None)

    def problem(self):
        """What is wrong with weir itself, if anything; afterwards there is one that runs."""
        try:
            self.weir.check()
            with self.weir.connect(self.database, connect_timeout=5) as c:
                c.execute("SELECT 1")
        except (HarnessError, psycopg.Error) as e:
            text = str(e)
            if self.weir.process is not None and self.weir.process.poll() is None:
                self.weir.kill()
            self.start()
            return text
        return None


class Run:
    """Runs a case. `failures` is what was found, `broken` the streams whose own query raised an error."""

    def __init__(self, backend, case, first_only=False):
        self.backend = backend
        self.case = case
        self.first_only = first_only
        backend.runs += 1
        self.home = f"x{backend.runs}"
        self.failures = []
        self.broken = set()
        self.live = []
        self.modes, self.reasons, self.actions = {}, {}, {}
        self.refreshes = self.changed = self.deadlocks = 0
        self.step = -1

    # ---- the frame -------------------------------------------------------------------------------------

    def go(self):
        conns = []
        signal.alarm(SECONDS)
        try:
            for _ in range(3):
                conns.append(self.backend.weir.connect(self.backend.database))
            self.reader, self.writer, self.late = conns
            for c in conns:
                c.prepare_threshold = None
                c.execute("SET statement_timeout = '90s'")
            for c in (self.writer, self.late):
                c.execute("SET lock_timeout = '400ms'")
            self.body(conns)
            signal.alarm(SECONDS)
            self.clean()
        except (psycopg.OperationalError, psycopg.InterfaceError, Timeout, HarnessError) as e:
            self.fail("crash", None, f"{type(e).__name__}: {e}\n{self.backend.problem() or ''}")
        finally:
            signal.alarm(0)
            for c in conns:
                c.close()
        return self.failures

    def body(self, conns):
        self.reader.execute(f"CREATE SCHEMA {self.home}")
        for c in conns:
            c.execute(f"SET search_path = {self.home}")
        for d in self.case.schema.statements():
            self.reader.execute(d)
        for s in self.case.fill:
            self.write(s)
        self.create()
        self.check(self.reader, [s for s in self.live], "after creation")
        for n, step in enumerate(self.case.steps):
            if self.done():
                return
            self.step = n
            self.take(step)
        for c in (self.writer, self.late):
            if c.info.transaction_status != IDLE:
                c.rollback()
        if not self.done():
            self.refresh(self.reader, self.live, "")
            self.check(self.reader, self.live, "all at once at the end")
        if not self.done():
            self.history()

    def done(self):
        return not self.live or (self.first_only and self.failures)

    def fail(self, kind, stream, text):
        self.failures.append(Failure(kind, stream, text, self.step))
        if stream in self.live:
            self.live.remove(stream)

    # ---- stream tables ---------------------------------------------------------------------------------

    def create(self):
        """A view and a stream table of each query."""
        names = {}
        for s in self.case.streams:
            s.view, s.columns = "", []
        for s in self.case.streams:
            signal.alarm(SECONDS)
            try:
                if str(s.query.tree) not in names:
                    self.reader.execute(f"CREATE VIEW {s.name}_q AS {s.query.tree}")
                    names[str(s.query.tree)] = s.name + "_q"
            except psycopg.Error:
                if self.reader.closed:
                    raise
                continue  # a stream table that it reads could not be created
            s.view = names[str(s.query.tree)]
            s.columns = one(self.reader, COLUMNS, [self.home, s.view])
            try:
                self.reader.execute(f"CREATE STREAM TABLE {s.name} WITH (schedule = '10h', refresh_mode = '{s.mode}') AS {s.query.tree}")
                self.live.append(s)
            except psycopg.Error as e:
                if self.reader.closed:
                    raise
                if self.raises(self.reader, s):
                    self.broken.add(s.name)
                else:
                    self.fail("create", s, f"{e.sqlstate} {e}")
        for name, mode, reason in rows(self.reader, "SELECT pgt_name, refresh_mode, full_reason FROM pgtrickle.stream_tables_info"
                                       " WHERE pgt_schema = %s", [self.home]):
            self.modes[name], self.reasons[name] = mode, reason
        shapes = dict(rows(self.reader, SHAPE, [self.home, [n for s in self.live for n in (s.name, s.view)]]))
        for s in list(self.live):
            if shapes[s.name] != shapes[s.view]:
                self.fail("shape", s, f"columns {shapes[s.name]}, expected {shapes[s.view]}")

    def raises(self, conn, s):
        """Whether the query itself fails, without weir's doing."""
        return self.attempt(conn, f"SELECT {s.compared('r')} FROM {s.view} r") is not None

    @staticmethod
    def attempt(conn, sql):
        """Runs a statement; the error, if any. Within a transaction it is undone alone."""
        inside = conn.info.transaction_status != IDLE
        if inside:
            conn.execute("SAVEPOINT attempt")
        try:
            conn.execute(sql)
        except psycopg.Error as e:
            if conn.closed:
                raise
            error = e
        else:
            error = None
        if inside:
            conn.execute("ROLLBACK TO attempt" if error else "RELEASE attempt")
        return error

    def refresh(self, conn, streams, full):
        self.refreshes += 1
        signal.alarm(SECONDS)
        if self.attempt(conn, "REFRESH STREAM TABLE " + ", ".join(s.name for s in streams) + full) is None:
            return
        # One of them cannot be refreshed: each on its own tells which.
        signs = set()
        for s in list(streams):
            signal.alarm(SECONDS)
            e = self.attempt(conn, f"REFRESH STREAM TABLE {s.name}{full}")
            if e is None or s not in self.live:
                continue
            if self.raises(conn, s):
                self.broken.add(s.name)
                self.live.remove(s)
            elif "is suspended" not in str(e) or not signs:
                f = Failure("refresh", s, f"{e.sqlstate} {e}", self.step)
                if f.sign() not in signs:
                    self.failures.append(f)
                signs.add(f.sign())
        if signs:  # all of the unit have failed with it by now, and say so: the rest would tell nothing new
            self.live.clear()

    def check(self, conn, streams, when):
        """Every stream table equals its query: one statement for all of them."""
        streams = [s for s in streams if s in self.live]
        if not streams:
            return

        def question(s):
            return (f"SELECT '{s.name}' WHERE EXISTS (SELECT 1 FROM (SELECT ROW({s.compared('l')}) AS x, 1 AS w FROM {s.name} l"
                    f" UNION ALL SELECT ROW({s.compared('r')}), -1 FROM {s.view} r) z GROUP BY x HAVING sum(w) <> 0)")
        try:
            inside = conn.info.transaction_status != IDLE
            if inside:
                conn.execute("SAVEPOINT look")
            wrong = [n for (n,) in rows(conn, " UNION ALL ".join(question(s) for s in streams))]
            if inside:
                conn.execute("RELEASE look")
        except psycopg.Error as e:
            if conn.closed:
                raise
            if inside:
                conn.execute("ROLLBACK TO look")
            if len(streams) > 1:
                for s in streams:
                    self.check(conn, [s], when)
            elif self.raises(conn, streams[0]):
                self.broken.add(streams[0].name)
                self.live.remove(streams[0])
            else:
                self.fail("differs", streams[0], f"it cannot be compared: {e}")
            return
        for s in [s for s in streams if s.name in wrong]:
            self.fail("differs", s, f"{when}, in {s.mode} (is {self.modes.get(s.name)}):\n" + self.difference(conn, s))

    def difference(self, conn, s):
        """Rows with their signs, by image."""
        l, r = s.compared("l"), s.compared("r")
        found = rows(conn, f"SELECT sum(w), x::text FROM (SELECT ROW({l}) AS x, 1 AS w FROM {s.name} l UNION ALL SELECT ROW({r}), -1"
                           f" FROM {s.view} r) z GROUP BY x HAVING sum(w) <> 0 ORDER BY 2 LIMIT 8")
        return "\n".join(f"    {n:+} {x[:200]}" for n, x in found) + "\n    (+ too much, - missing)"

    def history(self):
        """No refresh failed. Also: how many there were, and how many changed rows."""
        found = rows(self.reader, "SELECT n.name, h.action, h.status, h.error_message, h.rows_inserted + h.rows_deleted"
                     " FROM unnest(%s::text[]) n (name), pgtrickle.get_refresh_history(n.name, 1000) h", [[s.name for s in self.live]])
        for name, action, status, error, n in found:
            self.actions[action] = self.actions.get(action, 0) + 1
            self.changed += action == "DIFFERENTIAL" and n > 0
            s = next((s for s in self.live if s.name == name), None)
            if status == "FAILED" and s is not None:
                self.fail("history", s, f"{error}")

    # ---- writers ---------------------------------------------------------------------------------------

    def write(self, st):
        signal.alarm(SECONDS)
        conn = self.late if st.session else self.writer
        st.fails = None
        try:
            if st.copy is not None:
                with conn.cursor() as cur, cur.copy(st.sql()) as copy:
                    copy.write(str(st.copy))
            else:
                conn.execute(st.sql())
        except psycopg.Error as e:
            if conn.closed:
                raise
            st.fails = e.sqlstate
            if e.sqlstate not in MAY_FAIL:
                self.fail("write", None, f"{e.sqlstate} {e}\n  {st.sql()}")

    def take(self, step):
        for st in step.statements():
            self.write(st)
        inside = step.inside and self.writer.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        conn = self.writer if inside else self.reader
        if not inside and self.writer.info.transaction_status != IDLE:
            self.writer.rollback()
        often = [s for s in self.live if not s.late]
        chosen = often[:max(1, int(len(often) * step.share))] if self.step % 2 else often[-max(1, int(len(often) * step.share)):]
        if chosen:
            self.refresh(conn, chosen, " FULL" if step.full else "")
            self.check(conn, chosen, f"after step {self.step + 1}" + (", inside its transaction" if inside else ""))
        if inside:
            self.write(Statement(N("command", step.end)))

    def clean(self):
        """Everything goes away again."""
        for c in (self.writer, self.late):
            if c.info.transaction_status != IDLE:
                c.rollback()
        self.reader.execute("SET client_min_messages = error")
        there = [n for (n,) in rows(self.reader, "SELECT pgt_name FROM pgtrickle.stream_tables_info WHERE pgt_schema = %s", [self.home])]
        views = sorted({s.view for s in self.case.streams if s.view})
        if views:
            self.drop(f"DROP VIEW IF EXISTS {', '.join(views)} CASCADE")
        if there:
            self.drop("DROP STREAM TABLE " + ", ".join(there))
        left = one(self.reader, "SELECT string_agg(tgrelid::regclass || ' ' || tgname, ', ') FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
                                " WHERE NOT tgisinternal AND c.relnamespace = %s::regnamespace", [self.home])
        if left and not self.failures:
            self.fail("clean", None, f"triggers left after DROP STREAM TABLE: {left}")
        self.drop(f"DROP SCHEMA {self.home} CASCADE")

    def drop(self, sql):
        """Locks many tables at once, and so may meet weir's look at the catalog in a deadlock: counted, and tried again."""
        for _ in range(3):
            try:
                return self.reader.execute(sql)
            except psycopg.errors.DeadlockDetected:
                self.deadlocks += 1
        return self.reader.execute(sql)
