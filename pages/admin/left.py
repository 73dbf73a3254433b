"""Who was given what: everything that ever left, by person and by what was shown."""

from __future__ import annotations

from functools import partial

import pandas as pd

from dashboard.services.audit_log import AuditAsked
from dashboard.ui.page import Page
from dashboard.ui.tables import Column, Excerpt
from data.store.records import Disclosure

LEFT = (
    Column("at", "audit.at", width=130),
    Column("who", "audit.who", width=120),
    Column("kind", "audit.kind", width=70),
    Column("page", "audit.page", width=120),
    Column("what", "audit.what", width=230),
    Column("rows", "audit.rows", "count", 80),
    Column("format", "audit.format", width=70),
    Column("question", "audit.question", width=260),
)
PARTS = (Column("part", "audit.fact", width=160), Column("told", "audit.told", width=560))
JOIN = "\x1f"


def left(page: Page, people: dict[str, str]) -> None:
    """Disclosures that match, newest first; the selected one in full."""
    places = {"": page.t("audit.everything")}
    for source, subject in page.services.audit.sources():
        places[f"{source}{JOIN}{subject}"] = f"{page.word(f'page.{source}.title', source)} · {subject}"
    with page.row("filters.left"):
        user, place, days = page.choose("user", people), page.choose("place", places), page.days("days")
    source, _, subject = (place or "").partition(JOIN)
    asked = AuditAsked(
        user=user or None, page=source or None, subject=subject or None,
        first=days and days[0], last=days and days[1],
    )  # fmt: skip
    found = page.now(page.services.audit.left, asked)
    page.note(page.t("audit.shown", shown=f"{len(found.newest):,}", total=f"{found.total:,}"))

    def whole(most: int) -> tuple[pd.DataFrame, int]:
        every = page.services.audit.left(asked, most)
        return pd.DataFrame([row_of(page, one) for one in every.newest]), every.total

    rows = Excerpt(pd.DataFrame([row_of(page, one) for one in found.newest]), whole, found.total, {})
    title = page.t("admin.audit.shown.left")
    page.table("left", title, rows, LEFT, identified_by="id", choose=partial(page.remember, "one"))
    chosen = next((one for one in found.newest if one.id == page.remembered("one")), None)
    if chosen is not None:
        told(page, chosen)


def row_of(page: Page, one: Disclosure) -> dict[str, object]:
    where, kind = page.word(f"page.{one.page}.title", one.page), page.t(f"audit.left.{one.kind}")
    return {"id": one.id, "at": page.moment(one.at), "who": page.person(one.user_name), "kind": kind, "page": where,
            "what": one.purpose, "rows": one.rows, "format": one.format, "question": one.question}  # fmt: skip


def told(page: Page, one: Disclosure) -> None:
    """All that the log keeps of one disclosure."""
    title = page.t("admin.audit.one", id=one.id)
    page.section(title)
    parts = {
        "id": one.id, "user_id": one.user_id, "user_name": one.user_name, "page": one.page, "subject": one.subject,
        "columns": page.fmt.listed(one.columns), "question": one.question, "checksum": one.checksum,
        "build_id": one.build_id or "",
    }  # fmt: skip
    rows = [{"part": page.word(f"audit.fact.{name}", name), "told": value} for name, value in parts.items()]
    page.table("one", title, pd.DataFrame(rows), PARTS)
