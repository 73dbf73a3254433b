"""The varieties that the demo brand sells, with their packs, prices, costs and seasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variety:
    """One variety in several packs.

    ``packs``: pack size → list price in yuan. ``cost``: share of the list price. ``pull``: demand against the others.
    ``summer``/``festive``: demand in high summer and before festivals against the rest of the year.
    """

    name: str
    category: str
    packs: dict[str, float]
    cost: float
    life: int
    pull: float
    summer: float = 1.0
    festive: float = 1.0


RICE, OIL, FLOUR, NOODLES, GRAINS = "大米", "食用油", "面粉", "面条", "杂粮"

VARIETIES: tuple[Variety, ...] = (
    Variety("五常大米", RICE, {"2.5kg": 38.9, "5kg": 69.0, "10kg": 129.0}, 0.74, 365, 5.0, 0.95, 1.3),
    Variety("东北长粒香", RICE, {"5kg": 39.9, "10kg": 75.0, "25kg": 168.0}, 0.80, 365, 6.0),
    Variety("东北珍珠米", RICE, {"5kg": 36.9, "10kg": 69.0, "25kg": 158.0}, 0.81, 365, 5.0),
    Variety("有机大米", RICE, {"1kg": 29.9, "2.5kg": 69.9, "5kg": 129.0}, 0.66, 365, 1.6, 1.0, 1.5),
    Variety("丝苗米", RICE, {"5kg": 45.9, "10kg": 86.0}, 0.78, 365, 1.8),
    Variety("原阳大米", RICE, {"5kg": 42.9, "10kg": 79.9}, 0.78, 365, 1.8),
    Variety("胚芽米", RICE, {"1kg": 18.9, "2.5kg": 42.9}, 0.70, 270, 1.0),
    Variety("糯米", RICE, {"1kg": 11.9, "2.5kg": 26.9}, 0.74, 365, 1.2, 1.0, 2.2),
    Variety("一级压榨花生油", OIL, {"900mL": 29.9, "1.8L": 56.9, "5L": 139.9}, 0.80, 540, 5.0, 0.9, 1.5),
    Variety("一级大豆油", OIL, {"1.8L": 22.9, "5L": 58.9, "10L": 112.0}, 0.86, 540, 5.5, 0.95, 1.2),
    Variety("玉米胚芽油", OIL, {"900mL": 17.9, "1.8L": 33.9, "5L": 79.9}, 0.80, 540, 3.5, 0.95, 1.3),
    Variety("葵花籽油", OIL, {"1.8L": 36.9, "5L": 85.9}, 0.80, 540, 2.8, 0.95, 1.3),
    Variety("低芥酸菜籽油", OIL, {"1.8L": 32.9, "5L": 76.9}, 0.82, 540, 1.8),
    Variety("芝麻香油", OIL, {"350mL": 19.9, "500mL": 27.9}, 0.68, 540, 2.0, 1.2, 1.2),
    Variety("稻米油", OIL, {"1.8L": 42.9, "5L": 99.9}, 0.76, 540, 1.0, 1.0, 1.3),
    Variety("亚麻籽油", OIL, {"250mL": 25.9, "500mL": 45.9}, 0.62, 540, 0.6, 1.0, 1.3),
    Variety("山茶油", OIL, {"500mL": 79.9}, 0.60, 540, 0.4, 1.0, 1.8),
    Variety("调和油", OIL, {"1.8L": 25.9, "5L": 64.9}, 0.82, 540, 2.0, 1.0, 1.2),
    Variety("特一小麦粉", FLOUR, {"2.5kg": 15.9, "5kg": 28.9, "10kg": 54.9, "25kg": 118.0}, 0.82, 270, 6.0, 0.9, 1.4),
    Variety("高筋面粉", FLOUR, {"1kg": 8.9, "2.5kg": 19.9, "5kg": 36.9}, 0.76, 270, 2.0),
    Variety("低筋面粉", FLOUR, {"1kg": 8.9, "2.5kg": 19.9}, 0.76, 270, 1.0),
    Variety("饺子粉", FLOUR, {"2.5kg": 17.9, "5kg": 32.9}, 0.79, 270, 3.0, 0.85, 1.9),
    Variety("全麦面粉", FLOUR, {"1kg": 10.9, "2.5kg": 24.9}, 0.72, 180, 1.0),
    Variety("自发粉", FLOUR, {"1kg": 9.9}, 0.74, 180, 1.0),
    Variety("鸡蛋挂面", NOODLES, {"1kg": 9.9, "2kg": 18.9}, 0.74, 365, 4.0, 1.1),
    Variety("高筋挂面", NOODLES, {"1kg": 8.5, "2.5kg": 19.9}, 0.76, 365, 4.0, 1.1),
    Variety("荞麦挂面", NOODLES, {"500g": 9.9, "1kg": 17.9}, 0.68, 365, 1.4, 1.3),
    Variety("手擀宽面", NOODLES, {"1kg": 11.9, "2.5kg": 26.9}, 0.72, 300, 1.8),
    Variety("龙须面", NOODLES, {"500g": 5.9, "1kg": 10.9}, 0.74, 365, 1.4),
    Variety("儿童营养面", NOODLES, {"300g": 15.9}, 0.58, 365, 0.7),
    Variety("小米", GRAINS, {"1kg": 13.9, "2.5kg": 31.9}, 0.70, 365, 3.0, 0.9, 1.2),
    Variety("绿豆", GRAINS, {"1kg": 15.9}, 0.70, 365, 2.0, 2.6, 0.8),
    Variety("红豆", GRAINS, {"1kg": 16.9}, 0.70, 365, 1.6, 0.8, 1.6),
    Variety("黄豆", GRAINS, {"1kg": 10.9, "2.5kg": 24.9}, 0.74, 365, 1.4),
    Variety("燕麦米", GRAINS, {"1kg": 14.9, "2.5kg": 33.9}, 0.68, 365, 1.2),
    Variety("八宝粥米", GRAINS, {"1kg": 16.9}, 0.66, 365, 1.4, 0.7, 2.4),
    Variety("玉米碴", GRAINS, {"1kg": 8.9}, 0.72, 270, 1.2),
    Variety("有机杂粮礼盒", GRAINS, {"4kg": 58.9}, 0.66, 365, 0.5, 0.4, 5.0),
    Variety("黑米", GRAINS, {"1kg": 15.9, "2.5kg": 36.9}, 0.68, 365, 1.0),
)
