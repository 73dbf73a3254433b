"""Tables of the contract on the page of data health: which are loaded, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from dashboard.ui.errors import table_names
from dashboard.ui.job_cards import warning
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from data.health.tables import TableHealth

COVERAGE = (
    Column("table", "column.coverage.table", width=150),
    Column("state", "column.coverage.state", width=90),
    Column("rows", "column.coverage.rows", "count", 100),
    Column("days", "column.coverage.days", width=190),
    Column("pages", "column.coverage.pages"),
)
FAULTS = (
    Column("table", "column.fault.table", width=130),
    Column("kind", "column.fault.kind", width=150),
    Column("column", "column.fault.column", width=140),
    Column("rows", "column.fault.rows", "count", 90),
    Column("share", "column.fault.share", "rate", 70),
    Column("told", "column.fault.told"),
)
WARNINGS = (
    Column("loaded", "column.source.loaded", width=130),
    Column("source", "column.source.source", width=110),
    Column("told", "column.fault.told"),
)

ORDER = ("orphans", "repeated", "nulls")


def tables(page: Page) -> None:
    """What is to be said of loads and of the loaded tables, then all tables of the contract."""
    warned = page.ask(page.services.health.warned)
    page.section(page.t("admin.data_health.warned"), page.t("admin.data_health.warned.about"))
    said = [{"loaded": page.moment(one.loaded_at), "source": one.source, "told": warning(page.words, one.warning)}
            for one in warned]  # fmt: skip
    page.table("warned", page.t("admin.data_health.warned"), pd.DataFrame(said), WARNINGS)
    looked = page.ask(page.services.health.tables)
    page.section(page.t("admin.data_health.faults"), page.t("admin.data_health.faults.about"))
    page.table("faults", page.t("admin.data_health.faults"), pd.DataFrame(faults(page, looked)), FAULTS)
    page.section(page.t("admin.data_health.coverage"))
    page.table("coverage", page.t("admin.data_health.coverage"), coverage(page), COVERAGE)


def days(first: object, last: object) -> str:
    return f"{first} – {last}" if first and last else "–"


def coverage(page: Page) -> pd.DataFrame:
    """Every table of the contract with the pages that need it: loaded ones, then those that would open pages."""
    from pages import PAGES

    known = page.ask(page.services.health.coverage)
    opened = {one.table: [page.t(f"page.{spec.key}.title") for spec in PAGES if one.table in spec.needs]
              for one in known}  # fmt: skip
    rows = [
        {"table": table_names(page.words, (one.table,)), "rows": one.rows, "days": days(one.first, one.last),
         "state": page.t("coverage.missing" if one.rows is None else "coverage.loaded"),
         "pages": page.fmt.listed(opened[one.table])}
        for one in sorted(known, key=lambda one: (one.rows is None, not opened[one.table]))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def faults(page: Page, looked: tuple[TableHealth, ...]) -> list[dict[str, object]]:
    """What is to be said of each table, codes that nothing knows first."""
    rows = [row for one in looked for row in of_table(page, one)]
    return sorted(rows, key=lambda row: ORDER.index(str(row["order"])))


def of_table(page: Page, one: TableHealth) -> Iterator[dict[str, object]]:
    found = [("repeated", "", one.repeated, "")]
    for column in one.columns:
        of, codes = table_names(page.words, (column.of or "",)), page.fmt.listed(column.examples)
        found.append(("orphans", column.column, column.orphans, page.t("fault.not_in", of=of, examples=codes)))
        found.append(("nulls", column.column, column.nulls, ""))
    for kind, on, count, told in found:
        if count:
            yield {"table": table_names(page.words, (one.table,)), "kind": page.t(f"fault.{kind}"), "column": on,
                   "rows": count, "share": count / one.rows, "told": told, "order": kind}  # fmt: skip
