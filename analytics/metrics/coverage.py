"""What was counted but could not be attributed: unknown partners, products, buyers, positions and costs.

Each takes the period and filters of a question and answers with the columns name, lines, amount, largest first.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from analytics.metrics.given import Tables
from analytics.metrics.query import Question, knows, rows_behind

Unattributed = Callable[[Tables, Question], ir.Table]


def partner_unlisted(tables: Tables, question: Question) -> ir.Table:
    """Sales through partners that no partner table declares."""
    rows, partners = rows_behind("sales", question, tables, joins=("partner",)), tables("partner")
    unlisted = partners.filter(~partners.listed).select("partner")
    return _by(rows.semi_join(unlisted, "partner"), "partner")


def product_unlisted(tables: Tables, question: Question) -> ir.Table:
    """Sales of SKUs that no product table declares."""
    rows, products = rows_behind("sales", question, tables, joins=("sku",)), tables("product")
    unlisted = products.filter(~products.listed).select("sku")
    return _by(rows.semi_join(unlisted, "sku"), "sku")


def unplaced(tables: Tables, question: Question) -> ir.Table:
    """Sales without a position, by partner, or by place where no partner stands behind them."""
    rows, places = rows_behind("sales", question, tables, joins=("partner", "place")), tables("place")
    placed = places.filter(places.latitude.notnull()).select("place")
    lost = rows.anti_join(placed, "place")
    return _by(lost.mutate(thing=lost.partner.fill_null(lost.place)), "thing")


def account_unknown(tables: Tables, question: Question) -> ir.Table:
    """Orders of nobody known: neither a member account nor a wholesale partner; ``lines`` counts orders."""
    sale = ibis.literal("sale")
    if knows("order", question, tables):
        orders = rows_behind("order", question, tables)
        left = orders.mutate(lines=orders.orders - orders.told, amount=orders.untold_amount, thing=sale)
        return _by(left.filter(left.lines > 0), "thing")
    rows = rows_behind("sales_line", question, tables)
    nameless = rows.filter(rows.buyer.isnull())
    orders = nameless.group_by("source", "owner", "order_id").aggregate(amount=nameless.amount.sum())
    return _by(orders.mutate(lines=1, thing=sale), "thing")


def cost_unknown(tables: Tables, question: Question) -> ir.Table:
    """Sales of SKUs without a cost on the day of the sale; they stay out of margins."""
    rows = rows_behind("sales", question, tables, joins=("sku",))
    left = rows.mutate(lines=rows.lines - rows.costed_lines, amount=rows.amount - rows.costed_amount.fill_null(0))
    return _by(left.filter(left.lines > 0), "sku")


def _by(rows: ir.Table, thing: str) -> ir.Table:
    grouped = rows.group_by(name=rows[thing]).aggregate(lines=rows.lines.sum(), amount=rows.amount.sum())
    return grouped.order_by([grouped.amount.desc(), grouped.name])


GAPS: dict[str, Unattributed] = {
    "partner_unlisted": partner_unlisted,
    "product_unlisted": product_unlisted,
    "unplaced": unplaced,
    "account_unknown": account_unknown,
    "cost_unknown": cost_unknown,
}
