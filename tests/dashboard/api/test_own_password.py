"""Changing the own password over HTTP, and the attacks on it."""

from __future__ import annotations

import pytest
from httpx import Response
from starlette.testclient import TestClient

from tests.dashboard.api.conftest import PASSWORD, House, csrf_of, sign_in

FRESH = "another long password"
OURS = {"origin": "http://localhost:8501", "sec-fetch-site": "same-origin"}


def change(
    browser: TestClient, current: str = PASSWORD, new: str = FRESH, repeated: str = FRESH, wanted: str = "/sessions"
) -> Response:
    csrf = csrf_of(browser.get("/password", params={"next": wanted}))
    form = {"csrf": csrf, "next": wanted, "current": current, "new": new, "repeated": repeated}
    answer: Response = browser.post("/password", data=form, headers=OURS)
    return answer


def test_the_password_changes_and_only_this_browser_stays(house: House) -> None:
    here, there = house.browser(), house.browser()
    sign_in(here)
    sign_in(there)
    changed = change(here)
    assert changed.status_code == 200
    assert 'href="/sessions"' in changed.text
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303
    assert sign_in(house.browser()).status_code == 403
    assert sign_in(house.browser(), password=FRESH).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "repeated", "said"),
    [
        ("wrong password", FRESH, FRESH, "current password is wrong"),
        (PASSWORD, FRESH, "something else", "differ"),
        (PASSWORD, "short", "short", "10"),
    ],
)
def test_a_refusal_is_told_and_nothing_typed_comes_back(
    house: House, current: str, new: str, repeated: str, said: str
) -> None:
    browser = house.browser()
    sign_in(browser)
    refused = change(browser, current, new, repeated)
    assert refused.status_code == 403
    assert said in refused.text
    assert not [secret for secret in (current, new, repeated) if f'"{secret}"' in refused.text]
    assert sign_in(house.browser()).status_code == 303


def test_guessing_is_stopped(house: House) -> None:
    browser = house.browser()
    sign_in(browser)
    for _ in range(3):
        assert change(browser, "wrong").status_code == 403
    assert change(browser).status_code == 429


def test_a_form_without_our_token_or_of_another_site_is_refused(house: House) -> None:
    browser = house.browser()
    sign_in(browser)
    csrf = csrf_of(browser.get("/password"))
    form = {"csrf": csrf, "current": PASSWORD, "new": FRESH, "repeated": FRESH}
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert browser.post("/password", data=form, headers=foreign).status_code == 403
    for wrong in ("", csrf[:-1]):
        assert browser.post("/password", data={**form, "csrf": wrong}, headers=OURS).status_code == 403
    assert sign_in(house.browser()).status_code == 303


def test_without_a_session_one_signs_in_first(house: House) -> None:
    browser = house.browser()
    where = "/sign-in?next=%2Fpassword%3Fnext%3D%252Fsessions"
    asked = browser.get("/password", params={"next": "/sessions"})
    assert (asked.status_code, asked.headers["location"]) == (303, where)
    posted = browser.post("/password", data={"next": "/sessions", "new": FRESH}, headers=OURS)
    assert (posted.status_code, posted.headers["location"]) == (303, where)


def test_the_way_back_stays_on_the_site(house: House) -> None:
    browser = house.browser()
    sign_in(browser)
    assert "evil.example" not in browser.get("/password", params={"next": "//evil.example"}).text
    assert "evil.example" not in change(browser, wanted="https://evil.example").text


def test_the_form_speaks_both_languages(house: House) -> None:
    for language, said in (("zh-CN", "再次输入新密码"), ("en", "New password again")):
        browser = house.browser(language)
        sign_in(browser)
        assert said in browser.get("/password").text
