"""The tables that grow week by week."""

from __future__ import annotations

import numpy as np

from data.sample import event_tables, order_tables, outside_tables, partner_tables, stock_tables
from data.sample.event_tables import Happenings
from data.sample.orders import USUAL
from data.sample.price_tables import Seen, Watching
from data.sample.promotions import GROUP, STORE, TRADE
from data.sample.scan_tables import Scanning, Scans
from data.sample.setting import Setting, stream
from data.sample.supply import Supply
from data.sample.supply_parameters import DEALER, SUPERMARKET
from data.sample.week import Week, names
from data.sample.writing import Files


class History:
    """Writes each week's rows, and at the end what only then is known: bills, targets, open deliveries."""

    def __init__(self, made: Setting, supply: Supply, files: Files) -> None:
        self.made, self.supply, self.files = made, supply, files
        self.happenings = Happenings(made, stream(made.seed, "events"))
        self.scanning = Scanning(made, stream(made.seed, "scans"))
        self.watching = Watching(made, stream(made.seed, "watching"))
        self.price = made.goods.list_price(made.calendar.days)
        self.month = np.array(
            [(d.year - made.months[0].year) * 12 + d.month - made.months[0].month for d in made.calendar.days]
        )
        partners = len(made.net.partner) + len(made.net.dealers) + len(made.net.supermarkets)
        self.bought = np.zeros((partners, len(made.months)), dtype=np.int64)
        self.sold = np.zeros((len(made.months), len(made.net.dealers) + 1, len(made.plan.regional)))
        self.refund = self.move = 1

    def add(self, week: Week) -> tuple[Scans, Seen]:
        """Write one week; returns what was scanned and seen, with the truth beside it."""
        files, happenings = self.files, self.happenings
        files.add("order_line", order_tables.order_lines(week))
        refunds = order_tables.refund_lines(week, self.refund)
        self.refund += refunds.num_rows
        files.add("refund_line", refunds)
        files.add("order_discount", order_tables.order_discounts(week))
        files.add("shipment_line", order_tables.shipments(week))
        moves = stock_tables.stock_moves(week, self.move)
        self.move += moves.num_rows
        files.add("stock_move", moves)
        self._stock(week)
        files.add("member_event", happenings.member_events(week))
        files.add("points", happenings.points(week))
        files.add("survey", happenings.surveys(week))
        files.add("group_buy", event_tables.group_buys(week))
        scans, seen = self.scanning.week(week), self.watching.week(week)
        files.add("code_scan", scans.table)
        files.add("price_observation", seen.table)
        self._count(week)
        return scans, seen

    def _stock(self, week: Week) -> None:
        closing = [day for day in week.days if day.closing is not None]
        if week.before is not None:
            closing = [week.before, *closing]
        if closing:
            self.files.add("stock_lot", stock_tables.stock_lots(week, closing))
        if week.received:
            came = stock_tables.joined_deliveries(week.received)
            self.files.add("inbound", stock_tables.inbounds(self.made, week.names, came, open_=False))
        if week.sent:
            self.files.add("sell_in", stock_tables.sell_in(week, self.price))
        self.files.add("sell_out_agg", stock_tables.sell_out(week, self.price))
        self.files.add("availability", stock_tables.availability(week))

    def _count(self, week: Week) -> None:
        """Keep count of what was sold where and what partners bought in."""
        made, orders = self.made, week.orders
        usual = orders.state == USUAL
        city = made.cells.city[orders.cell]
        by_dealer = np.isin(orders.kind, [STORE, GROUP, TRADE])
        dealer = np.where(by_dealer, made.plan.dealer[city], len(made.net.dealers))
        at = (self.month[orders.day], dealer, made.plan.province[city])
        np.add.at(self.sold, tuple(part[usual] for part in at), orders.amount[usual])
        if week.sent:
            sent = stock_tables.joined_deliveries(week.sent)
            level = made.pairs.level[sent.pair]
            into = np.flatnonzero((level == DEALER) | (level == SUPERMARKET))
            node = made.pairs.node[sent.pair[into]]
            fen = self.price[made.pairs.sku[sent.pair[into]], sent.ordered[into]] * made.supply.dealer_price
            offset = len(made.net.partner) + len(made.net.dealers)
            supermarket = made.nodes.level[node] == SUPERMARKET
            partner = np.where(supermarket, offset + node - made.nodes.at(SUPERMARKET)[0],
                               len(made.net.partner) + node - made.nodes.at(DEALER)[0])  # fmt: skip
            fen = np.rint(fen).astype(np.int64) * sent.units[into]
            np.add.at(self.bought, (partner, self.month[sent.ordered[into]]), fen)

    def close(self) -> None:
        """Write what is known only when all is over."""
        made, known = self.made, names(self.made)
        waiting = [one for day in sorted(self.supply.arriving) for one in self.supply.arriving[day]]
        if waiting:
            still = stock_tables.joined_deliveries(waiting)
            self.files.add("inbound", stock_tables.inbounds(made, known, still, open_=True))
        self.files.add("receivable", partner_tables.receivables(made, self.bought, known, stream(made.seed, "bills")))
        days = np.bincount(self.month[made.calendar.first :], minlength=len(made.months))
        whole = self.sold * (30.4 / np.maximum(days, 1))[:, None, None]
        self.files.add("target", outside_tables.targets(made, whole, stream(made.seed, "targets")))
