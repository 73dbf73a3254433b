"""What a disk refuses, whoever was writing, as one coded error."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from deltalake.exceptions import DeltaError

from analytics.core.errors import DomainError

_FULL = ("no space left", "disk full", "disk quota exceeded")


@contextmanager
def storage_of(home: Path) -> Iterator[None]:
    """Raises DomainError ``disk_full`` or ``storage_failed`` for an error of the disk within the block."""
    try:
        yield
    except (OSError, DeltaError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = str(error).split("\n")[0]
        full = getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}
        if full or any(words in str(error).lower() for words in _FULL):
            raise DomainError("disk_full", home=str(home), reason=reason) from error
        raise DomainError("storage_failed", home=str(home), reason=reason) from error
