"""What moves stock in the demo world: lead times, order days, cover, discipline; part of the frozen version."""

from __future__ import annotations

from dataclasses import dataclass

PLANT, CENTRE, REGION, DEALER, SHOP, SUPERMARKET = range(6)
"""Levels of the supply tree, from the plants down. Supermarkets are supplied by the region like dealers."""

KIND_OF_LEVEL = ("plant", "central", "regional", "dealer", "store", "store")


@dataclass(frozen=True, slots=True)
class Echelon:
    """How the nodes of one level order. Days are calendar days.

    ``lead``/``spread``: mean and standard deviation of the days from order to receipt. ``orders``: order days a week.
    ``cover``: days of sales that the people there keep beyond lead time and review, on the average; ``skill_spread``:
    how much they differ in it (logarithm). ``forgotten``: share of order days that pass unused. ``fixed``/``per_kg``:
    freight in yuan. ``fefo``: share of picks that take the oldest lot as they should.
    """

    lead: float
    spread: float
    orders: int
    cover: float
    skill_spread: float
    forgotten: float
    fixed: float
    per_kg: float
    fefo: float
    early: int
    """Days before its first sale from which a new product is ordered."""


ECHELONS: tuple[Echelon, ...] = (
    Echelon(lead=0.0, spread=0.0, orders=7, cover=16.0, skill_spread=0.0, forgotten=0.0, fixed=0.0, per_kg=0.0,
            fefo=1.0, early=60),
    Echelon(lead=5.0, spread=1.5, orders=2, cover=14.0, skill_spread=0.1, forgotten=0.02, fixed=800.0, per_kg=0.10,
            fefo=0.99, early=46),
    Echelon(lead=3.0, spread=1.0, orders=2, cover=12.0, skill_spread=0.2, forgotten=0.04, fixed=500.0, per_kg=0.12,
            fefo=0.97, early=38),
    Echelon(lead=3.5, spread=1.4, orders=1, cover=12.0, skill_spread=0.3, forgotten=0.06, fixed=260.0, per_kg=0.16,
            fefo=0.93, early=26),
    Echelon(lead=2.0, spread=0.9, orders=2, cover=8.0, skill_spread=0.45, forgotten=0.12, fixed=30.0, per_kg=0.22,
            fefo=0.80, early=10),
    Echelon(lead=3.0, spread=1.2, orders=2, cover=9.0, skill_spread=0.2, forgotten=0.05, fixed=120.0, per_kg=0.16,
            fefo=0.92, early=14),
)  # fmt: skip
"""By level: plants make, the others order."""


@dataclass(frozen=True, slots=True)
class SupplyParameters:
    """Numbers of the supply chain beside its echelons; days and shares of 1 unless they say otherwise."""

    echelons: tuple[Echelon, ...] = ECHELONS
    burn_in: int = 70
    """Days that are played before the first one, so that stock, lots and habits are those of a going concern."""
    slots: int = 16
    """Lots per node and product that are told apart; a lot expires before it would be the seventeenth."""
    lots_per_life: int = 13
    memory: float = 28.0
    """Days over which people remember sales when they order; what was not sold for want of stock they never saw."""
    foresight: float = 0.35
    """Part of a coming festival's rise that people order for."""
    batch_cover: float = 1.45
    """What a plant makes against what it expects until its next batch."""
    disruptions: int = 5
    """Batches that are never made: a line stands still, a harvest is late."""
    counts: float = 0.004
    """Share of node × product where the monthly count finds a unit more or less."""
    damaged: float = 0.35
    """Share of returned goods that are scrapped on arrival."""
    misjudged: float = 0.02
    """Share of node × product at dealers and shops where far too much is kept, for no reason that anybody remembers."""
    misjudged_cover: tuple[float, float] = (5.0, 15.0)
    """Least and greatest cover there against the usual."""
    stuffing: float = 1.6
    """Part by which dealers of low quality order beyond need in the last ten days of a quarter, for the rebate."""
    stuffs_below: float = 0.5
    snapshot_days: int = 14
    """Last days with a snapshot of every evening; before, the last evening of each month."""
    dealer_price: float = 0.87
    """What a dealer pays against the list price."""


SUPPLY = SupplyParameters()
