"""The filters of the queue."""

from __future__ import annotations

from decimal import Decimal

from analytics.core.access import Action
from analytics.decisions.proposal import State
from dashboard.services.approval_views import Choices, QueueAsked
from dashboard.ui.page import Page

AMOUNTS = ("0-2000", "2000-50000", "50000-")
STATES = {
    "waiting": (State.PROPOSED, State.SECOND),
    "second": (State.SECOND,),
    "snoozed": (State.SNOOZED,),
    "approved": (State.APPROVED,),
    "over": (State.REJECTED, State.EXPIRED, State.RELEASED, State.RECEIVED, State.CLOSED),
}


def asked(page: Page, known: Choices) -> QueueAsked:
    """The filters, all of them kept in the address but for "mine"."""
    everything = {"": page.t("decisions.inbox.all")}
    reasons = {key: page.t(f"proposal.reason.{key}") for key in reasons_known(page)}
    with page.row("filters"):
        state = page.option("state", {one: page.t(f"decisions.inbox.state.{one}") for one in STATES}, held="state")
        region = page.option("region", {**everything, **known.regions}, held="region")
        category = page.option("category", {**everything, **{one: one for one in known.categories}}, held="category")
        sku = page.option("sku", {**everything, **known.skus}, held="sku", width=200)
        reason = page.option("reason", {**everything, **reasons}, held="reason")
        amounts = {one: page.t(f"decisions.inbox.amount.{one}") for one in AMOUNTS}
        sees_cost = page.services.actor.may(Action.SEE_COST)
        amount = page.option("amount", {**everything, **amounts}, held="amount") if sees_cost else ""
        page.switch("mine")
    least, _, most = amount.partition("-")
    return QueueAsked(
        states=STATES[state], regions=(region,) if region else (), categories=(category,) if category else (),
        skus=(sku,) if sku else (), reason=reason or None, least=Decimal(least) if least else None,
        most=Decimal(most) if most else None, mine=page.switched("mine"),
    )  # fmt: skip


def reasons_known(page: Page) -> list[str]:
    prefix = "proposal.reason."
    return sorted(key.removeprefix(prefix) for key in page.words.sentences if key.startswith(prefix))
