"""A file that was handed back loads through the shell as through the page, as it left or out of a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from analytics.core.errors import ContractViolation
from data.sources.declarations import SourceFile
from data.sources.handed_back import REASON, REJECT, as_expected
from data.sources.inputs import Origin
from data.sources.records import named
from tests.data.health.test_rejects import open_lines
from tests.data.sources.door import Door

MAPPING = """
source = "shop"
encoding = "gb18030"
[files]
goods = { pattern = "goods*.csv", delimiter = ";" }
[product]
from = "goods"
[product.columns]
sku = "编码"
name = "品名"
brand = "备注"
"""
GOODS = "编码;品名;备注\nX1;大米;a\n;花生油;a, b\n"


def handed_back(door: Door, *, sku: str) -> str:
    """What the page of data health gives for the rejected row, with ``sku`` filled in."""
    load = door.loads()[0].id
    out = io.StringIO(newline="")
    rows = [["# what: rows to mend"], ["'# li, today"], [], [REJECT, REASON, "编码", "品名", "备注"]]
    csv.writer(out).writerows([*rows, [named(load, 3, "goods-1.csv"), "missing", sku, "花生油", "'@a, b"]])
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_mended_rows_come_in_and_their_rejects_are_settled(door: Door, encoding: str) -> None:
    door.write("goods-1.csv", GOODS.encode("gb18030"))
    door.bring(MAPPING)
    assert len(open_lines(door)) == 1
    door.write("goods-1.csv", handed_back(door, sku="O5").encode(encoding))
    door.bring(MAPPING)
    rows = {row["sku"]: (row["name"], row["brand"], row["line"]) for row in door.rows("product")}
    assert rows == {"X1": ("大米", "a", 2), "O5": ("花生油", "@a, b", 5)}
    assert open_lines(door) == []


def test_what_is_still_wrong_is_told_with_the_line_of_the_file_at_hand(door: Door) -> None:
    door.write("goods-1.csv", GOODS.encode("gb18030"))
    door.bring(MAPPING)
    door.write("goods-1.csv", handed_back(door, sku="").encode("utf-8-sig"))
    door.bring(MAPPING)
    assert [row[1] for row in door.rejects() if row[5] == "required_missing"] == [3, 5]


def test_letters_that_cannot_be_read_are_told_and_not_replaced(door: Door) -> None:
    door.write("goods-1.csv", GOODS.encode("gb18030"))
    door.bring(MAPPING)
    door.write("goods-1.csv", handed_back(door, sku="O5").encode("utf-8") + b"x,y,O6,\xff\xff,\n")
    with pytest.raises(ContractViolation, match="unreadable_file"):
        door.bring(MAPPING)
    assert [row["sku"] for row in door.rows("product")] == ["X1"]


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"# note\n", f"x,{REJECT}y\n1,2\n".encode()])
def test_what_was_not_handed_back_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "goods-1.csv"
    file.write_bytes(content)
    origin = Origin(SourceFile("goods", "goods*.csv", delimiter=";"), "goods-1.csv", path=file)
    assert as_expected(file, origin, tmp_path) == (file, origin)
