"""Everything that one proposal rests on: how its quantity came about, what else could be done, and what happened."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.decisions.workflow import Moved, spelled
from dashboard.services.approval_views import Card
from dashboard.ui.charts.waterfall import waterfall
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from pages.decisions.details import beside

STEPS = (Column("name", "proposal.column.step", width=200), Column("units", "proposal.column.units", "units"))
RECEIPTS = (
    Column("document", "proposal.column.document", width=140),
    Column("line", "proposal.column.line", width=60),
    Column("ordered", "proposal.column.ordered", "day"),
    Column("units", "proposal.column.units", "units"),
    Column("received", "proposal.column.received", "units"),
    Column("received_on", "proposal.column.received_on", "day"),
)


def card(page: Page, shown: Card) -> None:
    line, kept = shown.line, shown.line.proposal
    evidence = kept.evidence
    page.section(escaped(f"{line.sku_name} → {line.node_name}"))
    days = {"order_by": page.fmt.day(kept.order_by), "receipt": page.fmt.day(kept.expected_receipt)}
    kind, quantity = page.t(f"proposal.kind.{kept.kind}"), spelled(kept.quantity)
    page.say(escaped(page.t("decisions.card.what", kind=kind, source=line.source_name, quantity=quantity, **days)))
    if kept.quantity != kept.proposed:
        page.note(page.t("decisions.card.edited", proposed=spelled(kept.proposed), quantity=spelled(kept.quantity)))
    left, right = page.columns(3, 2)
    with left:
        steps = [(page.word(f"proposal.step.{one.name}", one.name), float(one.units)) for one in evidence.steps]
        frame = pd.DataFrame(steps, columns=["name", "units"])
        total = page.t("proposal.column.proposed")
        drawn = partial(waterfall, page.palette, frame, total)
        page.chart(f"steps.{kept.id}.{kept.version}", page.t("decisions.card.steps"), drawn, frame, STEPS)
    with right:
        beside(page, shown)
    if shown.receipts:
        receipts(page, shown)
    versions = page.t(
        "decisions.card.versions", id=kept.id, version=kept.version, build=evidence.build[:8], run=evidence.run or "–",
        as_of=page.fmt.day(kept.as_of), made=page.moment(kept.made_at),
    )  # fmt: skip
    page.note(escaped(versions))
    for one in shown.past:
        page.note(escaped(told(page, one)))


def receipts(page: Page, shown: Card) -> None:
    """Which deliveries of other systems answer the line, and what came of them."""
    rows = [(one.document, one.line, one.ordered, float(one.quantity), float(one.received), one.received_on)
            for one in shown.receipts]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[one.name for one in RECEIPTS])
    page.section(page.t("decisions.card.receipts"))
    page.table("receipts", page.t("decisions.card.receipts"), frame, RECEIPTS)


def told(page: Page, moved: Moved) -> str:
    """Who did what and when, in one line."""
    why = page.t("list.comma").join(
        part for part in (page.t(f"proposal.why.{moved.reason}") if moved.reason else "", moved.note or "") if part
    )
    if moved.received is not None:
        why = page.t("decisions.card.received", units=spelled(moved.received))
    return page.t(
        "decisions.card.moved", at=page.moment(moved.at), who=page.person(moved.by_name),
        move=page.t(f"proposal.move.{moved.move}"),
        before=spelled(moved.quantity_before), after=spelled(moved.quantity_after),
        state=page.t(f"proposal.state.{moved.after}"), why=why or "–",
    )  # fmt: skip
