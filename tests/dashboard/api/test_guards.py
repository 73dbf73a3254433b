"""Headers, policy, closed doors and the rewritten shell."""

from __future__ import annotations

import re

import pytest

from dashboard.api.headers import content_hash, page_policy
from dashboard.words import words
from tests.dashboard.api.conftest import SHELL, House, hand_over, sign_in

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def directives(policy: str) -> dict[str, set[str]]:
    parts = (part.split() for part in policy.split(";"))
    return {name: set(sources) for name, *sources in parts}


@pytest.mark.parametrize(
    "path",
    ["/", "/today", "/sign-in", "/sign-out", "/language/en", "/healthz", "/readyz", "/media/x", "/static/nothing.js",
     "/_stcore/metrics", "/_stcore/health", "/icon.png"],
)  # fmt: skip
def test_every_response_carries_the_headers(house: House, path: str) -> None:
    visitor, inhabitant = house.browser(), house.browser()
    sign_in(inhabitant)
    for browser in (visitor, inhabitant):
        headers = browser.get(path).headers
        assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
        policy = directives(headers["content-security-policy"])
        assert policy["frame-ancestors"] == {"'none'"}
        assert "'unsafe-inline'" not in policy.get("script-src", set()) | policy["default-src"]
        assert "camera=()" in headers["permissions-policy"]
        assert "strict-transport-security" not in headers


def test_https_is_made_to_stay(public_house: House) -> None:
    for path in ("/", "/sign-in", "/healthz"):
        assert "max-age=63072000" in public_house.browser().get(path).headers["strict-transport-security"]


def test_the_policy_admits_the_one_inline_script_of_the_shell(house: House) -> None:
    browser = house.browser()
    sign_in(browser)
    answer = browser.get("/")
    scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    allowed = directives(answer.headers["content-security-policy"])["script-src"]
    assert len(scripts) == 1
    assert allowed == {"'self'", content_hash(scripts[0])}


def test_the_policy_names_no_foreign_host(house: House) -> None:
    policy = page_policy(SHELL.read_text(), base_url=house.site.settings.base_url, tile_url=None)
    allowed = {source for sources in directives(policy).values() for source in sources}
    assert {source for source in allowed if "//" in source} == {"ws://localhost:8501"}
    assert directives(policy)["worker-src"] == {"'self'", "blob:"}


@pytest.mark.parametrize(
    ("tile_url", "source"),
    [
        ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"),
        ("https://{s}.tiles.example:8443/{z}.png", "https://*.tiles.example:8443"),
        ("https://key:secret@tiles.example/{z}.png", "https://tiles.example"),
        ("https://a.example; script-src *", None),
        ("javascript:alert(1)", None),
    ],
)
def test_a_tile_server_is_admitted_for_pictures_only(tile_url: str, source: str | None) -> None:
    policy = directives(page_policy("", base_url="https://dash.example.cn", tile_url=tile_url))
    extra = {source} if source else set()
    assert policy["img-src"] == {"'self'", "data:", "blob:"} | extra
    assert policy["connect-src"] == {"'self'", "wss://dash.example.cn"} | extra
    assert policy["script-src"] == {"'self'"}


def test_our_own_pages_run_no_script_at_all(house: House) -> None:
    for path in ("/sign-in", "/sign-out"):
        answer = house.browser().get(path)
        policy = directives(answer.headers["content-security-policy"])
        style = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
        assert policy["default-src"] == {"'none'"}
        assert policy["style-src"] == {content_hash(style[0])}
        assert "script-src" not in policy
        assert "<script" not in answer.text
        assert not re.search(r"style=|on\w+=|https?://", answer.text.split("</style>")[1])
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/agent", "/_stcore/agent/openapi.json",
     "/today/_stcore/agent/mcp", "/_stcore/%6detrics"],
)  # fmt: skip
def test_doors_for_machines_are_closed(house: House, path: str) -> None:
    browser = house.browser()
    assert browser.get(path).status_code == 404
    sign_in(browser)
    assert browser.get(path).status_code == 404
    assert browser.post(path).status_code == 404


def test_exports_are_for_the_signed_in_and_are_not_kept(house: House) -> None:
    browser = house.browser()
    assert browser.get("/media/abc").status_code == 401
    sign_in(browser)
    hand_over(house, b"somebody's export")
    answer = browser.get("/media/abc")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


def test_a_file_that_no_log_tells_of_is_not_there(house: House) -> None:
    """Such as one that a page published while it was drawn, instead of offering it."""
    browser = house.browser()
    sign_in(browser)
    hand_over(house, b"another export")
    hand_over(house, b"somebody's export", to="somebody else")
    answer = browser.get("/media/abc")
    assert (answer.status_code, answer.text) == (404, "Not Found")
    assert answer.headers["cache-control"] == "no-store"


def test_streamlits_cookies_are_secure_too_where_ours_are(house: House, public_house: House) -> None:
    for home, expected in ((house, False), (public_house, True)):
        browser = home.browser()
        sign_in(browser)
        hand_over(home, b"somebody's export")
        cookie = browser.get("/media/abc").headers["set-cookie"]
        assert cookie.startswith("of-streamlit=1")
        assert ("Secure" in cookie) is expected


@pytest.mark.parametrize("path", ["/", "/today", "/deeper/than/that", "/index.html", "/auth/login", "/oauth2callback"])
def test_pages_are_for_the_signed_in(house: House, path: str) -> None:
    browser = house.browser()
    for method in ("GET", "HEAD"):
        answer = browser.request(method, path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
        assert answer.headers["cache-control"] == "no-store"


def test_streamlit_looking_for_its_doors_below_a_page_is_not_misled(house: House) -> None:
    """A redirect to the form would answer 200, and the open tab would connect to the wrong address for good."""
    for door in ("health", "host-config"):
        assert house.browser().get(f"/today/_stcore/{door}").status_code == 401


def test_uploads_are_for_the_signed_in(house: House) -> None:
    assert house.browser().put("/_stcore/upload_file/a/b", content=b"x").status_code == 401


def test_the_program_itself_is_public(house: House) -> None:
    browser = house.browser()
    script = re.search(r'src="\.(/static/js/[^"]+)"', SHELL.read_text())
    assert script is not None
    assert browser.get(script[1]).status_code == 200
    assert browser.get("/icon.png").headers["content-type"] == "image/png"


@pytest.mark.parametrize(("language", "lang"), [("zh", "zh-CN"), ("en", "en")])
def test_the_shell_speaks_the_language(house: House, language: str, lang: str) -> None:
    browser = house.browser(language)
    sign_in(browser)
    answer = browser.get("/today", headers={"accept-encoding": "gzip", "if-none-match": "*"})
    assert answer.status_code == 200
    assert f'<html lang="{lang}"' in answer.text
    assert words(language).t("app.title") in answer.text
    assert words(language).t("app.needs_script") in answer.text
    assert "<title>Streamlit</title>" not in answer.text
    assert "_stcore/agent" not in answer.text
    assert answer.headers["content-length"] == str(len(answer.content))
    assert "etag" not in answer.headers
    assert "Cookie" in answer.headers["vary"]
    head = browser.head("/today")
    assert (head.status_code, head.content) == (200, b"")
    assert browser.get("/today", headers={"range": "bytes=0-9"}).status_code == 200


def test_health_says_whether_it_can_answer(house: House) -> None:
    browser = house.browser()
    assert browser.get("/healthz").json() == {"status": "ok"}
    ready = browser.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "no_data_yet", "build": None})


def test_a_store_that_is_down_is_told_not_shown_raw(house: House) -> None:
    browser = house.browser()
    sign_in(browser)
    house.store.close()
    file = house.site.settings.home / "store.db"
    for rest in ("store.db-wal", "store.db-shm"):
        (house.site.settings.home / rest).unlink(missing_ok=True)
    file.write_bytes(b"no database any more" * 500)
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").json()["status"] == "store_unavailable"
    for answer in (browser.get("/readyz"), browser.get("/today"), browser.get("/sign-in")):
        assert answer.status_code == 503
        assert "Traceback" not in answer.text
        assert "OperationalError" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
