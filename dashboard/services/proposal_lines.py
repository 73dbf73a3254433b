"""Proposals with the names that people know, cut to what the asker may see of money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from analytics.core.access import Action, Actor
from analytics.decisions.envelope import drawn
from analytics.decisions.proposal import Evidence, Origin, Proposal, standing
from dashboard.services.approval_views import Choices, Line, QueueAsked
from dashboard.services.asked import where_of
from dashboard.services.desk import Opened
from dashboard.services.names import node_names
from dashboard.services.requests import Asked
from data.store.proposal_search import SoughtProposals


def lines_of(
    opened: Opened | None, actor: Actor, found: Sequence[Proposal], today: date, sample: Decimal = Decimal(0)
) -> tuple[Line, ...]:
    """``found`` with names from the asker's own build; codes stand for what it does not know.

    ``sample``: share of lines that are drawn for review, 0 where nothing is approved without a person.
    """
    places = {one for proposal in found for one in (proposal.node, proposal.source)}
    nodes = node_names(opened, places)
    products = _products(opened, {proposal.sku for proposal in found})
    sees_cost = actor.may(Action.SEE_COST)
    lines = []
    for proposal in found:
        name, category = products.get(proposal.sku, (proposal.sku, None))
        lines.append(
            Line(
                proposal if sees_cost else without_money(proposal),
                standing(proposal, today),
                nodes.get(proposal.node, proposal.node),
                name,
                category,
                nodes.get(proposal.source, proposal.source),
                proposal.author == actor.user_id,
                proposal.origin is Origin.PLAN and not proposal.reasons and drawn(proposal.id, sample),
            )
        )
    return tuple(lines)


def without_money(proposal: Proposal) -> Proposal:
    """What somebody sees who may not see costs: units, days and reasons; inputs may hold costs and go with them."""
    told = proposal.evidence
    units = Evidence(told.steps, told.bounds, (), told.fan, {}, {}, told.build, told.run)
    return replace(proposal, unit_cost=None, loss_per_day=Decimal(0), evidence=units)


def sought(opened: Opened | None, actor: Actor, asked: QueueAsked, today: date) -> SoughtProposals:
    """Filters as conditions; regions and categories become the nodes and products in them."""
    return SoughtProposals(
        today=today,
        states=asked.states or None,
        nodes=_nodes_in(opened, asked.regions) if asked.regions else None,
        skus=_skus_in(opened, asked) if asked.categories or asked.skus else None,
        reason=asked.reason,
        # Whoever may not see amounts must not find them out by asking for ranges.
        least=asked.least if actor.may(Action.SEE_COST) else None,
        most=asked.most if actor.may(Action.SEE_COST) else None,
        mine=actor.user_id if asked.mine else None,
    )


def choices_of(opened: Opened | None) -> Choices:
    """Regions of the own nodes, categories, products, and the own nodes themselves."""
    if opened is None or not opened.facts.has("stock_node"):
        return Choices({}, (), {}, {})
    nodes, every = opened.facts.table("stock_node"), opened.facts.table("product")
    # The others are products that somebody sold without declaring them: nobody else's business.
    products = every.filter(every.listed)
    known = opened.facts.table("region")
    here = known.semi_join(nodes, known.code == nodes.region)
    above = known.filter(lambda rows: rows.code.isin(here.province))
    regions = here.union(above).select("code", "name").distinct().order_by("code")
    told = opened.facts.answer(products.select("sku", "name", "category").order_by("sku")).to_pylist()
    own = opened.facts.answer(nodes.select("node", "name").order_by("node")).to_pylist()
    return Choices(
        regions={row["code"]: row["name"] for row in opened.facts.answer(regions).to_pylist()},
        categories=tuple(sorted({row["category"] for row in told if row["category"]})),
        skus={row["sku"]: row["name"] or row["sku"] for row in told},
        nodes={row["node"]: row["name"] or row["node"] for row in own},
    )


def categories_of(opened: Opened | None) -> dict[str, str]:
    """Category by product, of those that have one."""
    if opened is None:
        return {}
    rows = opened.facts.answer(opened.facts.table("product").select("sku", "category")).to_pylist()
    return {row["sku"]: row["category"] for row in rows if row["category"]}


def product_names(opened: Opened | None, codes: Iterable[str]) -> dict[str, str]:
    """Names of products that the build knows."""
    return {sku: name for sku, (name, _) in _products(opened, codes).items()}


def _products(opened: Opened | None, codes: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    if opened is None:
        return {}
    rows = opened.facts.table("product")
    found = opened.facts.answer(rows.filter(rows.sku.isin(sorted(codes))).select("sku", "name", "category"))
    return {row["sku"]: (row["name"] or row["sku"], row["category"]) for row in found.to_pylist()}


def _nodes_in(opened: Opened | None, regions: tuple[str, ...]) -> list[str]:
    if opened is None or not opened.facts.has("stock_node"):
        return []
    [(_, codes)] = where_of(Asked(regions=regions), opened)
    rows = opened.facts.table("stock_node")
    found: list[str] = opened.facts.answer(rows.filter(rows.region.isin(list(codes))).select("node"))[
        "node"
    ].to_pylist()
    return found


def _skus_in(opened: Opened | None, asked: QueueAsked) -> list[str]:
    if not asked.categories or opened is None:
        return list(asked.skus)
    rows = opened.facts.table("product")
    found = opened.facts.answer(rows.filter(rows.category.isin(list(asked.categories))).select("sku"))
    within = set(found["sku"].to_pylist())
    return sorted(within & set(asked.skus)) if asked.skus else sorted(within)
