"""Where things are sold: every place a line can point at, with its position and hexagons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from analytics.core.access import ROOT
from analytics.core.geo import RESOLUTIONS, cell_of, centre_of, is_cell
from data.marts.mart import Inputs, Mart
from data.marts.mentions import CELL, PARTNER, REGION, named

SCHEMA = pa.schema(
    [
        ("place", pa.string()),
        ("owner", pa.string()),
        ("position_from", pa.string()),
        ("latitude", pa.float64()),
        ("longitude", pa.float64()),
        ("label", pa.string()),
        ("region", pa.string()),
        ("city", pa.string()),
        ("province", pa.string()),
        *((f"cell{resolution}", pa.string()) for resolution in RESOLUTIONS),
    ]
)


def place(inputs: Inputs) -> pa.Table:
    """Grain: place. Position of the cell, the region's centre, the partner's own or, failing that, its region's."""
    regions = {row["code"]: row for row in inputs.collect(inputs.mart("region")).to_pylist()}
    partners = {row["partner"]: row for row in inputs.collect(inputs.mart("partner")).to_pylist()}
    lined = set(inputs.collect(named(inputs, "place"))["code"].to_pylist())
    every = sorted(lined | {PARTNER + code for code in partners})
    return pa.Table.from_pylist(list(_located(every, regions, partners)), schema=SCHEMA)


def _located(keys: Iterable[str], regions: dict[str, Any], partners: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for key in keys:
        kind, code = key[: len(CELL)], key[len(CELL) :]
        if kind == CELL:
            found = _at_cell(code)
        elif kind == REGION:
            found = _at_region(code, regions)
        else:
            found = _at_partner(partners.get(code, {}), regions)
        latitude, longitude = found.get("latitude"), found.get("longitude")
        cells = {f"cell{resolution}": cell_of(latitude, longitude, resolution) for resolution in RESOLUTIONS}
        yield {"place": key, "owner": code if kind == PARTNER else ROOT, **found, **cells}


def _at_cell(cell: str) -> dict[str, Any]:
    if not is_cell(cell):
        return {"label": cell}
    latitude, longitude = centre_of(cell)
    return {"position_from": "cell", "latitude": latitude, "longitude": longitude}


def _at_region(code: str | None, regions: dict[str, Any]) -> dict[str, Any]:
    region = regions.get(code) if code else None
    if region is None:
        return {"label": code, "region": code}
    city = regions.get(str(region["city"]))
    placed = region["latitude"] is not None and region["longitude"] is not None
    return {
        "position_from": "region" if placed else None,
        "latitude": region["latitude"] if placed else None,
        "longitude": region["longitude"] if placed else None,
        "label": city["name"] if city else region["name"],
        "region": code,
        "city": region["city"],
        "province": region["province"],
    }


def _at_partner(partner: dict[str, Any], regions: dict[str, Any]) -> dict[str, Any]:
    found = _at_region(partner.get("region"), regions) if partner.get("region") else {}
    if partner.get("latitude") is not None and partner.get("longitude") is not None:
        found |= {"position_from": "partner", "latitude": partner["latitude"], "longitude": partner["longitude"]}
    return found | ({"label": partner["city"]} if partner.get("city") else {})


MARTS = (Mart("place", place, uses=("mention", "region", "partner"), owner="owner", reference=True),)
