"""What the frame must know of a page before it runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.core.access import Action, Role
from dashboard.ui.page import Page


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page. Words are ``page.<key>.title|about`` and ``section.<section>`` of the catalogues.

    ``needs``: tables without which the page has nothing to say. ``home_of``: roles that land here after signing in.
    """

    key: str
    section: str
    url_path: str
    render: Callable[[Page], None]
    action: Action
    icon: str
    needs: tuple[str, ...] = ()
    home_of: frozenset[Role] = frozenset()
