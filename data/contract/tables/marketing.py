"""Marketing: campaigns, who was exposed to them and what they cost."""

from __future__ import annotations

from data.contract.schema import Column, Family, Kind, Table
from data.contract.tables import shared
from data.contract.tables.shared import BRAND, money

SECTION = "marketing"

CAMPAIGN = Table(
    name="campaign",
    family=Family.DIMENSION,
    section=SECTION,
    about=("营销活动", "A campaign"),
    key=("campaign",),
    owner=BRAND,
    columns=(
        Column("campaign", Kind.CODE, ("活动编码", "Campaign id"), required=True),
        Column("name", Kind.TEXT, ("名称", "Name"), required=True),
        Column("goal", Kind.TEXT, ("目标", "What it is for")),
        shared.channel(),
        Column("starts", Kind.DATE, ("开始日", "First day"), required=True),
        Column("ends", Kind.DATE, ("结束日（含）", "Last day, inclusive")),
        Column("holdout", Kind.RATE, ("对照组比例", "Share held out"), low=0, high=1),
        money("budget", "预算", "Budget"),
    ),
)

CAMPAIGN_EXPOSURE = Table(
    name="campaign_exposure",
    family=Family.FACT,
    section=SECTION,
    about=("活动触达：账号所在组别与触达时间", "Which arm of a campaign a member was in, and when"),
    key=("campaign", "account", "exposed_at"),
    owner="partner",
    time="exposed_at",
    columns=(
        Column("campaign", Kind.CODE, ("活动", "Campaign"), required=True, references="campaign"),
        shared.account(),
        Column("arm", Kind.CODE, ("组别：触达组或对照组", "Arm"), required=True, one_of=("treatment", "holdout")),
        Column(
            "exposed_at",
            Kind.TIME,
            ("触达时间；对照组为分组时间", "When; for the holdout, when assigned"),
            required=True,
            happened=True,
        ),
        shared.owner(),
    ),
)

SPEND = Table(
    name="spend",
    family=Family.FACT,
    section=SECTION,
    about=("营销费用：计划、支付与核销", "What a campaign cost: planned, paid, verified"),
    key=("spend",),
    owner="partner",
    time="day",
    columns=(
        Column("spend", Kind.CODE, ("费用单号", "Spend document"), required=True),
        Column("campaign", Kind.CODE, ("活动", "Campaign"), references="campaign"),
        shared.channel(),
        Column("day", Kind.DATE, ("归属日期", "Day it belongs to"), required=True),
        money("planned", "计划金额", "Planned"),
        money("paid", "已支付金额", "Paid"),
        money("verified", "已核销金额", "Verified against evidence"),
        shared.owner(),
    ),
)

TABLES = (CAMPAIGN, CAMPAIGN_EXPOSURE, SPEND)
