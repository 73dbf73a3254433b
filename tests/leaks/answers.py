"""Every service call there is, found by reflection, and its answer as text."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa

from analytics.core.access import Action, Role
from analytics.core.calendar import Comparison, Preset
from analytics.core.errors import DomainError
from analytics.decisions.proposal import State
from analytics.decisions.workflow import Move
from analytics.metrics.query import known_dimensions, tables_needed
from analytics.metrics.registry import METRICS, metric_named
from analytics.policies.change import Wanted
from dashboard.composition import Services
from dashboard.services.access import NewAccount
from dashboard.services.approval_views import HistoryAsked, QueueAsked, Request, Wish
from dashboard.services.audit_log import AuditAsked
from dashboard.services.export_files import ExportColumn, Format
from dashboard.services.exports import Export
from dashboard.services.ledger import LedgerAsked
from dashboard.services.order_files import OrderFormat
from dashboard.services.requests import Asked, Look
from dashboard.services.views import Freshness
from data.health.rejects import RejectsAsked
from data.store.records import Job, JobState
from tests.worlds import TABLES

EVERYTHING = Asked(preset=Preset.EVERYTHING)
ASKED = (
    EVERYTHING,
    Asked(preset=Preset.LAST_7_DAYS, comparison=Comparison.LAST_YEAR),
    dataclasses.replace(EVERYTHING, partners=("S3",)),
    dataclasses.replace(EVERYTHING, skus=("R5",)),
    dataclasses.replace(EVERYTHING, regions=("130000",)),
    dataclasses.replace(EVERYTHING, categories=("oil",), channels=("shop",)),
)
FEBRUARY = Asked(first=date(2026, 2, 11), last=date(2026, 2, 20))
FEW = (EVERYTHING, dataclasses.replace(FEBRUARY, partners=("S3",)), dataclasses.replace(FEBRUARY, regions=("130000",)))
_NEW = NewAccount("new", "", "", frozenset({Role.DEALER}), frozenset({"D1"}))
_WANTED = Wanted("members.tier_gold", None, Decimal(2000), date(2999, 1, 1), "why not")
_JOB = Job("x", "ingest", {}, "u", "li", datetime(2026, 1, 1, tzinfo=UTC), "x.log", state=JobState.FAILED)
QUEUES = (QueueAsked(states=tuple(State)), QueueAsked(least=Decimal(100)), QueueAsked(categories=("oil",), mine=True))
HISTORIES = (HistoryAsked(), HistoryAsked(proposal="theirs"), HistoryAsked(by="u-theirs"))
SEEN = (("mine", 2), ("theirs", 2), ("no", 1))
_WISH = Wish(Move.APPROVE)
_STOCK = Request("N9", "R5", Decimal(1))
_SAME = {f"retention_{days}{kind}" for days in (7, 90) for kind in ("", "_exact")}
_SAME |= {f"repurchase_{days}" for days in (30, 180, 365)}
"""Metrics that are another one over other days."""
_FREE = [
    metric.name
    for metric in METRICS
    if metric.action is not Action.SEE_COST and tables_needed(metric) <= set(TABLES) and metric.name not in _SAME
]
"""Metrics that a dealer may see and that the world of literal rows can answer."""
_CUTS = ((), ("channel",), ("partner",), ("place",), ("city",), ("month",), ("cell5",))


def _asks(services: Services) -> Iterator[Any]:
    marts = services.desk.open(Action.SEE_GLOSSARY).facts.table
    for by in _CUTS:
        known = tuple(name for name in _FREE if set(by) <= set(known_dimensions(metric_named(name), marts)))
        yield services.ask.ask(known, by=by, first=None, last=None, where=())
    yield services.ask.ask(("sales", "orders"), by=("sku",), first=None, last=None, where=("partner=S3,S1",))


def _reasons(services: Services) -> Iterator[Any]:
    for asked in (FEBRUARY, dataclasses.replace(FEBRUARY, partners=("S3",))):
        for metric, by in (
            ("sales", "region"),
            ("sales", "partner"),
            ("average_order_value", "sku"),
            ("buyers", "channel"),
        ):
            yield from _refused(lambda: services.why.explain(asked, metric, by))  # noqa: B023 - consumed at once


def _maps(services: Services) -> Iterator[Any]:
    looks = (
        Look("sales"), Look("orders", "store"), Look("buyers", "household"), Look("growth"), Look("in_stock_rate"),
        Look("sales", "store", "month", past=True),
    )  # fmt: skip
    for look, asked in zip(looks, ASKED, strict=True):
        yield from _refused(lambda: services.territory.heatmap(asked, look, 5))  # noqa: B023 - consumed at once


def _files(services: Services) -> Iterator[Any]:
    """Rows of the files that leave; who took them and when differs from file to file."""
    for asked in ASKED:
        lines = Export(
            page="overview.today", table="rows", title="", columns=(ExportColumn("partner_name", "partner"),
            ExportColumn("amount", "amount", "cents")), rows=partial(_whole, services, asked),
            action=Action.SEE_ROWS, scope_key=services.scope_key, build_id=None, question="", told=(), language="en",
            zone=UTC,
        )  # fmt: skip
        file = services.exports.take(lines, Format.CSV).decode("utf-8-sig")
        yield "\n".join(line for line in file.splitlines() if not line.startswith('"#'))


def _whole(services: Services, asked: Asked, most: int) -> tuple[pd.DataFrame, int]:
    found = services.overview.rows(asked, most)
    return found.frame, found.total


def _lateness(services: Services) -> Iterator[Any]:
    """Who is late, without the hours: they grow while the test runs."""
    for one in services.freshness.late(services.freshness.extracts(), ("order_line", "product")):
        yield one.source, one.tables, one.at, one.promise_hours


def _refused(call: Callable[[], object]) -> Iterator[Any]:
    """What a call answers, or why it does not: commands of others' accounts must say nothing, either."""
    try:
        yield call()
    except DomainError as error:
        yield error


def _first(call: Callable[..., object], *arguments: object) -> Any:
    return next(_refused(lambda: call(*arguments)))


CALLS: Mapping[str, Callable[[Services], Iterator[Any]]] = {
    "filters.options": lambda services: iter([services.filters.options()]),
    "overview.today": lambda services: (services.overview.today(asked) for asked in ASKED),
    "why.explain": _reasons,
    "forecast.outlook": lambda services: _refused(lambda: services.forecast.outlook(EVERYTHING)),
    "simulation.newest": lambda services: _refused(services.simulation.newest),
    "simulation.may_start": lambda services: _refused(services.simulation.may_start),
    "simulation.compared": lambda services: _refused(lambda: services.simulation.compared(EVERYTHING, "x")),
    "simulation.start": lambda services: _refused(lambda: services.simulation.start("2026-02-10", "x", (), ())),
    "overview.products": lambda services: (services.overview.products(asked) for asked in ASKED),
    "fulfilment.service": lambda services: (services.fulfilment.service(asked) for asked in FEW),
    "completeness.partial": lambda services: (services.completeness.partial(asked) for asked in FEW),
    "fulfilment.pool": lambda services: (services.fulfilment.pool(asked) for asked in FEW),
    "overview.board": lambda services: iter([services.overview.board(EVERYTHING, "partners")]),
    "overview.tiers": lambda services: (services.overview.tiers(asked) for asked in FEW),
    "overview.rows": lambda services: (services.overview.rows(asked) for asked in ASKED),
    "territory.heatmap": _maps,
    "territory.lines": lambda services: (services.territory.lines(asked, Look("sales")) for asked in ASKED),
    "territories.terms": lambda services: _refused(services.territories.terms),
    "territories.delivered": lambda services: (services.territories.delivered(asked) for asked in ASKED[:2]),
    "glossary.glossary": lambda services: iter([services.glossary.glossary()]),
    "ask.ask": _asks,
    "exports.take": _files,
    "audit.events": lambda services: _refused(lambda: services.audit.events(AuditAsked())),
    "audit.left": lambda services: _refused(lambda: services.audit.left(AuditAsked())),
    "audit.people": lambda services: _refused(services.audit.people),
    "audit.sources": lambda services: _refused(services.audit.sources),
    "audit.chain": lambda services: _refused(services.audit.chain),
    "audit.verify": lambda services: _refused(services.audit.verify),
    "saved_views.seen": lambda services: iter([services.saved_views.seen()]),
    "saved_views.save": lambda services: _refused(lambda: services.saved_views.save("", "overview.today", "")),
    "saved_views.rename": lambda services: _refused(lambda: services.saved_views.rename("x", "y")),
    "saved_views.share": lambda services: _refused(lambda: services.saved_views.share("x", frozenset({Role.DEALER}))),
    "saved_views.remove": lambda services: _refused(lambda: services.saved_views.remove("x")),
    "sessions.mine": lambda services: iter([services.sessions.mine()]),
    "sessions.end": lambda services: _refused(lambda: services.sessions.end("0" * 16)),
    "sessions.end_others": lambda services: _refused(services.sessions.end_others),
    "access.accounts": lambda services: _refused(services.access.accounts),
    "access.partners": lambda services: _refused(services.access.partners),
    "access.create": lambda services: _refused(lambda: services.access.create(_NEW)),
    "access.change": lambda services: _refused(lambda: services.access.change("x", _NEW.roles, _NEW.grants)),
    "access.today": lambda services: _refused(services.access.today),
    "access.limit": lambda services: _refused(lambda: services.access.limit("x", "D1", None, None)),
    "viewing.begin": lambda services: _refused(lambda: services.viewing.begin("x")),
    "viewing.end": lambda services: _refused(services.viewing.end),
    "access.disable": lambda services: _refused(lambda: services.access.disable("x")),
    "access.enable": lambda services: _refused(lambda: services.access.enable("x")),
    "access.sessions": lambda services: _refused(lambda: services.access.sessions("x")),
    "policies.value": lambda services: _refused(lambda: services.policies.value("stock.store_reserve")),
    "jobs.start": lambda services: _refused(lambda: services.jobs.start(("build", {}))),
    "jobs.recent": lambda services: _refused(services.jobs.recent),
    "jobs.one": lambda services: _refused(lambda: services.jobs.one("x")),
    "jobs.cancel": lambda services: _refused(lambda: services.jobs.cancel("x")),
    "jobs.log": lambda services: _refused(lambda: services.jobs.log("x")),
    "policies.all": lambda services: _refused(services.policies.all),
    "policies.keys": lambda services: _refused(lambda: services.policies.keys("stock.store_reserve")),
    "policies.preview": lambda services: _refused(lambda: services.policies.preview(_WANTED)),
    "policies.propose": lambda services: _refused(lambda: services.policies.propose(_WANTED, seen=0, command_id="c")),
    "policies.approve": lambda services: _refused(lambda: services.policies.approve("x", seen=0, command_id="c")),
    "policies.reject": lambda services: _refused(lambda: services.policies.reject("x", note="x", command_id="c")),
    "policies.withdraw": lambda services: _refused(lambda: services.policies.withdraw("x", command_id="c")),
    "approvals.choices": lambda services: iter([services.approvals.choices()]),
    "approvals.queue": lambda services: (services.approvals.queue(asked) for asked in QUEUES),
    "approvals.one": lambda services: (_first(services.approvals.one, id) for id in ("mine", "theirs", "no")),
    "approvals.history": lambda services: (services.approvals.history(asked) for asked in HISTORIES),
    "approvals.foresee": lambda services: iter([services.approvals.foresee(SEEN, _WISH)]),
    "approvals.decide": lambda services: _refused(lambda: services.approvals.decide("no", 1, _WISH, command_id="c")),
    "approvals.decide_many": lambda services: iter([services.approvals.decide_many(SEEN, _WISH, command_id="c")]),
    "approvals.approve_automatically": lambda services: _refused(
        lambda: services.approvals.approve_automatically(command_id="c")
    ),
    "approvals.request": lambda services: _refused(lambda: services.approvals.request(_STOCK, command_id="c")),
    "orders.release": lambda services: _refused(lambda: services.orders.release(command_id="c")),
    "orders.batch": lambda services: _refused(lambda: services.orders.batch("theirs")),
    "orders.batches": lambda services: _refused(services.orders.batches),
    "orders.take": lambda services: _refused(lambda: services.orders.take("theirs", OrderFormat.CSV, "en")),
    "ledger.ledger": lambda services: _refused(lambda: services.ledger.ledger(LedgerAsked())),
    "plants.signal": lambda services: _refused(services.plants.signal),
    "uploads.mappings": lambda services: _refused(services.uploads.mappings),
    "uploads.expected": lambda services: _refused(lambda: services.uploads.expected("contract")),
    "uploads.load": lambda services: _refused(lambda: services.uploads.load((), "contract")),
    "uploads.again": lambda services: _refused(lambda: services.uploads.again("x")),
    "uploads.can_repeat": lambda services: _refused(lambda: services.uploads.can_repeat(_JOB)),
    "freshness.extracts": lambda services: iter([services.freshness.extracts()]),
    "freshness.late": _lateness,
    "health.sources": lambda services: _refused(services.health.sources),
    "health.builds": lambda services: _refused(services.health.builds),
    "health.warned": lambda services: _refused(services.health.warned),
    "health.tables": lambda services: _refused(services.health.tables),
    "health.coverage": lambda services: _refused(services.health.coverage),
    "health.rejects": lambda services: _refused(lambda: services.health.rejects(RejectsAsked(), 10)),
    "health.records": lambda services: _refused(lambda: services.health.records(RejectsAsked(), 10)),
    "access.end_session": lambda services: _refused(lambda: services.access.end_session("x", "0" * 16)),
}


def parts(services: Services) -> Iterator[tuple[str, Any]]:
    """Every use case by the name of its field."""
    for field in dataclasses.fields(services):
        part = getattr(services, field.name)
        if type(part).__module__.startswith("dashboard.services.") and field.name != "desk":
            yield field.name, part


def public_calls(services: Services) -> set[str]:
    """Names of all public methods of all use cases."""
    return {
        f"{field}.{name}"
        for field, part in parts(services)
        for name, _ in inspect.getmembers(part, inspect.ismethod)
        if name[0] != "_"
    }


def everything_told(services: Services) -> str:
    """All answers of all calls, as text; build and freshness left out, for they are no rows."""
    return "\n".join(told_by(name, services) for name in sorted(CALLS))


def told_by(name: str, services: Services) -> str:
    """All answers of the call ``name``, as text."""
    return "\n".join(f"{name} {_text(answer)}" for answer in CALLS[name](services))


def _text(value: Any) -> str:
    if isinstance(value, Freshness):
        return f"freshness {value.covered}"
    if isinstance(value, pd.DataFrame):
        return value.to_csv(index=False, float_format="%.10g")
    if isinstance(value, pa.Table):
        return str(sorted(str(row) for row in value.to_pylist()))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return f"{type(value).__name__}({', '.join(f'{name}={_text(part)}' for name, part in named)})"
    if isinstance(value, tuple | list):
        return f"[{'; '.join(_text(part) for part in value)}]"
    return str(value)
