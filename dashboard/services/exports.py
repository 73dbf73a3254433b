"""The one way by which rows leave: asked for again, told in the log, and only then handed over."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Protocol

import pandas as pd

from analytics.core.access import ROOT, Action, Actor, Role
from analytics.core.calendar import day_of
from analytics.core.errors import AccessDenied, DomainError
from analytics.policies.table import PolicyTable
from dashboard.services.desk import Desk
from dashboard.services.export_files import SHEET_ROWS, About, ExportColumn, Format, file_bytes
from dashboard.services.use_case import UseCase
from dashboard.words import Words, words
from data.store.audit import Deed, Subject
from data.store.audit_trail import Audit
from data.store.disclosures import Disclosures
from data.store.records import Disclosure

EXPORT = "export"


def max_rows(policies: PolicyTable, actor: Actor, day: date) -> int:
    """How many rows one file of this person may hold; whoever holds several roles has the largest limit."""
    people = (role for role in actor.roles if role is not Role.SERVICE)
    return max((policies.whole("export.max_rows", role.value, as_of=day) for role in people), default=0)


Rows = Callable[[int], tuple[pd.DataFrame, int]]
"""At most so many rows of a table, and how many there are."""


@dataclass(frozen=True, slots=True)
class Export:
    """A table as it stands on a page, and how somebody reads it there.

    ``rows`` yields at most so many rows in the table's columns. ``scope_key`` says with whose rights the page was
    drawn. ``question`` is the canonical text of filters and choices for the log, ``told`` the same in words (label,
    text) for the file.
    """

    page: str
    table: str
    title: str
    columns: tuple[ExportColumn, ...]
    rows: Rows
    action: Action
    scope_key: str
    build_id: str | None
    question: str
    told: tuple[tuple[str, str], ...]
    language: str
    zone: tzinfo


class Work(Protocol):
    """The part of a unit of work that tells what left."""

    @property
    def disclosures(self) -> Disclosures: ...

    @property
    def audit(self) -> Audit: ...

    def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Means:
    """What :mod:`dashboard.composition` provides: units of work, the key of somebody's rights, policies as of now."""

    work: Callable[[Actor], AbstractContextManager[Work]]
    scope_key: Callable[[Actor], str]
    policies: Callable[[], PolicyTable]
    clock: Callable[[], datetime]


class Exports(UseCase):
    """Use case behind every download; whoever looks at the app as somebody else takes nothing along."""

    def __init__(self, desk: Desk, means: Means) -> None:
        self._desk = desk
        self._means = means

    def take(self, export: Export, form: Format) -> bytes:
        """The file, once its leaving is told; may be called long after the page was drawn.

        Raises NotSignedIn, AccessDenied (also ``export_rights_changed``: the page shows what was seen with other
        rights), DomainError ``export_too_large`` or ``export_cell_too_long``, and whatever the log raises: what is
        not told does not leave.
        """
        actor = self._desk.actor(export.action)
        if self._means.scope_key(actor) != export.scope_key:
            raise AccessDenied("export_rights_changed")
        frame, rows = self._rows(export, form, actor)
        id, at = secrets.token_hex(6), self._means.clock()
        about = _about(export, actor, rows, id=id, at=at)
        data = file_bytes(form, frame, export.columns, about)
        told = Disclosure(
            id=id, kind=EXPORT, at=at, user_id=actor.user_id, user_name=actor.name, page=export.page,
            subject=export.table, purpose=export.title, question=export.question,
            columns=tuple(one.label for one in export.columns), rows=rows, format=form.value,
            checksum=hashlib.sha256(data).hexdigest(), build_id=export.build_id,
        )  # fmt: skip
        with self._means.work(actor) as unit:
            unit.disclosures.add(told)
            unit.audit.append(actor, Deed.EXPORTED, Subject(EXPORT, id), _facts(told), at=at)
            unit.commit()
        return data

    def _rows(self, export: Export, form: Format, actor: Actor) -> tuple[pd.DataFrame, int]:
        most = max_rows(self._means.policies(), actor, day_of(self._means.clock()))
        most = min(most, SHEET_ROWS) if form is Format.XLSX else most
        frame, rows = export.rows(most)
        if rows > most:
            raise DomainError("export_too_large", rows=f"{rows:,}", most=f"{most:,}")
        if len(frame) != rows:
            raise DomainError("export_incomplete", rows=f"{rows:,}", found=f"{len(frame):,}")
        return frame, rows


def _facts(told: Disclosure) -> dict[str, object]:
    """What the audit trail keeps of an export: enough to recognise the file, and none of its rows."""
    names = ("page", "subject", "purpose", "question", "rows", "format", "checksum", "build_id")
    return {name: getattr(told, name) for name in names} | {"columns": list(told.columns)}


def _about(export: Export, actor: Actor, rows: int, *, id: str, at: datetime) -> About:
    said = words(export.language)
    when = at.astimezone(export.zone).isoformat(timespec="seconds")
    scope = said.t("list.comma").join(_grants(said, actor))
    lines = (
        (said.t("export.what"), export.title),
        *export.told,
        (said.t("export.scope"), scope),
        (said.t("export.rows"), f"{rows:,}"),
        (said.t("export.build"), export.build_id or "–"),
        (said.t("export.who"), actor.name),
        (said.t("export.when"), when),
        (said.t("export.id"), id),
    )
    sheets = (said.t("export.sheet.rows"), said.t("export.sheet.about"))
    return About(lines, sheets, said.t("export.watermark", who=actor.name, when=when, id=id))


def _grants(said: Words, actor: Actor) -> list[str]:
    return [said.t("export.everything") if grant == ROOT else grant for grant in sorted(actor.grants)]


def canonical_question(asked: Mapping[str, object]) -> str:
    """Filters and choices as one spelling for one question.

    >>> canonical_question({"metric": "sales", "channel": ["web"], "cell": []})
    '{"channel":["web"],"metric":"sales"}'
    """
    kept = {name: value for name, value in asked.items() if value not in (None, "", [], ())}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
