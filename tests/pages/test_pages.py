"""Every page, in both languages and with everything that can be wrong, over invented services."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.words import words
from pages import PAGES
from tests.pages.scripts import fake_app

pytestmark = pytest.mark.slow

LOCALES = {"zh": "zh-CN", "en": "en-US"}
ADDRESSES = [spec.url_path for spec in PAGES]
VISITORS = {"access": "administrator", "audit": "administrator"} | dict.fromkeys(
    ("load", "data-health"), "administrator"
)
"""Who visits a page that the executive may not open."""
DATELESS = {"inbox", "history", "ledger", "sessions", "access", "audit", "policies", "load", "data-health"}
"""Pages that show no business data."""


def opened(page: str, language: str = "zh", kind: str = "whole", role: str = "executive", **params: Any) -> AppTest:
    app = AppTest.from_function(fake_app, args=(page, kind, role), default_timeout=30)
    app.context = {"locale": LOCALES[language], "timezone": "Asia/Shanghai"}
    for name, value in params.items():
        app.query_params[name] = value
    return app.run()


def texts(app: AppTest) -> str:
    shown = [*app.markdown, *app.caption, *app.header, *app.warning, *app.error]
    return "\n".join(str(element.value) for element in shown)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", ADDRESSES)
def test_pages_show_their_answer(page: str, language: str) -> None:
    app = opened(page, language, role=VISITORS.get(page, "executive"))
    assert not app.exception
    assert not app.error
    assert len(app.header) == 1
    spec = next(spec for spec in PAGES if spec.url_path == page)
    assert app.header[0].value == words(language).t(f"page.{spec.key}.title")
    dated = {"zh": "数据截至", "en": "Data up to"}
    assert (dated[language] in texts(app)) == (page not in DATELESS)


@pytest.mark.parametrize("page", ADDRESSES)
def test_the_english_page_has_no_chinese_of_its_own(page: str) -> None:
    """Names of things stay as the data have them; labels of widgets are ours."""
    app = opened(page, "en", role=VISITORS.get(page, "executive"))
    labels = [
        widget.label for widget in [*app.selectbox, *app.multiselect, *app.button_group, *app.metric, *app.text_input]
    ]
    assert labels or page in {"glossary", "sessions"}
    assert not [label for label in labels if re.search(r"[\u4e00-\u9fff]", label)]


def test_filters_come_from_the_address_and_are_shown_as_chips() -> None:
    app = opened("today", partner=["S001", "S900"], compare="last_year", period="last_7_days")
    assert app.selectbox(key="filter.period").value == "last_7_days"
    assert app.button(key="filter.chip.partner.S001").label == "渠道伙伴：沈阳粮油店"
    assert "1 个筛选值" in texts(app)
    assert app.query_params["compare"] == "last_year"
    app.session_state["filter.more"] = True
    assert app.run().multiselect(key="filter.partner").value == ["S001"]


def test_a_filter_goes_into_the_address_as_a_code() -> None:
    app = opened("today")
    assert not app.multiselect, "long lists are sent to those who open them"
    app.session_state["filter.more"] = True
    app.run().multiselect(key="filter.channel").set_value(["tmall"]).run()
    app.session_state["filter.more"] = False
    app.run()
    assert app.query_params["channel"] == "tmall"
    app.selectbox(key="filter.period").set_value("last_365_days").run()
    assert app.query_params["period"] == "last_365_days"
    assert app.query_params["channel"] == "tmall"


def test_what_a_click_on_fulfilment_chose_is_a_chip_there_and_waits_elsewhere() -> None:
    app = opened("fulfilment", mode="express", reason="no_stock")
    assert app.button(key="filter.chip.mode.express").label == "履约方式：快递"
    assert app.button(key="filter.chip.reason.no_stock").label == "原因：缺货"
    assert "分母仍是全部行" in texts(app)
    elsewhere = opened("today", mode="express")
    assert not [one for one in elsewhere.button if str(one.key).startswith("filter.chip.")]
    assert elsewhere.query_params["mode"] == "express", "it holds again where it means something"


def test_removing_a_chip_removes_the_filter() -> None:
    app = opened("today", partner=["S001", "S002"], sku="R5")
    app.button(key="filter.chip.partner.S001").click().run()
    assert app.query_params["partner"] == "S002"
    app.button(key="filter.reset").click().run()
    assert "partner" not in app.query_params
    assert "sku" not in app.query_params
    assert not [button for button in app.button if str(button.key).startswith("filter.chip.")]


def test_own_dates_are_kept_within_the_data() -> None:
    app = opened("today", **{"from": "2020-01-01", "to": "2026-02-01"})
    assert app.query_params["from"] == "2025-01-01"
    assert "2025年1月1日至2026年2月1日" in texts(app)


def test_an_area_is_chosen_from_the_list_as_from_the_map() -> None:
    app = opened("heatmap")
    whole = len(app.dataframe[0].value)
    app.selectbox(key="territory.heatmap.cell").select_index(0).run()
    assert re.fullmatch("[0-9a-f]{15}", str(app.query_params["cell"]))
    assert len(app.dataframe[0].value) == 1 < whole
    assert [button.label for button in app.button if str(button.key).startswith("filter.chip.cell")] == ["区块：哈尔滨"]


def test_growth_and_points_draw() -> None:
    app = opened("heatmap")
    app.button_group(key="territory.heatmap.metric").set_value("growth").run()
    app.button_group(key="territory.heatmap.kind").set_value("points").run()
    assert not app.exception
    assert "涨得最多" in texts(app)


def test_the_glossary_can_be_searched() -> None:
    app = opened("glossary")
    app.text_input(key="overview.glossary.search").set_value("毛利率").run()
    assert "gross_margin_rate" in texts(app)
    assert "net_sales" not in texts(app)
    app.text_input(key="overview.glossary.search").set_value("没有这个词").run()
    assert "没有找到" in texts(app)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("missing", "订单行 `order_line`"),
        ("nothing built", "订单行 `order_line`"),
        ("denied", "联系管理员"),
        ("broken", "已记录"),
        ("signed out", "登录"),
    ],
)
def test_whatever_is_wrong_is_told_with_a_remedy(kind: str, said: str) -> None:
    app = opened("today", kind=kind)
    assert not app.exception
    assert said in texts(app)
    assert "secret detail" not in texts(app)
    assert not app.metric


def test_somebody_without_a_right_does_not_have_the_page() -> None:
    app = opened("today", role="administrator")
    assert not app.exception
    assert not app.metric
    assert "还没有可以打开的页面" in texts(app)


@pytest.mark.parametrize(
    ("role", "title"),
    [("executive", "今日经营"), ("dealer", "区域热力图"), ("administrator", "指标口径"), ("merchandiser", "待办审批")],
)
def test_each_role_lands_on_its_home(role: str, title: str) -> None:
    app = opened("", role=role)
    assert not app.exception
    assert app.header[0].value == title


def test_what_the_map_shows_is_in_its_address() -> None:
    app = opened("heatmap", metric="orders", per="store", step="month", beside="baseline", period="last_365_days")
    assert not app.exception
    assert app.button_group(key="territory.heatmap.metric").value == "orders"
    assert app.selectbox(key="territory.heatmap.per").value == "store"
    months = app.select_slider(key="territory.heatmap.at").options
    app.select_slider(key="territory.heatmap.at").set_value(months[0]).run()
    chosen = str(app.query_params["at"])
    again = opened("heatmap", step="month", at=chosen, period="last_365_days")
    assert again.select_slider(key="territory.heatmap.at").value == chosen
    app.selectbox(key="territory.heatmap.per").set_value("whole").run()
    app.selectbox(key="territory.heatmap.step").set_value("whole").run()
    assert "per" not in app.query_params
    assert "step" not in app.query_params
    assert app.query_params["metric"] == "orders"


def test_an_address_asks_the_map_for_nothing_that_it_has_not() -> None:
    app = opened("heatmap", metric="weight", per="head", step="day", beside="sales", period="last_day")
    assert not app.exception
    assert app.button_group(key="territory.heatmap.metric").value == "sales"
    assert app.selectbox(key="territory.heatmap.step").options == ["不分段"]
    assert app.selectbox(key="territory.heatmap.beside").value == "alone"


def test_the_forecast_shows_the_history_that_is_chosen_and_no_filter_that_would_do_nothing() -> None:
    app = opened("forecast", "en", period="last_7_days", compare="last_year", channel=["tmall"], history="13")
    assert not app.exception
    keys = {widget.key for widget in app.selectbox}
    assert "supply.forecast.history" in keys
    assert any("Planned promotions" in chart.proto.spec for chart in app.get("plotly_chart"))
    assert any("Node × product" in table.value.to_string() for table in app.dataframe)
    assert not {"filter.period", "filter.compare"} & keys
    assert not [button for button in app.button if str(button.key).startswith("filter.chip.channel")]
    app.session_state["filter.more"] = True
    assert "filter.channel" not in {widget.key for widget in app.run().multiselect}
    # What other pages were asked for stays in the address.
    told = [app.query_params[name] for name in ("history", "period", "compare", "channel")]
    assert told == ["13", "last_7_days", "last_year", "tmall"]


def test_the_forecast_points_out_what_people_suddenly_search_for() -> None:
    told = [one.value.replace("\\", "") for one in opened("forecast", "zh").caption]
    assert any("「绿豆」在天猫的搜索热度是前四周的 2.3 倍，浙江省涨得最多" in text for text in told)
