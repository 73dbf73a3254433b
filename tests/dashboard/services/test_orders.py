"""What was approved leaves once, adds up, and is the same bytes whenever it is asked for."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from analytics.core.access import Actor, Role
from analytics.decisions.proposal import Kind, State
from analytics.decisions.workflow import Move
from dashboard.services.approval_views import Wish
from dashboard.services.order_files import OrderFormat
from data.store.audit import Deed
from data.store.audit_trail import Sought
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.services.deciding import (
    APPROVE,
    EVERYTHING,
    as_,
    chen,
    do,
    keep,
    li,
    refusal,
    unbuilt,
)
from tests.proposals import AT, a_proposal
from tests.worlds import BRAND, World

GOLDEN = Path(__file__).parent / "golden"
__all__ = ["unbuilt"]


def approved(unbuilt: World) -> None:
    keep(
        unbuilt.store,
        a_proposal("p1"),
        a_proposal("p2", sku="O1", unit_cost=Decimal("20.5"), quantity=Decimal("12.5")),
        a_proposal("p3", sku="F1", kind=Kind.TRANSFER, source="W1", quantity=Decimal(30), unit_cost=None),
        a_proposal("p4", node="N3", owner="S3", sku="=1+1"),
        a_proposal("p5", sku="Z"),
    )
    li(unbuilt).approvals.decide_many([(f"p{one}", 1) for one in (1, 2, 3, 4)], APPROVE, command_id="c")
    do(chen(unbuilt), "p3", 2, APPROVE)


@pytest.mark.parametrize("form", OrderFormat)
def test_released_orders_are_the_same_bytes_again(unbuilt: World, form: OrderFormat) -> None:
    approved(unbuilt)
    released = li(unbuilt).orders.release(command_id="batch-1")
    assert (released.lines, released.units, released.amount, released.unpriced) == (
        4, Decimal("242.5"), Decimal("4525.00") * 2 + Decimal("256.25"), 1,
    )  # fmt: skip
    data = li(unbuilt).orders.take("batch-1", form, "zh")
    later = as_(unbuilt, Role.APPROVER, "chen", at=AT + timedelta(days=3))
    assert later.orders.take("batch-1", form, "zh") == data
    file = GOLDEN / f"orders.{form}"
    if form is OrderFormat.XLSX:
        sheet = openpyxl.load_workbook(BytesIO(data)).worksheets[0]
        rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
        assert [row[4] for row in rows[1:]] == ["O1", "R5", "=1+1", "F1"]
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    else:
        assert data == file.read_bytes()
    with UnitOfWork(unbuilt.store, BRAND, reading=True) as unit:
        event = unit.audit.find(Sought(deed=Deed.EXPORTED), 1)[0]
        assert unit.disclosures.released(
            Actor("u-chen", "chen", frozenset(), frozenset()), hashlib.sha256(data).hexdigest()
        )
    assert json.loads(event.facts)["checksum"] == hashlib.sha256(data).hexdigest()


def test_what_was_released_stays_released_and_is_released_once(unbuilt: World) -> None:
    approved(unbuilt)
    first = li(unbuilt).orders.release(command_id="batch-1")
    assert li(unbuilt).orders.release(command_id="batch-1") == first
    assert refusal(lambda: li(unbuilt).orders.release(command_id="batch-2")) == "orders_nothing"
    assert {one.state for one in li(unbuilt).approvals.queue(EVERYTHING).lines if one.id != "p5"} == {State.RELEASED}
    assert refusal(lambda: do(li(unbuilt), "p1", 3, Wish(Move.UNDO))) == "proposal_move_impossible"
    assert [(one.batch, one.by, one.lines) for one in li(unbuilt).orders.batches()] == [("batch-1", "li", 4)]
    assert refusal(lambda: li(unbuilt).orders.batch("batch-9")) == "orders_unknown"
    local = as_(unbuilt, Role.MERCHANDISER, "zhao", "S3")
    assert [line.proposal for order in local.orders.batch("batch-1").orders for line in order.lines] == ["p4"]
