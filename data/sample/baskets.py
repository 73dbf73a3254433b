"""What the orders of the demo world hold: packs, quantities, amounts, cancellations and refunds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.sample import rhythm
from data.sample.assortment import FLOUR, OIL, RICE, Assortment
from data.sample.members import NOBODY
from data.sample.parameters import WorldParameters
from data.sample.visits import DAY_SECONDS, PROVINCE_OF_CITY, Visits

TASTES: tuple[dict[str, float], ...] = ({FLOUR: 1.25, OIL: 0.95}, {OIL: 1.2, FLOUR: 1.1}, {FLOUR: 1.35, RICE: 0.85})
"""Province (by code) → demand for a category against the mean."""
CANCEL_REASONS = ("no_stock", "customer", "address", "other")
REFUND_REASONS = ("returned", "damaged", "expired", "price", "other")


@dataclass(frozen=True, slots=True)
class Lines:
    """Order lines as parallel arrays; ``order`` indexes the visits, amounts are in fen."""

    order: np.ndarray
    line_no: np.ndarray
    sku: np.ndarray
    quantity: np.ndarray
    list_amount: np.ndarray
    amount: np.ndarray
    tax: np.ndarray


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of each order, in seconds after the first midnight; -1 where it did not happen."""

    ordered: np.ndarray
    paid: np.ndarray
    cancelled: np.ndarray
    reason: np.ndarray


@dataclass(frozen=True, slots=True)
class Refunds:
    """Refund lines as parallel arrays; ``line`` indexes the order lines, amounts are in fen."""

    line: np.ndarray
    second: np.ndarray
    quantity: np.ndarray
    amount: np.ndarray
    reason: np.ndarray


def lines(rng: np.random.Generator, days: list[date], goods: Assortment, seen: Visits, world: WorldParameters) -> Lines:
    """One to four packs per household order, more in wholesale; a pack stands in an order once."""
    trade = np.array([channel.group == "wholesale" for channel in world.channels])[seen.channel]
    count = rng.choice(np.arange(1, 5), len(seen.day), p=world.lines_per_order) + 2 * trade
    order = np.repeat(np.arange(len(seen.day)), count)
    drawn = _packs(rng, days, goods, seen, order, trade)
    order, sku = np.divmod(np.unique(order * len(goods.sku) + drawn), len(goods.sku))
    starts = np.searchsorted(order, order)
    quantity = _quantities(rng, goods.price[sku], trade[order])
    list_amount = goods.price[sku] * quantity
    amount = np.rint(list_amount * (1 - _discounts(rng, days, seen, order, world))).astype(np.int64)
    tax = np.rint(amount * world.vat / (1 + world.vat)).astype(np.int64)
    return Lines(order, np.arange(len(order)) - starts + 1, sku, quantity, list_amount, amount, tax)


def _packs(
    rng: np.random.Generator, days: list[date], goods: Assortment, seen: Visits, order: np.ndarray, trade: np.ndarray
) -> np.ndarray:
    """A pack for each line, by season, coming festival, launch, province and kind of trade."""
    summer = np.array([rhythm.summer(day) for day in days])[:, None]
    coming = rhythm.lead_up(days)[:, None]
    launched = np.array(days, dtype="datetime64[D]")[:, None] >= goods.launched[None, :]
    by_day = goods.pull * (1 + (goods.summer - 1) * summer) * (1 + (goods.festive - 1) * coming) * launched
    taste = np.array([[liked.get(str(category), 1.0) for category in goods.category] for liked in TASTES])
    sacks = np.where(goods.kg >= 9, np.array([[0.25], [12.0]]), 1.0)
    weight = by_day[:, None, None, :] * taste[None, :, None, :] * sacks[None, None, :, :]
    total = np.concatenate([[0.0], np.cumsum(weight.ravel())])
    group = np.ravel_multi_index(
        (seen.day[order], PROVINCE_OF_CITY[seen.city[order]], trade[order].astype(int)), weight.shape[:3]
    )
    floor, roof = total[group * len(goods.sku)], total[(group + 1) * len(goods.sku)]
    drawn = np.searchsorted(total, floor + rng.random(len(order)) * (roof - floor), side="right") - 1
    return np.asarray(drawn - group * len(goods.sku))


def _quantities(rng: np.random.Generator, price: np.ndarray, trade: np.ndarray) -> np.ndarray:
    """Households take several of what is cheap, canteens and shops take cases."""
    cheap = np.where(price < 2_000, 1.5, np.where(price < 4_500, 0.35, 0.06))
    return np.asarray(1 + np.where(trade, 3 + rng.poisson(8, len(price)), rng.poisson(cheap)))


def _discounts(
    rng: np.random.Generator, days: list[date], seen: Visits, order: np.ndarray, world: WorldParameters
) -> np.ndarray:
    """Share taken off each line: the best of promotion, shopping festival and member day; they do not add up."""
    usual = np.array([channel.discount for channel in world.channels])[seen.channel]
    shops = np.array([channel.events for channel in world.channels])[seen.channel]
    lifts = np.array([channel.member_day for channel in world.channels])[seen.channel]
    festival = (rhythm.events(days) > 0)[seen.day] & (shops >= 0.5)
    eighteenth = np.array([day.day == rhythm.MEMBER_DAY for day in days])[seen.day]
    promoted = (rng.random(len(order)) < (usual / world.promotion_depth)[order]) * world.promotion_depth
    member = np.where(eighteenth & (lifts > 1) & (seen.member != NOBODY), world.promotion_depth, 0.0)
    return np.asarray(np.maximum(promoted, np.maximum(member, festival * world.event_depth)[order]))


def fates(rng: np.random.Generator, seen: Visits, world: WorldParameters) -> Fates:
    """Nearly every order is paid within minutes; some are cancelled, some never paid; nothing at the till is."""
    till = np.array([channel.code == "STORE" for channel in world.channels])[seen.channel]
    ordered = seen.day * DAY_SECONDS + seen.second
    paid = ordered + np.where(till, rng.integers(15, 90, len(ordered)), rng.integers(20, 600, len(ordered)))
    fate = np.where(till, 1.0, rng.random(len(ordered)))
    unpaid = fate < world.unpaid
    dropped = ~unpaid & (fate < world.unpaid + world.cancelled)
    later = np.where(unpaid, ordered + 1_800, paid + rng.integers(600, 60_000, len(ordered)))
    end = (seen.day.max() + 1) * DAY_SECONDS
    dropped &= later < end
    reasons = rng.choice(np.array(CANCEL_REASONS, dtype=object), len(ordered), p=(0.35, 0.40, 0.10, 0.15))
    cancelled = np.where((unpaid & (later < end)) | dropped, later, -1)
    reason = np.where(unpaid, "payment", reasons)
    reason[cancelled < 0] = None
    return Fates(ordered, np.where(unpaid, -1, paid), cancelled, reason)


def refunds(rng: np.random.Generator, sold: Lines, known: Fates, seen: Visits, world: WorldParameters) -> Refunds:
    """Refunds of lines that were paid and not cancelled, within a fortnight; online twice as many as at the till."""
    till = np.array([channel.code == "STORE" for channel in world.channels])[seen.channel][sold.order]
    kept = (known.paid[sold.order] >= 0) & (known.cancelled[sold.order] < 0)
    chance = world.refunds * np.where(till, 0.6, 1.3)
    line = np.flatnonzero(kept & (rng.random(len(sold.order)) < chance))
    second = known.paid[sold.order[line]] + rng.integers(3_600, 13 * DAY_SECONDS, len(line))
    inside = second < (seen.day.max() + 1) * DAY_SECONDS
    line, second = line[inside], second[inside]
    whole = rng.random(len(line)) < 0.7
    quantity = np.where(whole, sold.quantity[line], 1)
    amount = np.rint(sold.amount[line] * quantity / sold.quantity[line]).astype(np.int64)
    reason = rng.choice(np.array(REFUND_REASONS, dtype=object), len(line), p=(0.45, 0.25, 0.05, 0.15, 0.10))
    by_time = np.lexsort((line, second))
    return Refunds(line[by_time], second[by_time], quantity[by_time], amount[by_time], reason[by_time])
