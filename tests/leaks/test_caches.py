"""Two people who alternate on warm caches, over every page: nobody is handed what was made for the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.core.access import Action, Actor, Role
from dashboard.composition import Services, services_as
from dashboard.ui import cache
from pages import PAGES
from tests.leaks.answers import EVERYTHING
from tests.leaks.scripts import real_app
from tests.protocol.virtual_user import _texts
from tests.worlds import TABLES, World, make_world

pytestmark = pytest.mark.slow

OF_ONE = ("Canary Dealer One", "Canary Store One", "Canary Store Two")
OF_TWO = ("Canary Dealer Two", "Canary Store Three", "Canary Store Four", "Canary City")
DEALER_PAGES = sorted(
    spec.url_path for spec in PAGES if Actor("x", "x", frozenset({Role.DEALER}), frozenset({"x"})).may(spec.action)
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("world")), TABLES)


@pytest.fixture(autouse=True)
def cold() -> Iterator[None]:
    """Nothing that one test remembered is known to the next one."""
    yield
    cache._remembered.clear()
    cache.drawn.clear()


def opened(world: World, grant: str, page: str, **params: Any) -> str:
    """Everything that a page sends to somebody with that grant, lists of the filters included."""
    args = (str(world.settings.home), grant, "dealer", page)
    app = AppTest.from_function(real_app, args=args, default_timeout=60)
    app.context = {"locale": "en-US", "timezone": "Asia/Shanghai"}
    app.session_state["filter.more"] = True
    for name, value in {"period": "everything", **params}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return "\n".join(_said(app._tree))


def _without_ids(text: str) -> list[str]:
    return sorted(re.sub("[0-9a-f-]{32,}", "", text).split())


def _said(node: Any) -> Iterator[str]:
    proto = getattr(node, "proto", None)
    if hasattr(proto, "ListFields"):
        yield from _texts(proto)
    for child in getattr(node, "children", {}).values():
        yield from _said(child)


def nobody_is_handed_the_others(world: World, page: str) -> None:
    first, second, again = (opened(world, grant, page) for grant in ("D1", "D2", "D1"))
    for told, others in ((first, OF_TWO), (second, OF_ONE), (again, OF_TWO)):
        assert not [canary for canary in others if canary in told], f"{page} tells of others"
    assert _without_ids(first) == _without_ids(again), "what the other was told in between changes nothing"


@pytest.mark.parametrize("page", DEALER_PAGES)
def test_two_alternate_on_every_page(world: World, page: str) -> None:
    nobody_is_handed_the_others(world, page)


def test_the_pages_do_tell_of_the_own(world: World) -> None:
    for page in ("today", "heatmap"):
        assert "Canary Store One" in opened(world, "D1", page)
        assert "Canary Store Three" in opened(world, "D2", page)


@pytest.mark.parametrize("page", ["today", "heatmap"])
def test_parameters_of_the_address_open_nothing(world: World, page: str) -> None:
    """A link of a colleague's names things of others: they are neither shown nor told by name."""
    told = opened(world, "D1", page, partner=["S3", "D2"], sku="Z9", cell="841f8d7ffffffff", region="999999")
    assert not [canary for canary in OF_TWO if canary in told]


def test_a_key_without_the_scope_is_found_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = cache.key_of

    def without(asker: Any, actor: Actor, method: Any, arguments: tuple[object, ...]) -> str:
        key = kept(asker, actor, method, arguments)
        assert actor.scope.fingerprint in key
        return key.replace(asker.scope_key, "").replace(actor.scope.fingerprint, "")

    monkeypatch.setattr(cache, "key_of", without)
    with pytest.raises(AssertionError):
        nobody_is_handed_the_others(world, "today")


def remembered_answers_follow_the_right(world: World) -> None:
    """Services live on in a fragment while the person behind them gets other rights."""
    now = world.actor("D1", roles=frozenset({Role.DEALER}))
    asked: dict[str, Actor] = {"who": now}
    services: Services = services_as(world.settings, world.store, lambda: asked["who"])
    for grants, own, others in (({"D1"}, OF_ONE, OF_TWO), ({"D2"}, OF_TWO, OF_ONE), ({"D1"}, OF_ONE, OF_TWO)):
        asked["who"] = replace(now, grants=frozenset(grants))
        told = str(cache.answer(services, Action.SEE_OVERVIEW, services.filters.options))
        assert own[0] in told
        assert others[0] not in told
    asked["who"] = replace(now, roles=frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(Exception, match="not_allowed"):
        cache.answer(services, Action.SEE_OVERVIEW, services.overview.today, EVERYTHING)


def test_remembered_answers_follow_the_right(world: World) -> None:
    remembered_answers_follow_the_right(world)


def test_a_cache_that_does_not_ask_again_is_found_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        cache,
        "authorised",
        lambda asker, action, method, arguments: cache.key_of(asker, asker.actor, method, arguments),
    )
    with pytest.raises(AssertionError):
        remembered_answers_follow_the_right(world)
