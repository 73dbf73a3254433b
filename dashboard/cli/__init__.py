"""The shell: ``waterline`` and its commands."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.core.access import Role
from dashboard.cli.audit import audit, exports
from dashboard.cli.backtests import backtest
from dashboard.cli.backups import backup, restore
from dashboard.cli.decisions import auto_approve, decide, export, ledger, receive
from dashboard.cli.forecasts import forecast
from dashboard.cli.jobs import job, jobs, run_here, start_in_background
from dashboard.cli.opening import WAIT, Json, Wait, clock, opened, telling
from dashboard.cli.plans import plan
from dashboard.cli.policies import policies
from dashboard.cli.printing import (
    answer_facts,
    answer_table,
    bars,
    build_facts,
    ingest_table,
    loads_table,
    rejects_table,
    say,
)
from dashboard.cli.samples import sample
from dashboard.settings import DEMO_READY, Settings, settings_from

if TYPE_CHECKING:
    from dashboard.services.loading import Loading

# Frames, engines and services take seconds to import: each command imports what it uses, so `serve` starts at once.

DEMO_JOBS = ("forecast", "plan")
"""What a new demo home works out in the background while its first visitor looks around."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
users = typer.Typer(no_args_is_help=True, help="Accounts.")
app.add_typer(users, name="users")
app.add_typer(audit, name="audit")
app.add_typer(jobs, name="jobs")
app.add_typer(policies, name="policies")
app.add_typer(job, name="job", hidden=True)
app.command()(forecast)
app.command()(decide)
app.command("auto-approve")(auto_approve)
app.command()(export)
app.command()(receive)
app.command()(ledger)
app.command()(plan)
app.command()(backtest)
app.command()(backup)
app.command()(exports)
app.command()(restore)
app.command()(sample)


def main() -> None:
    """Entry point of the ``waterline`` command."""
    app(prog_name="waterline")


@app.command()
def demo(wait: Wait = WAIT, json_output: Json = False) -> None:
    """Create the demo home: a sample world, loaded and built, with demo accounts."""
    with telling(json_output) as told:
        settings, loading = _loading("demo", wait)
        with bars() as bar:
            built = loading.demo(now=clock(), progress=bar)
        say(json_output, build_facts(built, ()), told.t("cli.demo_done", home=settings.home))


@app.command()
def ingest(
    path: Annotated[str, typer.Argument(help="Folder, file or database URL.")],
    mapping: Annotated[Path, typer.Option(help="Mapping file, or the name of one that comes with Waterline.")],
    extract_at: Annotated[
        datetime | None, typer.Option(help="When the source was extracted; default: file time.")
    ] = None,
    wait: Wait = WAIT,
    json_output: Json = False,
) -> None:
    """Load files into the lake; rows that break the contract are set aside and reported."""
    with telling(json_output) as told:
        taken = extract_at.astimezone(UTC).isoformat() if extract_at else None
        report = run_here("ingest", {"path": path, "mapping": str(mapping), "extract_at": taken}, wait)
        say(json_output, report.as_dict(), ingest_table(report, told))


@app.command()
def rejects(limit: Annotated[int, typer.Option(help="Newest rows to show.")] = 50, json_output: Json = False) -> None:
    """Show rows that were set aside: file, line, column, value and what to do about it."""
    with telling(json_output) as told:
        _, loading = _loading("rejects")
        rows = loading.rejects(limit)
        say(json_output, {"rejects": rows}, rejects_table(rows, told))


@app.command()
def loads(json_output: Json = False) -> None:
    """Show what was loaded, newest first."""
    with telling(json_output) as told:
        _, loading = _loading("loads")
        known = loading.loads()
        say(json_output, {"loads": [asdict(load) for load in known]}, loads_table(known, told))


@app.command()
def forget(
    load: Annotated[list[str], typer.Argument(help="Loads, as `waterline loads` names them.")],
    wait: Wait = WAIT,
) -> None:
    """Take loads back, for example those of a wrong mapping; the next build goes without them."""
    with telling(False) as told:
        _, loading = _loading("forget", wait)
        loading.forget(tuple(load), now=clock())
        print(told.t("cli.forgotten", loads=len(load)))


@app.command()
def build(wait: Wait = WAIT, json_output: Json = False) -> None:
    """Build the marts that changed, check that totals survive, publish."""
    with telling(json_output) as told:
        built, made = run_here("build", {}, wait)
        text = told.t("cli.build_done", id=built.id, made=", ".join(made) or "–", seconds=built.seconds)
        say(json_output, build_facts(built, made), text)


@app.command()
def vacuum(wait: Wait = WAIT, json_output: Json = False) -> None:
    """Delete what no build and no load speaks of any more; never what is younger than a week."""
    with telling(json_output) as told:
        swept = run_here("vacuum", {}, wait)
        say(json_output, asdict(swept), told.t("cli.swept", **{**asdict(swept), "megabytes": swept.bytes >> 20}))


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
    from dashboard.composition import services_as
    from dashboard.services.users import actor_named
    from data.store.identity import Identity

    with telling(json_output):
        settings, store = opened()
        services = services_as(settings, store, lambda: actor_named(Identity(store), as_user, now=clock()))
        cut = tuple(name for given in by or () for name in given.split(","))
        answer = services.ask.ask(tuple(metrics), by=cut, first=_day(first), last=_day(last), where=tuple(where or ()))
        say(json_output, answer_facts(answer), answer_table(answer))


@app.command()
def contract(
    json_output: Json = False,
    write: Annotated[Path | None, typer.Option(help="Write the document to this file.")] = None,
) -> None:
    """Show the data contract."""
    from data.contract import TABLES
    from data.contract.render import contract_json, contract_markdown

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
    from dashboard.composition import work_of
    from dashboard.services.users import create_admin, shell_actor

    with telling(False) as told:
        _, store = opened()
        work = work_of(store, shell_actor())
        user = create_admin(work, name=name, display_name=display_name or name, password=password, now=clock())
        print(told.t("cli.admin_created", name=user.name))


@users.command("create")
def users_create(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    role: Annotated[list[Role], typer.Option(help="May be repeated.")],
    grant: Annotated[list[str], typer.Option(help="Partner whose rows (and sub-outlets' rows) are seen; brand: all.")],
    display_name: Annotated[str | None, typer.Option(help="Name to show.")] = None,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="WATERLINE_PASSWORD")
    ] = "",
) -> None:
    """Create an account with roles and grants."""
    from dashboard.composition import known_grants, work_of
    from dashboard.services.users import create_user, shell_actor

    with telling(False) as told:
        settings, store = opened()
        known_grants(settings, store, frozenset(grant))
        actor = shell_actor()
        user = create_user(
            actor, work_of(store, actor),
            name=name, display_name=display_name or name, password=password,
            roles=frozenset(role), grants=frozenset(grant), now=clock(),
        )  # fmt: skip
        print(told.t("cli.user_created", name=user.name))


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
    demo_if_empty: Annotated[bool, typer.Option(help="Make a demo home first where nothing was built yet.")] = False,
) -> None:
    """Serve the dashboard; prints the address and, in a demo home, the accounts to sign in with."""
    with telling(False) as told:
        settings = settings_from()
        if demo_if_empty and demo_wanted(settings):
            _, loading = _loading("demo")
            with bars() as bar:
                loading.demo(now=clock(), progress=bar)
            # Pages can be looked at meanwhile; those that need it say so until it is there.
            start_in_background(*DEMO_JOBS)
        print(told.t("cli.serving", address=_address(settings, port)))
        if settings.demo_marker.exists():
            _print_demo_accounts(told.language)
    os.chdir(Path(__file__).parents[2])
    os.environ |= {"WATERLINE_HOME": str(settings.home), "WATERLINE_BASE_URL": _address(settings, port)}
    sys.stdout.flush()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    # The server takes this process over: what is imported by now is not needed twice, and signals reach it directly.
    os.execv(sys.executable, command)  # noqa: S606


def demo_wanted(settings: Settings) -> bool:
    """Whether the home is untouched, or holds a demo that was interrupted; a store of one's own is never touched."""
    if settings.demo_marker.exists():
        return settings.demo_marker.read_text() != DEMO_READY
    untouched = not settings.lake.exists() and not (settings.home / "store.db").exists()
    return untouched and not os.environ.get("WATERLINE_STORE")


def _address(settings: Settings, port: int) -> str:
    """The public address: the one that was set, else this machine's."""
    return settings.base_url if os.environ.get("WATERLINE_BASE_URL") else f"http://localhost:{port}"


def _print_demo_accounts(language: str) -> None:
    from data.sample.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

    for account in DEMO_ACCOUNTS:
        name = account.display_name_zh if language == "zh" else account.display_name_en
        print(f"  {account.login:<14} {DEMO_PASSWORD}   {name}")


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _loading(job: str, wait: float = WAIT) -> tuple[Settings, Loading]:
    from dashboard.composition import loading_for
    from dashboard.services.users import service_actor

    settings, store = opened()
    return settings, loading_for(settings, store, service_actor(job), patience=timedelta(seconds=wait))
