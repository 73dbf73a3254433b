"""The shell's part for policies: waterline policies [set]."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer
from rich.table import Table

from dashboard.cli.opening import Json, clock, opened, telling
from dashboard.cli.printing import say

if TYPE_CHECKING:
    from dashboard.services.policies import Policies
    from dashboard.services.policy_views import PolicyList, Preview, Standing
    from dashboard.words import Words

policies = typer.Typer(invoke_without_command=True, help="The numbers that the rules hang on.")


@policies.callback()
def policies_list(
    context: typer.Context,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day; default: today.")
    ] = None,
    json_output: Json = False,
) -> None:
    """Show every policy as of a day: name, value, who has a value of their own, what waits."""
    if context.invoked_subcommand is None:
        with telling(json_output) as told:
            known = _policies(None).all(as_of.date() if as_of else None)
            facts = {"as_of": known.day, "number": known.number, "policies": [_facts(one) for one in known.standings]}
            say(json_output, facts, _table(known, told))


@policies.command("set")
def policies_set(
    name: Annotated[str, typer.Argument(help="A policy, as `waterline policies` names it.")],
    value: Annotated[str, typer.Argument(help="New value; “default” returns to what the product brings.")],
    note: Annotated[str, typer.Option(help="Why; kept with the change.")],
    as_user: Annotated[str, typer.Option("--as", help="Who changes it.")],
    key: Annotated[str | None, typer.Option(help="Role, category, source …; default: everybody.")] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Default: today.")] = None,
    json_output: Json = False,
) -> None:
    """Change a policy; where money hangs on it the change waits for a second person."""
    from analytics.core.calendar import day_of
    from analytics.policies.change import Wanted
    from analytics.policies.reading import read_value
    from analytics.policies.registry import policy_named

    with telling(json_output) as told:
        services = _policies(as_user)
        wish = None if value == "default" else read_value(policy_named(name), value)
        day: date = first.date() if first else day_of(clock())
        preview = services.preview(Wanted(name, key, wish, day, note))
        done = services.propose(preview.wanted, seen=preview.seen, command_id=uuid4().hex)
        facts = {"change": done.change.id, "state": done.change.state, "since": done.change.since,
                 "before": preview.before, "after": preview.after}  # fmt: skip
        say(json_output, facts, "\n".join([*_sentences(preview, told), told.t(f"policy.done.{done.change.state}")]))


def _policies(as_user: str | None) -> Policies:
    from dashboard.composition import services_as
    from dashboard.services.users import actor_named, shell_actor
    from data.store.identity import Identity

    settings, store = opened()
    if as_user is None:
        return services_as(settings, store, shell_actor).policies
    return services_as(settings, store, lambda: actor_named(Identity(store), as_user, now=clock())).policies


def _facts(one: Standing) -> dict[str, Any]:
    return {
        "name": one.policy.name,
        "unit": one.policy.measure,
        "value": one.common.value,
        "default": one.policy.default,
        "own": {held.key: held.value for held in one.own},
        "lower": one.policy.lower,
        "upper": one.policy.upper,
        "owner": one.policy.owner,
        "second_person": one.policy.money,
        "coming": [{"key": c.wanted.key, "value": c.wanted.value, "since": c.since} for c in one.coming],
        "waiting": len(one.waiting),
    }


def _table(known: PolicyList, told: Words) -> Table:
    from dashboard.services.policy_telling import told_key, told_value

    table = Table(title=str(known.day))
    for column in ("policy", "in_force", "own", "waiting"):
        table.add_column(told.t(f"cli.column.{column}"), overflow="fold")
    for one in known.standings:
        own = (f"{told_key(told, one.policy, held.key)} {told_value(told, one.policy, held.value)}" for held in one.own)
        label = f"{one.policy.name}\n{told.t(f'policy.{one.policy.name}.label')}"
        value, waits = told_value(told, one.policy, one.common.value), str(len(one.waiting) or "")
        table.add_row(label, value, told.t("list.comma").join(own), waits)
    return table


def _sentences(preview: Preview, told: Words) -> list[str]:
    """What the change does, and what of it could be counted."""
    from analytics.policies.registry import policy_named
    from dashboard.services.policy_telling import told_name, told_value

    policy = policy_named(preview.wanted.policy)
    name, day = told_name(told, policy, preview.wanted.key), preview.wanted.valid_from
    before, after = (told_value(told, policy, value) for value in (preview.before, preview.after))
    lines = [told.t("admin.policies.would", name=name, before=before, after=after, day=day)]
    return lines + [
        told.t(f"policy.effect.{effect.code}", **{name: f"{fact:,}" for name, fact in effect.facts.items()})
        for effect in preview.effects
    ]
