"""What an ingest did, file by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from data.sources.warned import Warned, merged


class Progress(Protocol):
    """Told about progress: ``stage`` is find, read, check or load; ``total`` is None while it is unknown."""

    def __call__(self, stage: str, done: int, total: int | None) -> None: ...


@dataclass(frozen=True, slots=True)
class FileReport:
    """One load. ``load_id`` of a file that was ``already_loaded`` is that of the earlier load, and nothing happened.

    ``tables``: loaded rows per contract table; ``codes``: rejected values per code; ``warnings``: what was loaded and
    looks wrong. ``replaces``: earlier loads of the same file, whose codes were not all known then.
    """

    file: str
    load_id: str
    already_loaded: bool
    rows_read: int
    rows_rejected: int
    rows_duplicate: int
    tables: Mapping[str, int]
    codes: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Warned, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """``absent``: inputs of the mapping without a file; ``ignored``: files that no input names."""

    source: str
    mapping: str
    files: tuple[FileReport, ...]
    absent: tuple[str, ...]
    ignored: tuple[str, ...]
    seconds: float

    @property
    def tables(self) -> dict[str, int]:
        """Rows loaded now, per contract table."""
        total: dict[str, int] = {}
        for file in self.files:
            for table, rows in () if file.already_loaded else file.tables.items():
                total[table] = total.get(table, 0) + rows
        return total

    @property
    def rows_rejected(self) -> int:
        return sum(file.rows_rejected for file in self.files if not file.already_loaded)

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """One per code, table and column, over all files that were loaded now."""
        return merged([one for file in self.files if not file.already_loaded for one in file.warnings])

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        warnings = [asdict(one) for one in self.warnings]
        return asdict(self) | {"tables": self.tables, "rows_rejected": self.rows_rejected, "warnings": warnings}
