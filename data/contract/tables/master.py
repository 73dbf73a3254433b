"""Master data: regions, partners, territories, nodes, products, channels, members."""

from __future__ import annotations

from data.contract.schema import Column, Family, Kind, Sensitivity, Table
from data.contract.tables.shared import BRAND

SECTION = "master"

REGION = Table(
    name="region",
    family=Family.DIMENSION,
    section=SECTION,
    about=("地区，任一编码体系", "A region in any code scheme"),
    key=("scheme", "code"),
    owner=BRAND,
    columns=(
        Column("scheme", Kind.CODE, ("编码体系，默认 gb-t-2260", "Code scheme, gb-t-2260 by default"), required=True),
        Column("code", Kind.CODE, ("地区编码", "Region code"), required=True),
        Column("name", Kind.TEXT, ("名称", "Name"), required=True),
        Column(
            "level",
            Kind.CODE,
            ("级别", "Level"),
            required=True,
            one_of=("country", "province", "city", "district", "zip"),
        ),
        Column("parent", Kind.CODE, ("上级地区编码", "Code of the region above"), references="region"),
        Column("latitude", Kind.NUMBER, ("中心纬度", "Latitude of the centre"), unit="degree WGS-84", low=-90, high=90),
        Column(
            "longitude", Kind.NUMBER, ("中心经度", "Longitude of the centre"), unit="degree WGS-84", low=-180, high=180
        ),
        Column("population", Kind.INTEGER, ("人口", "Population"), unit="person", low=0),
        Column("households", Kind.INTEGER, ("户数", "Households"), unit="household", low=0),
        Column("city_tier", Kind.CODE, ("城市等级", "City tier"), one_of=("1", "new1", "2", "3", "4", "5")),
    ),
)

PARTNER = Table(
    name="partner",
    family=Family.DIMENSION,
    section=SECTION,
    about=("渠道伙伴：经销商、门店、团长等", "A partner: dealer, store, group leader and so on"),
    key=("partner",),
    owner="partner",
    columns=(
        Column("partner", Kind.CODE, ("伙伴编码", "Partner id"), required=True),
        Column("name", Kind.TEXT, ("名称", "Name"), required=True),
        Column(
            "kind",
            Kind.CODE,
            ("类型", "Kind"),
            required=True,
            one_of=("dealer", "wholesaler", "store", "group_leader", "canteen", "enterprise", "supermarket"),
        ),
        Column("parent", Kind.CODE, ("上级伙伴", "Partner above"), references="partner"),
        Column("ownership", Kind.CODE, ("自有或独立", "Own or independent"), one_of=("own", "independent")),
        Column("region_scheme", Kind.CODE, ("地区编码体系", "Code scheme of the region")),
        Column("region", Kind.CODE, ("所在地区", "Region"), references="region"),
        Column("city", Kind.TEXT, ("城市名称，无地区编码时使用", "City name, for sources without region codes")),
        Column("latitude", Kind.NUMBER, ("纬度", "Latitude"), unit="degree WGS-84", low=-90, high=90),
        Column("longitude", Kind.NUMBER, ("经度", "Longitude"), unit="degree WGS-84", low=-180, high=180),
        Column("joined", Kind.DATE, ("加入日期", "Joined on")),
        Column("left", Kind.DATE, ("退出日期", "Left on")),
    ),
)

TERRITORY = Table(
    name="territory",
    family=Family.DIMENSION,
    section=SECTION,
    about=("经销商的授权区域及有效期", "Regions a dealer is responsible for, with validity"),
    key=("dealer", "scheme", "region", "valid_from"),
    owner="dealer",
    columns=(
        Column("dealer", Kind.CODE, ("经销商", "Dealer"), required=True, references="partner"),
        Column("scheme", Kind.CODE, ("编码体系", "Code scheme"), required=True),
        Column("region", Kind.CODE, ("地区", "Region"), required=True, references="region"),
        Column("valid_from", Kind.DATE, ("生效日", "Valid from"), required=True),
        Column("valid_to", Kind.DATE, ("失效日（含）", "Valid to, inclusive")),
    ),
)

NODE = Table(
    name="node",
    family=Family.DIMENSION,
    section=SECTION,
    about=("存放库存的地点", "A place that holds stock"),
    key=("node",),
    owner="partner",
    columns=(
        Column("node", Kind.CODE, ("节点编码", "Node id"), required=True),
        Column("name", Kind.TEXT, ("名称", "Name"), required=True),
        Column(
            "kind",
            Kind.CODE,
            ("类型", "Kind"),
            required=True,
            one_of=("plant", "central", "regional", "front", "dealer", "store", "cloud"),
        ),
        Column(
            "partner",
            Kind.CODE,
            ("所属伙伴；为空表示品牌自有", "Partner it belongs to; empty means the brand"),
            references="partner",
        ),
        Column("region_scheme", Kind.CODE, ("地区编码体系", "Code scheme of the region")),
        Column("region", Kind.CODE, ("所在地区", "Region"), references="region"),
        Column("latitude", Kind.NUMBER, ("纬度", "Latitude"), unit="degree WGS-84", low=-90, high=90),
        Column("longitude", Kind.NUMBER, ("经度", "Longitude"), unit="degree WGS-84", low=-180, high=180),
        Column("capacity", Kind.QUANTITY, ("库容", "Capacity"), unit="sales unit", low=0),
        Column("promise_hours", Kind.NUMBER, ("承诺送达时长", "Delivery promise"), unit="hour", low=0),
    ),
)

PRODUCT = Table(
    name="product",
    family=Family.DIMENSION,
    section=SECTION,
    about=("商品（SKU）", "A product (SKU)"),
    key=("sku",),
    owner=BRAND,
    columns=(
        Column("sku", Kind.CODE, ("商品编码", "SKU"), required=True),
        Column("name", Kind.TEXT, ("名称", "Name"), required=True),
        Column("category", Kind.TEXT, ("品类", "Category")),
        Column("brand", Kind.TEXT, ("品牌", "Brand")),
        Column("pack_size", Kind.TEXT, ("规格", "Pack size")),
        Column("units_per_case", Kind.QUANTITY, ("箱规", "Units per case"), unit="sales unit", low=0),
        Column("kg", Kind.NUMBER, ("单件重量", "Weight of one unit"), unit="kg", low=0),
        Column("shelf_life_days", Kind.INTEGER, ("保质期", "Shelf life"), unit="day", low=0),
        Column("supplier", Kind.CODE, ("供应商", "Supplier")),
        Column("moq", Kind.QUANTITY, ("起订量", "Minimum order quantity"), unit="sales unit", low=0),
        Column("order_multiple", Kind.QUANTITY, ("订货倍数", "Order multiple"), unit="sales unit", low=0),
        Column("launched", Kind.DATE, ("上市日期", "Launched on")),
        Column("discontinued", Kind.DATE, ("退市日期", "Discontinued on")),
    ),
)

KIT = Table(
    name="kit",
    family=Family.DIMENSION,
    section=SECTION,
    about=("组合商品的构成", "Components of a kit"),
    key=("sku", "component"),
    owner=BRAND,
    columns=(
        Column("sku", Kind.CODE, ("组合商品", "Kit"), required=True, references="product"),
        Column("component", Kind.CODE, ("组件商品", "Component"), required=True, references="product"),
        Column(
            "quantity", Kind.QUANTITY, ("组件数量", "Units of the component"), required=True, unit="sales unit", low=0
        ),
    ),
)

PRODUCT_COST = Table(
    name="product_cost",
    family=Family.DIMENSION,
    section=SECTION,
    about=("商品成本，按生效日", "Cost of a product from a date on"),
    key=("sku", "valid_from"),
    owner=BRAND,
    columns=(
        Column("sku", Kind.CODE, ("商品编码", "SKU"), required=True, references="product"),
        Column(
            "cost",
            Kind.MONEY,
            ("单位成本", "Cost of one sales unit"),
            required=True,
            unit="CNY",
            low=0,
            sensitivity=Sensitivity.COST,
        ),
        Column("valid_from", Kind.DATE, ("生效日", "Valid from"), required=True),
    ),
)

CHANNEL = Table(
    name="channel",
    family=Family.DIMENSION,
    section=SECTION,
    about=("渠道", "A sales channel"),
    key=("channel",),
    owner=BRAND,
    columns=(
        Column("channel", Kind.CODE, ("渠道编码", "Channel code"), required=True),
        Column("name", Kind.TEXT, ("名称", "Name"), required=True),
        Column(
            "channel_group",
            Kind.CODE,
            ("渠道组", "Group"),
            required=True,
            one_of=("online", "store", "community", "wholesale"),
        ),
        Column("private_domain", Kind.FLAG, ("是否私域", "Whether it is private domain")),
    ),
)

ACCOUNT = Table(
    name="account",
    family=Family.DIMENSION,
    section=SECTION,
    about=("会员在某一来源系统中的账号", "A member as one source system knows it"),
    key=("account",),
    owner="partner",
    columns=(
        Column("account", Kind.CODE, ("账号", "Account"), required=True),
        Column(
            "partner",
            Kind.CODE,
            ("归属伙伴；为空表示品牌", "Owning partner; empty means the brand"),
            references="partner",
        ),
        Column("joined_at", Kind.TIME, ("入会时间", "When the member joined"), happened=True),
        Column("region_scheme", Kind.CODE, ("地区编码体系", "Code scheme of the region")),
        Column("region", Kind.CODE, ("所在地区", "Region"), references="region"),
        Column("household_size", Kind.INTEGER, ("家庭人数", "People in the household"), unit="person", low=0),
        Column(
            "birth_year",
            Kind.INTEGER,
            ("出生年份", "Year of birth"),
            unit="year",
            low=1900,
            high=2100,
            sensitivity=Sensitivity.PERSONAL,
        ),
        Column(
            "gender",
            Kind.CODE,
            ("性别", "Gender"),
            one_of=("female", "male", "unknown"),
            sensitivity=Sensitivity.PERSONAL,
        ),
    ),
)

CODE_MAP = Table(
    name="code_map",
    family=Family.DIMENSION,
    section=SECTION,
    about=("来源编码对照", "A source's own code and what it means here"),
    key=("code_source", "kind", "code"),
    owner=BRAND,
    columns=(
        Column("code_source", Kind.CODE, ("来源系统", "Source system"), required=True),
        Column(
            "kind",
            Kind.CODE,
            ("编码类别", "Kind of code"),
            required=True,
            one_of=("product", "partner", "node", "channel", "region"),
        ),
        Column("code", Kind.CODE, ("来源编码", "Code in the source"), required=True),
        Column("target", Kind.CODE, ("标准编码", "Code here"), required=True),
    ),
)

TABLES = (REGION, PARTNER, TERRITORY, NODE, PRODUCT, KIT, PRODUCT_COST, CHANNEL, ACCOUNT, CODE_MAP)
