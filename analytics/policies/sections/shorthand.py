"""Short ways to write down a policy; decimals are given as text, because a float is no exact number."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from analytics.policies.policy import Measure, Policy


def share(name: str, default: str, lower: str = "0", upper: str = "1", **more: Any) -> Policy:
    return Policy(name, Measure.SHARE, Decimal(default), Decimal(lower), Decimal(upper), **more)


def decimal(name: str, measure: Measure, default: str, lower: str, upper: str, **more: Any) -> Policy:
    return Policy(name, measure, Decimal(default), Decimal(lower), Decimal(upper), **more)


def money(name: str, default: str, lower: str, upper: str, **more: Any) -> Policy:
    return decimal(name, Measure.MONEY, default, lower, upper, **more)


def days(name: str, default: int, lower: int = 1, upper: int = 730, **more: Any) -> Policy:
    return Policy(name, Measure.DAYS, default, lower, upper, **more)


def count(name: str, default: int, lower: int, upper: int, **more: Any) -> Policy:
    return Policy(name, Measure.COUNT, default, lower, upper, **more)
