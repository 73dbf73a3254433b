"""How replays are told: names of policies and scenarios, and figures with their intervals."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.core.errors import DomainError
from analytics.metrics.metric import Unit
from analytics.simulation.shocks import ShockKind, shock_of
from dashboard.services.export_files import Kind
from dashboard.services.simulation import Compared
from dashboard.ui.formatting import Format, is_number
from dashboard.ui.tables import Column
from dashboard.words import Words

UNITS = {
    "fill_rate": Unit.RATE,
    "cost": Unit.MONEY,
    "saved": Unit.RATE,
    "lost": Unit.UNITS,
    "holding": Unit.MONEY,
    "waste": Unit.UNITS,
    "orders": Unit.COUNT,
    "stock": Unit.UNITS,
}
FIGURES = (
    Column("scenario", "replay.column.scenario", width=170),
    Column("policy", "replay.column.policy", width=190),
    *(Column(name, f"replay.column.{name}", width=165) for name in UNITS),
)


def interval_columns(unit: Unit) -> tuple[Column, ...]:
    """Columns of one measure: its value and both ends of its interval."""
    kinds: dict[Unit, Kind] = {Unit.RATE: "rate", Unit.MONEY: "cents"}
    ends = (Column(name, f"replay.column.{name}", kinds.get(unit, "units")) for name in ("value", "low", "high"))
    return (FIGURES[0], FIGURES[1], *ends)


def policy_name(words: Words, named: str) -> str:
    """``min-max:14:28`` as people say it; covers are days."""
    kind, *covers = named.split(":")
    name = words.t(f"replay.policy.{kind}")
    return words.t("replay.cover", name=name, days="–".join(covers)) if covers else name


def scenario_name(words: Words, told: str) -> str:
    """The shocks of a scenario in words; those of another release as they are written."""
    if not told:
        return words.t("backtest.no_shock")
    return words.t("list.comma").join(_shock(words, one) for one in told.split(","))


def _shock(words: Words, told: str) -> str:
    try:
        shock = shock_of(told)
    except DomainError:
        return told
    share = f"{shock.amount:+.0%}"
    amount = {ShockKind.LEAD: f"{shock.amount:g}", ShockKind.CLOSED: shock.region}.get(shock.kind, share)
    name = words.t(f"replay.shock.{shock.kind.value}", amount=amount)
    return f"{name} {shock.first}–{shock.last}" if shock.first else name


def figures(fmt: Format, view: Compared) -> pd.DataFrame:
    """One row per scenario and policy: each figure with the interval behind it."""
    rows: list[dict[str, Any]] = []
    for (scenario, policy), part in view.figures.groupby(["scenario", "policy"], sort=False):
        told = {str(row["measure"]): _figure(fmt, row) for row in part.to_dict("records")}
        names = {"scenario": scenario_name(fmt.words, str(scenario)), "policy": policy_name(fmt.words, str(policy))}
        rows.append({**names, **told})
    return pd.DataFrame(rows)


def _figure(fmt: Format, row: Any) -> str:
    unit = UNITS[str(row["measure"])]
    if not is_number(row["value"]):
        return "–"
    value, low, high = (fmt.value(float(row[name]), unit) if is_number(row[name]) else "" for name in
                        ("value", "low", "high"))  # fmt: skip
    return f"{value} ({low} – {high})" if low and high else value
