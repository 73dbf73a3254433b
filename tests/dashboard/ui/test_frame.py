"""Who may open what, and where one lands."""

from __future__ import annotations

import pytest

from analytics.core.access import MAY, Role
from dashboard.ui.frame import home_of, permitted
from dashboard.ui.markup import address
from pages import PAGES
from tests.dashboard.ui.fake_services import actor


@pytest.mark.parametrize("role", list(Role))
def test_navigation_offers_what_the_role_may_open_and_nothing_else(role: Role) -> None:
    assert permitted(actor(role), PAGES) == [spec for spec in PAGES if spec.action in MAY[role]]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SERVICE])
def test_every_role_has_a_home_that_it_may_open(role: Role) -> None:
    allowed = permitted(actor(role), PAGES)
    assert home_of(actor(role), allowed) in allowed
    assert any(role in spec.home_of for spec in allowed)


def test_pages_have_addresses_of_their_own() -> None:
    assert len({spec.url_path for spec in PAGES}) == len({spec.key for spec in PAGES}) == len(PAGES)
    assert not [spec for spec in PAGES if "/" in spec.url_path or not spec.url_path]


def test_links_cannot_lead_away() -> None:
    assert address("/language/en", following="//evil.example/x?a=1&b=2") == (
        "/language/en?next=%2F%2Fevil.example%2Fx%3Fa%3D1%26b%3D2"
    )
