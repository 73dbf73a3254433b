"""Lines that a plan has no proposal for although something would have to be said: which, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.replenishment.plan import Plan
from analytics.replenishment.reasons import Reason, has, told
from dashboard.services.plan_frames import PlanFrames
from dashboard.services.plan_lanes import PLANT
from dashboard.services.plan_positions import Laid


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that needs something and gets no proposal, or that cannot be judged: why."""

    node: str
    sku: str
    reasons: tuple[str, ...]


def left_out(plan: Plan, laid: Laid) -> list[LeftOut]:
    """Lines whose need is not proposed, then lines that could not be judged at all."""
    without = plan.quantity == 0
    blocked = [(int(row), bits) for row, bits in zip(plan.rows[without], plan.reasons[without].tolist(), strict=True)]
    reasons = laid.positions.reasons
    unknown = has(reasons, Reason.NO_FORECAST) | has(reasons, Reason.NODE_UNKNOWN)
    blocked += [(int(row), int(reasons[row])) for row in np.flatnonzero(unknown)]
    node, sku = laid.positions.node, laid.positions.sku
    return [LeftOut(str(node[row]), str(sku[row]), told(bits)) for row, bits in blocked]


def never_sold(frames: PlanFrames, laid: Laid) -> Iterator[LeftOut]:
    """What stands at a node or has a lane of its own there, and neither sold nor stands on a list: nothing can be said
    of it, and that has to be.
    """
    lanes, kinds = frames.lanes[frames.lanes["sku"].notna()], frames.nodes["kind"]
    over = frames.terms.index[frames.terms["discontinued"].notna()]
    pairs = pd.concat([frames.lots[["node", "sku"]], lanes[["node", "sku"]]]).drop_duplicates()
    pairs = pairs[pairs["node"].map(kinds).fillna(PLANT).ne(PLANT) & ~pairs["sku"].isin(over)]
    known = pd.MultiIndex.from_frame(laid.rows[["node", "sku"]])
    new = pairs[~pd.MultiIndex.from_frame(pairs).isin(known)].sort_values(["node", "sku"])
    for node, sku in zip(new["node"], new["sku"], strict=True):
        yield LeftOut(str(node), str(sku), (Reason.NO_HISTORY.value, Reason.NO_FORECAST.value))
