"""What codes are called: names of regions, channels, partners and products as the build knows them."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.services.desk import Opened

TABLES = {
    "region": ("region", "code"),
    "channel": ("channel", "channel"),
    "partner": ("partner", "partner"),
    "sku": ("product", "sku"),
}
"""Kind of code → mart that names it, and the mart's key."""


def node_names(opened: Opened, codes: Iterable[str]) -> dict[str, str]:
    """Node → name for the nodes of the asker's own rows; others keep their codes."""
    if not opened.facts.has("stock_node"):
        return {}
    table, wanted = opened.facts.table("stock_node"), sorted({code for code in codes if code})
    if not wanted:
        return {}
    found = opened.facts.answer(table.filter(table.node.isin(wanted)).select("node", "name"))
    return {row["node"]: row["name"] for row in found.to_pylist() if row["name"]}


def names_of(opened: Opened, kind: str, codes: Iterable[str]) -> dict[str, str]:
    """Code → name for the codes that have one; categories are named by themselves."""
    if kind not in TABLES:
        return {}
    mart, key = TABLES[kind]
    table = opened.facts.table(mart)
    wanted = sorted({code for code in codes if code})
    if not wanted:
        return {}
    found = opened.facts.answer(table.filter(table[key].isin(wanted)).select(code=table[key], name=table["name"]))
    return {row["code"]: row["name"] for row in found.to_pylist() if row["name"]}
