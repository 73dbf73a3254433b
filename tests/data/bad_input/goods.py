"""A small mapping for tests about files rather than values."""

from __future__ import annotations

GOODS = """
source = "master"
EXTRA
[files]
goods = { pattern = "PATTERN", OPTIONS }
[product]
from = "goods"
[product.columns]
sku = "编码"
name = "品名"
launched = "上市"
kg = "重量"
"""
NAMES = ("编码", "品名", "上市", "重量")
ROWS = (("1001", "五常大米", "2026-01-31", "5.5"), ("1002", "菜籽油", "", "0.25"))
LOADED = [("1001", "五常大米"), ("1002", "菜籽油")]


def goods(pattern: str = "*", options: str = "optional = false", extra: str = "") -> str:
    return GOODS.replace("PATTERN", pattern).replace("OPTIONS", options).replace("EXTRA", extra)


def as_csv(rows: tuple[tuple[str, ...], ...] = ROWS, names: tuple[str, ...] = NAMES) -> str:
    return "".join(",".join(row) + "\r\n" for row in (names, *rows))
