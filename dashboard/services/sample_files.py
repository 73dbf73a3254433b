"""The demo world as files alone: for measuring, or to load it into another system."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from analytics.core.errors import DomainError
from data.sample.world import write_sample


def sample_files(folder: Path, *, size: str, seed: int, last_day: date) -> Mapping[str, int]:
    """Write ``<table>.parquet`` into ``folder``; rows per table.

    Raises DomainError ``sample_folder_not_empty``, and those of :func:`write_sample`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DomainError("sample_folder_not_empty", path=str(folder))
    return write_sample(folder, seed=seed, last_day=last_day, size=size).rows
