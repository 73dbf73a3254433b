"""Sentences in the user's language, by key, from the gettext catalogues."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from analytics.core.errors import DomainError
from analytics.decisions.proposal import State
from analytics.decisions.workflow import Move

LANGUAGES = ("zh", "en")
LANGUAGE_COOKIE = "waterline_lang"
LOCALES = Path(__file__).parent / "locales"

HTML_LANGUAGE: Mapping[str, str] = {"zh": "zh-CN", "en": "en"}
"""Value of ``<html lang>``; without the region, browsers may draw Chinese with Japanese glyphs."""

_WEIGHTED = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")


@dataclass(frozen=True, slots=True)
class Words:
    """One language's catalogue."""

    language: str
    sentences: Mapping[str, str]

    def t(self, key: str, /, **facts: object) -> str:
        """The sentence of ``key`` with its blanks filled; raises KeyError for a key without a sentence.

        Loud on purpose: a test holds the catalogues complete, and a bare key must never reach a screen.
        """
        return self.sentences[key].format_map(facts)

    def has(self, key: str) -> bool:
        return key in self.sentences

    def error(self, error: DomainError) -> str:
        """What went wrong and what to do about it; of several problems that are told as one, each. Policies, states and
        moves go by the names that people know.
        """
        facts = {name: self._named(fact) for name, fact in error.facts.items()}
        if "problems" in facts:
            told = json.loads(str(facts["problems"]))
            each = (self.error(DomainError(one["code"], **one["facts"])) for one in told)
            facts["problems"] = "\n".join(f"· {sentence}" for sentence in each)
        return self.t(f"error.{error.code}", **facts)

    def _named(self, fact: object) -> object:
        if isinstance(fact, State):
            return self.t(f"proposal.state.{fact}")
        return (
            self.t(f"proposal.move.{fact}")
            if isinstance(fact, Move)
            else self.sentences.get(f"policy.{fact}.label", fact)
        )


@cache
def words(language: str) -> Words:
    """The catalogue of ``language``; raises DomainError ``language_unknown``."""
    if language not in LANGUAGES:
        raise DomainError("language_unknown", language=language, known=", ".join(LANGUAGES))
    with (LOCALES / language / "LC_MESSAGES" / "waterline.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    sentences = {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string}
    return Words(language, sentences)


def negotiate(cookie: str | None, accept_language: str | None) -> str:
    """The language to speak: the one chosen before, else the browser's favourite of ours, else Chinese.

    >>> negotiate(None, "fr, en-GB;q=0.8, zh;q=0.5")
    'en'
    >>> negotiate("zh", "en")
    'zh'
    >>> negotiate("klingon", None)
    'zh'
    """
    if cookie in LANGUAGES:
        return cookie
    wanted: list[tuple[float, str]] = []
    for part in (accept_language or "").split(","):
        match = _WEIGHTED.fullmatch(part)
        if match and match[1].lower() in LANGUAGES:
            wanted.append((float(match[2] or 1), match[1].lower()))
    liked = [(weight, language) for weight, language in wanted if weight > 0]
    return max(liked, key=lambda pair: pair[0])[1] if liked else LANGUAGES[0]
