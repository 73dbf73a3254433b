"""The filters of a page as address parameters, and back; what comes from an address is a request, not a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from analytics.core.calendar import Comparison, Preset
from dashboard.services.requests import Asked
from dashboard.services.views import FilterOptions, Option

LISTS = {
    "region": "regions",
    "channel": "channels",
    "category": "categories",
    "partner": "partners",
    "sku": "skus",
    "cell": "cells",
    "mode": "modes",
    "node": "nodes",
    "reason": "reasons",
}
"""Parameter → field of Asked that holds several values."""

ELSEWHERE = ("mode", "node", "reason")
"""Filters that hold only where a page asks for them; elsewhere what they hold waits."""

NAMES = ("period", "from", "to", "compare", *LISTS)
CUSTOM = "custom"
MOST = 200
"""Values read per parameter; an address is typed by anybody."""

_CELL = re.compile(r"[0-9a-f]{15}")
_CODE = re.compile(r"[^\x00-\x1f]{1,128}")

Params = dict[str, list[str]]


def to_params(asked: Asked) -> Params:
    """What differs from the default question, as parameters; nothing for the default."""
    params: Params = {}
    if asked.first and asked.last:
        params |= {"from": [asked.first.isoformat()], "to": [asked.last.isoformat()]}
    elif asked.preset is not Asked().preset:
        params["period"] = [asked.preset.value]
    if asked.comparison is not Asked().comparison:
        params["compare"] = [asked.comparison.value]
    for name, field in LISTS.items():
        if values := getattr(asked, field):
            params[name] = list(values)
    return params


def from_params(params: Mapping[str, Sequence[str]], options: FilterOptions) -> tuple[Asked, int]:
    """The question that an address asks, and how many of its values were set aside because this actor has none such."""
    asked = Asked(preset=_preset(params), comparison=_comparison(params))
    first, last = _day(params, "from"), _day(params, "to")
    if first and last and first <= last:
        asked = replace(asked, first=first, last=last)
    allowed = lists_of(options)
    aside = 0
    lists: dict[str, Any] = {}
    for name, field in LISTS.items():
        wanted = list(dict.fromkeys(params.get(name, ())))[:MOST]
        kept = tuple(value for value in wanted if _plausible(name, value, allowed.get(name)))
        aside += len(wanted) - len(kept)
        lists[field] = kept
    return replace(asked, **lists), aside


def lists_of(options: FilterOptions) -> dict[str, tuple[Option, ...]]:
    """Filter → what it offers, in the order in which the filters are drawn."""
    return {
        "region": options.regions,
        "partner": options.partners,
        "channel": options.channels,
        "category": options.categories,
        "sku": options.skus,
    }


def _plausible(name: str, value: str, options: tuple[Option, ...] | None) -> bool:
    if name == "cell":
        return _CELL.fullmatch(value) is not None
    if options is None:
        return _CODE.fullmatch(value) is not None
    return any(option.code == value for option in options)


def _preset(params: Mapping[str, Sequence[str]]) -> Preset:
    told = next(iter(params.get("period", ())), "")
    return Preset(told) if told in set(Preset) else Asked().preset


def _comparison(params: Mapping[str, Sequence[str]]) -> Comparison:
    told = next(iter(params.get("compare", ())), "")
    return Comparison(told) if told in set(Comparison) else Asked().comparison


def _day(params: Mapping[str, Sequence[str]], name: str) -> date | None:
    told = next(iter(params.get(name, ())), "")
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None
