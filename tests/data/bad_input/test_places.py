"""Positions and stock: what loads and looks wrong."""

from __future__ import annotations

import pytest

from tests.data.bad_input.kinds import shows
from tests.data.bad_input.outcome import outcomes
from tests.data.sources.door import Door

pytestmark = pytest.mark.slow

CONTRACT = 'source = "a"\ntables = "contract"\n'
WGS = 'coordinates = "wgs-84"\n'
HEAD = "partner,name,kind,region,latitude,longitude\n"
TIANANMEN = (39.907333, 116.391083)


@shows("far position", "swapped position")
def test_positions_far_from_their_region_are_loaded_and_told(door: Door) -> None:
    rows = (
        "near,A,store,130100,38.04,114.51",
        # Guangzhou, said to lie in Shijiazhuang.
        "far,B,store,130100,23.13,113.26",
        # The wrong way round: within the limits of both columns.
        "swapped,C,store,653100,75.99,39.47",
        # At the edge of a very large prefecture.
        "edge,D,store,652800,36.80,92.00",
        "nowhere,E,store,130100,,",
        "unknown,F,store,999999,23.13,113.26",
    )
    door.write("partner.csv", HEAD + "\n".join(rows) + "\n")
    report = door.bring(CONTRACT + WGS)
    found = outcomes(door, report)["partner.csv"]
    assert (found.read, found.loaded, found.warned) == (6, 6, [("far_from_region", "latitude", 2)])
    [one] = report.warnings
    assert [(example.line, example.value, example.facts["region"]) for example in one.examples] == [
        (3, "23.13, 113.26", "130100"),
        (4, "75.99, 39.47", "653100"),
    ]
    assert 1_600 < one.examples[0].facts["km"] < 1_700


@shows("far position")
def test_the_centres_that_were_loaded_go_before_the_published_ones(door: Door) -> None:
    door.write("partner.csv", HEAD + "p,A,store,130100,38.04,114.51\n" + "q,B,store,A1,10.0,20.0\n")
    door.write(
        "region.csv",
        "scheme,code,name,level,latitude,longitude\ngb-t-2260,130100,Moved,city,23.13,113.26\n"
        "gb-t-2260,A1,Own,district,10.5,20.0\n",
    )
    found = outcomes(door, door.bring(CONTRACT + WGS))
    assert found["partner.csv"].warned == [("far_from_region", "latitude", 1)]


@shows("gcj-02 declared", "gcj-02 undeclared")
def test_shifted_positions_are_converted_when_declared_and_told_of_when_not(door: Door) -> None:
    shifted = HEAD + "p,P,store,110100,39.908736,116.397327\nq,Q,store,,48.8566,2.3522\n"
    door.write("partner.csv", shifted)
    declared = outcomes(door, door.bring(CONTRACT + 'coordinates = "gcj-02"\n'))["partner.csv"]
    assert declared.warned == []
    assert door.values("partner", "latitude") == [pytest.approx(TIANANMEN[0], abs=2e-5), 48.8566]
    undeclared = outcomes(door, door.bring(CONTRACT))["partner.csv"]
    # Nothing is shifted on suspicion, and positions abroad are the same in every system.
    assert undeclared.warned == [("coordinates_undeclared", "latitude", 1)]
    assert 39.908736 in door.values("partner", "latitude")
    stated = outcomes(door, door.bring(CONTRACT + WGS))["partner.csv"]
    assert stated.warned == []


@shows("negative stock", "percent sign")
def test_negative_stock_and_shares(door: Door) -> None:
    door.write(
        "stock_lot.csv",
        "as_of,node,sku,lot,on_hand\n2026-02-28,n,rice,-,-5\n2026-02-28,n,oil,-,0\n2026-02-28,n,salt,-,few\n",
    )
    bands = "band,channel_group,valid_from,below,above\n1,online,2026-01-01,10%,１０％\n2,store,2026-01-01,0.05,5‰\n"
    door.write("price_band.csv", bands)
    found = outcomes(door, door.bring(CONTRACT))
    assert found["stock_lot.csv"].set_aside == [(4, "on_hand", "few", "not_a_number")]
    assert found["stock_lot.csv"].warned == [("negative_stock", "on_hand", 1)]
    assert door.values("stock_lot", "on_hand") == [-5, 0]
    assert [(row["below"], row["above"]) for row in door.rows("price_band")] == [(0.1, 0.1)]
    assert found["price_band.csv"].set_aside == [(3, "above", "5‰", "not_a_number")]
