"""What a decision about many lines would do, before it is sent; and which lines were refused, after it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from analytics.metrics.metric import Unit
from dashboard.services.approval_views import Foreseen, Refusal, Seen, Wish
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page

MOST_TOLD = 20


def review(page: Page) -> None:
    refused: Sequence[Refusal] | None = page.held("refused")
    if refused:
        page.warn(escaped(page.t("decisions.inbox.refused", count=len(refused))))
        told(page, refused)
        page.press("understood", partial(page.hold, "refused", None))
    waiting = page.held("review")
    if waiting is None:
        return
    seen, wish, command = waiting
    page.section(page.t("decisions.inbox.review"))
    if not seen:
        page.note(page.t(f"decisions.inbox.nothing.{'edit' if wish.move in ('edit', 'split') else 'ticked'}"))
    foreseen = page.now(page.services.approvals.foresee, seen, wish)
    summary(page, foreseen)
    with page.row("sending"):
        if foreseen.outcomes:
            page.press("confirm", partial(confirm, page, seen, wish, command), count=len(seen) - len(foreseen.refused))
        page.press("discard", partial(page.hold, "review", None))


def summary(page: Page, foreseen: Foreseen) -> None:
    for one in foreseen.outcomes:
        key = "decisions.inbox.outcome.unpriced" if one.unpriced else "decisions.inbox.outcome"
        facts = {"state": page.t(f"proposal.state.{one.state}"), "lines": f"{one.lines:,}",
                 "units": page.fmt.value(one.units, Unit.UNITS), "amount": page.fmt.full(one.amount, Unit.MONEY),
                 "unpriced": one.unpriced}  # fmt: skip
        page.say(page.t(key, **facts))
    if foreseen.refused:
        page.warn(page.t("decisions.inbox.would_refuse", count=len(foreseen.refused)))
        told(page, foreseen.refused)


def told(page: Page, refused: Sequence[Refusal]) -> None:
    """One sentence per line, each with its remedy."""
    for one in refused[:MOST_TOLD]:
        page.note(escaped(page.words.error(one.error)))
    if len(refused) > MOST_TOLD:
        page.note(page.t("decisions.inbox.more", count=len(refused) - MOST_TOLD))


def confirm(page: Page, seen: Sequence[Seen], wish: Wish, command: str) -> None:
    done = page.services.approvals.decide_many(seen, wish, command_id=command)
    page.hold("review", None)
    page.hold("refused", done.refused or None)
