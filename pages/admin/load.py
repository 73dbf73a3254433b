"""Bring data in: which files, by which mapping, how far is it, and what became of every row?"""

from __future__ import annotations

from functools import partial

import pandas as pd

from dashboard.ui.controls import Field, Typed, uploaded
from dashboard.ui.errors import table_names
from dashboard.ui.job_cards import outcome, summary, watch
from dashboard.ui.page import Page
from dashboard.ui.tables import Column

OWN = "own"
EXPECTED = (
    Column("file", "admin.load.expected.file", width=220),
    Column("optional", "admin.load.expected.optional", width=80),
    Column("tables", "admin.load.expected.tables", width=220),
    Column("columns", "admin.load.expected.columns"),
)
FILES = Field("files", files="several")
WHEN = Field("extract_at")


def render(page: Page) -> None:
    names = page.now(page.services.uploads.mappings)
    jobs = page.now(page.services.jobs.recent)
    page.lead_now(summary(page, jobs))
    watch(page, jobs)
    page.section(page.t("admin.load.title"))
    page.say(page.t("admin.load.about"))
    labels = {name: mapping_label(page, name) for name in names}
    mapping = page.choose("mapping", {**labels, OWN: page.t("admin.load.own")}) or OWN
    if mapping != OWN:
        expectations(page, mapping)
    own = (Field("mapping", files="one"),) if mapping == OWN else ()
    page.form("start", (*own, FILES, WHEN), partial(start, page, mapping), of=page.remembered("batch") or "")
    outcome(page, jobs)


def mapping_label(page: Page, name: str) -> str:
    """A mapping's file name, and what it is for where that is known."""
    key = f"mapping.{name}"
    return f"{name} · {page.t(key)}" if page.words.has(key) else name


def start(page: Page, mapping: str, typed: Typed) -> None:
    """Start the jobs; the form that follows is a fresh one, and the outcome shown is theirs."""
    sent = uploaded(typed.get("mapping"))
    chosen = (sent[0] if sent else "") if mapping == OWN else mapping
    jobs = page.services.uploads.load(uploaded(typed["files"]), chosen, extract_at=str(typed["extract_at"] or ""))
    page.remember("batch", jobs[0].id)
    page.remember("job", jobs[0].id)


def expectations(page: Page, mapping: str) -> None:
    """The files, tables and columns of a mapping, for whoever opens them."""
    below = page.details("expected", page.t("admin.load.expected", mapping=mapping))
    if below is None:
        return
    with below:
        rows = [
            {
                "file": one.pattern,
                "optional": page.t("admin.load.optional" if one.optional else "admin.load.needed"),
                "tables": table_names(page.words, one.tables),
                "columns": page.fmt.listed(one.columns),
            }
            for one in page.now(page.services.uploads.expected, mapping)
        ]
        page.table("expected.table", page.t("admin.load.expected", mapping=mapping), pd.DataFrame(rows), EXPECTED)
