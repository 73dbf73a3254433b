"""What stands beside the waterfall of a proposal."""

from __future__ import annotations

import pandas as pd

from analytics.replenishment.proposals import PRICED
from dashboard.services.approval_views import Card
from dashboard.ui.page import Page
from dashboard.ui.tables import Column

BOUNDS = (
    Column("name", "proposal.column.bound", width=160),
    Column("before", "proposal.column.before", "units"),
    Column("after", "proposal.column.after", "units"),
)
ALTERNATIVES = (
    Column("kind", "proposal.column.answer", width=112),
    Column("cost", "proposal.column.cost", "cents", 74),
    Column("lost", "proposal.column.lost", "units", 62),
    Column("units", "proposal.column.units", "units"),
    Column("source", "proposal.column.source", width=130),
    Column("receipt", "proposal.column.receipt", "day"),
)
FAN = (Column("level", "proposal.column.level", "rate"), Column("units", "proposal.column.demand", "units"))
INPUTS = (Column("name", "proposal.column.input", width=220), Column("value", "proposal.column.value", width=220))


def answers(page: Page, shown: Card) -> pd.DataFrame:
    """The proposed answer first, as far as its price is known, then the others."""
    line, evidence = shown.line.proposal, shown.line.proposal.evidence
    cost, lost = (evidence.inputs.get(name) for name in PRICED)
    told = [
        (page.word(f"proposal.alternative.{one.kind}", one.kind), float(one.cost), float(one.lost), float(one.units),
         shown.sources.get(one.source, one.source) if one.source else "–", one.receipt)
        for one in evidence.alternatives
    ]  # fmt: skip
    if cost is not None and lost is not None:
        kind = page.t("decisions.card.this", kind=page.t(f"proposal.kind.{line.kind}"))
        told.insert(0, (kind, float(cost), float(lost), float(line.proposed), shown.line.source_name,
                        line.expected_receipt))  # fmt: skip
    return pd.DataFrame(told, columns=[one.name for one in ALTERNATIVES])


def beside(page: Page, shown: Card) -> None:
    """Limits that bit, the other answers with their prices, demand by how sure it is, and the inputs."""
    kept, evidence = shown.line.proposal, shown.line.proposal.evidence
    if evidence.bounds:
        bounds = [(page.word(f"proposal.bound.{one.name}", one.name), float(one.before), float(one.after))
                  for one in evidence.bounds]  # fmt: skip
        page.section(page.t("decisions.card.bounds"))
        page.table(
            "bounds", page.t("decisions.card.bounds"), pd.DataFrame(bounds, columns=["name", "before", "after"]), BOUNDS
        )
    if evidence.alternatives:
        page.section(page.t("decisions.card.alternatives"))
        page.table("alternatives", page.t("decisions.card.alternatives"), answers(page, shown), ALTERNATIVES)
    if evidence.fan:
        fan = pd.DataFrame(
            sorted((float(level), float(units)) for level, units in evidence.fan.items()), columns=["level", "units"]
        )
        page.section(page.t("decisions.card.fan"))
        page.table("fan", page.t("decisions.card.fan"), fan, FAN)
    inputs = [(page.word(f"proposal.input.{name}", name), value) for name, value in evidence.inputs.items()]
    inputs += [(page.word(f"policy.{name}.label", name), value) for name, value in evidence.policies.items()]
    below = page.details(f"inputs.{kept.id}", page.t("decisions.card.inputs")) if inputs else None
    if below is not None:
        with below:
            page.table(
                "inputs", page.t("decisions.card.inputs"), pd.DataFrame(inputs, columns=["name", "value"]), INPUTS
            )
