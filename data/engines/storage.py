"""What a disk refuses, whoever was writing, as one coded error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from deltalake.exceptions import DeltaError

from analytics.core.errors import DomainError
from data.engines.disk import disk_of


@contextmanager
def storage_of(home: Path) -> Iterator[None]:
    """Raises DomainError ``disk_full``, ``home_read_only`` or ``storage_failed`` for an error of the disk within the
    block.
    """
    try:
        with disk_of(home):
            yield
    except DomainError:
        raise
    except (OSError, DeltaError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = str(error).split("\n")[0]
        raise DomainError("storage_failed", home=str(home), reason=reason) from error
