"""Fixtures: one PostgreSQL for a file, a fresh database and a fresh weir for each test."""

import itertools
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import Postgres, Weir  # noqa: E402

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def pg():
    with Postgres(int(os.environ.get("WEIR_FAULT_PG", "15"))) as server:
        yield server


@pytest.fixture
def db(pg):
    """Name of a fresh database, owned by the plain role app."""
    name = f"db{next(numbers)}"
    pg.database(name)
    yield name
    with pg.connect() as su:  # also a test: a database that goes away under weir
        su.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def weir(pg, db):
    with Weir(pg, dbname=db) as w:
        w.wait_installed(db)
        yield w


@pytest.fixture(scope="module")
def lasting_weir(pg):
    """One weir for a whole file, for tests that only talk to it."""
    with Weir(pg) as w:
        yield w


@pytest.fixture
def shared_weir(lasting_weir, db):
    if lasting_weir.process.poll() is not None:  # a test before this one killed it, and was told so
        lasting_weir.kill()
        lasting_weir.log.unlink()
        lasting_weir.start()
    lasting_weir.wait_installed(db)
    yield lasting_weir
    lasting_weir.check()


@pytest.fixture
def conn(weir, db):
    with weir.connect(db) as c:
        c.execute("SET statement_timeout = '30s'")
        yield c
