"""The lake appends, keeps versions, and files facts by month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.core.errors import ContractViolation, MissingData
from data.lake.lake import REJECTS, SMALL_FILES, Lake, lake_schema


def reader(table: str, *rows: Mapping[str, Any]) -> pa.RecordBatchReader:
    schema = lake_schema(table)
    whole = [{name: row.get(name) for name in schema.names} for row in rows]
    return pa.Table.from_pylist(whole, schema=schema).to_reader()


def test_append_makes_a_version_and_old_versions_stay_readable(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert lake.version("product") is None
    first = lake.append("product", reader("product", {"sku": "a", "name": "A", "month": "all"}))
    second = lake.append("product", reader("product", {"sku": "b", "name": "B", "month": "all"}))
    assert second == first + 1 == lake.version("product")
    assert len(lake.files("product", first)) == 1
    skus = [pq.ParquetFile(file).read(["sku"])["sku"].to_pylist() for file in lake.files("product", second)]
    assert sorted(skus) == [["a"], ["b"]]


def test_facts_are_filed_by_month_and_dimensions_are_not(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    rows = [{"order_id": month, "line_no": "1", "month": month} for month in ("2026-01", "2026-02")]
    lake.append("order_line", reader("order_line", *rows))
    lake.append("channel", reader("channel", {"channel": "web", "month": "all"}))
    assert sorted(Path(file).parent.name for file in lake.files("order_line")) == ["month=2026-01", "month=2026-02"]
    assert [Path(file).parent.name for file in lake.files("channel")] == ["channel"]


def test_tables_lists_what_was_written(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert lake.tables() == []
    lake.append(REJECTS, reader(REJECTS, {"load_id": "x", "code": "too_low"}))
    lake.append("product", reader("product", {"sku": "a", "month": "all"}))
    assert lake.tables() == ["product", "rejects"]


def test_a_table_that_was_never_loaded_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingData) as refused:
        Lake(tmp_path).files("order_line")
    assert refused.value.code == "table_not_loaded"
    assert refused.value.facts == {"tables": "order_line"}


@pytest.mark.parametrize("name", ["orders", "../product", ""])
def test_only_contract_tables_have_a_place(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContractViolation):
        Lake(tmp_path).version(name)


@pytest.mark.slow
def test_many_small_files_become_few_and_vacuum_deletes_the_old_ones(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for number in range(SMALL_FILES):
        lake.append("product", reader("product", {"sku": str(number), "month": "all"}))
    version = lake.compact("product")
    assert len(lake.files("product", version)) == 1
    assert pq.ParquetFile(lake.files("product")[0]).metadata.num_rows == SMALL_FILES
    assert len(lake.files("product", version - 1)) == SMALL_FILES
    assert len(lake.vacuum("product", keep=timedelta(0))) == SMALL_FILES
    assert len(list((tmp_path / "product").glob("*.parquet"))) == 1


def test_few_files_are_left_alone(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    version = lake.append("product", reader("product", {"sku": "a", "month": "all"}))
    assert lake.compact("product") == version
