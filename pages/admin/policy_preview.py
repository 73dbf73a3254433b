"""What a change of a policy would do, before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from analytics.policies.change import Wanted
from analytics.policies.policy import Policy
from analytics.policies.reading import read_value
from dashboard.services.policy_telling import told_key, told_name, told_value
from dashboard.services.policy_views import Preview
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page


def preview(page: Page, policy: Policy, draft: Mapping[str, Any]) -> None:
    """The draft as a sentence, its effects, and the buttons that save it or throw it away."""
    value = None if draft["value"] is None else read_value(policy, draft["value"])
    wanted = Wanted(policy.name, draft["key"], value, date.fromisoformat(draft["day"]), draft["note"])
    with page.card("preview"):
        page.section(page.t("admin.policies.preview"))
        shown = page.now(page.services.policies.preview, wanted)
        consequences(page, policy, shown)
        page.note(escaped(page.t("admin.policies.because", note=wanted.note)))
        with page.row("save"):
            send = partial(save, page, wanted, draft)
            page.press("ask" if shown.second else "save", send, of=draft["command"])
            page.press("discard", partial(page.remember, "draft", None), of=draft["command"])


def save(page: Page, wanted: Wanted, draft: Mapping[str, Any]) -> None:
    page.services.policies.propose(wanted, seen=draft["seen"], command_id=draft["command"])
    page.remember("draft", None)


def consequences(page: Page, policy: Policy, shown: Preview) -> None:
    """Old → new, from when until when, who keeps a value of their own, who reads it, and what could be counted."""
    t, tell = page.t, partial(told_value, page.words, policy)
    day = page.fmt.day(shown.wanted.valid_from)
    name = told_name(page.words, policy, shown.wanted.key)
    page.say(escaped(t("admin.policies.would", name=name, before=tell(shown.before), after=tell(shown.after), day=day)))
    if shown.before == shown.after:
        page.note(t("admin.policies.same"))
    if shown.until is not None:
        page.note(t("admin.policies.until", day=page.fmt.day(shown.until)))
    if shown.untouched:
        keys = page.fmt.listed([told_key(page.words, policy, key) for key in shown.untouched])
        page.note(escaped(t("admin.policies.untouched", keys=keys)))
    uses = page.fmt.listed([t(f"policy.use.{code}") for code in shown.used_by])
    page.note(t("admin.policies.used", uses=uses) if uses else t("admin.policies.unused"))
    for effect in shown.effects:
        page.say(t(f"policy.effect.{effect.code}", **{name: f"{fact:,}" for name, fact in effect.facts.items()}))
    if not shown.effects:
        page.note(t("admin.policies.uncounted"))
    if shown.second:
        page.note(t("admin.policies.second"))
