"""What stands on an evidence card beside the numbers: prices, lane, count, forecast, limits, versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from analytics.replenishment.proposals import Frame
from dashboard.services.plan_positions import Laid

FOLLOWING = "following_receipt"
"""Until when the order has to last: the day on which the order after it arrives."""
TOLD = (
    "level", "unit_cost", "price", "shortage_per_unit", "holding_per_unit_day", "fixed_cost", "freight_per_unit",
    "lane", "lead_days", "lead_spread", "order_weekdays", "cut_off", "counted_on", "since_count",
    "minimum_order", "case_multiple",
    FOLLOWING, "forecast_methods", "forecast_flags",
)  # fmt: skip
"""Names of what is told, in the order of the card."""

LEAST = 0.0005
"""Units that three decimals can tell."""


def frame_around(laid: Laid, *, as_of: date, first: date, batch: str, now: datetime, build: str, run: str) -> Frame:
    """The frame of all proposals of a plan."""
    return Frame(
        as_of=as_of,
        first=first,
        batch=batch,
        made_at=now,
        build=build,
        run=run,
        owner=laid.rows["owner"].to_numpy(dtype=object),
        expires=laid.routes.decide_by,
        inputs={name: np.array(values, dtype=object) for name, values in _inputs(laid, as_of).items()},
        policies=laid.worth.policies,
        policy_sets=laid.worth.policy_sets,
    )


def _inputs(laid: Laid, as_of: date) -> dict[str, list[str]]:
    rows, money = laid.rows, laid.worth.money
    values = {
        "level": _told(laid.worth.level, "{:.3f}"),
        "unit_cost": _told(money.cost, "{:.2f}"),
        "price": _told(rows["price"], "{:.2f}"),
        "shortage_per_unit": _told(money.shortage, "{:.2f}"),
        "holding_per_unit_day": _told(money.holding, "{:.5f}"),
        "fixed_cost": _told(money.fixed, "{:.2f}"),
        "freight_per_unit": _told(money.freight, "{:.3f}"),
        "lane": _told(rows["lane"], "{}"),
        "lead_days": _told(rows["lead_days"], "{:g}"),
        "lead_spread": _told(rows["spread"], "{:g}"),
        "order_weekdays": _told(rows["review_weekdays"], "{}"),
        "cut_off": _told(rows["cut_off"], "{}"),
        "counted_on": _told(laid.found.counted_on, "{}"),
        "since_count": [f"{units:+g}" if abs(units) >= LEAST else "" for units in laid.found.since.tolist()],
        "minimum_order": _thousandths(laid.positions.packs.moq),
        "case_multiple": _thousandths(laid.positions.packs.multiple),
        FOLLOWING: [(as_of + timedelta(days=day)).isoformat() for day in laid.positions.window.following.tolist()],
        "forecast_methods": _told(rows["methods"], "{}"),
        "forecast_flags": _told(rows["flags"], "{}"),
    }
    return {name: values[name] for name in TOLD}


def _told(values: pd.Series | np.ndarray, form: str) -> list[str]:
    """Empty where nothing is known: the card leaves such a line out."""
    write: Callable[[object], str] = form.format
    return ["" if pd.isna(value) else write(value) for value in values]


def _thousandths(values: np.ndarray) -> list[str]:
    return ["" if value <= 0 else f"{value / 1000:g}" for value in values.tolist()]
