"""Who may come in, what may they do, and whose rows do they see?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import pandas as pd

from analytics.core.access import ROOT, Grant, Role
from dashboard.services.access import NewAccount
from dashboard.ui.controls import Field, Typed
from dashboard.ui.filters import option_labels
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from data.store.records import User
from pages.admin.account import account, role_names, state_of
from pages.admin.territories import territories

ACCOUNTS = (
    Column("name", "admin.access.name", width=130),
    Column("state", "admin.access.state", width=80),
    Column("display", "admin.access.display_name", width=180),
    Column("roles", "admin.access.roles", width=150),
    Column("grants", "admin.access.grants", width=220),
)


def render(page: Page) -> None:
    accounts = page.now(page.services.access.accounts)
    grants = {ROOT: page.t("admin.access.everything"), **option_labels(page.ask(page.services.access.partners))}
    disabled = sum(user.disabled for user in accounts)
    page.lead_now(page.t("admin.access.lead", count=len(accounts), disabled=disabled))
    below = page.details("new", page.t("admin.access.new"))
    if below is not None:
        with below:
            page.form("create", new_fields(page, grants), partial(create, page))
    below = page.details("territories", page.t("admin.access.territory.open"))
    if below is not None:
        with below:
            territories(page)
    listed(page, accounts, grants)
    names = {user.id: f"{user.display_name} · {user.name}" for user in accounts}
    page.pick("account", names, page.remembered("account"), partial(page.remember, "account"))
    chosen = next((user for user in accounts if user.id == page.remembered("account")), None)
    if chosen is not None:
        account(page, chosen, grants)


def new_fields(page: Page, grants: Mapping[str, str]) -> tuple[Field, ...]:
    texts = (Field("name"), Field("display_name"), Field("password", secret=True))
    return (*texts, Field("roles", role_names(page)), Field("grants", grants))


def create(page: Page, typed: Typed) -> None:
    roles = frozenset(Role(role) for role in typed["roles"])
    name, display_name, password = (str(typed[key] or "") for key in ("name", "display_name", "password"))
    page.services.access.create(NewAccount(name, display_name, password, roles, frozenset(typed["grants"])))


def listed(page: Page, accounts: Sequence[User], grants: Mapping[str, str]) -> None:
    """All accounts that match the search; a selected row is the chosen account."""
    sought, today = page.search("search").casefold().split(), page.now(page.services.access.today)
    rows = [
        {
            "id": user.id,
            "name": user.name,
            "display": user.display_name,
            "state": page.t("admin.access.disabled" if user.disabled else "admin.access.enabled"),
            "roles": page.fmt.listed([page.t(f"role.{role}") for role in Role if role in user.roles]),
            "grants": page.fmt.listed([held(page, grant, grants, today) for grant in sorted(user.granted)]),
        }
        for user in accounts
    ]
    found = [row for row in rows if all(word in " ".join(list(row.values())[1:]).casefold() for word in sought)]
    choose = partial(page.remember, "account")
    page.table("accounts", page.t("admin.access.all"), pd.DataFrame(found), ACCOUNTS, identified_by="id", choose=choose)


def held(page: Page, grant: Grant, names: Mapping[str, str], today: date) -> str:
    """A grant in the list of accounts; one that is not in force says so."""
    name, state = names.get(grant.partner, grant.partner), state_of(grant, today)
    return (
        name if state == "now" else page.t("admin.access.held", name=name, state=page.t(f"admin.access.term.{state}"))
    )
