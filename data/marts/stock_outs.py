"""When which shelf was empty: as sources say it themselves, and as counts and movements of stock tell it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from data.marts.mart import Inputs, Mart

PAIR = ("node", "sku")
NOTHING = 0.0005
"""Units below which a balance counts as zero: quantities have three decimals."""
PART = 0.5
"""Share of the day on which a shelf was emptied by sales: books of a day do not tell the hour."""


def stock_out(inputs: Inputs) -> ir.Table:
    """Grain: node × sku × first day: days from ``first`` to ``last`` in which ``share`` of the time was without stock.

    From availability, and from the books of nodes that count or move stock (:func:`_empty`), within the listing where
    there is one: a shelf that nobody wants filled is not empty.
    """
    found = _unavailable(inputs).union(_wanted(inputs, _empty(inputs)))
    nodes = inputs.mart("stock_node").select("node", "owner")
    joined = found.inner_join(nodes, "node")
    return joined.group_by("owner", "node", "sku", "first", "last").aggregate(share=joined.share.max())


def _unavailable(inputs: Inputs) -> ir.Table:
    rows = inputs.current("availability")
    days = ibis.ifelse(rows.period == "week", 7, 1)
    told = rows.hours_out.cast("float64") / (days * 24.0)
    share = ibis.ifelse(rows.in_stock, told.fill_null(0.0), told.fill_null(1.0))
    last = ibis.ifelse(rows.period == "week", rows.day + ibis.interval(days=6), rows.day.cast("timestamp")).cast("date")
    noted = rows.select(node=rows.node, sku=rows.sku, first=rows.day, last=last, share=share.clip(0.0, 1.0))
    return noted.filter(noted.share > 0)


def _wanted(inputs: Inputs, spans: ir.Table) -> ir.Table:
    """The parts of ``spans`` that lie in a listing; of pairs that no listing names, all but an open end.

    before  shelf A  empty 3 May – 9 May (open), listed until 5 May      after  A  3 May – 5 May
            shelf B  empty 3 May – 9 May (open), not in any listing             B  3 May
    """
    listings = inputs.mart("listed").select(*PAIR, valid_from="first", valid_to="last")
    told = spans.inner_join(listings, PAIR)
    cut = told.mutate(first=ibis.greatest(told["first"], told.valid_from), last=ibis.least(told["last"], told.valid_to))
    untold = spans.anti_join(listings, PAIR).filter(lambda t: ~t.open)
    columns = ("node", "sku", "first", "last", "share")
    return cut.filter(cut["first"] <= cut["last"]).select(*columns).union(untold.select(*columns))


def _empty(inputs: Inputs) -> ir.Table:
    """Columns node, sku, first, last, share, open (it lasted to the end of what the node told).

    A balance is carried from one count to the next by what moved. Where it does not arrive at the next count, or falls
    below zero, movements are missing and the days between tell nothing; the day of the count itself still does. On the
    day on which sales emptied a shelf it was empty for :data:`PART` of it; where stock was rather moved away, from the
    next: that day's sales may all have come before.
    """
    rows = _balances(inputs)
    empty = rows.filter((ibis.least(rows.balance, rows.usable) < NOTHING) & (rows.trusted | rows.believed))
    by_sales = (empty.sold > 0) & (empty.sold >= empty.away / 2)
    share = ibis.cases((empty.moved == 0, 1.0), (by_sales, PART), else_=0.0)
    itself = empty.select("pair", first=empty.day, last=empty.day, share=share, open=ibis.literal(False))
    after = empty.filter(empty.trusted & (empty.balance < NOTHING))
    last = ibis.ifelse(after.next.isnull(), after.until, (after.next - ibis.interval(days=1)).cast("date"))
    following = after.select(
        "pair",
        first=(after.day + ibis.interval(days=1)).cast("date"),
        last=last,
        share=ibis.literal(1.0),
        open=after.next.isnull(),
    )
    spans = itself.filter(itself.share > 0).union(following.filter(following["first"] <= following["last"]))
    return spans.inner_join(_pairs(inputs), "pair").select(*PAIR, "first", "last", "share", "open")


def _balances(inputs: Inputs) -> ir.Table:
    """Grain: pair × day of a count or a movement. ``balance`` at the end of the day, ``usable`` (on days of a count:
    without what has expired, else the balance), ``moved``, ``away`` and ``sold`` (units of all movements, of those out,
    of sales), ``trusted`` (the balance arrives at the next count), ``believed`` (the day was counted), ``next`` (day of
    the pair) and ``until`` (last day of the node).
    """
    rows = _days(inputs)
    until_then = ibis.cumulative_window(group_by="pair", order_by="day")
    rows = rows.mutate(
        epoch=rows.counts.sum().over(until_then),
        flow=(rows.before + rows.after).sum().over(until_then),
        next=rows.day.lead().over(ibis.window(group_by="pair", order_by="day")),
    )
    # A balance is all that ever flowed, from a start that each count tells anew.
    rows = rows.mutate(start=ibis.ifelse(rows.counts > 0, rows.counted + rows.after - rows.flow, ibis.null("float64")))
    found = rows.drop("start").inner_join(_epochs(rows), ["pair", "epoch"])
    balance = found.flow + found.start
    return found.mutate(
        balance=balance,
        usable=ibis.ifelse(found.counts > 0, found.usable + found.after, balance),
        trusted=found.arrives & found.sure & (found.lowest > -NOTHING),
        believed=(found.counts > 0) & found.sure,
    )


def _epochs(rows: ir.Table) -> ir.Table:
    """Grain: pair × count (0: before the first): ``start`` of the balance, ``lowest`` balance until the next count,
    whether it ``arrives`` there, and whether the count is ``sure``: what it does not name was not there, unless the
    balance before it says that it must have been, or nobody ever said that it should be.
    """
    found = rows.group_by("pair", "epoch").aggregate(
        told=rows.start.max(), lowest=rows.flow.min(), named=rows.named.max(), listed=rows.listed.max()
    )
    over = ibis.window(group_by="pair", order_by="epoch")
    found = found.mutate(earlier=found.told.lag().over(over), later=found.told.lead().over(over))
    # What stood there before the first count follows from that count; where nobody ever counted, there was nothing.
    start = ibis.coalesce(found.told, found.later, 0.0)
    return found.select(
        "pair", "epoch",
        start=start, lowest=found.lowest + start,
        arrives=found.later.isnull() | ((found.later - start).abs() < NOTHING),
        sure=(found.epoch == 0) | (found.named > 0) | ibis.ifelse(
            found.earlier.isnull(), found.listed > 0, (found.told - found.earlier).abs() < NOTHING
        ),
    )  # fmt: skip


def _pairs(inputs: Inputs) -> ir.Table:
    """Node × sku, numbered; whether it is ``listed``, and ``until``: the last day that the node told anything of."""
    flows, counted = _flows(inputs), inputs.mart("stock_day")
    told = flows.select(*PAIR, "day").union(counted.select(*PAIR, "day"))
    seen = told.group_by(*PAIR).aggregate(last=told.day.max())
    until = seen.group_by("node").aggregate(until=seen["last"].max())
    listings = inputs.mart("listed").select(*PAIR, listed=ibis.literal(1))
    every = seen.select(*PAIR, listed=ibis.literal(0)).union(listings)
    pairs = every.group_by(*PAIR).aggregate(listed=every.listed.max()).inner_join(until, "node")
    return pairs.mutate(pair=ibis.row_number().over(order_by=PAIR))


def _days(inputs: Inputs) -> ir.Table:
    """Grain: pair × day: what was counted, and what moved before and after the count of that day."""
    lots, pairs = inputs.current("stock_lot"), _pairs(inputs)
    moments = lots.group_by("node", day=lots.business_day).aggregate(moment=lots.as_of.max())
    counted = inputs.mart("stock_day").select(*PAIR, "day", "on_hand", "usable")
    every = pairs.inner_join(moments.select("node", "day"), "node")
    found = every.left_join(counted, [*PAIR, "day"])
    zero = ibis.literal(0.0)
    counts = found.select(
        "pair", "day",
        counted=found.on_hand.cast("float64").fill_null(0.0), usable=found.usable.cast("float64").fill_null(0.0),
        counts=ibis.literal(1, "int64"), named=found.on_hand.notnull().ifelse(1, 0).cast("int64"),
        before=zero, after=zero, moved=zero, away=zero, sold=zero,
    )  # fmt: skip
    flows = _flows(inputs).inner_join(pairs, PAIR)
    placed = flows.left_join(moments, ["node", "day"])
    late = (placed.at > placed.moment).fill_null(False)
    none = ibis.literal(0, "int64")
    moved = placed.select(
        "pair", "day",
        counted=zero, usable=zero, counts=none, named=none,
        before=late.ifelse(0.0, placed.units), after=late.ifelse(placed.units, 0.0),
        moved=placed.units.abs(), away=(-placed.units).clip(lower=0.0),
        sold=placed.sold.ifelse(placed.units.abs(), 0.0),
    )  # fmt: skip
    both = counts.union(moved)
    summed = both.group_by("pair", "day").aggregate(
        **{name: both[name].sum() for name in both.columns if name not in ("pair", "day")}
    )
    return summed.inner_join(pairs.select("pair", "until", "listed"), "pair")


def _flows(inputs: Inputs) -> ir.Table:
    """Columns node, sku, day, at, units (signed), sold (whether it is a sale).

    Where a node tells no movements, or none yet, what it sold and received stand in for them.
    """
    moves = inputs.current("stock_move")
    told = moves.select(
        *PAIR,
        day=moves.business_day,
        at=moves.moved_at,
        units=moves.quantity.cast("float64"),
        sold=moves.kind == "sale",
    )
    since = told.group_by("node").aggregate(since=told.day.min())
    stand_in = _sold(inputs).union(_received(inputs)).semi_join(inputs.current("stock_lot"), "node")
    placed = stand_in.left_join(since, "node")
    early = placed.filter(placed.since.isnull() | (placed.day < placed.since))
    return told.union(early.select(*told.columns))


def _sold(inputs: Inputs) -> ir.Table:
    rows = inputs.mart("demand")
    # Of a week it is only known that all was gone when it ended.
    ended = ibis.ifelse(rows.period == "week", rows.day + ibis.interval(days=6), rows.day.cast("timestamp"))
    return rows.select(
        *PAIR, day=ended.cast("date"), at=ibis.null("timestamp('UTC', 6)"), units=-rows.units, sold=rows.units > 0
    )


def _received(inputs: Inputs) -> ir.Table:
    rows = inputs.current("inbound").filter(lambda t: t.received_at.notnull())
    return rows.select(
        *PAIR, day=(rows.received_at + ibis.interval(hours=8)).date(), at=rows.received_at,
        units=rows.received.cast("float64").fill_null(0.0), sold=ibis.literal(False),
    )  # fmt: skip


MARTS = (
    Mart(
        "stock_out",
        stock_out,
        reads=("availability", "stock_lot", "stock_move", "inbound"),
        uses=("stock_node", "stock_day", "listed", "demand"),
        owner="owner",
    ),
)
