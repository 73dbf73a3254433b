"""Columns that many tables have in common, so that they mean the same everywhere."""

from __future__ import annotations

from data.contract.schema import Column, Kind

BRAND = "brand"
"""Owner of a table whose rows are all the brand's."""


def sku(*, required: bool = True) -> Column:
    """A product; where it is not required, empty means every product."""
    about = ("商品编码", "SKU") if required else ("商品编码；为空表示全部商品", "SKU; empty means every product")
    return Column("sku", Kind.CODE, about, required=required, references="product")


def node() -> Column:
    return Column("node", Kind.CODE, ("库存节点", "Node that holds the stock"), required=True, references="node")


def channel(*, required: bool = False) -> Column:
    about = ("渠道", "Channel") if required else ("渠道；为空表示不限渠道", "Channel; empty means any")
    return Column("channel", Kind.CODE, about, required=required, references="channel")


def owner() -> Column:
    """The owning partner of a row; a source that leaves it out makes the row the brand's, never everybody's."""
    about = ("所属伙伴；为空表示品牌", "Owning partner; empty means the brand")
    return Column("partner", Kind.CODE, about, references="partner")


def account(*, required: bool = True) -> Column:
    about = (
        ("会员账号", "Member account") if required else ("会员账号；为空表示未识别", "Member account; empty: not known")
    )
    return Column("account", Kind.CODE, about, required=required, references="account")


def category() -> Column:
    return Column("category", Kind.TEXT, ("品类；为空表示全部品类", "Category; empty means every category"))


def region(*, required: bool = False) -> tuple[Column, Column]:
    """Code scheme and code of a region."""
    about = ("地区", "Region") if required else ("地区；为空表示不限地区", "Region; empty means any")
    return (
        Column("scheme", Kind.CODE, ("地区编码体系", "Code scheme of the region"), required=required),
        Column("region", Kind.CODE, about, required=required, references="region"),
    )


def validity() -> tuple[Column, Column]:
    """First and last day on which a row holds."""
    return (
        Column("valid_from", Kind.DATE, ("生效日", "Valid from"), required=True),
        Column("valid_to", Kind.DATE, ("失效日（含）；为空表示长期有效", "Valid to, inclusive; empty means open")),
    )


def order_reference(*, required: bool) -> tuple[Column, Column]:
    """Order and line that a row is about."""
    return (
        Column("order_id", Kind.CODE, ("订单号", "Order"), required=required, references="order_line.order_id"),
        Column(
            "order_line_no",
            Kind.CODE,
            ("订单行号", "Line of the order"),
            required=required,
            references="order_line.line_no",
        ),
    )


def units(name: str, zh: str, en: str, *, required: bool = False, signed: bool = False) -> Column:
    """A quantity in sales units; only a signed one may be negative."""
    return Column(name, Kind.QUANTITY, (zh, en), required=required, unit="sales unit", low=None if signed else 0)


def money(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    """A price or an amount in CNY, never negative."""
    return Column(name, Kind.MONEY, (zh, en), required=required, unit="CNY", low=0)
