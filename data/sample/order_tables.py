"""Tables about orders: lines, refunds, discounts, shipments."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.sample.columns import flags, from_columns, joined, moments, money, named, texts, units
from data.sample.members import O2O, STORE
from data.sample.nodes import NONE
from data.sample.orders import COUPON, DISCOUNTS, FREE, PHANTOM, PROMOTION, TIER, USUAL
from data.sample.parameters import CHANNEL_CODES
from data.sample.promotions import GROUP, TRADE
from data.sample.week import DAY_SECONDS, Week, lot_ids

FULFILMENT = {"STORE": "shelf", "O2O": "same_city", "GROUP": "pickup", "WHOLE": "dealer"}
CANCELLED = ("customer", "address", "other", "no_stock", "payment")
NO_STOCK, PAYMENT = 3, 4
RETURN_REASONS = ("returned", "damaged", "other")
MONEY_REASONS = ("price", "damaged", "expired", "other")
MONEY_ONLY = 0.005
"""Share of lines for which money goes back without goods."""
PRICE_OF_THEIR_OWN = 0.96
"""A till that asks less than this share of the list has cut the price by hand."""
LINE_NUMBERS = [str(number) for number in range(400)]
PROMISES = np.array([0, 24, 60, 48, 60, 72, 2, 36, 24])
"""Hours from payment to promised delivery, by kind of seller in the order of the channels."""


def order_lines(week: Week) -> pa.Table:
    """The order_line table of one week."""
    orders, priced, known = week.orders, week.priced, week.names
    count = len(priced.order)
    unpaid, cancelled, reason = _fates(week)
    paid = np.where(unpaid, -1, week.paid)
    columns = {
        "order_id": week.of_lines(week.order_ids),
        "line_no": named(LINE_NUMBERS, priced.line_no),
        "ordered_at": week.of_lines(moments(orders.day * DAY_SECONDS + orders.second, known.origin)),
        "paid_at": week.of_lines(moments(paid, known.origin)),
        "channel": week.of_lines(named(CHANNEL_CODES, orders.kind)),
        "node": week.of_lines(named(week.made.nodes.code, week.made.cells.node[orders.cell])),
        "entry_partner": week.of_lines(named(known.partners, week.entry)),
        "account": week.of_lines(named(week.made.people.account, orders.account)),
        "sku": named(week.made.goods.sku, priced.lines.sku),
        "quantity": units(priced.quantity),
        "list_amount": money(priced.list_amount),
        "amount": money(priced.amount),
        "tax": money(priced.tax),
        "tax_included": flags(np.ones(count)),
        "gift": flags(priced.lines.gift),
        "kit_parent": named(week.made.goods.sku, priced.lines.kit),
        "promotion": promotion_ids(priced.promotion),
        "fulfilment": week.of_lines(named([FULFILMENT.get(code, "express") for code in CHANNEL_CODES], orders.kind)),
        "ship_to_region": week.of_lines(week.address),
        "cancelled_at": week.of_lines(moments(cancelled, known.origin)),
        "cancel_reason": week.of_lines(named(CANCELLED, reason)),
    }
    return from_columns("order_line", columns, count)


def promotion_ids(number: np.ndarray) -> pa.Array:
    found = texts("CX", np.maximum(number, 0) + 1, 6)
    return pa.array(np.where(number == NONE, None, found.to_numpy(zero_copy_only=False)), pa.string())


def _fates(week: Week) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per order: never paid or not, second of cancellation or -1, reason or :data:`NONE`."""
    orders, rng, world = week.orders, week.rng, week.made.world
    phantom, short = orders.state == PHANTOM, (orders.state != PHANTOM) & (orders.state != USUAL)
    unpaid = phantom & (rng.random(len(phantom)) < world.unpaid / (world.unpaid + world.cancelled))
    left_open = unpaid & (rng.random(len(phantom)) < 0.3)
    later = rng.integers(900, 4 * 3600, len(phantom))
    end = (orders.day + 1) * DAY_SECONDS - 1
    when = np.where(unpaid, orders.day * DAY_SECONDS + orders.second + 1800, np.minimum(week.paid + later, end))
    drawn = rng.choice(3, len(phantom), p=(0.6, 0.15, 0.25))
    reason = np.select([unpaid, short, phantom], [PAYMENT, NO_STOCK, drawn], NONE)
    gone = (phantom | short) & ~left_open
    return unpaid, np.where(gone, np.minimum(when, end), -1), np.where(gone, reason, NONE)


def refund_lines(week: Week, number: int) -> pa.Table:
    """The refund_line table of what one week sold; documents are numbered from ``number``."""
    row, second, quantity, amount, reason = _refunds(week)
    order, known = week.priced.order[row], week.names
    columns = {
        "refund_id": texts("TK", number + np.arange(len(row)), 8),
        "line_no": pa.repeat("1", len(row)),
        "order_id": week.order_ids.take(pa.array(order)),
        "order_line_no": named(LINE_NUMBERS, week.priced.line_no[row]),
        "refunded_at": moments(second, known.origin),
        "channel": named(CHANNEL_CODES, week.orders.kind[order]),
        "entry_partner": named(known.partners, week.entry[order]),
        "account": named(week.made.people.account, week.orders.account[order]),
        "sku": named(week.made.goods.sku, week.priced.lines.sku[row]),
        "quantity": units(quantity),
        "amount": money(amount),
        "ship_to_region": week.address.take(pa.array(order)),
        "reason": pa.array(reason, pa.string()),
    }
    return from_columns("refund_line", columns, len(row))


def _refunds(week: Week) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Row, second, units, fen and reason of each refund: goods that came back, and money alone."""
    lines, priced, rng = week.priced.lines, week.priced, week.rng
    last = week.made.calendar.last
    back = (lines.back > 0) & (lines.units >= lines.back) & (lines.back_day <= last) & ~lines.gift & (lines.kit == NONE)
    goods = np.flatnonzero(back & week.usual())
    later = lines.day + rng.integers(1, 10, len(lines.day))
    alone = (rng.random(len(back)) < MONEY_ONLY) & ~back & week.usual() & (later <= last) & (priced.amount > 500)
    only = np.flatnonzero(alone)
    row = np.concatenate([goods, only])
    day = np.concatenate([lines.back_day[goods], later[only]])
    part = np.concatenate([lines.back[goods] / priced.quantity[goods], rng.choice([0.1, 0.2, 0.5], len(only))])
    reasons = [rng.choice(RETURN_REASONS, len(goods), p=(0.55, 0.3, 0.15)), rng.choice(MONEY_REASONS, len(only))]
    units_back = np.concatenate([lines.back[goods], np.zeros(len(only), dtype=np.int64)])
    second = day * DAY_SECONDS + rng.integers(9 * 3600, 21 * 3600, len(row))
    amount = np.rint(priced.amount[row] * part).astype(np.int64)
    order = np.argsort(second, kind="stable")
    return row[order], second[order], units_back[order], amount[order], np.concatenate(reasons).astype(object)[order]


def order_discounts(week: Week) -> pa.Table:
    """The order_discount table: one discount a line, and a second one where it was wrongly stacked."""
    priced = week.priced
    first = np.flatnonzero((priced.discount != FREE) & week.usual())
    cut = priced.asked < PRICE_OF_THEIR_OWN * priced.list_amount
    cheap = np.flatnonzero(cut & week.usual() & (priced.lines.kit == NONE))
    second = np.flatnonzero(priced.stacked & week.usual())
    gold = week.made.world.gold_pays
    full = np.where(priced.stacked, np.rint(priced.amount / gold).astype(np.int64), priced.amount)
    row = np.concatenate([first, second, cheap])
    manual = len(DISCOUNTS) - 1
    kind = np.concatenate([priced.discount[first], np.full(len(second), TIER), np.full(len(cheap), manual)])
    amount = np.concatenate([
        (priced.asked - full)[first], (full - priced.amount)[second], (priced.list_amount - priced.asked)[cheap],
    ])  # fmt: skip
    number = np.concatenate([np.ones(len(first)), np.full(len(second), 2), np.full(len(cheap), 3)]).astype(int)
    promotion = np.where(kind == PROMOTION, priced.promotion[row], NONE)
    order, online = priced.order[row], np.isin(week.orders.kind[priced.order[row]], [2, 3, 5])
    payer = np.select([kind == manual, (kind == COUPON) & online, (kind == PROMOTION) & online], [1, 2, 2], 0)
    payer = np.where(week.rng.random(len(row)) < 0.6, np.where(kind == manual, 1, 0), payer)
    columns = {
        "order_id": week.order_ids.take(pa.array(order)),
        "order_line_no": named(LINE_NUMBERS, priced.line_no[row]),
        "discount_no": named(LINE_NUMBERS, number),
        "paid_at": moments(week.paid[order], week.names.origin),
        "kind": named(DISCOUNTS, kind),
        "promotion": promotion_ids(promotion),
        "tier": named(["gold"], np.where(kind == TIER, 0, NONE)),
        "amount": money(amount),
        "payer": named(["brand", "partner", "platform"], payer),
        "entry_partner": named(week.names.partners, week.entry[order]),
    }
    return from_columns("order_discount", columns, len(row))


def shipments(week: Week) -> pa.Table:
    """The shipment_line table: what did not go over a counter, one row for each lot of a line."""
    orders, priced = week.orders, week.priced
    shipped_kind = orders.kind[priced.order[week.part_row]] != STORE
    row, lot, quantity = (part[shipped_kind] for part in (week.part_row, week.part_lot, week.part_units))
    order = priced.order[row]
    leaves, promised, arrives = _journeys(week)
    gone = leaves[order] < week.names.end
    row, lot, quantity, order = row[gone], lot[gone], quantity[gone], order[gone]
    sorted_ = np.lexsort((lot, priced.line_no[row], order))
    row, lot, quantity, order = row[sorted_], lot[sorted_], quantity[sorted_], order[sorted_]
    number = np.arange(len(order)) - np.searchsorted(order, order) + 1
    node = week.made.cells.node[orders.cell[order]]
    sku = priced.lines.sku[row]
    origin = week.names.origin
    columns = {
        "shipment_id": joined("FH", pc.utf8_slice_codeunits(week.order_ids, 2).take(pa.array(order))),
        "line_no": named(LINE_NUMBERS, number),
        "order_id": week.order_ids.take(pa.array(order)),
        "order_line_no": named(LINE_NUMBERS, priced.line_no[row]),
        "node": named(week.made.nodes.code, node),
        "sku": named(week.made.goods.sku, sku),
        "lot": lot_ids(week, sku, lot),
        "quantity": units(quantity),
        "shipped_at": moments(leaves[order], origin),
        "promised_at": moments(promised[order], origin),
        "delivered_at": moments(np.where(arrives < week.names.end, arrives, -1)[order], origin),
        "partner": pa.array(week.made.nodes.owner[node], pa.string()),
    }
    return from_columns("shipment_line", columns, len(order))


def _journeys(week: Week) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Seconds at which each order leaves, is promised and arrives; who serves badly is late more often."""
    orders, rng, made = week.orders, week.rng, week.made
    count = len(orders.day)
    hours = np.select(
        [orders.kind == O2O, orders.kind == GROUP, orders.kind == TRADE],
        [rng.uniform(0.1, 0.6, count), rng.uniform(8, 14, count), rng.uniform(2, 20, count)],
        rng.uniform(3, 26, count),
    )
    leaves = week.paid + (hours * 3600).astype(np.int64)
    promised = week.paid + PROMISES[orders.kind] * 3600
    room = np.maximum(PROMISES[orders.kind] - hours, 0.3)
    slack = made.nodes.slack[made.cells.node[orders.cell]]
    wet = 1 + 0.15 * (made.sky.rain[made.cells.city[orders.cell], orders.day] > made.world.heavy_rain_mm)
    travel = room * rng.lognormal(-0.55, 0.38, count) * slack * wet
    return leaves, promised, leaves + np.maximum(travel * 3600, 600).astype(np.int64)
