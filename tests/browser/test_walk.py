"""Every page in every look: nothing fails, nothing leaves the house, nobody is shut out, and it fits any window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from analytics.core.access import MAY, Role
from dashboard.words import words
from pages import PAGES
from tests.browser.axe import violations
from tests.browser.visit import PATIENCE, Visit, visit
from tests.serving import Server

pytestmark = pytest.mark.browser

SPECS = {spec.url_path: spec for spec in PAGES}
LOOKS = (("zh", "light"), ("en", "dark"))
"""Every language and every theme; what depends on both at once is no page's."""
WIDE, TWICE, PHONE = (1280, 900), (640, 450), (390, 900)
"""A window half as wide is a page twice as large."""

REFUSED = {"load"}
"""Pages that say in a demo home that nothing else comes in."""

Tabs = Callable[[str, str, str], Visit]


def visitor(address: str) -> str:
    """Whoever may open the page: the executive, if possible."""
    return next(role.value for role in (Role.EXECUTIVE, Role.ADMINISTRATOR) if SPECS[address].action in MAY[role])


@pytest.fixture(scope="module")
def tabs(chromium: Browser, served: Server) -> Iterator[Tabs]:
    """One signed-in tab for a person, a language and a theme, kept warm for all pages."""
    made: dict[tuple[str, str, str], Visit] = {}

    def tab(name: str, language: str, theme: str) -> Visit:
        key = (name, language, theme)
        if key not in made:
            made[key] = visit(chromium, served, name=name, language=language, theme=theme)
        return made[key]

    yield tab
    for one in made.values():
        one.page.context.close()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
@pytest.mark.parametrize("address", SPECS)
def test_a_page_stands_in_every_look(tabs: Tabs, address: str, language: str, theme: str) -> None:
    tab = tabs(visitor(address), language, theme)
    tab.foreign.clear()
    tab.complaints.clear()
    tab.resize(*WIDE)
    tab.open(address)
    title = words(language).t(f"page.{SPECS[address].key}.title")
    expect(tab.page.get_by_role("heading", name=title, level=2)).to_be_visible(timeout=PATIENCE)
    expect(tab.page.get_by_test_id("stAlert")).to_have_count(1 if address in REFUSED else 0)
    expect(tab.page.get_by_test_id("stException")).to_have_count(0)
    tab.photograph(f"{address}-{language}-{theme}")
    assert violations(tab.page) == []
    tab.resize(*TWICE)
    tab.settle()
    assert tab.overflow() <= 0, "at 200 %"
    if language == "zh":
        tab.resize(*PHONE)
        tab.open(address)
        expect(tab.page.get_by_role("heading", name=title, level=2)).to_be_visible(timeout=PATIENCE)
        tab.photograph(f"{address}-zh-phone")
        assert tab.overflow() <= 0, "on a phone"
    assert tab.foreign == []
    assert tab.complaints == []
