"""Partner management: commission rates, what partners did, what they owe."""

from __future__ import annotations

from data.contract.schema import Column, Family, Kind, Table
from data.contract.tables import shared
from data.contract.tables.shared import BRAND, money

SECTION = "partners"

RATE_CARD = Table(
    name="rate_card",
    family=Family.DIMENSION,
    section=SECTION,
    about=("佣金政策：按品类与伙伴等级的佣金率", "Commission by category and partner tier"),
    key=("rate_card",),
    owner=BRAND,
    columns=(
        Column("rate_card", Kind.CODE, ("政策编码", "Rate card id"), required=True),
        shared.category(),
        Column(
            "partner_kind",
            Kind.CODE,
            ("伙伴类型；为空表示全部", "Kind of partner; empty means all"),
            one_of=("dealer", "wholesaler", "store", "group_leader", "canteen", "enterprise", "supermarket"),
        ),
        Column("tier", Kind.CODE, ("伙伴等级；为空表示全部", "Partner tier; empty means all")),
        Column(
            "commission",
            Kind.RATE,
            ("佣金率", "Commission as a share of the amount paid"),
            required=True,
            low=0,
            high=1,
        ),
        *shared.validity(),
    ),
)

PARTNER_EVENT = Table(
    name="partner_event",
    family=Family.FACT,
    section=SECTION,
    about=("伙伴事件：陈列检查、活动签约与执行、培训、投诉、内容发布", "Something a partner did or was checked for"),
    key=("event",),
    owner="partner",
    time="happened_at",
    columns=(
        Column("event", Kind.CODE, ("事件编号", "Event id"), required=True),
        Column("happened_at", Kind.TIME, ("发生时间", "When it happened"), required=True, happened=True),
        Column("partner", Kind.CODE, ("伙伴", "Partner"), required=True, references="partner"),
        Column(
            "kind",
            Kind.CODE,
            ("类型", "Kind of event"),
            required=True,
            one_of=("display_check", "activity_signed", "activity_done", "training", "complaint", "content"),
        ),
        Column("campaign", Kind.CODE, ("相关营销活动", "Campaign behind it"), references="campaign"),
        Column("passed", Kind.FLAG, ("是否达标", "Whether it was up to standard")),
        Column("score", Kind.NUMBER, ("评分", "Score"), unit="point", low=0, high=100),
        Column("note", Kind.TEXT, ("说明", "Note")),
    ),
)

RECEIVABLE = Table(
    name="receivable",
    family=Family.FACT,
    section=SECTION,
    about=("应收账款", "What a partner owes"),
    key=("document",),
    owner="partner",
    time="issued",
    columns=(
        Column("document", Kind.CODE, ("应收单号", "Document"), required=True),
        Column("partner", Kind.CODE, ("伙伴", "Partner"), required=True, references="partner"),
        Column("issued", Kind.DATE, ("开单日", "Issued on"), required=True),
        Column("due", Kind.DATE, ("到期日", "Due on")),
        money("amount", "应收金额", "Amount owed", required=True),
        money("settled_amount", "已回款金额", "Amount settled so far"),
        Column("settled", Kind.DATE, ("结清日；为空表示未结清", "Settled in full on; empty means open")),
    ),
)

TABLES = (RATE_CARD, PARTNER_EVENT, RECEIVABLE)
