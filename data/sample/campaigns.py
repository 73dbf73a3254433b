"""Campaigns of the demo brand: whom they reached, whom they left out, and the orders that they truly brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.sample.cells import Cells, Offers
from data.sample.demand import Campaigned
from data.sample.members import Members
from data.sample.nodes import NONE

TITLES = (
    "沉睡唤醒券",
    "新客二单礼",
    "会员日预热",
    "秋粮尝鲜",
    "年货提前购",
    "端午粽米",
    "清凉杂粮",
    "油品换季",
    "老客回馈",
    "社群专享",
)
GOALS = ("win_back", "second_order", "repurchase", "cross_sell")
LIFTS = (0.0, 0.02, 0.03, 0.05, 0.08)
"""Further orders per treated account within the window; some campaigns do nothing."""
WINDOW = 14
COUPON_PAYS = 0.85


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Campaigns as parallel arrays, exposures as parallel arrays, and the lines beyond everything else.

    ``lift``: true further orders per treated account within the window. ``campaign_of``: the campaign of each line.
    """

    name: list[str]
    goal: list[str]
    starts: np.ndarray
    ends: np.ndarray
    holdout: np.ndarray
    lift: np.ndarray
    budget: np.ndarray
    exposed_campaign: np.ndarray
    exposed_account: np.ndarray
    treated: np.ndarray
    lines: Campaigned
    campaign_of: np.ndarray


def campaigns(
    rng: np.random.Generator,
    days: list[date],
    first: int,
    people: Members,
    found: Cells,
    listed: Offers,
    launched: np.ndarray,
) -> Campaigns:
    """One campaign every seven weeks or so; the holdout is chosen by chance before anybody is told."""
    starts = np.arange(first + 20, len(days) - WINDOW - 1, 50)
    count = len(starts)
    lift = rng.choice(LIFTS, count)
    lift[:2] = (0.08, 0.0)
    holdout = rng.choice([0.1, 0.2, 0.3], count)
    campaign, account, treated = [], [], []
    for number, start in enumerate(starts.tolist()):
        alive = np.flatnonzero((people.joined < start) & (people.leaves > start))
        chosen = np.sort(rng.choice(alive, int(len(alive) * float(rng.uniform(0.15, 0.35))), replace=False))
        campaign.append(np.full(len(chosen), number))
        account.append(chosen)
        treated.append(rng.random(len(chosen)) >= holdout[number])
    exposed_campaign, exposed_account, is_treated = (np.concatenate(part) for part in (campaign, account, treated))
    buys = np.flatnonzero(is_treated & (rng.random(len(is_treated)) < lift[exposed_campaign]))
    of, who = exposed_campaign[buys], exposed_account[buys]
    day = starts[of] + rng.integers(0, WINDOW, len(of))
    cell = people.mini_cell[who]
    open_ = (cell != NONE) & (found.opens[cell] <= day) & (day < found.closes[cell])
    of, who, day, cell = of[open_], who[open_], day[open_], cell[open_]
    offer = _offers(rng, listed, cell)
    order = np.lexsort((who, day))
    order = order[launched[listed.sku[offer[order]]] <= day[order]]
    of, who, day, offer = of[order], who[order], day[order], offer[order]
    return Campaigns(
        name=[f"{TITLES[number % len(TITLES)]}{days[start]:%Y%m}" for number, start in enumerate(starts.tolist())],
        goal=[GOALS[number % len(GOALS)] for number in range(count)],
        starts=starts,
        ends=starts + WINDOW - 1,
        holdout=holdout,
        lift=lift,
        budget=np.round(rng.uniform(5_000, 60_000, count), -2).astype(int),
        exposed_campaign=exposed_campaign,
        exposed_account=exposed_account,
        treated=is_treated,
        lines=Campaigned(day, offer, who),
        campaign_of=of,
    )


def _offers(rng: np.random.Generator, listed: Offers, cell: np.ndarray) -> np.ndarray:
    """An offer of each cell, by how much it sells."""
    total = np.concatenate([[0.0], np.cumsum(listed.base)])
    low, high = total[listed.start[cell]], total[listed.start[cell + 1]]
    drawn = np.searchsorted(total, low + rng.random(len(cell)) * (high - low), side="right") - 1
    return np.asarray(np.clip(drawn, listed.start[cell], listed.start[cell + 1] - 1))
