"""Partners and the tree that rights follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from analytics.core.access import ROOT
from analytics.core.errors import ContractViolation
from data.marts.mart import Inputs, Mart
from data.marts.mentions import named


def partner(inputs: Inputs) -> ir.Table:
    """Grain: partner. ``owner`` is the partner itself; ``listed`` is false for one that only facts name."""
    declared = inputs.current("partner")
    known = declared.select(
        "partner",
        "name",
        "kind",
        "parent",
        "ownership",
        "region",
        "city",
        "latitude",
        "longitude",
        "joined",
        "left",
        listed=True,
    )
    mentioned = named(inputs, "partner")
    missing = mentioned.anti_join(known, mentioned.code == known.partner)
    blank = {
        column: ibis.null(kind)
        for column, kind in known.schema().items()
        if column not in {"partner", "name", "listed"}
    }
    unlisted = missing.select(**blank, partner=missing.code, name=missing.code, listed=False)
    every = _with_dealer(known.union(unlisted.select(*known.columns)))
    return every.mutate(owner=every.partner)


def _with_dealer(partners: ir.Table) -> ir.Table:
    """``dealer``: itself or the nearest dealer of the three levels above; null where there is none."""
    found = partners
    for level in range(1, 4):
        above = partners.select(
            **{f"partner_{level}": partners.partner, f"kind_{level}": partners.kind, f"parent_{level}": partners.parent}
        )
        found = found.left_join(above, found["parent" if level == 1 else f"parent_{level - 1}"] == above[0])
    cases = [(found.kind == "dealer", found.partner)]
    cases += [(found[f"kind_{level}"] == "dealer", found[f"partner_{level}"]) for level in range(1, 4)]
    return found.select(*partners.columns, dealer=ibis.cases(*cases))


def partner_closure(inputs: Inputs) -> pa.Table:
    """Grain: ancestor × descendant, itself included; the root stands above everybody, unlisted partners too."""
    rows = inputs.collect(inputs.mart("partner").select("partner", "parent"))
    parents = dict(zip(rows["partner"].to_pylist(), rows["parent"].to_pylist(), strict=True))
    if ROOT in parents:
        raise ContractViolation("partner_named_root", partner=ROOT)
    pairs = sorted(set(closure(parents)))
    return pa.table(
        {"ancestor": [above for above, _ in pairs], "descendant": [below for _, below in pairs]},
        schema=pa.schema([("ancestor", pa.string()), ("descendant", pa.string())]),
    )


def closure(parents: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """Every (ancestor, descendant) of the tree ``partner → parent``; raises ContractViolation on a circle.

    >>> sorted(closure({"store": "dealer", "dealer": None}))[:3]
    [('brand', 'brand'), ('brand', 'dealer'), ('brand', 'store')]
    """
    yield ROOT, ROOT
    for below in parents:
        yield ROOT, below
        above: str | None = below
        walked: list[str] = []
        while above is not None and above in parents:
            if above in walked:
                raise ContractViolation("partner_circle", partners=" → ".join([*walked, above]))
            walked.append(above)
            yield above, below
            above = parents[above]


MARTS = (
    Mart("partner", partner, reads=("partner",), uses=("mention",), owner="owner"),
    Mart("partner_closure", partner_closure, uses=("partner",), owner="descendant"),
)
