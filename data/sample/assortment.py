"""What the demo brand sells: eighty rice, oil, flour, noodle and grain packs with prices and costs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data.sample.parameters import Size
from data.sample.places import PLANTS
from data.sample.varieties import VARIETIES, Variety

BRAND_NAME = "示例粮油"
KG_PER_LITRE = 0.918
RANGES = (("", 1.0), ("优选", 1.25), ("农家", 0.9))
"""Title and price level of each range; the regional world has the first one alone."""
REFERENCE = "五常大米 5kg"
KITS = {"有机杂粮礼盒 4kg": ("小米 1kg", "红豆 1kg", "黑米 1kg", "燕麦米 1kg")}


@dataclass(frozen=True, slots=True)
class Assortment:
    """Parallel arrays over the SKUs. Prices and costs in fen; ``price`` and ``cost`` have one column per period, which
    begin at ``price_from`` and ``cost_from``. ``extra`` is the mean number of further packs in a household's line.
    """

    sku: np.ndarray
    name: np.ndarray
    category: np.ndarray
    pack: np.ndarray
    kg: np.ndarray
    case: np.ndarray
    price: np.ndarray
    price_from: tuple[date, ...]
    cost: np.ndarray
    cost_from: tuple[date, ...]
    life: np.ndarray
    pull: np.ndarray
    summer: np.ndarray
    festive: np.ndarray
    extra: np.ndarray
    plant: np.ndarray
    launched: np.ndarray
    kits: dict[int, tuple[int, ...]]
    """Kit → one unit each of these; nobody stores a kit."""

    def list_price(self, days: list[date]) -> np.ndarray:
        """List price in fen, one row per SKU and one column per day."""
        period = np.searchsorted(np.array(self.price_from), np.array(days), side="right") - 1
        return np.asarray(self.price[:, period])

    @property
    def stocked(self) -> np.ndarray:
        """Whether a SKU lies on a shelf as such."""
        found = np.ones(len(self.sku), dtype=bool)
        found[list(self.kits)] = False
        return found


def assortment(rng: np.random.Generator, first_day: date, size: Size) -> Assortment:
    """Every pack of every variety in every range; prices and costs change at two later dates, some packs are launched
    inside the period.
    """
    kinds = [(title, factor, *pack) for title, factor in RANGES[: size.ranges] for pack in _packs()][: size.products]
    varieties = [variety for _, _, variety, _, _ in kinds]
    base = np.array([_shelf_price(price * factor) for _, factor, _, _, price in kinds], dtype=np.int64)
    share = np.array([variety.cost for variety in varieties])
    drift = np.cumprod(1 + np.column_stack([np.zeros(len(kinds)), rng.normal(0.01, 0.015, (len(kinds), 2))]), axis=1)
    kg = np.array([kilograms(pack) for _, _, _, pack, _ in kinds])
    launched = np.full(len(kinds), np.datetime64(first_day - timedelta(days=700)))
    late = rng.choice(np.arange(6, len(kinds)), size=6, replace=False)
    launched[late] = np.datetime64(first_day) + rng.integers(90, 420, size=6)
    names = [f"{BRAND_NAME}{title}{variety.name} {pack}" for title, _, variety, pack, _ in kinds]
    kits = _kits(names)
    for kit in kits:
        launched[[kit, *kits[kit]]] = np.datetime64(first_day - timedelta(days=700))
    return Assortment(
        sku=np.array([f"SP{number:03d}" for number in range(1, len(kinds) + 1)]),
        name=np.array(names),
        category=np.array([variety.category for variety in varieties]),
        pack=np.array([pack for _, _, _, pack, _ in kinds]),
        kg=kg,
        case=np.array([_units_per_case(one) for one in kg]),
        price=_prices(rng, base, names),
        price_from=tuple(first_day + timedelta(days=days) for days in (-900, 150, 330)),
        cost=np.rint(base[:, None] * share[:, None] * drift).astype(np.int64),
        cost_from=tuple(first_day + timedelta(days=days) for days in (-60, 180, 365)),
        life=np.array([variety.life for variety in varieties]),
        pull=np.array([variety.pull for variety in varieties]) * _pack_pull(kg) * rng.gamma(25, 1 / 25, len(kinds)),
        summer=np.array([variety.summer for variety in varieties]),
        festive=np.array([variety.festive for variety in varieties]),
        extra=np.where(base < 2_000, 1.4, np.where(base < 4_500, 0.4, 0.06)),
        plant=np.arange(len(kinds)) % 2,
        launched=launched,
        kits=kits,
    )


def _packs() -> list[tuple[Variety, str, float]]:
    return [(variety, pack, price) for variety in VARIETIES for pack, price in variety.packs.items()]


def _kits(names: list[str]) -> dict[int, tuple[int, ...]]:
    return {
        names.index(f"{BRAND_NAME}{kit}"): tuple(names.index(f"{BRAND_NAME}{part}") for part in parts)
        for kit, parts in KITS.items()
    }


def _shelf_price(yuan: float) -> int:
    """Prices end on a nine, or on a full yuan where the variety says so; in fen.

    >>> _shelf_price(38.9), _shelf_price(69.0), _shelf_price(48.625)
    (3890, 6900, 4890)
    """
    fen = round(yuan * 100)
    return fen if fen % 10 == 0 else (fen // 100) * 100 + 90


def _prices(rng: np.random.Generator, base: np.ndarray, names: list[str]) -> np.ndarray:
    """Base price per period: a quarter of the packs follow their costs, the reference pack stays."""
    price = np.repeat(base[:, None], 3, axis=1)
    moved = rng.random((len(base), 2)) < 0.25
    moved[names.index(f"{BRAND_NAME}{REFERENCE}")] = False
    steps = np.where(moved, rng.choice([-0.03, 0.03, 0.05, 0.06], (len(base), 2)), 0.0)
    for period in (1, 2):
        raised = np.rint(price[:, period - 1] * (1 + steps[:, period - 1]) / 10).astype(np.int64) * 10
        price[:, period] = np.where(steps[:, period - 1] != 0, raised, price[:, period - 1])
    return price


def kilograms(pack: str) -> float:
    """Net weight of a pack.

    >>> kilograms("500g"), kilograms("5L")
    (0.5, 4.59)
    """
    found = re.fullmatch(r"([\d.]+)(kg|g|L|mL)", pack)
    if found is None:
        raise ValueError(f"a pack is a number and kg, g, L or mL, not {pack!r}")
    number, unit = float(found[1]), found[2]
    factor = {"kg": 1.0, "g": 0.001, "L": KG_PER_LITRE, "mL": KG_PER_LITRE / 1000}[unit]
    return round(number * factor, 4)


def _pack_pull(kg: np.ndarray) -> np.ndarray:
    """Households buy the 5 kg pack most; 25 kg sacks go to canteens and restaurants."""
    return np.asarray(np.exp(-0.5 * ((np.log(kg) - np.log(4.0)) / 1.25) ** 2))


def _units_per_case(kg: float) -> int:
    """Cases of about 20 kg and at most twelve packs, one sack at least.

    >>> [_units_per_case(kg) for kg in (0.5, 1.0, 4.59, 10.0, 25.0)]
    [12, 12, 4, 2, 1]
    """
    return max(1, min(12, int(20 / kg)))


def product_rows(goods: Assortment) -> list[dict[str, object]]:
    """Rows of the product table."""
    return [
        {
            "sku": str(goods.sku[i]),
            "name": str(goods.name[i]),
            "category": str(goods.category[i]),
            "brand": BRAND_NAME,
            "pack_size": str(goods.pack[i]),
            "units_per_case": int(goods.case[i]),
            "kg": float(goods.kg[i]),
            "shelf_life_days": int(goods.life[i]),
            "supplier": PLANTS[int(goods.plant[i])][0],
            "moq": 10 * int(goods.case[i]),
            "order_multiple": int(goods.case[i]),
            "launched": goods.launched[i].astype(object),
        }
        for i in range(len(goods.sku))
    ]


def kit_rows(goods: Assortment) -> list[dict[str, object]]:
    """Rows of the kit table."""
    return [
        {"sku": str(goods.sku[kit]), "component": str(goods.sku[part]), "quantity": 1}
        for kit, parts in goods.kits.items()
        for part in parts
    ]
