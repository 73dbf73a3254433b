"""Can the data be trusted: what is late, what was set aside, what is missing?"""

from __future__ import annotations

import pandas as pd

from dashboard.services.data_health import SourceHealth
from dashboard.ui.errors import table_names
from dashboard.ui.lateness import behind
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from data.store.records import Build
from pages.admin.loaded_tables import days, tables
from pages.admin.rejected_rows import rejected_rows

SOURCES = (
    Column("state", "column.source.state", width=130),
    Column("source", "column.source.source", width=130),
    Column("read", "column.source.read", width=130),
    Column("promise", "column.source.promise", width=90),
    Column("loaded", "column.source.loaded", width=130),
    Column("files", "column.source.files", "count", 70),
    Column("tables", "column.source.tables"),
)
BUILDS = (
    Column("at", "column.build.at", width=130),
    Column("by", "column.build.by", width=120),
    Column("seconds", "column.build.seconds", "units", 80),
    Column("days", "column.build.days", width=190),
    Column("lines", "column.build.lines", "count", 100),
    Column("amount", "column.build.amount", "cents", 130),
    Column("build", "column.build.build"),
)


def render(page: Page) -> None:
    sources = page.now(page.services.health.sources)
    late = [one for one in sources if one.late]
    page.section(page.t("admin.data_health.sources"), page.t("admin.data_health.sources.about"))
    page.table(
        "sources", page.t("admin.data_health.sources"), pd.DataFrame([source(page, one) for one in sources]), SOURCES
    )
    lines = rejected_rows(page)
    said = page.t("admin.data_health.lead", late=len(late), sources=len(sources), lines=f"{lines:,}")
    page.lead_now(said if sources else page.t("admin.data_health.nothing"))
    page.section(page.t("admin.data_health.builds"))
    page.table("builds", page.t("admin.data_health.builds"), builds(page), BUILDS)
    tables(page)


def source(page: Page, one: SourceHealth) -> dict[str, object]:
    late = page.t("source.late", late=behind(page.words, one.late.hours)) if one.late else page.t("source.in_time")
    return {
        "state": f"⚠ {late}" if one.late else f"✓ {late}",
        "source": one.source,
        "read": page.moment(one.extracted_at),
        "promise": page.t("source.promise", hours=one.promise_hours),
        "loaded": page.moment(one.loaded_at),
        "files": one.files,
        "tables": table_names(page.words, one.tables),
    }


def total(build: Build, name: str) -> float | None:
    """A total of a build; None where no fact was loaded, which is no zero."""
    return float(build.totals[name]) if build.first_day and name in build.totals else None


def builds(page: Page) -> pd.DataFrame:
    rows = [
        {"at": page.moment(one.build.published_at), "by": page.person(one.by or "–"), "seconds": one.build.seconds,
         "days": days(one.build.first_day, one.build.last_day), "build": one.build.id,
         "lines": total(one.build, "sold_lines"), "amount": total(one.build, "sold_amount")}
        for one in page.now(page.services.health.builds)
    ]  # fmt: skip
    return pd.DataFrame(rows)
