"""Dimension marts: what was declared, plus what facts name although nobody declared it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from data.marts.mart import Inputs, Mart
from data.marts.mentions import named


def product(inputs: Inputs) -> ir.Table:
    """Grain: sku. ``listed`` is false for a SKU that only facts name."""
    declared = inputs.current("product")
    known = declared.select(
        "sku", "name", "category", "brand", "pack_size", "units_per_case", "kg", "launched", "discontinued", "supplier",
        "shelf_life_days", moq=declared.moq, multiple=declared.order_multiple, listed=True,
    )  # fmt: skip
    return _with_unlisted(known, named(inputs, "sku"), "sku", "name")


def channel(inputs: Inputs) -> ir.Table:
    """Grain: channel. ``listed`` is false for a channel that only facts name; its group is unknown then."""
    declared = inputs.current("channel")
    known = declared.select("channel", "name", "channel_group", "private_domain", listed=True)
    return _with_unlisted(known, named(inputs, "channel"), "channel", "name")


def region(inputs: Inputs) -> ir.Table:
    """Grain: region code (schemes are told apart by ``scheme``), with the codes of its city and province."""
    declared = inputs.current("region")
    own = declared.select(
        "scheme", "code", "name", "level", "parent", "latitude", "longitude", "population", "households"
    )
    up = own.select(scheme_1=own.scheme, code_1=own.code, level_1=own.level, parent_1=own.parent)
    upper = own.select(scheme_2=own.scheme, code_2=own.code, level_2=own.level)
    tall = own.left_join(up, [own.scheme == up.scheme_1, own.parent == up.code_1])
    tall = tall.left_join(upper, [tall.scheme_1 == upper.scheme_2, tall.parent_1 == upper.code_2])

    def at(level: str) -> ir.Value:
        return ibis.cases(
            (tall.level == level, tall.code), (tall.level_1 == level, tall.code_1), (tall.level_2 == level, tall.code_2)
        )

    return tall.select(*own.columns, city=at("city"), province=at("province"))


def _with_unlisted(known: ir.Table, codes: ir.Table, key: str, *texts: str) -> ir.Table:
    missing = codes.anti_join(known, codes.code == known[key])
    filled = {key: missing.code, "listed": False, **dict.fromkeys(texts, missing.code)}
    blank = {column: ibis.null(kind) for column, kind in known.schema().items() if column not in filled}
    return known.union(missing.select(**{**blank, **filled}).select(*known.columns))


MARTS = (
    Mart("product", product, reads=("product",), uses=("mention",)),
    Mart("channel", channel, reads=("channel",), uses=("mention",)),
    Mart("region", region, reads=("region",)),
)
