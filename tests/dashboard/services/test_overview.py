"""A hexagon that was chosen on the map narrows the overview, too: its chip stands there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from analytics.core.calendar import Preset
from analytics.core.geo import cell_of
from dashboard.services.requests import Asked, Look
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


FEBRUARY = {"first": date(2026, 2, 1), "last": date(2026, 2, 21)}
UNATTRIBUTED: tuple[tuple[dict[str, tuple[str, ...]], dict[str, tuple[int, int, float]]], ...] = (
    (
        {},
        {
            "partner_unlisted": (1, 1, 80.0),
            "product_unlisted": (1, 1, 9.99),
            "unplaced": (3, 4, 680.0),
            "account_unknown": (1, 1, 3.335),
            "cost_unknown": (2, 4, 131.49),
        },
    ),
    ({"channels": ("web",)}, {"unplaced": (1, 2, 0.0), "cost_unknown": (1, 1, 20.5)}),
    ({"skus": ("F1",)}, {"unplaced": (1, 1, 0.0), "account_unknown": (1, 1, 3.335)}),
    ({"categories": ("rice",)}, {"unplaced": (2, 2, 600.0)}),
    ({"partners": ("S1",)}, {"account_unknown": (1, 1, 3.335), "cost_unknown": (1, 1, 21.0)}),
)
"""Filters → footnote → things, lines (orders, for buyers) and amount, added up on paper from the literal rows."""


@pytest.mark.parametrize(("filters", "expected"), UNATTRIBUTED)
def test_footnotes_speak_of_what_is_filtered(
    filters: dict[str, tuple[str, ...]], expected: dict[str, tuple[int, int, float]], world: World
) -> None:
    services, asked = world.services("brand"), Asked(**FEBRUARY, **filters)  # type: ignore[arg-type]
    told = {gap.kind: (gap.things, gap.lines, round(gap.amount, 4)) for gap in services.overview.today(asked).coverage}
    assert told == expected
    on_the_map = services.territory.heatmap(asked, Look("sales"), 4).unplaced
    assert (on_the_map and on_the_map.lines) == expected.get("unplaced", (0, None, 0))[1]
