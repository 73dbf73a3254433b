"""What changed: KPI tiles, trend, top partners and products, and the rows behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.core.access import Action
from analytics.core.calendar import Period
from analytics.core.errors import DomainError
from analytics.metrics.coverage import GAPS
from analytics.metrics.facts import DIMENSIONS
from analytics.metrics.query import Question
from dashboard.services.asked import Where, bucket_days, bucket_of, bucket_start, buckets, period_of, where_of
from dashboard.services.boards import BOARDS, Board
from dashboard.services.desk import Desk, Opened
from dashboard.services.frames import frame_of, sums_of
from dashboard.services.kpi import Compared, compared, tiles_of
from dashboard.services.names import described
from dashboard.services.requests import Asked
from dashboard.services.targets import targets_by_partner
from dashboard.services.tiers import MOST, tier_of
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Gap, Rows, Tiers, Today

TILES = (
    "sales",
    "net_sales",
    "orders",
    "units",
    "average_order_value",
    "gross_margin",
    "gross_margin_rate",
    "buyers",
    "new_buyers",
    "partners_buying",
    "online_share",
    "refunds",
)
TOP = 100
MOVERS = 10
ROWS_SHOWN = 500
PRODUCT_SUMS = ("sales", "baseline", "share", "units")


class Overview(UseCase):
    """Use cases of the overview section."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @reads
    def today(self, asked: Asked) -> Today:
        """Tiles, trend and tops for the period, each against the baseline; raises MissingData, AccessDenied."""
        opened = self._desk.open(Action.SEE_OVERVIEW)
        view = compared(opened, asked)
        tiles = tiles_of(view, TILES, sigmas=self._sigmas(opened))
        products = _ranked(view, "sku")
        return Today(
            freshness=opened.freshness,
            period=view.period,
            baseline=view.baseline,
            tiles=tiles,
            trend=_trend(view, next((tile.target for tile in tiles if tile.metric == "sales"), None)),
            partners=_tops(_ranked(view, "partner")),
            products=_tops(products),
            all_products=len(products),
            product_sums=sums_of(products, *PRODUCT_SUMS),
            coverage=_coverage(opened, view.period, view.where),
        )

    @reads
    def board(self, asked: Asked, owner: str) -> Board:
        """Every metric of the department ``owner``, of :data:`BOARDS`; raises MissingData, AccessDenied.

        Raises DomainError unknown_department for another.
        """
        if owner not in BOARDS:
            raise DomainError("unknown_department", owner=owner, known=", ".join(BOARDS))
        opened = self._desk.open(Action.SEE_OVERVIEW)
        view = compared(opened, asked)
        tiles = tiles_of(view, BOARDS[owner], sigmas=self._sigmas(opened))
        return Board(opened.freshness, view.period, view.baseline, owner, tiles)

    @reads
    def tiers(self, asked: Asked, most: int = MOST) -> Tiers:
        """Who stands where one level below what is asked, the unusual first, at most so many of them.

        Raises MissingData, AccessDenied.
        """
        opened = self._desk.open(Action.SEE_OVERVIEW)
        view = compared(opened, asked)
        level, rows = tier_of(view, sigmas=self._sigmas(opened))
        sums = sums_of(rows, "sales", "baseline", "share", "target")
        shown = rows.head(most)
        return Tiers(opened.freshness, view.period, view.baseline, level, shown, len(rows), sums)

    @reads
    def products(self, asked: Asked, most: int = TOP) -> Rows:
        """At most so many products by sales; raises MissingData, AccessDenied."""
        ranked = _ranked(compared(self._desk.open(Action.SEE_OVERVIEW), asked), "sku")
        kept = ranked.head(most)
        return Rows(kept, len(ranked), len(kept), sums_of(ranked, *PRODUCT_SUMS))

    def _sigmas(self, opened: Opened) -> float:
        return float(self._desk.policies().number_of("management.unusual_sigmas", as_of=opened.covered.last))

    @reads
    def rows(self, asked: Asked, most: int = ROWS_SHOWN) -> Rows:
        """At most so many order lines behind a number, newest first; raises AccessDenied without the right to them."""
        opened = self._desk.open(Action.SEE_ROWS)
        period = period_of(asked, opened.covered)
        lines = opened.facts.table("sales_line")
        lines = lines.filter(lines.day.between(period.first, period.last))
        products, partners = opened.facts.table("product"), opened.facts.table("partner")
        told = lines.left_join(products.select("sku", "category", product_name="name"), "sku").drop("sku_right")
        told = told.left_join(partners.select("partner", partner_name="name"), "partner")
        where = where_of(asked, opened)
        placed = [name for name, _ in where if DIMENSIONS[name].table == "place"]
        if placed:
            told = told.left_join(opened.facts.table("place").select("place", *placed), "place")
        for name, values in where:
            told = told.filter(told[name].isin(list(values)))
        counted = told.aggregate(total=told.count(), quantity=told.units.sum(), amount=told.amount.sum())
        [whole] = opened.facts.answer(counted).to_pylist()
        newest = told.order_by([told.day.desc(), told.order_id, told.line_no]).limit(most)
        frame = opened.facts.answer(
            newest.select(
                "day",
                "order_id",
                "line_no",
                "channel",
                "partner",
                "partner_name",
                "sku",
                "product_name",
                quantity=newest.units,
                amount=newest.amount,
            )
        )
        sums = {name: float(whole[name] or 0) for name in ("quantity", "amount")}
        return Rows(frame_of(frame), whole["total"], frame.num_rows, sums)


def _trend(view: Compared, target: float | None) -> pd.DataFrame:
    opened, period, where = view.opened, view.period, view.where
    bucket = bucket_of(period)
    days = buckets(period, bucket)
    now = _by_bucket(opened, bucket, period, where)
    before: list[float | None] = []
    if view.base:
        known = _by_bucket(opened, bucket, view.base, where)
        before = [known.get(day, 0.0) for day in buckets(view.base, bucket)]
    elif view.against_target and target is not None:
        before = [target * bucket_days(day, bucket) / period.days for day in days]
    padded = [*before[: len(days)], *[None] * max(0, len(days) - len(before))]
    return pd.DataFrame(
        {
            "day": days,
            "sales": [now.get(day, 0.0) for day in days],
            "baseline": pd.array(padded, dtype="Float64").to_numpy("float64", na_value=float("nan")),
        }
    )


def _by_bucket(opened: Opened, bucket: str, period: Period, where: Where) -> dict[object, float]:
    rows = opened.ask(Question(("sales",), by=(bucket,), period=period, where=where)).to_pylist()
    return {bucket_start(row[bucket], bucket): float(row["sales"] or 0) for row in rows}


def _tops(ranked: pd.DataFrame) -> pd.DataFrame:
    """The largest by sales and, whatever their size, those that changed most: a lost customer sells nothing now."""
    moved = (ranked["sales"] - ranked["baseline"]).abs().nlargest(MOVERS).index
    return ranked[(np.arange(len(ranked)) < TOP) | ranked.index.isin(moved)].reset_index(drop=True)


def _ranked(view: Compared, by: str) -> pd.DataFrame:
    """All of them by sales, the largest first."""
    opened, period, where = view.opened, view.period, view.where
    second = "orders" if by == "partner" else "units"
    found = frame_of(opened.ask(Question(("sales", second), by=(by,), period=period, where=where)))
    total = found["sales"].sum()
    if view.base:
        before = frame_of(opened.ask(Question(("sales",), by=(by,), period=view.base, where=where)))
        found = found.merge(before.rename(columns={"sales": "baseline"}), on=by, how="outer")
        found = found.fillna({"sales": 0.0, second: 0.0, "baseline": 0.0})
    elif view.against_target and by == "partner":
        found = found.assign(baseline=found[by].map(targets_by_partner(opened, view.asked, "sales", period)))
    else:
        found = found.assign(baseline=float("nan"))
    found = found[found[by].notna()].sort_values(["sales", by], ascending=[False, True])
    found = found.merge(_names(opened, by, found[by].tolist()), on=by, how="left")
    return found.assign(
        name=found["name"].fillna(found[by]),
        change=(found["sales"] - found["baseline"]) / found["baseline"].where(found["baseline"] > 0),
        share=found["sales"] / total if total else float("nan"),
    ).reset_index(drop=True)


def _names(opened: Opened, by: str, codes: list[str]) -> pd.DataFrame:
    mart, columns = ("partner", ("name",)) if by == "partner" else ("product", ("name", "category"))
    return frame_of(described(opened, mart, by, codes, *columns))


def _coverage(opened: Opened, period: Period, where: Where) -> tuple[Gap, ...]:
    question = opened.termed(Question((), period=period, where=where))
    found = []
    for kind, gap in GAPS.items():
        if kind == "cost_unknown" and not opened.actor.may(Action.SEE_COST):
            continue
        rows = opened.facts.answer(gap(opened.facts.table, question)).to_pylist()
        if rows:
            found.append(_gap(kind, rows))
    return tuple(found)


def _gap(kind: str, rows: list[dict[str, object]]) -> Gap:
    named = tuple(str(row["name"]).removeprefix("r:") for row in rows[:50] if row["name"] is not None)
    return Gap(
        kind,
        things=len(rows),
        lines=sum(int(str(row["lines"])) for row in rows),
        amount=float(sum(float(str(row["amount"])) for row in rows)),
        names=() if kind == "account_unknown" else named,
    )
