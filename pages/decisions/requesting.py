"""Asking for stock (一键补货)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from uuid import uuid4

from dashboard.services.approval_views import Choices, Request
from dashboard.ui.controls import Field, Typed
from dashboard.ui.page import Page


def request(page: Page, known: Choices) -> None:
    below = page.details("request", page.t("decisions.inbox.request"))
    if below is not None:
        with below:
            fields = (
                Field("node", known.nodes, single=True),
                Field("sku", known.skus, single=True),
                Field("quantity"),
                Field("note"),
            )
            page.form("asking", fields, partial(send, page, uuid4().hex))


def send(page: Page, command: str, typed: Typed) -> None:
    text = str(typed["quantity"] or "").strip()
    quantity = Decimal(text) if text.replace(".", "", 1).isdigit() else Decimal("NaN")
    wanted = Request(str(typed["node"] or ""), str(typed["sku"] or ""), quantity, str(typed["note"] or "") or None)
    page.services.approvals.request(wanted, command_id=command)
