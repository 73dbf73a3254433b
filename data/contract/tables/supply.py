"""Supply: lanes, limits, listings, deliveries and shipments."""

from __future__ import annotations

from data.contract.schema import Column, Family, Form, Kind, Sensitivity, Table
from data.contract.tables import shared
from data.contract.tables.shared import BRAND, units

SECTION = "supply"
WEEKDAYS = Form(r"^\s*[1-7]\s*(,\s*[1-7]\s*)*$", "1,4")
CLOCK = Form(r"^\s*([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?\s*$", "16:00")

LANE = Table(
    name="lane",
    family=Family.DIMENSION,
    section=SECTION,
    about=(
        "补货线路：从供货方到节点的提前期、订货日与运费",
        "A supply route into a node: lead time, order days, freight",
    ),
    key=("lane",),
    owner="partner",
    columns=(
        Column("lane", Kind.CODE, ("线路编码", "Lane id"), required=True),
        Column(
            "origin",
            Kind.CODE,
            ("供货方：供应商或上级节点编码", "Where it comes from: supplier or node"),
            required=True,
        ),
        shared.node(),
        shared.sku(required=False),
        Column("lead_days", Kind.NUMBER, ("平均提前期", "Mean lead time"), required=True, unit="day", low=0),
        Column("lead_days_spread", Kind.NUMBER, ("提前期标准差", "Standard deviation of it"), unit="day", low=0),
        Column(
            "review_weekdays",
            Kind.TEXT,
            ("订货日，1 为周一，逗号分隔", "Order days, 1 = Monday, comma-separated"),
            form=WEEKDAYS,
        ),
        Column("cut_off", Kind.TEXT, ("截单时刻，HH:MM", "Time of day orders close, HH:MM"), form=CLOCK),
        Column(
            "fixed_cost",
            Kind.MONEY,
            ("每单固定费用", "Fixed cost of an order"),
            unit="CNY",
            low=0,
            sensitivity=Sensitivity.COST,
        ),
        Column(
            "cost_per_kg",
            Kind.MONEY,
            ("每公斤运费", "Freight per kilogram"),
            unit="CNY/kg",
            low=0,
            sensitivity=Sensitivity.COST,
        ),
        shared.owner(),
    ),
)

SUPPLY_LIMIT = Table(
    name="supply_limit",
    family=Family.DIMENSION,
    section=SECTION,
    about=("供应上限：供应商或工厂每周可供量", "What a supplier or plant can deliver in a week"),
    key=("supplier", "sku", "week"),
    owner=BRAND,
    columns=(
        Column("supplier", Kind.CODE, ("供应商或工厂编码", "Supplier or plant"), required=True),
        shared.sku(),
        Column("week", Kind.DATE, ("所在周的周一", "Monday of the week"), required=True),
        units("quantity", "可供数量", "Units available", required=True),
    ),
)

LISTING = Table(
    name="listing",
    family=Family.DIMENSION,
    section=SECTION,
    about=(
        "铺货清单：节点应陈列的商品，缺货率与铺货率的分母",
        "What should be on the shelf: the denominator of out-of-stock and distribution",
    ),
    key=("node", "sku", "valid_from"),
    owner="partner",
    columns=(shared.node(), shared.sku(), *shared.validity(), shared.owner()),
)

INBOUND = Table(
    name="inbound",
    family=Family.FACT,
    section=SECTION,
    about=("在途到货：未完成的送货及收货记录", "Open deliveries into a node, with their receipts"),
    key=("inbound_id", "line_no"),
    owner="partner",
    time="ordered_at",
    columns=(
        Column("inbound_id", Kind.CODE, ("到货单号", "Delivery document"), required=True),
        Column("line_no", Kind.CODE, ("行号", "Line number within it"), required=True),
        Column("ordered_at", Kind.TIME, ("下单时间", "When it was ordered"), required=True, happened=True),
        Column("origin", Kind.CODE, ("供货方：供应商或节点编码", "Where it comes from: supplier or node")),
        shared.node(),
        shared.sku(),
        Column("lot", Kind.CODE, ("批次", "Lot")),
        units("quantity", "订货数量", "Units ordered", required=True),
        Column("promised_at", Kind.TIME, ("承诺到货时间", "When it was promised")),
        units("received", "实收数量", "Units received so far"),
        Column("received_at", Kind.TIME, ("最近收货时间", "When it was last received"), happened=True),
        Column("closed", Kind.FLAG, ("是否已关单，关单后不再到货", "Whether nothing more will come")),
        shared.owner(),
    ),
)

SHIPMENT_LINE = Table(
    name="shipment_line",
    family=Family.FACT,
    section=SECTION,
    about=("发货行：订单行由哪个节点、哪个批次、何时发出", "How an order line was shipped: node, lot, times"),
    key=("shipment_id", "line_no"),
    owner="partner",
    time="shipped_at",
    columns=(
        Column("shipment_id", Kind.CODE, ("发货单号", "Shipment document"), required=True),
        Column("line_no", Kind.CODE, ("行号", "Line number within it"), required=True),
        *shared.order_reference(required=True),
        shared.node(),
        shared.sku(),
        Column("lot", Kind.CODE, ("批次", "Lot")),
        units("quantity", "发货数量", "Units shipped", required=True),
        Column("shipped_at", Kind.TIME, ("发货时间", "When it left"), required=True, happened=True),
        Column("promised_at", Kind.TIME, ("承诺送达时间", "When it was promised")),
        Column("delivered_at", Kind.TIME, ("签收时间", "When it was delivered"), happened=True),
        shared.owner(),
    ),
)

SELL_IN = Table(
    name="sell_in",
    family=Family.FACT,
    section=SECTION,
    about=("进货：品牌发给渠道伙伴的货（压货分析的分子）", "Shipments to partners: what they bought in"),
    key=("document", "line_no"),
    owner="partner",
    time="shipped_at",
    columns=(
        Column("document", Kind.CODE, ("出库单号", "Document"), required=True),
        Column("line_no", Kind.CODE, ("行号", "Line number within it"), required=True),
        Column("shipped_at", Kind.TIME, ("发货时间", "When it left"), required=True, happened=True),
        Column("partner", Kind.CODE, ("进货伙伴", "Partner who bought"), required=True, references="partner"),
        Column("node", Kind.CODE, ("发货节点", "Node it left"), references="node"),
        shared.sku(),
        Column("lot", Kind.CODE, ("批次", "Lot")),
        units("quantity", "进货数量", "Units", required=True),
        shared.money("amount", "进货金额", "Amount invoiced"),
    ),
)

TABLES = (LANE, SUPPLY_LIMIT, LISTING, INBOUND, SHIPMENT_LINE, SELL_IN)
