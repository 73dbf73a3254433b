"""The shell's part for plans: waterline plan."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from dashboard.cli.jobs import run_here
from dashboard.cli.opening import WAIT, Json, Wait, telling
from dashboard.cli.printing import plain, say

if TYPE_CHECKING:
    from dashboard.services.planning import Planned
    from dashboard.words import Words

SHOWN = 20
"""Most urgent proposals that people are shown; all of them stand in the queue."""


def plan(
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day that may be seen; default: the last one.")
    ] = None,
    wait: Wait = WAIT,
    json_output: Json = False,
) -> None:
    """Propose orders and transfers for every node and SKU; made twice, it adds nothing."""
    with telling(json_output) as told:
        from dashboard.services.planning import facts_of, line_of

        made = run_here("plan", {"as_of": as_of.date().isoformat() if as_of else None}, wait)
        if json_output:
            for one in made.proposals:
                print(json.dumps(line_of(one), ensure_ascii=False, default=plain))
            print(json.dumps(facts_of(made), ensure_ascii=False, default=plain), file=sys.stderr)
        else:
            say(False, {}, _table(made, told))


def _table(made: Planned, told: Words) -> Table:
    title = told.t(
        "cli.plan_done", plan=made.batch, proposals=f"{len(made.proposals):,}", positions=f"{made.positions:,}",
        added=f"{len(made.saved.added):,}", revised=f"{len(made.saved.revised):,}",
        superseded=f"{len(made.saved.superseded):,}", without=f"{len(made.left_out):,}", as_of=made.as_of,
        seconds=f"{made.seconds:,.1f}",
    )  # fmt: skip
    late = told.t("cli.plan_over", over=f"{made.over:,}", as_of=made.as_of) if made.over else None
    table = Table(title=title, title_justify="left", caption=late, caption_justify="left")
    for name in ("node", "sku", "source", "quantity", "order_by", "loss_per_day", "reasons"):
        table.add_column(told.t(f"cli.column.{name}"), justify="right" if name in _NUMBERS else "left")
    for one in sorted(made.proposals, key=lambda one: (-one.loss_per_day, one.id))[:SHOWN]:
        reasons = ", ".join(told.t(f"proposal.reason.{reason}") for reason in one.reasons)
        table.add_row(
            one.node, one.sku, one.source, f"{one.quantity.normalize():,f}", one.order_by.isoformat(),
            f"{one.loss_per_day:,.2f}", reasons or "–",
        )  # fmt: skip
    return table


_NUMBERS = frozenset({"quantity", "loss_per_day"})
