"""One consistent copy of a store as a single file, made while others write, and put back into an empty store."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, func, inspect, make_url, select
from sqlalchemy.engine import URL

from analytics.core.access import ROOT, Scope
from analytics.core.errors import DomainError
from data.store import migration
from data.store.engine import Store, open_store
from data.store.records import Build, Load
from data.store.repositories import Builds, Loads

_REVISIONS = "alembic_version"


@dataclass(frozen=True, slots=True)
class StoreCopy:
    """What the copy holds: kind of store, revision of its schema, rows per table, and what its readers will ask for."""

    dialect: str
    revision: str
    counts: Mapping[str, int]
    loads: tuple[Load, ...]
    build: Build | None


def copy_store(store: Store, file: Path) -> StoreCopy:
    """Write one snapshot of ``store`` to ``file``: counts and copy are of the same moment, and no writer waits.

    Raises DomainError ``program_missing`` where PostgreSQL's pg_dump is not installed, ``store_copy_failed`` when it
    refuses.
    """
    with store.reading() as connection:
        counts = table_counts(connection)
        whole = Scope(frozenset({ROOT}))
        loads, build = tuple(Loads(connection, whole).all()), Builds(connection, whole).latest()
        if connection.dialect.name == "postgresql":
            snapshot = connection.execute(select(func.pg_export_snapshot())).scalar_one()
            wanted = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={file}"]
            _postgres("pg_dump", store.engine.url, wanted)
        else:
            with closing(sqlite3.connect(file)) as target:
                _driver(connection).backup(target)
        return StoreCopy(connection.dialect.name, migration.revision(connection) or "", counts, loads, build)


def put_store(url: str, dialect: str, file: Path) -> Store:
    """Make an empty store at ``url`` from a copy, in one step, and open it; nothing is migrated yet.

    Raises DomainError ``store_not_empty``, ``backup_other_store`` for a copy of the other kind of database,
    ``program_missing`` or ``store_copy_failed``.
    """
    store = open_store(url)
    if store.engine.dialect.name != dialect:
        raise DomainError("backup_other_store", copied=dialect, found=store.engine.dialect.name)
    require_empty(store)
    if dialect == "postgresql":
        wanted = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname="]
        _postgres("pg_restore", store.engine.url, [*wanted, str(file)])
        return store
    # The empty store was opened and may have left its file; one rename puts the copy in its place.
    store.close()
    place = Path(store.engine.url.database or "")
    beside = place.with_name(f"{place.name}.restoring")
    shutil.copyfile(file, beside)
    for left in (f"{place.name}-wal", f"{place.name}-shm"):
        place.with_name(left).unlink(missing_ok=True)
    beside.replace(place)
    return open_store(url)


def require_empty(store: Store) -> None:
    """Raise DomainError ``store_not_empty`` for a store that has tables."""
    with store.reading() as connection:
        if inspect(connection).get_table_names():
            raise DomainError("store_not_empty", store=store.engine.url.render_as_string())


def table_counts(connection: Connection) -> dict[str, int]:
    """Rows of every table in the store, by name."""
    names = sorted(set(inspect(connection).get_table_names()) - {_REVISIONS})
    tables = [Table(name, MetaData()) for name in names]
    return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def require_sound(store: Store) -> None:
    """Raise DomainError ``store_damaged`` when SQLite finds its file inconsistent; PostgreSQL checks as it loads."""
    with store.reading() as connection:
        if connection.dialect.name == "sqlite":
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            if found != "ok":
                raise DomainError("store_damaged", store=store.engine.url.render_as_string(), found=str(found))


def _driver(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError(f"SQLite's own driver is needed, got {type(raw).__name__}")
    return raw


def _postgres(program: str, url: URL, arguments: Sequence[str]) -> None:
    """Run one of PostgreSQL's own programs; the password goes by environment, where other users cannot read it."""
    found = shutil.which(program)
    if found is None:
        raise DomainError("program_missing", program=program, package="postgresql-client")
    bare = make_url(url.set(drivername="postgresql", password=None)).render_as_string()
    told = [argument if argument != "--dbname=" else f"--dbname={bare}" for argument in arguments]
    command = [found, *told] if any(word.startswith("--dbname=") for word in told) else [found, *told, bare]
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    ran = subprocess.run(command, capture_output=True, text=True, env=os.environ | secret, check=False)
    if ran.returncode:
        raise DomainError("store_copy_failed", program=program, said=ran.stderr.strip()[-500:])
