"""The shipped mappings on the published data: counts and sums as they are known from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.data.sources.door import Door

MAPPINGS = Path(__file__).parents[3] / "data" / "sources" / "mappings"
pytestmark = [pytest.mark.realdata, pytest.mark.slow]


def total(door: Door, table: str, column: str) -> Decimal:
    files = door.lake.files(table)
    return sum((pc.sum(pq.ParquetFile(file).read([column])[column]).as_py() for file in files), Decimal(0))


def test_online_retail(door: Door, realdata: Callable[[str], Path]) -> None:
    report = door.bring((MAPPINGS / "online_retail.toml").read_text(), realdata("online_retail"))
    assert report.tables["order_line"] == 531_283
    assert report.tables["refund_line"] == 9_288 + 1_336 + 2
    assert report.tables["account"] == 4_372
    assert report.rows_rejected == 0
    assert sum(file.rows_duplicate for file in report.files) == 0
    assert sum(file.rows_read for file in report.files if file.file.startswith("20")) == 541_909
    sales, refunds = total(door, "order_line", "amount"), total(door, "refund_line", "amount")
    assert sales - refunds == Decimal("9747747.934")
    returned = door.rows("refund_line", "refund_id", "reason", "quantity", "amount")
    assert Counter(row["reason"] for row in returned) == {"cancelled": 9_288, "adjustment": 1_338}
    assert len({row["refund_id"] for row in returned if row["reason"] == "cancelled"}) == 3_836
    assert sum(row["amount"] for row in returned if row["reason"] == "adjustment") == 2 * Decimal("11062.06")
    unknown = sum(
        pq.ParquetFile(file).read(["account"])["account"].null_count
        for table in ("order_line", "refund_line")
        for file in door.lake.files(table)
    )
    assert unknown == 135_080
    names = {row["sku"]: row["name"] for row in door.rows("product", "sku", "name")}
    assert names["85123A"] == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert len(names) == 4_070
    assert {row["code"] for row in door.rows("region", "code")} >= {"United Kingdom", "EIRE"}


def test_iowa_liquor(door: Door, realdata: Callable[[str], Path]) -> None:
    report = door.bring((MAPPINGS / "iowa_liquor.toml").read_text(), realdata("iowa_liquor"))
    assert report.tables["order_line"] == 2_614_365 + 2_622_712
    assert report.rows_rejected == 0
    assert sum(file.rows_duplicate for file in report.files) == 0
    assert total(door, "order_line", "amount") == Decimal("396663131.66") + Decimal("428123535.40")
    assert report.tables["partner"] == 2_296
    assert report.tables["product"] == report.tables["product_cost"] == 6_482
    assert [Path(file).parent.name for file in door.lake.files("order_line")].count("month=2021-12") == 1
