"""Pricing: the agreed price, its bands and promotions, prices observed, discounts given."""

from __future__ import annotations

from data.contract.schema import Column, Family, Kind, Table
from data.contract.tables import shared
from data.contract.tables.shared import BRAND, money

SECTION = "pricing"

PRICE_POLICY = Table(
    name="price_policy",
    family=Family.DIMENSION,
    section=SECTION,
    about=("基准价：全渠道统一的指导价，按生效日", "The base price of a product from a date on"),
    key=("sku", "valid_from"),
    owner=BRAND,
    columns=(
        shared.sku(),
        *shared.validity(),
        money("base_price", "基准价", "Base price of one sales unit", required=True),
        Column("authorised_by", Kind.TEXT, ("核准人", "Who authorised it")),
    ),
)

PRICE_BAND = Table(
    name="price_band",
    family=Family.DIMENSION,
    section=SECTION,
    about=("价格带：各渠道允许偏离基准价的幅度，边界在内", "How far a channel may leave the base price, edges inside"),
    key=("band",),
    owner=BRAND,
    columns=(
        Column("band", Kind.CODE, ("价格带编码", "Band id"), required=True),
        Column(
            "channel_group",
            Kind.CODE,
            ("渠道组；为空表示全部", "Channel group; empty means all"),
            one_of=("online", "store", "community", "wholesale"),
        ),
        shared.channel(),
        shared.category(),
        Column("below", Kind.RATE, ("允许下浮", "Allowed below the base price"), required=True, low=0, high=1),
        Column("above", Kind.RATE, ("允许上浮", "Allowed above the base price"), required=True, low=0),
        *shared.validity(),
    ),
)

PROMOTION = Table(
    name="promotion",
    family=Family.DIMENSION,
    section=SECTION,
    about=(
        "促销：一个适用范围一行，多个商品的活动写多行并挂同一营销活动",
        "A promotion with one scope; one over several products is several rows of one campaign",
    ),
    key=("promotion",),
    owner="partner",
    columns=(
        Column("promotion", Kind.CODE, ("促销编码", "Promotion id"), required=True),
        Column("name", Kind.TEXT, ("名称", "Name"), required=True),
        Column("campaign", Kind.CODE, ("所属营销活动", "Campaign it belongs to"), references="campaign"),
        shared.sku(required=False),
        shared.category(),
        shared.channel(),
        *shared.region(),
        money("price", "促销价", "Promotion price of one sales unit"),
        Column(
            "discount",
            Kind.RATE,
            ("折扣率：实付占标价的比例，88 折为 0.88", "Share still paid: 0.88 is 12 % off"),
            low=0,
            high=1,
        ),
        Column("authorised_by", Kind.TEXT, ("授权人；为空表示未授权", "Who authorised it; empty means nobody")),
        Column("starts_at", Kind.TIME, ("开始时间", "Starts at"), required=True),
        Column("ends_at", Kind.TIME, ("结束时间", "Ends at"), required=True),
        Column(
            "partner",
            Kind.CODE,
            ("发起伙伴；为空表示品牌", "Partner who runs it; empty means the brand"),
            references="partner",
        ),
    ),
)

PRICE_OBSERVATION = Table(
    name="price_observation",
    family=Family.FACT,
    section=SECTION,
    about=("价格采集：某时某渠道某店看到的价格", "A price seen at a time in a channel, at a partner"),
    key=("observation",),
    owner="partner",
    time="observed_at",
    columns=(
        Column("observation", Kind.CODE, ("采集编号", "Observation id"), required=True),
        Column("observed_at", Kind.TIME, ("采集时间", "When it was seen"), required=True, happened=True),
        shared.channel(required=True),
        Column(
            "partner",
            Kind.CODE,
            ("售价方；为空表示品牌自营", "Who sells at it; empty means the brand"),
            references="partner",
        ),
        shared.sku(),
        money("price", "所见价格", "Price seen", required=True),
        Column(
            "price_type",
            Kind.CODE,
            ("价格类型：标价、促销价、会员价、团购价、直播价、券后价", "What kind of price it is"),
            required=True,
            one_of=("list", "promotion", "member", "group", "live", "after_coupon"),
        ),
        shared.units("pack_units", "该价格对应的销售单位数", "Sales units that the price buys"),
        Column(
            "seen_by",
            Kind.CODE,
            ("采集方式：抓取、扫码、收银、巡店、举报", "How it was seen"),
            one_of=("crawl", "scan", "till", "visit", "report"),
        ),
        Column("evidence", Kind.TEXT, ("凭证：链接或截图编号", "Evidence: link or picture id")),
    ),
)

COMPETITOR_PRICE = Table(
    name="competitor_price",
    family=Family.FACT,
    section=SECTION,
    about=("竞品价格", "What a competitor's product costs"),
    key=("competitor", "item", "channel", "day"),
    owner=BRAND,
    time="day",
    columns=(
        Column("competitor", Kind.TEXT, ("竞品品牌", "Competing brand"), required=True),
        Column("item", Kind.TEXT, ("竞品商品", "Competing product"), required=True),
        shared.channel(required=True),
        Column("day", Kind.DATE, ("日期", "Day"), required=True),
        money("price", "售价", "Price", required=True),
        Column("kg", Kind.NUMBER, ("净含量", "Net weight that the price buys"), unit="kg", low=0),
        Column("sku", Kind.CODE, ("对标商品", "Our product it competes with"), references="product"),
        *shared.region(),
    ),
)

ORDER_DISCOUNT = Table(
    name="order_discount",
    family=Family.FACT,
    section=SECTION,
    about=("订单优惠：一行订单享受的一项优惠及承担方", "One discount on an order line, and who pays for it"),
    key=("order_id", "order_line_no", "discount_no"),
    owner="entry_partner",
    time="paid_at",
    columns=(
        *shared.order_reference(required=True),
        Column("discount_no", Kind.CODE, ("优惠序号", "Number of the discount on the line"), required=True),
        Column("paid_at", Kind.TIME, ("订单支付时间", "When the order was paid"), required=True, happened=True),
        Column(
            "kind",
            Kind.CODE,
            ("优惠类型：促销、会员等级、优惠券、积分、改价", "Kind of discount"),
            required=True,
            one_of=("promotion", "tier", "coupon", "points", "manual"),
        ),
        Column("promotion", Kind.CODE, ("促销", "Promotion"), references="promotion"),
        Column("tier", Kind.CODE, ("会员等级", "Member tier"), one_of=("silver", "gold", "diamond")),
        money("amount", "优惠金额", "Amount taken off", required=True),
        Column(
            "payer",
            Kind.CODE,
            ("承担方：品牌、伙伴、平台、供应商", "Who pays for it"),
            required=True,
            one_of=("brand", "partner", "platform", "supplier"),
        ),
        Column(
            "entry_partner",
            Kind.CODE,
            ("带单伙伴；为空表示品牌自营", "Partner through whom the order came; empty means the brand"),
            references="partner",
        ),
    ),
)

TABLES = (PRICE_POLICY, PRICE_BAND, PROMOTION, PRICE_OBSERVATION, COMPETITOR_PRICE, ORDER_DISCOUNT)
