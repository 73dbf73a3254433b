"""Who may come in, what may they do, and whose rows do they see?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from analytics.core.access import ROOT, Role
from dashboard.services.access import NewAccount
from dashboard.ui.controls import Field, Typed
from dashboard.ui.filters import option_labels
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page
from dashboard.ui.session_table import session_table
from dashboard.ui.tables import Column
from data.store.records import User

ACCOUNTS = (
    Column("name", "admin.access.name", width=130),
    Column("state", "admin.access.state", width=80),
    Column("display", "admin.access.display_name", width=180),
    Column("roles", "admin.access.roles", width=150),
    Column("grants", "admin.access.grants", width=220),
)
PEOPLE = tuple(role for role in Role if role is not Role.SERVICE)


def render(page: Page) -> None:
    accounts = page.now(page.services.access.accounts)
    grants = {ROOT: page.t("admin.access.everything"), **option_labels(page.ask(page.services.access.partners))}
    disabled = sum(user.disabled for user in accounts)
    page.lead_now(page.t("admin.access.lead", count=len(accounts), disabled=disabled))
    below = page.details("new", page.t("admin.access.new"))
    if below is not None:
        with below:
            page.form("create", new_fields(page, grants), partial(create, page))
    listed(page, accounts, grants)
    names = {user.id: f"{user.display_name} · {user.name}" for user in accounts}
    page.pick("account", names, page.remembered("account"), partial(page.remember, "account"))
    chosen = next((user for user in accounts if user.id == page.remembered("account")), None)
    if chosen is not None:
        account(page, chosen, grants)


def role_names(page: Page) -> dict[str, str]:
    return {role.value: page.t(f"role.{role.value}") for role in PEOPLE}


def new_fields(page: Page, grants: Mapping[str, str]) -> tuple[Field, ...]:
    texts = (Field("name"), Field("display_name"), Field("password", secret=True))
    return (*texts, Field("roles", role_names(page)), Field("grants", grants))


def create(page: Page, typed: Typed) -> None:
    roles = frozenset(Role(role) for role in typed["roles"])
    name, display_name, password = (str(typed[key] or "") for key in ("name", "display_name", "password"))
    page.services.access.create(NewAccount(name, display_name, password, roles, frozenset(typed["grants"])))


def change(page: Page, user: User, typed: Typed) -> None:
    roles = frozenset(Role(role) for role in typed["roles"])
    page.services.access.change(user.id, roles, frozenset(typed["grants"]))


def listed(page: Page, accounts: Sequence[User], grants: Mapping[str, str]) -> None:
    """All accounts that match the search; a selected row is the chosen account."""
    sought = page.search("search").casefold().split()
    rows = [
        {
            "id": user.id,
            "name": user.name,
            "display": user.display_name,
            "state": page.t("admin.access.disabled" if user.disabled else "admin.access.enabled"),
            "roles": page.fmt.listed([page.t(f"role.{role}") for role in Role if role in user.roles]),
            "grants": page.fmt.listed([grants.get(code, code) for code in sorted(user.grants)]),
        }
        for user in accounts
    ]
    found = [row for row in rows if all(word in " ".join(list(row.values())[1:]).casefold() for word in sought)]
    choose = partial(page.remember, "account")
    page.table("accounts", page.t("admin.access.all"), pd.DataFrame(found), ACCOUNTS, identified_by="id", choose=choose)


def account(page: Page, user: User, grants: Mapping[str, str]) -> None:
    """Rights, state and sessions of one account."""
    access = page.services.access
    page.section(escaped(page.t("admin.access.of", name=user.display_name)))
    known = {**{code: code for code in user.grants}, **grants}
    roles, held = tuple(sorted(role.value for role in user.roles)), tuple(sorted(user.grants))
    fields = (Field("roles", role_names(page), roles), Field("grants", known, held))
    # Rights changed elsewhere make another form: nobody takes back what they never saw.
    page.form("change", fields, partial(change, page, user), of=f"{user.id} {roles} {held}")
    name, send = ("enable", access.enable) if user.disabled else ("disable", access.disable)
    page.press(name, partial(send, user.id), of=user.id, name=user.name)
    title = page.t("admin.access.sessions")
    page.section(title)
    session_table(page, "open", title, page.now(access.sessions, user.id), partial(access.end_session, user.id))
