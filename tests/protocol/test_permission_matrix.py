"""Every page × every role, by its own address on the running server, and what each role may never be told."""

from __future__ import annotations

import asyncio
from functools import cache

import pytest

from dashboard.words import words
from pages import PAGES
from tests.protocol.conftest import PASSWORD, PEOPLE
from tests.protocol.virtual_user import Run, VirtualUser
from tests.serving import Server

pytestmark = pytest.mark.protocol

READERS = {"boss", "dealer-one", "dealer-two", "outlet", "leader", "planner", "marketer", "approver"}
MAY_OPEN = {"today": READERS, "heatmap": READERS, "glossary": READERS | {"admin"}}
MAY_OPEN |= {"sessions": READERS | {"admin"}, "access": {"admin"}, "audit": {"admin"}}
MAY_OPEN |= {"forecast": READERS, "fulfilment": READERS, "kpis": READERS, "simulation": READERS}
MAY_OPEN |= {"policies": {"boss", "planner", "marketer", "approver", "admin"}}
MAY_OPEN |= {key: (READERS - {"marketer"}) | {"robot"} for key in ("inbox", "history")}
MAY_OPEN |= {key: {"admin", "robot"} for key in ("load", "data-health")}
MAY_OPEN |= {"ledger": {"boss", "planner", "approver", "robot"}, "plants": {"boss", "planner", "approver"}}
SEES_COST = {"boss", "planner", "approver"}
CANARIES = {
    "D1": ("Canary Dealer One",),
    "S1": ("Canary Store One",),
    "S2": ("Canary Store Two",),
    "D2": ("Canary Dealer Two",),
    "S3": ("Canary Store Three",),
}
INSIDE = {"brand": set(CANARIES), "D1": {"D1", "S1", "S2"}, "D2": {"D2", "S3"}, "S1": {"S1"}, "S2": {"S2"}}


@cache
def signed_in(server: Server, name: str) -> dict[str, str]:
    """One session for all pages, as a person has: what signing in does is asked elsewhere."""
    return server.sign_in(name, PASSWORD)


def look(server: Server, name: str, page: str, language: str = "en") -> Run:
    cookies = signed_in(server, name) | {"waterline_lang": language}

    async def visit() -> Run:
        async with VirtualUser(server.base_url, page, cookies=cookies) as user:
            return await user.run()

    return asyncio.run(visit())


def test_the_matrix_names_every_page_and_every_role() -> None:
    assert set(MAY_OPEN) == {spec.url_path for spec in PAGES}
    assert READERS | {"admin", "robot"} == {name for name, _, _ in PEOPLE}


@pytest.mark.parametrize("page", sorted(MAY_OPEN))
@pytest.mark.parametrize(("name", "grant"), [(name, grant) for name, _, grant in PEOPLE])
def test_page_by_role(server: Server, page: str, name: str, grant: str) -> None:
    seen = look(server, name, page)
    spec = next(spec for spec in PAGES if spec.url_path == page)
    title = words("en").t(f"page.{spec.key}.title")
    assert seen.exceptions == ()
    headings = [text for text in seen.texts if text.strip("# ") == title]
    if name in MAY_OPEN[page]:
        assert headings, f"{name} should see {page}"
    else:
        assert not headings
        assert seen.metrics == {}
        assert not any(canary in seen.text for names in CANARIES.values() for canary in names)
    for owner, names in CANARIES.items():
        if owner not in INSIDE[grant]:
            assert not any(canary in seen.text for canary in names), f"{name} was told of {owner} on {page}"


@pytest.mark.parametrize("name", sorted(READERS))
def test_margins_are_for_those_who_may_see_cost(server: Server, name: str) -> None:
    seen = look(server, name, "today")
    label = words("en").t("metric.gross_margin.short")
    assert (label in seen.metrics) == (name in SEES_COST)


@pytest.mark.parametrize("page", sorted(MAY_OPEN))
def test_both_languages(server: Server, page: str) -> None:
    for language in ("zh", "en"):
        seen = look(server, min(MAY_OPEN[page]), page, language)
        spec = next(spec for spec in PAGES if spec.url_path == page)
        assert words(language).t(f"page.{spec.key}.title") in seen.text
        assert seen.exceptions == ()
