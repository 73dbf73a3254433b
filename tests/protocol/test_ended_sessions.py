"""An open tab loses its rights with the very next thing it does, whichever way they were taken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from analytics.core.access import ROOT, Role
from dashboard.composition import Services, services_as
from dashboard.services.users import actor_named
from dashboard.settings import settings_from
from data.store.engine import Store, open_store
from data.store.identity import Identity
from tests.protocol.conftest import PASSWORD
from tests.protocol.virtual_user import Run, VirtualUser
from tests.serving import Server

pytestmark = pytest.mark.protocol

MINE, OTHERS = "Open sessions of your account", "End all other sessions"


@pytest.fixture
def store(server: Server) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{server.home / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def administrator(server: Server, store: Store) -> Services:
    settings = settings_from({"WATERLINE_HOME": str(server.home)})
    return services_as(settings, store, lambda: actor_named(Identity(store), "admin", now=datetime.now(UTC)))


def somebody(store: Store, name: str, role: Role) -> str:
    made = Identity(store).create_user(
        name=name, display_name=name, password=PASSWORD, roles={role}, grants={ROOT}, now=datetime.now(UTC)
    )
    return made.id


@pytest.mark.parametrize("way", ["disabled", "ended", "demoted"])
def test_the_next_rerun_is_refused(server: Server, store: Store, administrator: Services, way: str) -> None:
    user_id = somebody(store, f"rerun-{way}", Role.ADMINISTRATOR)
    cookies = server.sign_in(f"rerun-{way}", PASSWORD)

    def take() -> None:
        access = administrator.access
        if way == "disabled":
            access.disable(user_id)
        elif way == "ended":
            access.end_session(user_id, access.sessions(user_id)[0].id)
        else:
            access.change(user_id, frozenset({Role.EXECUTIVE}), frozenset({ROOT}))

    async def stay() -> tuple[Run, Run]:
        async with VirtualUser(server.base_url, "access", cookies=cookies) as user:
            before = await user.run()
            take()
            return before, await user.run()

    before, after = asyncio.run(stay())
    assert "dealer-two" in before.text
    assert "dealer-two" not in after.text
    assert after.exceptions == ()


@pytest.mark.parametrize("way", ["disabled", "ended"])
def test_a_button_of_an_open_tab_does_nothing_any_more(
    server: Server, store: Store, administrator: Services, way: str
) -> None:
    """Handlers run before the frame looks at the session: only the service stands between."""
    user_id = somebody(store, f"button-{way}", Role.DEALER)
    cookies = server.sign_in(f"button-{way}", PASSWORD)
    server.sign_in(f"button-{way}", PASSWORD)
    access = administrator.access

    async def stay() -> tuple[Run, Run]:
        async with VirtualUser(server.base_url, "sessions", cookies=cookies) as user:
            before = await user.run()
            if way == "disabled":
                access.disable(user_id)
                access.enable(user_id)
                server.sign_in(f"button-{way}", PASSWORD)
            else:
                # The one used last is the tab's own or the other's: end the tab's, which was opened first.
                first = min(access.sessions(user_id), key=lambda one: one.opened_at)
                access.end_session(user_id, first.id)
            return before, await user.press(OTHERS)

    before, after = asyncio.run(stay())
    assert MINE in before.text
    assert MINE not in after.text
    assert after.exceptions == ()
    assert len(access.sessions(user_id)) == 1, "the other session lives on"


def test_everybody_is_told_of_their_own_sessions_and_never_of_a_token(server: Server, store: Store) -> None:
    """Two people of one scope and role: an answer remembered for one must not reach the other."""
    for name, count in (("twin-one", 1), ("twin-two", 3)):
        somebody(store, name, Role.DEALER)
        cookies = [server.sign_in(name, PASSWORD) for _ in range(count)][-1]

        async def look(kept: dict[str, str] = cookies) -> Run:
            async with VirtualUser(server.base_url, "sessions", cookies=kept) as user:
                return await user.run()

        seen = asyncio.run(look())
        assert f"{MINE}: **{count}**" in seen.text
        assert cookies[server.session_cookie] not in seen.text


def test_ending_all_others_from_the_page(server: Server, store: Store) -> None:
    somebody(store, "tidy", Role.DEALER)
    other, cookies = server.sign_in("tidy", PASSWORD), server.sign_in("tidy", PASSWORD)

    async def press() -> Run:
        async with VirtualUser(server.base_url, "sessions", cookies=cookies) as user:
            await user.run()
            return await user.press(OTHERS)

    after = asyncio.run(press())
    assert f"{MINE}: **1**" in after.text
    assert httpx.get(f"{server.base_url}/sessions", cookies=cookies).status_code == 200
    assert httpx.get(f"{server.base_url}/sessions", cookies=other).status_code == 303
