"""Inside fragments, which run without the frame, a right ends as fast as anywhere else, whichever way it was taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from analytics.core.access import ROOT, Role
from dashboard.composition import Services, services_as, services_for
from dashboard.services.users import actor_named
from dashboard.settings import settings_from
from data.store.engine import Store, open_store
from data.store.entities import sessions
from data.store.identity import Identity
from tests.protocol.conftest import PASSWORD
from tests.protocol.virtual_user import Run, VirtualUser
from tests.serving import Server, serving
from tests.worlds import TABLES, make_world

pytestmark = pytest.mark.protocol

HERS, HIS = "Canary Store One", "Canary Store Three"
FRAGMENTS = ("kit", "careless", "remembered")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = Path(tmp_path_factory.mktemp("fragments"))
    world = make_world(home, TABLES)
    Identity(world.store).create_user(
        name="admin", display_name="", password=PASSWORD, roles={Role.ADMINISTRATOR}, grants={ROOT}, now=now()
    )
    world.store.close()
    with serving(home, module="tests.protocol.with_fragments") as running:
        yield running


@pytest.fixture(scope="module")
def store(server: Server) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{server.home / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def admin(server: Server, store: Store) -> Services:
    settings = settings_from({"WATERLINE_HOME": str(server.home)})
    return services_as(settings, store, lambda: actor_named(Identity(store), "admin", now=now()))


def now() -> datetime:
    return datetime.now(UTC)


Take = Callable[[Server, Store, Services, str, dict[str, str]], None]


def signed_out(server: Server, _store: Store, _admin: Services, _user: str, cookies: dict[str, str]) -> None:
    httpx.post(f"{server.base_url}/sign-out", cookies=cookies, headers={"origin": server.base_url})


def ended(_server: Server, _store: Store, admin: Services, user: str, _cookies: dict[str, str]) -> None:
    # The other session was opened last: the tab's own is the first one.
    first = min(admin.access.sessions(user), key=lambda one: one.opened_at)
    admin.access.end_session(user, first.id)


def disabled(_server: Server, _store: Store, admin: Services, user: str, _cookies: dict[str, str]) -> None:
    admin.access.disable(user)


def grown_idle(_server: Server, store: Store, _admin: Services, user: str, _cookies: dict[str, str]) -> None:
    _set_back(store, user, last_seen_at=now() - timedelta(hours=9))


def expired(_server: Server, store: Store, _admin: Services, user: str, _cookies: dict[str, str]) -> None:
    _set_back(store, user, expires_at=now() - timedelta(seconds=1))


def demoted(_server: Server, _store: Store, admin: Services, user: str, _cookies: dict[str, str]) -> None:
    admin.access.change(user, frozenset({Role.ADMINISTRATOR}), frozenset({"D1"}))


def moved(_server: Server, _store: Store, admin: Services, user: str, _cookies: dict[str, str]) -> None:
    admin.access.change(user, frozenset({Role.DEALER}), frozenset({"D2"}))


def grant_over(_server: Server, _store: Store, admin: Services, user: str, _cookies: dict[str, str]) -> None:
    admin.access.limit(user, "D1", None, now().date() - timedelta(days=2))


def _set_back(store: Store, user: str, **values: datetime) -> None:
    with store.writing() as connection:
        mine = connection.scalars(
            select(sessions.c.token_digest).where(sessions.c.user_id == user).order_by(sessions.c.created_at)
        ).first()
        connection.execute(update(sessions).where(sessions.c.token_digest == mine).values(**values))


WAYS: tuple[Take, ...] = (signed_out, ended, disabled, grown_idle, expired, demoted, moved, grant_over)
LOCKED_OUT = {signed_out, ended, disabled, grown_idle, expired}


@pytest.fixture(params=WAYS, ids=lambda way: str(way.__name__))
def seen(request: pytest.FixtureRequest, server: Server, store: Store, admin: Services) -> tuple[Take, dict[str, Run]]:
    """What a tab of a dealer is told: at first, and, after the right was taken, by each of its fragments."""
    take: Take = request.param
    made = Identity(store).create_user(
        name=take.__name__, display_name="", password=PASSWORD, roles={Role.DEALER}, grants={"D1"}, now=now()
    )
    cookies = server.sign_in(take.__name__, PASSWORD)
    server.sign_in(take.__name__, PASSWORD)

    async def stay() -> dict[str, Run]:
        async with VirtualUser(server.base_url, "today", cookies=cookies) as user:
            told = {"": await user.run()}
            take(server, store, admin, made.id, cookies)
            fragments = {name: user.widgets[name].fragment for name in FRAGMENTS}
            for name in FRAGMENTS[::-1]:
                told[name] = await user.run(fragment=fragments[name])
            return told

    return take, asyncio.run(stay())


def test_a_fragment_tells_nothing_any_more(seen: tuple[Take, dict[str, Run]]) -> None:
    take, told = seen
    assert HERS in told[""].text, "the page shows what its reader may see"
    for name in FRAGMENTS:
        assert HERS not in told[name].text, f"{name} after {take.__name__}"
        assert "not_signed_in" not in told[name].text
        assert "Traceback" not in told[name].text
    for name in FRAGMENTS:
        assert (HIS in told[name].text) == (take is moved), "rows follow the new right at once, remembered ones, too"
    # A part of the kit has the whole page drawn anew.
    assert told["kit"].exceptions == ()
    said = told["kit"].text
    if take in LOCKED_OUT:
        assert "Sign in" in said
    elif take is moved:
        assert HIS in said
    elif take is demoted:
        assert "Canary" not in said
        assert "Users and access" in said


@pytest.mark.parametrize("name", ["kit", "careless"])
def test_a_button_in_a_fragment_does_nothing_any_more(server: Server, store: Store, admin: Services, name: str) -> None:
    """Its handler runs before anything is drawn: the service alone stands between."""
    made = Identity(store).create_user(
        name=f"b-{name}", display_name="", password=PASSWORD, roles={Role.DEALER}, grants={"D1"}, now=now()
    )
    cookies = server.sign_in(f"b-{name}", PASSWORD)
    server.sign_in(f"b-{name}", PASSWORD)

    async def press() -> Run:
        async with VirtualUser(server.base_url, "today", cookies=cookies) as user:
            await user.run()
            ended(server, store, admin, made.id, cookies)
            return await user.press(name)

    assert HERS not in asyncio.run(press()).text
    assert len(admin.access.sessions(made.id)) == 1, "the other session lives on"


def test_a_clock_does_not_keep_a_session_alive(server: Server, store: Store) -> None:
    made = Identity(store).create_user(
        name="asleep", display_name="", password=PASSWORD, roles={Role.DEALER}, grants={"D1"}, now=now()
    )
    cookies = server.sign_in("asleep", PASSWORD)
    before = now() - timedelta(hours=2)

    def used() -> datetime:
        with store.reading() as connection:
            found: datetime = connection.scalars(
                select(sessions.c.last_seen_at).where(sessions.c.user_id == made.id)
            ).one()
            return found

    async def stay() -> tuple[datetime, datetime]:
        async with VirtualUser(server.base_url, "today", cookies=cookies) as user:
            await user.run()
            _set_back(store, made.id, last_seen_at=before)
            told = await user.run(fragment=user.widgets["kit"].fragment)
            assert HERS in told.text
            by_clock = used()
            await user.run()
            return by_clock, used()

    by_clock, by_hand = asyncio.run(stay())
    assert by_clock == before
    assert by_hand > before + timedelta(hours=1)


def test_a_view_begins_and_ends_in_open_tabs(server: Server, store: Store) -> None:
    """Two tabs of one session: what the first one begins, the second one shows with its next fragment."""
    roles = {Role.ADMINISTRATOR, Role.EXECUTIVE}
    Identity(store).create_user(
        name="looker", display_name="", password=PASSWORD, roles=roles, grants={ROOT}, now=now()
    )
    Identity(store).create_user(
        name="watched", display_name="", password=PASSWORD, roles={Role.DEALER}, grants={"D2"}, now=now()
    )
    cookies = server.sign_in("looker", PASSWORD)

    async def stay() -> tuple[Run, Run, Run, Run]:
        settings = settings_from({"WATERLINE_HOME": str(server.home), "WATERLINE_BASE_URL": server.base_url})
        viewed = Identity(store).find(name="watched")
        assert viewed is not None
        async with VirtualUser(server.base_url, "today", cookies=cookies) as user:
            await user.run()
            fragments = {name: user.widgets[name].fragment for name in FRAGMENTS}
            services_for(settings, store, cookies[server.session_cookie]).viewing.begin(viewed.id)
            careless = await user.run(fragment=fragments["careless"])
            kit = await user.run(fragment=fragments["kit"])
            pressed = await user.press("careless")
            return careless, kit, pressed, await user.press("End view")

    careless, kit, pressed, back = asyncio.run(stay())
    for told in (careless, kit):
        assert HIS in told.text
        assert HERS not in told.text
    assert "looker is looking at Waterline as watched" in kit.text
    assert "not change or export it" in pressed.text
    assert HERS in back.text
    assert "is looking at Waterline as" not in back.text


def test_a_replayed_cookie_is_refused(server: Server, store: Store) -> None:
    Identity(store).create_user(
        name="replayed", display_name="", password=PASSWORD, roles={Role.DEALER}, grants={"D1"}, now=now()
    )
    cookies = server.sign_in("replayed", PASSWORD)
    url = f"{server.base_url}/today"
    assert httpx.get(url, cookies=cookies).status_code == 200
    httpx.post(f"{server.base_url}/sign-out", cookies=cookies, headers={"origin": server.base_url})
    assert httpx.get(url, cookies=cookies).status_code == 303
    assert httpx.get(f"{server.base_url}/media/x.csv", cookies=cookies).status_code == 401

    async def replay() -> Run:
        async with VirtualUser(server.base_url, "today", cookies=cookies) as user:
            return await user.run()

    told = asyncio.run(replay())
    assert "Canary" not in told.text
    assert "Sign in" in told.text
    assert told.metrics == {}
