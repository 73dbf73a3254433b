"""Changes of policies that somebody has to decide about."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import uuid4

from analytics.policies.change import Change
from dashboard.services.policy_telling import told_name, told_value
from dashboard.services.policy_views import PolicyList, Standing
from dashboard.ui.controls import Field, Typed
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page
from pages.admin.policy_preview import consequences


def waiting(page: Page, known: PolicyList) -> None:
    """One card for each change that waits, with the buttons of whoever may use them."""
    page.section(page.t("admin.policies.waiting"))
    with page.cards("waiting", 340):
        for one in known.standings:
            for change in one.waiting:
                with page.card(change.id):
                    card(page, known, one, change)


def card(page: Page, known: PolicyList, one: Standing, change: Change) -> None:
    wanted, policy = change.wanted, one.policy
    page.say(escaped(asked(page, one, change)))
    at = page.moment(change.proposed_at)
    page.note(escaped(page.t("admin.policies.by", who=page.person(change.proposed_name), at=at, note=wanted.note)))
    below = page.details(f"effects.{change.id}", page.t("admin.policies.effects"))
    if below is not None:
        with below:
            # What was wanted from a day that is over would hold from today on.
            from_now = replace(wanted, valid_from=max(wanted.valid_from, known.today))
            consequences(page, policy, page.now(page.services.policies.preview, from_now))
    own = change.proposed_by == known.asker
    if own:
        page.press("withdraw", partial(withdraw, page, change, uuid4().hex), of=change.id)
    elif known.may_approve:
        page.press("approve", partial(approve, page, change, one.seen, uuid4().hex), of=change.id)
        reject = page.details(f"rejecting.{change.id}", page.t("admin.policies.rejecting"))
        if reject is not None:
            with reject:
                page.form("reject", (Field("reason"),), partial(refuse, page, change, uuid4().hex), of=change.id)


def asked(page: Page, one: Standing, change: Change) -> str:
    """What holds today, what is wanted instead, and from when."""
    tell, wanted = partial(told_value, page.words, one.policy), change.wanted
    before = next((held.value for held in one.own if held.key == wanted.key), one.common.value)
    after = page.t("admin.policies.reset") if wanted.value is None else tell(wanted.value)
    name, day = told_name(page.words, one.policy, wanted.key), page.fmt.day(wanted.valid_from)
    return page.t("admin.policies.would", name=name, before=tell(before), after=after, day=day)


def approve(page: Page, change: Change, seen: int, command: str) -> None:
    page.services.policies.approve(change.id, seen=seen, command_id=command)


def withdraw(page: Page, change: Change, command: str) -> None:
    page.services.policies.withdraw(change.id, command_id=command)


def refuse(page: Page, change: Change, command: str, typed: Typed) -> None:
    page.services.policies.reject(change.id, command_id=command, note=str(typed["reason"] or ""))
