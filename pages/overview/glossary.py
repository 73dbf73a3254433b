"""What does each number mean, and can it be known here?"""

from __future__ import annotations

from functools import partial

from dashboard.services.views import Definition
from dashboard.ui.errors import table_labels
from dashboard.ui.page import Page


def render(page: Page) -> None:
    glossary = page.ask(page.services.glossary.glossary)
    if glossary.freshness:
        page.fresh(glossary.freshness)
    known = sum(one.available for one in glossary.definitions)
    page.lead(partial(page.t, "glossary.lead", known=known, all=len(glossary.definitions)))
    sought = page.search("search")
    found = [one for one in glossary.definitions if matches(page, one, sought)]
    if not found:
        page.note(page.t("glossary.nothing"))
    with page.cards("cards", 320):
        for one in found:
            definition(page, one)


def matches(page: Page, one: Definition, sought: str) -> bool:
    """Whether every word of the search stands in the name, the explanation or the formula."""
    text = " ".join([one.metric, *(page.t(f"metric.{one.metric}.{part}") for part in ("label", "about", "formula"))])
    return all(word in text.casefold() for word in sought.casefold().split())


def definition(page: Page, one: Definition) -> None:
    """One metric: meaning, formula, passport, and what it needs."""
    t = page.t
    with page.card(one.metric):
        page.say(f"**{t(f'metric.{one.metric}.label')}** :gray[`{one.metric}`]")
        page.say(t(f"metric.{one.metric}.about"))
        page.say(t("glossary.formula", formula=t(f"metric.{one.metric}.formula")))
        page.note(
            t(
                "glossary.facts",
                unit=t(f"unit.{one.unit}"),
                additivity=t(f"additivity.{one.additivity}"),
                favourable=t(f"favourable.{one.favourable}"),
                owner=t(f"owner.{one.owner}"),
            )
        )
        said = t(
            "glossary.available" if one.available else "glossary.missing", tables=table_labels(page.words, one.needs)
        )
        page.note(said, None if one.available else t("glossary.missing.how"))
