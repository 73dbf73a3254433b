"""Tables about stock and supply: movements, snapshots, deliveries, what partners bought in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data.sample.columns import dates, flags, from_columns, joined, moments, money, named, texts, units
from data.sample.nodes import NONE
from data.sample.setting import Setting
from data.sample.shelves import COUNT, KINDS, RECEIPT, RETURN, SALE, SCRAP, TRANSFER, Moves
from data.sample.simulation import Day
from data.sample.supply import Deliveries
from data.sample.supply_parameters import DEALER, REGION, SUPERMARKET
from data.sample.week import DAY_SECONDS, Names, Week, lot_ids

HOURS = {RECEIPT: 7.5, SALE: 21.5, TRANSFER: 19.0, RETURN: 17.0, SCRAP: 18.0, COUNT: 22.0}
"""Hour at which a movement of each kind is booked; minutes differ by node."""
LINE_NUMBERS = [str(number) for number in range(1, 1000)]


def joined_moves(parts: list[Moves]) -> Moves:
    return Moves(*(np.concatenate([getattr(part, name) for part in parts]) for name in Moves.__dataclass_fields__))


def joined_deliveries(parts: list[Deliveries]) -> Deliveries:
    names = Deliveries.__dataclass_fields__
    return Deliveries(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def stock_moves(week: Week, number: int) -> pa.Table:
    """The stock_move table of one week, numbered from ``number``; supermarkets keep their movements to themselves."""
    all_, pairs, made = joined_moves(week.moves), week.made.pairs, week.made
    told = np.flatnonzero(pairs.level[all_.pair] != SUPERMARKET)
    node = pairs.node[all_.pair[told]]
    hours = np.array([HOURS[kind] for kind in range(len(KINDS))])[all_.kind[told]]
    second = all_.day[told] * DAY_SECONDS + (hours * 3600).astype(np.int64) + node % 59 * 30
    order = np.lexsort((all_.lot[told], all_.pair[told], second))
    told, node, second = told[order], node[order], second[order]
    columns = {
        "move_id": texts("LS", number + np.arange(len(told)), 9),
        "moved_at": moments(second, week.names.origin),
        "node": named(made.nodes.code, node),
        "sku": named(made.goods.sku, pairs.sku[all_.pair[told]]),
        "lot": lot_ids(week, pairs.sku[all_.pair[told]], all_.lot[told]),
        "kind": named(KINDS, all_.kind[told]),
        "quantity": units(all_.units[told]),
        "other_node": named(made.nodes.code, all_.other[told]),
        "document": documents(all_.document[told]),
        "partner": pa.array(made.nodes.owner[node], pa.string()),
    }
    return from_columns("stock_move", columns, len(told))


def documents(number: np.ndarray) -> pa.Array:
    found = texts("DB", np.maximum(number, 0), 8)
    return pa.array(np.where(number == NONE, None, found.to_numpy(zero_copy_only=False)), pa.string())


def stock_lots(week: Week, closing: list[Day]) -> pa.Table:
    """The stock_lot table: every lot on hand on the evenings in ``closing``, by the books."""
    made, pairs, origin = week.made, week.made.pairs, week.names.origin
    parts = []
    for day in closing:
        if day.closing is None:
            continue
        pair, slot = np.nonzero(day.closing)
        kept = pairs.level[pair] != SUPERMARKET
        pair, slot = pair[kept], slot[kept]
        lot = day.newest[pairs.sku[pair]] - (day.closing.shape[1] - 1 - slot)
        parts.append((np.full(len(pair), day.day), pair, lot, day.closing[pair, slot]))
    day_, pair, lot, held = (np.concatenate([part[i] for part in parts]) for i in range(4))
    sku, node = pairs.sku[pair], pairs.node[pair]
    level = made.nodes.level[node]
    held_back = np.where((level == DEALER) | (level == REGION), week.rng.binomial(np.maximum(held, 0), 0.06), 0)
    born = week.shelves.born(sku, lot)
    columns = {
        "as_of": moments((day_ + 1) * DAY_SECONDS - 60, origin),
        "node": named(made.nodes.code, node),
        "sku": named(made.goods.sku, sku),
        "lot": lot_ids(week, sku, lot),
        "produced": dates(born, week.names.first),
        "expiry": dates(born + made.goods.life[sku], week.names.first),
        "on_hand": units(held),
        "reserved": units(held_back),
        "partner": pa.array(made.nodes.owner[node], pa.string()),
    }
    return from_columns("stock_lot", columns, len(day_))


def inbounds(made: Setting, known: Names, came: Deliveries, *, open_: bool) -> pa.Table:
    """The inbound table: deliveries that were received, or those that are still on their way at the end."""
    pairs = made.pairs
    kept = np.flatnonzero(pairs.level[came.pair] != SUPERMARKET)
    order = kept[np.lexsort((came.lot[kept], came.pair[kept], came.document[kept], came.arrives[kept]))]
    node = pairs.node[came.pair[order]]
    document = came.document[order]
    number = _numbers(document)
    received = np.full(len(order), -1) if open_ else came.arrives[order] * DAY_SECONDS + 27_000 + node % 59 * 30
    columns = {
        "inbound_id": documents(document),
        "line_no": named(LINE_NUMBERS, number),
        "ordered_at": moments(came.ordered[order] * DAY_SECONDS + 54_000, known.origin),
        "origin": named(made.nodes.code, pairs.node[came.source[order]]),
        "node": named(made.nodes.code, node),
        "sku": named(made.goods.sku, pairs.sku[came.pair[order]]),
        "lot": joined("L", named([code[2:] for code in made.goods.sku.tolist()], pairs.sku[came.pair[order]]),
                      texts("-", came.lot[order], 3)),
        "quantity": units(came.asked[order]),
        "promised_at": moments(came.due[order] * DAY_SECONDS + 43_200, known.origin),
        "received": units(np.zeros(len(order)) if open_ else came.units[order]),
        "received_at": moments(received, known.origin),
        "closed": flags(np.full(len(order), not open_)),
        "partner": pa.array(made.nodes.owner[node], pa.string()),
    }  # fmt: skip
    return from_columns("inbound", columns, len(order))


def _numbers(document: np.ndarray) -> np.ndarray:
    """Running number of each line within its document, from 0."""
    order = np.argsort(document, kind="stable")
    ranked = np.arange(len(order)) - np.searchsorted(document[order], document[order])
    number = np.empty(len(order), dtype=np.int64)
    number[order] = ranked
    return number


def sell_in(week: Week, price: np.ndarray) -> pa.Table:
    """The sell_in table: what the brand shipped to dealers and supermarkets; ``price`` in fen by SKU and day."""
    made, pairs = week.made, week.made.pairs
    sent = joined_deliveries(week.sent)
    level = pairs.level[sent.pair]
    kept = np.flatnonzero(((level == DEALER) | (level == SUPERMARKET)) & (pairs.level[sent.source] == REGION))
    kept = kept[np.lexsort((sent.lot[kept], sent.pair[kept], sent.document[kept], sent.ordered[kept]))]
    node, sku = pairs.node[sent.pair[kept]], pairs.sku[sent.pair[kept]]
    asks = np.rint(price[sku, sent.ordered[kept]] * made.supply.dealer_price).astype(np.int64)
    columns = {
        "document": documents(sent.document[kept]),
        "line_no": named(LINE_NUMBERS, _numbers(sent.document[kept])),
        "shipped_at": moments(sent.ordered[kept] * DAY_SECONDS + 68_400, week.names.origin),
        "partner": named(made.nodes.partner, node),
        "node": named(made.nodes.code, pairs.node[sent.source[kept]]),
        "sku": named(made.goods.sku, sku),
        "lot": lot_ids(week, sku, sent.lot[kept]),
        "quantity": units(sent.units[kept]),
        "amount": money(asks * sent.units[kept]),
    }
    return from_columns("sell_in", columns, len(kept))


def sell_out(week: Week, price: np.ndarray) -> pa.Table:
    """The sell_out_agg table: what supermarkets report each day, rows without sales left out."""
    made, pairs = week.made, week.made.pairs
    rows = np.flatnonzero(pairs.level == SUPERMARKET)
    sold = np.array([day.sold[rows] for day in week.days])
    which, at = np.nonzero(sold)
    day, pair = np.array([one.day for one in week.days])[which], rows[at]
    province = made.plan.province[_city_of_node(made)[pairs.node[pair]]]
    pays = made.effects.pays[day, len(made.world.channels), province, pairs.sku[pair]]
    amount = np.rint(price[pairs.sku[pair], day] * sold[which, at] * pays).astype(np.int64)
    columns = {
        **_place(made, pair),
        "day": dates(day, week.names.first),
        "period": pa.repeat("day", len(day)),
        "quantity": units(sold[which, at]),
        "amount": money(amount),
    }
    return from_columns("sell_out_agg", columns, len(day))


def availability(week: Week) -> pa.Table:
    """The availability table: supermarkets tell whether a listed product was there, and for how long it was not."""
    made, pairs = week.made, week.made.pairs
    parts = []
    for one in week.days:
        rows = np.flatnonzero((pairs.level == SUPERMARKET) & (pairs.from_day <= one.day) & (one.day < pairs.to_day))
        parts.append((np.full(len(rows), one.day), rows, one.sold[rows] < one.wanted[rows], one.left[rows] <= 0))
    day, pair, short, empty = (np.concatenate([part[i] for part in parts]) for i in range(4))
    hours = np.where(empty & short, week.rng.integers(1, 14, len(day)), np.where(empty, 14, 0))
    columns = {
        **_place(made, pair),
        "day": dates(day, week.names.first),
        "period": pa.repeat("day", len(day)),
        "in_stock": flags(~empty),
        "hours_out": pa.array(hours.astype(float)),
    }
    return from_columns("availability", columns, len(day))


def _place(made: Setting, pair: np.ndarray) -> dict[str, pa.Array]:
    node = made.pairs.node[pair]
    return {
        "node": named(made.nodes.code, node),
        "sku": named(made.goods.sku, made.pairs.sku[pair]),
        "partner": pa.array(made.nodes.owner[node], pa.string()),
    }


def _city_of_node(made: Setting) -> np.ndarray:
    codes = made.plan.codes
    place = {code[:4]: number for number, code in enumerate(codes)}
    return np.array([place.get(str(region)[:4], 0) for region in made.nodes.region])


def listings(made: Setting, known: Names) -> pa.Table:
    """The listing table: what each node should have, from its opening or the launch until it closes."""
    pairs = made.pairs
    told = np.flatnonzero((pairs.level >= REGION) & (pairs.from_day <= made.calendar.last))
    told = told[pairs.to_day[told] > made.calendar.first]
    begins = np.maximum(pairs.from_day[told], made.calendar.first - 365)
    ends = pairs.to_day[told] - 1
    columns = {
        **_place(made, told),
        "valid_from": dates(begins, known.first),
        "valid_to": dates(np.minimum(ends, 10_000), known.first, absent=ends > made.calendar.last),
    }
    return from_columns("listing", columns, len(told))
