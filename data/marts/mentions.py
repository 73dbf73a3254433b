"""What facts name, whether anybody declared it or not: the codes that unlisted rows of dimensions are made from."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from data.marts.mart import Inputs, Mart, Slices

FACTS = ("order_line", "refund_line")
CELL, REGION, PARTNER = "c:", "r:", "p:"


def mention(inputs: Inputs) -> ir.Table:
    """Grain: kind (sku, channel, partner, place) × code; how many lines name it. Names of all partners stand here, so
    every row is the brand's.
    """
    counted = [part for fact in FACTS for part in _named(inputs.current(fact))]
    every = ibis.union(*counted)
    return every.group_by("kind", "code", owner=ibis.literal(ROOT)).aggregate(lines=every.lines.sum().cast("int64"))


def _named(rows: ir.Table) -> list[ir.Table]:
    columns = {"sku": rows.sku, "channel": rows.channel, "partner": rows.entry_partner, "place": place_key(rows)}
    counted = {kind: rows.group_by(code=code).aggregate(lines=rows.count()) for kind, code in columns.items()}
    return [
        one.filter(one.code.notnull()).select("code", "lines", kind=ibis.literal(kind)) for kind, one in counted.items()
    ]


def place_key(rows: ir.Table) -> ir.StringValue:
    """The most precise place a line names: ship-to cell, ship-to region, else the partner it came through."""
    return ibis.coalesce(
        ibis.literal(CELL) + rows.ship_to_cell if "ship_to_cell" in rows.columns else ibis.null("string"),
        ibis.literal(REGION) + rows.ship_to_region,
        ibis.literal(PARTNER) + rows.entry_partner,
    )


def named(inputs: Inputs, kind: str) -> ir.Table:
    """One column, ``code``: every code of that kind that a line names."""
    mentions = inputs.mart("mention")
    return mentions.filter(mentions.kind == kind).select("code")


MARTS = (
    Mart(
        "mention",
        mention,
        reads=FACTS,
        owner="owner",
        slices=Slices({fact: lambda rows: {} for fact in FACTS}, sums=("lines",)),
    ),
)
