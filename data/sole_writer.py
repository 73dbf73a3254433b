"""One writer of a home at a time: the kernel holds the lock, and lets go of it when its holder dies."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analytics.core.errors import DomainError
from data.store.engine import Store

LOCK = ".writer"
"""File in the home that is locked. It stays when nobody writes: a lock on a file that was replaced locks nothing."""

PATIENCE = timedelta(seconds=60)
"""How long a command waits for another one before it is refused, unless it is told otherwise."""

_LOOK = 0.1
_FIELDS = ("command", "pid", "since", "host")
"""What is told of a holder; the host stands last because PostgreSQL cuts a note off after 63 bytes."""

Waiting = Callable[[float], None]
"""Called with the seconds waited so far."""


def _in_silence(waited: float) -> None:
    del waited


@contextmanager
def sole_writer(
    home: Path,
    command: str,
    *,
    patience: timedelta = PATIENCE,
    store: Store | None = None,
    waiting: Waiting = _in_silence,
) -> Iterator[timedelta]:
    """Be the only one who writes lake, marts, loads and builds of ``home``; yields how long it had to wait.

    Holds between threads, processes and, where ``store`` is a PostgreSQL database that several machines share, between
    those. Raises DomainError ``home_busy`` that names who writes, once ``patience`` is over. Not to be nested.
    """
    home.mkdir(parents=True, exist_ok=True)
    started, waited = time.monotonic(), 0.0
    told = "|".join((command, str(os.getpid()), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", socket.gethostname()))

    def until_free(attempt: Callable[[], bool], holder: Callable[[], dict[str, str]]) -> None:
        nonlocal waited
        while not attempt():
            waited = time.monotonic() - started
            if waited >= patience.total_seconds():
                raise DomainError("home_busy", home=str(home), waited=round(waited), **holder())
            waiting(waited)
            time.sleep(_LOOK)

    with ExitStack() as held:
        file = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        held.callback(os.close, file)
        until_free(lambda: _locked(file), lambda: _holder(home / LOCK))
        if store is not None and store.engine.dialect.name == "postgresql":
            elsewhere = held.enter_context(store.named_lock("waterline writer", told))
            until_free(elsewhere.take, lambda: _read(elsewhere.holder()))
        _write(file, told)
        held.callback(_write, file, "")
        yield timedelta(seconds=waited)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(file: int, text: str) -> None:
    # Who writes is a courtesy to whoever waits: on a full disk the lock holds all the same.
    with suppress(OSError):
        os.ftruncate(file, 0)
        os.pwrite(file, text.encode(), 0)


def _holder(lock: Path) -> dict[str, str]:
    return _read(lock.read_text(encoding="utf-8"))


def _read(told: str) -> dict[str, str]:
    """Who holds the lock; question marks for one who has only just taken it."""
    parts = told.split("|") if told.count("|") == len(_FIELDS) - 1 else ["?"] * len(_FIELDS)
    return dict(zip(_FIELDS, parts, strict=True))
