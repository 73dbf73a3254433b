"""The people who buy from the demo brand, their households, and the accounts under which systems know them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.sample.cells import Cells
from data.sample.columns import texts
from data.sample.network import Outlets
from data.sample.nodes import NONE
from data.sample.parameters import CHANNEL_CODES, Size, WorldParameters
from data.sample.places import Places, urban

HOUSEHOLDS = (0.17, 0.30, 0.31, 0.14, 0.08)
"""Share of households of one to five people among members."""
STORE, GROUP, MINI, O2O = (CHANNEL_CODES.index(code) for code in ("STORE", "GROUP", "MINI", "O2O"))
SYSTEMS = tuple(CHANNEL_CODES.index(code) for code in ("MINI", "MKT1", "MKT2", "LIVE", "O2O"))
SYSTEM_SHARES = (0.30, 0.28, 0.16, 0.12, 0.14)
NEVER = 10**6


@dataclass(frozen=True, slots=True)
class Members:
    """Accounts as parallel arrays, ordered by their joining.

    ``person`` and ``household`` are the truth that no system knows. ``system``: channel whose system keeps the account;
    ``outlet``: the outlet it is bound to, or :data:`NONE`. ``group`` is where it buys (see :func:`group_of`), ``other``
    where it buys as well in ``elsewhere`` of the cases. ``joined`` and ``leaves`` are days; ``appetite``: kg a day that
    the account buys of this brand; ``once``: buys one time only.
    """

    account: pa.Array
    person: np.ndarray
    household: np.ndarray
    people: np.ndarray
    system: np.ndarray
    city: np.ndarray
    district: np.ndarray
    outlet: np.ndarray
    group: np.ndarray
    other: np.ndarray
    elsewhere: np.ndarray
    joined: np.ndarray
    leaves: np.ndarray
    appetite: np.ndarray
    once: np.ndarray
    mini_cell: np.ndarray
    """Cell that campaigns bring the account's further orders to."""


def group_of(found: Cells, outlets: int, cities: int) -> np.ndarray:
    """Where a cell's buyers come from: an outlet's own members, or the members of a channel in one city."""
    at_outlet = (found.kind == STORE) | (found.kind == GROUP)
    return np.asarray(np.where(at_outlet, found.outlet, outlets + found.kind * cities + found.city))


def members(
    rng: np.random.Generator, where: Places, net: Outlets, found: Cells, *,
    size: Size, first: int, days: int, world: WorldParameters,
) -> Members:  # fmt: skip
    """Accounts of about a fifth fewer people; most are bound to an outlet, half had joined before the first day."""
    count = size.accounts
    persons = round(count / (1 + world.second_account))
    city, district, outlet, household, people = _people(rng, where, net, persons, world)
    bound = outlet != NONE
    online = rng.choice(SYSTEMS, persons, p=SYSTEM_SHARES)
    system = np.where(~bound, online, np.where(net.store[outlet], STORE, GROUP))
    before = first - rng.integers(1, 900, persons)
    joined = np.where(rng.random(persons) < 0.45, before, first + (rng.random(persons) * (days - first)).astype(int))
    joined = np.where(bound, np.maximum(joined, net.opens[outlet]), joined)
    second = rng.choice(persons, count - persons, replace=False)
    who = np.concatenate([np.arange(persons), second])
    new = np.arange(count) >= persons
    further = SYSTEMS_ARRAY[(SYSTEM_INDEX[system[second]] + rng.integers(1, len(SYSTEMS), len(second))) % len(SYSTEMS)]
    kind = np.concatenate([system, further])
    came = np.concatenate([joined, joined[second] + rng.exponential(90, len(second)).astype(int)])
    came = np.minimum(came, days - 1)
    order = np.lexsort((who, came))
    who, new, kind, came = who[order], new[order], kind[order], came[order]
    held = np.where(new, NONE, outlet[who])
    outlets, cities = len(net.partner), len(where.plan.cities)
    group = np.where((kind == STORE) | (kind == GROUP), held, outlets + kind * cities + city[who])
    mini = outlets + MINI * cities + city[who]
    roams = (held != NONE) & (rng.random(count) < 0.45)
    life = rng.exponential(world.member_life_days, count)
    appetite = people[who] * world.kg_per_person_day * rng.lognormal(-0.4, world.member_activity_spread, count)
    return Members(
        account=texts("A", np.arange(1, count + 1), max(6, len(str(count)))),
        person=who,
        household=household[who],
        people=people[who],
        system=kind,
        city=city[who],
        district=district[who],
        outlet=held,
        group=group,
        other=np.where(roams, mini, NONE),
        elsewhere=np.where(roams, rng.beta(1.2, 3.0, count), 0.0),
        joined=came,
        leaves=np.maximum(came, first) + life.astype(int),
        appetite=appetite,
        once=rng.random(count) < world.once_only,
        mini_cell=_cell_for_extra(found, kind, city[who], held),
    )


SYSTEMS_ARRAY = np.array(SYSTEMS)
SYSTEM_INDEX = np.array([SYSTEMS.index(kind) if kind in SYSTEMS else 0 for kind in range(len(CHANNEL_CODES))])


def _people(
    rng: np.random.Generator, where: Places, net: Outlets, count: int, world: WorldParameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """City, home district, outlet, household and people in it, one of each per person."""
    residents = np.array(list(where.plan.cities.values()))
    share = net.size * np.where(net.store, 3.0, 1.0) * np.sqrt(residents[net.city])
    outlet = rng.choice(len(share), count, p=share / share.sum())
    outlet = np.sort(outlet)
    bound = rng.random(count) < world.partner_bound
    city = net.city[outlet]
    by_city = np.argsort(city, kind="stable")
    # Who shares a home follows the one they share it with.
    shares = np.zeros(count, dtype=bool)
    shares[1:] = (rng.random(count - 1) < world.in_household) & (city[by_city][1:] == city[by_city][:-1])
    home = np.empty(count, dtype=int)
    home[by_city] = np.cumsum(~shares) - 1
    homes = int(home.max()) + 1
    size = rng.choice(np.arange(1, 6), homes, p=HOUSEHOLDS)
    size = np.maximum(size, np.bincount(home, minlength=homes))
    city_of_home = np.zeros(homes, dtype=int)
    city_of_home[home] = city
    return city, _districts(rng, where, city_of_home)[home], np.where(bound, outlet, NONE), home, size[home]


def _districts(rng: np.random.Generator, where: Places, city: np.ndarray) -> np.ndarray:
    """A district for each home, urban ones five times as likely."""
    home = np.empty(len(city), dtype=object)
    for index, code in enumerate(where.plan.cities):
        inside = np.flatnonzero(city == index)
        weights = np.array([5.0 if urban(district) else 1.0 for district in where.districts[code]])
        drawn = rng.choice(len(weights), len(inside), p=weights / weights.sum())
        home[inside] = np.array([district.code for district in where.districts[code]], dtype=object)[drawn]
    return home


def _cell_for_extra(found: Cells, kind: np.ndarray, city: np.ndarray, outlet: np.ndarray) -> np.ndarray:
    """The till or leader an account belongs to, else the web shop of its city that knows it, or the mini shop."""
    at_outlet = np.full(int(found.outlet.max()) + 1, NONE)
    own = np.flatnonzero((found.kind == STORE) | (found.kind == GROUP))
    at_outlet[found.outlet[own]] = own
    table = np.full((len(CHANNEL_CODES), int(found.city.max()) + 1), NONE)
    online = np.flatnonzero(found.outlet == NONE)
    online = online[found.kind[online] < len(CHANNEL_CODES)]
    table[found.kind[online], found.city[online]] = online
    wanted = np.where(table[kind, city] == NONE, MINI, kind)
    return np.asarray(np.where(outlet != NONE, at_outlet[outlet], table[wanted, city]))
