"""Signing in and out over HTTP, and the attacks on it."""

from __future__ import annotations

import re

import pytest

from analytics.core.access import ROOT, Scope
from data.sample.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.api.conftest import PASSWORD, House, csrf_of, sign_in

OURS = {"origin": "http://localhost:8501", "sec-fetch-site": "same-origin"}


def test_signing_in_opens_the_page_that_was_asked_for(house: House) -> None:
    browser = house.browser()
    sent_away = browser.get("/today?preset=last_day")
    assert sent_away.status_code == 303
    assert sent_away.headers["location"] == "/sign-in?next=%2Ftoday%3Fpreset%3Dlast_day"
    entered = sign_in(browser, wanted="/today?preset=last_day")
    assert (entered.status_code, entered.headers["location"]) == (303, "/today?preset=last_day")
    assert browser.get("/today").status_code == 200


def test_whoever_is_in_need_not_sign_in_again(house: House) -> None:
    browser = house.browser()
    sign_in(browser)
    again = browser.get("/sign-in", params={"next": "/heatmap"})
    assert (again.status_code, again.headers["location"]) == (303, "/heatmap")


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\r\nset-cookie: x=1",
        "today",
        "/sign-in?next=/sign-in",
        "/sign-out",
        "/" + "x" * 3000,
    ],
)
def test_no_redirect_leaves_the_site(house: House, foreign: str) -> None:
    browser = house.browser()
    assert sign_in(browser, wanted=foreign).headers["location"] == "/"
    assert browser.get("/sign-in", params={"next": foreign}).headers["location"] == "/"
    there = browser.get("/language/en", params={"next": foreign}).headers["location"]
    assert there == "/" or foreign == there in {"/sign-in?next=/sign-in", "/sign-out"}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    cookie = sign_in(house.browser()).headers.get_list("set-cookie")[0]
    name, _, attributes = cookie.partition("=")
    told = {part.strip().lower() for part in attributes.split(";")[1:]}
    assert name == "waterline"
    assert told == {"httponly", "path=/", "samesite=lax", "max-age=604800"}


def test_the_public_cookie_is_bound_to_https_and_this_host(public_house: House) -> None:
    browser = public_house.browser()
    cookies = sign_in(browser).headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-waterline="))
    assert "secure" in session.lower()
    assert "domain" not in session.lower()
    assert all("secure" in cookie.lower() for cookie in cookies)
    assert browser.get("/").status_code == 200


def test_wrong_name_and_wrong_password_look_the_same(house: House) -> None:
    def shown(name: str, password: str) -> str:
        answer = sign_in(house.browser(), name, password)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers or "waterline=" not in answer.headers["set-cookie"]
        return re.sub(r'value="[^"]*"', "", answer.text)

    with UnitOfWork(house.store, Scope(frozenset({ROOT}))) as unit:
        unit.users.set_disabled(house.user.id, disabled=True, now=house.site.clock())
        unit.commit()
    disabled = shown("wang", PASSWORD)
    assert shown("nobody", "x") == shown("wang", "x") == disabled


def test_the_password_never_comes_back_and_the_name_comes_back_escaped(house: House) -> None:
    answer = sign_in(house.browser(), '"><script>alert(1)</script>', "my wrong password")
    assert "my wrong password" not in answer.text
    assert "<script" not in answer.text
    assert "&quot;&gt;&lt;script&gt;" in answer.text


def test_guessing_is_stopped(house: House) -> None:
    browser = house.browser()
    for _ in range(3):
        assert sign_in(browser, password="wrong").status_code == 403
    stopped = sign_in(browser)
    assert stopped.status_code == 429
    assert "15" in stopped.text
    house.wait(minutes=15)
    assert sign_in(browser).status_code == 303


def test_a_form_without_our_token_is_refused(house: House) -> None:
    browser = house.browser()
    right = csrf_of(browser.get("/sign-in"))
    fields = {"name": "wang", "password": PASSWORD, "next": "/"}
    for csrf in ({}, {"csrf": ""}, {"csrf": right[:-1]}, {"csrf": "é"}):
        assert browser.post("/sign-in", data={**fields, **csrf}, headers=OURS).status_code == 403
    stranger = house.browser()
    assert stranger.post("/sign-in", data={**fields, "csrf": right}, headers=OURS).status_code == 403
    assert stranger.post("/sign-in", data={**fields, "csrf": ""}, headers=OURS).status_code == 403
    assert "waterline" not in stranger.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused(house: House, headers: dict[str, str]) -> None:
    browser = house.browser()
    assert sign_in(browser, **headers).status_code == 403
    sign_in(browser)
    both = {**OURS, **headers}
    assert browser.post("/sign-out", headers=both).status_code == 403
    assert browser.get("/").status_code == 200


def test_an_endless_form_is_not_read(house: House) -> None:
    browser = house.browser()
    csrf = csrf_of(browser.get("/sign-in"))
    body = {"csrf": csrf, "name": "wang", "password": PASSWORD, "next": "/", "padding": "x" * 20_000}
    assert browser.post("/sign-in", data=body, headers=OURS).status_code == 403
    assert browser.post("/sign-in", content=b"\xff\xfe", headers=OURS).status_code == 403


def test_signing_out_takes_a_click_not_a_link(house: House) -> None:
    browser = house.browser()
    sign_in(browser)
    token = browser.cookies["waterline"]
    asked = browser.get("/sign-out")
    assert asked.status_code == 200
    assert 'method="post" action="/sign-out"' in asked.text
    assert browser.get("/").status_code == 200
    assert browser.post("/sign-out").status_code == 403
    left = browser.post("/sign-out", headers=OURS)
    assert (left.status_code, left.headers["location"]) == (303, "/sign-in")
    assert "waterline" not in browser.cookies
    replayed = house.browser()
    replayed.cookies.set("waterline", token)
    assert replayed.get("/").status_code == 303


def test_a_planted_cookie_does_not_become_a_session(house: House) -> None:
    browser = house.browser()
    browser.cookies.set("waterline", "planted-by-somebody-else")
    answer = sign_in(browser)
    fresh = answer.headers.get_list("set-cookie")[0]
    assert "planted" not in fresh
    victim = house.browser()
    victim.cookies.set("waterline", "planted-by-somebody-else")
    assert victim.get("/").status_code == 303


def test_signing_in_again_ends_the_former_session(house: House) -> None:
    browser = house.browser()
    sign_in(browser)
    former = browser.cookies["waterline"]
    house.site.sign_in.actor(former, now=house.site.clock())
    with_former = house.browser()
    csrf = csrf_of(with_former.get("/sign-in"))
    with_former.cookies.set("waterline", former)
    form = {"csrf": csrf, "name": "wang", "password": PASSWORD, "next": "/"}
    assert with_former.post("/sign-in", data=form, headers=OURS).status_code == 303
    assert browser.get("/").status_code == 303


def test_idle_and_old_sessions_are_sent_to_sign_in(house: House) -> None:
    browser = house.browser()
    sign_in(browser)
    house.wait(hours=7, minutes=59)
    assert browser.get("/").status_code == 200
    house.wait(hours=8)
    assert browser.get("/").status_code == 303
    sign_in(browser)
    for _ in range(27):
        house.wait(hours=6)
        assert browser.get("/").status_code == 200
    house.wait(hours=6)
    assert browser.get("/").status_code == 303


def test_a_disabled_account_is_out_at_once(house: House) -> None:
    browser = house.browser()
    sign_in(browser)
    with UnitOfWork(house.store, Scope(frozenset({ROOT}))) as unit:
        unit.users.set_disabled(house.user.id, disabled=True, now=house.site.clock())
        unit.commit()
    assert browser.get("/").status_code == 303


def test_demo_accounts_are_shown_in_a_demo_home_only(house: House) -> None:
    plain = house.browser().get("/sign-in").text
    assert DEMO_PASSWORD not in plain
    assert "executive" not in plain
    house.site.settings.demo_marker.touch()
    demo = house.browser().get("/sign-in").text
    assert DEMO_PASSWORD in demo
    assert all(f'value="{account.login}"' in demo for account in DEMO_ACCOUNTS)


def test_the_form_speaks_the_language_of_the_browser_or_the_chosen_one(house: House) -> None:
    browser = house.browser("zh-CN,zh;q=0.9")
    page = browser.get("/sign-in")
    assert '<html lang="zh-CN">' in page.text
    assert "密码" in page.text
    browser.headers["accept-language"] = "en-GB,en;q=0.9,zh;q=0.5"
    assert '<html lang="en">' in browser.get("/sign-in").text
    chosen = browser.get("/language/zh", params={"next": "/sign-in?next=%2Ftoday"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/sign-in?next=%2Ftoday")
    assert '<html lang="zh-CN">' in browser.get("/sign-in").text
    assert browser.get("/language/xx").status_code == 404


def test_the_rise_colour_is_remembered(house: House) -> None:
    browser = house.browser()
    answer = browser.get("/preference/rise/green", params={"next": "/today"})
    assert answer.headers["location"] == "/today"
    assert browser.cookies["waterline_rise"] == "green"
    assert browser.get("/preference/rise/blue").status_code == 404
