"""One week of the demo world, as everything that writes tables reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from functools import cached_property

import numpy as np
import pyarrow as pa

from data.sample.columns import joined, named, texts
from data.sample.demand import Lines, join
from data.sample.members import MINI, STORE
from data.sample.nodes import NONE
from data.sample.orders import USUAL, Orders, Priced, Tills
from data.sample.promotions import GROUP, ONLINE, TRADE
from data.sample.setting import Setting
from data.sample.shelves import Moves, Shelves
from data.sample.simulation import Day, Simulation
from data.sample.supply import Deliveries

CHINA = timezone(timedelta(hours=8))
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Names:
    """Texts that every table repeats, by index."""

    partners: np.ndarray
    """Partner ids: outlets, dealers, supermarkets."""
    origin: int
    """Epoch second of the calendar's first midnight in China."""
    first: np.datetime64
    end: int
    """Seconds of the calendar: nothing that is told happened later."""
    stamps: list[str]


def names(made: Setting) -> Names:
    days = made.calendar.days
    return Names(
        partners=np.concatenate([made.net.partner, made.net.dealers, made.net.supermarkets]),
        origin=int(datetime.combine(days[0], time(), CHINA).timestamp()),
        first=np.datetime64(days[0]),
        end=len(days) * DAY_SECONDS,
        stamps=[f"{day:%Y%m%d}" for day in days],
    )


@dataclass(frozen=True)
class Week:
    """Days of one week from Monday to Sunday, cut at both ends of the period.

    ``part_row``, ``part_lot`` and ``part_units``: which lots the units of the priced lines came from.
    """

    made: Setting
    names: Names
    rng: np.random.Generator
    days: Sequence[Day]
    demanded: Lines
    orders: Orders
    priced: Priced
    part_row: np.ndarray
    part_lot: np.ndarray
    part_units: np.ndarray
    moves: list[Moves]
    sent: list[Deliveries]
    received: list[Deliveries]
    shelves: Shelves
    before: Day | None
    """The eve of the first day, with its closing stock, in the first week alone."""

    @cached_property
    def order_ids(self) -> pa.Array:
        return order_ids(self.names, self.orders.day, self.orders.number)

    @cached_property
    def entry(self) -> np.ndarray:
        """Index into :attr:`Names.partners` of whom each order came through, :data:`NONE` for the brand itself."""
        made, orders = self.made, self.orders
        outlet = made.cells.outlet[orders.cell]
        entry = np.where(np.isin(orders.kind, [STORE, GROUP]), outlet, NONE)
        bound = np.where(orders.account == NONE, NONE, made.people.outlet[orders.account])
        open_ = (bound != NONE) & (orders.day < made.net.closes[bound])
        through = (orders.kind == MINI) & open_ & (self.rng.random(len(bound)) < made.world.mini_through_partner)
        entry = np.where(through, bound, entry)
        dealer = len(made.net.partner) + made.plan.dealer[made.cells.city[orders.cell]]
        return np.asarray(np.where(orders.kind == TRADE, dealer, entry))

    @cached_property
    def address(self) -> pa.Array:
        """Region that online orders go to: the district, or the city alone where the address was left incomplete."""
        made, orders = self.made, self.orders
        city = made.cells.city[orders.cell]
        cities = np.array(made.plan.codes, dtype=object)
        home = np.where(orders.account == NONE, cities[city], made.people.district[orders.account])
        known = (self.rng.random(len(city)) >= made.world.city_only_address) & (orders.account != NONE)
        known &= np.array([str(code)[:4] for code in home]) == np.array([str(code)[:4] for code in cities[city]])
        found = np.where(known, home, cities[city])
        return pa.array(found, pa.string(), mask=~np.isin(orders.kind, ONLINE))

    @cached_property
    def paid(self) -> np.ndarray:
        """Second of payment after the calendar's start."""
        orders = self.orders
        at_till = orders.kind == STORE
        delay = np.where(at_till, self.rng.integers(5, 60, len(at_till)), self.rng.integers(20, 600, len(at_till)))
        return np.asarray(orders.day * DAY_SECONDS + orders.second + delay)

    def of_lines(self, values: pa.Array) -> pa.Array:
        """Values of orders, repeated for their lines."""
        return values.take(pa.array(self.priced.order))

    def usual(self) -> np.ndarray:
        """Which priced lines were paid and handed over."""
        return np.asarray(self.orders.state[self.priced.order] == USUAL)


def order_ids(known: Names, day: np.ndarray, number: np.ndarray) -> pa.Array:
    """Order numbers: the day and a running number within it."""
    return joined("DD", named(known.stamps, day), texts("", number, 6))


def weeks(made: Setting, moving: Simulation, tills: Tills, rng: np.random.Generator) -> Iterator[Week]:
    """Group the days that are told into weeks and form their orders."""
    known, waiting, before = names(made), list[Day](), None
    for one in moving.play():
        if one.day < made.calendar.first:
            before = one
            continue
        waiting.append(one)
        if made.calendar.days[one.day].weekday() == 6 or one.day == made.calendar.last:
            yield _week(made, known, rng, waiting, tills, moving.shelves, before)
            waiting, before = [], None


def _week(
    made: Setting, known: Names, rng: np.random.Generator, days: list[Day], tills: Tills, shelves: Shelves,
    before: Day | None,
) -> Week:  # fmt: skip
    lines = join([one.lines for one in days])
    starts = np.cumsum([0, *(len(one.lines.day) for one in days)])
    # Bundles are told apart within a day; across days they must be as well.
    orders, priced = tills.week_of(lines)
    row = np.full(len(lines.day), NONE)
    row[priced.source] = np.arange(len(priced.source))
    claim = np.concatenate([one.parts.claim + start for one, start in zip(days, starts[:-1], strict=True)])
    part_row = row[claim]
    kept = part_row != NONE
    return Week(
        made, known, rng, days, lines, orders, priced,
        part_row=part_row[kept],
        part_lot=np.concatenate([one.parts.slot for one in days])[kept],
        part_units=np.concatenate([one.parts.units for one in days])[kept],
        moves=[move for one in days for move in one.moves],
        sent=[one for day in days for one in day.sent],
        received=[one for day in days for one in day.received],
        shelves=shelves,
        before=before,
    )  # fmt: skip


def lot_ids(week: Week, sku: np.ndarray, lot: np.ndarray) -> pa.Array:
    """A lot's id: the product and the running number of its batch."""
    return joined("L", named([code[2:] for code in week.made.goods.sku.tolist()], sku), texts("-", lot, 3))
