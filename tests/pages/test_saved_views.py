"""The menu of saved views, over invented services."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from analytics.core.access import Role
from tests.pages.test_pages import opened, texts

pytestmark = pytest.mark.slow


def menu(page: str = "today", **params: str) -> AppTest:
    app = opened(page, **params)
    app.session_state["frame.views"] = True
    return app.run()


def html(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def commands(app: AppTest) -> list[object]:
    return list(app.session_state["test.saved_views"].commands)


def test_views_of_pages_that_one_may_open_are_links_to_what_was_asked() -> None:
    app = menu("heatmap")
    said = html(app)
    assert 'href="/heatmap?per=store&amp;region=130000"' in said
    assert "gone" not in said
    assert "月报" not in said, "it is about a page that this navigation has not"
    assert "*店均*" in said


def test_the_page_is_kept_as_its_address_stands() -> None:
    app = menu("today", period="last_7_days", channel="tmall")
    app.text_input(key="frame.views.save.name").set_value("  天猫一周 ")
    app.button(key="frame.views.save.button").click().run()
    [kept] = commands(app)
    assert kept == ("save", "  天猫一周 ", "overview.today", "period=last_7_days&channel=tmall")


def test_a_name_that_is_none_is_refused_in_its_place() -> None:
    app = menu()
    app.button(key="frame.views.save.button").click().run()
    assert "1 到 60 个字符" in texts(app)
    assert not commands(app)


def test_a_page_without_filters_offers_nothing_to_keep() -> None:
    app = menu("glossary")
    assert not [box for box in app.text_input if str(box.key).startswith("frame.views")]


def test_an_own_view_is_renamed_shared_and_forgotten() -> None:
    app = menu()
    app.session_state["frame.views.change"] = True
    app.run()
    [name] = [box for box in app.text_input if str(box.key).startswith("frame.views.rename")]
    [button] = [one for one in app.button if str(one.key).startswith("frame.views.rename")]
    name.set_value("华北")
    button.click().run()
    [roles] = [box for box in app.multiselect if str(box.key).startswith("frame.views.share")]
    [button] = [one for one in app.button if str(one.key).startswith("frame.views.share")]
    roles.set_value(["dealer"])
    button.click().run()
    app.button(key="frame.views.remove.v1").click().run()
    assert commands(app) == [("rename", "v1", "华北"), ("share", "v1", frozenset({Role.DEALER})), ("remove", "v1")]
    assert not app.exception
