"""The demo brand's member accounts and who of them is behind an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

import numpy as np

from data.sample.network import Outlets
from data.sample.parameters import WorldParameters
from data.sample.places import CITIES, SCHEME, Places, urban

CHINA = timezone(timedelta(hours=8))
NOBODY = -1
HOUSEHOLDS = (0.17, 0.30, 0.31, 0.14, 0.08)
"""Share of households of one to five people among members."""


@dataclass(frozen=True, slots=True)
class Members:
    """Accounts as parallel arrays. ``outlet`` is an index of :class:`Outlets` or :data:`NOBODY`.

    ``joined`` and ``leaves`` count days from the first day; ``weight`` is how often a member buys against others,
    ``online`` the share of it that goes to marketplaces and the mini-program.
    """

    account: np.ndarray
    city: np.ndarray
    district: np.ndarray
    outlet: np.ndarray
    joined: np.ndarray
    leaves: np.ndarray
    weight: np.ndarray
    online: np.ndarray


def members(
    rng: np.random.Generator,
    where: Places,
    net: Outlets,
    *,
    count: int,
    opening_day: np.ndarray,
    days: int,
    world: WorldParameters,
) -> Members:
    """``count`` accounts; most are bound to an outlet, half had joined before the first day."""
    bound = rng.random(count) < world.partner_bound
    share = net.size * np.where(net.store, 3.0, 1.0) * np.sqrt([list(CITIES.values())[c] for c in net.city])
    outlet = rng.choice(len(share), count, p=share / share.sum())
    city = net.city[outlet]
    joined = np.where(rng.random(count) < 0.5, -rng.integers(1, 900, count), (rng.random(count) * days).astype(int))
    joined = np.where(bound, np.maximum(joined, opening_day[outlet]), joined)
    return Members(
        account=np.array([f"A{number:06d}" for number in range(1, count + 1)]),
        city=city,
        district=_districts(rng, where, city),
        outlet=np.where(bound, outlet, NOBODY),
        joined=joined,
        leaves=np.maximum(joined, 0) + rng.exponential(world.member_life_days, count),
        weight=rng.lognormal(0, world.member_activity_spread, count),
        online=np.where(bound, rng.beta(1.2, 3.0, count), 1.0),
    )


def _districts(rng: np.random.Generator, where: Places, city: np.ndarray) -> np.ndarray:
    """A home district for each member, urban ones five times as likely."""
    home = np.empty(len(city), dtype=object)
    for index, code in enumerate(CITIES):
        inside = np.flatnonzero(city == index)
        weights = np.array([5.0 if urban(district) else 1.0 for district in where.districts[code]])
        drawn = rng.choice(len(weights), len(inside), p=weights / weights.sum())
        home[inside] = np.array([district.code for district in where.districts[code]], dtype=object)[drawn]
    return home


def choose(
    rng: np.random.Generator,
    people: Members,
    group: np.ndarray,
    weight: np.ndarray,
    *,
    wanted: np.ndarray,
    day: np.ndarray,
) -> np.ndarray:
    """For each order a member of group ``wanted`` who had joined by ``day``; :data:`NOBODY` where there is none.

    ``group`` and ``weight`` belong to the members. A member who has left is drawn again twice, then stays unknown.
    """
    span = 10_000
    order = np.lexsort((people.joined, group))
    keys = group[order] * span + people.joined[order] + span // 2
    total = np.concatenate([[0.0], np.cumsum(weight[order])])
    low = np.searchsorted(keys, wanted * span)
    high = np.searchsorted(keys, wanted * span + day + span // 2, side="right")
    chosen = np.full(len(wanted), NOBODY)
    for _ in range(3):
        open_ = np.flatnonzero((chosen == NOBODY) & (total[high] > total[low]))
        floor, roof = total[low[open_]], total[high[open_]]
        drawn = np.searchsorted(total, floor + rng.random(len(open_)) * (roof - floor), side="right") - 1
        who = order[np.clip(drawn, low[open_], high[open_] - 1)]
        stays = people.leaves[who] >= day[open_]
        chosen[open_[stays]] = who[stays]
    return chosen


def account_rows(rng: np.random.Generator, people: Members, net: Outlets, first_day: date) -> list[dict[str, object]]:
    """Rows of the account table; a part of the members never told household, birth year or district."""
    count = len(people.account)
    household = rng.choice(np.arange(1, 6), count, p=HOUSEHOLDS)
    born = rng.integers(1950, 2004, count)
    gender = rng.choice(["female", "male", "unknown"], count, p=(0.52, 0.28, 0.20))
    told = rng.random((3, count)) < np.array([[0.6], [0.4], [0.85]])
    seconds = rng.integers(8 * 3600, 22 * 3600, count)
    start = datetime.combine(first_day, time(), CHINA)
    return [
        {
            "account": people.account[i],
            "partner": None if people.outlet[i] == NOBODY else net.partner[people.outlet[i]],
            "joined_at": start + timedelta(days=int(people.joined[i]), seconds=int(seconds[i])),
            "region_scheme": SCHEME,
            "region": people.district[i] if told[2, i] else None,
            "household_size": int(household[i]) if told[0, i] else None,
            "birth_year": int(born[i]) if told[1, i] else None,
            "gender": gender[i],
        }
        for i in range(count)
    ]
