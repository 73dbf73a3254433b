"""The lines of a week become orders: baskets, hours, buyers, prices, cancellations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.sample.buyers import Buyers
from data.sample.demand import Lines, pick
from data.sample.members import MINI, STORE, group_of
from data.sample.nodes import NONE
from data.sample.parameters import MARKET
from data.sample.promotions import GROUP, ONLINE
from data.sample.rhythm import MEMBER_DAY
from data.sample.setting import Setting

USUAL, PHANTOM, OVERSOLD = range(3)
FREE, PROMOTION, TIER, COUPON, MANUAL = range(5)
DISCOUNTS = ("", "promotion", "tier", "coupon", "manual")
GOLD, DIAMOND = 1500, 3000
"""Yearly spend in yuan from which a tier's price holds."""
STACKED = 0.006
"""Share of promoted till lines of gold members on which the tier's price was taken off as well, against the rule."""
YEAR_WEEKS = 52
TIERED = (STORE, MINI)
MEMBER_DAYS = (STORE, GROUP, MINI)


@dataclass(frozen=True, slots=True)
class Orders:
    """One week of orders as parallel arrays in order of time; ``second`` counts from the day's midnight, ``account`` is
    :data:`NONE` where the buyer is unknown, ``state`` one of USUAL, PHANTOM and OVERSOLD; ``number`` runs in the day.
    """

    day: np.ndarray
    second: np.ndarray
    number: np.ndarray
    cell: np.ndarray
    kind: np.ndarray
    account: np.ndarray
    state: np.ndarray
    amount: np.ndarray


@dataclass(frozen=True, slots=True)
class Priced:
    """The week's lines beside their orders, amounts in fen. ``order`` indexes the orders, ``source`` the lines as they
    were demanded. ``asked`` is what the seller asks for the whole line before any discount.
    """

    lines: Lines
    order: np.ndarray
    line_no: np.ndarray
    source: np.ndarray
    quantity: np.ndarray
    list_amount: np.ndarray
    asked: np.ndarray
    amount: np.ndarray
    tax: np.ndarray
    discount: np.ndarray
    promotion: np.ndarray
    stacked: np.ndarray


class Tills:
    """Turns demanded lines into orders, week by week; keeps what each account spent in the last 52 weeks."""

    def __init__(self, rng: np.random.Generator, made: Setting, buyers: Buyers) -> None:
        self.rng, self.made, self.buyers = rng, made, buyers
        self.price = made.goods.list_price(made.calendar.days)
        self.group = group_of(made.cells, len(made.net.partner), len(made.plan.cities))
        self.spent = np.zeros((YEAR_WEEKS, len(made.people.account)), dtype=np.int32)
        self.year = np.zeros(len(made.people.account), dtype=np.int64)
        self.week = 0
        channels = made.world.channels
        self.identified = np.array([channel.identified for channel in channels])
        self._kit_part = {
            kit: made.goods.price[kit, 0] / made.goods.price[list(parts), 0].sum()
            for kit, parts in made.goods.kits.items()
        }

    def week_of(self, lines: Lines) -> tuple[Orders, Priced]:
        """Orders of one week's lines; lines of supermarkets are left out, and lines that nobody got."""
        made = self.made
        kind = made.cells.kind[made.offers.cell[lines.offer]]
        missed = (lines.units == 0) & ~lines.phantom & ~lines.gift
        oversold = missed & np.isin(kind, ONLINE) & (self.rng.random(len(kind)) < made.world.oversold)
        kept = np.flatnonzero((kind != MARKET) & ((lines.units > 0) | lines.phantom | oversold))
        state = np.select([lines.phantom[kept], oversold[kept]], [PHANTOM, OVERSOLD], USUAL)
        kept, state, order = self._baskets(lines, kept, state)
        source, lines = kept, pick(lines, kept)
        heads = self._heads(lines, order, state)
        number, rank = self._sorted(heads)
        order = rank[order]
        quantity = np.where(state == USUAL, lines.units, lines.wanted)
        by_order = np.argsort(order, kind="stable")
        lines, order, source, quantity = pick(lines, by_order), order[by_order], source[by_order], quantity[by_order]
        orders = Orders(*(part[number] for part in heads))
        account = self._accounts(orders, lines, order, quantity)
        priced = self._priced(orders, account, lines, order, source, quantity)
        amount = np.bincount(order, priced.amount, minlength=len(account)).astype(np.int64)
        orders = Orders(
            orders.day, orders.second, _running(orders.day), orders.cell, orders.kind, account, orders.state, amount
        )
        self._spent(orders)
        return orders, priced

    def _baskets(self, lines: Lines, kept: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Lines of one visit are one order; what was sold although nothing was there is one of its own."""
        cell = self.made.offers.cell[lines.offer[kept]]
        sort = np.lexsort((lines.sku[kept], state, lines.bundle[kept], cell, lines.day[kept]))
        kept, state, cell = kept[sort], state[sort], cell[sort]
        keys = (lines.day[kept], cell, lines.bundle[kept], state)
        first = np.concatenate([[True], np.any([key[1:] != key[:-1] for key in keys], axis=0)])
        return kept, state, np.cumsum(first) - 1

    def _heads(self, lines: Lines, order: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, ...]:
        """Columns of :class:`Orders` by unsorted order, accounts as far as they are known beforehand."""
        first = np.flatnonzero(np.diff(order, prepend=-1))
        cell = self.made.offers.cell[lines.offer[first]]
        kind = self.made.cells.kind[cell]
        hour = np.empty(len(first))
        for index, channel in enumerate(self.made.world.channels):
            asked = np.flatnonzero(kind == index)
            peaks = np.array(channel.hours)[self.rng.integers(0, len(channel.hours), len(asked))]
            hour[asked] = self.rng.normal(peaks[:, 0], peaks[:, 1])
        # Payment follows within ten minutes, so that no order of a day is paid after it.
        second = (np.clip(hour, 6.5, 23.6) * 3600).astype(np.int64) + self.rng.integers(0, 60, len(first))
        none = np.zeros(len(first), dtype=np.int64)
        return lines.day[first], second, none, cell, kind, lines.account[first], state[first], none

    def _sorted(self, heads: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
        number = np.lexsort((heads[3], heads[1], heads[0]))
        rank = np.empty(len(number), dtype=np.int64)
        rank[number] = np.arange(len(number))
        return number, rank

    def _accounts(self, orders: Orders, lines: Lines, order: np.ndarray, quantity: np.ndarray) -> np.ndarray:
        kg = np.bincount(order, self.made.goods.kg[lines.sku] * quantity, minlength=len(orders.day))
        wanted = self.rng.random(len(orders.day)) < self.identified[orders.kind]
        wanted &= orders.state == USUAL
        return self.buyers.assign(self.group[orders.cell], orders.day, kg, wanted, orders.account)

    def _priced(
        self,
        orders: Orders,
        account: np.ndarray,
        lines: Lines,
        order: np.ndarray,
        source: np.ndarray,
        quantity: np.ndarray,
    ) -> Priced:
        listed = self.price[lines.sku, lines.day]
        own = self._own_price(lines)
        unit = np.where(own == 1.0, listed, np.rint(listed * own / 10).astype(np.int64) * 10)
        pays, kind, promotion = self._best(orders, account, lines, order)
        gold = (self._year_of(account)[order] >= GOLD) & np.isin(orders.kind[order], TIERED)
        stacked = (kind == PROMOTION) & gold & ~lines.gift & (self.rng.random(len(order)) < STACKED * 10)
        pays = np.where(stacked, pays * self.made.world.gold_pays, pays)
        asked = unit * quantity
        amount = np.rint(asked * pays).astype(np.int64)
        vat = self.made.world.vat
        starts = np.searchsorted(order, order)
        return Priced(
            lines, order, np.arange(len(order)) - starts + 1, source, quantity,
            list_amount=listed * quantity, asked=asked, amount=amount,
            tax=np.rint(amount * vat / (1 + vat)).astype(np.int64),
            discount=kind, promotion=promotion, stacked=stacked,
        )  # fmt: skip

    def _own_price(self, lines: Lines) -> np.ndarray:
        """What the seller asks against the list: the shop's own level, a spell outside the policy, a kit's share."""
        made = self.made
        factor = made.cells.price[made.offers.cell[lines.offer]]
        for day in np.unique(lines.day).tolist():
            at = np.flatnonzero(lines.day == day)
            spell = made.episodes.factors(day)[lines.offer[at]]
            factor[at] = np.where(spell != 1.0, spell, factor[at])
        for kit, part in self._kit_part.items():
            factor = np.where(lines.kit == kit, part, factor)
        return np.where(lines.gift, 1.0, factor)

    def _best(
        self, orders: Orders, account: np.ndarray, lines: Lines, order: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Share of the price paid, kind of discount and promotion of each line: the best single one applies."""
        made, world = self.made, self.made.world
        cell = orders.cell[order]
        kind, province = orders.kind[order], made.cells.province[cell]
        where = (lines.day, kind, province, lines.sku)
        pays, promotion = made.effects.pays[where].astype(float).round(4), made.effects.promotion[where]
        found = np.where(promotion != NONE, PROMOTION, FREE)
        known = (account != NONE)[order]
        year = self._year_of(account)[order]
        eighteenth = np.array([day.day == MEMBER_DAY for day in made.calendar.days])[lines.day]
        special = known & eighteenth & np.isin(kind, MEMBER_DAYS)
        tiered = known & (year >= GOLD) & np.isin(kind, TIERED)
        own = (lines.account != NONE) & known
        for applies, level, what in (
            (special, world.member_day_pays, PROMOTION),
            (tiered, world.gold_pays, TIER),
            (own, 0.85, COUPON),
        ):
            better = applies & (pays > level)
            pays, found = np.where(better, level, pays), np.where(better, what, found)
            promotion = np.where(
                better, self._member_promotion(kind, lines.day) if what == PROMOTION else NONE, promotion
            )
        plain = (lines.kit != NONE) | lines.gift
        pays = np.where(lines.gift, 0.0, np.where(plain, 1.0, pays))
        found = np.where(plain, FREE, found)
        return pays, found, np.where(found != PROMOTION, NONE, promotion)

    def _member_promotion(self, kind: np.ndarray, day: np.ndarray) -> np.ndarray:
        table = np.full((MARKET + 1, len(self.made.calendar.days)), NONE)
        for index, one in enumerate(self.made.promotions):
            if one.members:
                table[one.channel, one.starts] = index
        return np.asarray(table[kind, day])

    def _year_of(self, account: np.ndarray) -> np.ndarray:
        """Yuan that each order's account spent in the 52 weeks before this one; 0 for the unknown."""
        return np.where(account == NONE, 0, self.year[account])

    def _spent(self, orders: Orders) -> None:
        paid = np.flatnonzero((orders.account != NONE) & (orders.state == USUAL))
        now = np.bincount(orders.account[paid], orders.amount[paid] // 100, minlength=len(self.year)).astype(np.int32)
        slot = self.week % YEAR_WEEKS
        self.year += now - self.spent[slot]
        self.spent[slot] = now
        self.week += 1


def _running(day: np.ndarray) -> np.ndarray:
    """Running number of each order within its day, from 1; ``day`` ascends."""
    return np.asarray(np.arange(len(day)) - np.searchsorted(day, day) + 1)
