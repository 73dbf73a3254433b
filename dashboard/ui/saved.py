"""The menu of saved views: open one, keep the page as it stands, rename, share, forget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from analytics.core.access import Role
from dashboard.services.saved_views import Seen
from dashboard.ui import identity
from dashboard.ui.controls import Field, Typed
from dashboard.ui.headline import escaped
from dashboard.ui.markup import menu
from dashboard.ui.page import Page
from dashboard.ui.page_spec import PageSpec
from data.store.saved_views import SavedView

KEY = "frame.views"


def place(row: Any, label: str) -> Any:
    """The menu's button in the masthead; what is in it is asked for when it is opened."""
    return row.popover(label, icon=":material/bookmark:", type="tertiary", key=KEY, on_change="rerun")


def saved_views(page: Page, below: Any, spec: PageSpec, allowed: Sequence[PageSpec]) -> None:
    """Fill the menu. Called after the page, because the address holds its filters only then."""
    if not below.open:
        return
    own = replace(page, key=KEY)
    addresses = {one.key: one.url_path for one in allowed}
    with below:
        seen: Seen = own.now(own.services.saved_views.seen)
        listed(own, seen, addresses)
        if page.covered() is not None:
            here = identity.here(spec.url_path)
            query = urlsplit(here).query
            own.copyable(own.t("frame.views.link"), f"{own.settings.base_url.rstrip('/')}{here}")
            own.form("save", [Field("name")], lambda typed: own.services.saved_views.save(
                typed["name"] or "", spec.key, query))  # fmt: skip
        if seen.own:
            changed(own, seen)


def listed(own: Page, seen: Seen, addresses: Mapping[str, str]) -> None:
    """Links to every view of a page that the reader may open; a link asks anew, in the reader's own scope."""
    mine = [(one.name, address_of(one, addresses)) for one in seen.own if one.page in addresses]
    others = [
        (own.t("frame.views.by", name=one.name, owner=one.owner_name), address_of(one, addresses))
        for one in seen.shared
        if one.page in addresses
    ]
    parts = [(own.t("frame.views.own"), mine)] if mine else []
    if others:
        parts.append((own.t("frame.views.shared"), others))
    if parts:
        menu(parts)
    else:
        own.note(own.t("frame.views.none"))


def address_of(view: SavedView, addresses: Mapping[str, str]) -> str:
    path = "/" + addresses[view.page]
    return f"{path}?{view.query}" if view.query else path


def changed(own: Page, seen: Seen) -> None:
    """Change one of the own views."""
    below = own.details("change", own.t("frame.views.change"))
    if below is None:
        return
    with below:
        chosen = own.choose("which", {one.id: one.name for one in seen.own})
        view = next((one for one in seen.own if one.id == chosen), None)
        if view is None:
            return
        service = own.services.saved_views
        own.form("rename", [Field("name", text=view.name)], partial(rename, service, view), of=mark(view))
        if seen.may_share:
            roles = {role.value: own.t(f"role.{role.value}") for role in Role if role is not Role.SERVICE}
            held = tuple(sorted(role.value for role in view.roles))
            own.form("share", [Field("roles", roles, held)], partial(share, service, view), of=mark(view))
        own.press("remove", lambda: service.remove(view.id), of=view.id, name=escaped(view.name))


def mark(view: SavedView) -> str:
    """Tells forms apart: one about what was changed meanwhile is another one, and holds what is true now."""
    return f"{view.id}.{crc32(f'{view.name} {sorted(view.roles)}'.encode()):08x}"


def rename(service: Any, view: SavedView, typed: Typed) -> None:
    service.rename(view.id, typed["name"] or "")


def share(service: Any, view: SavedView, typed: Typed) -> None:
    service.share(view.id, frozenset(Role(one) for one in typed["roles"]))
