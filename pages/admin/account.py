"""One account on the page of users and access: rights, the days they hold on, view as, state, sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

import pandas as pd

from analytics.core.access import Action, Grant, Role
from dashboard.ui.controls import Field, Typed
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page
from dashboard.ui.session_table import session_table
from dashboard.ui.tables import Column
from data.store.records import User

TERMS = (
    Column("name", "admin.access.term.partner", width=200),
    Column("state", "admin.access.term.state", width=90),
    Column("first", "admin.access.term.first", width=110),
    Column("last", "admin.access.term.last", width=120),
)
PEOPLE = tuple(role for role in Role if role is not Role.SERVICE)


def account(page: Page, user: User, grants: Mapping[str, str]) -> None:
    """Rights, days, state and sessions of one account; ``grants``: what can be granted, by name."""
    access = page.services.access
    page.section(escaped(page.t("admin.access.of", name=user.display_name)))
    known = {**{code: code for code in user.partners}, **grants}
    roles, held = tuple(sorted(role.value for role in user.roles)), tuple(sorted(user.partners))
    fields = (Field("roles", role_names(page), roles), Field("grants", known, held))
    # Rights changed elsewhere make another form: nobody takes back what they never saw.
    page.form("change", fields, partial(change, page, user), of=f"{user.id} {roles} {held}")
    terms(page, user, known)
    name, send = ("enable", access.enable) if user.disabled else ("disable", access.disable)
    with page.row(f"state.{user.id}"):
        if page.services.actor.may(Action.VIEW_AS) and user.id != page.services.actor.user_id:
            page.press("view_as", partial(page.services.viewing.begin, user.id), of=user.id, name=user.name)
        page.press(name, partial(send, user.id), of=user.id, name=user.name)
    title = page.t("admin.access.sessions")
    page.section(title)
    session_table(page, "open", title, page.now(access.sessions, user.id), partial(access.end_session, user.id))


def role_names(page: Page) -> dict[str, str]:
    return {role.value: page.t(f"role.{role.value}") for role in PEOPLE}


def change(page: Page, user: User, typed: Typed) -> None:
    roles = frozenset(Role(role) for role in typed["roles"])
    page.services.access.change(user.id, roles, frozenset(typed["grants"]))


def terms(page: Page, user: User, names: Mapping[str, str]) -> None:
    """On which days each grant holds; those of the selected one can be changed."""
    today, title, of = page.now(page.services.access.today), page.t("admin.access.terms"), f"terms.{user.id}"
    page.section(title)
    frame = pd.DataFrame([term(page, grant, names, today) for grant in sorted(user.granted)])
    choose = partial(page.remember, of)
    page.table("terms", title, frame, TERMS, identified_by="id", choose=choose)
    chosen = next((grant for grant in user.granted if grant.partner == page.remembered(of)), None)
    if chosen is None:
        page.note(page.t("admin.access.term.select"))
        return
    fields = (Field("first", is_day=True, on=chosen.first), Field("last", is_day=True, on=chosen.last))
    send = partial(limit, page, user, chosen)
    page.say(escaped(names[chosen.partner]))
    page.form("limit", fields, send, of=f"{user.id} {chosen.partner} {chosen.first} {chosen.last}")


def limit(page: Page, user: User, grant: Grant, typed: Typed) -> None:
    page.services.access.limit(user.id, grant.partner, typed["first"], typed["last"])


def term(page: Page, grant: Grant, names: Mapping[str, str], today: date) -> dict[str, str]:
    said = [page.fmt.day(day) if day else page.t("admin.access.term.open") for day in (grant.first, grant.last)]
    return {
        "id": grant.partner,
        "name": names.get(grant.partner, grant.partner),
        "state": page.t(f"admin.access.term.{state_of(grant, today)}"),
        "first": said[0],
        "last": said[1],
    }


def state_of(grant: Grant, today: date) -> str:
    if grant.holds_on(today):
        return "now"
    return "later" if grant.first is not None and today < grant.first else "over"
