"""One policy: what it means, who uses it, its past, and the form that changes it."""

from __future__ import annotations

import pandas as pd

from analytics.policies.change import Change
from dashboard.services.policy_telling import told_bounds, told_key, told_value
from dashboard.services.policy_views import PolicyList, Standing
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from pages.admin.policy_form import form

HISTORY = (
    Column("at", "admin.policies.at", width=130),
    Column("state", "admin.policies.state", width=80),
    Column("value", "admin.policies.value", width=150),
    Column("since", "admin.policies.since", kind="day"),
    Column("who", "admin.policies.who", width=160),
    Column("note", "admin.policies.note", width=260),
    Column("decision", "admin.policies.decision", width=220),
)


def policy(page: Page, known: PolicyList, one: Standing) -> None:
    """Everything about the chosen policy."""
    about, t = one.policy, page.t
    page.section(escaped(t(f"policy.{about.name}.label")))
    page.say(escaped(t(f"policy.{about.name}.about")))
    users = page.fmt.listed([t(f"policy.use.{code}") for code in about.used_by])
    page.note(t("admin.policies.used", uses=users) if users else t("admin.policies.unused"))
    facts = (t(f"owner.{about.owner}"), t("admin.policies.within", bounds=told_bounds(page.words, about)),
             t(f"policy.keyed.{about.keyed_by}"), about.name)  # fmt: skip
    page.note(escaped(" · ".join(facts)))
    if about.money:
        page.note(t("admin.policies.money"))
    if known.may_change:
        form(page, known, one)
    history(page, one)


def history(page: Page, one: Standing) -> None:
    """Every change that was ever asked for, newest first."""
    title = page.t("admin.policies.history")
    page.section(title)
    if not one.history:
        page.note(page.t("admin.policies.never"))
        return
    page.table("history", title, pd.DataFrame([past(page, one, change) for change in one.history]), HISTORY)


def past(page: Page, one: Standing, change: Change) -> dict[str, object]:
    decided = (
        f" → {page.person(change.decided_name)}"
        if change.decided_name and change.decided_by != change.proposed_by
        else ""
    )
    return {
        "at": page.moment(change.decided_at or change.proposed_at),
        "state": page.t(f"policy.state.{change.state}"),
        "value": value_of(page, one, change),
        "since": change.since or change.wanted.valid_from,
        "who": f"{page.person(change.proposed_name)}{decided}",
        "note": change.wanted.note,
        "decision": change.decision_note,
    }


def value_of(page: Page, one: Standing, change: Change) -> str:
    """What a change sets, for whom if not for everybody."""
    value = change.wanted.value
    told = page.t("admin.policies.reset") if value is None else told_value(page.words, one.policy, value)
    return told if change.wanted.key is None else f"{told_key(page.words, one.policy, change.wanted.key)} {told}"
