"""The configuration file: what is accepted, and how mistakes are told."""

import subprocess

import harness
import pytest


def check(tmp_path, text, name="weir.ini"):
    f = tmp_path / name
    f.write_text(text)
    p = subprocess.run([str(harness.weir_binary()), "--check", str(f)], capture_output=True, text=True, timeout=20)
    return p.returncode, p.stdout, p.stderr


MINIMAL = "[databases]\n* = host=127.0.0.1\n[weir]\n"


def test_minimal(tmp_path):
    assert check(tmp_path, MINIMAL)[0] == 0


def test_shipped_files_are_fine():
    for name in ("weir.ini", "minimal.ini"):
        f = harness.ROOT / "conf" / name
        p = subprocess.run([str(harness.weir_binary()), "--check", str(f)], capture_output=True, text=True, timeout=20)
        assert p.returncode == 0, p.stderr


def test_shipped_file_names_every_option():
    out = subprocess.run([str(harness.weir_binary()), "--help"], capture_output=True, text=True, timeout=20).stdout
    section = out.split("Options of section [weir]")[1].split("Section [databases]")[0]
    names = [line.split()[0] for line in section.splitlines() if line.startswith("  ")]
    assert "pool_mode" in names
    text = (harness.ROOT / "conf" / "weir.ini").read_text()
    assert [n for n in names if f"{n} =" not in text] == []


def test_existing_pgbouncer_ini(tmp_path):
    code, _, err = check(tmp_path, """;; comment
[databases]
forcedb = host=localhost port=300 user=baz password='it''s me' client_encoding=UNICODE datestyle=ISO connect_query='SELECT 1'
"odd name" = dbname=x
[users]
user1 = max_user_connections=10 pool_mode=transaction
[pgbouncer]
logfile =
listen_addr = localhost
listen_port = 6432
client_tls_sslmode = prefer
admin_users = user2, someadmin
server_reset_query = DISCARD ALL
server_check_delay = 30
max_client_conn = 100
tcp_keepidle = 3
""")
    assert code == 0, err
    for name in ("client_tls_sslmode", "admin_users", "tcp_keepidle", "connect_query", "max_user_connections"):
        assert name in err
    assert "server_check_delay" not in err


@pytest.mark.parametrize("text, expected", [
    (MINIMAL + "pool_mod = session\n", ['weir.ini:4:', 'unknown option "pool_mod"', 'did you mean "pool_mode"?']),
    (MINIMAL + "nonsense_here = 1\n", ["weir.ini:4:", "--help"]),
    (MINIMAL + "pool_mode = statement\n", ["weir.ini:4:", "statement pooling is not supported yet"]),
    (MINIMAL + "pool_mode = sesion\n", ["session, transaction"]),
    (MINIMAL + "listen_port = 70000\n", ["whole number from 1 to 65535"]),
    (MINIMAL + "query_wait_timeout = soon\n", ["500ms", "1min"]),
    (MINIMAL + "stream_tables = perhaps\n", ["neither on nor off"]),
    (MINIMAL + "auth_type = scram-sha-256\n", ["auth_file"]),
    (MINIMAL + "auth_type = ldap\n", ["not supported yet"]),
    ("[databases]\nx = hots=localhost\n[weir]\n", ["weir.ini:2:", 'did you mean "host"?', "[databases]"]),
    ("[databases]\nx = host='localhost\n[weir]\n", ["weir.ini:2:", "does not end"]),
    ("[database]\nx = host=localhost\n", ["unknown section [database]", "[databases]"]),
    ("[weir]\n", ["names no database"]),
    ("listen_port = 1\n", ["before any [section]"]),
    (MINIMAL + "no equals sign\n", ["weir.ini:4:", "name = value"]),
    (MINIMAL + "%include nothing.ini\n", ["weir.ini:4:", "nothing.ini"]),
])
def test_mistakes(tmp_path, text, expected):
    code, _, err = check(tmp_path, text)
    assert code == 1
    for part in expected:
        assert part in err


def test_include(tmp_path):
    (tmp_path / "more.ini").write_text("[weir]\npool_mode = nonsense\n")
    code, _, err = check(tmp_path, "[databases]\n* =\n%include more.ini\n")
    assert code == 1
    assert "more.ini:2:" in err and "weir.ini" not in err.replace("weir: ", "")


def test_include_of_itself(tmp_path):
    code, _, err = check(tmp_path, "%include weir.ini\n")
    assert code == 1 and "too deeply" in err


def test_bad_userlist(tmp_path):
    (tmp_path / "users").write_text('"unfinished\n')
    code, _, err = check(tmp_path, MINIMAL + f"auth_file = {tmp_path}/users\n")
    assert code == 1 and "users" in err


def test_units(tmp_path):
    assert check(tmp_path, MINIMAL + "query_wait_timeout = 500ms\nserver_lifetime = 1min\npkt_buf = 64kB\n"
                 "server_idle_timeout = 2.5\n")[0] == 0


def test_reload(weir):
    w = weir(max_client_conn=1)
    held = w.connect("shop")
    with pytest.raises(Exception, match="max_client_conn"):
        w.connect("shop")
    w.settings["max_client_conn"] = "10"
    w.write_ini()
    w.process.send_signal(1)
    harness.wait_until(lambda: "reloaded" in w.tail(), what="reload")
    with w.connect("shop") as c:
        assert harness.one(c, "SELECT 1") == 1
    assert harness.one(held, "SELECT 1") == 1
    held.close()


def test_reload_names_what_needs_a_restart(weir, pg):
    def reload():
        before = w.log.read_text()
        w.write_ini()
        w.process.send_signal(1)
        harness.wait_until(lambda: "reloaded" in w.log.read_text()[len(before):], what="reload")
        lines = [line for line in w.log.read_text()[len(before):].splitlines() if "restart_needed" in line]
        return [line.split("restart_needed ", 1)[1].split(":")[0] for line in lines]

    w = weir(workers=1, databases={"shop": f"host=127.0.0.1 port={pg.port}"})
    port = w.settings["listen_port"]
    assert reload() == []
    w.settings.update(listen_port=str(harness.free_port()), workers="2", poll_interval="7s", max_client_conn="33")
    w.databases["shop"] += " maintenance_user=postgres pool_size=3"
    wanted = ["option=listen_port", "option=workers", "option=poll_interval", "db=shop option=maintenance_user"]
    assert reload() == wanted
    assert reload() == wanted, "it is still so"
    w.settings.update(listen_port=port, workers="1", poll_interval=None)
    assert reload() == wanted[-1:]
    with w.connect("shop") as c:
        assert harness.one(c, "SELECT 1") == 1


def test_reload_of_a_bad_file_changes_nothing(weir):
    w = weir()
    good = w.ini.read_text()
    w.ini.write_text(good + "nonsense = 1\n")
    w.process.send_signal(1)
    harness.wait_until(lambda: "reload_failed" in w.tail(), what="refusal")
    assert "nonsense" in w.tail()
    with w.connect("shop") as c:
        assert harness.one(c, "SELECT 1") == 1


def test_reload_moves_a_database(weir, pg):
    pg.database("elsewhere")
    w = weir(databases={"shop": f"host=127.0.0.1 port={pg.port}"}, pool_mode="transaction")
    with w.connect("shop") as c:
        assert harness.one(c, "SELECT current_database()") == "shop"
        w.databases["shop"] = f"host=127.0.0.1 port={pg.port} dbname=elsewhere"
        w.write_ini()
        w.process.send_signal(1)
        harness.wait_until(lambda: "reloaded" in w.tail(), what="reload")
        harness.wait_until(lambda: harness.one(c, "SELECT current_database()") == "elsewhere", what="new server")


def test_pidfile_and_logfile(weir):
    w = weir()
    w.stop()
    w.settings.update(pidfile=f"{w.dir}/pid", logfile=f"{w.dir}/own.log")
    w.start()
    assert int((w.dir / "pid").read_text()) == w.process.pid
    # It listens before it says that it has started.
    harness.wait_until(lambda: "started" in (w.dir / "own.log").read_text(), what="the first lines of the log")
    w.stop()
    assert not (w.dir / "pid").exists()
