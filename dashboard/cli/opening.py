"""What every command begins with: the home, the clock, the language, and how a refusal ends."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.core.errors import DomainError
from dashboard.settings import Settings, settings_from
from dashboard.words import Words, negotiate, words

if TYPE_CHECKING:
    from data.store.engine import Store

Wait = Annotated[
    float, typer.Option(min=0, help="Seconds to wait for another command that writes into the home.", show_default=True)
]
WAIT = 60.0
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def clock() -> datetime:
    return datetime.now(UTC)


def opened() -> tuple[Settings, Store]:
    """The home and its store, brought up to date."""
    from data.store.engine import open_store

    settings = settings_from()
    settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.store_url)
    store.migrate()
    return settings, store


@contextmanager
def telling(json_output: bool) -> Iterator[Words]:
    """Sentences in the shell's language; a refusal becomes one sentence (or one JSON object) and exit code 2."""
    told = words(negotiate(None, os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"))
    try:
        yield told
    except DomainError as error:
        facts = {"error": error.code, **{name: str(value) for name, value in error.facts.items()}}
        print(json.dumps(facts, ensure_ascii=False) if json_output else told.error(error), file=sys.stderr)
        raise typer.Exit(2) from None
