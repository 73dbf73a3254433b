"""The world outside and the plan: weather, search interest, commodity markets, targets."""

from __future__ import annotations

from data.contract.schema import Column, Family, Kind, Table
from data.contract.tables import shared
from data.contract.tables.shared import BRAND

SECTION = "outside"

WEATHER = Table(
    name="weather",
    family=Family.FACT,
    section=SECTION,
    about=("天气：实况与预报，发布日早于日期即为预报", "Weather; a row issued before its day is a forecast"),
    key=("scheme", "region", "day", "issued"),
    owner=BRAND,
    time="day",
    columns=(
        *shared.region(required=True),
        Column("day", Kind.DATE, ("日期", "Day"), required=True),
        Column(
            "issued",
            Kind.DATE,
            ("发布日，防止预测时偷看实况", "Issued on, so that nothing leaks into forecasts"),
            required=True,
        ),
        Column("low_celsius", Kind.NUMBER, ("最低气温", "Lowest temperature"), unit="°C", low=-90, high=60),
        Column("high_celsius", Kind.NUMBER, ("最高气温", "Highest temperature"), unit="°C", low=-90, high=60),
        Column("rain_mm", Kind.NUMBER, ("降水量", "Precipitation"), unit="mm", low=0),
        Column("condition", Kind.TEXT, ("天气现象", "Condition in words")),
    ),
)

SEARCH_INDEX = Table(
    name="search_index",
    family=Family.FACT,
    section=SECTION,
    about=("搜索指数：某平台某关键词的热度", "Interest in a keyword on a platform"),
    key=("platform", "keyword", "scheme", "region", "day"),
    owner=BRAND,
    time="day",
    columns=(
        Column("platform", Kind.CODE, ("平台", "Platform"), required=True),
        Column("keyword", Kind.TEXT, ("关键词", "Keyword"), required=True),
        *shared.region(required=True),
        Column("day", Kind.DATE, ("日期", "Day"), required=True),
        Column("value", Kind.NUMBER, ("指数", "Index"), required=True, unit="index point", low=0),
    ),
)

MARKET = Table(
    name="market",
    family=Family.FACT,
    section=SECTION,
    about=("行情：稻谷、小麦、大豆油等大宗价格", "Commodity prices: paddy, wheat, soybean oil and so on"),
    key=("series", "day"),
    owner=BRAND,
    time="day",
    columns=(
        Column("series", Kind.CODE, ("行情序列编码", "Series id"), required=True),
        Column("name", Kind.TEXT, ("名称", "Name")),
        Column("day", Kind.DATE, ("日期", "Day"), required=True),
        Column("price", Kind.MONEY, ("价格", "Price"), required=True, unit="CNY per price_unit"),
        Column("price_unit", Kind.TEXT, ("计价单位，如吨", "What the price is for, such as tonne"), required=True),
    ),
)

TARGET = Table(
    name="target",
    family=Family.FACT,
    section=SECTION,
    about=("目标：某指标在某周期、某范围的计划值", "The planned value of a metric for a period and a scope"),
    key=("target",),
    owner="partner",
    time="starts",
    columns=(
        Column("target", Kind.CODE, ("目标编号", "Target id"), required=True),
        Column("metric", Kind.CODE, ("指标名", "Name of the metric"), required=True),
        Column(
            "period",
            Kind.CODE,
            ("周期", "Length of the period"),
            required=True,
            one_of=("day", "week", "month", "quarter", "year"),
        ),
        Column("starts", Kind.DATE, ("周期首日", "First day of the period"), required=True),
        # Decimal like money, because most targets are amounts and none may drift by a float.
        Column("value", Kind.MONEY, ("目标值", "Planned value"), required=True, unit="unit of the metric"),
        *shared.region(),
        shared.channel(),
        shared.category(),
        Column(
            "partner",
            Kind.CODE,
            ("承担伙伴；为空表示品牌", "Partner who carries it; empty means the brand"),
            references="partner",
        ),
    ),
)

TABLES = (WEATHER, SEARCH_INDEX, MARKET, TARGET)
