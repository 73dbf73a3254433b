"""What waits for a decision, the most urgent first, and what does each rest on?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from uuid import uuid4

from analytics.core.access import Action
from analytics.core.errors import DomainError
from analytics.decisions.proposal import State
from analytics.decisions.reasons import REASONS
from analytics.decisions.workflow import Move, spelled
from analytics.metrics.metric import Unit
from dashboard.services.approval_views import Queue, Wish
from dashboard.ui.controls import Field, Typed
from dashboard.ui.page import Page
from dashboard.ui.worklist import Picked
from pages.decisions.asking import asked
from pages.decisions.evidence import card
from pages.decisions.lines import columns, frame_of
from pages.decisions.requesting import request
from pages.decisions.review import review

MOVES = (Move.APPROVE, Move.EDIT, Move.SPLIT, Move.REJECT, Move.SNOOZE, Move.UNDO)
BY_NUMBER = (Move.EDIT, Move.SPLIT)
"""What is done to lines whose quantity was changed in place: it is the quantity, or the part that stays."""
HEIGHT = 560


def render(page: Page) -> None:
    known = page.ask(page.services.approvals.choices)
    queue = page.now(page.services.approvals.queue, asked(page, known))
    waiting = queue.waiting
    page.lead_now(page.t(
        "decisions.inbox.lead", open=f"{waiting[State.PROPOSED]:,}", second=f"{waiting[State.SECOND]:,}",
        snoozed=f"{waiting[State.SNOOZED]:,}", approved=f"{waiting[State.APPROVED]:,}",
    ))  # fmt: skip
    if queue.may_decide and queue.limit:
        page.note(page.t("decisions.inbox.limit", limit=page.fmt.full(queue.limit, Unit.MONEY)))
    if queue.lines:
        listed(page, queue)
    else:
        page.note(page.t("decisions.inbox.empty"))
    # Below the button that asks for it, where whoever pressed it looks.
    review(page)
    if queue.lines:
        names = {one.id: f"{one.node_name} · {one.sku_name} · {spelled(one.proposal.quantity)}" for one in queue.lines}
        chosen = page.remembered("line")
        page.pick("line", names, chosen if chosen in names else next(iter(names)), partial(page.remember, "line"))
        card(page, page.now(page.services.approvals.one, chosen if chosen in names else next(iter(names))))
    if page.services.actor.may(Action.REQUEST_STOCK) and known.nodes:
        request(page, known)


def listed(page: Page, queue: Queue) -> None:
    title, frame = page.t("decisions.inbox.lines"), frame_of(page, queue.lines)
    if queue.total > len(queue.lines):
        page.note(page.t("decisions.inbox.cut", shown=f"{len(queue.lines):,}", total=f"{queue.total:,}"))
    shown = columns(sees_cost=queue.sees_cost)
    if not queue.may_decide:
        page.table("lines", title, frame, shown, identified_by="id", choose=partial(page.remember, "line"))
        return
    moves = {move.value: page.t(f"decisions.inbox.move.{move}") for move in MOVES}
    fields = (
        Field("move", moves, ("approve",), single=True),
        Field("why", {one: page.t(f"proposal.why.{one}") for one in REASONS}, single=True),
        Field("note"), Field("until", is_day=True),
    )  # fmt: skip
    page.worklist("decide", title, frame, shown, fields, partial(ask_first, page), number="quantity", height=HEIGHT)


def ask_first(page: Page, picked: Picked, typed: Typed) -> None:
    """Nothing is decided before the summary was seen; raises DomainError ``decide_quantities_unsaved``."""
    until = typed["until"] if isinstance(typed["until"], date) else None
    move = Move(str(typed["move"] or Move.APPROVE))
    wish = Wish(move, until=until, reason=typed["why"] or None, note=str(typed["note"] or "") or None)
    if move not in BY_NUMBER and picked.numbers:
        # Whoever changed a quantity and approves must not approve the old one.
        raise DomainError("decide_quantities_unsaved", count=len(picked.numbers))
    if move in BY_NUMBER:
        picked = replace(picked, seen=tuple(one for one in picked.seen if one[0] in picked.numbers))
        wish = replace(wish, quantities=picked.numbers)
    page.hold("review", (picked.seen, wish, uuid4().hex))
