"""Sessions, accounts and the commands on them, over invented services."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.core.access import Grant, Role
from dashboard.services.access import NewAccount
from tests.dashboard.ui.fake_services import SESSIONS
from tests.pages.test_pages import opened, texts

pytestmark = pytest.mark.slow

SECRET = "a secret of many letters"
NEW = "admin.access.create"


def access(chosen: str | None = None, *, creating: bool = False) -> AppTest:
    app = opened("access", role="administrator")
    app.session_state["admin.access.account.chosen"] = chosen
    app.session_state["admin.access.new"] = creating
    return app.run()


def commands(app: AppTest) -> list[Any]:
    return list(app.session_state["test.access"].commands)


def fill(app: AppTest, password: str) -> None:
    app.text_input(key=f"{NEW}.name").set_value("zhao")
    app.text_input(key=f"{NEW}.password").set_value(password)
    app.multiselect(key=f"{NEW}.roles").set_value(["dealer"])
    app.multiselect(key=f"{NEW}.grants").set_value(["S001", "brand"])
    app.button(key=f"{NEW}.button").click().run()


def test_own_sessions_are_told_and_others_can_be_ended() -> None:
    app = opened("sessions")
    assert "3" in texts(app)
    assert list(app.dataframe[0].value["this"]) == ["本次", "", ""]
    app.button(key="account.sessions.end_others").click().run()
    assert app.session_state["test.sessions"].ended == ["others"]
    assert [toast.value for toast in app.toast] == ["其他会话均已结束。"]
    assert not app.run().toast, "a success is told once"


def test_a_refused_command_is_a_sentence_beside_its_button() -> None:
    app = opened("sessions")
    app.session_state["account.sessions.open.chosen"] = SESSIONS[1].id
    app.run().button(key="account.sessions.end").click().run()
    assert not app.exception
    assert "已经结束" in app.warning[0].value
    assert not app.toast
    assert not app.run().warning


def test_a_broken_command_is_told_by_a_reference() -> None:
    app = access("u1")
    app.button(key="admin.access.disable.u1").click().run()
    assert not app.exception
    assert "已记录" in app.error[0].value
    assert "secret detail" not in texts(app)


def test_an_account_is_made_and_its_password_kept_nowhere() -> None:
    app = access(creating=True)
    fill(app, SECRET)
    assert not app.warning
    new = commands(app)[0]
    assert new == NewAccount("zhao", "", SECRET, frozenset({Role.DEALER}), frozenset({"S001", "brand"}))
    assert SECRET not in repr(new)
    assert app.text_input(key=f"{NEW}.password").value == ""
    assert SECRET not in texts(app)
    assert app.text_input(key=f"{NEW}.name").value == ""


def test_a_refused_account_forgets_the_password_and_nothing_else() -> None:
    app = access(creating=True)
    fill(app, "short")
    assert "密码长度" in app.warning[0].value
    assert app.text_input(key=f"{NEW}.password").value == ""
    assert app.text_input(key=f"{NEW}.name").value == "zhao"
    assert app.multiselect(key=f"{NEW}.roles").value == ["dealer"]
    assert commands(app) == []


def test_rights_of_the_chosen_account_are_changed() -> None:
    app = access("u1")
    roles, grants = (
        next(box for box in app.multiselect if str(box.key).endswith(one)) for one in (".roles", ".grants")
    )
    assert (roles.value, grants.value) == (["store"], ["S001"])
    roles.set_value(["store", "approver"])
    next(button for button in app.button if str(button.key).startswith("admin.access.change")).click().run()
    assert commands(app) == [("u1", frozenset({Role.STORE, Role.APPROVER}), frozenset({"S001"}))]
    assert not app.warning


def test_a_disabled_account_can_be_enabled_and_a_session_ended() -> None:
    app = access("u2")
    app.session_state["admin.access.open.chosen"] = SESSIONS[2].id
    app.run().button(key="admin.access.enable.u2").click().run()
    app.button(key="admin.access.end").click().run()
    assert commands(app) == [("enable", "u2"), ("u2", SESSIONS[2].id)]


def test_the_days_of_a_grant_are_set() -> None:
    app = access("u1")
    assert "留空表示不限" in texts(app)
    app.session_state["admin.access.terms.u1.chosen"] = "S001"
    app.run()
    first, last = app.date_input
    first.set_value(date(2026, 12, 1))
    last.set_value(None)
    next(button for button in app.button if str(button.key).startswith("admin.access.limit")).click().run()
    assert not app.exception
    assert commands(app) == [("limit", "u1", Grant("S001", date(2026, 12, 1), None))]


def test_a_view_as_somebody_begins_on_the_account_and_is_told_on_every_page() -> None:
    app = access("u1")
    app.button(key="admin.access.view_as.u1").click().run()
    assert app.session_state["test.viewing"].viewed == ["u1"]
    for page in ("today", "glossary", "sessions", "heatmap"):
        seen = opened(page, "en", kind="viewed")
        assert "boss is looking at Waterline as 演示高管" in texts(seen)
        seen.button(key="frame.viewing.end").click().run()
        assert seen.session_state["test.viewing"].viewed == [""]
    assert not [button for button in opened("today").button if button.key == "frame.viewing.end"]


def test_who_looks_as_somebody_finds_commands_shut() -> None:
    app = opened("sessions", kind="viewed")
    assert app.button(key="account.sessions.end_others").disabled
    assert not opened("sessions").button(key="account.sessions.end_others").disabled


def test_accounts_are_found_by_role_and_partner() -> None:
    app = access()
    assert list(app.dataframe[0].value["name"]) == ["li", "wang"]
    app.text_input(key="admin.access.search").set_value("沈阳 门店").run()
    assert list(app.dataframe[0].value["name"]) == ["li"]


def test_names_are_plain_text() -> None:
    assert "李[a](b)" not in texts(access("u1"))
