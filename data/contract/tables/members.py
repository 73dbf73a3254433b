"""Members: how they are recognised, what they agreed to, what they did."""

from __future__ import annotations

from data.contract.schema import Column, Family, Kind, Sensitivity, Table
from data.contract.tables import shared

SECTION = "members"

IDENTIFIER = Table(
    name="identifier",
    family=Family.DIMENSION,
    section=SECTION,
    about=(
        "会员标识：手机号、OpenID 等，入库时即转为密文与哈希",
        "What identifies a member; hashed and encrypted at the door",
    ),
    key=("account", "kind", "value"),
    owner="partner",
    columns=(
        shared.account(),
        Column(
            "kind",
            Kind.CODE,
            ("标识类别", "Kind of identifier"),
            required=True,
            one_of=(
                "phone",
                "wechat_openid",
                "wechat_unionid",
                "alipay_uid",
                "marketplace_id",
                "card",
                "name",
                "address",
            ),
        ),
        Column(
            "value", Kind.TEXT, ("标识原文", "The identifier itself"), required=True, sensitivity=Sensitivity.PERSONAL
        ),
        shared.owner(),
    ),
)

CONSENT = Table(
    name="consent",
    family=Family.DIMENSION,
    section=SECTION,
    about=("授权同意：账号对某一用途的同意或撤回", "What a member agreed to, or took back, for one purpose"),
    key=("account", "purpose", "decided_at"),
    owner="partner",
    columns=(
        shared.account(),
        Column(
            "purpose",
            Kind.CODE,
            ("用途：短信、微信触达、画像分析、健康标签、儿童标签、跨店共享", "Purpose"),
            required=True,
            one_of=("sms", "wechat", "profiling", "health_tags", "children_tags", "partner_sharing"),
        ),
        Column("state", Kind.CODE, ("同意或撤回", "Granted or revoked"), required=True, one_of=("granted", "revoked")),
        Column("decided_at", Kind.TIME, ("决定时间", "When it was decided"), required=True, happened=True),
        Column("evidence", Kind.TEXT, ("凭证：页面或协议版本", "Evidence: page or version of the terms")),
        shared.owner(),
    ),
)

MEMBER_EVENT = Table(
    name="member_event",
    family=Family.FACT,
    section=SECTION,
    about=("会员行为：扫码、入会、浏览、领券、核销、推荐、退订等", "Something a member did apart from ordering"),
    key=("event",),
    owner="partner",
    time="happened_at",
    columns=(
        Column("event", Kind.CODE, ("事件编号", "Event id"), required=True),
        Column("happened_at", Kind.TIME, ("发生时间", "When it happened"), required=True, happened=True),
        shared.account(required=False),
        Column(
            "kind",
            Kind.CODE,
            ("事件类型", "Kind of event"),
            required=True,
            one_of=(
                "scan",
                "join",
                "browse",
                "group_message",
                "coupon_issued",
                "coupon_redeemed",
                "referral",
                "service",
                "content_share",
                "unsubscribe",
            ),
        ),
        Column("channel", Kind.CODE, ("发生渠道", "Channel it happened in"), references="channel"),
        Column("sku", Kind.CODE, ("相关商品", "Product it is about"), references="product"),
        Column("campaign", Kind.CODE, ("相关营销活动", "Campaign behind it"), references="campaign"),
        Column("coupon", Kind.CODE, ("券码", "Coupon")),
        Column("referred", Kind.CODE, ("被推荐账号", "Account that was referred"), references="account"),
        shared.owner(),
    ),
)

POINTS = Table(
    name="points",
    family=Family.FACT,
    section=SECTION,
    about=("积分流水", "An entry of the points ledger"),
    key=("entry",),
    owner="partner",
    time="booked_at",
    columns=(
        Column("entry", Kind.CODE, ("流水号", "Entry id"), required=True),
        Column("booked_at", Kind.TIME, ("记账时间", "When it was booked"), required=True, happened=True),
        shared.account(),
        Column(
            "kind",
            Kind.CODE,
            ("类型：获得、兑换、过期、退款冲回、调整", "Kind of entry"),
            required=True,
            one_of=("earn", "redeem", "expire", "reverse", "adjust"),
        ),
        Column(
            "points",
            Kind.QUANTITY,
            ("积分，增正减负", "Points: gained positive, spent negative"),
            required=True,
            unit="point",
        ),
        Column("order_id", Kind.CODE, ("相关订单", "Order behind it"), references="order_line.order_id"),
        Column("expires", Kind.DATE, ("到期日", "Expires on")),
        shared.owner(),
    ),
)

SUBSCRIPTION = Table(
    name="subscription",
    family=Family.FACT,
    section=SECTION,
    about=("周期购：会员约定按周期购买", "A standing order of a member"),
    key=("subscription",),
    owner="partner",
    time="started_at",
    columns=(
        Column("subscription", Kind.CODE, ("周期购编号", "Subscription id"), required=True),
        shared.account(),
        shared.sku(),
        shared.units("quantity", "每期数量", "Units per delivery", required=True),
        Column("every_days", Kind.INTEGER, ("配送周期", "Days between deliveries"), required=True, unit="day", low=1),
        Column("started_at", Kind.TIME, ("开始时间", "When it started"), required=True),
        Column("next_due", Kind.DATE, ("下次配送日", "Next delivery due")),
        Column("ended_at", Kind.TIME, ("结束时间", "When it ended")),
        Column("channel", Kind.CODE, ("签约渠道", "Channel it was agreed in"), references="channel"),
        shared.owner(),
    ),
)

GROUP_BUY = Table(
    name="group_buy",
    family=Family.FACT,
    section=SECTION,
    about=("团购：团长发起的一个团里的一种商品", "One product of a group that a leader opened"),
    key=("group_buy", "sku"),
    owner="leader",
    time="opened_at",
    columns=(
        Column("group_buy", Kind.CODE, ("团编号", "Group id"), required=True),
        shared.sku(),
        Column("leader", Kind.CODE, ("团长", "Group leader"), required=True, references="partner"),
        Column("opened_at", Kind.TIME, ("开团时间", "When it opened"), required=True),
        Column("closes_at", Kind.TIME, ("截团时间", "When it closes")),
        shared.money("price", "团购价", "Group price of one sales unit", required=True),
        Column("minimum_members", Kind.INTEGER, ("成团人数", "Members needed"), unit="person", low=0),
        Column("members", Kind.INTEGER, ("参团人数", "Members who joined"), unit="person", low=0),
        shared.units("quantity", "成交数量", "Units sold"),
        Column("state", Kind.CODE, ("状态", "State"), one_of=("open", "reached", "failed", "delivered")),
    ),
)

CODE_SCAN = Table(
    name="code_scan",
    family=Family.FACT,
    section=SECTION,
    about=("扫码：商品码、门店码或社区码被扫（窜货判断的依据）", "A product, store or community code was scanned"),
    key=("scan",),
    owner="partner",
    time="scanned_at",
    columns=(
        Column("scan", Kind.CODE, ("扫码编号", "Scan id"), required=True),
        Column("scanned_at", Kind.TIME, ("扫码时间", "When it was scanned"), required=True, happened=True),
        Column("code", Kind.CODE, ("码值", "Code"), required=True),
        Column("kind", Kind.CODE, ("码类别", "Kind of code"), required=True, one_of=("product", "store", "community")),
        Column("sku", Kind.CODE, ("商品", "Product"), references="product"),
        Column("lot", Kind.CODE, ("批次", "Lot")),
        Column(
            "partner",
            Kind.CODE,
            (
                "码所属伙伴：商品码为出货经销商，门店码、社区码为所属门店或团长",
                "Dealer the goods were shipped to, or holder of the code",
            ),
            references="partner",
        ),
        *shared.region(),
        Column(
            "latitude",
            Kind.NUMBER,
            ("扫码纬度", "Latitude of the scan"),
            unit="degree WGS-84",
            low=-90,
            high=90,
            sensitivity=Sensitivity.PERSONAL,
        ),
        Column(
            "longitude",
            Kind.NUMBER,
            ("扫码经度", "Longitude of the scan"),
            unit="degree WGS-84",
            low=-180,
            high=180,
            sensitivity=Sensitivity.PERSONAL,
        ),
        shared.account(required=False),
    ),
)

SURVEY = Table(
    name="survey",
    family=Family.FACT,
    section=SECTION,
    about=("调研：NPS 与满意度答卷", "An answer about recommendation or satisfaction"),
    key=("answer",),
    owner="partner",
    time="answered_at",
    columns=(
        Column("answer", Kind.CODE, ("答卷编号", "Answer id"), required=True),
        Column("answered_at", Kind.TIME, ("作答时间", "When it was answered"), required=True, happened=True),
        shared.account(required=False),
        Column("kind", Kind.CODE, ("问卷类型", "Kind of survey"), required=True, one_of=("nps", "satisfaction")),
        Column("score", Kind.NUMBER, ("得分，0–10", "Score, 0 to 10"), required=True, unit="point", low=0, high=10),
        Column("order_id", Kind.CODE, ("相关订单", "Order it is about"), references="order_line.order_id"),
        Column("comment", Kind.TEXT, ("留言", "Comment"), sensitivity=Sensitivity.PERSONAL),
        Column(
            "partner",
            Kind.CODE,
            ("被评价伙伴；为空表示品牌", "Partner it is about; empty means the brand"),
            references="partner",
        ),
    ),
)

TABLES = (IDENTIFIER, CONSENT, MEMBER_EVENT, POINTS, SUBSCRIPTION, GROUP_BUY, CODE_SCAN, SURVEY)
