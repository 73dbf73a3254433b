"""The territory heatmap: one metric per hexagon or partner, on a scale that does not move with the period."""

from __future__ import annotations

import pandas as pd

from analytics.core.access import Action
from analytics.core.errors import DomainError
from analytics.core.geo import RESOLUTIONS, centre_of
from analytics.metrics.coverage import unplaced
from analytics.metrics.query import Question
from dashboard.services.asked import in_cells
from dashboard.services.backdrop import backdrop_of, places_of
from dashboard.services.desk import Desk
from dashboard.services.frames import frame_of, sums_of
from dashboard.services.map_values import Values, values_of
from dashboard.services.requests import Asked, Look
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Gap, Heatmap, Rows

GROWTH_LIMITS = (-0.5, 0.5)
MONTH_DAYS = 30.4375
LINES_SHOWN = 300


class Territory(UseCase):
    """Use cases of the territory section."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @reads
    def heatmap(self, asked: Asked, look: Look, resolution: int) -> Heatmap:
        """Cells and partners coloured by what ``look`` asks for.

        ``asked.cells`` narrows ``lines`` alone: the map keeps showing everything around the choice.
        """
        if resolution not in RESOLUTIONS:
            raise DomainError("unknown_resolution", given=resolution, known=", ".join(map(str, RESOLUTIONS)))
        view = values_of(self._desk.open(Action.SEE_TERRITORY), asked, look)
        cells, lines = _cells(view, resolution), _excerpt(view, _lines(view, asked.cells), LINES_SHOWN)
        return Heatmap(
            freshness=view.opened.freshness,
            metric=view.metric,
            period=view.period,
            baseline=view.baseline,
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
            per=view.per,
            step=view.step,
            steps=view.steps,
            comparable=view.base is not None,
        )

    @reads
    def lines(self, asked: Asked, look: Look, most: int = LINES_SHOWN) -> Rows:
        """At most so many of the partners behind the map, or behind its chosen cells."""
        view = values_of(self._desk.open(Action.SEE_TERRITORY), asked, look)
        return _excerpt(view, _lines(view, asked.cells), most)


def _cells(view: Values, resolution: int) -> pd.DataFrame:
    column = f"cell{resolution}"
    found = view.by(column)
    shared = view.adds_up and not view.per
    total = found["measured"].sum() if shared else 0
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


def _cell_names(view: Values, column: str) -> dict[str, str]:
    """The name that most of the places one sells at have in common, by cell; only places of one's own rows count."""
    places, sold = view.opened.facts.table("place"), view.opened.facts.table("sales_day")
    known = places.filter(places[column].notnull() & places.label.notnull()).semi_join(sold, "place")
    counted = known.group_by(cell=known[column], label=known.label).aggregate(times=known.count())
    named = frame_of(view.opened.facts.answer(counted)).sort_values(["times", "label"], ascending=[False, True])
    return dict(named.drop_duplicates("cell")[["cell", "label"]].itertuples(index=False))


def _points(view: Values) -> pd.DataFrame:
    found = view.undivided().by("partner")
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


def _lines(view: Values, cells: tuple[str, ...]) -> pd.DataFrame:
    found = view.undivided(*(in_cells(cells) if cells else ())).by("partner", "place")
    partners = frame_of(view.opened.facts.answer(view.opened.facts.table("partner").select("partner", "name")))
    places = frame_of(view.opened.facts.answer(view.opened.facts.table("place").select("place", "label")))
    named = found.merge(partners, on="partner", how="left").merge(places, on="place", how="left")
    named = named.assign(name=named["name"].fillna(""), place=named["label"].fillna(""))
    # Of sales the most come first, of full shelves the fewest: either way what somebody looks for.
    ordered = named.sort_values(["measured", "partner", "place"], ascending=[view.is_rate, True, True])
    return ordered[["partner", "name", "place", "value", "baseline", "growth"]].reset_index(drop=True)


def _excerpt(view: Values, lines: pd.DataFrame, most: int) -> Rows:
    """The first lines; only what adds up over partners has a sum: people who bought at two of them are not two."""
    kept = lines.head(most)
    return Rows(kept, len(lines), len(kept), sums_of(lines, "value") if view.adds_up else {})


def _scale(view: Values, resolution: int) -> tuple[float, float]:
    """Limits that hold for every period of the same length, so that a colour means the same next week.

    The top is the 99th percentile of cells' monthly values over all that the build covers, stretched to the period's
    length where values add up. Distinct counts are not stretched: over a year they fill the top of a month's scale.
    Of a window that is cut, it is that of all its pieces: moving from one to the next moves no colour.
    """
    if view.metric == "growth":
        return GROWTH_LIMITS
    if view.is_rate:
        return (0.0, 1.0)
    column = f"cell{resolution}"
    pieces = view.in_days(view.window if view.step else view.opened.covered, view.step or "month", column)
    if view.step:
        pieces = pieces[pieces[view.step].isin(view.steps)]
    values = pieces[pieces[column].notna()][view.measured].dropna().astype("float64")
    if values.empty:
        return (0.0, 1.0)
    stretch = view.period.days / MONTH_DAYS if view.adds_up and not view.step else 1.0
    return (0.0, float(values.quantile(0.99)) * stretch or 1.0)


def _unplaced(view: Values) -> Gap | None:
    opened = view.opened
    if view.is_rate:
        return None
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
