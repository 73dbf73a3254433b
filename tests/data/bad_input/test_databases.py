"""Databases: the same values, the same outcomes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.data.bad_input.goods import NAMES, goods
from tests.data.bad_input.kinds import shows
from tests.data.bad_input.outcome import outcomes, refused
from tests.data.sources.door import Door

pytestmark = pytest.mark.slow


def database(path: Path) -> str:
    connection = sqlite3.connect(path)
    columns = ", ".join(f'"{name}" TEXT' for name in NAMES)
    connection.execute(f"CREATE TABLE goods (id INTEGER PRIMARY KEY, {columns})")
    rows = [
        ("1001", "米", "2026年1月31日", "１．５"),
        ("1002", "油", "03/04/2026", "1"),
        ("1003", "面", None, "1,234"),
        (None, "盐", None, None),
        ("1001", "米", "2026-01-31", "1.50"),
        ("=A1", "糖", None, None),
    ]
    connection.executemany(f"INSERT INTO goods ({', '.join(NAMES)}) VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


@shows("database table")
def test_a_table_of_a_database_goes_through_the_same_door(door: Door, tmp_path: Path) -> None:
    url = database(tmp_path / "erp.db")
    [found] = outcomes(door, door.bring(goods("goods"), url)).values()
    assert (found.read, found.loaded, found.duplicates) == (6, 1, 1)
    assert found.set_aside == [
        (2, "launched", "03/04/2026", "ambiguous_date"),
        (3, "kg", "1,234", "ambiguous_number"),
        (4, "sku", None, "required_missing"),
        (6, "sku", "=A1", "formula"),
    ]


@shows("database table")
def test_a_table_or_a_column_that_is_not_there_is_told(door: Door, tmp_path: Path) -> None:
    url = database(tmp_path / "erp.db")
    assert refused(door, lambda: door.bring(goods("good"), url), naming="good").code == "mapping_refused"
    renamed = goods("goods").replace('"品名"', '"品名称"')
    assert refused(door, lambda: door.bring(renamed, url), naming="品名").code == "mapping_refused"


@shows("database table")
def test_a_database_that_is_none_is_told(door: Door, tmp_path: Path) -> None:
    (tmp_path / "erp.db").write_bytes(b"no database at all, and longer than a header" * 10)
    url = f"sqlite:///{tmp_path / 'erp.db'}"
    assert refused(door, lambda: door.bring(goods("goods"), url), naming="erp.db").code == "database_unreachable"
