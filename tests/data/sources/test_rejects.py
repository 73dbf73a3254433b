"""Every way in which a row can break the contract, with file, line, column and value."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.data.sources.door import Door
from tests.data.sources.test_ingest import HEAD, LINE, TILL

pytestmark = pytest.mark.slow

GOOD = dict(zip(HEAD.strip().split(","), LINE.strip().split(","), strict=True))
OPTIONAL = """
tax = "Tax"
gift = "Gift"
fulfilment = "Mode"
cancelled_at = "Cancelled"
"""


BROKEN = [
    ("Sku", "sku", "", "required_missing"),
    ("Sku", "sku", "   ", "required_missing"),
    ("Nr", "order_id", "", "required_missing"),
    ("Amount", "amount", "", "required_missing"),
    ("Amount", "amount", "12 yuan", "not_a_number"),
    ("Amount", "amount", "NaN", "not_a_number"),
    ("Amount", "amount", "123456789012345678", "not_a_number"),
    ("Amount", "amount", "-0.01", "too_low"),
    ("Amount", "amount", "1.00001", "too_precise"),
    ("Qty", "quantity", "0.0005", "too_precise"),
    ("Tax", "tax", "x", "not_a_number"),
    ("At", "ordered_at", "yesterday", "not_a_time"),
    ("At", "ordered_at", "2026-02-30", "not_a_time"),
    ("Cancelled", "cancelled_at", "2026-13-01", "not_a_time"),
    ("Gift", "gift", "maybe", "not_a_flag"),
    ("Mode", "fulfilment", "drone", "not_one_of"),
]


def csv(*rows: dict[str, str]) -> str:
    whole = [GOOD | {"Tax": "", "Gift": "", "Mode": "", "Cancelled": ""} | row for row in rows]
    return "\n".join(",".join(cells) for cells in (list(whole[0]), *(list(row.values()) for row in whole))) + "\n"


def test_a_bad_value_sets_its_row_aside(door: Door) -> None:
    door.write(
        "a.csv", csv(*({"Line": str(number), source: value} for number, (source, _, value, _) in enumerate(BROKEN)))
    )
    report = door.bring(TILL + OPTIONAL)
    found = {(line, column, value or "", code) for _, line, _, column, value, code in door.rejects()}
    expected = {(line, column, value, code) for line, (_, column, value, code) in enumerate(BROKEN, start=2)}
    # A required value that cannot be read is unreadable, not missing: one reason per column.
    assert found == expected
    assert door.rows("order_line") == []
    assert report.rows_rejected == len(BROKEN)
    assert report.files[0].codes["not_a_number"] == 4


def test_edges_are_inside(door: Door) -> None:
    door.write("a.csv", csv({"Amount": "0", "Qty": "0.000", "Tax": "-1.2345", "Gift": "FALSE", "Mode": "pickup"}))
    door.bring(TILL + OPTIONAL)
    [row] = door.rows("order_line", "amount", "quantity", "tax", "gift", "fulfilment")
    assert list(row.values()) == [Decimal(0), Decimal(0), Decimal("-1.2345"), False, "pickup"]


def test_each_offending_column_is_told_and_the_good_rows_pass(door: Door) -> None:
    door.write("a.csv", HEAD + "1,1,?,,rice,x,1\n" + LINE + "2,,2026-01-01,,rice,1,-1\n")
    report = door.bring(TILL)
    assert door.rejects() == [
        ("a.csv", 2, "order_line", "ordered_at", "?", "not_a_time"),
        ("a.csv", 2, "order_line", "quantity", "x", "not_a_number"),
        ("a.csv", 4, "order_line", "amount", "-1", "too_low"),
        ("a.csv", 4, "order_line", "line_no", None, "required_missing"),
    ]
    assert door.values("order_line", "line") == [3]
    assert (report.files[0].rows_read, report.files[0].rows_rejected) == (3, 2)
    [load] = door.loads()
    assert (load.rows_read, load.rows_rejected) == (3, 2)


def test_limits_and_choices_stand_beside_the_reject(door: Door) -> None:
    toml = 'source = "a"\ntables = "contract"'
    door.write("partner.csv", "partner,name,kind,latitude\np,P,shop,90.5\n")
    door.bring(toml)
    told = {row["column"]: (row["code"], json.loads(row["facts"])) for row in door.rows("rejects")}
    assert told["latitude"] == ("too_high", {"kind": "number", "low": -90, "high": 90})
    assert told["kind"][0] == "not_one_of"
    assert "group_leader" in told["kind"][1]["one_of"]


def test_order_days_that_nobody_could_read_are_not_taken_for_none(door: Door) -> None:
    door.write("lane.csv", "lane,origin,node,lead_days,review_weekdays,cut_off\n"
               'a,S,N,2,"1,4",9:00\nb,S,N,2,"周一,周四",\nc,S,N,2,9,\nd,S,N,2,3,25:99\ne,S,N,2,,\n')  # fmt: skip
    door.bring('source = "a"\ntables = "contract"')
    assert {(row[1], row[3], row[4], row[5]) for row in door.rejects()} == {
        (3, "review_weekdays", "周一,周四", "not_in_form"),
        (4, "review_weekdays", "9", "not_in_form"),
        (5, "cut_off", "25:99", "not_in_form"),
    }
    assert json.loads(door.rows("rejects")[0]["facts"])["form"] in {"1,4", "16:00"}
    assert door.values("lane", "lane") == ["a", "e"]


def test_a_day_that_has_not_come_was_not_sold(door: Door) -> None:
    """A year typed wrongly would end the data in 2062, and every series before it in nothing."""
    door.write("sell_out_agg.csv", "node,sku,day,period,quantity\nN,a,2062-03-01,day,7\nN,a,2026-03-01,day,7\n")
    door.bring('source = "a"\ntables = "contract"')
    assert [(row[1], row[3], row[4], row[5]) for row in door.rejects()] == [(2, "day", "2062-03-01", "in_the_future")]


def test_other_types(door: Door) -> None:
    toml = 'source = "a"\ntables = "contract"'
    door.write("product.csv", "sku,name,shelf_life_days,launched,kg\na,A,12.5,2026-1-40,inf\nb,B,12.0,2026-01-04,0.5\n")
    door.bring(toml)
    assert {(row[3], row[4], row[5]) for row in door.rejects()} == {
        ("shelf_life_days", "12.5", "not_an_integer"),
        ("launched", "2026-1-40", "not_a_date"),
        ("kg", "inf", "not_a_number"),
    }
    [row] = door.rows("product", "sku", "shelf_life_days", "kg")
    assert row == {"sku": "b", "shelf_life_days": 12, "kg": 0.5}


def test_an_expression_tells_what_it_received(door: Door) -> None:
    toml = TILL.replace('amount = "Amount"', "amount = { expression = 'Qty * Amount' }")
    door.write("a.csv", HEAD + LINE.replace("138.00", "1o") + LINE.replace("1,1,", "2,1,"))
    door.bring(toml)
    assert door.rejects() == [("a.csv", 2, "order_line", "amount", "Qty=2, Amount=1o", "not_readable")]
    assert door.values("order_line", "amount") == [Decimal(276)]


def test_a_condition_that_cannot_be_told_sets_the_row_aside(door: Door) -> None:
    toml = TILL.replace('from = "lines"', "from = \"lines\"\nwhere = 'Qty > 0'")
    door.write("a.csv", HEAD + LINE.replace("rice,2", "rice,two") + LINE.replace("rice,2", "rice,-2") + LINE)
    door.bring(toml)
    assert ("a.csv", 2, "order_line", "where", "Qty=two", "not_readable") in door.rejects()
    assert {row[1] for row in door.rejects()} == {2}
    assert door.values("order_line", "line") == [4]


def test_different_rows_under_one_key_are_all_set_aside(door: Door) -> None:
    door.write("a.csv", HEAD + LINE + LINE.replace("1,1,", "2,1,") + LINE.replace("138.00", "139.00"))
    report = door.bring(TILL)
    assert door.rejects() == [
        ("a.csv", 2, "order_line", "order_id, line_no", "1, 1", "conflicting_duplicate"),
        ("a.csv", 4, "order_line", "order_id, line_no", "1, 1", "conflicting_duplicate"),
    ]
    assert [json.loads(row["facts"]) for row in door.rows("rejects")] == [{"first_line": 2}, {"first_line": 2}]
    assert door.values("order_line", "order_id") == ["2"]
    assert (report.files[0].rows_duplicate, report.rows_rejected) == (0, 2)


def test_a_bad_row_is_no_duplicate(door: Door) -> None:
    door.write("a.csv", HEAD + LINE + LINE.replace("138.00", "x"))
    door.bring(TILL)
    assert [row[5] for row in door.rejects()] == ["not_a_number"]
    assert door.values("order_line", "line") == [2]


def test_a_file_whose_rows_are_all_bad_is_loaded_once_too(door: Door) -> None:
    door.write("a.csv", HEAD + LINE.replace("138.00", "x"))
    assert door.bring(TILL).tables == {}
    assert [file.already_loaded for file in door.bring(TILL).files] == [True]
    assert len(door.rejects()) == 1
