"""What a backup says of itself: enough to prove, file by file and row by row, that it came back whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from analytics.core.errors import DomainError

FORMAT = 1
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """``counts``: rows per table of the store; ``rows``: rows per table of the lake; ``files``: path → SHA-256.

    ``made_at`` is UTC in ISO 8601, ``dialect`` and ``revision`` are those of the store.
    """

    made_at: str
    dialect: str
    revision: str
    build: str | None
    counts: Mapping[str, int]
    rows: Mapping[str, int]
    files: Mapping[str, str]
    bytes: int
    format: int = FORMAT


def write_manifest(folder: Path, manifest: Manifest) -> str:
    """Write the manifest into ``folder``; returns its own SHA-256."""
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup; raises DomainError ``backup_unreadable`` or ``backup_newer``."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if told["format"] > FORMAT:
            raise DomainError("backup_newer", folder=str(folder))
        return Manifest(**told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DomainError("backup_unreadable", folder=str(folder)) from error


def require_whole(folder: Path, manifest: Manifest) -> None:
    """Raise DomainError ``backup_damaged`` naming the first file that is missing or not what was written."""
    for name, digest in manifest.files.items():
        file = folder / name
        if not file.is_file():
            raise DomainError("backup_damaged", file=name)
        with file.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != digest:
                raise DomainError("backup_damaged", file=name)
