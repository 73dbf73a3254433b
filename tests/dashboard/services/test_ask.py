"""What a shell may write, and what it is told when it writes something else."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from analytics.core.errors import DomainError
from tests.worlds import TABLES, World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("world")), TABLES)


def test_days_are_dates(world: World) -> None:
    ask = world.services("brand").ask
    found = ask.ask(("sales",), by=(), first=None, last=None, where=("month=2026-02-01",)).table["sales"][0].as_py()
    assert isinstance(found, Decimal)
    with pytest.raises(DomainError, match="where_malformed"):
        ask.ask(("sales",), by=(), first=None, last=None, where=("year=2026",))


def test_a_name_given_twice_counts_once(world: World) -> None:
    ask = world.services("brand").ask
    twice = ask.ask(("sales", "sales"), by=("channel", "channel"), first=None, last=None, where=())
    assert twice.table.column_names == ["channel", "sales"]
