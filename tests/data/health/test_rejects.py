"""A reject is open until its row came again: handed back and mended, or under its key with a later load."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from data.health.rejects import Rejects, RejectsAsked
from data.sources.handed_back import REASON, REJECT
from data.sources.records import named
from tests.data.sources.door import NOW, Door, open_door

MAPPING = """
source = "shop"
[files]
goods = "goods*.csv"
[product]
from = "goods"
[product.columns]
sku = "Code"
name = "Title"
shelf_life_days = "Days"
"""
DIRTY = "Code,Title,Days,Note\nR5,Rice,many,a\n,Oil,30,b\nF5,Flour,20,c\nS1,Salt,-1,d\n"


@pytest.fixture
def door(tmp_path: Path) -> Door:
    opened = open_door(tmp_path)
    opened.write("goods-1.csv", DIRTY)
    opened.bring(MAPPING)
    return opened


@contextmanager
def rejects(door: Door) -> Iterator[Rejects]:
    found = Rejects(door.lake, door.loads(), door.folder / "scratch")
    try:
        yield found
    finally:
        found.close()


def open_lines(door: Door) -> list[tuple[str, int, str]]:
    with rejects(door) as found:
        rows = found.found(RejectsAsked(), 100).rows
        return sorted(zip(rows["file"], rows["line"], rows["code"], strict=True))


def test_rejects_are_counted_listed_and_filtered(door: Door) -> None:
    with rejects(door) as found:
        whole = found.found(RejectsAsked(), 2)
        assert (whole.total, whole.lines, len(whole.rows)) == (3, 3, 2)
        assert set(whole.counts["code"]) == {"not_an_integer", "required_missing", "too_low"}
        assert whole.counts["open"].sum() == whole.counts["values"].sum() == 3
        one = found.found(RejectsAsked(column="sku"), 100)
        assert list(one.rows[["file", "line", "value"]].itertuples(index=False, name=None)) == [
            ("goods-1.csv", 3, None)
        ]
        assert found.found(RejectsAsked(source="other"), 100).total == 0


def test_records_are_handed_back_as_the_source_has_them(door: Door) -> None:
    with rejects(door) as found:
        names, rows = found.records(RejectsAsked(), 100)
    assert names == ["Code", "Title", "Days", "Note"]
    cells = {row["line"]: list(row["cells"]) for row in rows.to_dict("records")}
    assert cells == {2: ["R5", "Rice", "many", "a"], 3: [None, "Oil", "30", "b"], 5: ["S1", "Salt", "-1", "d"]}
    reasons = {row["line"]: list(row["reasons"]) for row in rows.to_dict("records")}
    assert reasons[5] == ["too_low:shelf_life_days"]


def test_a_row_that_was_handed_back_and_mended_is_settled(door: Door) -> None:
    """Also one whose key could not be read; what is still wrong is a reject of the new file alone."""
    load = door.loads()[0].id
    lines = [f"{REJECT},{REASON},Code,Title,Days,Note"]
    lines += [f"{named(load, 3, 'goods-1.csv')},x,O5,Oil,30,b", f"{named(load, 5, 'goods-1.csv')},x,S1,Salt,-2,d"]
    door.write("goods-1-mended.csv", "\n".join(lines) + "\n")
    door.bring(MAPPING, now=NOW + timedelta(hours=1))
    assert open_lines(door) == [("goods-1-mended.csv", 3, "too_low"), ("goods-1.csv", 2, "not_an_integer")]
    assert "O5" in door.values("product", "sku")
    with rejects(door) as found:
        assert found.found(RejectsAsked(mended_too=True), 100).total == 4


def test_a_key_that_came_later_mends_and_one_that_came_before_does_not(door: Door) -> None:
    door.write("goods-2.csv", "Code,Title,Days,Note\nR5,Rice,365,a\n")
    door.bring(MAPPING, now=NOW + timedelta(days=1))
    assert ("goods-1.csv", 2, "not_an_integer") not in open_lines(door)
    door.write("goods-3.csv", "Code,Title,Days,Note\nF5,Flour,no,a\n")
    door.bring(MAPPING, now=NOW + timedelta(days=2))
    assert ("goods-3.csv", 2, "not_an_integer") in open_lines(door)


def test_the_same_file_name_on_another_day_mends_nothing(door: Door) -> None:
    """A source that calls every day's file the same: what was wrong yesterday is not mended by today's rows."""
    door.write("goods-1.csv", "Code,Title,Days,Note\nX1,Other,10,a\n")
    door.bring(MAPPING, now=NOW + timedelta(days=1))
    assert len(open_lines(door)) == 3


def test_rejects_of_a_load_that_was_taken_back_count_no_more(door: Door) -> None:
    found = Rejects(door.lake, [], door.folder / "scratch")
    assert found.found(RejectsAsked(), 100).total == 0
    assert found.records(RejectsAsked(), 100)[0] == []
    found.close()


def test_a_home_without_rejects_has_none(tmp_path: Path) -> None:
    door = open_door(tmp_path)
    door.write("goods-1.csv", "Code,Title,Days\nR5,Rice,30\n")
    door.bring(MAPPING)
    with rejects(door) as found:
        whole = found.found(RejectsAsked(), 10)
    assert (whole.total, whole.lines, len(whole.counts)) == (0, 0, 0)


def test_a_file_in_the_contracts_shape_may_bear_the_marks(tmp_path: Path) -> None:
    door = open_door(tmp_path)
    contract = 'source = "c"\ntables = "contract"\n'
    door.write("product.csv", "sku,name\n,Rice\n")
    door.bring(contract)
    load = door.loads()[0].id
    door.write("product-mended.csv", f"{REJECT},{REASON},sku,name\n{named(load, 2, 'product.csv')},x,R5,Rice\n")
    door.bring(contract, now=NOW + timedelta(hours=1))
    assert open_lines(door) == []
