"""Weather and searches for the series of a panel: which region and which words speak for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Bucket
from analytics.forecasting.outside import (
    SEARCH_COLUMNS,
    WEATHER_COLUMNS,
    Outside,
    search_told,
    weather_told,
)
from dashboard.services.desk import Facts
from dashboard.services.frames import frame_of


@dataclass(frozen=True, slots=True)
class World:
    """``weather`` and ``search`` under their contracts, empty where nothing was loaded; ``regions``: code, city,
    province."""

    weather: pd.DataFrame
    search: pd.DataFrame
    regions: pd.DataFrame

    @classmethod
    def unknown(cls) -> World:
        """Nothing is told."""
        return cls(*(pd.DataFrame(columns=list(names)) for names in (WEATHER_COLUMNS, SEARCH_COLUMNS, UP)))


UP = ("code", "city", "province")
APART = "\x1f"
"""Between keyword and platform: each platform has an index of its own."""


def world_of(facts: Facts) -> World:
    """What the build tells; a build of an older version tells nothing."""
    if not (facts.has("weather_told") and facts.has("search_told")):
        return World.unknown()
    weather, search = (frame_of(facts.answer(facts.table(name), many=True)) for name in ("weather_told", "search_told"))
    regions = frame_of(facts.answer(facts.table("region").select(*UP)))
    return World(weather, worded(search), regions.drop_duplicates("code"))


def worded(search: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``search_told`` under the contract of searches."""
    return search.assign(word=search["keyword"] + APART + search["platform"])


def outside_of(world: World, series: pd.DataFrame, *, periods: np.ndarray, length: int, bucket: Bucket) -> Outside:
    """What was told at each origin, for ``series`` (region, name, category) in their order."""
    found = {}
    if len(world.weather):
        of = nearest(series["region"], world.weather["region"], world.regions)
        found["weather"] = weather_told(world.weather, of, periods=periods, length=length, bucket=bucket)
    if len(world.search):
        of = nearest(series["region"], world.search["region"], world.regions)
        words = words_of(series, world.search["word"])
        found["search"] = search_told(world.search, of, words, periods=periods, length=length, bucket=bucket)
    return {name: told for name, told in found.items() if told is not None}


def nearest(region: pd.Series, told: pd.Series, regions: pd.DataFrame) -> pd.Series:
    """For each region the one that was told about: itself, its city, its province; missing where there is none."""
    known = set(told.dropna().astype(str).unique())
    up = {str(row.code): (row.city, row.province) for row in regions.itertuples(index=False)}
    codes = region.astype("string").fillna("")
    chosen = {
        code: next((str(one) for one in (code, *up.get(code, ())) if isinstance(one, str) and one in known), None)
        for code in codes.unique()
    }
    return codes.map(chosen)


def words_of(series: pd.DataFrame, told: pd.Series) -> list[tuple[str, ...]]:
    """Words that stand in a product's name or category, or that its category stands in (五常大米 tells of 大米)."""
    words = sorted(told.dropna().unique())

    def speaks(word: str, name: str, category: str) -> bool:
        keyword = word.split(APART, maxsplit=1)[0].strip().lower()
        return bool(keyword) and (keyword in name or keyword in category or (category != "" and category in keyword))

    texts = (
        series[["name", "category"]].astype("string").fillna("").apply(lambda column: column.str.strip().str.lower())
    )
    pairs = list(texts.itertuples(index=False, name=None))
    found = {pair: tuple(word for word in words if speaks(word, *pair)) for pair in set(pairs)}
    return [found[pair] for pair in pairs]
