"""The form that changes a policy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import partial
from uuid import uuid4

from analytics.policies.change import Wanted
from analytics.policies.policy import KNOWN_KEYS, Keys, Measure, Policy
from analytics.policies.reading import read_value, written
from dashboard.services.policy_telling import told_bounds, told_key
from dashboard.services.policy_views import PolicyList, Standing
from dashboard.ui.controls import Field, Typed
from dashboard.ui.page import Page
from pages.admin.policy_preview import preview

EVERYBODY = "*"


def form(page: Page, known: PolicyList, one: Standing) -> None:
    """The form, or what it would do once it was filled in."""
    draft = json.loads(page.remembered("draft") or "{}")
    if draft.get("name") == one.policy.name:
        preview(page, one.policy, draft)
        return
    send = partial(keep, page, one)
    # Whatever changes the policy makes another form: nobody overwrites what they did not see.
    page.form("change", fields(page, known, one), send, of=f"{one.policy.name} {one.seen}")


def fields(page: Page, known: PolicyList, one: Standing) -> tuple[Field, ...]:
    about = one.policy
    value = Field("value", text=written(one.common.value), hint=told_bounds(page.words, about))
    options = choices(page, about)
    if options:
        value = Field("value", options=options, chosen=(written(one.common.value),), single=True)
    rest = (Field("from", is_day=True, on=known.today), Field("note", hint=page.t("admin.policies.why")))
    if about.keyed_by is Keys.NOTHING:
        return (value, *rest)
    names = {held.key for held in one.own if held.key} | set(page.now(page.services.policies.keys, about.name))
    known_keys = KNOWN_KEYS.get(about.keyed_by)
    keys = {key: told_key(page.words, about, key) for key in (known_keys or sorted(names))}
    # Where every key has a value of its own from the start, one for everybody would reach nobody.
    if not keys or set(about.by_key) != set(keys):
        keys = {EVERYBODY: told_key(page.words, about, None), **keys}
    whom = Field("key", options=keys, chosen=(next(iter(keys)),), single=True, free=known_keys is None)
    return (whom, value, *rest)


def choices(page: Page, about: Policy) -> Mapping[str, str]:
    """What a switch or a choice can be set to."""
    if about.measure is Measure.SWITCH:
        return {one: page.t(f"policy.switch.{one}") for one in ("on", "off")}
    return {one: page.t(f"policy.choice.{one}") for one in about.choices}


def keep(page: Page, one: Standing, typed: Typed) -> None:
    """Remember what was typed as a draft, once the service finds nothing wrong with it."""
    text, key = str(typed["value"] or "").strip(), typed.get("key")
    value = read_value(one.policy, text) if text else None
    day: date = typed["from"] or page.services.policies.all().today
    whom = None if key in (None, EVERYBODY) else str(key)
    wanted = Wanted(one.policy.name, whom, value, day, str(typed["note"] or ""))
    page.remember("draft", drafted(page.services.policies.preview(wanted).wanted, one.seen))


def drafted(wanted: Wanted, seen: int) -> str:
    """A draft as text; its command is the same however often its button is pressed."""
    value = None if wanted.value is None else written(wanted.value)
    told = {"name": wanted.policy, "key": wanted.key, "value": value, "day": wanted.valid_from.isoformat()}
    return json.dumps({**told, "note": wanted.note, "seen": seen, "command": uuid4().hex})
