"""What a fact is prepared with: the rows beside its own, the days asked for, and the policies in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis.expr.types as ir

from analytics.core.calendar import Period
from analytics.metrics.terms import Terms

Tables = Callable[[str], ir.Table]
"""Mart name → its rows, already cut to the asker's scope."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a fact may look at beside its own rows: other marts of the same scope, the days asked for, the policies."""

    tables: Tables
    period: Period | None
    known_terms: Terms | None
    whole: bool = False
    """Whether the asker sees every row there is: what a mart found among all rows then holds for this one, too."""
    starts: Callable[[ir.Table], ir.DateValue | None] = lambda rows: None
    """From rows to the first day of the piece of time that each counts in; None where no day begins it."""

    @property
    def terms(self) -> Terms:
        """Raises LookupError where the question came without: a default must not pass for what is in force."""
        if self.known_terms is None:
            raise LookupError("a question about policies needs its terms")
        return self.known_terms


Prepare = Callable[[ir.Table, Given], ir.Table]
