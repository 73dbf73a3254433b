"""The real server, spoken to as browsers do, keeps everybody to their own rows."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from data.store.engine import open_store
from tests.protocol.conftest import PASSWORD
from tests.protocol.virtual_user import Run, VirtualUser
from tests.serving import PATIENCE, Server

pytestmark = pytest.mark.protocol

PAGES = ("today", "heatmap", "glossary")


def visit(server: Server, page: str, cookies: dict[str, str], **query: str) -> Run:
    async def look() -> Run:
        async with VirtualUser(server.base_url, page, cookies=cookies) as user:
            user.query = query
            return await user.run()

    return asyncio.run(look())


def test_the_server_answers_and_is_ready_once_it_rehearsed(server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while (ready := httpx.get(f"{server.base_url}/readyz")).status_code != 200 and time.monotonic() < end:
        assert ready.json()["status"] == "warming_up"
        time.sleep(0.1)
    assert ready.json()["status"] == "ready"


@pytest.mark.parametrize("path", ["/", *(f"/{page}" for page in PAGES), "/overview/today", "/territory/heatmap"])
def test_a_direct_address_leads_to_sign_in(server: Server, path: str) -> None:
    answer = httpx.get(f"{server.base_url}{path}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("page", ["", *PAGES, "overview/today", "pages/overview/today"])
def test_without_a_session_the_websocket_shows_no_data(server: Server, page: str) -> None:
    for cookies in ({}, {server.session_cookie: "never-issued"}):
        seen = visit(server, page, cookies)
        assert "Canary" not in seen.text
        assert seen.metrics == {}
        assert seen.exceptions == ()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_comes_without_errors(server: Server, page: str) -> None:
    seen = visit(server, page, server.sign_in("boss", PASSWORD))
    assert seen.exceptions == ()
    assert len(seen.kinds) > 5


def test_the_executive_sees_every_dealer_and_a_dealer_only_the_own(server: Server) -> None:
    everything = visit(server, "today", server.sign_in("boss", PASSWORD)).text
    assert "Canary Dealer One" in everything
    assert "Canary Dealer Two" in everything
    for page in PAGES:
        own = visit(server, page, server.sign_in("dealer-one", PASSWORD))
        assert "Canary Store Three" not in own.text
        assert "Canary Dealer Two" not in own.text
        assert own.exceptions == ()
    assert "Canary Store One" in visit(server, "today", server.sign_in("dealer-one", PASSWORD)).text


def test_signing_out_elsewhere_ends_the_open_tab(server: Server) -> None:
    cookies = server.sign_in("boss", PASSWORD)

    async def stay() -> tuple[Run, Run]:
        async with VirtualUser(server.base_url, "today", cookies=cookies) as user:
            before = await user.run()
            httpx.post(f"{server.base_url}/sign-out", cookies=cookies, headers={"origin": server.base_url})
            return before, await user.run()

    before, after = asyncio.run(stay())
    assert "Canary Dealer One" in before.text
    assert "Canary" not in after.text
    assert after.metrics == {}


def test_published_files_want_a_session(server: Server) -> None:
    cookies = server.sign_in("boss", PASSWORD)
    for path in (*visit(server, "today", cookies).media, "/media/anything.csv"):
        assert httpx.get(f"{server.base_url}{path}").status_code == 401


def test_twenty_people_at_once_get_their_own_pages(server: Server) -> None:
    cookies = [server.sign_in(name, PASSWORD) for name in ("dealer-one", "dealer-two")]

    async def look(number: int) -> Run:
        async with VirtualUser(server.base_url, "today", cookies=cookies[number % 2]) as user:
            await user.run()
            return await user.run()

    async def all_at_once() -> list[Run]:
        return await asyncio.gather(*(look(number) for number in range(20)))

    for number, seen in enumerate(asyncio.run(all_at_once())):
        own, other = ("One", "Two") if number % 2 == 0 else ("Two", "One")
        assert f"Canary Dealer {other}" not in seen.text
        assert seen.exceptions == ()
        assert f"Canary Store {'One' if own == 'One' else 'Three'}" in seen.text


def test_the_server_speaks_the_language_of_the_cookie(server: Server) -> None:
    cookies = server.sign_in("boss", PASSWORD, language="zh")
    shell = httpx.get(f"{server.base_url}/today", cookies=cookies)
    assert '<html lang="zh-CN"' in shell.text
    chinese, english = (visit(server, "glossary", {**cookies, "waterline_lang": chosen}) for chosen in ("zh", "en"))
    assert chinese.text != english.text


def test_the_store_is_migrated_at_start(server: Server) -> None:
    store = open_store(f"sqlite:///{server.home / 'store.db'}")
    assert store.migrated
    store.close()


def test_a_page_of_another_site_opens_no_websocket(server: Server) -> None:
    address = server.base_url.replace("http", "ws", 1) + "/_stcore/stream"

    async def knock() -> None:
        async with connect(address, subprotocols=[Subprotocol("streamlit")], origin=Origin("https://evil.example")):
            raise AssertionError("a foreign page was let in")

    with pytest.raises(InvalidStatus, match="403"):
        asyncio.run(knock())
