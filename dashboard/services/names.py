"""What codes are called: names of regions, channels, partners and products as the build knows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from dashboard.services.desk import Opened

TABLES = {
    "region": ("region", "code"),
    "channel": ("channel", "channel"),
    "partner": ("partner", "partner"),
    "sku": ("product", "sku"),
}
"""Kind of code → mart that names it, and the mart's key."""
FEW = 100
"""Codes up to which a question names them; more take longer to write down than the whole table to read."""


def described(opened: Opened, mart: str, key: str, codes: Sequence[str], *columns: str) -> pa.Table:
    """Rows of ``mart`` that describe at least ``codes``: the key and ``columns``."""
    table = opened.facts.table(mart)
    wanted = table.filter(table[key].isin(codes)) if len(codes) <= FEW else table
    return opened.facts.answer(wanted.select(key, *columns))


def node_names(opened: Opened | None, codes: Iterable[str]) -> dict[str, str]:
    """Node → name for the nodes of the asker's own rows, and for those that supply them; others keep their codes."""
    if opened is None or not opened.facts.has("stock_node"):
        return {}
    asked = {code for code in codes if code}
    own = _named(opened, "stock_node", "node", asked)
    # A build of an older version does not know what origins are called.
    if not (asked - own.keys()) or not opened.facts.has("supply_lane"):
        return own
    if "origin_name" not in opened.facts.table("supply_lane").columns:
        return own
    return _named(opened, "supply_lane", "origin", asked - own.keys(), "origin_name") | own


def names_of(opened: Opened, kind: str, codes: Iterable[str]) -> dict[str, str]:
    """Code → name for the codes that have one; categories are named by themselves."""
    if kind == "node":
        return node_names(opened, codes)
    if kind not in TABLES:
        return {}
    return _named(opened, *TABLES[kind], codes)


def _named(opened: Opened, mart: str, key: str, codes: Iterable[str], name: str = "name") -> dict[str, str]:
    wanted = sorted({code for code in codes if code})
    if not wanted:
        return {}
    asked = set(wanted)
    rows = described(opened, mart, key, wanted, name).to_pylist()
    return {row[key]: row[name] for row in rows if row[name] and row[key] in asked}
