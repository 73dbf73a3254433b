"""Which numbers do the rules hang on, since when, and what is about to change?"""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.policies.registry import SECTIONS
from dashboard.services.policy_telling import told_key, told_value
from dashboard.services.policy_views import PolicyList, Standing
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from pages.admin.policy import policy, value_of
from pages.admin.policy_waiting import waiting

EVERY = ""
LISTED = (
    Column("label", "admin.policies.policy", width=200),
    Column("value", "admin.policies.value", width=95),
    Column("section", "admin.policies.section", width=105),
    Column("own", "admin.policies.own", width=150),
    Column("default", "admin.policies.default", width=95),
    Column("coming", "admin.policies.coming", width=140),
    Column("last", "admin.policies.last", width=200),
)


def render(page: Page) -> None:
    known = page.now(page.services.policies.all)
    changed = sum(any(change.since for change in one.history) for one in known.standings)
    pending = sum(len(one.waiting) for one in known.standings)
    page.lead_now(page.t("admin.policies.lead", count=len(known.standings), changed=changed, waiting=pending))
    if pending:
        waiting(page, known)
    with page.row("find"):
        sections = {EVERY: page.t("admin.policies.every"), **{one: page.t(f"policy.section.{one}") for one in SECTIONS}}
        section = page.choose("section", sections) or EVERY
        sought = page.search("search").casefold().split()
    listed(page, known, section, sought)
    names = {one.policy.name: page.t(f"policy.{one.policy.name}.label") for one in known.standings}
    page.pick("policy", names, page.remembered("policy"), partial(page.remember, "policy"))
    chosen = known.of(page.remembered("policy"))
    if chosen is not None:
        policy(page, known, chosen)


def listed(page: Page, known: PolicyList, section: str, sought: list[str]) -> None:
    """Policies that match; a selected row is the chosen policy."""
    rows = [row(page, one) for one in known.standings if section in (EVERY, one.policy.section)]
    found = [one for one in rows if all(word in " ".join(one.values()).casefold() for word in sought)]
    choose = partial(page.remember, "policy")
    page.table("all", page.t("admin.policies.all"), pd.DataFrame(found), LISTED, identified_by="name", choose=choose)


def row(page: Page, one: Standing) -> dict[str, str]:
    tell = partial(told_value, page.words, one.policy)
    own = [f"{told_key(page.words, one.policy, held.key)} {tell(held.value)}" for held in one.own]
    last = one.history[0] if one.history else None
    return {
        "name": one.policy.name,
        "section": page.t(f"policy.section.{one.policy.section}"),
        "label": page.t(f"policy.{one.policy.name}.label"),
        "value": tell(one.common.value),
        "own": page.fmt.listed(own),
        "default": tell(one.policy.default),
        "coming": page.fmt.listed([f"{change.since} {value_of(page, one, change)}" for change in one.coming]),
        "last": page.fmt.listed([last.proposed_name, page.moment(last.proposed_at)]) if last else "",
        "about": page.t(f"policy.{one.policy.name}.about"),
    }
