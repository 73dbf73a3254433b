"""What leaves is asked for with today's rights, told first, and never a part."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from analytics.core.access import ROOT, Action, Actor, Role
from analytics.core.errors import AccessDenied, DomainError, NotSignedIn
from analytics.policies.table import InForce, PolicyTable
from dashboard.services.desk import Desk
from dashboard.services.export_files import ExportColumn, Format
from dashboard.services.exports import EXPORT, Export, Exports, Means, max_rows
from data.store.audit import AuditEvent, Deed
from data.store.disclosures import Seen
from data.store.engine import Store
from data.store.records import Disclosure
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import BRAND

LIMIT = "export.max_rows"
STORE = frozenset({Role.STORE})
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
DEALER = Actor("u1", "dealer", frozenset({Role.DEALER}), frozenset({"D1", "D2"}))
FRAME = pd.DataFrame({"name": ["S1", "S2", "S3"], "sales": [3.0, 2.0, 1.0], "hidden": ["x", "y", "z"]})
COLUMNS = (ExportColumn("name", "Partner"), ExportColumn("sales", "Sales (¥)", "money"))


def nothing(*_: object) -> NoReturn:
    raise AssertionError("nobody asks for data")


def export(**changes: Any) -> Export:
    told: dict[str, Any] = {
        "page": "overview.today", "table": "top.partner", "title": "Sales by partner", "columns": COLUMNS,
        "rows": lambda most: (FRAME[:most], len(FRAME)), "action": Action.SEE_OVERVIEW, "scope_key": "D1,D2",
        "build_id": "b1", "question": '{"channel":["web"]}', "told": (("Channel", "Web"),), "language": "en",
        "zone": ZoneInfo("Asia/Shanghai"),
    }  # fmt: skip
    return Export(**told | changes)


class Bench:
    """The service over a store, and whoever asks."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.actor: Actor | None = DEALER
        self.table = PolicyTable(0, {})
        desk = Desk(who=self.who, latest_build=lambda: None, facts_of=nothing, policies=nothing)
        self.exports = Exports(desk, self.means())

    def means(self) -> Means:
        return Means(self.work, self.rights, lambda: self.table, lambda: NOW)

    def limit(self, most: int) -> None:
        """From today on a dealer may take so many rows."""
        self.table = PolicyTable(1, {(LIMIT, "dealer"): (InForce(LIMIT, "dealer", most, TODAY, 1),)})

    def who(self) -> Actor:
        if self.actor is None:
            raise NotSignedIn("not_signed_in")
        return self.actor

    def work(self, actor: Actor) -> AbstractContextManager[UnitOfWork]:
        return UnitOfWork(self.store, actor.scope)

    @staticmethod
    def rights(actor: Actor) -> str:
        return ",".join(sorted(actor.grants))

    def told(self) -> list[Disclosure]:
        with UnitOfWork(self.store, BRAND, reading=True) as unit:
            return list(unit.disclosures.find(Seen(), 10))

    def events(self) -> list[AuditEvent]:
        with UnitOfWork(self.store, BRAND, reading=True) as unit:
            return [event for chunk in unit.audit.chunks() for event in chunk]


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def lines(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def test_log_row_and_event_tell_exactly_of_the_bytes(bench: Bench) -> None:
    file = bench.exports.take(export(), Format.CSV)
    [told], [event] = bench.told(), bench.events()
    assert told == Disclosure(
        told.id, EXPORT, NOW, "u1", "dealer", "overview.today", "top.partner", "Sales by partner",
        '{"channel":["web"]}', ("Partner", "Sales (¥)"), 3, "csv", hashlib.sha256(file).hexdigest(), "b1",
    )  # fmt: skip
    assert (event.action, event.subject_kind, event.subject_id) == (Deed.EXPORTED, EXPORT, told.id)
    facts = json.loads(event.facts)
    assert (facts["checksum"], facts["rows"], facts["columns"]) == (told.checksum, 3, ["Partner", "Sales (¥)"])
    assert "S1" not in event.facts


def test_the_file_says_what_it_is_whose_and_of_when(bench: Bench) -> None:
    told = lines(bench.exports.take(export(), Format.CSV))
    said = [line[0] for line in told if line[0].startswith("# ")]
    assert said[:5] == [
        "# Content: Sales by partner",
        "# Channel: Web",
        "# Scope: D1, D2",
        "# Rows: 3",
        "# Data version: b1",
    ]
    assert said[5:7] == ["# Exported by: dealer", "# Exported at: 2026-11-22T16:30:00+08:00"]
    assert bench.told()[0].id in said[7]
    assert told[len(said) :] == [["Partner", "Sales (¥)"], ["S1", "3"], ["S2", "2"], ["S3", "1"]]


def test_each_press_is_told_and_makes_another_file(bench: Bench) -> None:
    files = {bench.exports.take(export(), form) for form in (Format.CSV, Format.CSV, Format.XLSX)}
    assert len(files) == len({one.checksum for one in bench.told()}) == 3
    assert {one.format for one in bench.told()} == {"csv", "xlsx"}


def test_more_rows_than_the_role_may_take_are_refused_whole(bench: Bench) -> None:
    bench.limit(2)
    with pytest.raises(DomainError, match="export_too_large") as refused:
        bench.exports.take(export(), Format.CSV)
    assert refused.value.facts == {"rows": "3", "most": "2"}
    bench.limit(3)
    bench.exports.take(export(), Format.CSV)
    assert len(bench.told()) == len(bench.events()) == 1


def test_a_service_that_hands_out_a_part_is_found_out(bench: Bench) -> None:
    with pytest.raises(DomainError, match="export_incomplete"):
        bench.exports.take(export(rows=lambda _: (FRAME[:2], 3)), Format.CSV)
    assert bench.told() == []


@pytest.mark.parametrize(
    ("actor", "code"),
    [
        (None, "not_signed_in"),
        (Actor("u1", "dealer", frozenset({Role.ADMINISTRATOR}), DEALER.grants), "not_allowed"),
        (Actor("u1", "dealer", DEALER.roles, frozenset({"D2"})), "export_rights_changed"),
    ],
)
def test_rights_are_those_of_now(bench: Bench, actor: Actor | None, code: str) -> None:
    bench.actor = actor
    with pytest.raises((AccessDenied, NotSignedIn), match=code):
        bench.exports.take(export(rows=nothing), Format.CSV)
    assert bench.told() == []
    assert bench.events() == []


@pytest.mark.parametrize("part", ["disclosures", "audit", "commit"])
def test_what_cannot_be_told_does_not_leave(bench: Bench, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(UnitOfWork):
        def __enter__(self) -> Any:
            entered = super().__enter__()
            broken: Any = OSError("disk full")

            def fail(*_: object, **__: object) -> NoReturn:
                raise broken

            if part == "commit":
                monkeypatch.setattr(entered, "commit", fail)
            else:
                monkeypatch.setattr(getattr(entered, part), "add" if part == "disclosures" else "append", fail)
            return entered

    monkeypatch.setattr(bench, "work", lambda actor: Broken(bench.store, actor.scope))
    bench.exports._means = bench.means()
    with pytest.raises(OSError, match="disk full"):
        bench.exports.take(export(), Format.CSV)
    assert bench.told() == []
    assert bench.events() == []


def test_limits_go_by_the_most_generous_role() -> None:
    outlet, both = (Actor("u", "u", roles, frozenset({ROOT})) for roles in (STORE, STORE | {Role.EXECUTIVE}))
    assert max_rows(PolicyTable(0, {}), outlet, TODAY) < max_rows(PolicyTable(0, {}), both, TODAY)
    assert max_rows(PolicyTable(0, {}), Actor("j", "j", frozenset({Role.SERVICE}), frozenset({ROOT})), TODAY) == 0


def test_only_the_taker_is_handed_the_bytes_and_only_head_office_reads_the_log(bench: Bench) -> None:
    checksum = hashlib.sha256(bench.exports.take(export(), Format.CSV)).hexdigest()
    other = Actor("u2", "other", DEALER.roles, DEALER.grants)
    with UnitOfWork(bench.store, DEALER.scope, reading=True) as unit:
        assert unit.disclosures.released(DEALER, checksum)
        assert not unit.disclosures.released(other, checksum)
        assert not unit.disclosures.released(DEALER, "0" * 64)
        for call in (lambda: unit.disclosures.find(Seen(), 1), lambda: unit.disclosures.count(Seen()),
                     unit.disclosures.sources, unit.disclosures.people):  # fmt: skip
            with pytest.raises(AccessDenied, match="brand_only"):
                call()
