"""bench/run matrix: what a refresh costs, against the best that can be written by hand.

One cell is a scenario, a table size and a change rate. Every cycle changes src, then each way of bringing a result
up to date is timed once, in an order that rotates from cycle to cycle:

    differential   REFRESH STREAM TABLE, refresh_mode DIFFERENTIAL       through weir
    full           REFRESH STREAM TABLE, refresh_mode FULL               through weir
    matview        REFRESH MATERIALIZED VIEW                             through weir
    reload         TRUNCATE + INSERT ... SELECT into a table, one transaction   through weir
    hand           handwritten/*.sql over the same change rows, prepared, on a direct connection

All read the same src and dim. A hand-written way has its own change buffer, with its own triggers; what triggers
cost is outside the timing. See README.md.
"""

import argparse
import datetime
import json
import os
import re
import statistics
import sys

from private import BenchError, Private, connect, run, timed

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = ["scan", "filter", "aggregate", "join", "join_agg"]

# Shares of the changed rows, as in the benchmark whose scenarios these are.
MIX = {"update": 0.70, "delete": 0.15, "insert": 0.15}

# Differential may cost at most so many times the hand-written best, at 1 %.
TARGET = {10_000: 3.0, 100_000: 2.0}
TARGET_NO_CHANGE_MS = 1.0

POSTGRES = {
    "shared_buffers": "512MB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",  # a checkpoint would land on one way or another by chance
    "autovacuum": "off",  # the benchmark does its work, between cycles
}
AUTOVACUUM_PERCENT = 20  # autovacuum_vacuum_scale_factor: what must have changed before it comes

# --plans: every plan with its real rows, in the server's log.
PLANS = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_nested_statements": "on",
}

# What a hand that knows the planner would set for such a session; weir does the same in its refreshes.
HAND_SETTINGS = "SET random_page_cost = 1.1; SET jit = off; SET work_mem = '64MB'; SET synchronous_commit = off"


class Scenario:
    """A file of handwritten/: named parts, each one statement or a list of columns."""

    def __init__(self, name):
        self.name = name
        with open(os.path.join(HERE, "handwritten", f"{name}.sql"), encoding="utf-8") as f:
            pieces = re.split(r"^-- part: (.+)$", f.read(), flags=re.M)
        parts = {pieces[i].strip(): pieces[i + 1].strip() for i in range(1, len(pieces), 2)}
        self.query = parts["query"]
        self.state = parts.get("state", self.query)  # the query with the columns of its key
        self.key = parts["key"]
        self.columns = parts["columns"]
        self.apply = {n.split()[1]: sql for n, sql in parts.items() if n.startswith("apply ")}


def sql_file(name, **words):
    """A file of handwritten/ with its upper-case words replaced."""
    with open(os.path.join(HERE, "handwritten", name), encoding="utf-8") as f:
        text = f.read()
    return replace_words(text, **words)


def replace_words(text, **words):
    for word, value in words.items():
        text = re.sub(rf"\b{word}(?=\b|_)", value, text)
    return text


class Way:
    """One way of bringing a result up to date: a result to compare, a script to time."""

    def __init__(self, name, conn, script, result):
        self.name, self.conn, self.script, self.result = name, conn, script, result
        self.after = None  # (connection, script): cleaning up, not timed


class Cell:
    """A database with src and dim at one size, and every way set up for one scenario."""

    def __init__(self, scenario, rows, private, weir):
        self.scenario, self.rows = scenario, rows
        name = database(scenario.name, rows)
        self.admin = connect(private.direct("admin", name))
        self.direct = connect(private.direct("bench", name))
        self.front = connect(weir(name)) if weir else self.direct
        run(self.direct, sql_file("source.sql", ROWS=str(rows)))
        self.ways = []
        self._hand()
        self._plain()
        if weir:
            self._stream_tables()
        run(self.admin, "CHECKPOINT")

    def close(self):
        for conn in {self.admin, self.direct, self.front}:
            conn.finish()

    def _hand(self):
        s = self.scenario
        run(self.direct, "CREATE SCHEMA hand; " + HAND_SETTINGS)
        for how, apply in s.apply.items():
            result = f"hand.{s.name}_{how}"
            buffer = f"{result}_changes"
            run(self.direct, f"CREATE TABLE {result} WITH (fillfactor = 80) AS {s.state}")
            run(self.direct, f"ALTER TABLE {result} ADD PRIMARY KEY ({s.key})")
            run(self.direct, sql_file("common.sql", BUFFER=buffer, COLUMNS=s.columns, CAPTURE=f"hand_{how}"))
            pending = (
                f"(SELECT * FROM {buffer} WHERE NOT pg_visible_in_snapshot(xid, (SELECT snap FROM {buffer}_frontier)))"
                " pending"
            )
            run(self.direct, f"PREPARE hand_{how} AS " + replace_words(apply, RESULT=result, PENDING=pending))
            way = Way(
                f"hand_{how}",
                self.direct,
                f"BEGIN ISOLATION LEVEL REPEATABLE READ; EXECUTE hand_{how};"
                f" UPDATE {buffer}_frontier SET snap = pg_current_snapshot(); COMMIT",
                result,
            )
            way.after = (self.direct, f"TRUNCATE {buffer}")
            self.ways.append(way)

    def _plain(self):
        s = self.scenario
        run(self.direct, f"CREATE MATERIALIZED VIEW mv AS {s.state}")
        run(self.direct, f"CREATE UNIQUE INDEX ON mv ({s.key})")
        self.ways.append(Way("matview", self.front, "REFRESH MATERIALIZED VIEW mv", "mv"))
        run(self.direct, f"CREATE TABLE reloaded AS {s.state}; ALTER TABLE reloaded ADD PRIMARY KEY ({s.key})")
        script = f"BEGIN; TRUNCATE reloaded; INSERT INTO reloaded {s.state}; COMMIT"
        self.ways.append(Way("reload", self.front, script, "reloaded"))

    def _stream_tables(self):
        for mode in ("DIFFERENTIAL", "FULL"):
            name = f"st_{mode.lower()}"
            run(self.front, f"CREATE STREAM TABLE {name} WITH (schedule = '24h', refresh_mode = '{mode}') AS {self.scenario.query}")
            self.ways.append(Way(mode.lower(), self.front, f"REFRESH STREAM TABLE {name}", name))

    def change(self, rate):
        """One cycle's changes: three statements, each its own transaction."""
        n = self.rows * rate / 100
        picked = "SELECT id FROM src ORDER BY random() LIMIT {}"
        for sql in (
            f"UPDATE src SET amount = floor(random() * 10000) WHERE id IN ({picked.format(round(n * MIX['update']))})",
            f"DELETE FROM src WHERE id IN ({picked.format(round(n * MIX['delete']))})",
            "INSERT INTO src (region, category, amount, score)"
            " SELECT (ARRAY['north', 'south', 'east', 'west', 'central'])[i % 5 + 1],"
            " (ARRAY['A', 'B', 'C', 'D'])[i % 4 + 1], floor(random() * 10000), floor(random() * 100)"
            f" FROM generate_series(1, {round(n * MIX['insert'])}) i",
        ):
            run(self.admin, sql)

    def vacuum(self):
        """What autovacuum would do: the source and every result; a change buffer is emptied before it would come."""
        tables = run(
            self.admin,
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'm') AND (n.nspname IN ('public', 'hand') OR (n.nspname, left(c.relname, 3)) ="
            " ('pgtrickle_data', 'st_')) AND c.relname !~ '_changes'",
        )
        run(self.admin, "VACUUM (ANALYZE) " + ", ".join(t for (t,) in tables))

    def measure(self, rate, warmup, cycles):
        samples = {way.name: [] for way in self.ways}
        self.vacuum()
        changed = 0
        for cycle in range(warmup + cycles):
            if changed >= AUTOVACUUM_PERCENT:
                self.vacuum()
                changed = 0
            self.change(rate)
            changed += rate
            turn = cycle % len(self.ways)
            for way in self.ways[turn:] + self.ways[:turn]:
                ms = timed(way.conn, way.script)
                if cycle >= warmup:
                    samples[way.name].append(ms)
            for way in self.ways:
                if way.after:
                    run(*way.after)
        self.check()
        return samples

    def check(self):
        """Every result equals the query, as multisets."""
        for way in self.ways:
            query = self.scenario.query if way.result.startswith("st_") else self.scenario.state
            wrong = run(
                self.direct,
                f"SELECT 'missing: ' || d::text FROM (({query}) EXCEPT ALL SELECT * FROM {way.result}) d"
                f" UNION ALL SELECT 'wrong: ' || d::text FROM (SELECT * FROM {way.result} EXCEPT ALL ({query})) d",
            )
            if wrong:
                some = "; ".join(row for (row,) in wrong[:4])
                raise BenchError(f"{way.result} differs from its query in {len(wrong)} rows: {some}")

    def no_change(self, repeat=200):
        """Milliseconds of a refresh that finds nothing, and of SELECT 1 on the same road."""
        idle = [timed(self.front, "REFRESH STREAM TABLE st_differential") for _ in range(repeat)]
        hop = [timed(self.front, "SELECT 1") for _ in range(repeat)]
        return idle, hop


def median(values):
    return statistics.median(values) if values else None


def summarise(scenario, rows, rate, samples):
    """One cell of the report: medians and ratios."""
    ms = {name: median(values) for name, values in samples.items()}
    hand = {name: value for name, value in ms.items() if name.startswith("hand_")}
    best = min(hand, key=hand.get)
    cell = {"scenario": scenario, "rows": rows, "rate": rate, "ms": ms, "best": best, "best_ms": ms[best], "samples": samples}
    if "differential" in ms:
        cell["differential_to_best"] = ms["differential"] / ms[best]
        cell["full_to_differential"] = ms["full"] / ms["differential"]
        cell["reload_to_differential"] = ms["reload"] / ms["differential"]
        cell["matview_to_differential"] = ms["matview"] / ms["differential"]
        if rate == 1 and rows in TARGET:
            cell["target"] = TARGET[rows]
            cell["pass"] = cell["differential_to_best"] <= TARGET[rows]
    return cell


HEAD = f"{'scenario':10} {'rows':>7} {'rate':>5} | {'hand best':>9} {'by':16} {'differ.':>8} {'full':>8} {'matview':>8} {'reload':>8} | {'diff/best':>9} {'full/diff':>9} {'reload/diff':>11}"


def line(cell):
    ms = cell["ms"]
    number = lambda key: f"{ms[key]:8.2f}" if ms.get(key) is not None else f"{'-':>8}"
    ratio = lambda key, width: f"{cell[key]:{width - 1}.2f}x" if key in cell else f"{'-':>{width}}"
    verdict = "" if "pass" not in cell else f"  {'PASS' if cell['pass'] else 'FAIL'} (<= {cell['target']:g}x)"
    return (
        f"{cell['scenario']:10} {cell['rows']:7} {cell['rate']:4g}% | {cell['best_ms']:9.2f} {cell['best'][5:]:16}"
        f" {number('differential')} {number('full')} {number('matview')} {number('reload')} |"
        f" {ratio('differential_to_best', 9)} {ratio('full_to_differential', 9)} {ratio('reload_to_differential', 11)}{verdict}"
    )


def parse_arguments(argv):
    numbers = lambda kind: lambda text: [kind(x.replace("_", "").rstrip("%")) for x in text.split(",")]
    p = argparse.ArgumentParser(prog="bench/run matrix", description="What a refresh costs. Times are medians, in ms.")
    p.add_argument("--rows", type=numbers(int), default=[10_000, 100_000], help="table sizes (10000,100000)")
    p.add_argument("--rates", type=numbers(float), default=[1, 10, 50], help="changed rows per cycle in %% (1,10,50)")
    p.add_argument("--scenarios", type=lambda t: t.split(","), default=SCENARIOS, help=",".join(SCENARIOS))
    p.add_argument("--cycles", type=int, default=7, help="measured cycles (7)")
    p.add_argument("--warmup", type=int, default=2, help="cycles before them (2)")
    p.add_argument("--weir", default=os.environ.get("WEIR"), help="the program (build/weir)")
    p.add_argument("--no-weir", action="store_true", help="only what PostgreSQL does alone, on a direct connection")
    p.add_argument("--plans", action="store_true", help="log all plans (auto_explain) and keep the logs; makes times useless")
    p.add_argument("--keep", action="store_true", help="keep the logs")
    options = p.parse_args(argv)
    for name in options.scenarios:
        if name not in SCENARIOS:
            p.error(f"no scenario {name!r}; there are {', '.join(SCENARIOS)}")
    return options


def write_json(name, report):
    folder = os.path.join(HERE, "results")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{name}-{datetime.datetime.now():%Y%m%d-%H%M%S}.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(report, f, indent=1)
    return os.path.relpath(path)


def database(scenario, rows):
    return f"{scenario}_{rows}"


def measure_all(o, private, weir):
    """All cells, printed as they come. Returns (cells, no-change times, times of SELECT 1, failures)."""
    cells, idle, hop, failures = [], [], [], []
    for rows in o.rows:
        for name in o.scenarios:
            try:
                cell = Cell(Scenario(name), rows, private, weir)
                for rate in o.rates:
                    cells.append(summarise(name, rows, rate, cell.measure(rate, o.warmup, o.cycles)))
                    print(line(cells[-1]), flush=True)
                if weir:
                    times = cell.no_change()
                    idle += times[0]
                    hop += times[1]
                cell.close()
            except BenchError as e:
                failures.append(f"{name}, {rows} rows: {e}")
                print(f"{name:10} {rows:7}       | ERROR {e}", flush=True)
    return cells, idle, hop, failures


def summarise_no_change(idle, hop):
    report = {"median_ms": median(idle), "p95_ms": sorted(idle)[len(idle) * 95 // 100], "select_1_ms": median(hop)}
    report["pass"] = report["median_ms"] < TARGET_NO_CHANGE_MS
    return report


def main(argv):
    o = parse_arguments(argv)
    with Private(o.keep or o.plans) as private:
        private.start_postgres(POSTGRES | (PLANS if o.plans else {}))
        names = [database(scenario, rows) for rows in o.rows for scenario in o.scenarios]
        for name in names:
            private.create_database(name)
        weir = None if o.no_weir else private.start_weir(o.weir, names)[1]
        version = private.server_version()
        print(f"PostgreSQL {version}, {os.cpu_count()} cores, {o.cycles} cycles after {o.warmup}; median ms\n\n{HEAD}\n{'-' * len(HEAD)}")
        cells, idle, hop, failures = measure_all(o, private, weir)

    report = {"server": version, "cycles": o.cycles, "mix": MIX, "cells": cells, "failures": failures}
    ok = not failures and all(cell.get("pass", True) for cell in cells)
    if idle:
        none = report["no_change"] = summarise_no_change(idle, hop)
        ok = ok and none["pass"]
        print(
            f"\nno change: {none['median_ms']:.3f} ms (p95 {none['p95_ms']:.3f}; SELECT 1 takes"
            f" {none['select_1_ms']:.3f})  {'PASS' if none['pass'] else 'FAIL'} (< {TARGET_NO_CHANGE_MS:g} ms)"
        )
    print(f"\n{write_json('matrix', report)}")
    return 0 if ok else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BenchError as e:
        sys.exit(f"bench: {e}")
