"""The territory heatmap: one metric per hexagon or partner, on a scale that does not move with the period."""

from __future__ import annotations

import pandas as pd

from analytics.core.access import Action
from analytics.core.calendar import Period
from analytics.core.errors import DomainError
from analytics.core.geo import RESOLUTIONS, centre_of
from analytics.metrics.coverage import unplaced
from analytics.metrics.metric import Additivity
from analytics.metrics.query import Question
from analytics.metrics.registry import metric_named
from dashboard.services.asked import Where, baseline_of, comparable, in_cells, period_of, where_of
from dashboard.services.backdrop import backdrop_of, places_of
from dashboard.services.desk import Desk, Opened
from dashboard.services.frames import frame_of, sums_of
from dashboard.services.requests import Asked
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Gap, Heatmap, Rows

METRICS = ("sales", "orders", "buyers", "growth")
GROWTH_LIMITS = (-0.5, 0.5)
MONTH_DAYS = 30.4375
LINES_SHOWN = 300


class Territory(UseCase):
    """Use cases of the territory section."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @reads
    def heatmap(self, asked: Asked, metric: str, resolution: int) -> Heatmap:
        """Cells and partners coloured by ``metric`` (sales, orders, buyers, or growth of sales).

        ``asked.cells`` narrows ``lines`` alone: the map keeps showing everything around the choice.
        """
        if resolution not in RESOLUTIONS:
            raise DomainError("unknown_resolution", given=resolution, known=", ".join(map(str, RESOLUTIONS)))
        view = self._view(asked, metric)
        cells, lines = _cells(view, resolution), _excerpt(view, _lines(view, asked.cells), LINES_SHOWN)
        return Heatmap(
            freshness=view.opened.freshness,
            metric=metric,
            period=view.period,
            baseline=baseline_of(asked, view.opened.covered),
            resolution=resolution,
            cells=cells,
            points=_points(view),
            lines=lines.frame,
            lines_total=lines.total,
            lines_sums=lines.sums,
            scale=_scale(view, resolution),
            backdrop=backdrop_of(cells["latitude"], cells["longitude"], resolution),
            places=places_of(cells),
            unplaced=_unplaced(view),
        )

    @reads
    def lines(self, asked: Asked, metric: str, most: int = LINES_SHOWN) -> Rows:
        """At most so many of the partners behind the map, or behind its chosen cells."""
        view = self._view(asked, metric)
        return _excerpt(view, _lines(view, asked.cells), most)

    def _view(self, asked: Asked, metric: str) -> _View:
        opened = self._desk.open(Action.SEE_TERRITORY)
        if metric not in METRICS:
            raise DomainError("unknown_metric", metric=metric, known=", ".join(METRICS))
        base = baseline_of(asked, opened.covered)
        compared = base if comparable(base, opened.covered) else None
        where = where_of(asked, opened, cells=False)
        return _View(opened, metric, period_of(asked, opened.covered), compared, where)


class _View:
    """One heatmap question: what is measured, when, against what, and where."""

    def __init__(self, opened: Opened, metric: str, period: Period, base: Period | None, where: Where) -> None:
        self.opened, self.metric, self.period, self.base, self.where = opened, metric, period, base, where
        self.measured = "sales" if metric == "growth" else metric

    def by(self, *dimensions: str) -> pd.DataFrame:
        """Columns: the dimensions, measured, baseline, growth and value."""
        keys = list(dimensions)
        now = self._ask(dimensions, self.period).rename(columns={self.measured: "measured"})
        if self.base is None:
            now = now.assign(baseline=float("nan"))
        else:
            before = self._ask(dimensions, self.base).rename(columns={self.measured: "baseline"})
            # Growth needs the cells that sold before and no longer do; the others only what sells now.
            now = now.merge(before, on=keys, how="outer" if self.metric == "growth" else "left")
            now = now.assign(measured=now["measured"].fillna(0))
        growth = (now["measured"] - now["baseline"]) / now["baseline"].where(now["baseline"] > 0)
        return now.assign(growth=growth, value=growth if self.metric == "growth" else now["measured"])

    def _ask(self, dimensions: tuple[str, ...], period: Period) -> pd.DataFrame:
        return frame_of(self.opened.ask(Question((self.measured,), by=dimensions, period=period, where=self.where)))


def _cells(view: _View, resolution: int) -> pd.DataFrame:
    column = f"cell{resolution}"
    found = view.by(column)
    total = found["measured"].sum()
    placed = found[found[column].notna()].rename(columns={column: "cell"})
    centres = [centre_of(cell) for cell in placed["cell"]]
    placed = placed.assign(
        latitude=[latitude for latitude, _ in centres],
        longitude=[longitude for _, longitude in centres],
        share=placed["measured"] / total if total else float("nan"),
    )
    names = _cell_names(view, column)
    named = placed.assign(place=placed["cell"].map(names).fillna(""))
    return named.sort_values(["measured", "cell"], ascending=[False, True]).reset_index(drop=True)


def _cell_names(view: _View, column: str) -> dict[str, str]:
    """The name that most of the places one sells at have in common, by cell; only places of one's own rows count."""
    places, sold = view.opened.facts.table("place"), view.opened.facts.table("sales_day")
    known = places.filter(places[column].notnull() & places.label.notnull()).semi_join(sold, "place")
    counted = known.group_by(cell=known[column], label=known.label).aggregate(times=known.count())
    named = frame_of(view.opened.facts.answer(counted)).sort_values(["times", "label"], ascending=[False, True])
    return dict(named.drop_duplicates("cell")[["cell", "label"]].itertuples(index=False))


def _points(view: _View) -> pd.DataFrame:
    found = view.by("partner")
    partners = view.opened.facts.table("partner").select("partner", "name")
    places = view.opened.facts.table("place")
    positions = places.filter(places.latitude.notnull()).select("place", "latitude", "longitude")
    keyed = partners.mutate(place="p:" + partners.partner)
    located = frame_of(
        view.opened.facts.answer(
            keyed.inner_join(positions, "place").select("partner", "name", "latitude", "longitude")
        )
    )
    columns = ["partner", "name", "latitude", "longitude", "value", "baseline", "growth"]
    return found.merge(located, on="partner")[columns].sort_values("partner").reset_index(drop=True)


def _lines(view: _View, cells: tuple[str, ...]) -> pd.DataFrame:
    if cells:
        view = _View(view.opened, view.metric, view.period, view.base, (*view.where, *in_cells(cells)))
    found = view.by("partner", "place")
    partners = frame_of(view.opened.facts.answer(view.opened.facts.table("partner").select("partner", "name")))
    places = frame_of(view.opened.facts.answer(view.opened.facts.table("place").select("place", "label")))
    named = found.merge(partners, on="partner", how="left").merge(places, on="place", how="left")
    named = named.assign(name=named["name"].fillna(""), place=named["label"].fillna(""))
    ordered = named.sort_values(["measured", "partner", "place"], ascending=[False, True, True])
    return ordered[["partner", "name", "place", "value", "baseline", "growth"]].reset_index(drop=True)


def _excerpt(view: _View, lines: pd.DataFrame, most: int) -> Rows:
    """The first lines; only what adds up over partners has a sum: people who bought at two of them are not two."""
    additive = view.metric != "growth" and metric_named(view.measured).additivity is Additivity.SUM
    kept = lines.head(most)
    return Rows(kept, len(lines), len(kept), sums_of(lines, "value") if additive else {})


def _scale(view: _View, resolution: int) -> tuple[float, float]:
    """Limits that hold for every period of the same length, so that a colour means the same next week.

    The top is the 99th percentile of cells' monthly values over all that the build covers, stretched to the period's
    length where values add up. Distinct counts are not stretched: over a year they fill the top of a month's scale.
    """
    if view.metric == "growth":
        return GROWTH_LIMITS
    column = f"cell{resolution}"
    question = Question((view.measured,), by=("month", column), period=view.opened.covered, where=view.where)
    monthly = frame_of(view.opened.ask(question))
    values = monthly[monthly[column].notna()][view.measured].astype("float64")
    if values.empty:
        return (0.0, 1.0)
    additive = metric_named(view.measured).additivity is Additivity.SUM
    stretch = view.period.days / MONTH_DAYS if additive else 1.0
    return (0.0, float(values.quantile(0.99)) * stretch or 1.0)


def _unplaced(view: _View) -> Gap | None:
    opened = view.opened
    rows = opened.facts.answer(
        unplaced(opened.facts.table, Question((), period=view.period, where=view.where))
    ).to_pylist()
    if not rows:
        return None
    codes = [row["name"] for row in rows if row["name"]]
    partners = opened.facts.table("partner")
    named = opened.facts.answer(partners.filter(partners.partner.isin(codes)).select("partner", "name")).to_pylist()
    names = {row["partner"]: row["name"] for row in named}
    return Gap(
        "unplaced",
        things=len(rows),
        lines=sum(row["lines"] for row in rows),
        amount=float(sum(row["amount"] for row in rows)),
        names=tuple(f"{names[code]} ({code})" if code in names else code.removeprefix("r:") for code in codes[:50]),
    )
