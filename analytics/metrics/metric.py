"""What a metric is: fact, expression, unit, additivity, favourable direction, owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import ibis.expr.types as ir

from analytics.core.access import Action


class Unit(StrEnum):
    """Unit of a metric's value; the formatter alone decides how it looks."""

    MONEY = "money"
    COUNT = "count"
    UNITS = "units"
    RATE = "rate"
    TIMES = "times"
    DAYS = "days"
    SCORE = "score"


class Additivity(StrEnum):
    """How values of parts make the value of the whole."""

    SUM = "sum"
    DISTINCT = "distinct"
    RATIO = "ratio"
    NONE = "none"


class Favourable(StrEnum):
    """The direction that is good news."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate over one fact; ``fact`` names an entry of :data:`analytics.metrics.facts.FACTS`.

    ``joins``: dimensions that the aggregate itself reads. ``finer``: the same measure over a finer fact, for questions
    whose dimensions this fact does not know (orders by SKU must count distinct orders among the lines).
    ``whole``: dimensions whose filters leave it alone: lines cancelled for one cause are a share of all lines.
    """

    fact: str
    aggregate: Callable[[ir.Table], ir.Scalar]
    additivity: Additivity = Additivity.SUM
    joins: tuple[str, ...] = ()
    finer: Measure | None = None
    whole: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A number with a name: numerator, less ``minus``, over ``denominator``; parts are pooled before they divide.

    ``known``: a count without which the value is unknown, not zero: buyers, where no order says who bought.
    ``none_is_zero``: whether no row of the numerator means none of it, which is so where a fact of its own tells it.
        Its words stand in the catalogues under ``metric.<name>.label``, ``.about`` and ``.formula``.
    """

    name: str
    unit: Unit
    favourable: Favourable
    owner: str
    numerator: Measure
    denominator: Measure | None = None
    minus: Measure | None = None
    known: Measure | None = None
    needs: tuple[str, ...] = ()
    action: Action = Action.SEE_OVERVIEW
    none_is_zero: bool = False

    @property
    def additivity(self) -> Additivity:
        return Additivity.RATIO if self.denominator else self.numerator.additivity

    @property
    def pools(self) -> bool:
        """Whether the value of a whole follows from the parts of its days; distinct counts of days do not add up."""
        return all(part.additivity is Additivity.SUM and part.finer is None for part in self.parts.values())

    def value(self, parts: Mapping[str, Any]) -> float | None:
        """The value that the summed ``parts`` make, as a question would answer; None where it is unknown."""
        top, minus, bottom, known = (
            parts.get(f"{self.name}__{part}") for part in ("numerator", "minus", "denominator", "known")
        )
        if self.minus is not None and (top is not None or minus is not None):
            top = (top or 0) - (minus or 0)
        if self.none_is_zero:
            top = top or 0
        if top is None or (self.known is not None and known == 0):
            return None
        if self.denominator is None:
            return float(top)
        return float(top) / float(bottom) if bottom else None

    @property
    def parts(self) -> dict[str, Measure]:
        """Column name of each aggregate in a question's stacked answer → measure."""
        named = {"numerator": self.numerator, "minus": self.minus, "denominator": self.denominator, "known": self.known}
        return {f"{self.name}__{part}": measure for part, measure in named.items() if measure is not None}
