"""A disk that is full or cannot be written, whoever says so, as refusals that tell what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analytics.core.errors import DomainError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_FULL_WORDS = ("no space left", "file too large", "disk is full", "disk full", "disk quota exceeded")
_CLOSED_WORDS = (
    "read-only file system", "permission denied (os error", "readonly database", "unable to open database file",
)  # fmt: skip


@contextmanager
def disk_of(home: Path) -> Iterator[None]:
    """Raises DomainError ``disk_full`` or ``home_read_only`` where that is behind an error within the block."""
    try:
        yield
    except Exception as error:
        if isinstance(error, DomainError) and error.code != "store_unavailable":
            raise
        trouble = disk_trouble(error, home)
        if trouble is None:
            raise
        raise trouble from error


def disk_trouble(error: BaseException, home: Path) -> DomainError | None:
    """The refusal behind ``error``: DomainError ``disk_full`` or ``home_read_only``; None for any other trouble.

    Libraries hand the system's trouble on in words of their own, so words count where no number is left.
    """
    for one in _chain(error):
        number = one.errno if isinstance(one, OSError) else None
        words = str(one).casefold()
        if number in _FULL or any(said in words for said in _FULL_WORDS):
            return DomainError("disk_full", home=str(home), reason=_line(one))
        if number in _CLOSED or any(said in words for said in _CLOSED_WORDS):
            return DomainError("home_read_only", home=str(home), reason=_line(one))
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _line(error: BaseException) -> str:
    return str(error).split("\n")[0][:200]
