"""Policies on their page: found, previewed, saved or sent to a second person, approved, refused. Over a real store."""

from __future__ import annotations

from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.core.access import ROOT, Actor, Role
from analytics.core.calendar import day_of
from analytics.policies.change import State, Wanted
from analytics.policies.registry import POLICIES
from dashboard.composition import utc_now
from dashboard.services.policies import Policies
from tests.dashboard.ui.fake_services import real_policies
from tests.pages.scripts import fake_app
from tests.pages.test_pages import LOCALES, texts

pytestmark = pytest.mark.slow

FORM = "admin.policies.change"
RESERVE, GOLD, ROWS = "stock.store_reserve", "members.tier_gold", "export.max_rows"


Folder = TemporaryDirectory[str]


@pytest.fixture
def home() -> Folder:
    return TemporaryDirectory()


def tab(home: Folder, chosen: str | None = None, *, role: str = "administrator", language: str = "zh") -> AppTest:
    app = AppTest.from_function(fake_app, args=("policies", "whole", role), default_timeout=30)
    app.context = {"locale": LOCALES[language], "timezone": "Asia/Shanghai"}
    app.session_state["test.home"] = home
    app.session_state["admin.policies.policy.chosen"] = chosen
    return app.run()


def another(home: Folder, *roles: Role) -> Policies:
    """A second person beside the one in the tab."""
    who = Actor("u2", "second", frozenset(roles or {Role.ADMINISTRATOR}), frozenset({ROOT}))
    return real_policies(home.name, who)


def ask(home: Folder, name: str, value: Any, *, key: str | None = None) -> str:
    people = another(home)
    standing = people.all().of(name)
    assert standing is not None
    wanted = Wanted(name, key, value, day_of(utc_now()), "because of costs")
    return people.propose(wanted, seen=standing.seen, command_id=f"{name} {value}").change.id


def fill(app: AppTest, value: str, note: str = "less is enough", *, of: str) -> AppTest:
    app.text_input(key=f"{FORM}.{of}.value").set_value(value)
    app.text_input(key=f"{FORM}.{of}.note").set_value(note)
    return app.button(key=f"{FORM}.{of}.button").click().run()


def button(app: AppTest, name: str) -> Any:
    return next(one for one in app.button if str(one.key).startswith(f"admin.policies.{name}."))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_policy_is_listed_and_found(home: Folder, language: str) -> None:
    app = tab(home, role="executive", language=language)
    listed = app.dataframe[0].value
    assert len(listed) == len(POLICIES)
    app.text_input(key="admin.policies.search").set_value("缺货率" if language == "zh" else "out-of-stock").run()
    assert list(app.dataframe[0].value["value"]) == ["1.2%"]
    app.text_input(key="admin.policies.search").set_value("").run()
    app.selectbox(key="admin.policies.section").set_value("star").run()
    assert len(app.dataframe[0].value) == 7
    assert not app.exception


def test_who_may_only_look_has_no_form(home: Folder) -> None:
    app = tab(home, RESERVE, role="executive")
    assert "可共享量" in texts(app)
    assert not [one for one in app.text_input if str(one.key).startswith(FORM)]


def test_a_change_is_previewed_and_saved(home: Folder) -> None:
    app = fill(tab(home, RESERVE), "２０ ", of=f"{RESERVE} 0")
    assert not app.warning
    assert "30 件 → 20 件" in texts(app)
    assert another(home).value(RESERVE) == Decimal(30), "a preview changes nothing"
    button(app, "save").click().run()
    assert not app.exception
    assert another(home).value(RESERVE) == Decimal(20)
    history = app.dataframe[1].value
    assert list(history["note"]) == ["less is enough"]


def test_a_draft_is_thrown_away(home: Folder) -> None:
    app = fill(tab(home, RESERVE), "20", of=f"{RESERVE} 0")
    button(app, "discard").click().run()
    assert "→ 20" not in texts(app)
    assert another(home).all().of(RESERVE).history == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(("value", "told"), [("-3", "100,000"), ("many", "“many”")])
def test_what_cannot_be_is_refused_beside_the_form_and_what_was_typed_stays(
    home: Folder, value: str, told: str
) -> None:
    app = fill(tab(home, RESERVE), value, of=f"{RESERVE} 0")
    assert told in app.warning[0].value
    assert app.text_input(key=f"{FORM}.{RESERVE} 0.note").value == "less is enough"


def test_a_role_has_a_value_of_its_own(home: Folder) -> None:
    app = tab(home, ROWS)
    app.selectbox(key=f"{FORM}.{ROWS} 0.key").set_value("dealer")
    button(fill(app, "7000", of=f"{ROWS} 0"), "save").click().run()
    people = another(home)
    assert (people.value(ROWS, "dealer"), people.value(ROWS)) == (7000, 100_000)


def test_where_money_hangs_on_it_the_change_waits_for_somebody_else(home: Folder) -> None:
    app = fill(tab(home, GOLD), "2000", of=f"{GOLD} 0")
    button(app, "ask").click().run()
    assert another(home).value(GOLD) == Decimal(1500)
    names = [str(one.key) for one in app.button]
    assert any("withdraw" in name for name in names)
    assert not any("approve" in name for name in names), "nobody approves an own change"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_second_person_sees_what_waits_and_approves(home: Folder, language: str) -> None:
    asked = ask(home, GOLD, Decimal(2000))
    app = tab(home, role="approver", language=language)
    assert "¥1,500 → ¥2,000" in texts(app)
    assert "because of costs" in texts(app)
    app.button(key=f"admin.policies.approve.{asked}").click().run()
    assert not app.exception
    assert another(home).value(GOLD) == Decimal(2000)
    assert "¥1,500 → ¥2,000" not in texts(app)


def test_a_rejection_needs_a_reason(home: Folder) -> None:
    asked = ask(home, GOLD, Decimal(2000))
    app = tab(home, role="approver")
    app.session_state[f"admin.policies.rejecting.{asked}"] = True
    app.run().button(key=f"admin.policies.reject.{asked}.button").click().run()
    assert "理由" in app.warning[0].value
    app.text_input(key=f"admin.policies.reject.{asked}.reason").set_value("too dear")
    app.button(key=f"admin.policies.reject.{asked}.button").click().run()
    (change,) = another(home).all().of(GOLD).history  # type: ignore[union-attr]
    assert (change.state, change.decision_note) == (State.REJECTED, "too dear")


def test_an_approval_of_what_has_changed_meanwhile_is_refused_with_the_difference(home: Folder) -> None:
    asked = ask(home, GOLD, Decimal(2000))
    app = tab(home, role="approver")
    ask(home, GOLD, Decimal(1800))
    app.button(key=f"admin.policies.approve.{asked}").click().run()
    assert "1,800" in app.warning[0].value
    assert another(home).value(GOLD) == Decimal(1500)


def test_saving_over_somebody_else_is_refused_with_the_difference(home: Folder) -> None:
    app = fill(tab(home, RESERVE), "20", of=f"{RESERVE} 0")
    ask(home, RESERVE, Decimal(25))
    button(app, "save").click().run()
    assert "25" in app.warning[0].value
    assert another(home).value(RESERVE) == Decimal(25)
