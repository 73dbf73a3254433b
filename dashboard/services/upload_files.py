"""Files that came through the page: kept below the home until they are loaded, and swept when nobody came back."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from analytics.core.errors import DomainError
from data.sources.inputs import SUFFIXES

LARGEST_MEGABYTES = 100
"""Largest file that the page takes; the server holds it in memory while it arrives."""

KEPT = timedelta(hours=24)
"""How long files stay whose load did not succeed. They hold what the source holds, names and numbers of people too."""

_FORBIDDEN = set('/\\:*?"<>|')
_LONGEST = 200
"""Bytes of a file name; file systems take 255."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as a browser sent it."""

    name: str
    content: bytes = field(repr=False)


def safe_name(name: str, suffixes: Collection[str] = SUFFIXES) -> str:
    """``name`` without folders and without anything that a file system or a shell reads as more than a name.

    Raises DomainError ``upload_name_invalid`` when nothing is left, ``upload_kind_unknown`` for another suffix.

    >>> safe_name("..\\\\..\\\\订单 2026:03.CSV")
    '订单 2026_03.CSV'
    """
    base = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    clean = "".join("_" if letter in _FORBIDDEN else letter for letter in base if letter.isprintable()).strip(" .")
    stem, dot, suffix = clean.rpartition(".")
    if not stem.strip(" ._"):
        raise DomainError("upload_name_invalid", name=name[:80])
    if f".{suffix.lower()}" not in suffixes:
        raise DomainError("upload_kind_unknown", name=clean[:80], known=", ".join(suffixes))
    ending = f"{dot}{suffix}"
    room = _LONGEST - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").strip() + ending


def keep(folder: Path, files: Sequence[Upload]) -> None:
    """Write ``files`` into the new ``folder``, all or none; nobody but the server's account reads them.

    Raises DomainError ``upload_empty``, ``upload_twice``, ``upload_too_large``, ``upload_not_kept`` (a full disk
    or one that may not be written), and what :func:`safe_name` raises.
    """
    named = [(safe_name(one.name), one) for one in files]
    for name, one in named:
        if not one.content:
            raise DomainError("upload_empty", name=name)
        if len(one.content) > LARGEST_MEGABYTES << 20:
            raise DomainError("upload_too_large", name=name, largest=LARGEST_MEGABYTES)
        if sum(other.casefold() == name.casefold() for other, _ in named) > 1:
            raise DomainError("upload_twice", name=name)
    try:
        folder.mkdir(parents=True, mode=0o700)
        for name, one in named:
            _write(folder / name, one.content)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise DomainError("upload_not_kept", reason=error.strerror or str(error)) from error


def _write(file: Path, content: bytes) -> None:
    with file.open("xb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())


def sweep(uploads: Path, *, in_use: Collection[str], now: datetime) -> None:
    """Delete uploads that are older than :data:`KEPT` and that no waiting or running job reads."""
    for folder in uploads.glob("*") if uploads.is_dir() else ():
        age = now - datetime.fromtimestamp(folder.stat().st_mtime, UTC)
        if folder.name not in in_use and age > KEPT:
            shutil.rmtree(folder, ignore_errors=True)
