"""Who may help whom: nodes of one family, near each other, that hold the same SKU."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from analytics.core.access import ROOT
from analytics.policies.table import PolicyTable
from analytics.replenishment.transfers import TransferTerms
from dashboard.services.plan_frames import PlanFrames
from dashboard.services.plan_lanes import PLANT
from dashboard.services.plan_money import FIXED, PER_KG, kilograms

NEAREST = 12
"""Neighbours of a node that are asked, nearest first."""

EARTH = 6371.0


def transfers_of(frames: PlanFrames, rows: pd.DataFrame, table: PolicyTable, as_of: date) -> TransferTerms:
    """Pairs of positions that may help each other, and what that costs by the policies of the day."""

    def number(name: str) -> float:
        return float(table.number_of(name, as_of=as_of))

    taker, giver = _pairs(frames, rows, number)
    return TransferTerms(
        taker=taker,
        giver=giver,
        leaves=(frames.first - frames.as_of).days,
        days=table.whole("stock.transfer_days", as_of=as_of),
        fixed=number(FIXED),
        freight=kilograms(rows) * number(PER_KG),
        least_units=number("stock.rebalance_min_units"),
        least_amount=number("stock.rebalance_min_amount"),
    )


def _pairs(frames: PlanFrames, rows: pd.DataFrame, number: Callable[[str], float]) -> tuple[np.ndarray, np.ndarray]:
    near = _near(frames, number("stock.transfer_km"))
    told = rows[["node", "sku"]].assign(row=np.arange(len(rows)))
    pairs = told.merge(near, on="node").merge(
        told.rename(columns={"node": "neighbour", "row": "giver"}), on=["neighbour", "sku"]
    )
    pairs = pairs.sort_values(["row", "distance", "neighbour"], kind="stable")
    return pairs["row"].to_numpy(dtype=np.int64), pairs["giver"].to_numpy(dtype=np.int64)


def _near(frames: PlanFrames, most: float) -> pd.DataFrame:
    """node, neighbour, distance (km): of one partner's branch, or both the brand's; within reach."""
    nodes = frames.nodes[frames.nodes["listed"].astype(bool) & frames.nodes["kind"].ne(PLANT)]
    nodes = nodes[nodes["latitude"].notna() & nodes["longitude"].notna()]
    family = nodes["owner"].map(frames.families).fillna(ROOT)
    parts = []
    for codes in nodes.groupby(family).groups.values():
        place = np.radians(nodes.loc[codes, ["latitude", "longitude"]].to_numpy(dtype=float))
        away = _kilometres(place)
        np.fill_diagonal(away, np.inf)
        order = np.argsort(away, axis=1, kind="stable")[:, :NEAREST]
        one = np.repeat(np.arange(len(codes)), order.shape[1])
        parts.append(pd.DataFrame({
            "node": np.asarray(codes)[one], "neighbour": np.asarray(codes)[order.ravel()],
            "distance": away[one, order.ravel()],
        }))  # fmt: skip
    near = pd.concat(parts) if parts else pd.DataFrame({"node": [], "neighbour": [], "distance": []})
    return near[near["distance"] <= most]


def _kilometres(place: np.ndarray) -> np.ndarray:
    """All pairs of positions in radians, along great circles (haversine)."""
    lat, lon = place[:, 0], place[:, 1]
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))
