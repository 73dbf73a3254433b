"""Evidence of a proposal as JSON and back, to the digit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from analytics.decisions.proposal import Alternative, Bound, Evidence, Step


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """Decimals and days as text: JSON's own numbers would round them."""
    return {
        "steps": [[one.name, str(one.units)] for one in evidence.steps],
        "bounds": [[one.name, str(one.before), str(one.after)] for one in evidence.bounds],
        "alternatives": [_alternative_json(one) for one in evidence.alternatives],
        "fan": {level: str(units) for level, units in evidence.fan.items()},
        "inputs": dict(evidence.inputs),
        "policies": dict(evidence.policies),
        "build": evidence.build,
        "run": evidence.run,
    }


def evidence_of(kept: Mapping[str, Any]) -> Evidence:
    """The evidence that :func:`evidence_json` told."""
    return Evidence(
        steps=tuple(Step(name, Decimal(units)) for name, units in kept["steps"]),
        bounds=tuple(Bound(name, Decimal(before), Decimal(after)) for name, before, after in kept["bounds"]),
        alternatives=tuple(_alternative(one) for one in kept["alternatives"]),
        fan={level: Decimal(units) for level, units in kept["fan"].items()},
        inputs=kept["inputs"],
        policies=kept["policies"],
        build=kept["build"],
        run=kept["run"],
    )


def _alternative_json(one: Alternative) -> list[str | None]:
    receipt = None if one.receipt is None else one.receipt.isoformat()
    return [one.kind, one.source, str(one.units), receipt, str(one.cost), str(one.lost)]


def _alternative(kept: list[str | None]) -> Alternative:
    kind, source, units, receipt, cost, lost = kept
    day = None if receipt is None else date.fromisoformat(receipt)
    return Alternative(str(kind), source, Decimal(str(units)), day, Decimal(str(cost)), Decimal(str(lost)))
