"""What a unit of every position is worth, and how sure an order should be, by the policies of the day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.policies.policy import Value
from analytics.policies.registry import policy_named
from analytics.policies.table import PolicyTable
from analytics.replenishment.positions import Money
from analytics.replenishment.reasons import Bits, Reason, marked
from analytics.replenishment.target import critical_ratio, level

YEAR = 365
ORDER_UP_TO, SERVICE = "replenishment.order_up_to", "replenishment.service_level"
SHORTAGE, HOLDING = "replenishment.shortage_cost", "replenishment.holding_cost"
PER_KG, FIXED = "replenishment.freight_per_kg", "replenishment.freight_fixed"
BY_CATEGORY = (ORDER_UP_TO, SERVICE, SHORTAGE, HOLDING)


@dataclass(frozen=True, slots=True)
class Worth:
    """Per position; ``policies`` numbers ``policy_sets``: the values that it was planned under, with their versions."""

    money: Money
    level: np.ndarray
    reasons: Bits
    policies: np.ndarray
    policy_sets: tuple[dict[str, str], ...]


def worth_of(rows: pd.DataFrame, days: np.ndarray, table: PolicyTable, as_of: date) -> Worth:
    """``rows``: columns category, cost, price, kg, cost_per_kg, fixed_cost; ``days``: between two receipts."""
    number, categories = pd.factorize(rows["category"].fillna("").to_numpy(dtype=object))

    def told(name: str, plain: Callable[[Value], float]) -> np.ndarray:
        values = [plain(table.value(name, str(one) or None, as_of=as_of)) for one in categories]
        return np.array(values, dtype=float)[number]

    def single(name: str) -> float:
        return float(table.number_of(name, as_of=as_of))

    cost, price = rows["cost"].to_numpy(dtype=float), rows["price"].to_numpy(dtype=float)
    margin = price - cost
    shortage = np.where(margin > 0, margin, np.nan) * told(SHORTAGE, _number)
    holding = cost * told(HOLDING, _number) / YEAR
    per_kg = np.nan_to_num(rows["cost_per_kg"].to_numpy(dtype=float), nan=single(PER_KG))
    weight = rows["kg"].to_numpy(dtype=float)
    fixed = np.nan_to_num(rows["fixed_cost"].to_numpy(dtype=float), nan=single(FIXED))
    service, by_service = sure_of(rows, table, as_of)
    ratio = critical_ratio(shortage, holding * np.maximum(days, 1))
    return Worth(
        money=Money(cost, price, shortage, holding, per_kg * kilograms(rows), fixed),
        level=level(ratio=ratio, service=service, by_service=by_service),
        reasons=marked(Reason.NO_COST, ~np.isfinite(cost))
        | marked(Reason.NO_PRICE, ~np.isfinite(price))
        | marked(Reason.NO_MARGIN, np.isfinite(margin) & (margin <= 0))
        | marked(Reason.NO_WEIGHT, ~np.isfinite(weight) & (per_kg > 0)),
        policies=number.astype(np.int64),
        policy_sets=tuple(_versions(table, str(one) or None, as_of) for one in categories),
    )


def sure_of(rows: pd.DataFrame, table: PolicyTable, as_of: date) -> tuple[np.ndarray, np.ndarray]:
    """Service level by position, and where policy wants it instead of the critical ratio. ``rows``: column category."""
    number, categories = pd.factorize(rows["category"].fillna("").to_numpy(dtype=object))
    keys = [str(one) or None for one in categories]
    service = np.array([_number(table.value(SERVICE, key, as_of=as_of)) for key in keys], dtype=float)
    wanted = np.array([table.value(ORDER_UP_TO, key, as_of=as_of) == "service_level" for key in keys], dtype=np.bool_)
    return service[number], wanted[number]


def kilograms(rows: pd.DataFrame) -> np.ndarray:
    """Of a unit; nothing where it is unknown, which the line then says (``no_weight``)."""
    return np.asarray(np.nan_to_num(rows["kg"].to_numpy(dtype=float), nan=0.0))


def _number(value: Value) -> float:
    return float(value)


def _versions(table: PolicyTable, category: str | None, as_of: date) -> dict[str, str]:
    """Value and version; version 0 is what the product brings, others count approvals."""
    found = {}
    for name in (*BY_CATEGORY, PER_KG, FIXED):
        key = category if name in BY_CATEGORY else None
        changed = table.changed(name, key, as_of=as_of) or table.changed(name, None, as_of=as_of)
        value = policy_named(name).shown(table.value(name, key, as_of=as_of))
        found[name] = f"{value} (v{changed.rank if changed else 0})"
    return found
