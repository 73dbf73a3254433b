"""What if: deliveries late, demand up or down, a region closed, costs changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from analytics.core.errors import DomainError
from analytics.forecasting.contract import Flags
from analytics.simulation.world import World


class ShockKind(StrEnum):
    """``lead``: deliveries of orders come days later, and nobody was told; ``demand``: more or less of it;
    ``closed``: no delivery reaches a region, what was due comes when it opens; ``cost``: units cost more or less.
    """

    LEAD = "lead"
    DEMAND = "demand"
    CLOSED = "closed"
    COST = "cost"


MOST_DAYS, MOST_SHARE = 180.0, 10.0
_FORM = re.compile(r"(?P<kind>[a-z]+)=(?P<value>[^@]+)(@(?P<first>[\d-]+)\.\.(?P<last>[\d-]+))?")


@dataclass(frozen=True, slots=True)
class Shock:
    """``amount``: days of a late delivery, or the share by which demand or costs change; ``region`` of a closure.

    ``first`` to ``last``: days on which it holds, all of the window where there are none.
    """

    kind: ShockKind
    amount: float = 0.0
    region: str = ""
    first: date | None = None
    last: date | None = None

    def __str__(self) -> str:
        value = {ShockKind.CLOSED: self.region, ShockKind.LEAD: f"{self.amount:+g}"}
        text = value.get(self.kind, f"{self.amount * 100:+g}%")
        held = f"@{self.first}..{self.last}" if self.first and self.last else ""
        return f"{self.kind.value}={text}{held}"


def shock_of(text: str) -> Shock:
    """Read a shock as people write it; raises DomainError ``shock_form`` or ``shock_amount``.

    >>> str(shock_of("lead=7")), str(shock_of("demand=-20%@2026-05-01..2026-05-31"))
    ('lead=+7', 'demand=-20%@2026-05-01..2026-05-31')
    """
    found = _FORM.fullmatch(text.strip())
    if found is None or found["kind"] not in set(ShockKind):
        raise DomainError("shock_form", given=text)
    kind, value = ShockKind(found["kind"]), found["value"].strip()
    first, last = (_day(found[name], text) for name in ("first", "last"))
    if first and last and first > last:
        raise DomainError("shock_days", given=text, first=first.isoformat(), last=last.isoformat())
    if kind is ShockKind.COST and first:
        raise DomainError("shock_cost_days", given=text)
    if kind is ShockKind.CLOSED:
        return Shock(kind, region=value, first=first, last=last)
    return Shock(kind, _amount(kind, value, text), first=first, last=last)


def _amount(kind: ShockKind, value: str, text: str) -> float:
    share = kind is not ShockKind.LEAD
    if share != value.endswith("%"):
        raise DomainError("shock_form", given=text)
    try:
        amount = float(value.removesuffix("%")) / (100 if share else 1)
    except ValueError:
        raise DomainError("shock_form", given=text) from None
    low, high = (-1.0, MOST_SHARE) if share else (0.0, MOST_DAYS)
    if not low <= amount <= high:
        unit = 100 if share else 1
        raise DomainError("shock_amount", given=text, low=f"{low * unit:g}", high=f"{high * unit:g}")
    return amount


def _day(given: str | None, text: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise DomainError("shock_form", given=text) from None


@dataclass(frozen=True, slots=True)
class Setting:
    """``regions``: by code or name, which series lie there; ``days``: first day of each period of the window, of
    ``length`` days."""

    regions: Mapping[str, Flags]
    days: np.ndarray
    length: int

    def during(self, shock: Shock) -> Flags:
        """Periods that the shock touches, T; raises DomainError ``shock_outside`` where it touches none."""
        inside = np.ones(len(self.days), dtype=np.bool_)
        if shock.first and shock.last:
            ends = self.days + np.timedelta64(self.length - 1, "D")
            inside = (ends >= np.datetime64(shock.first)) & (self.days <= np.datetime64(shock.last))
        if not inside.any():
            last = self.days[-1] + np.timedelta64(self.length - 1, "D")
            raise DomainError("shock_outside", given=str(shock), first=str(self.days[0]), last=str(last))
        return np.asarray(inside)

    def there(self, shock: Shock, size: int) -> Flags:
        """Which of ``size`` series lie in the region of a closure."""
        return self.regions.get(shock.region, np.zeros(size, dtype=np.bool_))


def shocked(world: World, shocks: Sequence[Shock], setting: Setting) -> World:
    """The world with all shocks, one after the other."""
    for shock in shocks:
        world = _APPLIED[shock.kind](world, shock, setting)
    return world


def _later(world: World, shock: Shock, setting: Setting) -> World:
    periods = int(np.ceil(shock.amount / setting.length))
    return replace(world, delay=world.delay + np.where(setting.during(shock), periods, 0)[None, :])


def _more(world: World, shock: Shock, setting: Setting) -> World:
    factor = np.ones(world.demand.shape[1])
    factor[world.start :] = np.where(setting.during(shock), 1 + shock.amount, 1.0)
    return replace(world, demand=world.demand * factor[None, :])


def _closed(world: World, shock: Shock, setting: Setting) -> World:
    there = setting.there(shock, world.size)
    return replace(world, open=world.open & ~(there[:, None] & setting.during(shock)[None, :]))


def _dearer(world: World, shock: Shock, _setting: Setting) -> World:
    """Holding is a share of the cost; of a price that stays, what the unit costs more is missing in the margin."""
    terms = world.terms
    more = np.nan_to_num(terms.cost) * shock.amount
    changed = replace(
        terms,
        cost=terms.cost * (1 + shock.amount),
        holding=terms.holding * (1 + shock.amount),
        shortage=np.maximum(terms.shortage - more, 0.0),
    )
    return replace(world, terms=changed)


_APPLIED = {ShockKind.LEAD: _later, ShockKind.DEMAND: _more, ShockKind.CLOSED: _closed, ShockKind.COST: _dearer}


NAMED = 40
"""Regions that a refusal names."""


def known_regions(shocks: Sequence[Shock], regions: Sequence[str]) -> None:
    """Raise DomainError ``shock_region`` for a closure of a region where nothing is sold."""
    for shock in shocks:
        if shock.kind is ShockKind.CLOSED and shock.region not in regions:
            raise DomainError("shock_region", given=shock.region, known=", ".join(regions[:NAMED]))


def touches_demand(shocks: Sequence[Shock]) -> bool:
    """Whether forecasts have to be made anew: policies see what was asked for."""
    return any(shock.kind is ShockKind.DEMAND for shock in shocks)
