"""Who did what, who saw what, and can the record of it be believed?"""

from __future__ import annotations

import json
from functools import partial

import pandas as pd

from dashboard.services.audit_log import AuditAsked, Chain
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page
from dashboard.ui.tables import Column, Excerpt
from data.store.audit import AuditEvent, Deed
from pages.admin.facts import facts_of
from pages.admin.left import left

DEEDS, LEFT = "deeds", "left"
EVENTS = (
    Column("number", "audit.number", "count", 70),
    Column("at", "audit.at", width=130),
    Column("who", "audit.who", width=130),
    Column("deed", "audit.deed", width=150),
    Column("kind", "audit.kind", width=90),
    Column("about", "audit.about", width=220),
)


def render(page: Page) -> None:
    chain = page.now(page.services.audit.chain)
    page.lead_now(state_of(page, chain))
    for file in chain.contradicted:
        page.warn(page.t("admin.audit.contradicted", file=file))
    verified = page.remembered("verified")
    if verified:
        page.say(verified)
    page.press("verify", partial(verify, page))
    shown = page.choice("shown", (DEEDS, LEFT))
    people = {"": page.t("audit.everybody"), **{one.code: one.label for one in page.services.audit.people()}}
    (deeds if shown == DEEDS else left)(page, people)


def state_of(page: Page, chain: Chain) -> str:
    """How many events there are, and up to which one a published head vouches for them."""
    if chain.published is None:
        return page.t("admin.audit.lead_unpublished", events=f"{chain.newest.number:,}")
    since = chain.newest.number - chain.published.number
    facts = {"events": f"{chain.newest.number:,}", "number": f"{chain.published.number:,}", "since": f"{since:,}"}
    return page.t("admin.audit.lead", file=chain.file, **facts)


def verify(page: Page) -> None:
    """Walk the whole chain, and keep what was found for this tab."""
    verdict = page.services.audit.verify()
    key = "cli.audit_broken" if verdict.findings else "cli.audit_sound"
    said = [page.t(key, events=verdict.events, heads=verdict.heads, findings=len(verdict.findings))]
    for one in verdict.findings:
        events = str(one.first) if one.first == one.last else f"{one.first}–{one.last}"
        said.append(page.t(f"audit.finding.{one.code}", events=events, file=one.file))
    page.remember("verified", "\n\n".join(escaped(line) for line in said))


def deeds(page: Page, people: dict[str, str]) -> None:
    """Events that match, newest first; the selected one with what it changed."""
    everything = page.t("audit.everything")
    named = {"": everything, **{deed.value: page.t(f"audit.deed.{deed.value}") for deed in Deed}}
    with page.row("filters"):
        user, deed, days = page.choose("user", people), page.choose("deed", named), page.days("days")
    asked = AuditAsked(user=user or None, deed=deed or None, first=days and days[0], last=days and days[1])
    found = page.now(page.services.audit.events, asked)
    page.note(page.t("audit.shown", shown=f"{len(found.newest):,}", total=f"{found.total:,}"))

    def whole(most: int) -> tuple[pd.DataFrame, int]:
        every = page.services.audit.events(asked, most)
        return pd.DataFrame([row_of(page, one) for one in every.newest]), every.total

    rows = Excerpt(pd.DataFrame([row_of(page, one) for one in found.newest]), whole, found.total, {})
    title = page.t("admin.audit.shown.deeds")
    page.table("events", title, rows, EVENTS, identified_by="number", choose=partial(page.remember, "event"))
    chosen = next((one for one in found.newest if str(one.number) == page.remembered("event")), None)
    if chosen is not None:
        event(page, chosen)


def row_of(page: Page, one: AuditEvent) -> dict[str, object]:
    facts = json.loads(one.facts)
    about = facts.get("name") or facts.get("policy") or facts.get("purpose") or facts.get("file") or one.subject_id
    kind = page.word(f"audit.subject.{one.subject_kind}", one.subject_kind)
    deed = page.word(f"audit.deed.{one.action}", one.action)
    who, at = page.person(one.user_name), page.instant(one.at)
    return {"number": one.number, "at": at, "who": who, "deed": deed, "kind": kind, "about": str(about)}


def event(page: Page, one: AuditEvent) -> None:
    """What one event tells: before and after, and its place in the chain."""
    title = page.t("admin.audit.event", number=one.number, deed=page.word(f"audit.deed.{one.action}", one.action))
    page.section(title)
    page.table("event", title, *facts_of(page, one))
    page.note(page.t("admin.audit.chained", user=one.user_id, hash=one.hash, previous=one.previous))
