"""What a new SKU or a new node is expected to sell before it has sold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.newcomers import blended, borrowed


def series(*names: tuple[str, str], category: str = "rice") -> pd.DataFrame:
    return pd.DataFrame([{"node": node, "sku": sku, "category": category} for node, sku in names])


def test_the_same_sku_elsewhere_is_scaled_by_what_the_node_sells_of_others() -> None:
    told = series(("1", "A"), ("2", "A"), ("1", "B"), ("2", "B"))
    young = np.array([False, False, False, True])
    found = borrowed(np.array([10.0, 20.0, 5.0, np.nan]), told, young)
    # Node 1 sells two thirds of what nodes sell of A and all that is sold of B, node 2 four thirds of A.
    assert found[3] == pytest.approx(5 / np.mean([2 / 3, 1]) * 4 / 3)


def test_a_series_that_is_counted_in_something_else_is_like_no_new_one() -> None:
    told = series(*((str(node), "A") for node in range(6)), ("6", "G"), ("7", "A"), ("6", "N"))
    young = np.array([False] * 7 + [True, True])
    level = np.array([8.0, 9.0, 10.0, 11.0, 12.0, 10.0, 5e7, np.nan, np.nan])
    found = borrowed(level, told, young)
    assert found[7] == pytest.approx(10.0)
    assert found[8] == pytest.approx(10.0, rel=0.2)


def test_a_warehouse_is_no_oddity() -> None:
    """It sells a thousand times what each of twenty stores sells, of three products, and of a fourth before long."""
    nodes, skus = [*(str(node) for node in range(20)), "W"], ["A", "B", "C", "N"]
    told = series(*((node, sku) for node in nodes for sku in skus))
    young = (told["sku"] == "N").to_numpy()
    level = np.where(young, np.nan, np.where(told["node"] == "W", 5000.0, 5.0))
    found = borrowed(level, told, young)
    of = told.assign(found=found)
    assert of[(of["node"] == "W") & young]["found"].item() == pytest.approx(5000.0)
    assert of[(of["node"] == "3") & young]["found"].item() == pytest.approx(5.0)


def test_own_sales_take_the_place_of_look_alikes_with_time() -> None:
    demand = np.full((3, 12), np.nan)
    demand[1, :4], demand[2, :] = 20.0, 20.0
    found = blended(np.array([np.nan, 20.0, 20.0]), np.full(3, 10.0), demand)
    assert found.tolist() == [10.0, 15.0, 17.5]
