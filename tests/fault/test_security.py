"""A role that may read only its own tables gains nothing through a stream table's query.

Cast: alice owns secrets; mallory owns a schema and a table with one row; weir's role is either a role of its own
(keeper, plain, with CREATE on the database) or alice herself. mallory's query calls a function that is declared
IMMUTABLE and calls a VOLATILE one, which tries everything a thief would try and returns what came of it: `GOT x`
when something worked. So the facade itself shows what was gained, whenever and by whomever the query was run.
"""

import itertools

import psycopg
import pytest

from harness import Weir, one, rows, wait_until

numbers = itertools.count(1)

EVIL = """
CREATE FUNCTION m.attempt(what text, sql text) RETURNS text LANGUAGE plpgsql VOLATILE AS $f$
DECLARE answer text;
BEGIN
    EXECUTE sql INTO answer;
    RETURN 'GOT ' || what || ':' || coalesce(answer, '');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $f$;
CREATE FUNCTION m.thief() RETURNS text LANGUAGE plpgsql VOLATILE AS $f$
DECLARE
    out text := '';
    who text := '{keeper}';
    s text;
BEGIN
    IF current_user <> 'mallory' THEN out := out || ' GOT current_user ' || current_user; END IF;
    BEGIN EXECUTE format('SET ROLE %I', who); EXCEPTION WHEN OTHERS THEN NULL; END;
    IF current_user <> 'mallory' THEN out := out || ' GOT set role ' || current_user; END IF;
    BEGIN EXECUTE 'RESET ROLE'; EXCEPTION WHEN OTHERS THEN NULL; END;
    IF current_user <> 'mallory' THEN out := out || ' GOT reset role ' || current_user; END IF;
    BEGIN PERFORM set_config('role', who, false); EXCEPTION WHEN OTHERS THEN NULL; END;
    IF current_user <> 'mallory' THEN out := out || ' GOT set_config role ' || current_user; END IF;
    BEGIN PERFORM set_config('role', 'none', true); EXCEPTION WHEN OTHERS THEN NULL; END;
    IF current_user <> 'mallory' THEN out := out || ' GOT set_config role none ' || current_user; END IF;
    BEGIN EXECUTE format('SET SESSION AUTHORIZATION %I', who); EXCEPTION WHEN OTHERS THEN NULL; END;
    BEGIN EXECUTE 'RESET SESSION AUTHORIZATION'; EXCEPTION WHEN OTHERS THEN NULL; END;
    BEGIN PERFORM set_config('session_authorization', who, false); EXCEPTION WHEN OTHERS THEN NULL; END;
    IF current_user <> 'mallory' THEN out := out || ' GOT session authorization ' || current_user; END IF;
    FOREACH s IN ARRAY ARRAY[
        'secrets|SELECT string_agg(word, '','') FROM alice_home.secrets',
        'secret key|SELECT secret::text FROM pgtrickle_data.secret',
        'catalog write|UPDATE pgtrickle_data.stream_tables SET owner = ''mallory'' RETURNING ''x''',
        'catalog delete|DELETE FROM pgtrickle_data.stream_tables RETURNING ''x''',
        'state write|UPDATE pgtrickle_data.state SET last_error = ''x'' RETURNING ''x''',
        'create in pgtrickle|CREATE TABLE pgtrickle.mine (i int)',
        'create in data|CREATE TABLE pgtrickle_data.mine (i int)',
        'run|SELECT pgtrickle.run(''CREATE TABLE public.pwned ()'', ''n'', ''m'')::text',
        'run empty|SELECT pgtrickle.run(''CREATE TABLE public.pwned ()'', NULL, NULL)::text',
        'run_row|SELECT pgtrickle.run_row(''SELECT 1'', ''n'', ''m'')::text',
        'grant|GRANT {keeper} TO mallory',
        'schema|CREATE SCHEMA stolen',
        'file|SELECT pg_read_file(''PG_VERSION'')'] LOOP
        s := m.attempt(split_part(s, '|', 1), split_part(s, '|', 2));
        IF s LIKE 'GOT%' THEN out := out || ' ' || s; END IF;
    END LOOP;
    RETURN coalesce(nullif(out, ''), 'nothing');
END $f$;
CREATE FUNCTION m.evil(i int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $f$BEGIN RETURN i || ':' || m.thief(); END $f$;
"""


class Stage:
    def __init__(self, pg, weir, name, keeper):
        self.pg, self.weir, self.name, self.keeper = pg, weir, name, keeper

    def as_(self, user, **kw):
        return self.weir.connect(self.name, user, **kw)

    def root(self):
        return self.pg.connect(self.name)


@pytest.fixture(params=["keeper", "alice"])
def stage(pg, request):
    keeper = request.param
    name = f"sec{next(numbers)}"
    for role in ("keeper", "alice", "mallory"):
        pg.role(role)
    pg.database(name, owner=keeper)
    with pg.connect(name) as su:
        su.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        su.execute("REVOKE CREATE, TEMP ON DATABASE \"%s\" FROM PUBLIC" % name)
        su.execute("CREATE SCHEMA alice_home AUTHORIZATION alice; CREATE SCHEMA m AUTHORIZATION mallory;"
                   "CREATE SCHEMA loot; GRANT USAGE ON SCHEMA loot TO PUBLIC;"
                   "CREATE TABLE loot.seen (who text, via text); GRANT INSERT ON loot.seen TO PUBLIC;")
    with pg.connect(name, "alice") as c:
        c.execute("CREATE TABLE alice_home.secrets (word text); INSERT INTO alice_home.secrets VALUES ('xyzzy')")
    with Weir(pg, user=keeper, dbname=name) as weir:
        weir.wait_installed(name, "mallory")
        stage = Stage(pg, weir, name, keeper)
        with stage.as_("mallory") as c:
            c.execute("CREATE TABLE m.t (id int PRIMARY KEY, v int); INSERT INTO m.t VALUES (1, 1)")
            c.execute(EVIL.replace("{keeper}", keeper))
        yield stage


def assert_nothing_gained(stage, table="m.st", column="e"):
    with stage.root() as su:
        shown = [r[0] for r in rows(su, f"SELECT {column} FROM {table}")]
        assert shown and not [x for x in shown if "GOT" in str(x)], shown
        assert one(su, "SELECT to_regclass('public.pwned')") is None
        assert one(su, "SELECT count(*) FROM pg_auth_members WHERE member = 'mallory'::regrole") == 0
        assert rows(su, "SELECT DISTINCT who FROM loot.seen WHERE who <> 'mallory'") == []


def test_the_thief_can_steal(stage):
    """Positive control: run by weir's role itself, the same function finds much to take."""
    with stage.root() as su:
        su.execute(f"GRANT USAGE ON SCHEMA m TO {stage.keeper}; SET ROLE {stage.keeper}")
        assert "GOT" in one(su, "SELECT m.evil(1)")


@pytest.mark.parametrize("mode", ["DIFFERENTIAL", "FULL", "AUTO"])
def test_function_in_the_query(stage, mode):
    with stage.as_("mallory") as c:
        c.execute(f"CREATE STREAM TABLE m.st WITH (schedule = '1s', refresh_mode = '{mode}') AS SELECT id, m.evil(v) AS e FROM m.t")
        assert_nothing_gained(stage)
        c.execute("UPDATE m.t SET v = 2; INSERT INTO m.t VALUES (2, 2)")
        c.execute("REFRESH STREAM TABLE m.st")
        assert one(c, "SELECT count(*) FROM m.st WHERE e LIKE '2:%'") == 2
        assert_nothing_gained(stage)
        c.execute("UPDATE m.t SET v = 3")  # the scheduler's turn
        wait_until(lambda: one(c, "SELECT count(*) FROM m.st WHERE e LIKE '3:%'") == 2, 15, what="scheduled refresh")
        assert_nothing_gained(stage)
        c.execute("BEGIN; UPDATE m.t SET v = 4; REFRESH STREAM TABLE m.st; COMMIT")
        assert one(c, "SELECT count(*) FROM m.st WHERE e LIKE '4:%'") == 2
        assert_nothing_gained(stage)
        c.execute("BEGIN; CREATE STREAM TABLE m.st2 WITH (schedule = '1h') AS SELECT m.evil(id) AS e FROM m.st; COMMIT")
        assert_nothing_gained(stage, "m.st2")


@pytest.mark.parametrize("query", [
    "SELECT m.evil(v) AS e, count(*) AS n FROM m.t GROUP BY m.evil(v)",
    "SELECT max(m.evil(v)) AS e FROM m.t",
    "SELECT id, id::text AS e FROM m.t WHERE m.evil(v) <> ''",
    "SELECT count(*)::text AS e FROM m.t HAVING m.evil(count(*)::int) <> ''",
    "SELECT a.id, m.evil(b.v) AS e FROM m.t a JOIN m.t b ON m.evil(a.v) = m.evil(b.v)",
    "SELECT 'x' || m.evil(1) AS e, (SELECT max(m.evil(v)) FROM m.t) AS f FROM m.t",
])
def test_function_anywhere(stage, query):
    with stage.as_("mallory") as c:
        c.execute(f"CREATE STREAM TABLE m.st WITH (schedule = '1h') AS {query}")
        c.execute("UPDATE m.t SET v = v + 1; INSERT INTO m.t VALUES (7, 7)")
        c.execute("REFRESH STREAM TABLE m.st")
        assert_nothing_gained(stage)
        c.execute("DELETE FROM m.t WHERE id = 1")
        c.execute("REFRESH STREAM TABLE m.st")
        assert_nothing_gained(stage)


LOOKALIKES = """
CREATE FUNCTION m.note(via text) RETURNS void LANGUAGE plpgsql VOLATILE AS
    $f$BEGIN INSERT INTO loot.seen VALUES (current_user, via); EXCEPTION WHEN OTHERS THEN NULL; END$f$;
CREATE FUNCTION m.same(a int, b int) RETURNS bool LANGUAGE plpgsql VOLATILE AS
    $f$BEGIN PERFORM m.note('='); RETURN a OPERATOR(pg_catalog.=) b; END$f$;
CREATE OPERATOR m.= (LEFTARG = int, RIGHTARG = int, FUNCTION = m.same);
CREATE FUNCTION m.same8(a bigint, b bigint) RETURNS bool LANGUAGE plpgsql VOLATILE AS
    $f$BEGIN PERFORM m.note('=8'); RETURN a OPERATOR(pg_catalog.=) b; END$f$;
CREATE OPERATOR m.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = m.same8);
CREATE FUNCTION m.pg_current_snapshot() RETURNS pg_snapshot LANGUAGE plpgsql VOLATILE AS
    $f$BEGIN PERFORM m.note('snapshot'); RETURN pg_catalog.pg_current_snapshot(); END$f$;
CREATE FUNCTION m.current_setting(text, bool) RETURNS text LANGUAGE plpgsql VOLATILE AS
    $f$BEGIN PERFORM m.note('current_setting'); RETURN pg_catalog.current_setting($1, $2); END$f$;
CREATE FUNCTION m.format(text) RETURNS text LANGUAGE plpgsql VOLATILE AS
    $f$BEGIN PERFORM m.note('format'); RETURN $1; END$f$;
CREATE FUNCTION m.hashtextextended(text, bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS
    $f$BEGIN PERFORM m.note('hash'); RETURN 0; END$f$;
CREATE FUNCTION m.count() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
"""


def test_lookalikes_in_the_search_path(stage):
    """Functions and operators of mallory that hide PostgreSQL's own are never run by weir's role."""
    with stage.root() as su:
        su.execute("ALTER ROLE mallory SET search_path = m, pg_catalog")
    try:
        with stage.as_("mallory") as c:
            c.execute(LOOKALIKES)
            c.execute("SET search_path = m, pg_catalog")
            assert one(c, "SELECT 1 = 1") and one(stage.root(), "SELECT count(*) FROM loot.seen") > 0  # the trap works
            c.execute("CREATE STREAM TABLE st WITH (schedule = '1s', refresh_mode = 'DIFFERENTIAL') AS"
                      " SELECT t.v, pg_catalog.count(*) AS e FROM t GROUP BY t.v")
            c.execute("INSERT INTO t VALUES (2, 2); UPDATE t SET v = 9 WHERE id OPERATOR(pg_catalog.=) 1")
            c.execute("REFRESH STREAM TABLE st")
            c.execute("BEGIN; INSERT INTO t VALUES (3, 3); REFRESH STREAM TABLE st; COMMIT")
            assert_nothing_gained(stage)
            c.execute("DROP STREAM TABLE st")
            assert rows(stage.root(), "SELECT DISTINCT who FROM loot.seen WHERE who <> 'mallory'") == []
    finally:
        with stage.root() as su:
            su.execute("ALTER ROLE mallory RESET search_path")


# What mallory may do to objects of her own after a stream table of harmless built-ins was made: each plants
# a function of hers where weir's role will look. {view} is a view of hers in pgtrickle_data, {fn} a function.
PLANTS = {
    "row security": ["ALTER TABLE m.t ENABLE ROW LEVEL SECURITY", "ALTER TABLE m.t FORCE ROW LEVEL SECURITY",
                     "CREATE POLICY p ON m.t USING (m.spy(id))"],
    "view instead of the table": ["ALTER TABLE m.t RENAME TO t_old",
                                  "CREATE VIEW m.t AS SELECT id, v FROM m.t_old WHERE m.spy(id)"],
    "another table of the name": ["ALTER TABLE m.t RENAME TO t_old",
                                  "CREATE TABLE m.t (id int PRIMARY KEY, v int, CHECK (m.spy(id)))"],
    "rule on a view of hers": ["CREATE OR REPLACE RULE \"_RETURN\" AS ON SELECT TO {view} DO INSTEAD {rule}"],
    "executor without its owner's rights": ["ALTER FUNCTION {fn} SECURITY INVOKER"],
    "executor with another path": ["ALTER FUNCTION {fn} SET search_path = m, pg_catalog"],
    "facade replaced": ["CREATE OR REPLACE VIEW m.st AS SELECT id, v FROM m.t WHERE m.spy(id)"],
    "facade's rule": ["CREATE OR REPLACE RULE \"_RETURN\" AS ON SELECT TO m.st DO INSTEAD SELECT id, v FROM m.t WHERE m.spy(id)"],
    "trigger on the table": ["CREATE FUNCTION m.tg() RETURNS trigger LANGUAGE plpgsql AS $f$BEGIN PERFORM m.spy(1); RETURN NULL; END$f$",
                             "CREATE TRIGGER aaa AFTER INSERT OR UPDATE OR DELETE ON m.t EXECUTE FUNCTION m.tg()"],
    "column default and check": ["ALTER TABLE m.t ADD COLUMN x bool DEFAULT m.spy(1) CHECK (m.spy(2))"],
    "index expression": ["CREATE INDEX ON m.t (m.spy_index(id))"],
}


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("user_function", [False, True])
def test_planted_later(stage, plant, user_function):
    """The owner changes what weir relies on after the creation; weir's role must not run her code."""
    with stage.as_("mallory") as c:
        c.execute("CREATE FUNCTION m.spy(int) RETURNS bool LANGUAGE plpgsql VOLATILE AS $f$BEGIN"
                  " INSERT INTO loot.seen VALUES (current_user, 'spy'); RETURN true; END$f$;"
                  "CREATE FUNCTION m.spy_index(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $f$BEGIN"
                  " PERFORM m.spy(i); RETURN i; END$f$;"
                  "CREATE FUNCTION m.id(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN i; END'")
        value = "m.id(v) AS v" if user_function else "v"
        c.execute(f"CREATE STREAM TABLE m.st WITH (schedule = '1s', refresh_mode = 'DIFFERENTIAL') AS SELECT id, {value} FROM m.t")
        with stage.root() as su:
            views = [r[0] for r in rows(su, "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'v'"
                     " AND relowner = 'mallory'::regrole AND relnamespace = to_regnamespace('pgtrickle_data')")]
            functions = [r[0] for r in rows(su, "SELECT oid::regprocedure::text FROM pg_proc WHERE proowner = 'mallory'::regrole"
                         " AND pronamespace = to_regnamespace('pgtrickle_data')")]
        planted = 0
        for sql in PLANTS[plant]:
            targets = views if "{view}" in sql else functions if "{fn}" in sql else [None]
            for target in targets:
                rule = ""
                if "{rule}" in sql:
                    columns = rows(stage.root(), "SELECT quote_ident(attname), format_type(atttypid, atttypmod) FROM pg_attribute"
                                                 " WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum", [target])
                    rule = "SELECT " + ", ".join(f"NULL::{t} AS {n}" for n, t in columns) + " FROM m.t WHERE m.spy(1)"
                try:
                    c.execute(sql.format(view=target, fn=target, rule=rule) if target else sql)
                    planted += 1
                except psycopg.Error:
                    pass  # refused: good
        with stage.root() as su:
            su.execute("TRUNCATE loot.seen")
        for sql in ("INSERT INTO m.t VALUES (2, 2)", "UPDATE m.t SET v = v + 1", "REFRESH STREAM TABLE m.st",
                    "INSERT INTO m.t VALUES (5, 5)", "REFRESH STREAM TABLE m.st FULL"):
            try:
                c.execute(sql)
            except psycopg.Error:
                pass  # her own stream table may break; that is hers to bear
        import time
        time.sleep(2.5)  # the scheduler looks too
        seen = rows(stage.root(), "SELECT DISTINCT who, via FROM loot.seen WHERE who <> 'mallory'")
        assert seen == [], f"weir's role ran mallory's function ({planted} changes planted)"


def test_others_tables(stage):
    """A query over a table one may not read is refused; a privilege taken away ends the stream table's view of it."""
    with stage.as_("mallory") as c:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            c.execute("CREATE STREAM TABLE m.st AS SELECT word AS e FROM alice_home.secrets")
    with stage.as_("alice") as a:
        a.execute("CREATE TABLE alice_home.shared (id int PRIMARY KEY, v int, hidden text);"
                  "INSERT INTO alice_home.shared VALUES (1, 1, 'h1');"
                  "GRANT USAGE ON SCHEMA alice_home TO mallory; GRANT SELECT (id, v), TRIGGER ON alice_home.shared TO mallory")
        with stage.as_("mallory") as c:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute("CREATE STREAM TABLE m.st AS SELECT id, hidden AS e FROM alice_home.shared")
            c.execute("CREATE STREAM TABLE m.st WITH (schedule = '1h') AS SELECT id, v AS e FROM alice_home.shared")
            a.execute("UPDATE alice_home.shared SET v = 2")
            c.execute("REFRESH STREAM TABLE m.st")
            assert rows(c, "SELECT e FROM m.st") == [(2,)]
            # No view of weir's shows her a column that her query may not see.
            with stage.root() as su:
                readable = rows(su, "SELECT c.oid::regclass::text FROM pg_class c WHERE relnamespace = to_regnamespace('pgtrickle_data')"
                                    " AND relkind IN ('r', 'v', 'p') AND has_table_privilege('mallory', c.oid, 'SELECT')")
            for (name,) in readable:
                try:
                    text = str(rows(c, f"SELECT x::text FROM {name} x"))
                except psycopg.Error:
                    continue
                assert "h1" not in text, f"{name} shows a hidden column"
            a.execute("REVOKE SELECT (id, v) ON alice_home.shared FROM mallory")
            a.execute("UPDATE alice_home.shared SET v = 777")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute("REFRESH STREAM TABLE m.st")
            assert rows(stage.root(), "SELECT e FROM m.st WHERE e = 777") == []


def test_others_stream_tables(stage):
    """Dropping and refreshing are for owners; reading is by GRANT."""
    with stage.as_("alice") as a, stage.as_("mallory") as c:
        a.execute("CREATE STREAM TABLE alice_home.st WITH (schedule = '1h') AS SELECT word FROM alice_home.secrets")
        a.execute("GRANT USAGE ON SCHEMA alice_home TO mallory")
        for sql in ("DROP STREAM TABLE alice_home.st", "SELECT pgtrickle.drop_stream_table('alice_home.st')",
                    "REFRESH STREAM TABLE alice_home.st", "SELECT * FROM alice_home.st",
                    "CREATE STREAM TABLE m.copy AS SELECT word FROM alice_home.st"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute(sql)
        a.execute("GRANT SELECT ON alice_home.st TO mallory")
        assert rows(c, "SELECT word FROM alice_home.st") == [("xyzzy",)]


def test_row_security(stage):
    """A source with row security for the owner: only the rows she may see, and never by capture."""
    with stage.as_("alice") as a, stage.as_("mallory") as c:
        a.execute("CREATE TABLE alice_home.r (id int PRIMARY KEY, who text); INSERT INTO alice_home.r VALUES (1, 'mallory'), (2, 'alice');"
                  "ALTER TABLE alice_home.r ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON alice_home.r USING (who = current_user);"
                  "GRANT USAGE ON SCHEMA alice_home TO mallory; GRANT SELECT, TRIGGER ON alice_home.r TO mallory")
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            c.execute("CREATE STREAM TABLE m.st WITH (refresh_mode = 'DIFFERENTIAL') AS SELECT id, who AS e FROM alice_home.r")
        c.execute("CREATE STREAM TABLE m.st WITH (schedule = '1h') AS SELECT id, who AS e FROM alice_home.r")
        assert rows(c, "SELECT id FROM m.st") == [(1,)]
        a.execute("INSERT INTO alice_home.r VALUES (3, 'mallory'), (4, 'alice')")
        c.execute("REFRESH STREAM TABLE m.st")
        assert rows(c, "SELECT id FROM m.st ORDER BY 1") == [(1,), (3,)]


def test_direct_writes_are_refused(stage):
    with stage.as_("mallory") as c:
        c.execute("CREATE STREAM TABLE m.st WITH (schedule = '1h') AS SELECT id, v FROM m.t")
        for sql in ("INSERT INTO m.st VALUES (9, 9)", "UPDATE m.st SET v = 0", "DELETE FROM m.st"):
            with pytest.raises(psycopg.Error) as e:
                c.execute(sql)
            assert "stream table" in str(e.value) and "st" in str(e.value), e.value
        with pytest.raises(psycopg.Error):
            c.execute("TRUNCATE m.st")
        with pytest.raises(psycopg.Error), c.cursor() as cur, cur.copy("COPY m.st FROM STDIN") as copy:
            copy.write_row((9, 9))
        assert rows(c, "SELECT * FROM m.st") == [(1, 1)]
        with stage.root() as su:
            inside = dict(rows(su, "SELECT oid::regclass::text, relowner::regrole::text FROM pg_class"
                                   " WHERE relnamespace = to_regnamespace('pgtrickle_data') AND relkind IN ('r', 'p', 'v', 'S')"))
        assert len(inside) > 5
        own = {name for name, owner in inside.items() if owner == "mallory"}
        assert {name.split(".")[-1].rsplit("_", 1)[0] for name in own} == {"def", "state"}  # views on what she may read anyway
        for name in inside.keys() - own:
            for sql in (f"DELETE FROM {name}", f"TRUNCATE {name}", f"DROP TABLE {name}", f"DROP VIEW {name}", f"LOCK TABLE {name}"):
                with pytest.raises(psycopg.Error):
                    c.execute("BEGIN; " + sql)
                c.execute("ROLLBACK")
        # To read, she has the rows her facade shows and those of her table that her query has not consumed.
        def readable(name):
            try:
                c.execute(f"SELECT FROM {name}")
                return True
            except psycopg.errors.InsufficientPrivilege:
                return False

        def kind(name):
            return name.split(".")[-1].split("_")[0]

        assert {kind(name) for name in inside.keys() - own if readable(name)} <= {"st", "pending"}
        assert {"st", "changes", "secret", "stream"} <= {kind(name) for name in inside}


def test_own_views_in_weirs_schema(stage):
    """The views of a query are its owner's: what she does to them reaches no further than her own stream table."""
    with stage.as_("mallory") as c, stage.as_("alice") as a:
        a.execute("CREATE STREAM TABLE alice_home.st WITH (schedule = '1h') AS SELECT word FROM alice_home.secrets")
        c.execute("CREATE STREAM TABLE m.st WITH (schedule = '1h') AS SELECT id, v FROM m.t")
        with stage.root() as su:
            own = [r[0] for r in rows(su, "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'v' AND relowner = 'mallory'::regrole"
                                          " AND relnamespace = to_regnamespace('pgtrickle_data')")]
        assert len(own) == 2
        c.execute(f"DELETE FROM {own[0]}")  # of her own table, and captured there
        assert rows(c, "SELECT * FROM m.t") == []
        assert rows(c, "SELECT * FROM m.st") == [(1, 1)]
        c.execute("REFRESH STREAM TABLE m.st")
        assert rows(c, "SELECT * FROM m.st") == []
        for name in own:
            c.execute(f"DROP VIEW IF EXISTS {name} CASCADE")
        with pytest.raises(psycopg.Error):
            c.execute("INSERT INTO m.t VALUES (2, 2); REFRESH STREAM TABLE m.st FULL")
        assert rows(c, "SELECT * FROM m.st") == []  # what it had
        c.execute("INSERT INTO m.t VALUES (3, 3)")  # her writes are not held up
        a.execute("INSERT INTO alice_home.secrets VALUES ('plugh')")
        a.execute("REFRESH STREAM TABLE alice_home.st")
        assert rows(a, "SELECT word FROM alice_home.st ORDER BY 1") == [("plugh",), ("xyzzy",)]
        c.execute("DROP STREAM TABLE m.st")
        c.execute("CREATE STREAM TABLE m.st WITH (schedule = '1h') AS SELECT id, v FROM m.t")
        assert one(c, "SELECT count(*) FROM m.st") > 0


def test_run_is_closed(stage):
    """pgtrickle.run executes nothing without a valid mac, and one mac is good for one statement."""
    with stage.as_("mallory") as c, stage.root() as su:
        runs = rows(su, "SELECT p.oid::regprocedure::text, pronargs FROM pg_proc p WHERE pronamespace = to_regnamespace('pgtrickle')"
                        " AND proname IN ('run', 'run_row')")
        assert runs, "pgtrickle.run is gone: this test must follow what replaced it"
        for name, n in runs:
            function = name.split("(")[0]
            for mac in ("''", "NULL", "repeat('0', 64)", "repeat('f', 64)"):
                args = ["'CREATE TABLE public.pwned ()'"] + ["''"] * (n - 2) + [mac]
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    c.execute(f"SELECT {function}({', '.join(args)})")
        assert one(su, "SELECT to_regclass('public.pwned')") is None


def test_macs_are_not_reusable(stage):
    """What weir sends to pgtrickle.run is seen by no one: not in pg_stat_activity, not in an error."""
    with stage.as_("mallory") as c, stage.root() as su:
        c.execute("BEGIN; CREATE STREAM TABLE m.st WITH (schedule = '1h') AS SELECT id, v FROM m.t; COMMIT")
        try:
            mac = one(su, "SELECT secret::text FROM pgtrickle_data.secret")
        except psycopg.Error:
            mac = None
        activity = str(rows(su, "SELECT query FROM pg_stat_activity WHERE datname = current_database()"))
        if mac:
            assert mac not in activity
        assert not __import__("re").search(r"\b[0-9a-f]{64}\b", activity), "a mac shows in pg_stat_activity"


@pytest.mark.parametrize("through", ["facade", "column"])
def test_revoked_right_on_a_facade(stage, through):
    """With the right to read another's facade goes that to its storage, and it comes back with it."""
    with stage.as_("alice") as a, stage.as_("mallory") as m, stage.root() as su:
        a.execute("CREATE TABLE alice_home.t (id int PRIMARY KEY, word text); INSERT INTO alice_home.t VALUES (1, 'xyzzy');"
                  "GRANT USAGE ON SCHEMA alice_home TO mallory")
        a.execute("CREATE STREAM TABLE alice_home.st WITH (schedule = '1h') AS SELECT id, word FROM alice_home.t")
        right = {"facade": "SELECT ON alice_home.st", "column": "SELECT (word) ON alice_home.st"}[through]
        a.execute(f"GRANT {right} TO mallory")
        # Her function gives her the right to name what is in weir's schema.
        m.execute("CREATE STREAM TABLE m.st WITH (schedule = '1h') AS SELECT m.evil(id) AS e FROM m.t")
        m.execute("CREATE STREAM TABLE m.whole WITH (schedule = '1h', refresh_mode = 'FULL') AS SELECT DISTINCT word FROM alice_home.st")
        storage = one(su, "SELECT storage::regclass::text FROM pgtrickle_data.stream_tables WHERE facade = 'alice_home.st'::regclass")
        readable = f"SELECT has_any_column_privilege('mallory', '{storage}', 'SELECT')"
        assert not one(su, readable), "a FULL refresh has no need of it"
        m.execute("CREATE STREAM TABLE m.copy WITH (schedule = '1h') AS SELECT word FROM alice_home.st")
        assert rows(m, f"SELECT word FROM {storage}") == [("xyzzy",)]
        a.execute(f"REVOKE {right} FROM mallory")
        wait_until(lambda: not one(su, readable), 15, what="housekeeping")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            m.execute(f"SELECT word FROM {storage}")
        a.execute("UPDATE alice_home.t SET word = 'plugh'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            m.execute("REFRESH STREAM TABLE m.copy")
        a.execute(f"GRANT {right} TO mallory")
        wait_until(lambda: one(su, readable), 15, what="housekeeping")
        m.execute("REFRESH STREAM TABLE m.copy, m.whole")
        assert rows(m, "SELECT word FROM m.copy UNION ALL SELECT word FROM m.whole") == [("plugh",)] * 2
        m.execute("DROP STREAM TABLE m.copy")
        wait_until(lambda: not one(su, readable), 15, what="housekeeping")


FORGED = """DO $d$ BEGIN RAISE INFO USING ERRCODE = 'WR001', MESSAGE = 'refresh', DETAIL = E'full=true\\nid=%d\\n'; END $d$"""


@pytest.mark.parametrize("how", ["simple", "extended", "beside our own", "in a block"])
def test_forged_refresh(stage, how):
    """A signal that a client raises by itself gives it no right to refresh."""
    with stage.as_("alice") as a, stage.as_("mallory") as m, stage.root() as su:
        a.execute("CREATE STREAM TABLE alice_home.hers WITH (schedule = '1h') AS SELECT word FROM alice_home.secrets")
        m.execute("CREATE STREAM TABLE m.mine WITH (schedule = '1h') AS SELECT id, v FROM m.t")
        m.execute("CREATE FUNCTION m.forge(i int) RETURNS void LANGUAGE plpgsql AS $f$ BEGIN RAISE INFO"
                  " USING ERRCODE = 'WR001', MESSAGE = 'refresh', DETAIL = E'full=true\\nid=' || i || E'\\n'; END $f$")
        a.execute("INSERT INTO alice_home.secrets VALUES ('fresh')")
        m.execute("INSERT INTO m.t VALUES (7, 7)")
        hers, mine = (one(su, "SELECT id FROM pgtrickle_data.stream_tables WHERE facade = %s::regclass", [n])
                      for n in ("alice_home.hers", "m.mine"))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="owner of stream table hers"):
            if how == "simple":
                m.execute(FORGED % hers)
            elif how == "extended":
                m.execute("SELECT pgtrickle.refresh_stream_table('m.mine'), m.forge(%s::int)", [hers])
            elif how == "beside our own":
                m.execute((FORGED % hers) + "; REFRESH STREAM TABLE m.mine")
            else:
                m.execute("BEGIN")
                m.execute(FORGED % hers)
        m.execute("ROLLBACK")
        assert rows(su, "SELECT word FROM alice_home.hers WHERE word = 'fresh'") == []
        m.execute(FORGED % mine)
        assert rows(m, "SELECT v FROM m.mine WHERE id = 7") == [(7,)]
        a.execute("REFRESH STREAM TABLE alice_home.hers")
        assert rows(su, "SELECT word FROM alice_home.hers WHERE word = 'fresh'") == [("fresh",)]
