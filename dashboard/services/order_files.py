"""Released orders as files that other systems read: the same release is the same bytes, whenever it is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import pandas as pd

from analytics.core.calendar import HOME_ZONE
from analytics.decisions.purchase_order import Order
from analytics.decisions.workflow import spelled
from dashboard.services.export_files import About, ExportColumn, csv_bytes, xlsx_bytes
from dashboard.words import Words


class OrderFormat(StrEnum):
    """Kinds of files."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MIME = {
    OrderFormat.CSV: "text/csv; charset=utf-8",
    OrderFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    OrderFormat.JSON: "application/json",
}


@dataclass(frozen=True, slots=True)
class Release:
    """Everything that was released by one command. ``batch``: its id; ``at`` is UTC."""

    batch: str
    at: datetime
    by: str
    orders: tuple[Order, ...]

    @property
    def lines(self) -> int:
        return sum(len(order.lines) for order in self.orders)

    @property
    def units(self) -> Decimal:
        return sum((order.units for order in self.orders), Decimal(0))

    @property
    def amount(self) -> Decimal:
        return sum((order.amount for order in self.orders), Decimal(0))

    @property
    def unpriced(self) -> int:
        return sum(order.unpriced for order in self.orders)


COLUMNS = ("order", "kind", "source", "node", "sku", "quantity", "unit_cost", "amount", "order_by", "expected_receipt",
           "proposal", "version")  # fmt: skip
_KINDS = {"order": "count", "quantity": "units", "unit_cost": "cents", "amount": "cents", "order_by": "day",
          "expected_receipt": "day", "version": "count"}  # fmt: skip


def order_bytes(release: Release, form: OrderFormat, words: Words) -> bytes:
    """The file. Names of places and products are left out: they change, and the bytes must not."""
    if form is OrderFormat.JSON:
        return _json(release)
    columns = [ExportColumn(name, words.t(f"orders.column.{name}"), _KINDS.get(name, "text")) for name in COLUMNS]  # type: ignore[arg-type]
    write = csv_bytes if form is OrderFormat.CSV else xlsx_bytes
    return write(_frame(release.orders, words), columns, _about(release, words))


def _frame(orders: Sequence[Order], words: Words) -> pd.DataFrame:
    rows = [
        (order.number, words.t(f"proposal.kind.{order.kind}"), order.source, order.node, line.sku, line.quantity,
         line.unit_cost, line.amount, line.order_by, line.expected_receipt, line.proposal, line.version)
        for order in orders for line in order.lines
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _about(release: Release, words: Words) -> About:
    when = release.at.astimezone(HOME_ZONE).isoformat(timespec="seconds")
    lines = (
        (words.t("export.what"), words.t("orders.title")),
        (words.t("orders.batch"), release.batch),
        (words.t("orders.released_at"), when),
        (words.t("orders.released_by"), release.by),
        (words.t("orders.count"), f"{len(release.orders):,}"),
        (words.t("export.rows"), f"{release.lines:,}"),
        (words.t("orders.units"), spelled(release.units)),
        (words.t("orders.amount"), f"{release.amount:.2f}"),
        (words.t("orders.unpriced"), f"{release.unpriced:,}"),
    )
    mark = words.t("orders.mark", batch=release.batch, by=release.by, at=when)
    return About(lines, (words.t("export.sheet.rows"), words.t("export.sheet.about")), mark, release.at)


def _json(release: Release) -> bytes:
    """Numbers as text, to the digit; keys in a fixed order."""
    told = {
        "batch": release.batch,
        "released_at": release.at.isoformat(timespec="seconds"),
        "released_by": release.by,
        "orders": [_order_json(order) for order in release.orders],
        "totals": {
            "orders": len(release.orders),
            "lines": release.lines,
            "units": spelled(release.units),
            "amount": f"{release.amount:.2f}",
            "unpriced": release.unpriced,
        },
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _order_json(order: Order) -> dict[str, object]:
    return {
        "order": order.number,
        "kind": order.kind.value,
        "source": order.source,
        "node": order.node,
        "units": spelled(order.units),
        "amount": f"{order.amount:.2f}",
        "unpriced": order.unpriced,
        "lines": [
            {
                "proposal": line.proposal,
                "version": line.version,
                "sku": line.sku,
                "quantity": spelled(line.quantity),
                "unit_cost": None if line.unit_cost is None else spelled(line.unit_cost),
                "amount": None if line.amount is None else f"{line.amount:.2f}",
                "order_by": line.order_by.isoformat(),
                "expected_receipt": line.expected_receipt.isoformat(),
            }
            for line in order.lines
        ],
    }
