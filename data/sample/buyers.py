"""Who is behind an order: members come back when what they bought is eaten up."""

from __future__ import annotations

import numpy as np

from data.sample.members import Members
from data.sample.nodes import NONE
from data.sample.parameters import WorldParameters

LEAST_GAP = 3.0
BASE_KG = 1.5
"""Even who buys a bottle of sesame oil does not come back the next day."""
ELSEWHERE = 0.30
"""Chance that a member who is due and finds no order this week has bought elsewhere."""
TRIES = 4


class Buyers:
    """Keeps for each account the day on which its larder will be empty."""

    def __init__(
        self, rng: np.random.Generator, people: Members, world: WorldParameters, *,
        groups: int, orders: np.ndarray, mean_kg: float, first: int, days: int,
    ) -> None:  # fmt: skip
        """``orders``: orders of known members that each group expects over the whole period."""
        self.rng, self.people, self.world = rng, people, world
        count = len(people.account)
        begins = np.maximum(people.joined, first)
        present = np.clip(np.minimum(people.leaves, days) - begins, 0, None)
        once = people.once | (present <= 0)
        eaten = people.appetite * np.where(once, 0.0, present) / (BASE_KG + mean_kg)
        primary = eaten * (1 - people.elsewhere)
        second = people.other != NONE
        supply = np.bincount(people.group, primary + people.once, minlength=groups)
        supply += np.bincount(people.other[second], (eaten * people.elsewhere)[second], minlength=groups)
        scale = np.clip(orders / np.maximum(supply, 1e-9), 0.2, 5.0)
        self.appetite = people.appetite * scale[people.group]
        self.leaves = people.leaves.astype(float)
        gap = (BASE_KG + mean_kg) / self.appetite
        new = people.joined >= first
        prospect = rng.random(count) < 0.08
        self.due = np.where(new, people.joined + rng.exponential(6, count), first + rng.random(count) * gap)
        self.due[prospect | (~new & people.once & (rng.random(count) < 0.8))] = np.inf
        self._order = np.argsort(people.group, kind="stable")
        self._low = np.searchsorted(people.group[self._order], np.arange(groups))
        self._size = np.bincount(people.group, minlength=groups)

    def assign(
        self, group: np.ndarray, day: np.ndarray, kg: np.ndarray, wanted: np.ndarray, known: np.ndarray
    ) -> np.ndarray:
        """The account behind each order of one week, or :data:`NONE`.

        ``group``, ``day`` and ``kg`` belong to the orders; ``wanted``: whether the buyer is known at all; ``known``:
        accounts that stand already.
        """
        account = known.copy()
        open_ = np.flatnonzero(wanted & (known == NONE))
        who, where = self._hungry(int(day.max()) if len(day) else 0)
        matched, order = self._match(who, where, open_, group, day)
        account[order] = matched
        self._bought(matched, day[order], kg[order])
        self._rest(np.setdiff1d(who, matched, assume_unique=True), int(day.max()) if len(day) else 0)
        left = open_[account[open_] == NONE]
        account[left] = self._anybody(group[left], day[left])
        filled = left[account[left] != NONE]
        self._bought(account[filled], day[filled], kg[filled])
        return account

    def _hungry(self, last: int) -> tuple[np.ndarray, np.ndarray]:
        """Accounts that are due by ``last``, and the group in which each looks for its order this time."""
        people = self.people
        who = np.flatnonzero((self.due <= last + 1) & (self.leaves > last - 7) & (people.joined <= last))
        roams = self.rng.random(len(who)) < people.elsewhere[who]
        return who, np.where(roams, people.other[who], people.group[who])

    def _match(
        self, who: np.ndarray, where: np.ndarray, open_: np.ndarray, group: np.ndarray, day: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """In each group as many orders as members who are due, by chance; the earliest due takes the earliest order."""
        groups = len(self._size)
        due_count = np.bincount(where, minlength=groups)
        order_count = np.bincount(group[open_], minlength=groups)
        members = self._some(where, order_count)
        orders = self._some(group[open_], due_count)
        who, where, open_ = who[members], where[members], open_[orders]
        by_need = np.lexsort((self.due[who], where))
        by_day = np.lexsort((day[open_], group[open_]))
        who, open_ = who[by_need], open_[by_day]
        fits = self.people.joined[who] <= day[open_]
        return who[fits], open_[fits]

    def _some(self, group: np.ndarray, most: np.ndarray) -> np.ndarray:
        """Indices of at most ``most`` entries of each group, by chance."""
        order = np.lexsort((self.rng.random(len(group)), group))
        first = np.searchsorted(group[order], np.arange(len(most)))
        rank = np.arange(len(group)) - first[group[order]]
        return np.asarray(order[rank < most[group[order]]])

    def _bought(self, who: np.ndarray, day: np.ndarray, kg: np.ndarray) -> None:
        gap = (BASE_KG + np.minimum(kg, 40.0)) / self.appetite[who]
        gap *= self.rng.lognormal(0, self.world.gap_spread, len(who))
        self.due[who] = day + np.maximum(gap, LEAST_GAP)
        gone = who[self.people.once[who]]
        self.leaves[gone] = np.minimum(self.leaves[gone], -1.0)

    def _rest(self, who: np.ndarray, last: int) -> None:
        away = who[self.rng.random(len(who)) < ELSEWHERE]
        self.due[away] = last + np.maximum(8.0 / self.appetite[away], LEAST_GAP)

    def _anybody(self, group: np.ndarray, day: np.ndarray) -> np.ndarray:
        """A member of the group who happens to come by; where none turns up, the buyer stays unknown."""
        found = np.full(len(group), NONE)
        for _ in range(TRIES):
            open_ = np.flatnonzero((found == NONE) & (self._size[group] > 0))
            drawn = (self.rng.random(len(open_)) * self._size[group[open_]]).astype(int)
            who = self._order[self._low[group[open_]] + drawn]
            fits = (self.people.joined[who] <= day[open_]) & (day[open_] < self.leaves[who]) & ~self.people.once[who]
            found[open_[fits]] = who[fits]
        return found
