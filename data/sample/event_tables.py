"""Tables about what members do beside buying: events, points, answers, groups."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data.sample.columns import dates, from_columns, moments, money, named, texts, units
from data.sample.members import GROUP, MINI, STORE
from data.sample.nodes import NONE
from data.sample.orders import FREE, USUAL
from data.sample.parameters import CHANNEL_CODES
from data.sample.setting import Setting
from data.sample.week import DAY_SECONDS, Week

EVENTS = (
    "scan", "join", "browse", "group_message", "coupon_issued", "coupon_redeemed", "referral", "service",
    "content_share", "unsubscribe",
)  # fmt: skip
SCAN, JOIN, BROWSE, MESSAGE, ISSUED, REDEEMED, REFERRAL, SERVICE, SHARE, LEAVE = range(len(EVENTS))
WEEKLY = ((BROWSE, 0.10), (MESSAGE, 0.03), (SERVICE, 0.004), (SHARE, 0.006), (LEAVE, 0.0008))
"""Events per living account and week."""
REFERRED = 0.07
ANSWERED = 0.012
"""Share of orders of known members after which a question is answered."""
WORDS = (
    "米香，孩子爱吃",
    "包装有点破",
    "送得很快",
    "比超市便宜",
    "日期不太新鲜",
    "面条口感好",
    "客服耐心",
    "等了两天才到",
)
REDEEMED_AT, REDEEMED_POINTS = 600, 500


class Happenings:
    """Numbers what happens week by week, and keeps the balance of every account's points."""

    def __init__(self, made: Setting, rng: np.random.Generator) -> None:
        self.made, self.rng = made, rng
        self.event = self.entry = self.answer = 1
        self.balance = np.zeros(len(made.people.account), dtype=np.int64)

    def member_events(self, week: Week) -> pa.Table:
        """The member_event table of one week."""
        people, rng, made = self.made.people, self.rng, self.made
        first, last = week.days[0].day, week.days[-1].day
        new = np.arange(*np.searchsorted(people.joined, [first, last + 1]))
        scanned = new[rng.random(len(new)) < 0.55]
        invited = new[rng.random(len(new)) < REFERRED]
        alive = np.flatnonzero((people.joined <= first) & (people.leaves > first))
        parts = [(JOIN, new, people.joined[new]), (SCAN, scanned, people.joined[scanned])]
        for usual, rate in WEEKLY:
            active = alive[rng.random(len(alive)) < rate]
            parts.append((usual, active, rng.integers(first, last + 1, len(active))))
        if len(alive):
            parts.append((REFERRAL, rng.choice(alive, len(invited)), people.joined[invited]))
        campaign, coupons = self._coupons(week)
        parts += coupons
        kind = np.concatenate([np.full(len(part[1]), part[0]) for part in parts])
        who, day = (np.concatenate([part[i] for part in parts]).astype(int) for i in (1, 2))
        count = len(who)
        referred = np.full(count, NONE)
        referred[kind == REFERRAL] = invited if len(alive) else []
        of = np.full(count, NONE)
        of[np.isin(kind, [ISSUED, REDEEMED])] = campaign
        hour = np.where(kind == SCAN, 30_000, np.where(kind == JOIN, 81_000, 43_200))
        second = day * DAY_SECONDS + hour + rng.integers(0, 1800, count)
        order = np.lexsort((kind, who, second))
        kind, who, second, referred, of = kind[order], who[order], second[order], referred[order], of[order]
        numbers = self.event + np.arange(count)
        self.event += count
        codes = texts("YHQ", of * 10**7 + who, 10).to_numpy(zero_copy_only=False)
        viewed = np.where(kind == BROWSE, rng.integers(0, len(made.goods.sku), count), NONE)
        columns = {
            "event": texts("SJ", numbers, 9),
            "happened_at": moments(second, week.names.origin),
            "account": named(people.account, who),
            "kind": named(EVENTS, kind),
            "channel": named(CHANNEL_CODES, people.system[who]),
            "sku": named(made.goods.sku, viewed),
            "campaign": named(campaign_ids(made), of),
            "coupon": pa.array(np.where(of == NONE, None, codes), pa.string()),
            "referred": named(people.account, referred),
            "partner": named(made.net.partner, people.outlet[who]),
        }
        return from_columns("member_event", columns, count)

    def _coupons(self, week: Week) -> tuple[np.ndarray, list[tuple[int, np.ndarray, np.ndarray]]]:
        """Coupons that campaigns of this week issue, and those that were used in it, with their campaigns."""
        known = self.made.campaigns
        first, last = week.days[0].day, week.days[-1].day
        begins = np.flatnonzero((known.starts >= first) & (known.starts <= last))
        at = np.flatnonzero(known.treated & np.isin(known.exposed_campaign, begins))
        inside = slice(*np.searchsorted(known.lines.day, [first, last + 1]))
        used, used_of, day = known.lines.account[inside], known.campaign_of[inside], known.lines.day[inside]
        bought = np.isin(used, week.orders.account[week.orders.account != NONE])
        issued_of = known.exposed_campaign[at]
        parts = [
            (ISSUED, known.exposed_account[at], known.starts[issued_of]),
            (REDEEMED, used[bought], day[bought]),
        ]
        return np.concatenate([issued_of, used_of[bought]]), parts

    def points(self, week: Week) -> pa.Table:
        """The points table of one week: one point per yuan, reversed when goods come back, now and then redeemed."""
        orders, priced = week.orders, week.priced
        earning = (orders.account != NONE) & (orders.state == USUAL) & np.isin(orders.kind, [STORE, GROUP, MINI])
        at = np.flatnonzero(earning & (orders.amount >= 100))
        earned = orders.amount[at] // 100
        back = np.flatnonzero((priced.lines.back > 0) & (priced.lines.units >= priced.lines.back) & week.usual())
        back = back[earning[priced.order[back]] & (priced.lines.back_day[back] <= self.made.calendar.last)]
        taken = (priced.amount[back] * priced.lines.back[back] // np.maximum(priced.quantity[back], 1)) // 100
        back, taken = back[taken > 0], taken[taken > 0]
        np.add.at(self.balance, orders.account[at], earned)
        np.subtract.at(self.balance, orders.account[priced.order[back]], taken)
        rich = np.unique(orders.account[at][self.balance[orders.account[at]] >= REDEEMED_AT])
        rich = rich[self.rng.random(len(rich)) < 0.25]
        self.balance[rich] -= REDEEMED_POINTS
        who = np.concatenate([orders.account[at], orders.account[priced.order[back]], rich])
        kind = np.repeat([0, 1, 2], [len(at), len(back), len(rich)])
        amount = np.concatenate([earned, -taken, np.full(len(rich), -REDEEMED_POINTS)])
        order = np.concatenate([at, priced.order[back], np.full(len(rich), NONE)])
        later = priced.lines.back_day[back] * DAY_SECONDS + 79_000
        end = (week.days[-1].day + 1) * DAY_SECONDS - 1
        second = np.concatenate([np.minimum(week.paid[at] + 60, end), later, np.full(len(rich), end)])
        by_time = np.lexsort((who, second))
        numbers = self.entry + np.arange(len(who))
        self.entry += len(who)
        who, kind, amount, order, second = (part[by_time] for part in (who, kind, amount, order, second))
        expires = second // DAY_SECONDS + 365
        columns = {
            "entry": texts("JF", numbers, 9),
            "booked_at": moments(second, week.names.origin),
            "account": named(week.made.people.account, who),
            "kind": named(["earn", "reverse", "redeem"], kind),
            "points": units(amount),
            "order_id": week.order_ids.take(pa.array(order, mask=order == NONE)),
            "expires": dates(expires, week.names.first, absent=kind != 0),
            "partner": named(self.made.net.partner, self.made.people.outlet[who]),
        }
        return from_columns("points", columns, len(who))

    def surveys(self, week: Week) -> pa.Table:
        """The survey table of one week: who is served well says so."""
        orders, rng, made = week.orders, self.rng, self.made
        at = np.flatnonzero(
            (orders.account != NONE) & (orders.state == USUAL) & (rng.random(len(orders.day)) < ANSWERED)
        )
        quality = made.nodes.quality[made.cells.node[orders.cell[at]]]
        asked = rng.random(len(at)) < 0.4
        score = np.clip(np.rint(10 * (0.35 + 0.62 * quality) + rng.normal(0, 1.5, len(at))), 0, 10)
        second = np.minimum(week.paid[at] + rng.integers(3600, 9 * 3600, len(at)), week.names.end - 1)
        numbers = self.answer + np.arange(len(at))
        self.answer += len(at)
        words = np.where(rng.random(len(at)) < 0.2, rng.integers(0, len(WORDS), len(at)), NONE)
        columns = {
            "answer": texts("DJ", numbers, 8),
            "answered_at": moments(second, week.names.origin),
            "account": named(made.people.account, orders.account[at]),
            "kind": named(["satisfaction", "nps"], asked.astype(int)),
            "score": pa.array(score),
            "order_id": week.order_ids.take(pa.array(at)),
            "comment": named(WORDS, words),
            "partner": named(week.names.partners, week.entry[at]),
        }
        return from_columns("survey", columns, len(at))


def campaign_ids(made: Setting) -> list[str]:
    return [f"HD{number:03d}" for number in range(1, len(made.campaigns.name) + 1)]


def group_buys(week: Week) -> pa.Table:
    """The group_buy table of one week: what each leader sold at the group's price, one row per product."""
    orders, priced, made = week.orders, week.priced, week.made
    group = np.flatnonzero((orders.kind[priced.order] == GROUP) & (priced.discount != FREE) & week.usual())
    leader = made.cells.outlet[orders.cell[priced.order[group]]]
    sku = priced.lines.sku[group]
    count = len(made.goods.sku)
    key, which = np.unique(leader * count + sku, return_inverse=True)
    sold = np.bincount(which, priced.quantity[group], minlength=len(key))
    joined_ = np.bincount(which, minlength=len(key))
    paid = np.bincount(which, priced.amount[group], minlength=len(key))
    leader, sku = np.divmod(key, count)
    first, last = week.days[0].day, week.days[-1].day
    over = made.calendar.days[last].weekday() == 6
    week_of = made.calendar.days[first].isocalendar()
    ids = [f"TG{week_of.year}{week_of.week:02d}-{made.net.partner[one]}" for one in leader.tolist()]
    columns = {
        "group_buy": pa.array(ids, pa.string()),
        "sku": named(made.goods.sku, sku),
        "leader": named(made.net.partner, leader),
        "opened_at": moments(np.full(len(key), first * DAY_SECONDS + 30_000), week.names.origin),
        "closes_at": moments(np.full(len(key), (last + 1) * DAY_SECONDS - 60), week.names.origin),
        "price": money(np.rint(paid / np.maximum(sold, 1)).astype(np.int64)),
        "minimum_members": pa.array(np.full(len(key), 2)),
        "members": pa.array(joined_),
        "quantity": units(sold),
        "state": named(["open", "failed", "reached"], np.where(over, np.where(joined_ >= 2, 2, 1), 0)),
    }
    return from_columns("group_buy", columns, len(key))
