"""The part of a page that says why a number changed: its passport, and what each part contributed to the change."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.core.errors import AccessDenied, DomainError
from analytics.metrics.metric import Favourable, Unit
from dashboard.services.export_files import Kind
from dashboard.services.requests import Asked
from dashboard.services.views import Definition, Glossary, Reasons, Tile
from dashboard.ui.charts.changes import changes
from dashboard.ui.errors import remedy, table_names
from dashboard.ui.filters import narrow
from dashboard.ui.page import Page
from dashboard.ui.showing import Picking
from dashboard.ui.tables import Column

CUTS = ("region", "channel", "category", "partner", "sku")
DRAWN = 8
KINDS: dict[Unit, tuple[Kind, Kind]] = {
    Unit.MONEY: ("money", "money"),
    Unit.COUNT: ("count", "count"),
    Unit.UNITS: ("units", "units"),
    Unit.RATE: ("rate", "change"),
    Unit.TIMES: ("times", "times"),
    Unit.DAYS: ("times", "times"),
    Unit.SCORE: ("times", "times"),
}
"""Unit → how a table shows values and changes."""


def why(page: Page, asked: Asked, tiles: tuple[Tile, ...], passports: Glossary, cuts: tuple[str, ...] = CUTS) -> None:
    """Choose a KPI and what to take it apart by: one of ``cuts``, which the page can be filtered by, too."""
    known = {one.metric: one for one in passports.definitions}
    offered = [tile.metric for tile in tiles if not (tile.needs or tile.uncut or tile.unbuilt)]
    page.section(page.t("today.why"), page.t("today.why.about"))
    with page.row("why"):
        metric = page.choose("why.metric", {name: page.t(f"metric.{name}.label") for name in offered})
        by = page.choice("why.by", cuts)
    if metric is None:
        return
    try:
        reasons = page.ask(page.services.why.explain, asked, metric, by)
    except AccessDenied:
        raise
    except DomainError as error:
        # What cannot be taken apart is a sentence in its place; the rest of the page stands.
        page.note(
            not_by(page, metric, error) if error.code == "dimension_unknown_to_metric" else remedy(page.words, error)
        )
        return
    told(page, reasons, known[metric])


def not_by(page: Page, metric: str, error: DomainError) -> str:
    """Which parts a metric has, where it has none of those that were asked for."""
    label, known = page.t(f"metric.{metric}.label"), str(error.facts["known"])
    if not known:
        return page.t("today.why.no_parts", metric=label)
    cuts = page.fmt.listed([page.word(f"filter.{one}", one) for one in known.split(", ")])
    return page.t("today.why.not_by", metric=label, by=page.t(f"filter.{error.facts['dimensions']}"), known=cuts)


def told(page: Page, reasons: Reasons, passport: Definition) -> None:
    """The passport in one line, the largest parts as bars, all of them in a table."""
    unit, favourable = Unit(passport.unit), Favourable(passport.favourable)
    page.note(
        page.t(
            "today.why.passport",
            formula=page.t(f"metric.{reasons.metric}.formula"),
            owner=page.t(f"owner.{passport.owner}"),
            tables=table_names(page.words, reasons.tables),
            rows=f"{reasons.rows:,}",
            build=reasons.freshness.build_id[:8],
        )
    )
    if reasons.now is None or reasons.before is None:
        page.note(page.t("today.why.unknown"))
        return
    unknown = page.t("today.why.not_known")
    names = [page.word(f"{reasons.by}.{name}", name) if name else unknown for name in reasons.parts["name"]]
    named = reasons.parts.assign(name=names)
    title = page.t(
        "today.why.title",
        metric=page.t(f"metric.{reasons.metric}.label"),
        by=page.t(f"{page.key}.why.by.{reasons.by}"),
        period=page.fmt.period(reasons.period),
        baseline=page.fmt.period(reasons.baseline),
    )
    drawn = with_rest(page, named, reasons.residual)
    labels = dict(zip(named["key"], named["name"], strict=True))
    choose = partial(chosen, reasons.by, labels)
    bars = partial(changes, page.fmt, page.palette, drawn, unit, favourable, rises_red=page.rises_red)
    columns = table_columns(unit, ratio=bool(reasons.parts["rate_effect"].notna().any()))
    picking = Picking(tuple(named["key"][:DRAWN]), choose, "key")
    page.chart("why.bars", title, bars, named, columns, picking=picking)


def chosen(by: str, labels: dict[str, str], key: str) -> None:
    if key:
        narrow(by, key, labels.get(key))


def with_rest(page: Page, named: pd.DataFrame, residual: float) -> pd.DataFrame:
    """The largest parts, then all others together, then what no part accounts for."""
    largest, others = named[:DRAWN], named[DRAWN:]
    rows = [{"name": one.name, "change": one.change} for one in largest.itertuples(index=False)]
    if len(others):
        rows.append({"name": page.t("today.why.others", count=len(others)), "change": float(others["change"].sum())})
    if abs(residual) > 1e-6:
        rows.append({"name": page.t("today.why.residual"), "change": residual})
    return pd.DataFrame(rows, columns=["name", "change"])


def table_columns(unit: Unit, *, ratio: bool) -> tuple[Column, ...]:
    kind, moved = KINDS[unit]
    shown = [
        Column("name", "column.name", width=160),
        Column("now", "column.now", kind),
        Column("before", "column.baseline", kind),
        Column("change", "column.contribution", moved),
    ]
    if ratio:
        shown += [Column("rate_effect", "column.rate_effect", moved), Column("mix_effect", "column.mix_effect", moved)]
    return tuple(shown)
