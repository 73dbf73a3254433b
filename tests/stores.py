"""Stores of the tests: SQLite files, and databases in a PostgreSQL cluster of their own.

Migrations run once in a process for each of the two; every store is a copy of what they made.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from data.store.engine import Store, open_store
from tests.postgres import postgres_cluster

BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    with postgres_cluster() as address:
        yield address


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema of this release and nothing in it."""
    file: Path = tmp_path_factory.mktemp("migrated") / "store.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_database(cluster: str) -> Iterator[str]:
    """Name of a database of the cluster with the schema of this release and nothing in it."""
    with _database(cluster, "template1") as address:
        _migrate(address)
        yield str(make_url(address).database)


@pytest.fixture(params=BOTH)
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a store in which nothing is, no schema either."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    with _database(request.getfixturevalue("cluster"), "template1") as address:
        yield address


@pytest.fixture(params=BOTH)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a migrated, empty store."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), tmp_path / "store.db")
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    template = request.getfixturevalue("migrated_database")
    with _database(request.getfixturevalue("cluster"), template) as address:
        yield address


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """A migrated, empty store."""
    opened = open_store(address)
    assert opened.migrated
    yield opened
    opened.close()


@contextmanager
def _database(cluster: str, template: str) -> Iterator[str]:
    """Address of a database of its own, gone afterwards."""
    whole, name = make_url(cluster), f"t{uuid4().hex}"
    administration = create_engine(whole, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield whole.set(database=name).render_as_string(hide_password=False)
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administration.dispose()


def _migrate(address: str) -> None:
    # Closed again: nobody may be connected to a database while it is copied.
    store = open_store(address)
    store.migrate()
    store.close()
