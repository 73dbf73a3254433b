"""Marts: what pages ask, built from the lake; one function each, in the order they are built."""

from __future__ import annotations

from data.marts import (
    dealings,
    demand,
    dimensions,
    members,
    mentions,
    nearness,
    network,
    outside,
    partners,
    places,
    sales,
    service,
    shelf,
    stock_outs,
    sums,
    supply,
    targets,
    territories,
)
from data.marts.mart import Mart

MARTS: tuple[Mart, ...] = (
    *mentions.MARTS,
    *dimensions.MARTS,
    *partners.MARTS,
    *places.MARTS,
    *sales.MARTS,
    *members.MARTS,
    *sums.MARTS,
    *service.MARTS,
    *shelf.MARTS,
    *network.MARTS,
    *targets.MARTS,
    *territories.MARTS,
    *demand.MARTS,
    *stock_outs.MARTS,
    *supply.MARTS,
    *dealings.MARTS,
    *nearness.MARTS,
    *outside.MARTS,
)
