"""Files leave the running server only for whom they were made, told beforehand, and with rights that still hold."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import httpx
import openpyxl
import pytest

from analytics.core.access import Role
from dashboard.composition import Services, audit_for, services_as
from dashboard.services.users import actor_named, shell_actor
from dashboard.settings import settings_from
from data.store.disclosures import Seen
from data.store.engine import Store, open_store
from data.store.identity import Identity
from data.store.records import Disclosure
from data.store.unit_of_work import UnitOfWork
from tests.protocol.conftest import PASSWORD
from tests.protocol.virtual_user import Made, VirtualUser
from tests.serving import Server

T = TypeVar("T")
pytestmark = pytest.mark.protocol

BUTTON, SHEET = "overview.today.tiers.csv", "overview.today.tiers.xlsx"
OWN = {"Canary Dealer One", "Canary Store One", "Canary Store Two"}


@pytest.fixture
def store(server: Server) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{server.home / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def administrator(server: Server, store: Store) -> Services:
    settings = settings_from({"WATERLINE_HOME": str(server.home)})
    return services_as(settings, store, lambda: actor_named(Identity(store), "admin", now=datetime.now(UTC)))


def somebody(store: Store, name: str, role: Role = Role.DEALER, grant: str = "D1") -> str:
    made = Identity(store).create_user(
        name=name, display_name=name, password=PASSWORD, roles={role}, grants={grant}, now=datetime.now(UTC)
    )
    return made.id


def taken(store: Store, user_id: str) -> list[Disclosure]:
    """What the log says that somebody took, newest first."""
    with UnitOfWork(store, shell_actor().scope, reading=True) as unit:
        return list(unit.disclosures.find(Seen(user=user_id), 100))


def at_today(server: Server, cookies: dict[str, str], then: Callable[[VirtualUser], Awaitable[T]]) -> T:
    """Open the page "today" and do something in that tab."""

    async def stay() -> T:
        async with VirtualUser(server.base_url, "today", cookies=cookies) as user:
            await user.run()
            return await then(user)

    return asyncio.run(stay())


def fetch(server: Server, path: str, cookies: dict[str, str], **headers: str) -> httpx.Response:
    return httpx.get(f"{server.base_url}{path}", cookies=cookies, headers=headers)


def rows_of(file: bytes) -> list[list[str]]:
    """Lines of a CSV below what it says of itself."""
    lines = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    return [line for line in lines if not line[0].startswith("# ")]


def while_open(server: Server, cookies: dict[str, str], button: str, check: Callable[[Made], T]) -> T:
    """Take a file at "today" and do something with it while that tab is open, as browsers do; a tab takes its files
    along when it is closed.
    """

    async def then(user: VirtualUser) -> T:
        made = await user.ask_for(user.offered[button])
        assert made.refusal == ""
        return await asyncio.to_thread(check, made)

    return at_today(server, cookies, then)


def test_a_file_leaves_as_it_stands_on_the_page_and_is_told_beforehand(server: Server, store: Store) -> None:
    user_id = somebody(store, "taker")
    cookies = server.sign_in("taker", PASSWORD)

    def told_then_fetched(made: Made) -> tuple[list[Disclosure], httpx.Response]:
        return taken(store, user_id), fetch(server, made.path, cookies)

    told, answer = while_open(server, cookies, BUTTON, told_then_fetched)
    assert len(told) == 1, "told before anybody fetched it"
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert hashlib.sha256(answer.content).hexdigest() == told[0].checksum
    header, *rows = rows_of(answer.content)
    assert [one.removesuffix(" (%)") for one in header] == list(told[0].columns)
    assert {"Canary Store One", "Canary Store Two"} <= {row[0] for row in rows} <= OWN
    assert told[0].rows == len(rows)
    assert (told[0].page, told[0].subject, told[0].format) == ("overview.today", "tiers", "csv")
    assert "Canary Store Three" not in answer.text
    assert told[0].id in answer.text, "the file names its entry in the log"


def test_a_worksheet_leaves_the_same_way(server: Server, store: Store) -> None:
    somebody(store, "sheet-taker")
    cookies = server.sign_in("sheet-taker", PASSWORD)
    answer = while_open(server, cookies, SHEET, lambda made: fetch(server, made.path, cookies))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    names = {str(row[0].value) for row in book.worksheets[0].iter_rows(min_row=2)}
    assert {"Canary Store One", "Canary Store Two"} <= names <= OWN
    assert any("sheet-taker" in str(row[1].value) for row in book.worksheets[1].iter_rows())


def test_the_address_of_a_file_is_of_no_use_to_others(server: Server, store: Store) -> None:
    somebody(store, "owner")
    cookies = server.sign_in("owner", PASSWORD)

    def by_others(made: Made) -> None:
        assert fetch(server, made.path, {}).status_code == 401
        assert fetch(server, made.path, {server.session_cookie: "never-issued"}).status_code == 401
        for name in ("dealer-one", "dealer-two", "boss", "admin"):
            refused = fetch(server, made.path, server.sign_in(name, PASSWORD))
            assert refused.status_code == 404
            assert "Canary" not in refused.text
            assert refused.headers["cache-control"] == "no-store"
        whole = fetch(server, made.path, cookies, range="bytes=0-9")
        assert (whole.status_code, len(whole.content) > 10) == (200, True)
        httpx.post(f"{server.base_url}/sign-out", cookies=cookies, headers={"origin": server.base_url})
        assert fetch(server, made.path, cookies).status_code == 401

    while_open(server, cookies, BUTTON, by_others)


def test_a_file_is_made_for_the_tab_that_offered_it_alone(server: Server, store: Store) -> None:
    user_id = somebody(store, "offerer")
    cookies = server.sign_in("offerer", PASSWORD)

    async def elsewhere(user: VirtualUser) -> Made:
        file_id = user.offered[BUTTON]
        for others in ({}, server.sign_in("dealer-two", PASSWORD), cookies):
            async with VirtualUser(server.base_url, "today", cookies=others) as stranger:
                await stranger.run()
                refused = await stranger.ask_for(file_id)
                assert refused.path == ""
                assert "reload the page" in refused.refusal
        return await user.ask_for(file_id)

    assert at_today(server, cookies, elsewhere).path
    assert len(taken(store, user_id)) == 1, "only the last one was made"


@pytest.mark.parametrize("way", ["disabled", "ended", "demoted", "moved"])
def test_a_right_that_ended_between_page_and_press(
    server: Server, store: Store, administrator: Services, way: str
) -> None:
    """No bytes, and nothing in the log that says there were."""
    user_id = somebody(store, f"press-{way}")
    cookies = server.sign_in(f"press-{way}", PASSWORD)
    access = administrator.access

    async def lose_then_press(user: VirtualUser) -> Made:
        if way == "disabled":
            access.disable(user_id)
        elif way == "ended":
            access.end_session(user_id, access.sessions(user_id)[0].id)
        elif way == "demoted":
            access.change(user_id, frozenset({Role.ADMINISTRATOR}), frozenset({"D1"}))
        else:
            access.change(user_id, frozenset({Role.DEALER}), frozenset({"D2"}))
        return await user.ask_for(user.offered[BUTTON])

    made = at_today(server, cookies, lose_then_press)
    assert made.path == ""
    assert made.refusal
    assert "Failed to generate" not in made.refusal
    assert taken(store, user_id) == []
    trail = audit_for(settings_from({"WATERLINE_HOME": str(server.home)}), store, shell_actor())
    assert not trail.verify().findings


def test_what_was_asked_for_is_told_even_if_nobody_waits_for_it(server: Server, store: Store) -> None:
    user_id = somebody(store, "impatient")
    cookies = server.sign_in("impatient", PASSWORD)

    async def leave() -> None:
        async with VirtualUser(server.base_url, "today", cookies=cookies) as user:
            await user.run()
            await user.want(user.offered[BUTTON])

    async def wait() -> None:
        await leave()
        async with asyncio.timeout(30):
            while not taken(store, user_id):
                await asyncio.sleep(0.1)

    asyncio.run(wait())
    assert len(taken(store, user_id)) == 1


def test_what_cannot_be_told_does_not_leave(server: Server, store: Store) -> None:
    user_id = somebody(store, "untold")
    cookies = server.sign_in("untold", PASSWORD)
    broken = "CREATE TRIGGER broken BEFORE INSERT ON disclosure BEGIN SELECT RAISE(ABORT, 'secret detail'); END"
    file = sqlite3.connect(server.home / "store.db")
    try:
        file.execute(broken)
        made = at_today(server, cookies, lambda user: user.ask_for(user.offered[BUTTON]))
    finally:
        file.execute("DROP TRIGGER broken")
        file.close()
    assert made.path == ""
    assert "reference" in made.refusal
    assert "secret detail" not in made.refusal
    assert taken(store, user_id) == []
