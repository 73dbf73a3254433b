"""A hexagon that was chosen on the map narrows the overview, too: its chip stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.core.calendar import Preset
from analytics.core.geo import cell_of
from dashboard.services.requests import Asked
from dashboard.services.views import Today
from tests.worlds import TABLES, World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("world")), TABLES)


def sales(today: Today) -> float | None:
    return next(tile.value for tile in today.tiles if tile.metric == "sales")


@pytest.mark.parametrize("resolution", [4, 6])
def test_tiles_and_rows_are_those_of_the_hexagon(resolution: int, world: World) -> None:
    cell = str(cell_of(36.65, 117.12, resolution))
    services, asked = world.services("brand"), Asked(preset=Preset.EVERYTHING, cells=(cell,))
    told = services.ask.ask(("sales",), by=(), first=None, last=None, where=(f"cell{resolution}={cell}",))
    expected = float(told.table["sales"][0].as_py())
    rows = services.overview.rows(asked)
    assert 0 < expected < (sales(services.overview.today(Asked(preset=Preset.EVERYTHING))) or 0)
    assert sales(services.overview.today(asked)) == pytest.approx(expected)
    assert rows.frame["amount"].sum() == pytest.approx(expected)
    assert rows.total == len(rows.frame)


def test_what_is_no_hexagon_holds_nothing(world: World) -> None:
    asked = Asked(preset=Preset.EVERYTHING, cells=("fffffffffffffff",))
    assert world.services("brand").overview.rows(asked).total == 0
