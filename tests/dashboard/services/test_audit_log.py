"""Who did what and who saw what can be found by person, deed, subject and day, by those who must answer for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from analytics.core.access import ROOT, Actor, Role
from analytics.core.errors import AccessDenied
from dashboard.services.audit_log import AuditAsked, AuditLog
from dashboard.services.desk import Desk
from data.store.audit import Deed, Subject
from data.store.audit_heads import publish_head
from data.store.engine import Store
from data.store.records import Disclosure
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import BRAND

AUDITOR = Actor("u-audit", "auditor", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))
LI, WANG = (Actor(f"u-{name}", name, frozenset({Role.DEALER}), frozenset({"D1"})) for name in ("li", "wang"))
EVE = datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)
"""The last second of the 21st in Shanghai."""
MORNING = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
LEFT = Disclosure("a1", "export", EVE, "u-li", "li", "overview.today", "top.partner", "Sales", "{}", ("Partner",), 2,
                  "csv", "c" * 64, "b1")  # fmt: skip


def nothing(*_: object) -> NoReturn:
    raise AssertionError("nobody asks for data")


def log_of(store: Store, folder: Path, actor: Actor = AUDITOR) -> AuditLog:
    desk = Desk(who=lambda: actor, latest_build=lambda: None, facts_of=nothing, policies=nothing)
    return AuditLog(desk, lambda who: UnitOfWork(store, who.scope, reading=True), folder, lambda: MORNING)


@pytest.fixture
def log(store: Store, tmp_path: Path) -> AuditLog:
    with UnitOfWork(store, BRAND) as unit:
        unit.disclosures.add(LEFT)
        unit.disclosures.add(replace(LEFT, id="a2", at=MORNING, user_id="u-wang", user_name="wang", subject="rows"))
        unit.audit.append(AUDITOR, Deed.USER_CREATED, Subject("user", "u-li"), {"name": "li"}, at=EVE)
        unit.audit.append(LI, Deed.EXPORTED, Subject("export", "a1"), {}, at=EVE)
        unit.audit.append(WANG, Deed.EXPORTED, Subject("export", "a2"), {}, at=MORNING)
        unit.commit()
    return log_of(store, tmp_path / "audit")


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        (AuditAsked(), [3, 2, 1]),
        (AuditAsked(user="u-li"), [2]),
        (AuditAsked(user="li"), [2]),
        (AuditAsked(deed="export.taken"), [3, 2]),
        (AuditAsked(kind="user"), [1]),
        (AuditAsked(subject="a2"), [3]),
        (AuditAsked(first=date(2026, 11, 22)), [3]),
        (AuditAsked(last=date(2026, 11, 21)), [2, 1]),
        (AuditAsked(first=date(2026, 11, 21), last=date(2026, 11, 22), deed="user.created"), [1]),
        (AuditAsked(first=date(2026, 11, 23)), []),
    ],
)
def test_events_are_found(log: AuditLog, asked: AuditAsked, numbers: list[int]) -> None:
    found = log.events(asked)
    assert [one.number for one in found.newest] == numbers
    assert found.total == len(numbers)


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        (AuditAsked(), ["a2", "a1"]),
        (AuditAsked(user="li"), ["a1"]),
        (AuditAsked(user="u-wang"), ["a2"]),
        (AuditAsked(page="overview.today", subject="rows"), ["a2"]),
        (AuditAsked(page="territory.heatmap"), []),
        (AuditAsked(first=date(2026, 11, 22)), ["a2"]),
        (AuditAsked(last=date(2026, 11, 21)), ["a1"]),
    ],
)
def test_what_left_is_found_by_person_and_by_subject(log: AuditLog, asked: AuditAsked, ids: list[str]) -> None:
    found = log.left(asked)
    assert [one.id for one in found.newest] == ids
    assert found.total == len(ids)


def test_the_newest_are_shown_and_all_are_counted(log: AuditLog) -> None:
    assert ([one.number for one in log.events(AuditAsked(), 1).newest], log.events(AuditAsked(), 1).total) == ([3], 3)
    assert ([one.id for one in log.left(AuditAsked(), 1).newest], log.left(AuditAsked(), 1).total) == (["a2"], 2)
    assert log.left(AuditAsked(user="li")).newest[0] == LEFT


def test_people_and_sources_to_choose_from(log: AuditLog) -> None:
    people = [(one.code, one.label) for one in log.people()]
    assert people == [("u-audit", "auditor"), ("u-li", "li"), ("u-wang", "wang")]
    assert list(log.sources()) == [("overview.today", "rows"), ("overview.today", "top.partner")]


def test_the_chain_says_how_far_a_head_vouches_for_it(log: AuditLog, store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    assert log.chain().published is None
    with UnitOfWork(store, BRAND, reading=True) as unit:
        file, head = publish_head(unit.audit, folder, {}, now=MORNING)
    with UnitOfWork(store, BRAND) as unit:
        unit.audit.append(LI, Deed.USER_ENABLED, Subject("user", "u-li"), {}, at=MORNING)
        unit.commit()
    chain = log.chain()
    assert (chain.newest.number, chain.published, chain.file, chain.contradicted) == (4, head, file.name, ())
    forged = json.loads(file.read_text()) | {"hash": "0" * 64}
    (folder / "head-2026-01-01.json").write_text(json.dumps(forged))
    assert log.chain().contradicted == ("head-2026-01-01.json",)
    assert [one.code for one in log.verify().findings] == ["rewritten"]


@pytest.mark.parametrize(
    ("actor", "code"),
    [(LI, "not_allowed"), (replace(AUDITOR, grants=frozenset({"D1"})), "brand_only")],
)
def test_only_an_administrator_of_everything_reads_it(
    log: AuditLog, store: Store, tmp_path: Path, actor: Actor, code: str
) -> None:
    mine = log_of(store, tmp_path / "audit", actor)
    for call in (lambda: mine.events(AuditAsked()), lambda: mine.left(AuditAsked()), mine.people, mine.sources,
                 mine.chain, mine.verify):  # fmt: skip
        with pytest.raises(AccessDenied, match=code):
            call()
