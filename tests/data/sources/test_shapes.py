"""What a mapping can do to the shape of a source: joins, unpivots, codes, units, formats, coordinates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest

from data.sources.coordinates import wgs84
from data.sources.mapping import MappingRefused
from tests.data.sources.door import NOW, Door

pytestmark = pytest.mark.slow

ORDERS = """
source = "shop"
[files]
lines = "lines.csv"
heads = "heads.csv"
[order_line]
from = "lines"
join = { file = "heads", on = { Nr = "Number" } }
[order_line.columns]
order_id = "Nr"
line_no = "Pos"
ordered_at = { column = "heads.Day", format = "%d.%m.%Y" }
channel = { expression = 'if_(heads.Web == "1", "web", "store")' }
sku = "Sku"
quantity = { column = "Cases", unit = "case", units_per_case = "Per case" }
amount = { column = "Fen", unit = "fen" }
tax = { column = "Tax", decimal = ",", thousands = "." }
"""


def orders(door: Door, heads: str) -> None:
    door.write("lines.csv", 'Nr,Pos,Sku,Cases,Per case,Fen,Tax\n1,1,a,1.5,12,6905,"1.234,56"\n2,1,b,2,6,1,\n')
    door.write("heads.csv", heads)


def test_join_units_and_formats(door: Door) -> None:
    orders(door, "Number,Day,Web\n1,31.01.2026,1\n2,01.02.2026,\n3,02.02.2026,1\n")
    door.bring(ORDERS)
    rows = door.rows("order_line", "ordered_at", "channel", "quantity", "amount", "tax", "file", "line")
    assert [tuple(row.values()) for row in rows] == [
        (
            datetime(2026, 1, 30, 16, tzinfo=UTC),
            "web",
            Decimal(18),
            Decimal("69.05"),
            Decimal("1234.56"),
            "lines.csv",
            2,
        ),
        (datetime(2026, 1, 31, 16, tzinfo=UTC), "store", Decimal(12), Decimal("0.01"), None, "lines.csv", 3),
    ]


def test_a_line_without_its_head_is_set_aside(door: Door) -> None:
    orders(door, "Number,Day,Web\n1,31.01.2026,1\n")
    door.bring(ORDERS)
    assert [(row[0], row[1], row[3], row[5]) for row in door.rejects()] == [
        ("lines.csv", 3, "ordered_at", "required_missing")
    ]
    assert door.values("order_line", "order_id") == ["1"]


def test_a_change_of_the_joined_file_is_another_content(door: Door) -> None:
    orders(door, "Number,Day,Web\n1,31.01.2026,1\n2,01.02.2026,1\n")
    door.bring(ORDERS)
    assert [file.already_loaded for file in door.bring(ORDERS).files] == [True]
    orders(door, "Number,Day,Web\n1,31.01.2026,0\n2,01.02.2026,1\n")
    assert [file.already_loaded for file in door.bring(ORDERS).files] == [False]


def test_a_join_that_would_multiply_rows_is_refused(door: Door) -> None:
    orders(door, "Number,Day,Web\n1,31.01.2026,1\n1,31.01.2026,0\n")
    with pytest.raises(MappingRefused) as refused:
        door.bring(ORDERS)
    [problem] = refused.value.problems
    assert (problem.code, problem.facts["file"], problem.facts["value"]) == ("join_not_unique", "heads", "1")


def test_an_amount_in_fen_may_not_have_fractions_of_a_ten_thousandth(door: Door) -> None:
    orders(door, "Number,Day,Web\n1,31.01.2026,1\n2,01.02.2026,1\n")
    door.write("lines.csv", "Nr,Pos,Sku,Cases,Per case,Fen,Tax\n1,1,a,1,12,0.001,\n2,1,a,1,x,1,\n")
    door.bring(ORDERS)
    assert [(row[1], row[3], row[4], row[5]) for row in door.rejects()] == [
        (2, "amount", "0.001", "too_precise"),
        (3, "quantity", "Cases=1, Per case=x", "not_readable"),
    ]


def test_unpivot_makes_rows_of_wide_columns(door: Door) -> None:
    toml = """
source = "prices"
[files]
prices = "prices.csv"
[product_cost]
from = "prices"
where = 'not is_null(cost)'
unpivot = { columns = ["cost_*"], name = "from", value = "cost" }
[product_cost.columns]
sku = "sku"
cost = "cost"
valid_from = { expression = 'concat(right(col("from"), 4), "-01-01")' }
"""
    door.write("prices.csv", "sku,cost_2025,cost_2026,note\na,1.5,1.75,x\nb,,2,y\nc,free,3,z\n")
    door.bring(toml)
    rows = sorted(tuple(row.values()) for row in door.rows("product_cost", "sku", "valid_from", "cost", "line"))
    assert rows == [
        ("a", date(2025, 1, 1), Decimal("1.5"), 2),
        ("a", date(2026, 1, 1), Decimal("1.75"), 2),
        ("b", date(2026, 1, 1), Decimal(2), 3),
        ("c", date(2026, 1, 1), Decimal(3), 4),
    ]
    assert door.rejects() == [("prices.csv", 4, "product_cost", "cost", "free", "not_a_number")]


def test_what_a_wide_column_is_called_can_be_explained_by_another_file(door: Door) -> None:
    toml = """
source = "wide"
[files]
sales = "sales.csv"
calendar = "calendar.csv"
[sell_out_agg]
from = "sales"
unpivot = { columns = ["d_*"], name = "d", value = "units" }
join = { file = "calendar", on = { d = "d" } }
[sell_out_agg.columns]
node = "store"
sku = "item"
day = "calendar.date"
period = { constant = "day" }
quantity = "units"
"""
    door.write("calendar.csv", "date,d\n2026-03-01,d_1\n2026-03-02,d_2\n")
    door.write("sales.csv", "store,item,d_1,d_2\nN1,a,0,3\n")
    report = door.bring(toml)
    rows = sorted(tuple(row.values()) for row in door.rows("sell_out_agg", "day", "quantity"))
    assert rows == [(date(2026, 3, 1), Decimal(0)), (date(2026, 3, 2), Decimal(3))]
    # That nothing was sold is what a row of 0 says.
    assert report.warnings == ()


def test_a_week_that_begins_on_another_day_is_told(door: Door) -> None:
    door.write("sell_out_agg.csv", "node,sku,day,period,quantity\n"
               "N,a,2026-02-02,week,7\nN,a,2026-02-08,week,7\nN,a,2026-02-10,day,7\n")  # fmt: skip
    report = door.bring('source = "a"\ntables = "contract"')
    assert [(one.code, one.rows, one.examples[0].line) for one in report.warnings] == [("week_not_monday", 1, 3)]


CODES = """
source = "erp"
[files]
codes = { pattern = "codes.csv", optional = true }
goods = "goods.csv"
[code_map]
from = "codes"
[code_map.columns]
code_source = { constant = "erp" }
kind = { constant = "product" }
code = "theirs"
target = "ours"
[product]
from = "goods"
[product.columns]
sku = { column = "nr", code_map = "product" }
name = "name"
"""


def test_codes_are_looked_up_and_unknown_ones_set_aside(door: Door) -> None:
    door.write("codes.csv", "theirs,ours\n4711,rice\n")
    door.write("goods.csv", "nr,name\n4711,Rice\n4712,Oil\n,Nothing\n")
    door.bring(CODES)
    assert door.values("product", "sku") == ["rice"]
    assert [(row[1], row[3], row[4], row[5]) for row in door.rejects()] == [
        (3, "sku", "4712", "code_not_mapped"),
        (4, "sku", None, "required_missing"),
    ]


def test_a_new_code_map_lets_the_same_file_in_again_and_the_newest_code_wins(door: Door) -> None:
    door.write("codes.csv", "theirs,ours\n4711,rice\n")
    door.write("goods.csv", "nr,name\n4711,Rice\n4712,Oil\n")
    door.bring(CODES, extract_at=datetime(2026, 1, 1, tzinfo=UTC))
    door.write("codes.csv", "theirs,ours\n4711,rice-5kg\n4712,oil\n")
    later = door.bring(CODES, extract_at=datetime(2026, 1, 2, tzinfo=UTC), now=NOW)
    assert [file.already_loaded for file in later.files] == [False, False]
    newest = {load.id for load in door.loads() if load.extract_at.day == 2}
    assert [row["sku"] for row in door.rows("product") if row["load_id"] in newest] == ["rice-5kg", "oil"]


def test_without_a_code_map_every_code_is_unknown(door: Door) -> None:
    door.write("goods.csv", "nr,name\n4711,Rice\n")
    door.bring(CODES)
    assert [row[5] for row in door.rejects()] == ["code_not_mapped"]


PLACES = """
source = "map"
coordinates = "SYSTEM"
tables = "contract"
"""


@pytest.mark.parametrize(
    ("system", "latitude", "longitude"),
    [
        # Tiananmen: the same place as published maps of each system give it.
        ("wgs-84", 39.907333, 116.391083),
        ("gcj-02", 39.908736, 116.397327),
        ("bd-09", 39.915079, 116.403694),
    ],
)
def test_places_arrive_in_wgs84(door: Door, system: str, latitude: float, longitude: float) -> None:
    door.write("partner.csv", f"partner,name,kind,latitude,longitude\np,P,store,{latitude},{longitude}\nq,Q,store,,\n")
    door.bring(PLACES.replace("SYSTEM", system))
    first, second = door.rows("partner", "latitude", "longitude")
    assert first["latitude"] == pytest.approx(39.907333, abs=2e-5)
    assert first["longitude"] == pytest.approx(116.391083, abs=2e-5)
    assert second == {"latitude": None, "longitude": None}


def test_the_way_back_undoes_the_shift_to_a_centimetre_and_abroad_stays() -> None:
    points = [(31.2304, 121.4737), (43.8256, 87.6168), (22.5431, 114.0579), (48.8566, 2.3522)]
    north, east = wgs84(np.array([p[0] for p in points]), np.array([p[1] for p in points]), "gcj-02")
    shifted = [shifted_by_formula(north[at], east[at]) for at in range(3)]
    for (latitude, longitude), (told_latitude, told_longitude) in zip(points, shifted, strict=False):
        assert told_latitude == pytest.approx(latitude, abs=1e-7)
        assert told_longitude == pytest.approx(longitude, abs=1e-7)
    assert (north[3], east[3]) == points[3]


def shifted_by_formula(latitude: float, longitude: float) -> tuple[float, float]:
    """WGS-84 to GCJ-02 as it is published, in plain floats: an oracle that shares nothing with the expressions."""
    from math import cos, pi, sin, sqrt

    x, y = longitude - 105.0, latitude - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    magic = 1 - 0.00669342162296594323 * sin(latitude / 180.0 * pi) ** 2
    north = north * 180.0 / ((6378245.0 * (1 - 0.00669342162296594323)) / (magic * sqrt(magic)) * pi)
    east = east * 180.0 / (6378245.0 / sqrt(magic) * cos(latitude / 180.0 * pi) * pi)
    return latitude + north, longitude + east
