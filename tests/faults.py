"""Calls that write, counted, and one of them failing or being the last thing that the process does."""

from __future__ import annotations

import errno
import io
import os
import shutil
import signal
import threading
from collections.abc import Callable
from typing import Any

import duckdb
from ibis.backends.duckdb import Backend
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import OperationalError

import data.lake.lake

__all__ = ["KILLS", "REFUSALS", "Faults"]
KILLS = ("killed before", "killed after")
REFUSALS = ("full", "broken")
"""No space left, and an error of the disk or the database."""

_CHANGES = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")


class Faults:
    """Counts what is written through; call number ``at`` ends as ``how`` says. For a process of its own: nothing is
    put back.
    """

    def __init__(self, at: int = 0, how: str = "") -> None:
        self._at = at
        self._how = how
        self._inside = False
        self.names: list[str] = []

    def install(self) -> None:
        full, broken = (OSError(code, os.strerror(code)) for code in (errno.ENOSPC, errno.EIO))
        for owner, name in ((os, "mkdir"), (os, "replace"), (os, "rename"), (shutil, "copyfile")):
            self._wrap(owner, name, (full, broken))
        self._wrap(io, "open", (full, broken), lambda *given, **named: set("wax+") & set(_mode(given, named)))
        self._wrap(data.lake.lake, "write_deltalake", (full, OSError("Generic LocalFileSystem error")))
        ducks = duckdb.IOException("No space left on device"), duckdb.IOException("IO Error: could not write")
        for name in ("create_table", "insert"):
            self._wrap(Backend, name, ducks)
        database = OperationalError("COMMIT", {}, Exception("database or disk is full"))
        self._wrap(DefaultDialect, "do_commit", (database, database))
        self._wrap(
            DefaultDialect,
            "do_execute",
            (database, database),
            lambda *given, **_: given[2].lstrip().startswith(_CHANGES),
        )

    def _wrap(
        self, owner: Any, name: str, errors: tuple[Exception, Exception], counts: Callable[..., Any] | None = None
    ) -> None:
        plain = getattr(owner, name)

        def wrapped(*given: Any, **named: Any) -> Any:
            # What a counted call calls is part of it; heartbeats of a thread come when they please.
            beside = threading.current_thread() is not threading.main_thread()
            if beside or self._inside or (counts is not None and not counts(*given, **named)):
                return plain(*given, **named)
            self._inside = True
            try:
                return self._called(name, errors, lambda: plain(*given, **named))
            finally:
                self._inside = False

        setattr(owner, name, wrapped)

    def _called(self, name: str, errors: tuple[Exception, Exception], call: Callable[[], Any]) -> Any:
        self.names.append(name)
        hit = len(self.names) == self._at
        if hit and self._how in REFUSALS:
            raise errors[REFUSALS.index(self._how)]
        if hit and self._how == KILLS[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return call()
        finally:
            # Also after a call that fails by itself, for instance because the folder is there already.
            if hit and self._how == KILLS[1]:
                os.kill(os.getpid(), signal.SIGKILL)


def _mode(given: tuple[Any, ...], named: dict[str, Any]) -> str:
    return str(given[1] if len(given) > 1 else named.get("mode", "r"))
