"""Codes that were scanned: honest buyers, travellers, and goods that a dealer let slip into another's territory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.sample.columns import from_columns, joined, moments, named, texts
from data.sample.nodes import NONE
from data.sample.places import SCHEME
from data.sample.setting import Setting
from data.sample.supply_parameters import DEALER, SHOP
from data.sample.week import DAY_SECONDS, Week, lot_ids

TRAVELLED = 0.03
"""Share of scans far from home."""
AGAIN = 0.06
POSITIONLESS = 0.15
KINDS = ("product", "store", "community")
PRODUCT, STORE_CODE, COMMUNITY = range(3)
JOINED_BY_CODE = 0.4


@dataclass(frozen=True, slots=True)
class Diversion:
    """Goods of ``dealer`` that were sold in the territory of ``into``: which products, from when to when, and the share
    of what is sold there meanwhile.
    """

    dealer: int
    into: int
    skus: tuple[int, ...]
    starts: int
    ends: int
    share: float


def diversions(rng: np.random.Generator, made: Setting) -> list[Diversion]:
    """One dealer in six lets goods slip, into one or two other territories, for some weeks."""
    dealers = len(made.net.dealers)
    bad = rng.choice(dealers, max(2, dealers // 6), replace=False, p=_temptation(made))
    strong = np.flatnonzero(made.goods.stocked & (made.goods.pull > np.quantile(made.goods.pull, 0.6)))
    found = []
    for dealer in bad.tolist():
        others = [other for other in range(dealers) if other != dealer]
        for into in rng.choice(others, min(2, len(others)), replace=False).tolist():
            start = int(rng.integers(made.calendar.first, made.calendar.last - 120))
            skus = tuple(sorted(rng.choice(strong, 8, replace=False).tolist()))
            end = start + int(rng.integers(60, 120))
            found.append(Diversion(dealer, into, skus, start, end, round(float(rng.uniform(0.2, 0.4)), 3)))
    # One case is still going on when somebody looks.
    last = found[0]
    now = made.calendar.last
    return [Diversion(last.dealer, last.into, last.skus, now - 75, now, 0.35), *found[1:]]


def _temptation(made: Setting) -> np.ndarray:
    weight = np.clip(1.05 - made.net.dealer_quality, 0.05, None) ** 2
    return np.asarray(weight / weight.sum())


@dataclass(frozen=True, slots=True)
class Scans:
    """The table of one week, and per row whether its goods were diverted and whether the scanner was travelling."""

    table: pa.Table
    diverted: np.ndarray
    travelled: np.ndarray


class Scanning:
    """Numbers scans week by week."""

    def __init__(self, made: Setting, rng: np.random.Generator) -> None:
        self.made, self.rng = made, rng
        self.known = diversions(rng, made)
        self.serial = self.number = 1
        self.centre = np.array(
            [[made.where.centres[c].latitude, made.where.centres[c].longitude] for c in made.plan.codes]
        )
        self.owner = self._owners()

    def _owners(self) -> np.ndarray:
        """Dealer that the goods of each node were shipped to; the brand's own nodes have none."""
        places = self.made.nodes
        dealers = np.full(len(places.code), NONE)
        own = places.at(DEALER)
        dealers[own] = np.arange(len(own))
        shops = places.at(SHOP)
        dealers[shops] = dealers[places.parent[shops]]
        return dealers

    def week(self, week: Week) -> Scans:
        """The code_scan table of one week: packs that buyers scan, and codes of shops and leaders on joining."""
        rng, made, people = self.rng, self.made, self.made.people
        orders, lines = week.orders, week.priced.lines
        account = orders.account[week.priced.order]
        row = np.flatnonzero((account != NONE) & (lines.lot != NONE) & (rng.random(len(account)) < made.size.scanned))
        serial = self.serial + np.arange(len(row))
        self.serial += len(row)
        # Some codes are scanned twice.
        more = np.flatnonzero(rng.random(len(row)) < AGAIN)
        row, serial = np.concatenate([row, row[more]]), np.concatenate([serial, serial[more]])
        who = account[row]
        day = np.minimum(lines.day[row] + rng.integers(0, 6, len(row)), made.calendar.last)
        dealer = self.owner[made.cells.node[orders.cell[week.priced.order[row]]]]
        dealer, diverted = self._diverted(lines.sku[row], lines.day[row], dealer)
        new = np.arange(*np.searchsorted(people.joined, [week.days[0].day, week.days[-1].day + 1]))
        new = new[(people.outlet[new] != NONE) & (rng.random(len(new)) < JOINED_BY_CODE)]
        count = len(row) + len(new)
        kind = np.concatenate(
            [np.zeros(len(row), int), np.where(made.net.store[people.outlet[new]], STORE_CODE, COMMUNITY)]
        )
        who, day = np.concatenate([who, new]), np.concatenate([day, people.joined[new]])
        sku = np.concatenate([lines.sku[row], np.full(len(new), NONE)])
        lot = np.concatenate([lines.lot[row], np.zeros(len(new), int)])
        outlets = len(made.net.partner)
        holder = np.concatenate([np.where(dealer == NONE, NONE, outlets + dealer), people.outlet[new]])
        travelled = (rng.random(count) < TRAVELLED) & (kind == PRODUCT)
        diverted = np.concatenate([diverted, np.zeros(len(new), bool)])
        codes = np.concatenate([serial, people.outlet[new]])
        second = day * DAY_SECONDS + np.where(kind == PRODUCT, 64_000, 29_000) + rng.integers(0, 20_000, count) // 2
        order = np.lexsort((codes, who, second))
        return self._told(week, order, kind=kind, codes=codes, sku=sku, lot=lot, holder=holder, who=who,
                          second=second, travelled=travelled, diverted=diverted)  # fmt: skip

    def _diverted(self, sku: np.ndarray, day: np.ndarray, dealer: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Dealer that each pack was truly shipped to, and whether that is another than whose territory it is."""
        found = np.zeros(len(sku), dtype=bool)
        shipped = dealer.copy()
        for one in self.known:
            inside = (dealer == one.into) & np.isin(sku, one.skus) & (one.starts <= day) & (day <= one.ends) & ~found
            slipped = inside & (self.rng.random(len(sku)) < one.share)
            shipped[slipped] = one.dealer
            found |= slipped
        return shipped, found

    def _told(self, week: Week, order: np.ndarray, **told: np.ndarray) -> Scans:
        made, rng = self.made, self.rng
        found = {name: values[order] for name, values in told.items()}
        who, kind, count = found["who"], found["kind"], len(order)
        home = made.people.city[who]
        city = np.where(found["travelled"], rng.integers(0, len(made.plan.codes), count), home)
        place = self.centre[city] + rng.normal(0, 0.03, (count, 2))
        hidden = rng.random(count) < POSITIONLESS
        region = np.where(city == home, made.people.district[who], np.array(made.plan.codes, dtype=object)[city])
        partners = week.names.partners
        lots = lot_ids(week, np.maximum(found["sku"], 0), found["lot"])
        product = joined("QR", lots, texts("", found["codes"], 10))
        outlet = joined("M-", named(partners, found["holder"]))
        is_product = kind == PRODUCT
        numbers = self.number + np.arange(count)
        self.number += count
        table = from_columns(
            "code_scan",
            {
                "scan": texts("SM", numbers, 9),
                "scanned_at": moments(found["second"], week.names.origin),
                "code": pc.if_else(pa.array(is_product), product, outlet),
                "kind": named(KINDS, kind),
                "sku": named(made.goods.sku, found["sku"]),
                "lot": pc.if_else(pa.array(is_product), lots, pa.scalar(None, pa.string())),
                "partner": named(partners, found["holder"]),
                "scheme": pa.repeat(SCHEME, count),
                "region": pa.array(region, pa.string()),
                "latitude": pa.array(place[:, 0].round(5), mask=hidden),
                "longitude": pa.array(place[:, 1].round(5), mask=hidden),
                "account": named(made.people.account, np.where(rng.random(count) < 0.85, who, NONE)),
            },
            count,
        )
        return Scans(table, found["diverted"], found["travelled"] & (city != home))
