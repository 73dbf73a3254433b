"""The order and refund tables of the demo world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from data.sample.assortment import Assortment
from data.sample.baskets import Fates, Lines, Refunds, fates, lines, refunds
from data.sample.columns import from_columns, moments, money, named, units
from data.sample.members import NOBODY, Members
from data.sample.network import REGIONAL, SUPERMARKET_CITIES, Outlets, dealer_of_city
from data.sample.parameters import WORLD, WorldParameters
from data.sample.places import CITIES, Places
from data.sample.visits import Visits, visits

FULFILMENT = {
    "STORE": "shelf",
    "GROUP": "pickup",
    "MKT1": "express",
    "MKT2": "express",
    "MINI": "express",
    "LIVE": "express",
    "O2O": "same_city",
    "WHOLE": "dealer",
}


@dataclass(frozen=True, slots=True)
class Sales:
    """Orders, their lines, what became of them; ``address`` is the region an online order goes to, else None."""

    days: list[date]
    seen: Visits
    sold: Lines
    known: Fates
    returned: Refunds
    address: np.ndarray


def sales(
    rng: np.random.Generator,
    days: list[date],
    net: Outlets,
    goods: Assortment,
    people: Members,
    *,
    orders: int,
    world: WorldParameters,
) -> Sales:
    """Draw about ``orders`` orders over ``days`` with all that belongs to them."""
    seen = visits(rng, days, net, people, orders=orders, world=world)
    sold = lines(rng, days, goods, seen, world)
    known = fates(rng, seen, world)
    returned = refunds(rng, sold, known, seen, world)
    return Sales(days, seen, sold, known, returned, _addresses(rng, seen, net, people, world))


def _addresses(
    rng: np.random.Generator, seen: Visits, net: Outlets, people: Members, world: WorldParameters
) -> np.ndarray:
    """Where online orders go: the member's district, for instant delivery the store's, sometimes the city alone."""
    cities = np.array(list(CITIES), dtype=object)[seen.city]
    codes = _codes(world)[seen.channel]
    online = np.array([channel.group == "online" for channel in world.channels])[seen.channel]
    home = np.where(seen.member == NOBODY, cities, people.district[seen.member])
    home = np.where(codes == "O2O", net.district[seen.shelf], home)
    vague = rng.random(len(codes)) < world.city_only_address
    address: np.ndarray = np.where(vague, cities, home)
    address[~online] = None
    return address


def order_line_table(
    made: Sales, where: Places, net: Outlets, goods: Assortment, people: Members, midnight: int
) -> pa.Table:
    """The order_line table; ``midnight`` is the first day's, in epoch seconds."""
    sold, known, order = made.sold, made.known, made.sold.order
    codes = _codes(WORLD)
    count = len(order)
    columns = {
        "order_id": named(_order_ids(made), order),
        "line_no": named([str(number) for number in range(20)], sold.line_no),
        "ordered_at": moments(known.ordered[order], midnight),
        "paid_at": moments(known.paid[order], midnight),
        "channel": named(codes, made.seen.channel[order]),
        "node": pa.array(_nodes(made, net), pa.string()).take(pa.array(order)),
        "entry_partner": pa.array(_entry_partners(made, net), pa.string()).take(pa.array(order)),
        "account": named(people.account, made.seen.member[order]),
        "sku": named(goods.sku, sold.sku),
        "quantity": units(sold.quantity),
        "list_amount": money(sold.list_amount),
        "amount": money(sold.amount),
        "tax": money(sold.tax),
        "tax_included": pa.repeat(pa.scalar(value=True), count),
        "gift": pa.repeat(pa.scalar(value=False), count),
        "fulfilment": named([FULFILMENT[code] for code in codes], made.seen.channel[order]),
        "ship_to_region": pa.array(made.address, pa.string()).take(pa.array(order)),
        "cancelled_at": moments(known.cancelled[order], midnight),
        "cancel_reason": pa.array(known.reason, pa.string()).take(pa.array(order)),
    }
    return from_columns("order_line", columns, count)


def refund_line_table(made: Sales, net: Outlets, goods: Assortment, people: Members, midnight: int) -> pa.Table:
    """The refund_line table; one document for each line that came back."""
    back, sold = made.returned, made.sold
    order = sold.order[back.line]
    count = len(back.line)
    columns = {
        "refund_id": pa.array([f"TK{number:07d}" for number in range(1, count + 1)], pa.string()),
        "line_no": pa.repeat("1", count),
        "order_id": named(_order_ids(made), order),
        "order_line_no": named([str(number) for number in range(20)], sold.line_no[back.line]),
        "refunded_at": moments(back.second, midnight),
        "channel": named(_codes(WORLD), made.seen.channel[order]),
        "entry_partner": pa.array(_entry_partners(made, net), pa.string()).take(pa.array(order)),
        "account": named(people.account, made.seen.member[order]),
        "sku": named(goods.sku, sold.sku[back.line]),
        "quantity": units(back.quantity),
        "amount": money(back.amount),
        "ship_to_region": pa.array(made.address, pa.string()).take(pa.array(order)),
        "reason": pa.array(back.reason, pa.string()),
    }
    return from_columns("refund_line", columns, count)


def _codes(world: WorldParameters) -> np.ndarray:
    return np.array([channel.code for channel in world.channels])


def _order_ids(made: Sales) -> list[str]:
    """Order numbers: the day and a running number within it."""
    starts = np.searchsorted(made.seen.day, np.arange(len(made.days)))
    number = np.arange(len(made.seen.day)) - starts[made.seen.day] + 1
    stamps = [day.strftime("%Y%m%d") for day in made.days]
    return [f"DD{stamps[day]}{running:05d}" for day, running in zip(made.seen.day, number.tolist(), strict=True)]


def _entry_partners(made: Sales, net: Outlets) -> np.ndarray:
    """The outlet where the order was placed; in wholesale the dealer of the city or a supermarket; else nobody."""
    seen = made.seen
    placed = np.where(seen.outlet == NOBODY, None, net.partner[seen.outlet].astype(object))
    trade = _codes(WORLD)[seen.channel] == "WHOLE"
    markets = {city: f"M{number}" for number, city in enumerate(SUPERMARKET_CITIES, 1)}
    market = np.array([markets.get(city) for city in CITIES], dtype=object)[seen.city]
    return np.where(trade, np.where(seen.supermarket, market, _dealers()[seen.city]), placed)


def _nodes(made: Sales, net: Outlets) -> np.ndarray:
    """Shop orders leave the shop, community and wholesale ones the dealer's store-room, the rest a warehouse."""
    seen = made.seen
    codes = _codes(WORLD)[seen.channel]
    regional = np.array([REGIONAL[city[:2]][0] for city in CITIES], dtype=object)[seen.city]
    dealer = "N" + _dealers()[seen.city]
    shop = "N" + net.partner[seen.shelf].astype(object)
    from_dealer = (codes == "GROUP") | ((codes == "WHOLE") & ~seen.supermarket)
    return np.asarray(np.where(np.isin(codes, ("STORE", "O2O")), shop, np.where(from_dealer, dealer, regional)))


def _dealers() -> np.ndarray:
    """The dealer of each city, in the order of the city list."""
    dealers = dealer_of_city()
    return np.array([dealers[city] for city in CITIES], dtype=object)
