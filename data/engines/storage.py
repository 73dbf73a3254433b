"""What a disk refuses, whoever was writing, as one coded error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from deltalake.exceptions import DeltaError

from analytics.core.errors import DomainError
from data.engines.disk import disk_trouble


@contextmanager
def storage_of(home: Path) -> Iterator[None]:
    """Raises DomainError ``disk_full``, ``home_read_only`` or ``storage_failed`` for an error of the disk within the
    block.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, DomainError) and error.code != "store_unavailable":
            raise
        refused = refusal(error, home)
        if refused is None:
            raise
        raise refused from error


def refusal(error: Exception, home: Path) -> DomainError | None:
    """What to say of an error of the disk that holds ``home``; None for any other error."""
    known = disk_trouble(error, home)
    if known is not None or not isinstance(
        error, OSError | DeltaError | duckdb.IOException | duckdb.OutOfMemoryException
    ):
        return known
    return DomainError("storage_failed", home=str(home), reason=str(error).split("\n")[0])
