"""Stock: lots on hand, movements, availability and aggregated sell-out."""

from __future__ import annotations

from data.contract.schema import Column, Family, Kind, Table
from data.contract.tables import shared
from data.contract.tables.shared import units

SECTION = "stock"

PERIOD = Column(
    "period",
    Kind.CODE,
    ("周期：按日或按周", "Whether the row covers a day or a week"),
    required=True,
    one_of=("day", "week"),
)
DAY = Column(
    "day",
    Kind.DATE,
    ("日期；按周时为周一", "Day; the Monday when the row covers a week"),
    required=True,
    happened=True,
)

STOCK_LOT = Table(
    name="stock_lot",
    family=Family.FACT,
    section=SECTION,
    about=("批次库存快照：某时点、某节点、某商品各批次的结存", "Stock of each lot at a node at one moment"),
    key=("as_of", "node", "sku", "lot"),
    owner="partner",
    time="as_of",
    columns=(
        Column("as_of", Kind.TIME, ("盘存时点", "Moment of the snapshot"), required=True, happened=True),
        shared.node(),
        shared.sku(),
        Column("lot", Kind.CODE, ("批次；不管批次时填 -", "Lot; - where lots are not kept"), required=True),
        Column("produced", Kind.DATE, ("生产日期", "Produced on")),
        Column("expiry", Kind.DATE, ("到期日", "Expires on")),
        units(
            "on_hand", "账面结存；负数按数据异常处理", "On hand; negative is a data fault", required=True, signed=True
        ),
        units("reserved", "已占用", "Reserved"),
        shared.owner(),
    ),
)

STOCK_MOVE = Table(
    name="stock_move",
    family=Family.FACT,
    section=SECTION,
    about=("库存流水：入库、销售、调拨、退货、报废、盘点", "A movement of stock"),
    key=("move_id",),
    owner="partner",
    time="moved_at",
    columns=(
        Column("move_id", Kind.CODE, ("流水号", "Movement id"), required=True),
        Column("moved_at", Kind.TIME, ("发生时间", "When it happened"), required=True, happened=True),
        shared.node(),
        shared.sku(),
        Column("lot", Kind.CODE, ("批次", "Lot")),
        Column(
            "kind",
            Kind.CODE,
            ("类型", "Kind"),
            required=True,
            one_of=("receipt", "sale", "transfer", "return", "scrap", "count"),
        ),
        units("quantity", "数量，入正出负", "Units: in is positive, out is negative", required=True, signed=True),
        Column("other_node", Kind.CODE, ("对方节点（调拨）", "The other node of a transfer"), references="node"),
        Column("document", Kind.CODE, ("来源单据", "Document behind it")),
        shared.owner(),
    ),
)

AVAILABILITY = Table(
    name="availability",
    family=Family.FACT,
    section=SECTION,
    about=(
        "有货状态：只知道有没有货、不知道库存数的来源",
        "In stock or not, for sources that know only this",
    ),
    key=("node", "sku", "day", "period"),
    owner="partner",
    time="day",
    columns=(
        shared.node(),
        shared.sku(),
        DAY,
        PERIOD,
        Column("in_stock", Kind.FLAG, ("是否有货", "Whether it was in stock"), required=True),
        Column("hours_out", Kind.NUMBER, ("断货时长", "Time out of stock"), unit="hour", low=0, high=168),
        shared.owner(),
    ),
)

SELL_OUT_AGG = Table(
    name="sell_out_agg",
    family=Family.FACT,
    section=SECTION,
    about=("汇总动销：不传订单的商超按日或按周回传的销量", "Sell-out totals of supermarkets that send no orders"),
    key=("node", "sku", "day", "period"),
    owner="partner",
    time="day",
    columns=(
        shared.node(),
        shared.sku(),
        DAY,
        PERIOD,
        units(
            "quantity", "销量；净退货时可为负", "Units sold; negative when returns prevail", required=True, signed=True
        ),
        Column("amount", Kind.MONEY, ("销售额；净退货时可为负", "Amount; negative when returns prevail"), unit="CNY"),
        shared.owner(),
    ),
)

TABLES = (STOCK_LOT, STOCK_MOVE, AVAILABILITY, SELL_OUT_AGG)
