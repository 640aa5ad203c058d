"""bench/run pooler: what the hop through weir costs, paired with pgbouncer.

Both stand in front of the same PostgreSQL with a pool of 8, and take turns: weir, pgbouncer, weir, pgbouncer... with
8 clients each time that send SELECT 1 as fast as they can. On a small machine the clients, the server and the pooler
compete for the processor, so transactions per second say little about the pooler. What counts is the processor time
that the pooler's process (all its threads) takes per query.
"""

import argparse
import contextlib
import os
import re
import resource
import signal
import shutil
import statistics
import subprocess
import sys
import time

from matrix import write_json
from private import BenchError, Private, connect, pg_bin

TARGET_CPU = 1.2  # times pgbouncer
TARGET_CALLS = 2.05  # receives, and sends, per query: two, and a little for logins
CLIENTS = POOL = 8
TICK_US = 1e6 / os.sysconf("SC_CLK_TCK")


def cpu_us(pid):
    """User and system time of a process with all its threads, in microseconds."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


def rss_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])


def pgbench(private, info, mode, *amount):
    """Runs SELECT 1 with all clients; returns the number of queries, and transactions per second."""
    words = dict(word.split("=") for word in info.split())
    script = private.path("select1.sql")
    if not os.path.exists(script):
        private.write("select1.sql", "SELECT 1;\n")
    run = subprocess.run(
        [pg_bin("pgbench"), "-n", "-h", words["host"], "-p", words["port"], "-U", words["user"]]
        + ["-M", mode, "-c", str(CLIENTS), "-j", "1", "-f", script, *amount, words["dbname"]],
        capture_output=True, text=True, check=False,
    )
    done = re.search(r"actually processed: (\d+)", run.stdout)
    failed = re.search(r"failed transactions: (\d+)", run.stdout)
    if run.returncode != 0 or not done or (failed and failed[1] != "0"):
        raise BenchError(f"pgbench -M {mode}: {(run.stderr or run.stdout).strip()[-500:]}")
    return int(done[1]), float(re.search(r"tps = ([\d.]+)", run.stdout)[1])


def pair(private, poolers, mode, rounds, seconds):
    """CPU microseconds per query of each pooler, by turns. {name: [us, ...]}, {name: [tps, ...]}"""
    us = {name: [] for name in poolers}
    tps = {name: [] for name in poolers}
    for name, (_, info) in poolers.items():
        pgbench(private, info, mode, "-T", "1")
    for turn in range(rounds):
        order = list(poolers.items())
        for name, (process, info) in order if turn % 2 == 0 else reversed(order):
            before = cpu_us(process.pid)
            queries, rate = pgbench(private, info, mode, "-T", str(seconds))
            us[name].append((cpu_us(process.pid) - before) / queries)
            tps[name].append(rate)
    return us, tps


def calls(private, process, info, mode):
    """Receives, sends, waits and all system calls per query, counted by strace; None where it cannot be used."""
    strace = shutil.which("strace")
    if not strace:
        return None
    counts = private.path("strace.txt")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(counts)
    tracer = subprocess.Popen([strace, "-f", "-c", "-o", counts, "-p", str(process.pid)], stderr=subprocess.PIPE)
    time.sleep(0.5)
    if tracer.poll() is not None:
        return None
    queries, _ = pgbench(private, info, mode, "-t", "2000")
    tracer.send_signal(signal.SIGINT)
    tracer.wait(20)
    found = {"receive": 0, "send": 0, "wait": 0, "all": 0}
    with open(counts, encoding="ascii") as f:
        for line in f:
            words = line.split()
            if len(words) < 5 or not words[0].replace(".", "").isdigit() or words[-1] == "total":
                continue
            number, name = int(words[3]), words[-1]
            found["all"] += number
            if name in ("read", "readv", "recvfrom", "recvmsg"):
                found["receive"] += number
            elif name in ("write", "writev", "sendto", "sendmsg"):
                found["send"] += number
            elif name in ("epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "futex"):
                found["wait"] += number
    return {kind: number / queries for kind, number in found.items()}


def idle_kib(start, clients):
    """KiB of resident memory per idle client of a pooler that was just started, and has served one before."""
    process, info = start()
    connect(info("bench")).finish()
    time.sleep(0.5)
    before = rss_kib(process.pid)
    conns = [connect(info("bench")) for _ in range(clients)]
    time.sleep(0.5)
    after = rss_kib(process.pid)
    for conn in conns:
        conn.finish()
    return process, (after - before) / clients


def parse_arguments(argv):
    p = argparse.ArgumentParser(prog="bench/run pooler", description="What the hop costs, paired with pgbouncer.")
    p.add_argument("--rounds", type=int, default=5, help="turns of each pooler (5)")
    p.add_argument("--seconds", type=int, default=4, help="seconds of a turn (4)")
    p.add_argument("--modes", type=lambda t: t.split(","), default=["simple", "extended"], help="of pgbench -M (simple,extended)")
    p.add_argument("--pool-modes", type=lambda t: t.split(","), default=["session", "transaction"], help="(session,transaction)")
    p.add_argument("--idle-clients", type=int, default=1000, help="for the memory of an idle client; 0 leaves it out (1000)")
    p.add_argument("--weir", default=os.environ.get("WEIR"), help="the program (build/weir)")
    p.add_argument("--keep", action="store_true", help="keep the logs")
    return p.parse_args(argv)


def verdict(ok, target):
    return f"{'PASS' if ok else 'FAIL'} ({target})"


def compare(private, o, pool_mode):
    """Both poolers in one pool mode: the rows of the report."""
    poolers = {}
    for name, (process, info) in {
        "weir": private.start_weir(o.weir, ["bench"], pool_mode, POOL),
        "pgbouncer": private.start_pgbouncer(["bench"], pool_mode, POOL),
    }.items():
        poolers[name] = (process, info("bench"))
    rows = []
    for mode in o.modes:
        us, tps = pair(private, poolers, mode, o.rounds, o.seconds)
        row = {"pool_mode": pool_mode, "mode": mode, "cpu_us": us, "tps": tps, "calls": {}}
        row["ratio"] = statistics.median(us["weir"]) / statistics.median(us["pgbouncer"])
        row["pass"] = row["ratio"] <= TARGET_CPU
        print(f"{pool_mode:11} {mode:8} | CPU ratio {row['ratio']:.2f}x  {verdict(row['pass'], f'<= {TARGET_CPU}x')}")
        for name, (process, info) in poolers.items():
            count = row["calls"][name] = calls(private, process, info, mode)
            told = (
                "  per query: {receive:.2f} receives, {send:.2f} sends, {wait:.2f} waits, {all:.2f} calls".format(**count)
                if count else "  (no strace)"
            )
            if count and name == "weir":
                row["calls_pass"] = max(count["receive"], count["send"]) <= TARGET_CALLS
                told += "  " + verdict(row["calls_pass"], "2 and 2")
            spread = f"{min(us[name]):.1f} to {max(us[name]):.1f}"
            print(
                f"    {name:10} {statistics.median(us[name]):6.1f} us/query ({spread}), "
                f"{statistics.median(tps[name]):6.0f} tps{told}",
                flush=True,
            )
        rows.append(row)
    for process, _ in poolers.values():
        private.stop(process)
    return rows


def main(argv):
    o = parse_arguments(argv)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    report = {"clients": CLIENTS, "pool": POOL, "rows": [], "idle_kib": {}}
    with Private(o.keep) as private:
        private.start_postgres({"shared_buffers": "128MB"})
        private.create_database("bench")
        print(f"PostgreSQL {private.server_version()}, {os.cpu_count()} cores, SELECT 1, {CLIENTS} clients, pool of {POOL}, {o.rounds} turns of {o.seconds} s; medians\n")
        for pool_mode in o.pool_modes:
            report["rows"] += compare(private, o, pool_mode)
        if o.idle_clients:
            for name, start in (
                ("weir", lambda: private.start_weir(o.weir, ["bench"], "transaction", POOL)),
                ("pgbouncer", lambda: private.start_pgbouncer(["bench"], "transaction", POOL)),
            ):
                process, report["idle_kib"][name] = idle_kib(start, o.idle_clients)
                private.stop(process)
            told = ", ".join(f"{name} {kib:.1f} KiB" for name, kib in report["idle_kib"].items())
            print(f"\nmemory of an idle client ({o.idle_clients} of them): {told}")
    print(f"\n{write_json('pooler', report)}")
    return 0 if all(row["pass"] and row.get("calls_pass", True) for row in report["rows"]) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BenchError as e:
        sys.exit(f"bench: {e}")
