"""What an audit event tells, as a table: each fact before and after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.ui.formatting import NOTHING
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from data.store.audit import AuditEvent

FACT, TOLD = Column("fact", "audit.fact", width=160), Column("after", "audit.told", width=560)
STATES = (FACT, Column("before", "audit.before", width=300), Column("after", "audit.after", width=300))


def facts_of(page: Page, one: AuditEvent) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """One row per fact, and the columns to show; a fact that has no earlier state stands under "after"."""
    facts: dict[str, Any] = json.loads(one.facts)
    states = [facts.pop(state, None) for state in ("before", "after")]
    before, after = (
        {"": state} if state is not None and not isinstance(state, dict) else state or {} for state in states
    )
    rows = [row(page, "audit.subject", {}, {"audit.subject": f"{one.subject_kind} {one.subject_id}"})]
    rows += [row(page, name, {}, facts) for name in sorted(facts)]
    rows += [row(page, name, before, after) for name in sorted({*before, *after})]
    return pd.DataFrame(rows), STATES if before else (FACT, TOLD)


def stated(state: object) -> Mapping[str, Any]:
    """A state by the names of its parts; one value has none."""
    return state if isinstance(state, dict) else {} if state is None else {"": state}


def row(page: Page, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    label = page.word(f"audit.fact.{name or 'value'}", name)
    return {"fact": label, "before": said(before.get(name)), "after": said(after.get(name))}


def said(value: object) -> str:
    """A fact as text; what it consists of is spelled out."""
    if value is None:
        return NOTHING
    if isinstance(value, list):
        return ", ".join(said(one) for one in value) or NOTHING
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | bool) else str(value)
