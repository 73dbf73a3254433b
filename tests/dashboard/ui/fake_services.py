"""Services over invented, realistic frames: what pages look like is tested without a database."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any

import h3
import numpy as np
import pandas as pd
import streamlit as st

from analytics.core.access import ROOT, Action, Actor, Grant, Role, Scope
from analytics.core.calendar import Period, baseline, preset_period
from analytics.core.errors import AccessDenied, DomainError, MissingData
from analytics.decisions.proposal import Origin, State
from analytics.metrics.registry import METRICS
from dashboard.composition import Services, services_as
from dashboard.services.access import NewAccount
from dashboard.services.approvals import Approvals
from dashboard.services.audit import Verdict
from dashboard.services.audit_log import AuditAsked, Chain, Events, Left
from dashboard.services.boards import Board
from dashboard.services.export_files import About, Format, file_bytes
from dashboard.services.exports import Export
from dashboard.services.ledger import Ledger
from dashboard.services.orders import Orders
from dashboard.services.policies import Policies
from dashboard.services.requests import Asked, Look
from dashboard.services.saved_views import Seen
from dashboard.services.sessions import OwnSessions
from dashboard.services.views import (
    Definition,
    FilterOptions,
    Freshness,
    Gap,
    Glossary,
    Heatmap,
    Hole,
    Option,
    Partial,
    Place,
    Pool,
    Reasons,
    Rows,
    Service,
    Tiers,
    Tile,
    Today,
)
from dashboard.settings import settings_from
from data.store.audit import GENESIS, AuditEvent, Deed, Finding, Head, Subject, sealed
from data.store.engine import open_store
from data.store.records import Disclosure, LiveSession, User
from data.store.saved_views import SavedView
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.ui.fake_data_services import FakeFreshness, FakeHealth, FakeJobs, FakeUploads
from tests.dashboard.ui.fake_forecast import FakeForecast
from tests.dashboard.ui.fake_plants import FakePlants
from tests.dashboard.ui.fake_simulation import FakeSimulation
from tests.proposals import a_proposal

COVERED = Period(date(2025, 1, 1), date(2026, 10, 31))
FRESH = Freshness("b20261031", datetime(2026, 11, 1, 6, 12, tzinfo=UTC), COVERED, "CNY")
CITIES = (
    ("哈尔滨", "Harbin", 45.80, 126.53),
    ("沈阳", "Shenyang", 41.80, 123.43),
    ("北京", "Beijing", 39.90, 116.40),
    ("济南", "Jinan", 36.65, 117.12),
    ("郑州", "Zhengzhou", 34.75, 113.62),
    ("西安", "Xi'an", 34.34, 108.94),
    ("南京", "Nanjing", 32.06, 118.80),
    ("上海", "Shanghai", 31.23, 121.47),
    ("杭州", "Hangzhou", 30.27, 120.15),
    ("武汉", "Wuhan", 30.59, 114.30),
    ("成都", "Chengdu", 30.57, 104.07),
    ("广州", "Guangzhou", 23.13, 113.26),
)
PARTNERS = tuple((f"S{index:03d}", f"{zh}粮油店", index) for index, (zh, _, _, _) in enumerate(CITIES))
PRODUCTS = (
    ("R5", "五常大米 5kg", "大米"),
    ("R10", "盘锦蟹田米 10kg", "大米"),
    ("O5", "压榨一级花生油 5L", "食用油"),
    ("O18", "非转基因大豆油 1.8L", "食用油"),
    ("G1", "有机小米 1kg", "杂粮"),
    ("F5", "高筋面粉 5kg", "面粉"),
)
UNITS = {
    "sales": ("money", "sum", "up", 1_234_567.8, 1_184_312.0),
    "net_sales": ("money", "sum", "up", 1_198_000.0, 1_160_400.0),
    "orders": ("count", "distinct", "up", 18_204.0, 17_950.0),
    "units": ("units", "sum", "up", 20_113.5, 20_900.0),
    "average_order_value": ("money", "ratio", "up", 67.82, 65.98),
    "gross_margin": ("money", "sum", "up", None, None),
    "gross_margin_rate": ("rate", "ratio", "up", 0.2314, 0.2289),
    "buyers": ("count", "distinct", "up", 9_999.5, 9_900.0),
    "new_buyers": ("count", "sum", "up", 856.0, None),
    "partners_buying": ("count", "distinct", "up", 12.0, 12.0),
    "online_share": ("rate", "ratio", "neither", 0.4123, 0.3984),
    "refunds": ("money", "sum", "down", 36_567.8, 23_912.0),
}


RATES = {
    "on_time_in_full": ("rate", "ratio", "up", 0.93, 0.95),
    "out_of_stock_rate": ("rate", "ratio", "down", None, None),
}


def actor(*roles: Role) -> Actor:
    return Actor("me", "演示高管", frozenset(roles or (Role.EXECUTIVE,)), frozenset({"brand"}), "s1")


@dataclass
class FakeDesk:
    who: Actor

    def actor(self, action: Action) -> Actor:
        self.who.require(action)
        return self.who


class FakeFilters:
    def options(self) -> FilterOptions:
        return FilterOptions(
            channels=(Option("tmall", "天猫"), Option("jd", "京东"), Option("store", "门店")),
            partners=tuple(Option(code, name) for code, name, _ in PARTNERS),
            categories=tuple(Option(name, name) for name in ("大米", "食用油", "杂粮", "面粉")),
            covered=COVERED,
            regions=(Option("370000", "山东省", ("370000",)), Option("370100", "山东省 · 济南市", ("370000",))),
            skus=tuple(Option(code, name, (category,)) for code, name, category in PRODUCTS),
        )


@dataclass
class FakeOverview:
    asked: list[Asked] = field(default_factory=list)

    def board(self, asked: Asked, owner: str) -> Board:
        return Board(FRESH, *periods(asked), owner, tiles())

    def today(self, asked: Asked) -> Today:
        self.asked.append(asked)
        period, base = periods(asked)
        days = [period.first + timedelta(days=step) for step in range(period.days)]
        wave = np.array([40_000 + 6_000 * math.sin(step / 3) + 900 * (step % 7) for step in range(period.days)])
        return Today(
            FRESH,
            period,
            base,
            tiles(),
            pd.DataFrame({"day": days, "sales": wave, "baseline": wave * 0.96}),
            ranking(
                [(code, name) for code, name, _ in PARTNERS if not asked.partners or code in asked.partners],
                "partner",
                "orders",
            ),
            ranking(
                [(code, name) for code, name, _ in PRODUCTS if not asked.skus or code in asked.skus], "sku", "units"
            ).assign(category="大米"),
            len(PRODUCTS),
            {},
            (Gap("account_unknown", 1, 312, 21_400.0), Gap("cost_unknown", 2, 90, 8_800.0, ("R5", "O5"))),
        )

    def products(self, asked: Asked, most: int = 100) -> Rows:
        found = self.today(asked).products
        return Rows(found.head(most), len(found), min(len(found), most))

    def tiers(self, asked: Asked, most: int = 300) -> Tiers:
        period, base = periods(asked)
        level = "partner" if asked.partners else "city" if asked.regions else "province"
        rows = ranking([("370000", "山东省"), ("410000", "河南省"), ("", "")], "key", "orders")
        more = {"target": [3e5, float("nan"), 1e5], "attained": [1.0, float("nan"), 1.0], "expected": [2e5] * 3}
        told = rows.assign(
            **more, unusual=["high", "low", ""], line=pd.Series([(1.0, 2.0), (2.0, 1.0), (0.0, 0.0)], dtype=object)
        )
        return Tiers(FRESH, period, base, level, told.head(most), len(told), {})

    def rows(self, asked: Asked, most: int = 500) -> Rows:
        self.asked.append(asked)
        period, _ = periods(asked)
        frame = pd.DataFrame(
            [
                (period.last, f"T2026{index:06d}", 1, "tmall", "S001", PARTNERS[1][1], "R5", PRODUCTS[0][1], 2.0, 138.0)
                for index in range(40)
            ],
            columns=[
                "day",
                "order_id",
                "line_no",
                "channel",
                "partner",
                "partner_name",
                "sku",
                "product_name",
                "quantity",
                "amount",
            ],
        )
        return Rows(frame, 18_204, 40)


def periods(asked: Asked) -> tuple[Period, Period]:
    chosen = Period(asked.first, asked.last) if asked.first and asked.last else None
    period = chosen or preset_period(asked.preset, covered=COVERED)
    return period, baseline(period, asked.comparison)


def tiles() -> tuple[Tile, ...]:
    line = tuple(float(10 + step % 7) for step in range(30))
    return tuple(
        Tile(name, value, base, line if value is not None else (), () if value is not None else ("product_cost",))
        for name, (_, _, _, value, base) in UNITS.items()
    )


def ranking(things: list[tuple[str, str]], key: str, second: str) -> pd.DataFrame:
    sales = [300_000.0 / (place + 1) for place in range(len(things))]
    changes = [float("nan") if place == 3 else 0.2 - place * 0.06 for place in range(len(things))]
    return pd.DataFrame(
        {
            key: [code for code, _ in things],
            "name": [name for _, name in things],
            "sales": sales,
            second: [value / 60 for value in sales],
            "change": changes,
            "baseline": [value / (1 + change) for value, change in zip(sales, changes, strict=True)],
            "share": [value / sum(sales) for value in sales],
        }
    )


class FakeWhy:
    def explain(self, asked: Asked, metric: str, by: str) -> Reasons:
        period, base = periods(asked)
        if by == "sku":
            raise DomainError("target_has_no_parts", metric=metric)
        now, before = UNITS[metric][3:] if metric in UNITS else (0.93, 0.95)
        change = (now or 0.0) - (before or 0.0)
        parts = pd.DataFrame(
            {
                "key": ["a", "", "c"],
                "name": ["甲", "", "丙"],
                "now": [3.0, 2.0, 1.0],
                "before": [1.0, 2.0, 4.0],
                "change": [change * 0.7, change * 0.4, -change * 0.2],
                "rate_effect": [float("nan")] * 3,
                "mix_effect": [float("nan")] * 3,
            }
        )
        return Reasons(FRESH, metric, by, period, base, now, before, parts, change * 0.1, 18_204, ("order_line",))


@dataclass
class FakeCompleteness:
    """``lacking``: whether the shop's system told nothing of the last two days."""

    lacking: bool = False

    def partial(self, asked: Asked) -> Partial:
        period, base = periods(asked)
        holes = (Hole("shop_erp", (period.last - timedelta(days=1), period.last)),) if self.lacking else ()
        return Partial(period, holes, holes and (Hole("shop_erp", (base.last,)),))


class FakeFulfilment:
    def pool(self, asked: Asked) -> Pool:
        tiles = (Tile("stock_sharing_rate", 0.2, 0.1, ()), Tile("near_node_share", None, None, (), unbuilt=True))
        return Pool(FRESH, *periods(asked), tiles)

    def service(self, asked: Asked) -> Service:
        period, base = periods(asked)
        rates = {"paid_lines": [900.0, 100.0], "share": [0.9, 0.1], "on_time_in_full": [0.9, float("nan")]}
        rates |= {"cancellation_rate": [0.02, 0.05], "oversell_rate": [0.01, 0.0]}
        channels = pd.DataFrame({"key": ["tmall", ""], "name": ["天猫", ""], **rates})
        causes = {"kind": ["cancelled", "refunded"], "key": ["no_stock", ""], "lines": [9.0, 4.0], "share": [1.0, 1.0]}
        places = {"key": ["S001"], "name": ["店"], "out_of_stock_rate": [0.05], "on_time_in_full": [0.9]}
        told = (Tile("on_time_in_full", 0.93, 0.95, ()), Tile("out_of_stock_rate", None, None, (), ("listing",)))
        return Service(
            FRESH,
            period,
            base,
            told,
            pd.DataFrame({"key": ["express", ""], **rates}),
            channels,
            pd.DataFrame(causes),
            pd.DataFrame({**places, "cancellation_rate": [0.01], "refund_rate": [float("nan")], "complaints": [2.0]}),
            pd.DataFrame(
                {
                    "key": ["N1", ""],
                    "name": ["中心仓", ""],
                    "paid_lines": [900.0, 8.0],
                    "on_time_in_full": [0.9, 0.8],
                    "out_of_stock_rate": [0.01, float("nan")],
                    "cancelled_lines": [9.0, 0.0],
                    "refund_lines": [1.0, 2.0],
                    "cause": ["no_stock", ""],
                }
            ),
        )


@dataclass
class FakeTerritory:
    asked: list[tuple[Asked, Look, int]] = field(default_factory=list)

    def heatmap(self, asked: Asked, look: Look, resolution: int) -> Heatmap:
        self.asked.append((asked, look, resolution))
        period, base = periods(asked)
        cells = city_cells(resolution)
        growth = look.metric == "growth"
        frame = cells.assign(value=cells["growth"] if growth else cells["value"])
        points = pd.DataFrame(
            [(code, name, CITIES[at][2], CITIES[at][3]) for code, name, at in PARTNERS],
            columns=["partner", "name", "latitude", "longitude"],
        ).assign(value=frame["value"], baseline=frame["baseline"], growth=frame["growth"])
        lines = points.assign(place=[zh for zh, _, _, _ in CITIES], cell=frame["cell"])
        if asked.cells:
            lines = lines[lines["cell"].isin(asked.cells)]
        grid = [(lat, lon) for lat in np.arange(24, 46, 1.2) for lon in np.arange(104, 124, 1.2)]
        backdrop = {h3.latlng_to_cell(lat, lon, 3) for lat, lon in grid}
        return Heatmap(
            FRESH,
            look.metric,
            period,
            base,
            resolution,
            frame,
            points,
            lines[["partner", "name", "place", "value", "baseline", "growth"]].reset_index(drop=True),
            len(lines),
            {},
            (-0.5, 0.5) if growth else (0.0, 400_000.0),
            tuple(sorted(backdrop)),
            tuple(Place({"zh": zh, "en": en}, lat, lon, 1.0) for zh, en, lat, lon in CITIES),
            Gap("unplaced", 2, 40, 12_000.0, ("S900", "S901")),
            look.per,
            look.step,
        )

    def lines(self, asked: Asked, look: Look, most: int = 300) -> Rows:
        found = self.heatmap(asked, look, 5).lines
        return Rows(found.head(most), len(found), min(len(found), most))


def city_cells(resolution: int) -> pd.DataFrame:
    value = [400_000.0 / (place + 1) for place in range(len(CITIES))]
    return pd.DataFrame(
        {
            "cell": [h3.latlng_to_cell(lat, lon, resolution) for _, _, lat, lon in CITIES],
            "value": value,
            "baseline": [one * (1.3 - 0.05 * place) for place, one in enumerate(value)],
            "growth": [1 / (1.3 - 0.05 * place) - 1 for place in range(len(value))],
            "latitude": [lat for _, _, lat, _ in CITIES],
            "longitude": [lon for _, _, _, lon in CITIES],
            "place": [zh for zh, _, _, _ in CITIES],
            "share": [one / sum(value) for one in value],
        }
    )


class FakeGlossary:
    def glossary(self) -> Glossary:
        """Every metric of the registry; a cost was never loaded."""
        return Glossary(
            tuple(
                Definition(one.name, one.unit.value, one.additivity.value, one.favourable.value, one.owner,
                           "order_line", ("order_line",), one.name != "gross_margin") for one in METRICS
            ),
            FRESH,
            {"order_line": 1},
        )  # fmt: skip


SESSIONS = tuple(
    LiveSession(f"{number:016x}", datetime(2026, 10, 30, 8, tzinfo=UTC), datetime(2026, 11, 1, number, tzinfo=UTC),
                datetime(2026, 11, 6, 8, tzinfo=UTC))
    for number in (3, 2, 1)
)  # fmt: skip


@dataclass
class FakeSessions:
    ended: list[str] = field(default_factory=list)

    def mine(self) -> OwnSessions:
        return OwnSessions(SESSIONS, SESSIONS[0].id)

    def end(self, session: str) -> None:
        raise DomainError("session_unknown", session=session)

    def end_others(self) -> None:
        self.ended.append("others")


@dataclass
class FakeAccess:
    """Keeps what it was told in ``commands``."""

    commands: list[Any] = field(default_factory=list)

    def accounts(self) -> list[User]:
        held = frozenset({Grant("S001")})
        return [
            User("u1", "li", "李[a](b)", frozenset({Role.STORE}), held),
            User("u2", "wang", "王", frozenset({Role.EXECUTIVE}), frozenset({Grant("brand")}), disabled=True),
        ]

    def today(self) -> date:
        return date(2026, 11, 1)

    def limit(self, user_id: str, partner: str, first: date | None, last: date | None) -> None:
        self.commands.append(("limit", user_id, Grant(partner, first, last)))

    def partners(self) -> tuple[Option, ...]:
        return tuple(Option(code, name) for code, name, _ in PARTNERS)

    def create(self, new: NewAccount) -> None:
        if len(new.password) < 10:
            raise DomainError("password_weak", length=len(new.password), shortest=10, longest=256)
        self.commands.append(new)

    def change(self, user_id: str, roles: frozenset[Role], grants: frozenset[str]) -> None:
        self.commands.append((user_id, roles, grants))

    def disable(self, user_id: str) -> None:
        raise ZeroDivisionError("secret detail")

    def enable(self, user_id: str) -> None:
        self.commands.append(("enable", user_id))

    def sessions(self, user_id: str) -> tuple[LiveSession, ...]:
        return SESSIONS

    def end_session(self, user_id: str, session: str) -> None:
        self.commands.append((user_id, session))


@dataclass
class FakeViewing:
    """Whose view was begun; the empty text is its end."""

    viewed: list[str] = field(default_factory=list)

    def begin(self, user_id: str) -> None:
        self.viewed.append(user_id)

    def end(self) -> None:
        self.viewed.append("")


def audit_events() -> tuple[AuditEvent, ...]:
    """Two events, newest first, as a trail holds them."""
    boss = Actor("u0", "李[a](b)", frozenset({Role.ADMINISTRATOR}), frozenset({"brand"}))
    states = {"before": {"roles": ["store"]}, "after": {"roles": ["dealer", "store"]}}
    first = sealed(boss, Deed.USER_CREATED, Subject("user", "u1"), {"name": "li"}, at=FRESH.published_at,
                   after=Head(0, GENESIS, ""))  # fmt: skip
    second = sealed(boss, Deed.USER_RIGHTS_CHANGED, Subject("user", "u1"), {"name": "li", **states},
                    at=FRESH.published_at, after=Head(1, first.hash, ""))  # fmt: skip
    return second, first


LEFT = Disclosure(
    "0a1b2c", "export", FRESH.published_at, "u0", "李[a](b)", "overview.today", "top.partner", "渠道伙伴销售额排行",
    '{"channel":["web"]}', ("渠道伙伴", "销售额"), 12, "csv", "c" * 64, "b20261031",
)  # fmt: skip


@dataclass
class FakeAudit:
    asked: list[AuditAsked] = field(default_factory=list)

    def events(self, asked: AuditAsked, most: int = 500) -> Events:
        self.asked.append(asked)
        found = [one for one in audit_events() if asked.deed in (None, one.action)]
        return Events(found[:most], len(found))

    def left(self, asked: AuditAsked, most: int = 500) -> Left:
        self.asked.append(asked)
        return Left([LEFT][:most], 1)

    def people(self) -> tuple[Option, ...]:
        return (Option("u0", "李[a](b)"),)

    def sources(self) -> list[tuple[str, str]]:
        return [("overview.today", "top.partner"), ("gone.page", "table")]

    def chain(self) -> Chain:
        newest, first = audit_events()
        head = Head(first.number, first.hash, first.at)
        return Chain(Head(newest.number, newest.hash, newest.at), head, "head-2026-11-01.json", ("head-old.json",))

    def verify(self) -> Verdict:
        return Verdict(2, 1, (Finding("altered", 2, 2),))


@dataclass
class FakeExports:
    """Hands out what it was asked for, unlogged."""

    def take(self, export: Export, form: Format) -> bytes:
        frame, rows = export.rows(1_000)
        if rows > 1_000:
            raise DomainError("export_too_large", rows=f"{rows:,}", most="1,000")
        return file_bytes(form, frame, export.columns, About(export.told, ("rows", "about"), ""))


@dataclass
class FakeSavedViews:
    """One view of one's own, one of somebody else's; keeps what it was told."""

    commands: list[Any] = field(default_factory=list)

    def seen(self) -> Seen:
        own = SavedView(
            "v1", "u0", "li", "华北 *店均*", "territory.heatmap", "per=store&region=130000", FRESH.published_at
        )
        other = SavedView(
            "v2", "u1", "王", "月报", "overview.today", "period=month_to_date", FRESH.published_at,
            frozenset({Role.EXECUTIVE}),
        )  # fmt: skip
        gone = SavedView("v3", "u1", "王", "旧页", "gone.page", "", FRESH.published_at)
        return Seen((own,), (other, gone), may_share=True)

    def save(self, name: str, page: str, query: str) -> None:
        if not name.strip():
            raise DomainError("saved_view_name", given=name, most=60)
        self.commands.append(("save", name, page, query))

    def rename(self, view_id: str, name: str) -> None:
        self.commands.append(("rename", view_id, name))

    def share(self, view_id: str, roles: frozenset[Role]) -> None:
        self.commands.append(("share", view_id, roles))

    def remove(self, view_id: str) -> None:
        self.commands.append(("remove", view_id))


@dataclass
class FakeServices:
    """Looks like the real Services to the frame and to pages."""

    actor: Actor = field(default_factory=actor)
    scope_key: str = "scope"
    build_id: str | None = "b20261031"
    policy_number: int = 0
    filters: FakeFilters = field(default_factory=FakeFilters)
    overview: FakeOverview = field(default_factory=FakeOverview)
    why: FakeWhy = field(default_factory=FakeWhy)
    fulfilment: FakeFulfilment = field(default_factory=FakeFulfilment)
    completeness: FakeCompleteness = field(default_factory=FakeCompleteness)
    territory: FakeTerritory = field(default_factory=FakeTerritory)
    forecast: FakeForecast = field(default_factory=lambda: FakeForecast(FRESH))
    simulation: FakeSimulation = field(default_factory=lambda: FakeSimulation(FRESH))
    glossary: FakeGlossary = field(default_factory=FakeGlossary)
    saved_views: FakeSavedViews = field(default_factory=FakeSavedViews)
    sessions: FakeSessions = field(default_factory=FakeSessions)
    access: FakeAccess = field(default_factory=FakeAccess)
    jobs: FakeJobs = field(default_factory=FakeJobs)

    freshness: FakeFreshness = field(default_factory=FakeFreshness)
    health: FakeHealth = field(default_factory=FakeHealth)

    @property
    def uploads(self) -> FakeUploads:
        return FakeUploads(self.jobs)

    viewing: FakeViewing = field(default_factory=FakeViewing)
    audit: FakeAudit = field(default_factory=FakeAudit)
    exports: FakeExports = field(default_factory=FakeExports)

    @property
    def policies(self) -> Policies:
        """The real ones, over a store that lasts as long as the tab."""
        return self._real().policies

    @property
    def approvals(self) -> Approvals:
        """The real ones, over the same store with a few proposals in it."""
        return self._real().approvals

    @property
    def ledger(self) -> Ledger:
        return self._real().ledger

    @property
    def plants(self) -> FakePlants:
        return FakePlants(FRESH)

    @property
    def orders(self) -> Orders:
        return self._real().orders

    def _real(self) -> Services:
        if "test.home" not in st.session_state:
            st.session_state["test.home"] = TemporaryDirectory()
        return real_services(st.session_state["test.home"].name, self.actor)

    @property
    def desk(self) -> FakeDesk:
        return FakeDesk(self.actor)


def real_policies(home: str, actor: Actor) -> Policies:
    """The real use case over a store in ``home``."""
    return real_services(home, actor).policies


def real_services(home: str, actor: Actor) -> Services:
    """The real use cases over a store in ``home``, in which three proposals wait, one for a second person."""
    settings = settings_from({"WATERLINE_HOME": home})
    store = open_store(settings.store_url)
    store.migrate()
    with UnitOfWork(store, Scope(frozenset({ROOT}))) as unit:
        if not unit.proposals.hold(["p1"]):
            far = date(2999, 1, 1)
            for id, more in PROPOSED.items():
                unit.proposals.add(a_proposal(id, expires_on=far, owner="S1", **more))
            unit.commit()
    return services_as(settings, store, lambda: actor)


PROPOSED: dict[str, dict[str, Any]] = {
    "p1": {},
    "p2": {"sku": "O1", "unit_cost": None, "author": "u-else", "origin": Origin.REQUEST},
    "p3": {"sku": "F1", "state": State.SECOND, "approved_by": ("u-else",), "loss_per_day": Decimal(900)},
}


class MissingOverview(FakeOverview):
    def today(self, asked: Asked) -> Today:
        raise MissingData("table_not_loaded", tables=("order_line", "product"))


class DeniedOverview(FakeOverview):
    def today(self, asked: Asked) -> Today:
        raise AccessDenied("no_scope")


class BrokenOverview(FakeOverview):
    def today(self, asked: Asked) -> Today:
        raise ZeroDivisionError("secret detail")
