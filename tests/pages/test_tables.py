"""Tables of pages under the reader's own arrangement, over invented services."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui import downloads
from tests.dashboard.ui.fake_services import PRODUCTS
from tests.pages.test_pages import opened, texts

pytestmark = pytest.mark.slow

KEY = "overview.today.top.sku"


def products(app: AppTest) -> Any:
    return next(one.value for one in app.dataframe if "units" in one.value.columns)


def total(app: AppTest) -> str:
    return next(str(one.value) for one in app.caption if "合计" in str(one.value) and "销量" in str(one.value))


def arranged(**state: Any) -> AppTest:
    app = opened("today")
    app.session_state[f"{KEY}.arrange"] = True
    for name, value in state.items():
        app.session_state[f"{KEY}.{name}"] = value
    return app.run()


def test_a_search_leaves_rows_that_match_and_their_total() -> None:
    app = opened("today")
    assert len(products(app)) == len(PRODUCTS)
    whole = total(app)
    app = arranged(search="大米")
    assert len(products(app)) == len(PRODUCTS), "every one of them is in that category"
    assert total(app) == whole
    app = arranged(search="5kg 五常")
    assert list(products(app)["name"]) == [PRODUCTS[0][1]]
    assert "合计 1 行" in total(app).replace("\\", "")


def test_nothing_found_says_what_was_sought() -> None:
    app = arranged(search="没有这个[词](x)")
    assert "没有一行含有" in texts(app)
    assert "没有这个[词](x)" not in texts(app), "it is plain text"
    app.text_input(key=f"{KEY}.search").set_value("").run()
    assert len(products(app)) == len(PRODUCTS)


def test_columns_and_order_are_the_readers() -> None:
    app = arranged(columns=["name", "units"], order="name up")
    assert list(products(app).columns) == ["name", "units"]
    assert list(products(app)["name"]) == sorted(one[1] for one in PRODUCTS)
    assert "销售额" not in total(app)


def test_columns_that_a_table_no_longer_has_are_passed_over() -> None:
    """The heatmap's table has others for another metric."""
    app = arranged(columns=["gone"], order="gone up")
    assert not app.exception
    assert not app.error
    assert "sales" in products(app).columns
    assert app.selectbox(key=f"{KEY}.order").value is None


def test_a_small_table_needs_no_arranging() -> None:
    app = opened("sessions")
    assert not [one for one in app.text_input if str(one.key).endswith(".search")]


def test_a_line_is_looked_at_and_neither_sorted_by_nor_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[Any] = []
    monkeypatch.setattr(downloads, "offer", lambda *given, **_: offered.append(given[3]))
    app = opened("today")
    tiers = next(one.value for one in app.dataframe if "line" in one.value.columns)
    assert [len(one) for one in tiers["line"]] == [2, 2, 2]
    [export] = [one for one in offered if one.table == "tiers"]
    assert "line" not in {column.name for column in export.columns}
    assert {"name", "sales"} <= {column.name for column in export.columns}
    app.session_state["overview.today.tiers.arrange"] = True
    orders = app.run().selectbox(key="overview.today.tiers.order").options
    assert orders
    assert not [one for one in orders if "走势" in one]
