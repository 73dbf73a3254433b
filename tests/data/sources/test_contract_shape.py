"""Files that are in the shape of the contract already."""

from __future__ import annotations

from datetime import date

import pytest

from data.sources.mapping import MappingRefused
from tests.data.sources.door import Door


def test_files_in_contract_shape_need_no_columns(door: Door) -> None:
    toml = 'source = "demo"\ntables = "contract"'
    door.write("product.csv", "sku,name,launched\nrice,Rice,2026-01-02\n")
    door.write("partner.csv", "partner,name,kind,region\np1,One,store,110101\n")
    door.write(
        "order_line-2026.csv", "order_id,line_no,ordered_at,channel,sku,quantity,amount\n1,1,2026-01-01,w,rice,1,1\n"
    )
    door.write("notes.csv", "a\n1\n")
    report = door.bring(toml)
    assert report.tables == {"partner": 1, "product": 1, "order_line": 1}
    assert report.ignored == ("notes.csv",)
    assert door.values("product", "launched") == [date(2026, 1, 2)]
    assert door.values("partner", "region_scheme") == ["gb-t-2260"]
    assert [row["month"] for row in door.rows("product")] == ["all"]


def test_contract_shape_refuses_what_the_contract_does_not_know(door: Door) -> None:
    door.write("product.csv", "sku,nam\nrice,Rice\n")
    with pytest.raises(MappingRefused) as refused:
        door.bring('source = "demo"\ntables = "contract"')
    told = [(p.code, p.facts.get("value") or p.facts.get("column")) for p in refused.value.problems]
    assert told == [("mapping_unknown_column", "nam"), ("mapping_missing_column", "name")]
