#!/usr/bin/python3
"""Nexmark's queries as stream tables, exact after every round of inserts, updates and deletes.

    run.py [--rounds 6] [--size 1] [--mode DIFFERENTIAL|AUTO|FULL] [--filter REGEX] [--pg 15] [--seed 1] [--keep]
"""

import argparse
import datetime
import pathlib
import random
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import Postgres, Weir  # noqa: E402
from rounds import Rounds, sql_parts  # noqa: E402

START = datetime.datetime(2024, 1, 1)
STATES = ["OR", "ID", "CA", "WA", "NY", None]
CHANNELS = ["apple", "Google", "facebook", "baidu", "channel-17", "channel-42", None]
CATEGORIES = {10: "books", 11: "toys", 12: "maps", 13: "clocks", 14: "coins"}
TABLES = ("person", "auction", "bid")


class House:
    """The auction house: makes rows as its clock goes on."""

    def __init__(self, rng, size):
        self.r, self.size = rng, size
        self.now = START
        self.next = {"person": 1, "auction": 1}

    def moment(self, spread=3600):
        """A time around now; to half minutes, so that some are equal."""
        return self.now + datetime.timedelta(seconds=self.r.randrange(-spread, spread) // 30 * 30)

    def key(self, table):
        self.next[table] += 1
        return self.next[table] - 1

    def some(self, table):
        """An existing key, mostly a young one; a deleted one now and then, which the statements must survive."""
        last = self.next[table] - 1
        return max(1, last - int(self.r.expovariate(3 / last))) if self.r.random() < 0.8 else self.r.randint(1, last)

    def person(self):
        key = self.key("person")
        return (key, f"person {key % 50}", self.r.choice([f"p{key}@example.org", None]), self.r.choice(["Salem", "Boise", "Reno"]),
                self.r.choice(STATES), self.moment())

    def auction(self):
        begin = self.moment()
        return (self.key("auction"), self.r.choice(["atlas", "globe", "ship", "doll"]), self.r.randrange(100),
                self.r.choice([None, self.r.randrange(3000)]), begin, begin + datetime.timedelta(minutes=self.r.randrange(5, 600)),
                self.some("person"), self.r.choice([*CATEGORIES, 10, None]))

    def bid(self):
        url = "https://www.example.org/" + "/".join(self.r.choice(["item", "ccc", "auction", "x"]) for _ in range(self.r.randint(1, 3)))
        if self.r.random() < 0.4:
            url += f"/index?channel_id={self.r.randrange(1000)}"
        return (self.some("auction"), self.r.choice([None, *[self.some("person")] * 9]), int(self.r.lognormvariate(6.5, 1.2)) + 1,
                self.r.choice(CHANNELS), self.r.choice([None, url, url, url]), self.moment())

    def insert(self, conn, table, many):
        """Through a staging table, so that rows that name what is gone do not come. Some bids come twice."""
        made = [getattr(self, table)() for _ in range(many * self.size)]
        if table == "bid":
            made += self.r.sample(made, len(made) // 20)
        conn.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS new_{table} AS TABLE {table} WITH NO DATA; TRUNCATE new_{table}")
        with conn.cursor() as cur, cur.copy(f"COPY new_{table} FROM STDIN") as copy:
            for row in made:
                copy.write_row(row)
        exists = {"person": "true",
                  "auction": "EXISTS (SELECT FROM person p WHERE p.id = seller) AND (category IS NULL OR category IN (SELECT id FROM category))",
                  "bid": "EXISTS (SELECT FROM auction a WHERE a.id = n.auction) AND (bidder IS NULL OR EXISTS (SELECT FROM person p WHERE p.id = bidder))"}
        conn.execute(f"INSERT INTO {table} SELECT * FROM new_{table} n WHERE {exists[table]}")

    def changes(self):
        """Updates and deletes of this round, each one statement."""
        r, person, auction = self.r, self.some("person"), self.some("auction")
        pool = [
            f"UPDATE person SET state = '{r.choice(STATES[:5])}', city = 'Salem' WHERE id % 17 = {r.randrange(17)}",
            f"UPDATE person SET date_time = date_time + interval '1 hour', name = name || '*' WHERE id % 31 = {r.randrange(31)}",
            f"DELETE FROM person WHERE id IN ({person}, {r.randint(1, 40)})",  # with their auctions, and these with their bids
            f"DELETE FROM person WHERE id NOT IN (SELECT seller FROM auction) AND id % 13 = {r.randrange(13)}",
            f"UPDATE auction SET category = {r.choice(['NULL', '10', '12'])}, reserve = 500 WHERE id % 19 = {r.randrange(19)}",
            f"UPDATE auction SET expires = expires + interval '{r.choice([-1, 2])} hours' WHERE id % 11 = {r.randrange(11)}",
            f"UPDATE auction SET seller = (SELECT max(id) FROM person), item_name = 'ship' WHERE id % 37 = {r.randrange(37)}",
            f"DELETE FROM auction WHERE id = {auction}",
            f"UPDATE bid SET price = price + {r.randrange(1, 2000)} WHERE auction % 23 = {r.randrange(23)} AND price % 3 = 0",
            f"UPDATE bid SET channel = 'Apple', url = NULL WHERE price % 29 = {r.randrange(29)}",
            f"UPDATE bid SET auction = {auction}, bidder = NULL WHERE price % 61 = {r.randrange(61)} AND EXISTS (SELECT FROM auction WHERE id = {auction})",
            f"UPDATE bid SET date_time = date_time - interval '7 minutes' WHERE auction % 41 = {r.randrange(41)}",
            f"DELETE FROM bid WHERE price % 37 = {r.randrange(37)}",
            "DELETE FROM bid WHERE ctid IN (SELECT max(ctid) FROM bid GROUP BY auction, bidder, price, date_time HAVING count(*) > 1)",
            "DELETE FROM bid WHERE price = (SELECT max(price) FROM bid)",
            f"UPDATE category SET name = name || '!' WHERE id = {r.choice(list(CATEGORIES))}",
            f"UPDATE category SET id = id + 100 WHERE id = {r.choice([11, 13])}",
        ]
        return r.sample(pool, 8)

    def go(self, conn):
        """One round: some of it in one transaction, some of it taken back."""
        self.now += datetime.timedelta(hours=2)
        for table, many in zip(TABLES, (15, 25, 150)):
            self.insert(conn, table, many)
        statements = self.changes()
        with conn.transaction():
            for sql in statements[:4]:
                conn.execute(sql)
        with conn.transaction(force_rollback=True):
            conn.execute(statements[4])
        for sql in statements[5:]:
            conn.execute(sql)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--rounds", type=int, default=6)
    p.add_argument("--size", type=int, default=1, help="times as many rows")
    p.add_argument("--mode", choices=["DIFFERENTIAL", "AUTO", "FULL"], default="DIFFERENTIAL", help="DIFFERENTIAL: AUTO for queries that are refused")
    p.add_argument("--filter", default="", help="only queries whose name matches")
    p.add_argument("--pg", type=int, default=15)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--keep", action="store_true")
    args = p.parse_args()
    queries = {name: sql for name, sql in sql_parts(HERE / "queries.sql").items() if re.search(args.filter, name)}
    house = House(random.Random(args.seed), args.size)
    with Postgres(args.pg, keep=args.keep) as pg:
        pg.database("nexmark")
        with Weir(pg, dbname="nexmark") as weir:
            weir.wait_installed("nexmark")
            with weir.connect("nexmark") as conn, weir.connect("nexmark") as writer:
                writer.execute((HERE / "schema.sql").read_text(encoding="utf-8"))
                writer.cursor().executemany("INSERT INTO category VALUES (%s, %s)", list(CATEGORIES.items()))
                for _ in range(20):
                    house.now += datetime.timedelta(hours=2)
                    for table, many in zip(TABLES, (10, 20, 120)):
                        house.insert(writer, table, many)
                writer.execute("ANALYZE")
                rounds = Rounds(conn, queries, args.mode)
                rounds.create()
                for _ in range(args.rounds):
                    house.go(writer)
                    rounds.after()
                ok = rounds.finish()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
