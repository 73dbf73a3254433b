"""Orders: lines sold and lines refunded."""

from __future__ import annotations

from data.contract.schema import Column, Family, Kind, Table

SECTION = "orders"

ORDER_LINE = Table(
    name="order_line",
    family=Family.FACT,
    section=SECTION,
    about=("订单行：一个订单里的一种商品", "One product within one order"),
    key=("order_id", "line_no"),
    owner="entry_partner",
    time="paid_at",
    columns=(
        Column("order_id", Kind.CODE, ("订单号", "Order number"), required=True),
        Column("line_no", Kind.CODE, ("行号", "Line number within the order"), required=True),
        Column("ordered_at", Kind.TIME, ("下单时间", "When it was ordered"), required=True, happened=True),
        Column(
            "paid_at", Kind.TIME, ("支付时间；为空表示未支付", "When it was paid; empty means unpaid"), happened=True
        ),
        Column("channel", Kind.CODE, ("渠道", "Channel"), required=True, references="channel"),
        Column("node", Kind.CODE, ("履约仓店", "Node that fulfils it"), references="node"),
        Column(
            "entry_partner",
            Kind.CODE,
            ("带单伙伴；为空表示品牌自营", "Partner through whom it came; empty means the brand"),
            references="partner",
        ),
        Column(
            "account",
            Kind.CODE,
            ("会员账号；为空表示未识别", "Member account; empty means not identified"),
            references="account",
        ),
        Column("sku", Kind.CODE, ("商品编码", "SKU"), required=True, references="product"),
        Column("quantity", Kind.QUANTITY, ("数量", "Quantity"), required=True, unit="sales unit", low=0),
        Column("list_amount", Kind.MONEY, ("标价金额", "Amount at list price"), unit="CNY", low=0),
        Column("amount", Kind.MONEY, ("实付金额", "Amount paid"), required=True, unit="CNY", low=0),
        Column("tax", Kind.MONEY, ("税额", "Tax"), unit="CNY"),
        Column("tax_included", Kind.FLAG, ("金额是否含税", "Whether amounts include tax")),
        Column("gift", Kind.FLAG, ("是否赠品", "Whether it is a gift")),
        Column("kit_parent", Kind.CODE, ("所属组合商品", "SKU of the kit it belongs to"), references="product"),
        Column("promotion", Kind.CODE, ("促销", "Promotion"), references="promotion"),
        Column(
            "fulfilment",
            Kind.CODE,
            ("履约方式", "Fulfilment mode"),
            one_of=("express", "same_city", "pickup", "dealer", "shelf"),
        ),
        Column("ship_to_region", Kind.CODE, ("收货地区", "Ship-to region"), references="region"),
        Column("ship_to_cell", Kind.CODE, ("收货地 H3 网格", "Ship-to H3 cell")),
        Column("cancelled_at", Kind.TIME, ("取消时间", "When it was cancelled"), happened=True),
        Column(
            "cancel_reason",
            Kind.CODE,
            ("取消原因", "Why it was cancelled"),
            one_of=("no_stock", "customer", "payment", "address", "other"),
        ),
    ),
)

REFUND_LINE = Table(
    name="refund_line",
    family=Family.FACT,
    section=SECTION,
    about=("退款行：不改写原销售", "A refund; it never rewrites the sale"),
    key=("refund_id", "line_no"),
    owner="entry_partner",
    time="refunded_at",
    columns=(
        Column("refund_id", Kind.CODE, ("退款单号", "Refund document"), required=True),
        Column("line_no", Kind.CODE, ("行号", "Line number within the refund"), required=True),
        Column(
            "order_id",
            Kind.CODE,
            ("原订单号；来源未提供时为空", "Order refunded; empty where the source does not tell"),
        ),
        Column("order_line_no", Kind.CODE, ("原订单行号", "Order line refunded")),
        Column("refunded_at", Kind.TIME, ("退款时间", "When it was refunded"), required=True, happened=True),
        Column("channel", Kind.CODE, ("渠道", "Channel"), references="channel"),
        Column("entry_partner", Kind.CODE, ("带单伙伴", "Partner through whom the sale came"), references="partner"),
        Column("account", Kind.CODE, ("会员账号", "Member account"), references="account"),
        Column("sku", Kind.CODE, ("商品编码", "SKU"), required=True, references="product"),
        Column("quantity", Kind.QUANTITY, ("退货数量", "Quantity returned"), required=True, unit="sales unit", low=0),
        Column("amount", Kind.MONEY, ("退款金额", "Amount refunded"), required=True, unit="CNY", low=0),
        Column("ship_to_region", Kind.CODE, ("收货地区", "Ship-to region"), references="region"),
        Column(
            "reason",
            Kind.CODE,
            ("退款原因", "Reason"),
            one_of=("cancelled", "returned", "damaged", "expired", "price", "adjustment", "other"),
        ),
    ),
)

TABLES = (ORDER_LINE, REFUND_LINE)
