"""The one sentence that stands at the top of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from analytics.metrics.metric import Unit
from dashboard.services.boards import Board
from dashboard.services.forecast_view import Outlook
from dashboard.services.simulation import Compared
from dashboard.services.views import Heatmap, Service, Tile, Today
from dashboard.ui.formatting import JOINED, Format, is_number

MENTIONED = 2
"""More names than this and nobody reads them."""


def contributions(frame: pd.DataFrame) -> pd.Series:
    """Absolute change per row of a frame with ``sales`` and ``baseline``, indexed by ``name``.

    Rows without a baseline are left out: nothing can be said about their change. A baseline of zero is one: it is new.
    """
    known = frame[frame["baseline"].notna()]
    change = known["sales"].astype(float) - known["baseline"].astype(float)
    return pd.Series(change.to_numpy(), index=known["name"].astype(str))


def movers(frame: pd.DataFrame, total: float) -> pd.Series:
    """The largest contributions in the direction of the total change."""
    change = contributions(frame)
    same = change[change > 0] if total > 0 else change[change < 0]
    return same.reindex(same.abs().sort_values(ascending=False).index)[:MENTIONED]


def tile_of(today: Today, metric: str) -> Tile | None:
    return next((tile for tile in today.tiles if tile.metric == metric), None)


def today_sentence(fmt: Format, today: Today) -> str:
    """Sales of the period, the change against the baseline and who moved it most."""
    t = fmt.words.t
    sales = tile_of(today, "sales")
    if sales is None or not is_number(sales.value):
        return t("today.lead.nothing", period=fmt.period(today.period))
    amount = f"**{together(fmt.value(sales.value, Unit.MONEY))}**"
    if sales.change is None or sales.difference is None:
        return t("today.lead.alone", period=fmt.period(today.period), sales=amount)
    facts = {"period": fmt.period(today.period), "sales": amount, "baseline": fmt.period(today.baseline)}
    said = t("today.lead.change", change=f"**{fmt.change(sales.change)}**", **facts)
    if abs(sales.change) < 0.0005:
        return said + t("today.lead.end")
    named = [
        t("today.lead.mover", name=escaped(str(name)), change=together(fmt.difference(float(part), Unit.MONEY)))
        for name, part in movers(today.partners, sales.difference).items()
    ]
    if not named:
        return said + t("today.lead.end")
    return said + t("today.lead.movers", names=fmt.listed(named))


SERVICE_LED_BY = ("on_time_in_full", "out_of_stock_rate", "cancellation_rate")


def service_sentence(fmt: Format, service: Service) -> str:
    """What can be known of service, each rate with its change in percentage points."""
    t = fmt.words.t
    known = {tile.metric: tile for tile in service.tiles if is_number(tile.value)}
    said = []
    for metric in SERVICE_LED_BY:
        if metric not in known:
            continue
        tile = known[metric]
        rate = f"**{fmt.value(tile.value, Unit.RATE)}**"
        moved = None if tile.difference is None else fmt.points(tile.difference)
        name = t(f"metric.{metric}.label")
        said.append(
            t("fulfilment.lead.moved", name=name, rate=rate, moved=moved)
            if moved
            else t("fulfilment.lead.rate", name=name, rate=rate)
        )
    if not said:
        return t("fulfilment.lead.nothing", period=fmt.period(service.period))
    return t("fulfilment.lead", period=fmt.period(service.period), rates=fmt.listed(said))


def board_sentence(fmt: Format, board: Board) -> str:
    """How many of a department's KPIs are known, and which of them are out of the ordinary."""
    t = fmt.words.t
    known = [tile for tile in board.tiles if is_number(tile.value)]
    odd = [t(f"metric.{tile.metric}.label") for tile in known if tile.unusual]
    facts = {
        "owner": t(f"overview.kpis.owner.{board.owner}"),
        "period": fmt.period(board.period),
        "known": len(known),
        "all": len(board.tiles),
    }
    return t("kpis.lead.unusual", names=fmt.listed(odd), **facts) if odd else t("kpis.lead", **facts)


def heatmap_sentence(fmt: Format, view: Heatmap, unit: Unit) -> str:
    """Where most of it is, and where it moved most."""
    t = fmt.words.t
    if view.cells.empty:
        return t("heatmap.lead.nothing", period=fmt.period(view.period))
    ranked = view.cells.sort_values("value", ascending=False)
    if view.metric == "growth":
        ranked = view.cells.sort_values("growth", ascending=False).dropna(subset=["growth"])
        if ranked.empty:
            return t("heatmap.lead.no_growth", baseline=fmt.period(view.baseline))
        best, worst = ranked.iloc[0], ranked.iloc[-1]
        return t(
            "heatmap.lead.growth",
            best=placed(fmt, best),
            up=fmt.change(float(best["growth"])),
            worst=placed(fmt, worst),
            down=fmt.change(float(worst["growth"])),
            baseline=fmt.period(view.baseline),
        )
    ranked = ranked.dropna(subset=["value"])
    if ranked.empty:
        return t("heatmap.lead.unknown", period=fmt.period(view.period))
    first, last = ranked.iloc[0], ranked.iloc[-1]
    facts = {"period": fmt.period(view.period), "place": placed(fmt, first), "cells": f"{len(ranked):,}"}
    value = f"**{together(fmt.value(float(first['value']), unit))}**"
    if view.metric == "in_stock_rate":
        low = f"**{together(fmt.value(float(last['value']), unit))}**"
        return t("heatmap.lead.in_stock", **facts | {"place": placed(fmt, last)}, value=low)
    if view.per:
        return t(f"heatmap.lead.per.{view.per}", **facts, value=value)
    if not is_number(first["share"]):
        return t("heatmap.lead.alone", **facts, value=value)
    return t("heatmap.lead.value", **facts, value=value, share=fmt.value(float(first["share"]), Unit.RATE))


def together(number: str) -> str:
    """``number`` without a place to break the line: Chinese text may break between digits and their unit.

    >>> len(together("¥163万")) - len("¥163万"), together("$1.6M")
    (1, '$1.6M')
    """
    return re.sub(r"(?<=\d)(?=[^\x00-\x7f])", JOINED, number)


def placed(fmt: Format, cell: pd.Series) -> str:
    return escaped(str(cell["place"]) or fmt.words.t("map.unnamed"))


def escaped(text: str) -> str:
    """A name from imported data as plain text: no Markdown, no links.

    >>> escaped("[a](http://x)")
    '\\\\[a\\\\]\\\\(http\\\\://x\\\\)'
    """
    return "".join(f"\\{char}" if char in "\\`*_{}[]()#+-.!|~<>$:" else char for char in text)


def replay_sentence(fmt: Format, view: Compared, names: Mapping[str, str]) -> str:
    """How much of demand the policy that was named first met, and what it saved against the one named last."""
    first, last = view.policies[0], view.policies[-1]
    facts = {"policy": escaped(names[first]), "other": escaped(names[last])}
    facts["fill"] = together(fmt.value(view.value("", first, "fill_rate"), Unit.RATE))
    facts["theirs"] = together(fmt.value(view.value("", last, "fill_rate"), Unit.RATE))
    saved = view.value("", first, "saved")
    if first == last or not is_number(saved):
        return fmt.words.t("replay.lead.fill" if first != last else "replay.lead.alone", **facts)
    way = "replay.lead.cheaper" if saved >= 0 else "replay.lead.dearer"
    return fmt.words.t(way, saved=together(fmt.value(abs(saved), Unit.RATE)), **facts)


def forecast_sentence(fmt: Format, view: Outlook) -> str:
    """Demand ahead with its interval, and how good the forecast was one period ahead."""
    t, (ours, naive) = fmt.words.t, view.wape
    mean, (low, high) = float(view.ahead["mean"].sum()), view.total
    facts = {
        "periods": len(view.ahead),
        "unit": t(f"forecast.unit.{view.bucket}"),
        "mean": together(fmt.value(mean, Unit.UNITS)),
        "wape": together(fmt.value(ours, Unit.RATE)),
        "together": together(fmt.value(view.wape_together, Unit.RATE)),
        "baseline": together(fmt.value(naive, Unit.RATE)),
    }
    if not (is_number(low) and is_number(high)):
        return t("forecast.lead.plain", **facts)
    return t(
        "forecast.lead",
        low=together(fmt.value(low, Unit.UNITS)),
        high=together(fmt.value(high, Unit.UNITS)),
        **facts,
    )
