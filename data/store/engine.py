"""Opens the store and hands out transactions that are safe across threads and processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, create_engine, event, func, make_url, select, table
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError

from analytics.core.errors import DomainError
from data.store import migration

BUSY_MILLISECONDS = 15_000
"""How long a writer waits for another one before it gives up (SQLite)."""

READING = "waterline_reading"
"""Execution option that marks a transaction as reading only."""


class StoreUnavailable(DomainError):
    """The database cannot be reached, is busy beyond patience, is full or broken."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. One per process is enough; it may be used from any thread."""

    engine: Engine

    @contextmanager
    def writing(self, *, commit: bool = True) -> Iterator[Connection]:
        """A transaction that may write; it commits at the end of the block and rolls back on any exception.

        With ``commit=False`` it rolls back at the end too, unless the caller committed it.
        """
        with _available(self.engine), self.engine.connect() as connection:
            transaction = connection.begin()
            try:
                yield connection
                if commit:
                    transaction.commit()
            except DBAPIError:
                # A commit that the database refused leaves its transaction open, and everybody else waiting.
                connection.invalidate()
                raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of the store; it waits for no writer and refuses to write."""
        with _available(self.engine), _reading_connection(self.engine) as connection, connection.begin():
            yield connection

    @contextmanager
    def named_lock(self, name: str, note: str) -> Iterator[NamedLock]:
        """A lock of PostgreSQL's that everybody who uses this database sees, with a note about its holder.

        It ends with its connection, so also when its holder dies. Not taken yet.
        """
        with _available(self.engine), self.engine.connect() as pooled:
            connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
            try:
                yield NamedLock(connection, name, note)
            finally:
                # A lock of the session: back in the pool, the connection would go on holding it.
                connection.invalidate()

    def migrate(self) -> None:
        """Bring the schema to this release's; raises DomainError ``store_newer`` when it is ahead of it."""
        with _available(self.engine):
            migration.migrate(self.engine)

    @property
    def migrated(self) -> bool:
        """Whether the schema is exactly the one that this release knows."""
        with self.reading() as connection:
            return migration.revision(connection) == migration.head()

    def close(self) -> None:
        self.engine.dispose()


_NOTE = "waterline:"


@dataclass(frozen=True, slots=True)
class NamedLock:
    """See :meth:`Store.named_lock`."""

    connection: Connection
    name: str
    note: str

    def take(self) -> bool:
        """Whether nobody else holds it; it is ours from then on."""
        number = func.hashtextextended(self.name, 0)
        if not self.connection.execute(select(func.pg_try_advisory_lock(number))).scalar_one():
            return False
        self.connection.execute(select(func.set_config("application_name", _NOTE + self.note, False)))
        return True

    def holder(self) -> str:
        """The holder's note, as much of it as the database kept; empty when it has just gone."""
        locks = table("pg_locks", column("locktype"), column("pid"), column("granted"))
        people = table("pg_stat_activity", column("pid"), column("application_name"))
        held = (locks.c.locktype == "advisory") & locks.c.granted & (locks.c.pid == people.c.pid)
        notes = self.connection.execute(select(people.c.application_name).where(held)).scalars()
        return next((note for note in notes if note.startswith(_NOTE)), "").removeprefix(_NOTE)


def open_store(url: str) -> Store:
    """Open ``sqlite:///path`` or ``postgresql+psycopg://…``; the file's folder is made when it is missing.

    Raises DomainError ``store_url_unknown`` for any other address. Nothing is read or written yet.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DomainError("store_url_unknown", url="?") from error
    if parsed.drivername == "sqlite" and parsed.database and parsed.database != ":memory:":
        return Store(_sqlite(parsed, Path(parsed.database)))
    if parsed.drivername == "postgresql+psycopg":
        return Store(create_engine(parsed, pool_pre_ping=True))
    raise DomainError("store_url_unknown", url=parsed.render_as_string(hide_password=True))


@contextmanager
def _available(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        # Broken rules of the schema are errors of ours; these three are the database's own trouble.
        if type(error) in {OperationalError, InterfaceError, DatabaseError}:
            raise StoreUnavailable("store_unavailable", store=engine.url.render_as_string()) from error
        raise


def _reading_connection(engine: Engine) -> Connection:
    """A connection whose transactions read one snapshot and cannot write."""
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return connection.execution_options(**{READING: True})


def take_turns(connection: Connection, about: str) -> None:
    """Let transactions about the same thing pass one after the other, until they end.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(about, 0))))


def _sqlite(url: URL, file: Path) -> Engine:
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_MILLISECONDS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: it would open them late and deferred.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MILLISECONDS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = bool(connection.get_execution_options().get(READING))
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    # Taking the write lock at once makes check-then-write safe and cannot deadlock on an upgrade.
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
