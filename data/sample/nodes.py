"""The places that hold stock in the demo world, as a tree from the plants down to the shops."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from data.sample.assortment import Assortment
from data.sample.network import Outlets
from data.sample.places import CENTRAL, PLANTS, SCHEME, Places
from data.sample.supply_parameters import (
    CENTRE,
    DEALER,
    KIND_OF_LEVEL,
    PLANT,
    REGION,
    SHOP,
    SUPERMARKET,
    SupplyParameters,
)

NONE = -1
TITLES = {PLANT: "示例工厂", CENTRE: "示例中心仓", REGION: "示例区域仓"}
PROMISE_HOURS = {CENTRE: 72, REGION: 48, DEALER: 24, SHOP: 2}


@dataclass(frozen=True, slots=True)
class Nodes:
    """Nodes as parallel arrays. ``parent`` is the node that supplies it, :data:`NONE` for plants and the centre, whose
    goods come from the plant of each product. ``opens``/``closes``: first day
    and first day after the last one.
    """

    code: np.ndarray
    level: np.ndarray
    parent: np.ndarray
    partner: np.ndarray
    region: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    skill: np.ndarray
    """What people there think of as enough, against the mean of their level."""
    fefo: np.ndarray
    forgotten: np.ndarray
    weekdays: np.ndarray
    """Bits of the weekdays on which it orders, Monday the lowest."""
    lead: np.ndarray
    quality: np.ndarray
    """0 to 1; a partner's own, 0.65 at the brand."""

    @property
    def slack(self) -> np.ndarray:
        """How long deliveries from each node take against the usual."""
        return np.asarray(1 + 0.9 * (0.65 - self.quality))

    @property
    def owner(self) -> np.ndarray:
        """Owning partner of each node as text, None for the brand's own."""
        found = self.partner.astype(object)
        found[self.partner == ""] = None
        return found

    def at(self, level: int) -> np.ndarray:
        return np.flatnonzero(self.level == level)


def nodes(rng: np.random.Generator, where: Places, net: Outlets, supply: SupplyParameters) -> Nodes:
    """Plants, centre, regions by province, dealers, shops and supermarkets."""
    plan = where.plan
    shops = np.flatnonzero(net.store)
    counts = (len(PLANTS), 1, len(plan.regional), len(net.dealers), len(shops), len(net.supermarkets))
    level = np.repeat(np.arange(6), counts)
    starts = np.concatenate([[0], np.cumsum(counts)])
    region_of_city = starts[REGION] + plan.province
    first_city = np.array([plan.codes.index(cities[0]) for cities in plan.dealers])
    markets = np.array([plan.codes.index(city) for city in plan.supermarkets])
    parent = np.concatenate([
        np.full(counts[0] + 1, NONE),
        np.full(counts[2], starts[CENTRE]),
        region_of_city[first_city],
        starts[DEALER] + net.dealer[shops],
        region_of_city[markets],
    ])  # fmt: skip
    partner = np.concatenate([np.full(starts[DEALER], ""), net.dealers, net.partner[shops], net.supermarkets])
    codes = [code for code, _ in PLANTS] + [CENTRAL[0]] + [f"QC{province}" for province in plan.regional]
    region = [city for _, city in PLANTS] + [CENTRAL[1], *plan.regional.values()]
    region += [cities[0] for cities in plan.dealers] + net.district[shops].tolist() + list(plan.supermarkets)
    forever = np.full(len(level), 10**6)
    forever[starts[SHOP] : starts[SUPERMARKET]] = net.closes[shops]
    begun = np.full(len(level), -(10**6))
    begun[starts[SHOP] : starts[SUPERMARKET]] = net.opens[shops]
    quality = np.full(len(level), 0.65)
    quality[starts[DEALER] : starts[SHOP]] = net.dealer_quality
    quality[starts[SHOP] : starts[SUPERMARKET]] = net.quality[shops]
    return _with_habits(rng, supply, Nodes(
        code=np.array([*codes, *(f"N{one}" for one in partner[starts[DEALER] :])]),
        level=level, parent=parent, partner=partner, region=np.array(region), opens=begun, closes=forever,
        skill=quality, fefo=quality, forgotten=quality, weekdays=level, lead=quality, quality=quality,
    ))  # fmt: skip


def _with_habits(rng: np.random.Generator, supply: SupplyParameters, bare: Nodes) -> Nodes:
    """Habits around the mean of each level; who has quality forgets less and picks the oldest lot more often."""
    habits = supply.echelons
    lacking = np.clip(1.65 - bare.skill, 0.5, 1.7)
    count = len(bare.level)
    spread = np.array([habit.skill_spread for habit in habits])[bare.level]
    forgotten = np.array([habit.forgotten for habit in habits])[bare.level] * lacking
    missed = (1 - np.array([habit.fefo for habit in habits])[bare.level]) * lacking
    lead = np.array([habit.lead for habit in habits])[bare.level] * rng.lognormal(0, 0.15, count)
    return Nodes(
        code=bare.code,
        level=bare.level,
        parent=bare.parent,
        partner=bare.partner,
        region=bare.region,
        opens=bare.opens,
        closes=bare.closes,
        skill=rng.lognormal(0, 1, count) ** spread,
        fefo=1 - missed,
        forgotten=forgotten,
        weekdays=_order_days(rng, np.array([habit.orders for habit in habits])[bare.level]),
        lead=np.where(lead > 0, np.maximum(lead.round(1), 1.0), 0.0),
        quality=bare.quality,
    )


def _order_days(rng: np.random.Generator, orders: np.ndarray) -> np.ndarray:
    """One weekday, two with two or three days between, or every day."""
    first = rng.integers(0, 5, len(orders))
    second = (first + rng.integers(2, 4, len(orders))) % 7
    once = 1 << first
    return np.where(orders >= 7, 127, np.where(orders == 2, once | (1 << second), once))


def review_days(nodes_: Nodes) -> np.ndarray:
    """Mean days between two order days of each node."""
    return np.asarray(7.0 / np.array([int(bits).bit_count() for bits in nodes_.weekdays]))


def node_rows(
    where: Places, found: Nodes, partners: list[dict[str, object]], capacity: np.ndarray
) -> list[dict[str, object]]:
    """Rows of the node table; a partner's node stands where the partner does and bears its name."""
    of_partner = {row["partner"]: row for row in partners}
    rows: list[dict[str, object]] = []
    for i, code in enumerate(found.code):
        level, partner = int(found.level[i]), of_partner.get(str(found.partner[i]))
        place = where.centres[str(found.region[i])]
        rows.append({
            "node": str(code),
            "kind": KIND_OF_LEVEL[level],
            "region_scheme": SCHEME,
            "region": str(found.region[i]),
            "capacity": int(capacity[i]),
            "promise_hours": PROMISE_HOURS.get(level),
            "name": f"{TITLES.get(level, '')}·{place.short_name}",
            "latitude": place.latitude,
            "longitude": place.longitude,
        })  # fmt: skip
        if partner is not None:
            rows[-1] |= {
                "partner": partner["partner"],
                "name": f"{partner['name']}{'仓' if level == DEALER else ''}",
                "latitude": partner["latitude"],
                "longitude": partner["longitude"],
            }
    return rows


def lane_rows(found: Nodes, goods: Assortment, supply: SupplyParameters) -> list[dict[str, object]]:
    """Rows of the lane table: one supplier per node; the centre has the plant of each product."""
    rows: list[dict[str, object]] = []
    for i in np.flatnonzero(found.level > PLANT).tolist():
        parent = int(found.parent[i])
        if parent != NONE:
            rows.append(_lane(found, i, str(found.code[parent]), None, supply))
            continue
        origins = [PLANTS[plant][0] for plant in goods.plant.tolist()]
        rows += [
            _lane(found, i, origin, str(sku), supply)
            for origin, sku, held in zip(origins, goods.sku, goods.stocked, strict=True)
            if held
        ]
    return rows


def _lane(found: Nodes, i: int, origin: str, sku: str | None, supply: SupplyParameters) -> dict[str, object]:
    level = int(found.level[i])
    habit = supply.echelons[level]
    days = [str(day + 1) for day in range(7) if int(found.weekdays[i]) >> day & 1]
    return {
        "lane": f"XL-{origin}-{found.code[i]}" + (f"-{sku}" if sku else ""),
        "origin": origin,
        "node": str(found.code[i]),
        "sku": sku,
        "lead_days": float(found.lead[i]),
        "lead_days_spread": habit.spread,
        "review_weekdays": ",".join(days),
        "cut_off": "16:00" if level >= DEALER else "12:00",
        "fixed_cost": Decimal(str(habit.fixed)),
        "cost_per_kg": Decimal(str(habit.per_kg)),
        "partner": str(found.partner[i]) or None,
    }
