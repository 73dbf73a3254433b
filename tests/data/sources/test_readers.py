"""CSV, Parquet, Excel and databases give the same rows, each with its record number."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Column, Date, DateTime, Float, Integer, MetaData, Numeric, String, Table, create_engine

from analytics.core.errors import ContractViolation
from tests.data.sources.door import NOW, Door
from tests.data.sources.test_ingest import HEAD, LINE, TILL

PRODUCTS = """
source = "master"
[files]
products = { pattern = "*", OPTIONS }
[product]
from = "products"
[product.columns]
sku = "Code"
name = "Name"
launched = "Since"
kg = "Weight"
units_per_case = "Case"
"""
ROWS = [("1001", "五常大米", date(2026, 1, 31), 5.5, 4), ("1002", "Öl, kalt", None, 0.25, None)]


def products(options: str = "optional = false") -> str:
    return PRODUCTS.replace("OPTIONS", options)


def as_csv(delimiter: str = ",") -> str:
    lines = [("Code", "Name", "Since", "Weight", "Case")]
    cells = [["" if cell is None else f'"{cell}"' for cell in row] for row in (*lines, *ROWS)]
    return "\r\n".join(delimiter.join(row) for row in cells) + "\r\n"


def check(door: Door, *, first_line: int = 2) -> None:
    rows = door.rows("product", "sku", "name", "launched", "kg", "units_per_case", "line")
    assert [tuple(row.values()) for row in rows] == [
        ("1001", "五常大米", date(2026, 1, 31), 5.5, Decimal("4.000"), first_line),
        ("1002", "Öl, kalt", None, 0.25, None, first_line + 1),
    ]
    assert door.rejects() == []


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("gb18030", "gb18030")],
)
def test_encodings(door: Door, encoding: str, declared: str) -> None:
    door.write("p.csv", as_csv().encode(encoding))
    door.bring(products(f'encoding = "{declared}"'))
    check(door)


def test_other_delimiters(door: Door) -> None:
    door.write("p.tsv", as_csv("\t"))
    door.bring(products('delimiter = "\\t"'))
    check(door)


def test_a_file_that_does_not_have_its_declared_encoding_is_refused(door: Door) -> None:
    door.write("p.csv", as_csv().encode())
    with pytest.raises(ContractViolation) as refused:
        door.bring(products('encoding = "utf-16"'))
    assert refused.value.code == "wrong_encoding_declared"
    assert refused.value.facts["file"] == "p.csv"


def test_lines_that_cannot_be_split_are_set_aside_and_the_others_pass(door: Door) -> None:
    lines = [HEAD.strip(), LINE.strip(), "2,1,too few", LINE.strip().replace("1,1,", "3,1,") + ",more", '"4\n",1']
    lines.append(LINE.strip().replace("1,1,", "5,1,"))
    door.write(
        "a.csv", ("\n".join(lines) + "\n").encode() + LINE.replace("1,1,", "6,1,").replace("rice", "米").encode("gbk")
    )
    report = door.bring(TILL)
    assert [(row["order_id"], row["line"]) for row in door.rows("order_line")] == [("1", 2), ("5", 7)]
    assert [(line, code) for _, line, _, _, _, code in door.rejects()] == [
        (3, "malformed_line"),
        (4, "malformed_line"),
        (5, "malformed_line"),
        # A record of several lines that does not fit gives up its first one only.
        (6, "unclosed_quote"),
        (8, "wrong_encoding"),
    ]
    assert door.rejects()[0][4] == "2,1,too few"
    assert (report.files[0].rows_read, report.rows_rejected) == (7, 5)


def test_a_quoted_line_break_is_part_of_its_record(door: Door) -> None:
    door.write("p.csv", 'Code,Name,Since,Weight,Case\n1,"a\nb",,,\n2,c,,,\n')
    door.bring(products())
    assert [(row["name"], row["line"]) for row in door.rows("product")] == [("a\nb", 2), ("c", 3)]


@pytest.mark.parametrize(
    ("content", "code"),
    [("", "empty_file"), ("\n", "empty_file"), ("Code,Name,Code\n", "duplicate_header")],
)
def test_headers_that_cannot_be_used(door: Door, content: str, code: str) -> None:
    door.write("p.csv", content)
    with pytest.raises(ContractViolation) as refused:
        door.bring(products())
    assert refused.value.code == code


def test_a_header_without_rows_is_an_empty_load(door: Door) -> None:
    door.write("p.csv", "Code,Name,Since,Weight,Case\n")
    assert door.bring(products()).tables == {}
    assert [load.rows_read for load in door.loads()] == [0]


def test_parquet_keeps_its_types_and_counts_from_one(door: Door) -> None:
    columns = [list(column) for column in zip(*ROWS, strict=True)]
    names = ["Code", "Name", "Since", "Weight", "Case"]
    typed = pa.table([pa.array([int(code) for code in columns[0]]), *(pa.array(c) for c in columns[1:])], names=names)
    pq.write_table(typed, door.files / "p.parquet")
    door.bring(products())
    check(door, first_line=1)


def test_codes_that_a_tool_made_floats_become_codes_again(door: Door) -> None:
    typed = {"Code": [17850.0, None], "Name": ["a", "b"], "Since": [None, None], "Weight": [1, 2], "Case": [0.1, 0.2]}
    pq.write_table(pa.table(typed), door.files / "p.parquet")
    door.bring(products())
    assert [(row["sku"], row["units_per_case"]) for row in door.rows("product")] == [("17850", Decimal("0.100"))]
    assert [(row[1], row[3], row[5]) for row in door.rejects()] == [(2, "sku", "required_missing")]


def test_a_broken_parquet_file_is_named(door: Door) -> None:
    door.write("p.parquet", b"PAR1 no more")
    with pytest.raises(ContractViolation) as refused:
        door.bring(products())
    assert (refused.value.code, refused.value.facts["file"]) == ("unreadable_file", "p.parquet")


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Products"
    sheet.append(("Code", "Name", "Since", "Weight", "Case"))
    for code, *others in ROWS:
        sheet.append((int(code), *others))
    book.create_sheet("Notes").append(("anything",))
    book.save(path)


def test_excel_reads_the_first_sheet_or_the_named_one(door: Door) -> None:
    workbook(door.files / "p.xlsx")
    door.bring(products())
    check(door)
    door.bring(products('sheet = "Products"'), now=NOW)
    with pytest.raises(ContractViolation) as refused:
        door.bring(products('sheet = "Product"'))
    assert refused.value.facts == {"file": "p.xlsx", "value": "Product", "known": "Products, Notes"}


def test_a_workbook_that_is_none_is_named(door: Door) -> None:
    door.write("p.xlsx", b"no zip")
    with pytest.raises(ContractViolation) as refused:
        door.bring(products())
    assert refused.value.code == "unreadable_file"


def database(path: Path) -> str:
    url = f"sqlite:///{path}"
    engine, told = create_engine(url), MetaData()
    goods = Table(
        "goods",
        told,
        Column("Code", Integer, primary_key=True),
        Column("Name", String),
        Column("Since", Date),
        Column("Weight", Float),
        Column("Case", Numeric(10, 3)),
        Column("At", DateTime),
    )
    told.create_all(engine)
    with engine.begin() as connection:
        for code, name, since, weight, case in reversed(ROWS):
            row = {"Code": int(code), "Name": name, "Since": since, "Weight": weight, "Case": case}
            connection.execute(goods.insert().values(row | {"At": datetime(2026, 1, 1, 8, 30)}))  # noqa: DTZ001 - as a till writes it
    engine.dispose()
    return url


@pytest.mark.parametrize("prefix", ["", "sqlalchemy://"])
def test_a_database_table(door: Door, tmp_path: Path, prefix: str) -> None:
    url = database(tmp_path / "erp.db")
    toml = products().replace('pattern = "*"', 'pattern = "goods"')
    door.bring(toml, prefix + url)
    check(door, first_line=1)
    assert {row["file"] for row in door.rows("product")} == {f"{url}#goods"}
    assert [file.already_loaded for file in door.bring(toml, url).files] == [True]


def test_times_of_a_database_are_local_ones(door: Door, tmp_path: Path) -> None:
    toml = """
source = "erp"
[files]
goods = "goods"
[account]
from = "goods"
[account.columns]
account = "Code"
joined_at = "At"
"""
    door.bring(toml, database(tmp_path / "erp.db"))
    assert set(door.values("account", "joined_at")) == {datetime(2026, 1, 1, 0, 30, tzinfo=UTC)}


def test_a_database_in_contract_shape(door: Door, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'erp.db'}"
    engine, told = create_engine(url), MetaData()
    table = Table("product", told, Column("sku", String, primary_key=True), Column("name", String))
    told.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert().values(sku="a", name="A"))
    assert door.bring('source = "erp"\ntables = "contract"', url).tables == {"product": 1}
