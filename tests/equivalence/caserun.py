"""One case: its tables, its stream tables in every mode, its changes, and the comparison after each refresh."""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import psycopg  # noqa: E402

from harness import one, rows  # noqa: E402

MAIN = "main"  # the writer's session when a case names none
FALLBACK = re.compile(r"will use FULL refresh: (.*)", re.S)  # AUTO's NOTICE


class Mismatch(Exception):
    """The case failed: weir is wrong (or, with --plain, the case is)."""


class Timeout(Exception):
    pass


def execute(conn, st):
    """Runs one statement of a case as a simple query."""
    try:
        if st.copy is not None:
            with conn.cursor() as cur, cur.copy(st.sql) as copy:
                copy.write(st.copy)
        else:
            conn.execute(st.sql)
    except psycopg.Error as e:
        if st.fails and e.sqlstate == st.fails:
            return
        where = f"{e.sqlstate} {e.diag.message_primary or e}"
        raise Mismatch(f"statement failed: {where}\n    {st.sql[:400]}") from e
    if st.fails:
        raise Mismatch(f"statement must fail with {st.fails}:\n    {st.sql[:400]}")


def in_transaction(conn):
    return conn.info.transaction_status != psycopg.pq.TransactionStatus.IDLE


class Run:
    """One case. After go(): `effective` is how AUTO maintains it, `reason` why it is not differential."""

    def __init__(self, backend, case, modes):
        self.backend = backend
        self.case = case
        self.schema = "c_" + re.sub(r"\W", "_", case.path.stem).lower()
        self.modes = list(modes)
        if case.mode in ("any", "full-only") and "AUTO" not in modes:
            self.modes.append("AUTO")
        self.sessions = {}  # of the writer, by name
        self.notices = []
        self.fell_back = None  # the stream that AUTO refreshes in FULL
        self.effective = "differential"
        self.reason = None
        self.image = {}  # stream -> digest of its result at the last check
        self.changed = set()
        self.seen = {}  # qualified name -> last refresh_id looked at

    def home(self, mode):
        return f"{self.schema}_{mode.lower()}"

    def go(self, probe=False):
        """Runs the case; `probe`: only as far as the creation in AUTO, which tells the effective mode."""
        reader = None
        try:
            writer, reader = self.session(MAIN), self.connect()
            self.prepare(writer)
            if self.case.mode == "refused":
                self.refuse(reader)
                self.drop_schemas(reader)
                return
            if probe:
                self.modes = ["AUTO"]
            self.create(reader)
            if not probe:
                self.check(reader, None)
                for number, step in enumerate(self.case.steps, 1):
                    try:
                        self.step(step, reader)
                    except Mismatch as e:
                        raise Mismatch(f"refresh {number}: {e}") from e
                missing = [s.name for s in self.case.streams if s.name not in self.changed]
                if missing:
                    raise Mismatch(f"the changes never change the result of {', '.join(missing)}")
            for conn in self.sessions.values():
                conn.rollback()
                conn.close()
            self.clean(reader)
        finally:
            for c in [*self.sessions.values(), reader]:
                if c is not None:
                    c.close()

    def connect(self):
        conn = self.backend.connect()
        conn.add_notice_handler(lambda d: self.notices.append((d.severity, d.message_primary)))
        conn.execute("SET statement_timeout = '20s'")
        return conn

    def session(self, name):
        """The writer's session of this name, opened when it is first used."""
        if name not in self.sessions:
            self.sessions[name] = self.connect()
            self.sessions[name].execute(f"SET search_path = {self.schema}, public")
        return self.sessions[name]

    def step(self, step, reader):
        for st in step.statements:
            execute(self.session(st.session), st)
        conn = self.session(MAIN) if in_transaction(self.session(MAIN)) else reader
        if step.error:
            self.refresh_fails(conn, step)
            return
        self.refresh(conn, step)
        self.check(conn, step)

    def prepare(self, conn):
        conn.execute(f"CREATE SCHEMA {self.schema}")
        for mode in [*self.modes, "VIEW", "REFUSED"]:
            conn.execute(f"CREATE SCHEMA {self.home(mode)}")
        for st in self.case.tables:
            execute(conn, st)
        self.triggers = self.trigger_names(conn)

    def trigger_names(self, conn):
        return rows(conn, "SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
                          " JOIN pg_namespace n ON n.oid = relnamespace WHERE NOT tgisinternal AND nspname = %s"
                          " ORDER BY 1, 2", [self.schema])

    def create(self, conn):
        """The views, and the stream tables in every mode; AUTO first, because it tells whether to expect DIFFERENTIAL."""
        case = self.case
        for mode in ["VIEW", *sorted(self.modes)]:
            if mode == "DIFFERENTIAL" and self.effective == "full":
                continue
            conn.execute(f"SET search_path = {self.home(mode)}, {self.schema}, public")
            for stream in case.streams:
                if mode == "VIEW":
                    conn.execute(f"CREATE VIEW {stream.name} {stream.columns} AS {stream.query}")
                    continue
                self.notices.clear()
                try:
                    self.backend.create(conn, stream, mode)
                except psycopg.Error as e:
                    raise Mismatch(f"creating {stream.name} in {mode}: {e.sqlstate} {e}") from e
                if not self.backend.plain:
                    self.check_notice(stream, mode)
                self.check_shape(conn, stream, mode)
            if mode == "AUTO" and not self.backend.plain:
                self.decide(conn)
        conn.execute(f"SET search_path = {self.schema}, public")

    def decide(self, conn):
        """After the creation in AUTO: how the case is maintained, and whether that is what it must be."""
        case = self.case
        if self.fell_back is None:
            if case.mode == "full-only":
                raise Mismatch(f"AUTO gave no NOTICE that names /{case.construct}/: {self.notices}")
            return
        self.effective = "full"
        if case.mode == "differential":
            raise Mismatch(f"AUTO fell back to FULL: {self.reason}")
        if case.construct and not re.search(case.construct, self.reason, re.I):
            raise Mismatch(f"the NOTICE does not name /{case.construct}/: {self.reason}")
        if "DIFFERENTIAL" in self.modes:
            self.modes.remove("DIFFERENTIAL")
        self.check_refused(conn, self.fell_back)

    def check_notice(self, stream, mode):
        """AUTO says why it is FULL, and nothing of it otherwise; every mode says what the case wants to hear."""
        said = [m for severity, m in self.notices if severity in ("NOTICE", "WARNING")]
        if self.case.notice and not any(re.search(self.case.notice, m) for m in said):
            raise Mismatch(f"{mode} gave no NOTICE matching /{self.case.notice}/: {said}")
        if mode != "AUTO":
            return
        for message in said:
            if m := FALLBACK.search(message):
                self.fell_back = stream
                self.reason = self.reason or m.group(1)
            elif "FULL" in message:
                raise Mismatch(f"a NOTICE of another form: {message}")

    def check_refused(self, conn, stream):
        """What AUTO does in FULL, DIFFERENTIAL refuses, with the same name for it."""
        conn.execute(f"SET search_path = {self.home('REFUSED')}, {self.home('AUTO')}, {self.schema}, public")
        try:
            self.backend.create(conn, stream, "DIFFERENTIAL")
        except psycopg.Error as e:
            if e.sqlstate != "0A000":
                raise Mismatch(f"DIFFERENTIAL must fail with 0A000, not {e.sqlstate} {e}") from e
            text = f"{e.diag.message_primary} {e.diag.message_detail or ''}"
            if self.case.construct and not re.search(self.case.construct, text, re.I):
                raise Mismatch(f"the error does not name /{self.case.construct}/: {text}") from e
            if not e.diag.message_hint:
                raise Mismatch("the error has no hint") from e
            if self.case.mode == "full-only" and self.case.position != "none" and not e.diag.statement_position:
                raise Mismatch("the error has no position") from e
            return
        raise Mismatch("DIFFERENTIAL was not refused")

    def refuse(self, conn):
        """A case that no mode accepts."""
        case = self.case
        self.effective = "refused"
        for mode in [] if self.backend.plain else self.modes:
            conn.execute(f"SET search_path = {self.home(mode)}, {self.schema}, public")
            try:
                for stream in case.streams:
                    self.backend.create(conn, stream, mode)
            except psycopg.Error as e:
                text = e.diag.message_primary or str(e)
                if e.sqlstate != case.sqlstate or not re.search(case.message, text):
                    raise Mismatch(f"{mode} must be refused with {case.sqlstate} /{case.message}/: {e.sqlstate} {text}") from e
                self.reason = text
                continue
            raise Mismatch(f"{mode} was not refused")

    def check_shape(self, conn, stream, mode):
        """Names, types with typmod and collations of the columns are those of a view on the query."""
        shape = ("SELECT attname::text, format_type(atttypid, atttypmod), attcollation::regcollation::text"
                 " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                 " ORDER BY attnum")
        if mode == "AUTO" and len(self.modes) == 3:
            return
        want = rows(conn, shape, [f"{self.home('VIEW')}.{stream.name}"])
        have = rows(conn, shape, [f"{self.home(mode)}.{stream.name}"])
        if want != have:
            raise Mismatch(f"columns of {stream.name} in {mode}: {have}, expected {want}")

    def refresh(self, conn, step):
        names = step.targets or [s.name for s in self.case.streams]
        for mode in self.modes:
            try:
                self.backend.refresh(conn, [f"{self.home(mode)}.{n}" for n in names])
            except psycopg.Error as e:
                raise Mismatch(f"REFRESH in {mode}: {e.sqlstate} {e}") from e

    def refresh_fails(self, conn, step):
        """The query fails on the tables as they are now, and so does its refresh, in every mode."""
        names = step.targets or [s.name for s in self.case.streams]
        tries = [("the query", f"SELECT count(weir_row::text) FROM {self.home('VIEW')}.{names[-1]} weir_row")]
        if not self.backend.plain:
            tries += [(f"REFRESH in {m}", f"REFRESH STREAM TABLE {', '.join(f'{self.home(m)}.{n}' for n in names)}")
                      for m in self.modes]
        for what, sql in tries:
            try:
                conn.execute(sql)
            except psycopg.Error as e:
                if e.sqlstate == step.error:
                    continue
                raise Mismatch(f"{what} must fail with {step.error}: {e.sqlstate} {e}") from e
            raise Mismatch(f"{what} must fail with {step.error}")

    def check(self, conn, step):
        """Every stream table equals its view, in one statement per stream."""
        for stream in self.checked(step):
            view = f"{self.home('VIEW')}.{stream.name}"
            # an alias that no case uses as a column: a column would win over it in x::text
            row = "weir_row::text" if self.case.compare == "image" else "weir_row.*"
            parts = []
            for mode in self.modes:
                st = f"{self.home(mode)}.{stream.name}"
                l, r = f"SELECT {row} FROM {st} weir_row", f"SELECT {row} FROM {view} weir_row"
                parts.append(f"SELECT '{mode}' AS mode, '+' AS sign, weir_diff::text FROM ({l} EXCEPT ALL {r}) weir_diff"
                             f" UNION ALL SELECT '{mode}', '-', weir_diff::text FROM ({r} EXCEPT ALL {l}) weir_diff")
            wrong = rows(conn, " UNION ALL ".join(parts) + " LIMIT 12")
            if wrong:
                lines = "\n".join(f"    {m} {s} {t[:200]}" for m, s, t in wrong)
                raise Mismatch(f"{stream.name} differs (+ too much, - missing):\n{lines}")
            image = one(conn, f"SELECT coalesce(string_agg(md5(weir_row::text), ','"
                              f" ORDER BY weir_row::text COLLATE \"C\"), '') FROM {view} weir_row")
            changed = step is not None and image != self.image.get(stream.name)
            self.image[stream.name] = image
            if changed:
                self.changed.add(stream.name)
            if not self.backend.plain:
                self.check_history(conn, stream, step, changed)

    def checked(self, step):
        """What a refresh of its targets moves: they and all they are made of. Others may lag behind."""
        streams = self.case.streams
        if step is None or not step.targets:
            return streams
        wanted = {n for n in step.targets}
        for s in reversed(streams):
            if s.name in wanted:
                wanted |= {o.name for o in streams if o is not s and re.search(rf"(?<!\w){re.escape(o.name)}(?!\w)", s.query)}
        return [s for s in streams if s.name in wanted]

    def check_history(self, conn, stream, step, changed):
        """No refresh failed but where it must, and DIFFERENTIAL moved what changed by a delta."""
        for mode in self.modes:
            name = f"{self.home(mode)}.{stream.name}"
            new = [h for h in self.backend.history(conn, name) if h[0] > self.seen.get(name, 0)]
            if new:
                self.seen[name] = new[-1][0]
            if step is None:
                continue
            failed = [h for h in new if h[2] == "FAILED"]
            if failed and not self.case.may_fail:
                raise Mismatch(f"{name}: a refresh failed: {failed[0][3]}")
            if mode != "DIFFERENTIAL" or step.action == "any" or not changed:
                continue
            actions = [h[1] for h in new if h[2] != "FAILED"]
            if step.action not in actions or (step.action == "DIFFERENTIAL" and "FULL" in actions):
                raise Mismatch(f"{name} was refreshed by {actions or 'nothing'}, expected {step.action}")

    def clean(self, conn):
        """Everything goes away again, and takes the capture with it."""
        conn.execute(f"SET search_path = {self.schema}, public")
        for mode in self.modes:
            try:
                self.backend.drop(conn, [f"{self.home(mode)}.{s.name}" for s in reversed(self.case.streams)])
            except psycopg.Error as e:
                raise Mismatch(f"DROP in {mode}: {e.sqlstate} {e}") from e
        left = [t for t in self.trigger_names(conn) if t not in self.triggers]
        if left:
            raise Mismatch(f"triggers left after DROP STREAM TABLE: {left}")
        self.drop_schemas(conn)

    def drop_schemas(self, conn):
        conn.execute("SET client_min_messages = error")
        for mode in ["AUTO", "DIFFERENTIAL", "FULL", "VIEW", "REFUSED"]:
            conn.execute(f"DROP SCHEMA IF EXISTS {self.home(mode)} CASCADE")
        conn.execute(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")

    def sweep(self):
        """After a failure: best effort, so that the next cases start from nothing."""
        try:
            with self.backend.connect() as conn:
                conn.execute("SET statement_timeout = '10s'")
                for (gid,) in rows(conn, "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"):
                    conn.execute(f"ROLLBACK PREPARED '{gid}'")
                for mode in ["AUTO", "DIFFERENTIAL", "FULL"]:
                    for s in reversed(self.case.streams):
                        try:
                            self.backend.drop(conn, [f"{self.home(mode)}.{s.name}"])
                        except psycopg.Error:
                            pass
                self.drop_schemas(conn)
        except psycopg.Error:
            pass
