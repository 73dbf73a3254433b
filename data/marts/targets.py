"""Targets as they were planned: one row per metric, scope and planning period."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from data.marts.mart import Inputs, Mart


def target(inputs: Inputs) -> ir.Table:
    """Grain: target. ``first`` and ``last`` are the days that it is planned for; a partner's target is the partner's
    own, all others are the brand's.
    """
    rows = inputs.current("target")
    following = ibis.cases(
        (rows.period == "day", rows.starts + ibis.interval(days=1)),
        (rows.period == "week", rows.starts + ibis.interval(weeks=1)),
        (rows.period == "month", rows.starts + ibis.interval(months=1)),
        (rows.period == "quarter", rows.starts + ibis.interval(months=3)),
        (rows.period == "year", rows.starts + ibis.interval(years=1)),
    )
    return rows.select(
        "metric",
        "period",
        "region",
        "channel",
        "category",
        "partner",
        "value",
        owner=rows.partner.fill_null(ROOT),
        first=rows.starts,
        last=(following - ibis.interval(days=1)).cast("date"),
    )


MARTS = (Mart("target", target, reads=("target",), owner="owner"),)
