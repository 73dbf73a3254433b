"""A page as it stands, kept under a name: only its address, so that whoever opens it sees their own rows."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

from analytics.core.access import Action, Actor, Role
from analytics.core.errors import DomainError
from dashboard.services.desk import Desk
from dashboard.services.use_case import UseCase, reads
from data.store.audit import Deed, Subject
from data.store.audit_trail import Audit
from data.store.saved_views import SavedView
from data.store.saved_views import SavedViews as Kept

MOST = 50
"""Views of one person: of more, nobody finds one again."""

LONGEST_NAME, LONGEST_QUERY = 60, 4000

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PAGE = re.compile(r"[a-z_]+\.[a-z_]+")


class Work(Protocol):
    """One transaction over views and the audit trail."""

    saved_views: Kept
    audit: Audit

    def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Units:
    """What :mod:`dashboard.composition` opens: units of work for reading and for writing."""

    reading: Callable[[Actor], AbstractContextManager[Work]]
    writing: Callable[[Actor], AbstractContextManager[Work]]


@dataclass(frozen=True, slots=True)
class Seen:
    """The views that somebody may open: the own ones, and those of others. ``may_share``: with whom is their choice."""

    own: Sequence[SavedView]
    shared: Sequence[SavedView]
    may_share: bool


class SavedViews(UseCase):
    """Use case of the frame; everybody keeps views, head office shares them with roles."""

    def __init__(self, desk: Desk, units: Units, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._units = units
        self._clock = clock

    @reads
    def seen(self) -> Seen:
        """The asker's views and those that are shared with the asker's roles."""
        actor = self._actor()
        with self._units.reading(actor) as unit:
            found = unit.saved_views.seen_by(actor)
        own = tuple(one for one in found if one.owner_id == actor.user_id)
        others = tuple(one for one in found if one.owner_id != actor.user_id)
        return Seen(own, others, actor.may(Action.SHARE_VIEWS))

    def save(self, name: str, page: str, query: str) -> SavedView:
        """Keep the address of a page (its key and its query) under a name.

        Raises DomainError ``saved_view_name``, ``saved_view_too_long``, ``saved_view_exists`` or ``saved_views_full``.
        """
        actor = self._actor()
        view = SavedView(
            uuid.uuid4().hex, actor.user_id, actor.name, _name(name), _page(page), _query(query), self._clock()
        )
        with self._units.writing(actor) as unit:
            unit.saved_views.add(view, most=MOST)
            unit.commit()
        return view

    def rename(self, view_id: str, name: str) -> None:
        """Give an own view another name; raises DomainError as :meth:`save`, and ``saved_view_unknown``."""
        actor, wanted = self._actor(), _name(name)
        with self._units.writing(actor) as unit:
            before = unit.saved_views.own(actor, view_id)
            unit.saved_views.rename(actor, view_id, wanted)
            if before.roles:
                self._tell(unit, actor, Deed.SAVED_VIEW_SHARED, replace(before, name=wanted))
            unit.commit()

    def share(self, view_id: str, roles: frozenset[Role]) -> None:
        """Let people of these roles open an own view; none of them takes it back. Head office alone may share."""
        actor = self._desk.actor(Action.SHARE_VIEWS)
        with self._units.writing(actor) as unit:
            before = unit.saved_views.own(actor, view_id)
            if before.roles == roles:
                return
            unit.saved_views.share(actor, view_id, roles)
            deed = Deed.SAVED_VIEW_SHARED if roles else Deed.SAVED_VIEW_UNSHARED
            self._tell(unit, actor, deed, replace(before, roles=roles))
            unit.commit()

    def remove(self, view_id: str) -> None:
        """Forget an own view, also for those that it was shared with; raises DomainError ``saved_view_unknown``."""
        actor = self._actor()
        with self._units.writing(actor) as unit:
            before = unit.saved_views.own(actor, view_id)
            unit.saved_views.remove(actor, view_id)
            if before.roles:
                self._tell(unit, actor, Deed.SAVED_VIEW_UNSHARED, replace(before, roles=frozenset()))
            unit.commit()

    def _actor(self) -> Actor:
        return self._desk.actor(Action.KEEP_OWN_ACCOUNT)

    def _tell(self, unit: Work, actor: Actor, deed: Deed, view: SavedView) -> None:
        """What others may open is told; what somebody keeps for themselves is nobody's business."""
        facts = {"name": view.name, "page": view.page, "roles": sorted(role.value for role in view.roles)}
        unit.audit.append(actor, deed, Subject("saved_view", view.id), facts, at=self._clock())


def _name(given: str) -> str:
    name = given.strip()
    if not name or len(name) > LONGEST_NAME or _CONTROL.search(name):
        raise DomainError("saved_view_name", given=name[:LONGEST_NAME], most=LONGEST_NAME)
    return name


def _page(given: str) -> str:
    if not _PAGE.fullmatch(given):
        raise DomainError("saved_view_page", given=given[:LONGEST_NAME])
    return given


def _query(given: str) -> str:
    """The pairs of a query, written anew, so that nothing else than pairs can be kept."""
    query = urlencode(parse_qsl(given, keep_blank_values=True)) if len(given) <= LONGEST_QUERY else given
    if len(query) > LONGEST_QUERY:
        raise DomainError("saved_view_too_long", characters=len(query), most=LONGEST_QUERY)
    return query
