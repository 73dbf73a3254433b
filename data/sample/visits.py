"""The orders of the demo world before their baskets: when, where, through whom, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.sample import rhythm
from data.sample.members import NOBODY, Members, choose
from data.sample.network import SUPERMARKET_CITIES, Outlets
from data.sample.parameters import Channel, WorldParameters
from data.sample.places import CITIES

DAY_SECONDS = 86_400
PROVINCE_OF_CITY = np.array([sorted({code[:2] for code in CITIES}).index(code[:2]) for code in CITIES])
PROVINCE_GROWTH = np.array([0.0, 0.04, -0.05])


@dataclass(frozen=True, slots=True)
class Visits:
    """Orders as parallel arrays, in order of time.

    ``second`` counts from midnight in China. ``outlet`` is where it was placed, ``shelf`` which outlet hands it over;
    both are :data:`NOBODY` where there is none. ``supermarket`` tells wholesale orders of supermarkets from dealers'.
    """

    day: np.ndarray
    second: np.ndarray
    city: np.ndarray
    channel: np.ndarray
    outlet: np.ndarray
    shelf: np.ndarray
    supermarket: np.ndarray
    member: np.ndarray


def visits(
    rng: np.random.Generator, days: list[date], net: Outlets, people: Members, *, orders: int, world: WorldParameters
) -> Visits:
    """About ``orders`` orders over ``days``."""
    day, city, channel = _when_and_where(rng, days, orders, world)
    second = _seconds(rng, channel, world.channels)
    by_time = np.lexsort((second, day))
    day, city, channel, second = day[by_time], city[by_time], channel[by_time], second[by_time]
    month = _month_numbers(days)[day]
    codes = np.array([one.code for one in world.channels])[channel]
    shelf = np.full(len(day), NOBODY)
    for store, named in ((True, ("STORE", "O2O")), (False, ("GROUP",))):
        asked = np.flatnonzero(np.isin(codes, named))
        shelf[asked] = _outlets(rng, net, store=store, city=city[asked], month=month[asked])
    outlet = np.where(codes == "O2O", NOBODY, shelf)
    member = _members(rng, people, world, day=day, city=city, channel=channel, outlet=outlet)
    through = (codes == "MINI") & (member != NOBODY) & (rng.random(len(day)) < world.mini_through_partner)
    home = np.where(through, people.outlet[member], NOBODY)
    home[(home != NOBODY) & (net.closes[home] <= month)] = NOBODY
    markets = np.isin(city, [list(CITIES).index(code) for code in SUPERMARKET_CITIES])
    return Visits(
        day=day,
        second=second,
        city=city,
        channel=channel,
        outlet=np.where(codes == "MINI", home, outlet),
        shelf=shelf,
        supermarket=(codes == "WHOLE") & markets & (rng.random(len(day)) < 0.35),
        member=member,
    )


def _when_and_where(
    rng: np.random.Generator, days: list[date], orders: int, world: WorldParameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Poisson counts per day × city × channel, unrolled to one entry per order."""
    residents = np.array(list(CITIES.values()), dtype=float)
    city = residents**0.8 * rng.lognormal(0, world.city_spread, len(residents))
    shares = np.array([channel.share for channel in world.channels])
    mix = rng.dirichlet(shares / shares.sum() * world.channel_mix_concentration, len(residents))
    growth = rng.normal(world.growth_mean, world.growth_spread, len(residents)) + PROVINCE_GROWTH[PROVINCE_OF_CITY]
    time = np.array([rhythm.demand(days, channel, world) for channel in world.channels]).T
    trend = np.clip(1 + growth, 0.5, None) ** (np.arange(len(days))[:, None] / 365)
    noise = rng.lognormal(0, world.day_noise, (len(days), len(residents)))
    mean = time[:, None, :] * (trend * noise)[:, :, None] * (city[:, None] * mix)[None, :, :]
    counts = rng.poisson(mean * (orders / mean.sum()))
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    day, city_index, channel_index = np.unravel_index(cell, counts.shape)
    return day, city_index, channel_index


def _seconds(rng: np.random.Generator, channel: np.ndarray, channels: tuple[Channel, ...]) -> np.ndarray:
    hour = np.empty(len(channel))
    for index, one in enumerate(channels):
        asked = np.flatnonzero(channel == index)
        peaks = np.array(one.hours)[rng.integers(0, len(one.hours), len(asked))]
        hour[asked] = rng.normal(peaks[:, 0], peaks[:, 1])
    # Payment follows within ten minutes, so that no order of the last day is paid after it.
    return np.asarray(np.clip(hour, 6.5, 23.6) * 3600 + rng.integers(0, 60, len(channel)), dtype=np.int64)


def _month_numbers(days: list[date]) -> np.ndarray:
    return np.array([(day.year - days[0].year) * 12 + day.month - days[0].month for day in days])


def _outlets(rng: np.random.Generator, net: Outlets, *, store: bool, city: np.ndarray, month: np.ndarray) -> np.ndarray:
    """An open store (or leader) of the city for each order, by size and growth."""
    members = np.flatnonzero(net.store == store)
    members = members[np.argsort(net.city[members], kind="stable")]
    low = np.searchsorted(net.city[members], np.arange(len(CITIES)))
    high = np.searchsorted(net.city[members], np.arange(len(CITIES)), side="right")
    chosen = np.empty(len(city), dtype=np.int64)
    for number in np.unique(month):
        asked = np.flatnonzero(month == number)
        open_ = (net.opens[members] <= number) & (number < net.closes[members])
        weight = net.size[members] * np.exp(net.growth[members] * number / 12) * open_
        total = np.concatenate([[0.0], np.cumsum(weight)])
        floor, roof = total[low[city[asked]]], total[high[city[asked]]]
        drawn = np.searchsorted(total, floor + rng.random(len(asked)) * (roof - floor), side="right") - 1
        chosen[asked] = members[drawn]
    return chosen


def _members(
    rng: np.random.Generator,
    people: Members,
    world: WorldParameters,
    *,
    day: np.ndarray,
    city: np.ndarray,
    channel: np.ndarray,
    outlet: np.ndarray,
) -> np.ndarray:
    """The member behind each order: at an outlet one of its own, online anyone of the city."""
    known = rng.random(len(day)) < np.array([one.identified for one in world.channels])[channel]
    online = np.array([one.group == "online" for one in world.channels])[channel]
    member = np.full(len(day), NOBODY)
    at = np.flatnonzero(known & ~online)
    offline = people.weight * (1 - people.online)
    member[at] = choose(rng, people, people.outlet + 1, offline, wanted=outlet[at] + 1, day=day[at])
    at = np.flatnonzero(known & online)
    member[at] = choose(rng, people, people.city, people.weight * people.online, wanted=city[at], day=day[at])
    return member
