"""The audit page, over invented services."""

from __future__ import annotations

import pytest

from tests.pages.test_pages import opened, texts

pytestmark = pytest.mark.slow


def test_events_are_told_in_words_and_one_in_full() -> None:
    app = opened("audit", role="administrator")
    assert list(app.dataframe[0].value["deed"]) == ["修改权限", "新建账号"]
    assert list(app.dataframe[0].value["about"]) == ["li", "li"]
    app.session_state["admin.audit.event.chosen"] = "2"
    facts = app.run().dataframe[1].value.set_index("fact")
    assert (facts.loc["角色", "before"], facts.loc["角色", "after"]) == ("store", "dealer, store")
    app.session_state["admin.audit.event.chosen"] = "1"
    assert list(app.run().dataframe[1].value.columns) == ["fact", "after"]


def test_events_of_one_deed_are_asked_for() -> None:
    app = opened("audit", role="administrator")
    app.selectbox(key="admin.audit.deed").set_value("user.created").run()
    assert list(app.dataframe[0].value["deed"]) == ["新建账号"]


def test_what_left_is_told_with_its_checksum() -> None:
    app = opened("audit", role="administrator")
    app.button_group(key="admin.audit.shown").set_value("left").run()
    assert list(app.dataframe[0].value["page"]) == ["今日经营"]
    app.session_state["admin.audit.one.chosen"] = "0a1b2c"
    told = app.run().dataframe[1].value
    assert "c" * 64 in list(told["told"])


def test_the_chain_is_judged_on_the_page() -> None:
    app = opened("audit", role="administrator")
    assert "可证明前 **1** 条" in texts(app)
    assert "head-old.json" in app.warning[0].value
    app.button(key="admin.audit.verify").click().run()
    assert "不可信" in texts(app)
    assert "第 2 号" in texts(app).replace("\\", "")


def test_nobody_else_has_the_page() -> None:
    app = opened("audit", role="executive")
    assert "还没有可以打开的页面" in texts(app)
    assert not app.dataframe
