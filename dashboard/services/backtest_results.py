"""Results of a replay per series, and the figures that follow from any part of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.simulation.priority import priority
from analytics.simulation.results import COSTS, MEASURES, Estimate, Tally, cheaper, estimates, tally
from analytics.simulation.twin import Ledger
from dashboard.services.twin_world import Staged

UNITS = ("demand", "sold", "lost", "held", "wasted", "ordered", "orders")
WHO = ("owner", "node", "node_name", "sku", "name", "category", "region")
SAVED = "saved"
"""Share of the cost of the policy that was named last."""
URGENT = (
    "scenario",
    "node",
    "node_name",
    "sku",
    "name",
    "runs_out",
    "days_out",
    "lost",
    "loss_per_day",
    "lost_per_day",
)


def rows_of(stage: Staged, ledger: Ledger, *, scenario: str, policy: str) -> pd.DataFrame:
    """One row per series: WHO, scenario, policy, UNITS (``held`` in units × days), COSTS in yuan, and of those that run
    out the first day of it, for how many days, and what that loses a day."""
    one, length = tally(ledger), stage.bucket.days
    rows = stage.rows[list(WHO)].assign(scenario=scenario, policy=policy, bucket=stage.bucket.value)
    rows = rows.assign(**{name: one.units[name] * (length if name == "held" else 1) for name in UNITS})
    rows = rows.assign(**{f"{name}_cost": one.yuan[name] for name in COSTS})
    first = priority(ledger)
    runs_out = np.full(len(rows), np.datetime64("NaT"), dtype="datetime64[D]")
    runs_out[first.rows] = stage.setting.days[first.runs_out]
    days_out, loss = np.zeros(len(rows)), np.zeros(len(rows))
    days_out[first.rows], loss[first.rows] = first.out * length, first.per_period / length
    return rows.assign(runs_out=runs_out.astype("datetime64[s]"), days_out=days_out, loss_per_day=loss)


def table_of(rows: pd.DataFrame) -> pa.Table:
    """As it is kept; days as days, texts as texts where nothing is known."""
    days = rows.assign(runs_out=rows["runs_out"].dt.date)
    told = pa.Table.from_pandas(days, preserve_index=False)
    kinds = {"runs_out": pa.date32()}
    fields = [
        pa.field(one.name, kinds.get(one.name, pa.string() if pa.types.is_null(one.type) else one.type))
        for one in told.schema
    ]
    return told.cast(pa.schema(fields))


def tally_of(rows: pd.DataFrame, policy: str) -> Tally:
    """Rows of one scenario and policy as what they were."""
    units = {name: rows[name].to_numpy(dtype=float) for name in UNITS}
    return Tally(policy, units, {name: rows[f"{name}_cost"].to_numpy(dtype=float) for name in COSTS})


def compared(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Columns scenario, policy, measure, value, low, high: MEASURES, stock and SAVED, in the order asked."""
    found: list[dict[str, Any]] = []
    for scenario in _in_order(rows["scenario"]):
        mine = rows[rows["scenario"] == scenario]
        names = _in_order(mine["policy"])
        # Series in the same order under every policy: the same are drawn.
        each = {name: tally_of(mine[mine["policy"] == name].sort_values(["node", "sku"]), name) for name in names}
        for name, one in each.items():
            told: dict[str, Estimate] = estimates(one, seed)
            told[SAVED] = cheaper(one, each[names[-1]], seed)
            told["stock"] = _held(one)
            found += [
                {"scenario": scenario, "policy": name, "measure": measure,
                 "value": told[measure].value, "low": told[measure].low, "high": told[measure].high}
                for measure in (*MEASURES, "stock", SAVED)
            ]  # fmt: skip
    return pd.DataFrame(found)


def _held(one: Tally) -> Estimate:
    """Units × days on the shelves: what may be told to those who do not see costs."""
    return Estimate(float(one.units["held"].sum()), float("nan"), float("nan"))


def urgent(rows: pd.DataFrame) -> pd.DataFrame:
    """Who runs out under the policy that was named first: of each scenario the first to run out first."""
    if rows.empty:
        return pd.DataFrame(columns=list(URGENT))
    policy = _in_order(rows["policy"])[0]
    short = rows[(rows["policy"] == policy) & rows["runs_out"].notna()]
    short = short.assign(lost_per_day=short["lost"] / short["days_out"].clip(lower=1.0))
    order = ["runs_out", "loss_per_day", "node", "sku"]
    return short.sort_values(order, ascending=[True, False, True, True], ignore_index=True)[list(URGENT)]


def plain_rows(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """As JSON holds them."""
    return [{str(name): _plain(value) for name, value in row.items()} for row in rows.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def _in_order(values: pd.Series) -> Sequence[str]:
    return [str(one) for one in values.drop_duplicates()]
