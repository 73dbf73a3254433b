"""Transactions, migrations and instants mean the same on both databases."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import OperationalError, StatementError

from analytics.core.errors import DomainError
from data.store.engine import Store, StoreUnavailable, open_store, take_turns
from data.store.entities import metadata, sign_in_failures
from tests.data.store.samples import NOW, SHANGHAI


def failure(at: datetime, who: str = "x") -> dict[str, object]:
    return {"kind": "account", "who": who, "at": at}


def test_migrations_make_exactly_the_declared_tables(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(empty_address: str) -> None:
    store = open_store(empty_address)
    before = store.migrated
    store.migrate()
    store.migrate()
    assert (before, store.migrated) == (False, True)
    store.close()


def test_processes_that_start_together_migrate_one_after_the_other(empty_address: str) -> None:
    stores = [open_store(empty_address) for _ in range(4)]
    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(Store.migrate, stores))
    assert all(store.migrated for store in stores)
    for store in stores:
        store.close()


def test_a_newer_schema_is_refused(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not store.migrated
    with pytest.raises(DomainError) as refused:
        store.migrate()
    assert refused.value.code == "store_newer"
    assert refused.value.facts["found"] == "9999"


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "not an address", "postgresql://u@h/d"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(DomainError, match="store_url_unknown"):
        open_store(url)


def test_a_password_in_a_refused_address_is_not_told() -> None:
    with pytest.raises(DomainError) as refused:
        open_store("mysql://someone:secret@host/db")
    assert "secret" not in str(refused.value)


def test_instants_come_back_in_utc(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(insert(sign_in_failures).values(failure(NOW.astimezone(SHANGHAI))))
    with store.reading() as connection:
        read = connection.scalars(select(sign_in_failures.c.at)).one()
    assert read == NOW
    assert read.tzinfo is UTC


def test_an_instant_without_zone_is_a_programming_error(store: Store) -> None:
    with pytest.raises(StatementError, match="time zone"), store.writing() as connection:
        connection.execute(insert(sign_in_failures).values(failure(NOW.replace(tzinfo=None))))


def test_an_exception_undoes_the_transaction(store: Store) -> None:
    def half_way() -> None:
        with store.writing() as connection:
            connection.execute(insert(sign_in_failures).values(failure(NOW)))
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        half_way()
    with store.reading() as connection:
        assert connection.execute(select(sign_in_failures)).all() == []


def test_a_reader_cannot_write(store: Store) -> None:
    trouble = "store_unavailable|read-only"
    with pytest.raises(Exception, match=trouble), store.reading() as connection:
        connection.execute(insert(sign_in_failures).values(failure(NOW)))
    with store.writing() as connection:
        connection.execute(insert(sign_in_failures).values(failure(NOW)))


def test_a_reader_waits_for_no_writer_and_sees_one_state(store: Store) -> None:
    with store.writing() as writer:
        writer.execute(insert(sign_in_failures).values(failure(NOW)))
        began = time.monotonic()
        with store.reading() as reader:
            assert reader.execute(select(sign_in_failures)).all() == []
        assert time.monotonic() - began < 2


def test_threads_that_read_then_write_lose_nothing(store: Store) -> None:
    """Check-then-write from many threads: with deferred transactions SQLite would refuse or lose some."""
    with store.writing() as connection:
        connection.execute(insert(sign_in_failures).values(failure(NOW, who="0")))

    def count_up() -> None:
        for _ in range(10):
            with store.writing() as connection:
                take_turns(connection, "the counter")
                seen = int(connection.scalars(select(sign_in_failures.c.who)).one())
                connection.execute(update(sign_in_failures).values(who=str(seen + 1)))

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        assert connection.scalars(select(sign_in_failures.c.who)).one() == "80"


def test_sqlite_keeps_its_promises(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'new folder' / 'store.db'}")
    with store.engine.connect() as connection:
        told = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")}  # fmt: skip
    assert told == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 15_000}
    store.close()


def test_a_store_out_of_reach_says_so(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"this is no database, however long one looks at it" * 100)
    for url in (f"sqlite:///{tmp_path / 'store.db'}", "postgresql+psycopg://nobody:secret@127.0.0.1:9/none"):
        store = open_store(url)
        with pytest.raises(StoreUnavailable) as told, store.reading() as connection:
            connection.execute(select(sign_in_failures))
        assert told.value.code == "store_unavailable"
        assert "secret" not in str(told.value)
        store.close()


def test_a_commit_that_the_database_refuses_keeps_nobody_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_given: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as disk:
        disk.setattr(DefaultDialect, "do_commit", refused)
        with pytest.raises(StoreUnavailable), store.writing() as connection:
            connection.execute(insert(sign_in_failures).values(failure(NOW, "refused")))
    other = open_store(store.engine.url.render_as_string(hide_password=False))
    with other.writing() as connection:
        connection.execute(insert(sign_in_failures).values(failure(NOW, "next")))
    with other.reading() as connection:
        assert connection.execute(select(sign_in_failures.c.who)).scalars().all() == ["next"]
    other.close()
