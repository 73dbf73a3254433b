"""Who decided what, when, and on which evidence; and what was released."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pandas as pd

from analytics.core.access import Action
from analytics.decisions.workflow import Move
from dashboard.services.approval_views import HistoryAsked, Told
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from pages.decisions.evidence import card

SHOWN = "decisions"
OF_PEOPLE = tuple(move for move in Move if move not in {Move.EXPIRE, Move.SUPERSEDE, Move.REVISE})
"""What is shown at first: a night's plan moves thousands of lines that nobody looked at."""
MOVES = (
    Column("at", "proposal.column.at", width=130),
    Column("who", "proposal.column.who", width=110),
    Column("move", "proposal.column.move", width=80),
    Column("sku", "column.product", width=170),
    Column("node", "proposal.column.node", width=150),
    Column("before", "proposal.column.before", "units"),
    Column("after", "proposal.column.after", "units"),
    Column("received", "proposal.column.received", "units"),
    Column("state", "proposal.column.state", width=90),
    Column("why", "proposal.column.why", width=150),
    Column("note", "proposal.column.note", width=180),
)


def render(page: Page) -> None:
    everything = {"": page.t("decisions.history.all")}
    with page.row("filters"):
        days = page.days("days")
        kinds = {
            SHOWN: page.t("decisions.history.shown"),
            **everything,
            **{move.value: page.t(f"proposal.move.{move}") for move in Move},
        }
        kind = page.option("move", kinds, held="move")
        page.switch("mine")
    first, last = days or (None, None)
    mine = page.services.actor.user_id if page.switched("mine") else None
    moves = OF_PEOPLE if kind == SHOWN else (Move(kind),) if kind else ()
    asked = HistoryAsked(by=mine, moves=moves, first=first, last=last)
    history = page.now(page.services.approvals.history, asked)
    page.lead_now(page.t("decisions.history.lead", count=f"{len(history.moves):,}"))
    if history.cut:
        page.note(page.t("decisions.history.cut"))
    title = page.t("decisions.history.moves")
    frame = pd.DataFrame([row_of(page, one) for one in history.moves])
    if frame.empty and asked in (HistoryAsked(), HistoryAsked(moves=OF_PEOPLE)):
        page.note(page.t("decisions.history.none"))
    else:
        page.table("moves", title, frame, MOVES, identified_by="id", choose=partial(page.remember, "line"))
    chosen = page.remembered("line")
    if chosen is not None:
        card(page, page.now(page.services.approvals.one, chosen.partition(" ")[0]))
    if page.services.actor.may(Action.RELEASE):
        releases(page)


def row_of(page: Page, one: Told) -> dict[str, object]:
    moved = one.moved
    why = [page.t(f"proposal.why.{moved.reason}")] if moved.reason else []
    why += [page.t("decisions.inbox.sampled")] if one.line.sampled else []
    return {
        "id": f"{moved.proposal} {moved.version}",
        "at": page.moment(moved.at),
        "who": page.person(moved.by_name),
        "move": page.t(f"proposal.move.{moved.move}"),
        "sku": one.line.sku_name,
        "node": one.line.node_name,
        "before": float(moved.quantity_before),
        "after": float(moved.quantity_after),
        "received": None if moved.received is None else float(moved.received),
        "state": page.t(f"proposal.state.{moved.after}"),
        "why": page.fmt.listed(why),
        "note": moved.note or "",
    }


def releases(page: Page) -> None:
    """What was handed over as orders, and the button that hands over what is approved now."""
    page.section(page.t("decisions.history.releases"), page.t("decisions.history.releases.about"))
    page.press("release", partial(release, page, uuid4().hex))
    batches = page.now(page.services.orders.batches)
    if not batches:
        page.note(page.t("decisions.history.none"))
    for one in batches:
        who, at = page.person(one.by), page.moment(one.at)
        page.orders(one.batch, page.t("decisions.history.batch", at=at, who=who, lines=f"{one.lines:,}"))


def release(page: Page, command: str) -> None:
    page.services.orders.release(command_id=command)
