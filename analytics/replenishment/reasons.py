"""Why a person must look at a line, as bits that arrays can carry."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.int64]


class Reason(StrEnum):
    """The codes, in the order in which a line tells them."""

    NO_LANE = "no_lane"
    NO_COST = "no_cost"
    NO_PRICE = "no_price"
    NO_MARGIN = "no_margin"
    NO_WEIGHT = "no_weight"
    NO_HISTORY = "no_history"
    NO_FORECAST = "no_forecast"
    FORECAST_FLAGGED = "forecast_flagged"
    FORECAST_SHORT = "forecast_short"
    STOCK_NEGATIVE = "stock_negative"
    STOCK_UNKNOWN = "stock_unknown"
    STOCK_OLD = "stock_old"
    INBOUND_OVERDUE = "inbound_overdue"
    LEAD_ZERO = "lead_zero"
    MOQ_FORCED = "moq_forced"
    BELOW_MOQ = "below_moq"
    CAPACITY = "capacity"
    LIMITED_SUPPLY = "limited_supply"
    FIXED_COST = "fixed_cost"
    NODE_UNKNOWN = "node_unknown"


_BIT = {reason: 1 << number for number, reason in enumerate(Reason)}


def marked(reason: Reason, where: npt.NDArray[np.bool_]) -> Bits:
    """The reason's bit where it holds, else 0.

    >>> told(int(marked(Reason.NO_LANE, np.array([True]))[0] | marked(Reason.NO_COST, np.array([True]))[0]))
    ('no_lane', 'no_cost')
    """
    return np.where(where, _BIT[reason], 0).astype(np.int64)


def told(bits: int) -> tuple[str, ...]:
    """The codes of one line."""
    return tuple(reason.value for reason, bit in _BIT.items() if bits & bit)


def has(bits: Bits, reason: Reason) -> npt.NDArray[np.bool_]:
    """Where the reason was given."""
    return np.asarray(bits & _BIT[reason] != 0)
