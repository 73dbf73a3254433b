"""Brings the schema of a store to the one that this release knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select

from analytics.core.errors import DomainError

_SCRIPTS = Path(__file__).parent / "migrations"
_TURN = 0x57A7E12
"""Advisory lock on PostgreSQL: two processes that start together migrate one after the other."""


def migrate(engine: Engine) -> None:
    """Upgrade to head in one transaction; raises DomainError ``store_newer`` for an unknown revision."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
        found = revision(connection)
        if found == head():
            return
        known = {script.revision for script in _scripts().walk_revisions()}
        if found is not None and found not in known:
            raise DomainError("store_newer", found=found, known=head())
        command.upgrade(_config(connection), "head")


def revision(connection: Connection) -> str | None:
    """Revision that the store is at; None when it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Revision that this release brings a store to."""
    return _scripts().get_current_head() or ""


@cache
def _scripts() -> ScriptDirectory:
    """Reading them takes longer than all else that a start does with a store; they stay as they are."""
    return ScriptDirectory(str(_SCRIPTS))


def _config(connection: Connection) -> Config:
    config = Config()
    # Config reads "%" as interpolation; an installation path may hold one.
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
