"""What do plants have to make in the coming weeks, and do partners order as they sell?"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.metrics.metric import Unit
from dashboard.services.plant_signal import Following, Need, PlantView
from dashboard.ui.page import Page
from dashboard.ui.tables import Column

UNITS = (
    Column("week", "plants.column.week", "day"),
    Column("forecast", "plants.column.forecast", "units"),
    Column("approved", "plants.column.approved", "units"),
)
PLANTS = (Column("plant", "plants.column.plant", width=170), *UNITS)
NODES = (Column("node", "proposal.column.node", width=190), *PLANTS)
PARTNERS = (
    Column("name", "plants.column.partner", width=190),
    Column("ordered", "plants.column.ordered", "units"),
    Column("sold", "plants.column.sold", "units"),
    Column("ratio", "plants.column.ratio", "times"),
    Column("bullwhip", "plants.column.bullwhip", "times"),
    Column("weeks", "plants.column.weeks", "count"),
)


def render(page: Page) -> None:
    view = page.now(page.services.plants.signal)
    page.fresh(view.freshness)
    plants = sorted({one.plant for one in view.needs})
    with page.row("filters"):
        named = {one: named_plant(page, view, one) for one in plants if one}
        plant = page.option("plant", {"": page.t("supply.plants.all"), **named}, held="plant", width=220)
    whole, nodes = picked(view.plants, plant), picked(view.needs, plant)
    page.lead_now(page.t(
        "supply.plants.lead", plants=len({one.plant for one in whole}), weeks=len({one.week for one in whole}),
        forecast=page.fmt.value(sum(one.forecast for one in whole), Unit.UNITS),
        approved=page.fmt.value(sum(one.approved for one in whole), Unit.UNITS),
    ))  # fmt: skip
    page.note(page.t("supply.plants.run", run=view.run, as_of=page.fmt.day(view.as_of)), page.t("supply.plants.about"))
    if view.unknown:
        page.note(page.t("supply.plants.unknown", count=f"{view.unknown:,}"))
    weeks = frame_of(page, view, whole)
    page.table(
        "plants", page.t("supply.plants.by_week"), weeks, PLANTS, identified_by="code",
        choose=lambda code: page.elect("plant", code) if code else None,
    )  # fmt: skip
    page.section(page.t("supply.plants.by_node"), page.t("supply.plants.by_node.about"))
    page.table("nodes", page.t("supply.plants.by_node"), frame_of(page, view, nodes), NODES, height=420)
    page.section(page.t("supply.plants.partners"), page.t("supply.plants.partners.about"))
    page.table("partners", page.t("supply.plants.partners"), partners(view.partners), PARTNERS)


def picked(needs: Sequence[Need], plant: str) -> list[Need]:
    return [one for one in needs if not plant or one.plant == plant]


def named_plant(page: Page, view: PlantView, code: str) -> str:
    return view.names.get(code, code) if code else page.t("supply.plants.no_lane")


def frame_of(page: Page, view: PlantView, needs: Sequence[Need]) -> pd.DataFrame:
    rows = [
        {"node": view.names.get(one.node, one.node), "plant": named_plant(page, view, one.plant), "week": one.week,
         "code": one.plant, "forecast": float(one.forecast), "approved": float(one.approved)}
        for one in needs
    ]  # fmt: skip
    return pd.DataFrame(rows)


def partners(found: Sequence[Following]) -> pd.DataFrame:
    columns = ("name", "ordered", "sold", "ratio", "bullwhip", "weeks")
    return pd.DataFrame([{name: getattr(one, name) for name in columns} for one in found])
