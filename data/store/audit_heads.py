"""Heads of the audit trail, published as files outside the database: one per day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from analytics.core.errors import DomainError
from data.store.audit import GENESIS, Head
from data.store.audit_trail import Audit


def read_heads(folder: Path) -> dict[str, Head]:
    """File name → published head; raises DomainError ``audit_head_unreadable`` for a file that holds none."""
    return {file.name: _head(file) for file in sorted(folder.glob("head-*.json"))}


def publish_head(audit: Audit, folder: Path, heads: Mapping[str, Head], *, now: datetime) -> tuple[Path, Head]:
    """Write the trail's head to today's file (UTC); returns both.

    ``heads`` are those published before, read before the transaction began. Raises DomainError
    ``audit_head_contradicted`` when the trail no longer holds one of them: writing over it would cover a cut up.
    """
    held = audit.hashes({head.number for head in heads.values()}) | {0: GENESIS}
    for name, head in heads.items():
        if held.get(head.number) != head.hash:
            raise DomainError("audit_head_contradicted", file=str(folder / name), number=head.number)
    head = audit.head(now=now)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"head-{now.astimezone(UTC):%Y-%m-%d}.json"
    # Replaced in one step: a reader sees yesterday's head or this one, never half of it.
    fresh = folder / f".{uuid4().hex}"
    fresh.write_text(json.dumps(asdict(head)) + "\n", encoding="utf-8")
    fresh.replace(file)
    return file, head


def _head(file: Path) -> Head:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return Head(int(told["number"]), str(told["hash"]), str(told["at"]))
    except (ValueError, KeyError, TypeError) as error:
        raise DomainError("audit_head_unreadable", file=str(file)) from error
