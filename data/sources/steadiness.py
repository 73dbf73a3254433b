"""Tells whether a file stayed the same while it was read."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

from analytics.core.errors import ContractViolation
from data.sources.inputs import Origin

_FRESH_SECONDS = 2.0
"""A file written less than this before we looked may be written again without its time of change telling: clocks of
file systems are that coarse."""


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it was when its reading began."""

    origin: Origin
    path: Path
    size: int
    changed: int
    digest: str
    fresh: bool

    def still(self) -> None:
        """Raise ContractViolation ``file_changed`` unless the file is the same as then."""
        try:
            now = self.path.stat()
        except OSError:
            now = None
        same = now is not None and (now.st_size, now.st_mtime_ns) == (self.size, self.changed)
        if not same or (self.fresh and file_digest(self.path) != self.digest):
            raise ContractViolation("file_changed", file=self.origin.label)


def look_at(origin: Origin, path: Path) -> Look:
    """Remember size, time of change and SHA-256 of a file; raises ContractViolation ``unreadable_file``."""
    try:
        before = path.stat()
        fresh = time.time() - before.st_mtime < _FRESH_SECONDS
        return Look(origin, path, before.st_size, before.st_mtime_ns, file_digest(path), fresh)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ContractViolation("unreadable_file", file=origin.label, reason=reason) from None


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
