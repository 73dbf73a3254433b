"""Parquet: structures become columns, lists are refused, damage is found wherever it is."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.data.bad_input.goods import LOADED, NAMES, ROWS, goods
from tests.data.bad_input.kinds import shows
from tests.data.bad_input.outcome import outcomes, refused
from tests.data.sources.door import Door

pytestmark = pytest.mark.slow


def table(rows: int = 2) -> pa.Table:
    columns = [[row[at] or None for row in ROWS] * (rows // 2) for at in range(len(NAMES))]
    return pa.table(dict(zip(NAMES, columns, strict=True)))


@shows("nested parquet")
def test_members_of_structures_are_columns_and_lists_are_refused(door: Door) -> None:
    size = pa.array([{"重量": 5.5, "箱": {"数": 4}}, {"重量": 0.25, "箱": None}])
    tags = pa.array([["新"], []], pa.list_(pa.string()))
    pq.write_table(
        table().drop_columns(["重量"]).append_column("规格", size).append_column("标签", tags), door.files / "p.parquet"
    )
    named = goods().replace('"重量"', '"规格.重量"') + 'units_per_case = "规格.箱.数"\n'
    error = refused(door, lambda: door.bring(named + 'brand = "标签"\n'), naming="标签")
    [one] = json.loads(str(error.facts["problems"]))
    assert (one["code"], one["facts"]["value"], one["facts"]["file"]) == ("nested_column", "标签", "p.parquet")
    found = outcomes(door, door.bring(named))["p.parquet"]
    assert (found.read, found.loaded, found.set_aside) == (2, 2, [])
    rows = [(row["sku"], row["kg"], row["units_per_case"]) for row in door.rows("product")]
    assert rows == [("1001", 5.5, 4), ("1002", 0.25, None)]


@shows("parquet without a column")
def test_a_column_that_one_of_several_files_lacks_is_told_with_the_file(door: Door) -> None:
    pq.write_table(table(), door.files / "a.parquet")
    pq.write_table(table().drop_columns(["品名"]), door.files / "b.parquet")
    error = refused(door, lambda: door.bring(goods()), naming="b.parquet")
    [one] = json.loads(str(error.facts["problems"]))
    assert (one["code"], one["facts"]["value"], one["facts"]["file"]) == ("unknown_source_column", "品名", "b.parquet")


@shows("duplicated column")
def test_a_column_twice_is_refused(door: Door) -> None:
    double = pa.Table.from_arrays([*table().columns, table()["品名"]], names=[*NAMES, "品名"])
    pq.write_table(double, door.files / "p.parquet")
    assert refused(door, lambda: door.bring(goods()), naming="品名").code == "duplicate_header"


@shows("parquet cut off")
@pytest.mark.parametrize("keep", [0.5, 0.98])
def test_a_file_that_ends_in_the_middle_is_named(door: Door, keep: float) -> None:
    path = door.files / "p.parquet"
    pq.write_table(table(200), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    assert refused(door, lambda: door.bring(goods()), naming="p.parquet").code == "unreadable_file"


@shows("parquet damaged")
def test_damage_in_the_middle_is_found_before_anything_counts(door: Door) -> None:
    path = door.files / "p.parquet"
    unique = pa.table({name: [f"{name}{number}" for number in range(5_000)] for name in NAMES[:2]})
    pq.write_table(
        unique.append_column("上市", pa.nulls(5_000, pa.date32())).append_column("重量", pa.nulls(5_000, pa.float64())),
        path,
    )
    content = bytearray(path.read_bytes())
    content[1_000:9_000] = b"\xff" * 8_000
    path.write_bytes(bytes(content))
    error = refused(door, lambda: door.bring(goods()), naming="p.parquet")
    assert error.code == "unreadable_file"
    assert door.rows("product") == []


@shows("full-width digits", "thousands")
def test_text_in_parquet_is_read_like_text_anywhere(door: Door) -> None:
    pq.write_table(table().set_column(3, "重量", pa.array(["１．５", "1,234.5"])), door.files / "p.parquet")
    assert outcomes(door, door.bring(goods()))["p.parquet"].loaded == 2
    assert door.values("product", "kg") == [1.5, 1234.5]
    assert [(row["sku"], row["name"]) for row in door.rows("product")] == LOADED
