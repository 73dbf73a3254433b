"""What plants have to make: forecast and approved demand by plant and week, and how partners' orders follow sales."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import pandas as pd

from analytics.core.access import Action, Scope
from analytics.core.calendar import day_of
from analytics.core.errors import NotYet
from analytics.decisions.proposal import WAITED_FOR, State
from analytics.metrics.ordering import bullwhip, ordered_to_sold
from dashboard.services.decision_work import DecisionUnits
from dashboard.services.desk import Desk, Facts, Opened
from dashboard.services.frames import frame_of
from dashboard.services.names import node_names
from dashboard.services.plan_frames import families_of, nodes_of
from dashboard.services.plan_lanes import DEEPEST, stocked_of, with_lanes
from dashboard.services.plan_stock import KEY
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Freshness
from data.store.proposal_search import SoughtProposals
from data.store.records import Build, ForecastRun

APPROVED = (State.APPROVED, *sorted(WAITED_FOR))
WEEKS = 13
"""Complete weeks over which orders are compared with sales."""
MOST = 1_000_000
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Need:
    """What one node wants from one plant (or supplier) in the week from Monday ``week``, in units.

    ``forecast``: mean of what its own customers will buy; ``approved``: what it orders there by approved proposals,
    less what came. ``plant``: "" where no lane leads to the node.
    """

    plant: str
    week: date
    node: str
    forecast: Decimal
    approved: Decimal


@dataclass(frozen=True, slots=True)
class Following:
    """How the orders of a partner and those below it follow their sales; ratios are None where they mean nothing."""

    partner: str
    name: str
    weeks: int
    ordered: float
    sold: float
    ratio: float | None
    bullwhip: float | None


@dataclass(frozen=True, slots=True)
class PlantView:
    """``needs`` by plant, week and node; ``plants`` the same added up over nodes (``node`` is ""); names by code.

    ``unknown``: nodes × SKUs that the forecast says nothing about, so that they are in no sum.
    """

    freshness: Freshness
    run: str
    as_of: date
    needs: tuple[Need, ...]
    plants: tuple[Need, ...]
    names: Mapping[str, str]
    partners: tuple[Following, ...]
    unknown: int


class PlantSignal(UseCase):
    """Use case of the page for plants; each call demands its right again."""

    def __init__(
        self,
        desk: Desk,
        units: DecisionUnits,
        latest: Callable[[], ForecastRun | None],
        run_facts: Callable[[Scope, Build, ForecastRun], Facts],
        clock: Callable[[], datetime],
    ) -> None:
        self._desk, self._units, self._latest, self._run_facts, self._clock = desk, units, latest, run_facts, clock

    @reads
    def signal(self) -> PlantView:
        """The coming weeks; raises MissingData without data, NotYet ``plant_no_forecast`` before the first forecast."""
        opened, run = self._desk.open(Action.SEE_PLANTS), self._latest()
        if run is None:
            raise NotYet("plant_no_forecast")
        lanes, nodes = frame_of(opened.facts.answer(opened.facts.table("supply_lane"))), nodes_of(opened.facts)
        stocked = stocked_of(nodes)
        ahead, unknown = _ahead(self._run_facts(opened.actor.scope, opened.build, run))
        rows = [
            *_needs(ahead, _plants(ahead[KEY].drop_duplicates(ignore_index=True), lanes, stocked)),
            *self._approved(opened, set(stocked)),
        ]
        needs = added(rows, by_node=True)
        codes = {one.plant for one in needs} | {one.node for one in needs}
        return PlantView(
            freshness=opened.freshness, run=run.id, as_of=run.as_of, needs=needs, plants=added(rows, by_node=False),
            names=node_names(opened, codes), partners=_following(opened, nodes), unknown=unknown,
        )  # fmt: skip

    def _approved(self, opened: Opened, stocked: set[str]) -> Iterable[Need]:
        """Of lines whose source is no place of ours that only ships on: those come from a plant in turn."""
        today = day_of(self._clock())
        with self._units.reading(opened.actor) as unit:
            found = unit.proposals.find(SoughtProposals(today, states=APPROVED), MOST)
        for one in found:
            if one.source not in stocked:
                left = max(one.quantity - (one.received or ZERO), ZERO)
                yield Need(one.source, monday(max(one.order_by, today)), one.node, ZERO, left)


def monday(day: date) -> date:
    """Of the week of a day.

    >>> monday(date(2026, 3, 5))
    datetime.date(2026, 3, 2)
    """
    return day - timedelta(days=day.weekday())


def added(rows: Iterable[Need], *, by_node: bool) -> tuple[Need, ...]:
    """Sums by plant, week and node, or over all nodes."""
    sums: dict[tuple[str, date, str], tuple[Decimal, Decimal]] = {}
    for one in rows:
        key = one.plant, one.week, one.node if by_node else ""
        forecast, approved = sums.get(key, (ZERO, ZERO))
        sums[key] = forecast + one.forecast, approved + one.approved
    return tuple(Need(*key, *both) for key, both in sorted(sums.items()) if any(both))


def _ahead(forecast: Facts) -> tuple[pd.DataFrame, int]:
    """Mean demand by node, SKU and week; and how many nodes × SKUs have none that is known."""
    rows, series = forecast.table("forecast_ahead"), forecast.table("forecast_series")
    known = series.filter(series.answered).select("series", "node", "sku")
    joined = rows.select("series", "period", "mean").inner_join(known, "series")
    told = frame_of(forecast.answer(joined.select("node", "sku", "period", "mean"), many=True))
    unknown = len(frame_of(forecast.answer(series.filter(~series.answered).select("series"))))
    days = pd.to_datetime(told["period"])
    weeks = (days - pd.to_timedelta(days.dt.weekday, unit="D")).dt.date
    return told.assign(week=weeks).groupby([*KEY, "week"], as_index=False).agg(mean=("mean", "sum")), unknown


def _plants(pairs: pd.DataFrame, lanes: pd.DataFrame, stocked: list[str]) -> pd.DataFrame:
    """The source at the end of the lanes into each node and SKU, "" where none leads there."""
    found = pairs.assign(plant="", at=pairs["node"])
    for _ in range(DEEPEST):
        above = with_lanes(found[["at", "sku"]].rename(columns={"at": "node"}), lanes)["origin"].to_numpy()
        known = pd.Series(above, index=found.index).notna() & (found["plant"].eq("") | found["plant"].isin(stocked))
        moves = known & (pd.Series(above, index=found.index) != found["at"])
        if not moves.any():
            break
        found.loc[moves, "plant"] = above[moves.to_numpy()]
        found.loc[moves, "at"] = above[moves.to_numpy()]
    return found.drop(columns="at")


def _needs(ahead: pd.DataFrame, plants: pd.DataFrame) -> Iterable[Need]:
    told = ahead.merge(plants, on=KEY)
    for plant, week, node, mean in zip(told["plant"], told["week"], told["node"], told["mean"], strict=True):
        # Thousandths per product, so that sums over nodes are the sums of what is shown.
        yield Need(plant, week, node, round(Decimal(str(mean)), 3), ZERO)


def _following(opened: Opened, nodes: pd.DataFrame) -> tuple[Following, ...]:
    """Of partners at the top of a branch: what came into the branch was ordered, what left it was sold."""
    tops = families_of(opened.facts)
    family = nodes["owner"].map(tops)
    last = monday(opened.covered.last + timedelta(days=1))
    first = max(last - timedelta(days=7 * WEEKS), monday(opened.covered.first + timedelta(days=6)))
    if first >= last:
        return ()
    orders, sales = opened.facts.table("inbound_line"), opened.facts.table("demand")
    asked = orders.filter((orders.ordered >= first) & (orders.ordered < last))
    ordered = frame_of(opened.facts.answer(asked.select("node", "origin", day="ordered", units="quantity")))
    ordered = ordered[ordered["origin"].map(family).ne(ordered["node"].map(family))]
    asked = sales.filter((sales.day >= first) & (sales.day < last))
    sold = frame_of(opened.facts.answer(asked.group_by("node", "day").aggregate(units=asked.units.sum())))
    weeks = [first + timedelta(days=7 * number) for number in range((last - first).days // 7)]
    both = [_weekly(rows.assign(partner=rows["node"].map(family)), weeks) for rows in (ordered, sold)]
    rows = opened.facts.table("partner")
    names = frame_of(opened.facts.answer(rows.select("partner", "name"))).set_index("partner")["name"].to_dict()
    return tuple(
        _one(partner, str(names.get(partner) or partner), *(part.get(partner, [0.0] * len(weeks)) for part in both))
        for partner in sorted(set(both[0]) | set(both[1]))
    )  # fmt: skip


def _weekly(rows: pd.DataFrame, weeks: list[date]) -> dict[str, list[float]]:
    rows = rows[rows["partner"].notna()]
    days = pd.to_datetime(rows["day"])
    week = (days - pd.to_timedelta(days.dt.weekday, unit="D")).dt.date
    table = rows.assign(week=week).pivot_table(index="partner", columns="week", values="units", aggfunc="sum")
    table = table.reindex(columns=weeks).fillna(0.0)
    return {
        str(partner): [float(value) for value in values]
        for partner, values in zip(table.index, table.to_numpy(), strict=True)
    }


def _one(partner: str, name: str, ordered: list[float], sold: list[float]) -> Following:
    return Following(
        partner, name, len(sold), sum(ordered), sum(sold),
        ordered_to_sold(ordered, sold), bullwhip(ordered, sold) if sum(ordered) else None,
    )  # fmt: skip
