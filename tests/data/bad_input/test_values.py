"""Values in CSV files: rows of many kinds in one file, whole files where the file is what is wrong; one ingest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.data.bad_input.outcome import Outcome, outcomes
from tests.data.sources.door import NOW, open_door

pytestmark = pytest.mark.slow

TILL = """
source = "till"
[files]
lines = "*.csv"
[order_line]
from = "lines"
[order_line.columns]
order_id = "Nr"
line_no = "Line"
ordered_at = "At"
paid_at = "Paid"
channel = { constant = "store" }
sku = "Sku"
quantity = "Qty"
amount = "Amount"
tax = "Tax"
"""
HEAD = "Nr,Line,At,Paid,Sku,Qty,Amount,Tax\n"
SHANGHAI = ZoneInfo("Asia/Shanghai")
Aside = tuple[int, str, str | None, str]
Warned = tuple[str, str, int]


@dataclass(frozen=True)
class Case:
    """Rows of the file :data:`SHARED`, one per entry of ``rows`` (its changed cells), or a file of its own that holds
    ``text``.

    ``loaded``: line → columns of the lake; ``aside``: line, column, value and code; ``warned``: code, column and rows.
    Lines count as if the rows had a file of their own.
    """

    file: str
    kinds: tuple[str, ...]
    rows: tuple[dict[str, str], ...] = ()
    text: str = ""
    loaded: dict[int, dict[str, Any]] | None = None
    aside: tuple[Aside, ...] = ()
    warned: tuple[Warned, ...] = ()
    duplicates: int = 0

    @property
    def lines(self) -> list[str]:
        good = {"Line": "1", "At": "2026-01-31", "Paid": "2026-01-31", "Sku": "rice", "Qty": "2", "Amount": "138.00"}
        rows = (
            {"Nr": f"{self.file}-{number}", **good, "Tax": "", **changed} for number, changed in enumerate(self.rows)
        )
        return [",".join('"' + cell.replace('"', '""') + '"' if cell else "" for cell in row.values()) for row in rows]


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type, misc]


def whole(number: int) -> str:
    """One whole line of a file without its line break."""
    return f"w{number},1,2026-01-31,2026-01-31,rice,2,138.00,"


SOON, LATER = NOW.astimezone(SHANGHAI) + timedelta(hours=5), NOW.astimezone(SHANGHAI) + timedelta(hours=25)
CASES = (
    Case(
        "full_width", ("full-width digits",), ({"Qty": "１２", "Amount": "１３８．５０"},),
        loaded={2: {"quantity": Decimal(12), "amount": Decimal("138.5")}},
    ),
    Case(
        "thousands", ("thousands", "ambiguous thousands"),
        ({"Amount": "1,234.50"}, {"Amount": "1,234,567"}, {"Amount": "1,234"}, {"Amount": "12,34.5"}),
        loaded={2: {"amount": Decimal("1234.5")}, 3: {"amount": Decimal(1_234_567)}},
        aside=((4, "amount", "1,234", "ambiguous_number"), (5, "amount", "12,34.5", "not_a_number")),
    ),
    Case(
        "yuan", ("currency sign", "foreign currency sign"),
        ({"Amount": "¥1,234.50"}, {"Amount": "￥5"}, {"Amount": "6元"}, {"Amount": "¥1,234"}, {"Amount": "$5"},
         {"Qty": "¥2"}),
        loaded={2: {"amount": Decimal("1234.5")}, 3: {"amount": Decimal(5)}, 4: {"amount": Decimal(6)},
                5: {"amount": Decimal(1234)}},
        aside=((6, "amount", "$5", "not_a_number"), (7, "quantity", "¥2", "not_a_number")),
    ),
    Case(
        "ten_thousands", ("ten thousands",),
        ({"Qty": "1.2万"}, {"Amount": "1.2万元"}, {"Amount": "0.00005万"}, {"Amount": "万"}),
        loaded={2: {"quantity": Decimal(12000)}, 3: {"amount": Decimal(12000)}, 4: {"amount": Decimal("0.5")}},
        aside=((5, "amount", "万", "not_a_number"),),
    ),
    Case(
        "percent", ("percent sign",), ({"Amount": "12%"}, {"Qty": "50％"}),
        loaded={}, aside=((2, "amount", "12%", "not_a_number"), (3, "quantity", "50％", "not_a_number")),
    ),
    Case(
        "negatives", ("accounting negatives",),
        ({"Tax": "(1.25)"}, {"Tax": "1.25-"}, {"Tax": "（1.25）"}, {"Tax": "−1.25"}, {"Amount": "(123.45)"}),
        loaded={line: {"tax": Decimal("-1.25")} for line in (2, 3, 4, 5)},
        aside=((6, "amount", "(123.45)", "too_low"),),
    ),
    Case(
        "dates", ("mixed date formats", "year of two digits", "empty date"),
        ({"At": "2026-01-02"}, {"At": "2026/1/2"}, {"At": "2026.01.02"}, {"At": "20260102"}, {"At": "2026年1月2日"},
         {"At": "03/04/2026"}, {"At": "31.12.2025"}, {"At": "26-03-04"}, {"At": "0001-01-01"}, {"At": "2026-02-30"}),
        loaded={line: {"ordered_at": local(2026, 1, 2)} for line in (2, 3, 4, 5, 6)},
        aside=((7, "ordered_at", "03/04/2026", "ambiguous_date"), (8, "ordered_at", "31.12.2025", "ambiguous_date"),
               (9, "ordered_at", "26-03-04", "ambiguous_date"), (10, "ordered_at", "0001-01-01", "too_early"),
               (11, "ordered_at", "2026-02-30", "not_a_time")),
    ),
    Case(
        "times", ("time without offset", "clock of twelve hours", "named zone"),
        ({"At": "2026-01-02 20:05"}, {"At": "2026-01-02T12:05:00Z"}, {"At": "2026-01-02 20:05:00 +0800"},
         {"At": "2026-01-02 8:05 PM"}, {"At": "2026-01-02 下午8:05"}, {"At": "2026-01-02 20:05 CST"},
         {"At": "2026-01-02 20:05 Asia/Tokyo"}),
        loaded={line: {"ordered_at": local(2026, 1, 2, 20, 5)} for line in (2, 3, 4, 5, 6)},
        aside=((7, "ordered_at", "2026-01-02 20:05 CST", "not_a_time"),
               (8, "ordered_at", "2026-01-02 20:05 Asia/Tokyo", "not_a_time")),
    ),
    Case(
        "future", ("future time",),
        ({"Paid": f"{SOON:%Y-%m-%d %H:%M}"}, {"Paid": f"{LATER:%Y-%m-%d %H:%M}"}, {"Paid": "2062-01-31"}),
        loaded={2: {"paid_at": SOON}},
        aside=((3, "paid_at", f"{LATER:%Y-%m-%d %H:%M}", "in_the_future"),
               (4, "paid_at", "2062-01-31", "in_the_future")),
        warned=(("time_ahead", "paid_at", 1),),
    ),
    Case(
        "totals", ("trailing totals row",),
        text=HEAD + whole(1) + "\n" + whole(2).replace("rice", "Total") + "\n合计：,,,,,4,276.00,\n",
        loaded={2: {"sku": "rice"}, 3: {"sku": "Total"}}, aside=((4, "", "合计：,,,,,4,276.00,", "totals_row"),),
    ),
    Case(
        "equal_rows", ("equal duplicates",), ({"Nr": "e1"}, {"Nr": "e1", "Amount": "138"}, {"Nr": "e2"}),
        loaded={2: {"order_id": "e1"}, 4: {"order_id": "e2"}}, duplicates=1,
    ),
    Case(
        "different_rows", ("different duplicates",), ({"Nr": "d1"}, {"Nr": "d1", "Amount": "139"}, {"Nr": "d2"}),
        loaded={4: {"order_id": "d2"}},
        aside=((2, "order_id, line_no", "d1, 1", "conflicting_duplicate"),
               (3, "order_id, line_no", "d1, 1", "conflicting_duplicate")),
    ),
    Case(
        "zero", ("zero quantity",), ({"Qty": "0"}, {"Qty": "0.000"}, {"Qty": ""}),
        loaded={2: {"quantity": Decimal(0)}, 3: {"quantity": Decimal(0)}},
        aside=((4, "quantity", None, "required_missing"),), warned=(("zero_quantity", "quantity", 2),),
    ),
    Case(
        "formulas", ("formula in a cell", "spreadsheet error", "text cell", "shortened code"),
        ({"Sku": "=A1&B1"}, {"Amount": "=1+1"}, {"Sku": "#N/A"}, {"Sku": '="00123"', "Amount": '="1,234.50"'},
         {"Nr": "1.23457E+17"}, {"Sku": "SKU#1=A"}),
        loaded={5: {"sku": "00123", "amount": Decimal("1234.5")}, 7: {"sku": "SKU#1=A"}},
        aside=((2, "sku", "=A1&B1", "formula"), (3, "amount", "=1+1", "not_a_number"),
               (4, "sku", "#N/A", "spreadsheet_error"), (6, "order_id", "1.23457E+17", "shortened_code")),
    ),
    Case(
        "nul", ("nul byte",),
        text=HEAD + whole(11) + "\n" + whole(12).replace("rice", "ri\0ce") + "\n" + whole(13) + "\n",
        loaded={2: {"order_id": "w11"}, 4: {"order_id": "w13"}},
        aside=((3, "", whole(12).replace("rice", "ri\u2400ce"), "nul_byte"),),
    ),
    Case(
        "giant_text", ("giant field",), ({"Sku": "x" * 1_000_000}, {"Amount": "9" * 1_000_000}, {"Sku": "x" * 32_767}),
        loaded={4: {"sku": "x" * 32_767}},
        aside=((2, "sku", "x" * 200, "field_too_long"), (3, "amount", "9" * 200, "not_a_number")),
    ),
    Case(
        "giant_line", ("giant field",),
        text=HEAD + whole(21) + "\n" + whole(22).replace("rice", "x" * 3_000_000) + "\n" + whole(23) + "\n",
        loaded={2: {"order_id": "w21"}, 4: {"order_id": "w23"}},
        aside=((3, "", whole(22).replace("rice", "x" * 3_000_000)[:200], "field_too_long"),),
    ),
    Case(
        "broken_quote", ("broken quote",),
        text=HEAD + whole(31) + "\n" + whole(32).replace("rice", '"rice') + "\n" + whole(33) + "\n" + whole(34) + "\n",
        loaded={2: {"order_id": "w31"}, 4: {"order_id": "w33"}, 5: {"order_id": "w34"}},
        aside=((3, "", whole(32).replace("rice", '"rice'), "unclosed_quote"),),
    ),
    Case(
        "two_quotes", ("broken quote",),
        text=HEAD + "\n".join((whole(41).replace("rice", '"rice'), whole(42), whole(43) + '"', whole(44), "")),
        loaded={3: {"order_id": "w42"}, 5: {"order_id": "w44"}},
        aside=((2, "", whole(41).replace("rice", '"rice'), "malformed_line"),
               (4, "", whole(43) + '"', "unclosed_quote")),
    ),
    Case(
        "cut_off", ("csv cut off", "wrong number of columns"),
        text=HEAD + whole(51) + "\n" + whole(52) + ",more\n" + whole(53)[:30],
        loaded={2: {"order_id": "w51"}},
        aside=((3, "", whole(52) + ",more", "malformed_line"), (4, "", whole(53)[:30], "malformed_line")),
        warned=(("open_end", "", 1),),
    ),
    Case(
        "cut_off_in_a_value", ("csv cut off",), text=HEAD + whole(61) + "\n" + whole(62) + "1",
        loaded={2: {"order_id": "w61"}, 3: {"order_id": "w62", "tax": Decimal(1)}}, warned=(("open_end", "", 1),),
    ),
    Case("header_only", ("header only",), text=HEAD, loaded={}, warned=(("no_rows", "", 0),)),
    Case(
        "other_order", ("reordered columns",),
        text="Tax,Amount,Qty,Sku,Paid,At,Line,Nr,Extra\n,138.00,2,rice,2026-01-31,2026-01-31,1,o1,x\n",
        loaded={2: {"order_id": "o1", "amount": Decimal(138), "sku": "rice", "quantity": Decimal(2)}},
    ),
)  # fmt: skip


SHARED = "rows.csv"
OFFSETS = {
    case.file: sum(len(before.rows) for before in CASES[:number]) for number, case in enumerate(CASES) if case.rows
}
"""Rows of the shared file that stand before a case's first one."""


@dataclass(frozen=True)
class Brought:
    outcomes: dict[str, Outcome]
    rows: dict[str, dict[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brought]:
    """All files in one home, brought in by one ingest."""
    door = open_door(tmp_path_factory.mktemp("values") / "home")
    door.write(SHARED, HEAD + "".join(line + "\n" for case in CASES for line in case.lines))
    for case in CASES:
        if case.text:
            door.write(f"{case.file}.csv", case.text)
    found = outcomes(door, door.bring(TILL))
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for row in door.rows("order_line"):
        rows.setdefault(row["file"], {})[row["line"]] = row
    yield Brought(found, rows)
    door.store.close()


def test_everything_that_looks_wrong_in_the_rows_is_counted(brought: Brought) -> None:
    found = brought.outcomes[SHARED]
    assert sorted(found.warned) == sorted(one for case in CASES if case.rows for one in case.warned)
    assert found.duplicates == sum(case.duplicates for case in CASES if case.rows)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_values(brought: Brought, case: Case) -> None:
    first = OFFSETS.get(case.file, 0)
    last = first + len(case.rows) if case.rows else 1_000
    found = brought.outcomes[SHARED if case.rows else f"{case.file}.csv"]
    aside = [(line - first, *others) for line, *others in found.set_aside if first + 1 < line <= last + 1]
    assert aside == sorted(case.aside)
    if not case.rows:
        assert (found.warned, found.duplicates) == (list(case.warned), case.duplicates)
    every = brought.rows.get(SHARED if case.rows else f"{case.file}.csv", {})
    rows = {line - first: row for line, row in every.items() if first + 1 < line <= last + 1}
    expected = case.loaded or {}
    assert sorted(rows) == sorted(expected)
    assert {line: {column: rows[line][column] for column in told} for line, told in expected.items()} == expected
