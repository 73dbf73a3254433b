"""Rejected records handed back in the shape of their source, with the reason, to be mended and loaded again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from analytics.core.access import Action
from dashboard.services.export_files import ExportColumn
from dashboard.services.exports import Export, canonical_question
from dashboard.ui import downloads, identity
from dashboard.ui.job_cards import reason
from dashboard.ui.page import Page
from dashboard.words import Words
from data.health.rejects import FILTERS, RejectsAsked
from data.sources.handed_back import REASON, REJECT
from data.sources.records import named


def offer_back(page: Page, asked: RejectsAsked) -> None:
    """Buttons for the records behind the asked rejects of one file: its own columns, the mark of each row, the reason.

    The file keeps its name, because the mapping knows it by that.
    """
    names, _ = page.services.health.records(asked, 1)
    if not names:
        page.note(page.t("handed_back.nothing"))
        return

    def rows(most: int) -> tuple[pd.DataFrame, int]:
        now, found = page.services.health.records(asked, most + 1)
        return as_source(page.words, now, found), len(found)

    columns = [ExportColumn(name, name) for name in (REJECT, REASON)]
    columns += [ExportColumn(f"cell_{place}", name) for place, name in enumerate(names)]
    said = tuple(
        (page.t(f"column.reject.{name}"), str(getattr(asked, name))) for name in FILTERS if getattr(asked, name)
    )
    export = Export(
        page=page.key, table="handed_back", title=page.t("handed_back.title"), columns=tuple(columns), rows=rows,
        action=Action.LOAD_DATA, scope_key=page.services.scope_key, build_id=page.services.build_id,
        question=canonical_question(asdict(asked)), told=said, language=page.words.language, zone=identity.zone(),
    )  # fmt: skip
    page.note(page.t("handed_back.about"))
    with page.row("handed_back"):
        key, name = f"{page.key}.handed_back", PurePosixPath(asked.file or "").stem
        downloads.offer(page.services, page.words, key, export, name, shut=page.looks_only)


def as_source(words: Words, names: Sequence[str], found: pd.DataFrame) -> pd.DataFrame:
    """Columns __reject, __reason and cell_0 … of the records."""
    rows = [_row(words, names, record) for record in found.to_dict("records")]
    return pd.DataFrame(rows, columns=[REJECT, REASON, *(f"cell_{place}" for place in range(len(names)))])


def _row(words: Words, names: Sequence[str], record: Any) -> dict[str, Any]:
    told = []
    for one in record["reasons"]:
        code, _, column = str(one).partition(":")
        told.append(f"{column}: {reason(words, code)}" if column else reason(words, code))
    cells = {f"cell_{place}": cell for place, cell in enumerate(record["cells"])}
    mark = named(record["load_id"], record["line"], record["file"])
    return {REJECT: mark, REASON: "; ".join(told), **cells}
