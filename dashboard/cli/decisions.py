"""The shell's part for decisions: waterline decide, waterline export."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from analytics.core.errors import DomainError
from dashboard.cli.opening import Json, clock, opened, telling
from dashboard.cli.printing import say

if TYPE_CHECKING:
    from dashboard.composition import Services
    from dashboard.services.approval_views import Wish
    from dashboard.words import Words

As = Annotated[str, typer.Option("--as", help="Who decides: the name of an account.")]


def decide(  # noqa: PLR0913 - the options of the command
    id: Annotated[str, typer.Argument(help="A proposal, as `waterline plan --json` names it.")],
    version: Annotated[int, typer.Option(help="The version that you saw.")],
    as_user: As,
    approve: Annotated[bool, typer.Option("--approve", help="Approve it.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Reject it; needs --reason.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the decision back, until the release.")] = False,
    edit: Annotated[str | None, typer.Option(help="Another quantity; needs --reason.")] = None,
    split: Annotated[str | None, typer.Option(help="Keep so many units; the rest is ordered --on a later day.")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Order day of the rest.")] = None,
    snooze: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Put it off until a day.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why: budget, event, supplier …")] = None,
    note: Annotated[str | None, typer.Option(help="Free words.")] = None,
    command: Annotated[str | None, typer.Option(help="Id of this command; a repeated one changes nothing.")] = None,
    json_output: Json = False,
) -> None:
    """Decide about one proposal, with the rights of an account."""
    from analytics.decisions.splitting import rest_id
    from analytics.decisions.units import spelled
    from analytics.decisions.workflow import Move

    with telling(json_output) as told:
        wishes = _wishes(
            approve=approve, reject=reject, undo=undo, edit=edit, split=split, on=on, snooze=snooze, why=(reason, note)
        )  # fmt: skip
        if len(wishes) != 1:
            raise DomainError("decide_one_move", found=len(wishes))
        moved = _services(as_user).approvals.decide(id, version, wishes[0], command_id=command or uuid4().hex)
        facts = {"id": moved.proposal, "version": moved.version, "move": moved.move, "state": moved.after,
                 "quantity": moved.quantity_after}  # fmt: skip
        said = told.t("cli.decided", id=id, version=moved.version, state=_state(told, moved.after))
        if moved.move is Move.SPLIT:
            facts["rest"] = rest_id(id, moved.version)
            said = told.t(
                "cli.split", id=id, version=moved.version, kept=spelled(moved.quantity_after), rest=facts["rest"],
                day=wishes[0].until,
            )  # fmt: skip
        say(json_output, facts, said)


def auto_approve(json_output: Json = False) -> None:
    """Approve what the policies leave to no person, after a plan; nothing while decision.auto_approve is off."""
    from dashboard.composition import services_as
    from dashboard.services.users import service_actor

    with telling(json_output) as told:
        settings, store = opened()
        actor = service_actor("decide")
        done = services_as(settings, store, lambda: actor).approvals.approve_automatically(command_id=uuid4().hex)
        facts = {"approved": [one.proposal for one in done.moved], "left": dict(done.left)}
        say(json_output, facts, told.t("cli.auto_approved", count=len(done.moved), left=sum(done.left.values())))


def receive(json_output: Json = False) -> None:
    """Write down what came of released lines and what nobody decided in time, and score what is over; every build
    does so, too.
    """
    from dashboard.composition import receiving_for, scoring_for
    from dashboard.services.users import service_actor

    with telling(json_output) as told:
        settings, store = opened()
        done = receiving_for(settings, store, service_actor("receive")).run(now=clock())
        scored = scoring_for(settings, store, service_actor("receive")).run(now=clock())
        facts = {**{name: list(getattr(done, name)) for name in done.facts}, "scored": scored}
        say(json_output, facts, told.t("cli.received", **done.facts, scored=scored))


def ledger(
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Days ended on or after.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Days ended on or before.")
    ] = None,
    as_user: Annotated[str | None, typer.Option("--as", help="With the rights of an account; default: all.")] = None,
    json_output: Json = False,
) -> None:
    """What decisions were worth against the system's own quantity and against doing nothing, in yuan."""
    from dashboard.composition import services_as
    from dashboard.services.ledger import LedgerAsked
    from dashboard.services.users import service_actor

    with telling(json_output) as told:
        if as_user is None:
            settings, store = opened()
            services = services_as(settings, store, lambda: service_actor("ledger"))
        else:
            services = _services(as_user)
        asked = LedgerAsked(first.date() if first else None, last.date() if last else None)
        found = services.ledger.ledger(asked)
        facts = {
            "whole": asdict(found.whole),
            "people": [asdict(one) for one in found.people],
            "reasons": [asdict(one) for one in found.reasons],
            "doubts": [asdict(one) for one in found.doubts],
            "decisions": [asdict(one.score) for one in found.rows],
        }
        total = found.whole
        say(json_output, facts, told.t(
            "cli.ledger", decisions=f"{total.decisions:,}", changed=f"{total.changed:,}",
            system=f"{total.against_system:,.2f}", nothing=f"{total.against_nothing:,.2f}",
            unpriced=f"{total.unpriced:,}", doubts=len(found.doubts),
        ))  # fmt: skip


def export(
    as_user: Annotated[str, typer.Option("--as", help="Who releases: the name of an account.")],
    form: Annotated[str, typer.Option("--format", help="csv, xlsx or json.")] = "csv",
    batch: Annotated[str | None, typer.Option(help="An earlier release, for the same file again.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; default: standard output.")] = None,
) -> None:
    """Release what is approved as purchase orders and transfers, and hand the file over."""
    from dashboard.services.order_files import OrderFormat

    with telling(json_output=False) as told:
        if form not in list(OrderFormat):
            raise DomainError("export_format_unknown", format=form, known=", ".join(OrderFormat))
        services = _services(as_user)
        released = services.orders.batch(batch) if batch else services.orders.release(command_id=uuid4().hex)
        data = services.orders.take(released.batch, OrderFormat(form), told.language)
        if out is None:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            # In one step: whoever reads the file finds all of it, also when this process is killed.
            part = out.with_name(f"{out.name}.part")
            part.write_bytes(data)
            part.replace(out)
        facts = {"batch": released.batch, "orders": len(released.orders), "lines": released.lines,
                 "amount": f"{released.amount:.2f}"}  # fmt: skip
        print(told.t("cli.released", **facts), file=sys.stderr)


def _wishes(
    *,
    approve: bool,
    reject: bool,
    undo: bool,
    edit: str | None,
    split: str | None,
    on: datetime | None,
    snooze: datetime | None,
    why: tuple[str | None, str | None],
) -> list[Wish]:
    from analytics.decisions.workflow import Move
    from dashboard.services.approval_views import Wish

    reason, note = why
    asked: list[tuple[bool, Move, dict[str, Any]]] = [
        (approve, Move.APPROVE, {}),
        (reject, Move.REJECT, {}),
        (undo, Move.UNDO, {}),
        (edit is not None, Move.EDIT, {"quantity": _quantity(edit)}),
        (
            split is not None or on is not None,
            Move.SPLIT,
            {"quantity": _quantity(split), "until": on.date() if on else None},
        ),
        (snooze is not None, Move.SNOOZE, {"until": snooze.date() if snooze else None}),
    ]
    return [Wish(move, reason=reason, note=note, **more) for wanted, move, more in asked if wanted]


def _quantity(typed: str | None) -> Decimal | None:
    """What was typed as a number; not a number where it is none, which is refused as a quantity."""
    try:
        return None if typed is None else Decimal(typed)
    except InvalidOperation:
        return Decimal("NaN")


def _services(as_user: str) -> Services:
    from dashboard.composition import services_as
    from dashboard.services.users import actor_named
    from data.store.identity import Identity

    settings, store = opened()
    return services_as(settings, store, lambda: actor_named(Identity(store), as_user, now=clock()))


def _state(told: Words, state: str) -> str:
    return told.t(f"proposal.state.{state}")
