"""From the first byte to the first ReadyForQuery."""

import socket
import struct
import time

import harness
import psycopg
import pytest
from conftest import SYNC, Wire, fields, message, query, startup, types

SSL = struct.pack("!II", 8, 80877103)
GSS = struct.pack("!II", 8, 80877104)


def userlist(w, text):
    f = w.dir / "userlist"
    f.write_text(text)
    f.chmod(0o644)
    w.settings["auth_file"] = str(f)


@pytest.fixture
def auth(weir):
    """A weir with an auth_file."""
    def start(auth_type, users, **settings):
        w = weir(auth_type="trust", **settings)
        w.stop()
        userlist(w, users)
        w.settings["auth_type"] = auth_type
        w.start()
        return w
    return start


def test_welcome(weir, pg):
    w = weir()
    with Wire(w.port) as a, Wire(pg.port) as b:
        seen, real = a.login(), b.login()
    assert seen[0] == ("R", struct.pack("!I", 0)) and types(seen)[-2:] == "KZ"
    params = {m[1].split(b"\0")[0]: m[1] for m in seen if m[0] == "S"}
    assert params == {m[1].split(b"\0")[0]: m[1] for m in real if m[0] == "S"}


def test_ssl_and_gss_are_declined(weir):
    w = weir()
    with Wire(w.port) as a:
        for packet in (GSS, SSL, GSS):
            a.send(packet)
            assert a.sock.recv(1) == b"N"
        assert types(a.login()).endswith("Z")


def test_startup_byte_by_byte(weir):
    w = weir()
    with Wire(w.port) as a:
        for byte in startup():
            a.send(bytes([byte]))
        assert types(a.until("Z", "E")).endswith("Z")
        for byte in query("SELECT 1"):
            a.send(bytes([byte]))
        assert types(a.until("Z")) == "TDCZ"


def test_startup_and_query_in_one_piece(weir):
    w = weir()
    with Wire(w.port) as a:
        a.send(startup(), query("SELECT 1"), query("SELECT 2"))
        assert types(a.until("Z", count=3)).endswith("ZTDCZTDCZ")


@pytest.mark.parametrize("packet, code", [
    (b"GET / HTTP/1.1\r\n\r\n", "08P01"),
    (struct.pack("!I", 4), "08P01"),
    (struct.pack("!II", 20000, 0x30000), "08P01"),
    (struct.pack("!II", 9, 0x20000) + b"\0", "0A000"),
    (struct.pack("!II", 9, 0x30000) + b"\0", "28000"),
    (startup()[:-1] + b"x", "08P01"),
])
def test_bad_startup(weir, packet, code):
    w = weir()
    with Wire(w.port) as a:
        a.send(packet)
        m = a.read()
        assert m[0] == "E" and fields(m[1])["C"] == code and fields(m[1])["S"] == "FATAL"
        assert a.read() is None
    with w.connect("shop") as c:
        assert harness.one(c, "SELECT 1") == 1


def test_newer_protocol_is_negotiated(weir):
    w = weir()
    with Wire(w.port) as a:
        seen = a.login(version=0x3270F, **{"_pq_.test": "1"})
        assert seen[0] == ("v", struct.pack("!II", 0x30000, 1) + b"_pq_.test\0")
        assert types(seen).endswith("Z")


def test_login_timeout(weir):
    w = weir(client_login_timeout="500ms")
    with Wire(w.port) as a:
        start = time.monotonic()
        a.send(b"\0")
        assert fields(a.read()[1])["M"] == "client_login_timeout" and a.read() is None
        assert time.monotonic() - start < 3


def test_connect_and_leave(weir):
    w = weir()
    for _ in range(20):
        socket.create_connection(("127.0.0.1", w.port)).close()
    with w.connect("shop") as c:
        assert harness.one(c, "SELECT 1") == 1


def test_unknown_database(weir, pg):
    w = weir(databases={"shop": f"host=127.0.0.1 port={pg.port}"})
    with Wire(w.port) as a:
        assert fields(a.login(database="nowhere")[0][1])["C"] == "3D000"


def test_the_servers_own_refusal_is_told(weir):
    w = weir()
    with Wire(w.port) as a:
        f = fields(a.login(database="nowhere")[0][1])
        assert (f["S"], f["C"], f["M"]) == ("FATAL", "3D000", 'database "nowhere" does not exist')
    with Wire(w.port) as a:
        assert fields(a.login(user="nobody_here")[0][1])["C"] == "28000"


def test_unreachable_server(weir):
    w = weir(databases={"shop": f"host=127.0.0.1 port={harness.free_port()}"})
    with Wire(w.port) as a:
        f = fields(a.login()[0][1])
        assert f["C"] == "08001" and "refused" in f["M"]


def test_max_client_conn(weir):
    w = weir(max_client_conn=2)
    with w.connect("shop"), w.connect("shop"):
        with Wire(w.port) as a:
            f = fields(a.login()[0][1])
            assert f["C"] == "53300" and "max_client_conn" in f["M"] and f["S"] == "FATAL"
    def again():
        try:
            w.connect("shop").close()
            return True
        except psycopg.OperationalError:
            return False
    harness.wait_until(again)


def test_unix_socket(weir):
    w = weir(unix_socket_dir="/tmp")
    with psycopg.connect(host="/tmp", port=w.port, dbname="shop", user="app") as c:
        assert harness.one(c, "SELECT 1") == 1


# ---- authentication ----

@pytest.mark.parametrize("auth_type", ["plain", "md5", "scram-sha-256"])
def test_passwords(auth, auth_type):
    w = auth(auth_type, '"app" "right ""one"""\n"other" ""\n')
    with w.connect("shop", password='right "one"') as c:
        assert harness.one(c, "SELECT current_user") == "app"
    said = set()
    for user, password in (("app", "wrong"), ("stranger", "x"), ("other", "x")):
        with pytest.raises(psycopg.OperationalError) as e:
            w.connect("shop", user=user, password=password)
        said.add(str(e.value).replace(user, "?").split("failed: ")[-1])
    assert len(said) == 1 and "password authentication failed" in said.pop()


def test_stored_md5(auth):
    import hashlib
    h = hashlib.md5(b"secretapp").hexdigest()
    w = auth("md5", f'"app" "md5{h}"\n')
    with w.connect("shop", password="secret") as c:
        assert harness.one(c, "SELECT 1") == 1
    with pytest.raises(psycopg.OperationalError):
        w.connect("shop", password="other")


def test_trust_needs_a_known_user(auth):
    w = auth("trust", '"app" "x"\n')
    w.connect("shop").close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        w.connect("shop", user="other")


def test_any_user_becomes_the_forced_one(weir, pg):
    w = weir(databases={"shop": f"host=127.0.0.1 port={pg.port} user=app"}, auth_type="any")
    with w.connect("shop", user="whoever") as c:
        assert harness.one(c, "SELECT current_user") == "app"


def test_garbage_instead_of_a_password(auth):
    w = auth("scram-sha-256", '"app" "x"\n')
    for packet in (query("SELECT 1"), message("p", b"SCRAM-SHA-256\0"), message("p", b"\xff" * 100),
                   message("p", b"SCRAM-SHA-256\0\0\0\0\5n,,xx"), message("p", b"OTHER\0\0\0\0\0"), SYNC):
        with Wire(w.port) as a:
            a.startup()
            assert a.read()[0] == "R"
            a.send(packet)
            seen = a.until("E")
            assert seen[-1] is not None and seen[-1][0] == "E" and a.read() is None


@pytest.fixture(scope="module")
def strict_pg():
    """A server that asks for passwords, each way."""
    with harness.Postgres(15) as pg:
        pg.database("shop", owner="app")
        with pg.connect() as c:
            c.execute("SET password_encryption = 'md5'; CREATE ROLE by_md5 LOGIN PASSWORD 'geheim'")
            c.execute("SET password_encryption = 'scram-sha-256'; CREATE ROLE by_scram LOGIN PASSWORD 'geheim'")
            c.execute("CREATE ROLE by_plain LOGIN PASSWORD 'geheim'")
            c.execute("CREATE ROLE keeper LOGIN SUPERUSER")
            pg.verifier = harness.one(c, "SELECT rolpassword FROM pg_authid WHERE rolname = 'by_scram'")
        (pg.data / "pg_hba.conf").write_text(
            "host all keeper all trust\nhost all by_md5 all md5\nhost all by_scram all scram-sha-256\n"
            "host all by_plain all password\nhost all postgres all trust\n")
        with pg.connect() as c:
            c.execute("SELECT pg_reload_conf()")
        time.sleep(0.3)
        yield pg


@pytest.mark.parametrize("user", ["by_md5", "by_scram", "by_plain"])
@pytest.mark.parametrize("place", ["entry", "auth_file"])
def test_passwords_towards_the_server(auth, strict_pg, user, place):
    secret = " user=%s password=geheim" % user if place == "entry" else ""
    w = auth("trust", f'"{user}" "geheim"\n"me" "x"\n', databases=None)
    w.stop()
    w.databases = {"shop": f"host=127.0.0.1 port={strict_pg.port}{secret}"}
    w.start()
    with w.connect("shop", user="me" if place == "entry" else user) as c:
        assert harness.one(c, "SELECT current_user") == user


def test_scram_passthrough(auth, strict_pg):
    """weir knows the verifier only: the key to log in with comes from the client's own login."""
    w = auth("scram-sha-256", f'"by_scram" "{strict_pg.verifier}"\n')
    w.stop()
    w.databases = {"shop": f"host=127.0.0.1 port={strict_pg.port}"}
    w.start()
    with w.connect("shop", user="by_scram", password="geheim") as c:
        assert harness.one(c, "SELECT current_user") == "by_scram"


def test_wrong_password_towards_the_server(weir, strict_pg):
    w = weir(databases={"shop": f"host=127.0.0.1 port={strict_pg.port} user=by_scram password=falsch"})
    with Wire(w.port) as a:
        f = fields(a.login()[0][1])
        assert f["C"] == "28P01" and "by_scram" in f["M"]


# ---- settings in the startup packet ----

@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_settings_are_applied(weir, mode):
    w = weir(pool_mode=mode, default_pool_size=1)
    odd = w.connect("shop", options="-c search_path=a,\"B\\ c\" -c extra_float_digits=-3 -c statement_timeout=77s",
                    application_name="it's me")
    if mode == "transaction":
        plain = w.connect("shop")
        for _ in range(3):
            assert harness.one(odd, "SHOW search_path") == 'a, "B c"' or harness.one(odd, "SHOW search_path") == 'a,"B c"'
            assert harness.one(odd, "SELECT 1::float8/3") == pytest.approx(0.333333333333, abs=1e-9)
            assert harness.one(odd, "SHOW statement_timeout") == "77s"
            assert harness.one(odd, "SHOW application_name") == "it's me"
            assert harness.one(plain, "SHOW search_path") == '"$user", public'
            assert harness.one(plain, "SHOW statement_timeout") == "0"
            assert harness.one(plain, "SHOW application_name") == ""
        plain.close()
    else:
        assert harness.one(odd, "SHOW statement_timeout") == "77s"
        assert harness.one(odd, "SHOW extra_float_digits") == "-3"
    odd.close()
    with w.connect("shop") as c:
        assert harness.one(c, "SHOW statement_timeout") == "0"


def test_unknown_setting_is_the_servers_error(weir):
    w = weir(pool_mode="transaction", default_pool_size=1)
    with Wire(w.port) as a:
        a.login(no_such_setting="1")
        a.send(query("SELECT 1"))
        m = a.until("E", "Z")[-1]
        assert fields(m[1])["C"] == "42704" and fields(m[1])["S"] == "FATAL"
        assert a.read() is None
    with w.connect("shop") as c:
        assert harness.one(c, "SELECT 1") == 1


def test_ignored_startup_parameters(weir):
    w = weir(ignore_startup_parameters="no_such_setting, options")
    with w.connect("shop", options="-c also_nonsense=1") as c:
        assert harness.one(c, "SELECT 1") == 1


def test_sessions_are_marked(weir, pg):
    w = weir()
    with w.connect("shop") as c:
        assert harness.one(c, "SHOW weir.session") == "on"
        assert harness.one(c, "SELECT current_setting('weir.session', true)") == "on"
