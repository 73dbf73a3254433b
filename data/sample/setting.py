"""Everything that stands before the first day: places, partners, goods, sellers, people, promotions, weather."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data.sample import rhythm
from data.sample.assortment import Assortment, assortment
from data.sample.campaigns import Campaigns, campaigns
from data.sample.cells import Cells, Offers, Pairs, Potential, cells, offers, pairs, potential
from data.sample.demand import Demand, Tide
from data.sample.members import Members, members
from data.sample.network import Outlets, outlets
from data.sample.nodes import NONE, Nodes, nodes
from data.sample.parameters import Size, WorldParameters
from data.sample.places import Layout, Places, layout, places
from data.sample.prices import Episodes, episodes
from data.sample.promotions import Effects, Promotion, effects, promotions
from data.sample.shelves import Shelves
from data.sample.simulation import Calendar, Simulation
from data.sample.supply import Supply
from data.sample.supply_parameters import SupplyParameters
from data.sample.weather import Weather, weather

LOOK_AHEAD = 21


@dataclass(frozen=True, slots=True)
class Setting:
    """The world before it moves; days are indices of ``calendar.days``."""

    seed: int
    size: Size
    world: WorldParameters
    supply: SupplyParameters
    calendar: Calendar
    months: list[date]
    plan: Layout
    where: Places
    net: Outlets
    nodes: Nodes
    goods: Assortment
    inside: Potential
    cells: Cells
    offers: Offers
    pairs: Pairs
    launched: np.ndarray
    people: Members
    campaigns: Campaigns
    sky: Weather
    promotions: list[Promotion]
    effects: Effects
    episodes: Episodes
    cell_day: np.ndarray
    sku_day: np.ndarray

    @property
    def first_day(self) -> date:
        return self.calendar.days[self.calendar.first]


def stream(seed: int, part: str) -> np.random.Generator:
    """Random numbers of one part of the world, so that a change in one leaves the others as they are."""
    return np.random.default_rng([seed, *part.encode()])


def setting(
    *, seed: int, first_day: date, last_day: date, size: Size, world: WorldParameters, supply: SupplyParameters
) -> Setting:
    """Draw everything that stands before the first day."""
    days = rhythm.calendar_days(first_day - timedelta(days=supply.burn_in), last_day)
    first = supply.burn_in
    months = rhythm.month_starts(days[first:])
    plan = layout(stream(seed, "layout"), size)
    where = places(stream(seed, "places"), plan, spread=world.district_spread)
    starts = np.array([(month - days[0]).days for month in months])
    net = outlets(stream(seed, "outlets"), where, size, starts=starts, world=world)
    found = nodes(stream(seed, "nodes"), where, net, supply)
    goods = assortment(stream(seed, "assortment"), days[first], size)
    launched = (goods.launched - np.datetime64(days[0])).astype(int)
    inside = potential(stream(seed, "potential"), plan, world)
    sellers = cells(
        stream(seed, "cells"), plan, net, found, inside, size=size, days=len(days) - first, world=world
    )  # fmt: skip
    provinces = len(plan.regional)
    listed = offers(stream(seed, "offers"), sellers, goods, provinces, world)
    sky = weather(stream(seed, "weather"), where, days)
    running = promotions(stream(seed, "promotions"), days, goods, provinces, world)
    people = members(stream(seed, "members"), where, net, sellers, size=size, first=first, days=len(days), world=world)
    sku_day = _sku_day(days, goods, launched)
    return Setting(
        seed, size, world, supply,
        calendar=Calendar(days, first, _ahead(days, goods)),
        months=months, plan=plan, where=where, net=net, nodes=found, goods=goods, inside=inside,
        cells=sellers, offers=listed, launched=launched,
        pairs=pairs(found, sellers, listed, goods, launched),
        people=people,
        campaigns=campaigns(stream(seed, "campaigns"), days, first, people, sellers, listed, launched),
        sky=sky, promotions=running,
        effects=effects(len(days), running, goods, provinces, world),
        episodes=episodes(stream(seed, "episodes"), days, sellers, listed, goods, world),
        cell_day=_cell_day(stream(seed, "days"), days, sellers, sky, world, middle=(first + len(days)) // 2),
        sku_day=sku_day,
    )  # fmt: skip


def _sku_day(days: list[date], goods: Assortment, launched: np.ndarray) -> np.ndarray:
    """Day × SKU: season, coming festival and launch; a new product takes two months to be known."""
    summer = np.array([rhythm.summer(day) for day in days])[:, None]
    coming = rhythm.lead_up(days)[:, None]
    since = np.arange(len(days))[:, None] - launched[None, :]
    known = np.clip(0.35 + 0.65 * since / 60, 0.35, 1.0) * (since >= 0)
    return np.asarray((1 + (goods.summer - 1) * summer) * (1 + (goods.festive - 1) * coming) * known)


def _ahead(days: list[date], goods: Assortment) -> np.ndarray:
    """SKU × day: mean demand of the coming three weeks against that of the last four, festivals and seasons alone."""
    longer = rhythm.calendar_days(days[0] - timedelta(days=28), days[-1] + timedelta(days=LOOK_AHEAD))
    total = 1 + 0.85 * rhythm.lead_up(longer) - 0.45 * rhythm.lull(longer)
    level = _sku_day(longer, goods, np.full(len(goods.sku), -1000)) * (total * rhythm.season(longer))[:, None]
    sums = np.concatenate([np.zeros((1, level.shape[1])), np.cumsum(level, axis=0)])
    now = np.arange(len(days)) + 28
    coming = (sums[now + LOOK_AHEAD] - sums[now]) / LOOK_AHEAD
    return np.asarray((coming / ((sums[now] - sums[now - 28]) / 28)).T)


def _cell_day(
    rng: np.random.Generator, days: list[date], found: Cells, sky: Weather, world: WorldParameters, *, middle: int
) -> np.ndarray:
    """Day × cell: weekday, season, festival, trend, weather, chance; zero outside the life of an outlet."""
    kinds = [*world.channels, world.channels[0]]
    time = np.array([rhythm.demand(days, kind, world) for kind in kinds])
    wet = np.clip(sky.rain[:, : len(days)] / world.heavy_rain_mm, 0, 1.5)
    rain = np.array([kind.rain for kind in kinds])
    noise = rng.lognormal(0, world.day_noise, (sky.rain.shape[0], len(days)))
    day = np.arange(len(days))[:, None]
    made = time[found.kind].T * noise[found.city].T * (1 + rain[found.kind] * wet[found.city].T)
    made *= np.clip(1 + found.growth, 0.5, None) ** ((day - middle) / 365)
    made *= (found.opens <= day) & (day < found.closes)
    return np.asarray(made, dtype=np.float32)


def simulation(made: Setting) -> Simulation:
    """The world ready to move."""
    supply, calendar = made.supply, made.calendar
    tide = Tide(made.cell_day, made.sku_day, made.effects, made.episodes, made.campaigns.lines)
    demand = Demand(
        stream(made.seed, "demand"), made.cells, made.offers, made.pairs, made.goods, tide, made.world
    )  # fmt: skip
    chain = Supply(
        stream(made.seed, "supply"), made.pairs, made.nodes, made.goods,
        Shelves(made.pairs, made.goods.life, supply.slots), supply,
        expected=_expected(demand, made), days=len(calendar.days),
    )  # fmt: skip
    return Simulation(
        stream(made.seed, "days"), calendar, demand, chain, snapshots=snapshot_days(calendar, supply)
    )  # fmt: skip


def snapshot_days(calendar: Calendar, supply: SupplyParameters) -> frozenset[int]:
    """The evening before the first day, the last evening of each month, and each of the last two weeks."""
    days = calendar.days
    ends = [n for n in range(calendar.first, len(days) - 1) if days[n].month != days[n + 1].month]
    return frozenset({calendar.first - 1, *ends, *range(len(days) - supply.snapshot_days, len(days))})


def _expected(demand: Demand, made: Setting) -> np.ndarray:
    """Units a day per pair that people at each node expect on an ordinary day of their own life."""
    total = np.zeros(len(made.pairs.node))
    offered = made.offers.base * (demand.least + demand.extra)
    own = demand.pair != NONE
    np.add.at(total, demand.pair[own], offered[own])
    for kit, parts in made.goods.kits.items():
        rows = np.flatnonzero(made.offers.sku == kit)
        for part in parts:
            np.add.at(total, made.pairs.of[made.cells.node[made.offers.cell[rows]], part], offered[rows])
    return total
