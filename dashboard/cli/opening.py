"""What every command begins with: the home, the clock, the language, and how a refusal ends."""

from __future__ import annotations

import json
import os
import secrets
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NoReturn

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
ERRORS = "errors.log"
"""File in the home that keeps the traces of commands that broke off."""
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def clock() -> datetime:
    return datetime.now(UTC)


def opened() -> tuple[Settings, Store]:
    """The home and its store, brought up to date; raises DomainError ``disk_full`` or ``home_read_only``."""
    from data.engines.disk import disk_of
    from data.store.engine import open_store

    settings = settings_from()
    with disk_of(settings.home):
        settings.home.mkdir(parents=True, exist_ok=True)
        store = open_store(settings.store_url)
        store.migrate()
    return settings, store


def spoken(locale: str) -> str:
    """The language tag of a shell's locale, as browsers write it.

    >>> spoken("en_US.UTF-8"), spoken("zh_CN"), spoken("en")
    ('en-US', 'zh-CN', 'en')
    """
    return locale.partition(".")[0].partition("@")[0].replace("_", "-")


@contextmanager
def telling(json_output: bool) -> Iterator[Words]:
    """Sentences in the shell's language; a refusal becomes one sentence (or one JSON object) and exit code 2."""
    told = words(negotiate(None, spoken(os.environ.get("LC_ALL") or os.environ.get("LANG") or "en")))
    try:
        yield told
    except DomainError as error:
        _refused(error, told, json_output)
    except (typer.Exit, typer.Abort, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - nobody can act on a traceback; whoever mends it finds it in the file
        from data.engines.storage import refusal

        refused = refusal(error, settings_from().home)
        if refused is not None:
            _refused(refused, told, json_output)
        reference, file = _recorded(traceback.format_exc())
        facts = {"error": "unexpected", "reference": reference, "file": file}
        sentence = told.t("cli.unexpected", reference=reference, file=file)
        print(json.dumps(facts, ensure_ascii=False) if json_output else sentence, file=sys.stderr)
        raise typer.Exit(1) from None


def _refused(error: DomainError, told: Words, json_output: bool) -> NoReturn:
    facts = {"error": error.code, **{name: str(value) for name, value in error.facts.items()}}
    print(json.dumps(facts, ensure_ascii=False) if json_output else told.error(error), file=sys.stderr)
    raise typer.Exit(2) from None


def _recorded(trace: str) -> tuple[str, str]:
    """Write down what went wrong; returns its reference and where it stands: standard error where no file takes it."""
    reference, file = secrets.token_hex(4), settings_from().home / ERRORS
    try:
        with file.open("a", encoding="utf-8") as record:
            record.write(f"{clock():%Y-%m-%d %H:%M:%S} UTC {reference}\n{trace}\n")
    except OSError:
        print(trace, file=sys.stderr)
        return reference, "stderr"
    return reference, str(file)
