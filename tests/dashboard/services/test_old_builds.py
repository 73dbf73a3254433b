"""A build that an older version made lacks what is new: that is said, and the rest stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import ibis
import pandas as pd
import pytest

from analytics.core.errors import NotYet
from analytics.metrics.query import marts_lacking
from analytics.metrics.registry import metric_named
from dashboard.services.ask import Ask
from dashboard.services.desk import Desk
from dashboard.services.fulfilment import Fulfilment
from dashboard.services.overview import Overview
from dashboard.services.requests import Asked
from tests.worlds import TABLES, make_world

NEW = ("spend", "stock_day")


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    spend = [{"spend": "P1", "day": "2026-02-10", "paid": "60"}]
    lots = [{"as_of": "2026-02-10T12:00:00", "node": "N1", "sku": "R5", "lot": "L", "on_hand": "1"}]
    tables = {**TABLES, "spend": spend, "stock_lot": lots, "node": [{"node": "N1", "name": "One", "kind": "store"}]}
    world = make_world(Path(tmp_path_factory.mktemp("older")), tables)
    marts = {name: file for name, file in world.build.marts.items() if name not in NEW}
    return replace(world.services("brand").desk, latest_build=lambda: replace(world.build, marts=marts))


def test_what_the_build_lacks_is_told_with_the_next_step(older: Desk) -> None:
    with pytest.raises(NotYet) as told:
        Ask(older).ask(("spend_paid",), by=(), first=None, last=None, where=())
    assert (told.value.code, told.value.facts["mart"]) == ("mart_not_built", "spend")


def test_a_tile_says_so_and_the_others_stand(older: Desk) -> None:
    tiles = {tile.metric: tile for tile in Fulfilment(older).service(Asked()).tiles}
    assert [name for name, tile in tiles.items() if tile.unbuilt] == ["stock_turns", "slow_stock_share"]
    assert tiles["stock_turns"].value is None
    assert tiles["cancellation_rate"].value is not None


def test_sums_that_the_build_lacks_are_told_from_what_they_are_made_of(tmp_path: Path) -> None:
    world = make_world(tmp_path, TABLES)
    desk = world.services("brand").desk
    sums = {"order_day", "buyer_day", "product_day", "sales_day"}
    marts = {name: file for name, file in world.build.marts.items() if name not in sums}
    before = replace(desk, latest_build=lambda: replace(world.build, id="before", marts=marts))
    now, then = (Overview(one).today(Asked()) for one in (desk, before))
    assert then.tiles == now.tiles
    assert then.coverage == now.coverage
    pd.testing.assert_frame_equal(then.products, now.products)


def test_a_mart_of_fewer_columns_is_lacking_too() -> None:
    held = ibis.table({"node": "string", "sku": "string", "day": "date", "usable": "float64"}, name="stock_day")
    assert marts_lacking(metric_named("cover_days"), lambda _: held, lambda _: True) == ("stock_day",)
    assert marts_lacking(metric_named("coexistence_rate"), lambda _: held, lambda _: True) == ("stock_day",)
