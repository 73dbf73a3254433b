"""Tables about partners and campaigns: commission, what partners did and owe, who was reached, what it cost."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa

from data.sample.columns import dates, from_columns, from_rows, moments, money, named, texts
from data.sample.event_tables import campaign_ids
from data.sample.nodes import NONE
from data.sample.setting import Setting
from data.sample.varieties import FLOUR, GRAINS, NOODLES, OIL, RICE
from data.sample.week import DAY_SECONDS, Names

KINDS = ("display_check", "activity_signed", "activity_done", "training", "complaint", "content")
DISPLAY, SIGNED, DONE, TRAINING, COMPLAINT, CONTENT = range(6)
COMMISSIONS = {RICE: 0.03, OIL: 0.025, FLOUR: 0.04, NOODLES: 0.06, GRAINS: 0.07}
OF_KIND = {"dealer": 0.6, "store": 0.8, "group_leader": 1.4}


def rate_cards(made: Setting) -> pa.Table:
    """The rate_card table: commission by category and kind of partner, more for gold partners."""
    rows: list[dict[str, object]] = []
    for kind, factor in OF_KIND.items():
        for category, rate in COMMISSIONS.items():
            for tier, more in ((None, 1.0), ("gold", 1.2)):
                rows.append({
                    "rate_card": f"YJ{len(rows) + 1:03d}", "category": category, "partner_kind": kind, "tier": tier,
                    "commission": round(rate * factor * more, 4), "valid_from": made.months[0],
                })  # fmt: skip
    return from_rows("rate_card", rows)


def partner_events(made: Setting, known: Names, rng: np.random.Generator) -> pa.Table:
    """The partner_event table: good partners pass, sign, do and learn more, and hear fewer complaints."""
    net, calendar = made.net, made.calendar
    outlets = len(net.partner)
    quality = np.concatenate([net.quality, net.dealer_quality])
    opens = np.concatenate([np.maximum(made.net.opens, calendar.first), np.full(len(net.dealers), calendar.first)])
    closes = np.concatenate(
        [np.minimum(made.net.closes, calendar.last + 1), np.full(len(net.dealers), calendar.last + 1)]
    )
    store = np.concatenate([net.store, np.ones(len(net.dealers), bool)])
    months = np.clip(closes - opens, 0, None) / 30.4
    rates = {
        DISPLAY: np.where(store & (np.arange(len(quality)) < outlets), 0.5, 0.0),
        SIGNED: np.full(len(quality), 0.35),
        TRAINING: 0.05 + 0.25 * quality,
        COMPLAINT: 0.02 + 0.22 * (1 - quality),
        CONTENT: np.where(store, 0.08, 0.6) * (0.3 + quality),
    }
    who, kind = [], []
    for number, rate in rates.items():
        count = rng.poisson(rate * months)
        who.append(np.repeat(np.arange(len(quality)), count))
        kind.append(np.full(int(count.sum()), number))
    partner, what = np.concatenate(who), np.concatenate(kind)
    day = opens[partner] + (rng.random(len(partner)) * (closes - opens)[partner]).astype(int)
    done = np.flatnonzero((what == SIGNED) & (rng.random(len(what)) < 0.25 + 0.7 * quality[partner]))
    after = day[done] + rng.integers(3, 25, len(done))
    done, after = done[after < closes[partner[done]]], after[after < closes[partner[done]]]
    partner, what, day = (
        np.concatenate([partner, partner[done]]),
        np.concatenate([what, np.full(len(done), DONE)]),
        np.concatenate([day, after]),
    )  # fmt: skip
    second = day * DAY_SECONDS + rng.integers(9 * 3600, 18 * 3600, len(day))
    order = np.lexsort((what, partner, second))
    partner, what, second = partner[order], what[order], second[order]
    score = np.clip(np.rint(45 + 50 * quality[partner] + rng.normal(0, 9, len(partner))), 0, 100)
    checked = np.isin(what, [DISPLAY, DONE])
    campaign = np.where(np.isin(what, [SIGNED, DONE]), rng.integers(0, len(made.campaigns.name), len(partner)), NONE)
    columns = {
        "event": texts("HB", np.arange(1, len(partner) + 1), 7),
        "happened_at": moments(second, known.origin),
        "partner": named(known.partners, partner),
        "kind": named(KINDS, what),
        "campaign": named(campaign_ids(made), campaign),
        "passed": pa.array(score >= 70, mask=~checked),
        "score": pa.array(score, mask=~checked),
        "note": named(["送货迟到", "价格不一", "包装破损"], np.where(what == COMPLAINT, partner % 3, NONE)),
    }
    return from_columns("partner_event", columns, len(partner))


def receivables(made: Setting, bought: np.ndarray, known: Names, rng: np.random.Generator) -> pa.Table:
    """The receivable table: a bill for each month that a dealer or supermarket bought in, paid sooner or later.

    ``bought``: fen by partner (index of the known partners) × month.
    """
    partner, month = np.nonzero(bought)
    ends = [*((start - made.calendar.days[0]).days for start in made.months[1:]), made.calendar.last + 1]
    issued = np.array(ends)[month] - 1
    dealer = partner - len(made.net.partner)
    quality = np.where(
        dealer < len(made.net.dealers), made.net.dealer_quality[np.minimum(dealer, len(made.net.dealers) - 1)], 0.7
    )
    amount = bought[partner, month]
    due = issued + 30
    late = rng.normal(24 * (0.78 - quality) * 2, 6, len(partner)).astype(int)
    paid = np.maximum(due + late, issued + 3)
    now = made.calendar.last
    settled = paid <= now
    part = np.where(settled, amount, np.where(rng.random(len(partner)) < 0.3, amount // 2, 0))
    order = np.lexsort((partner, issued))
    columns = {
        "document": texts("YS", np.arange(1, len(partner) + 1), 6),
        "partner": named(known.partners, partner[order]),
        "issued": dates(issued[order], known.first),
        "due": dates(due[order], known.first),
        "amount": money(amount[order]),
        "settled_amount": money(part[order]),
        "settled": dates(paid[order], known.first, absent=~settled[order]),
    }
    return from_columns("receivable", columns, len(partner))


def campaign_table(made: Setting) -> pa.Table:
    """The campaign table."""
    found, days = made.campaigns, made.calendar.days
    ids = campaign_ids(made)
    return from_rows(
        "campaign",
        [
            {
                "campaign": ids[n], "name": found.name[n], "goal": found.goal[n], "starts": days[found.starts[n]],
                "ends": days[found.ends[n]], "holdout": float(found.holdout[n]),
                "budget": Decimal(int(found.budget[n])),
            }
            for n in range(len(ids))
        ],
    )  # fmt: skip


def exposures(made: Setting, known: Names) -> pa.Table:
    """The campaign_exposure table: both arms, the holdout at the moment of its assignment."""
    found, people = made.campaigns, made.people
    who, of = found.exposed_account, found.exposed_campaign
    second = found.starts[of] * DAY_SECONDS + np.where(found.treated, 36_000, 28_800) + who % 3_000
    columns = {
        "campaign": named(campaign_ids(made), of),
        "account": named(people.account, who),
        "arm": named(["holdout", "treatment"], found.treated.astype(int)),
        "exposed_at": moments(second, known.origin),
        "partner": named(made.net.partner, people.outlet[who]),
    }
    return from_columns("campaign_exposure", columns, len(who))


def spends(made: Setting, known: Names, rng: np.random.Generator) -> pa.Table:
    """The spend table: each campaign's budget over its days, what was paid of it and what was verified."""
    found = made.campaigns
    length = found.ends - found.starts + 1
    of = np.repeat(np.arange(len(length)), length)
    day = np.concatenate([np.arange(a, b + 1) for a, b in zip(found.starts, found.ends, strict=True)])
    planned = found.budget[of] * 100 // length[of]
    paid = np.rint(planned * rng.uniform(0.8, 1.05, len(of))).astype(np.int64)
    verified = np.where(rng.random(len(of)) < 0.85, np.rint(paid * rng.uniform(0.85, 1.0, len(of))).astype(np.int64), 0)
    columns = {
        "spend": texts("FY", np.arange(1, len(of) + 1), 6),
        "campaign": named(campaign_ids(made), of),
        "channel": named(["STORE", "MINI", "GROUP"], of % 3),
        "day": dates(day, known.first),
        "planned": money(planned),
        "paid": money(paid),
        "verified": money(verified),
    }
    return from_columns("spend", columns, len(of))
