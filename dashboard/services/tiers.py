"""The next level below what is asked: provinces, cities, dealers, outlets; what is out of the ordinary comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.core.access import ROOT
from analytics.core.calendar import Period
from analytics.metrics.control import limits
from analytics.metrics.query import Question
from dashboard.services.asked import bucket_of, buckets
from dashboard.services.desk import Opened
from dashboard.services.frames import frame_of
from dashboard.services.kpi import HISTORY, Compared
from dashboard.services.names import names_of
from dashboard.services.targets import targets_by_partner

MOST = 300
"""Rows of a level that are shown; all of them are judged."""


@dataclass(frozen=True, slots=True)
class Level:
    """``kind`` is province, city or partner; ``members`` maps each partner below to the member it counts for."""

    kind: str
    members: dict[str, str]


def tier_of(view: Compared, *, sigmas: float) -> tuple[str, pd.DataFrame]:
    """The level's kind and all its rows: key, name, sales, orders, baseline, change, share, target, attained, expected,
    unusual ("high", "low" or ""), line (sales by bucket of the period).

    The unusual stand first, those farthest from what was expected on top; then by sales. ``key`` is "" where it is not
    known where something was sold.
    """
    level = _level(view)
    found = _with_baseline(view, level, _sums(view, level, view.period, ("sales", "orders")))
    if level.kind == "partner":
        targets = targets_by_partner(view.opened, view.asked, "sales", view.period)
        found = found.assign(target=found["key"].map(targets).astype(float))
    else:
        found = found.assign(target=np.nan)
    found = _judged(view, level, _with_line(view, level, found), sigmas=sigmas)
    names = names_of(view.opened, "partner" if level.kind == "partner" else "region", found["key"])
    total = found["sales"].sum()
    found = found.assign(
        name=[names.get(key, key) for key in found["key"]],
        change=(found["sales"] - found["baseline"]) / found["baseline"].where(found["baseline"] > 0),
        share=found["sales"] / total if total else np.nan,
        attained=found["sales"] / found["target"].where(found["target"] > 0),
    )
    far = (found["sales"] - found["expected"]).abs().where(found["unusual"] != "", 0.0)
    order = found.assign(far=far).sort_values(["far", "sales", "key"], ascending=[False, False, True])
    return level.kind, order.drop(columns="far").reset_index(drop=True)


def _level(view: Compared) -> Level:
    opened, asked = view.opened, view.asked
    if asked.partners:
        return _partners_below(opened, set(asked.partners))
    if asked.regions:
        known = opened.facts.table("region")
        levels = opened.facts.answer(known.filter(known.code.isin(list(asked.regions))).select("level"))
        return Level("city", {}) if "province" in levels["level"].to_pylist() else _partners_below(opened, {ROOT})
    if ROOT in opened.actor.scope.anchors and _provinces_known(opened):
        return Level("province", {})
    return _partners_below(opened, set(opened.actor.scope.anchors))


def _provinces_known(opened: Opened) -> bool:
    places = opened.facts.table("place").semi_join(opened.facts.table("sales_day"), "place")
    counted = opened.facts.answer(places.aggregate(known=places.province.nunique()))
    return int(counted["known"][0].as_py() or 0) > 1


def _partners_below(opened: Opened, above: set[str]) -> Level:
    """Everybody below ``above``, each counted for the member of the next level; what is sold without a partner is the
    brand's own.
    """
    rows = opened.facts.answer(opened.facts.table("partner").select("partner", "parent")).to_pylist()
    parents: dict[str, str] = {row["partner"]: row["parent"] or ROOT for row in rows}
    members: dict[str, str] = {}
    for partner, parent in parents.items():
        member, upper = partner, parent
        while upper not in above and upper in parents:
            member, upper = upper, parents[upper]
        if upper in above or partner in above:
            members[partner] = partner if partner in above else member
    return Level("partner", members)


def _sums(view: Compared, level: Level, period: Period, metrics: tuple[str, ...], *by: str) -> pd.DataFrame:
    """``metrics`` by key (and ``by``) over ``period``; orders of a member are those of its partners added up."""
    question = Question(metrics, by=(*by, level.kind), period=period, where=view.where)
    found = frame_of(view.opened.ask(question))
    keys = found[level.kind]
    if level.kind == "partner":
        keys = keys.map(level.members).where(keys.notna(), ROOT)
        found, keys = found[keys.notna()], keys[keys.notna()]
    found = found.drop(columns=level.kind).assign(key=keys.fillna("").astype(str))
    summed = found.groupby(["key", *by], as_index=False)[list(metrics)].sum()
    return summed.astype(dict.fromkeys(metrics, float))


def _with_baseline(view: Compared, level: Level, now: pd.DataFrame) -> pd.DataFrame:
    """With the column baseline, and with those who sold then and sell nothing now: they are the news."""
    if view.against_target and level.kind == "partner":
        targets = targets_by_partner(view.opened, view.asked, "sales", view.period)
        return now.assign(baseline=now["key"].map(targets).astype(float))
    if view.base is None:
        return now.assign(baseline=np.nan)
    before = _sums(view, level, view.base, ("sales",)).rename(columns={"sales": "baseline"})
    return now.merge(before, on="key", how="outer").fillna({"sales": 0.0, "orders": 0.0, "baseline": 0.0})


def _with_line(view: Compared, level: Level, found: pd.DataFrame) -> pd.DataFrame:
    """``line``: sales in the buckets of the period, a day without a sale as nothing."""
    bucket = bucket_of(view.period)
    sold = _sums(view, level, view.period, ("sales",), bucket)
    wide = sold.pivot_table(index=bucket, columns="key", values="sales", aggfunc="sum")
    wide = wide.reindex(buckets(view.period, bucket)).fillna(0.0)
    nothing = (0.0,) * len(wide)
    told = [tuple(wide[key]) if key in wide.columns else nothing for key in found["key"]]
    return found.assign(line=pd.Series(told, index=found.index, dtype=object))


def _judged(view: Compared, level: Level, found: pd.DataFrame, *, sigmas: float) -> pd.DataFrame:
    """``expected`` and ``unusual`` from each member's own days; nothing is said about periods of weeks or months."""
    if bucket_of(view.period) != "day":
        return found.assign(expected=np.nan, unusual="")
    days = Period(max(view.opened.covered.first, view.period.first - HISTORY), view.period.last)
    daily = _sums(view, level, days, ("sales",), "day")
    every = [days.first + timedelta(days=step) for step in range(days.days)]
    wide = daily.pivot_table(index="day", columns="key", values="sales", aggfunc="sum").reindex(every).fillna(0.0)
    judged = {
        key: limits(wide[key], length=view.period.days, sigmas=sigmas) for key in found["key"] if key in wide.columns
    }
    told = [judged.get(key) for key in found["key"]]
    return found.assign(
        expected=[one.expected if one else np.nan for one in told],
        unusual=["" if one is None or not one.unusual else "high" if one.actual > one.upper else "low" for one in told],
    )
