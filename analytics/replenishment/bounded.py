"""What is needed, brought under every limit: least quantity, packs, room at the node, what the source can deliver."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.replenishment.demand import Ints
from analytics.replenishment.positions import Flags, Limits, Packs
from analytics.replenishment.rounding import least, packed, smallest
from analytics.replenishment.sharing import Claims, shared


@dataclass(frozen=True, slots=True)
class Bounded:
    """Thousandths of a unit, one limit after the other; ``supplied`` is what can be ordered.

    ``forced``: lines that pass the room, because the least quantity does although the need would not;
    ``below``: lines below their least quantity, because the source has no more.
    """

    need: Ints
    at_least: Ints
    packed: Ints
    roomed: Ints
    supplied: Ints
    forced: Flags
    below: Flags


def bounded(claims: Claims, room: Limits, supply: Limits, *, fairness_cap: float) -> Bounded:
    """Bring ``claims.wanted`` (the need) under all limits.

    Rounding never passes room or supply, but for the least quantity of a line: where it alone is more than all room
    there is (and there is some), the line stays at it and is ``forced``. Supply is never passed.
    """
    need = np.maximum(claims.wanted, 0)
    at_least = least(need, claims.packs)
    whole = packed(at_least, claims.packs)
    roomed = shared(replace(claims, wanted=whole), room, fairness_cap=fairness_cap)
    forced = _forced(whole, roomed, claims.packs, room)
    roomed = np.where(forced, smallest(claims.packs), roomed)
    supplied = shared(replace(claims, wanted=roomed), supply, fairness_cap=fairness_cap)
    supplied, below = _remainders(claims, roomed, supplied, supply)
    return Bounded(need, at_least, whole, roomed, supplied, forced & (supplied > 0), below)


def _forced(whole: Ints, roomed: Ints, packs: Packs, room: Limits) -> Flags:
    """Lines without a share whose least quantity, and not a pack, is more than all the room; one per group."""
    left = np.where(room.group >= 0, room.left[room.group], 0) if len(room.left) else np.zeros(len(whole), np.int64)
    alone = (whole > 0) & (roomed == 0) & (left > 0) & (packs.multiple <= left) & (smallest(packs) > left)
    taken = set(room.group[roomed > 0].tolist())
    forced = np.zeros(len(whole), dtype=np.bool_)
    for row in np.flatnonzero(alone).tolist():
        group = int(room.group[row])
        if group not in taken:
            taken.add(group)
            forced[row] = True
    return forced


def _remainders(claims: Claims, wanted: Ints, got: Ints, supply: Limits) -> tuple[Ints, Flags]:
    """A supply below everybody's least quantity goes, in whole packs, to the line to which it is worth most."""
    below = np.zeros(len(got), dtype=np.bool_)
    given = got.copy()
    short = (wanted > 0) & (got == 0) & (supply.group >= 0)
    for number in np.unique(supply.group[short]).tolist():
        rows = np.flatnonzero((supply.group == number) & (wanted > 0))
        if got[rows].any():
            continue
        offered = supply.left[number] // claims.packs.multiple[rows] * claims.packs.multiple[rows]
        units = np.minimum(np.maximum(offered, 0), wanted[rows])
        saved = claims.worth[rows] * np.clip(claims.needs[rows], 0, units[:, None] / 1000).mean(axis=1)
        best = int(np.argmax(np.where(units > 0, saved, -np.inf)))
        if units[best] > 0:
            given[rows[best]] = units[best]
            below[rows[best]] = True
    return given, below
