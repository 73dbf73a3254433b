"""The shell: waterline demo | ingest | build | ask | contract | users | serve."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from analytics.core.errors import DomainError
from dashboard.composition import latest_build, services_as
from dashboard.services.ask import Answer
from dashboard.services.loading import Loading
from dashboard.services.users import actor_named, create_admin, demo_accounts, service_actor
from dashboard.settings import Settings, settings_from
from dashboard.words import Words, negotiate, words
from data.contract import TABLES
from data.contract.render import contract_json, contract_markdown
from data.sample.accounts import DEMO_PASSWORD
from data.store.engine import Store, open_store
from data.store.identity import Identity

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
users = typer.Typer(no_args_is_help=True, help="Accounts.")
app.add_typer(users, name="users")

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def main() -> None:
    """Entry point of the ``waterline`` command."""
    app()


@app.command()
def demo(
    if_empty: Annotated[bool, typer.Option(help="Do nothing where a build was published already.")] = False,
    json_output: Json = False,
) -> None:
    """Create the demo home: a sample world, loaded and built, with demo accounts."""
    with _told(json_output) as told:
        settings, store = _opened()
        if if_empty and latest_build(store) is not None:
            return
        with _bars() as bar:
            built = Loading(settings, store, service_actor("demo")).demo(now=_now(), progress=bar)
        _say(json_output, _build_facts(built, ()), told.t("cli.demo_done", home=settings.home))


@app.command()
def ingest(
    path: Annotated[str, typer.Argument(help="Folder, file or database URL.")],
    mapping: Annotated[Path, typer.Option(help="Mapping file, or the name of one that comes with Waterline.")],
    extract_at: Annotated[
        datetime | None, typer.Option(help="When the source was extracted; default: file time.")
    ] = None,
    json_output: Json = False,
) -> None:
    """Load files into the lake; rows that break the contract are set aside and reported."""
    with _told(json_output) as told:
        settings, store = _opened()
        loading = Loading(settings, store, service_actor("ingest"))
        taken = extract_at.astimezone(UTC) if extract_at else None
        with _bars() as bar:
            report = loading.ingest(path, mapping, now=_now(), extract_at=taken, progress=bar)
        facts = report.as_dict()
        _say(json_output, facts, told.t("cli.ingest_done", **_ingest_totals(facts)))


@app.command()
def build(json_output: Json = False) -> None:
    """Build the marts that changed, check that totals survive, publish."""
    with _told(json_output) as told:
        settings, store = _opened()
        with _bars() as bar:
            built, made = Loading(settings, store, service_actor("build")).build(now=_now(), progress=bar)
        text = told.t("cli.build_done", id=built.id, made=", ".join(made) or "–", seconds=built.seconds)
        _say(json_output, _build_facts(built, made), text)


@app.command()
def ask(
    metrics: Annotated[list[str], typer.Argument(help="One or more metrics of the glossary.")],
    as_user: Annotated[str, typer.Option("--as", help="Whose rights the question is asked with.")],
    by: Annotated[list[str] | None, typer.Option(help="Dimensions; may be repeated or separated by commas.")] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"])] = None,
    where: Annotated[list[str] | None, typer.Option(help="dimension=value[,value]; none means unknown.")] = None,
    json_output: Json = False,
) -> None:
    """Ask for metrics, in the scope of a user."""
    with _told(json_output):
        settings, store = _opened()
        services = services_as(settings, store, lambda: actor_named(Identity(store), as_user))
        cut = tuple(name for given in by or () for name in given.split(","))
        answer = services.ask.ask(tuple(metrics), by=cut, first=_day(first), last=_day(last), where=tuple(where or ()))
        if json_output:
            print(json.dumps(_answer_facts(answer), ensure_ascii=False, default=_plain))
        else:
            Console().print(_printed(answer))


@app.command()
def contract(
    json_output: Json = False,
    write: Annotated[Path | None, typer.Option(help="Write the document to this file.")] = None,
) -> None:
    """Show the data contract."""
    tables = TABLES.values()
    text = contract_json(tables) if json_output else contract_markdown(tables)
    if write:
        write.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


@users.command("create-admin")
def users_create_admin(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    display_name: Annotated[str | None, typer.Option(help="Name to show.")] = None,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="WATERLINE_PASSWORD")
    ] = "",
) -> None:
    """Create the first administrator."""
    with _told(False) as told:
        _, store = _opened()
        user = create_admin(
            Identity(store), name=name, display_name=display_name or name, password=password, now=_now()
        )
        print(told.t("cli.admin_created", name=user.name))


@app.command()
def serve(port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501) -> None:
    """Serve the dashboard; prints the address and, in a demo home, the accounts to sign in with."""
    with _told(False) as told:
        settings, store = _opened()
        print(told.t("cli.serving", address=settings.base_url))
        for account in demo_accounts(settings):
            print(f"  {account.login:<14} {DEMO_PASSWORD}   {account.display_name_zh} / {account.display_name_en}")
        store.close()
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    raise typer.Exit(subprocess.call(command, cwd=root, env={**os.environ, "WATERLINE_HOME": str(settings.home)}))


def _now() -> datetime:
    return datetime.now(UTC)


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _opened() -> tuple[Settings, Store]:
    settings = settings_from()
    settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.store_url)
    store.migrate()
    return settings, store


@contextmanager
def _told(json_output: bool) -> Iterator[Words]:
    """Sentences in the shell's language; a refusal becomes one sentence (or one JSON object) and exit code 2."""
    told = words(negotiate(None, os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"))
    try:
        yield told
    except DomainError as error:
        facts = {"error": error.code, **{name: str(value) for name, value in error.facts.items()}}
        print(json.dumps(facts, ensure_ascii=False) if json_output else told.error(error), file=sys.stderr)
        raise typer.Exit(2) from None


class _Bar:
    """Draws one bar per stage on standard error; says nothing when nobody watches."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total)
        self._progress.update(self._tasks[stage], completed=done, total=total)


@contextmanager
def _bars() -> Iterator[_Bar]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield _Bar(progress)


def _say(json_output: bool, facts: dict[str, Any], text: str) -> None:
    print(json.dumps(facts, ensure_ascii=False, default=_plain) if json_output else text)


def _plain(value: object) -> object:
    """JSON of exact values: a decimal as a number, a date as ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def _build_facts(built: Any, made: tuple[str, ...]) -> dict[str, Any]:
    return {
        "build": built.id,
        "made": list(made),
        "first_day": built.first_day,
        "last_day": built.last_day,
        "currency": built.currency,
        "totals": dict(built.totals),
        "seconds": built.seconds,
    }


def _ingest_totals(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: facts.get(name, 0) for name in ("files", "loaded", "rejected", "duplicates")}


def _answer_facts(answer: Answer) -> dict[str, Any]:
    return {
        "metrics": list(answer.question.metrics),
        "by": list(answer.question.by),
        "from": answer.period.first,
        "to": answer.period.last,
        "build": answer.freshness.build_id,
        "currency": answer.freshness.currency,
        "rows": answer.table.to_pylist(),
    }


def _printed(answer: Answer) -> Table:
    table = Table(title=f"{answer.period.first} – {answer.period.last}  {answer.freshness.build_id}")
    for name in answer.table.column_names:
        table.add_column(name, justify="left" if name in answer.question.by else "right")
    for row in answer.table.to_pylist():
        table.add_row(
            *(
                "–" if value is None else str(_plain(value) if isinstance(value, Decimal) else value)
                for value in row.values()
            )
        )
    return table


if __name__ == "__main__":
    main()
