"""Nobody is told anything of rows outside the own scope: not by name, not by code, not through a sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pytest

from analytics.core.access import ROOT, Action, Actor, Role
from analytics.core.errors import AccessDenied
from analytics.decisions.workflow import Command, Move, Terms, decide
from dashboard.composition import doors
from data.facts import ScopedFacts
from data.marts.mart import Mart
from data.store.unit_of_work import UnitOfWork
from tests.leaks.answers import CALLS, everything_told, public_calls, told_by
from tests.proposals import AT, a_proposal
from tests.worlds import BRAND, LINES, PARTNERS, REFUNDS, TABLES, World, line, make_world

pytestmark = pytest.mark.slow

Told = Callable[[World], str]

LI = Actor("u-li", "li", frozenset({Role.APPROVER}), frozenset({ROOT}))
MINE = {"D1", "S1", "S2"}
CANARIES = (
    "Canary Shelf",
    "Canary wish",
    "Canary Boss",
    "Canary Dealer Two",
    "Canary Store Three",
    "Canary City",
    "S3",
    "D2",
    "X9",
    "Z9",
    "65.55",
    "9.99",
    "C2",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(Path(tmp_path_factory.mktemp("world")), TABLES)
    propose(made, Decimal(66), "Canary wish")
    return made


@pytest.fixture(scope="module")
def altered(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same world for D1; every row outside D1's scope is another one, and there are more of them."""
    lines = [_altered(row) if row.get("entry_partner") not in MINE else row for row in LINES]
    more = [
        line(f"N{n}", "1", "2026-02-12", "web", "NEW", "3", "77", account="m1", entry_partner="S3") for n in range(40)
    ]
    partners = [
        row if row["partner"] in MINE else {**row, "name": "Renamed", "latitude": 31.2, "longitude": 121.4}
        for row in PARTNERS
    ]
    refunds = [row if row.get("entry_partner") in MINE else {**row, "amount": "1.01"} for row in REFUNDS]
    tables = {**TABLES, "order_line": [*lines, *more], "partner": partners, "refund_line": refunds}
    made = make_world(Path(tmp_path_factory.mktemp("altered")), tables)
    propose(made, Decimal(77), "another wish")
    return made


def propose(world: World, theirs: Decimal, note: str) -> None:
    """A proposal of S1's, one of S3's and one of the brand's, each approved and one released."""
    far = date(2999, 1, 1)
    mine = a_proposal("mine", expires_on=far)
    other = a_proposal("theirs", owner="S3", node="Canary Shelf", quantity=theirs, note=note, expires_on=far)
    boss = Actor("u-theirs", "Canary Boss", frozenset({Role.APPROVER}), frozenset({ROOT}))
    with UnitOfWork(world.store, BRAND) as unit:
        for one in (mine, other, replace(other, id="brand", owner=ROOT)):
            unit.proposals.add(one)
            wish = Command("theirs" if one is other else "c", Move.APPROVE, 1)
            unit.proposals.save(decide(one, wish, boss if one is not mine else LI, Terms(Decimal(10**9)), at=AT))
        unit.commit()


def _altered(row: Any) -> dict[str, Any]:
    # First and last day of the build stay: how far the data reach is said to everybody.
    return {
        **row,
        "amount": "123.45",
        "quantity": "7",
        "sku": "F1",
        "channel": "bulk",
        "account": "m1",
        "paid_at": row["paid_at"],
    }


def test_every_public_call_is_covered(world: World) -> None:
    assert public_calls(world.services(ROOT)) == set(CALLS)


def to_a_dealer(world: World) -> str:
    return everything_told(world.services("D1", role=Role.DEALER))


@pytest.fixture(scope="module")
def told() -> Told:
    """What a dealer is told while nothing is removed: worked out once for each world."""
    known: dict[int, str] = {}

    def asked(world: World) -> str:
        if id(world) not in known:
            known[id(world)] = to_a_dealer(world)
        return known[id(world)]

    return asked


def nothing_named(text: str) -> None:
    echoed = text.replace("partners=('S3',)", "")
    found = [canary for canary in CANARIES if canary in _without_question(echoed)]
    assert not found, f"a dealer was told {found}"


def _without_question(text: str) -> str:
    """What the asker wrote into the filter comes back in the answer's question; that is no news to them."""
    return text.replace("Question(metrics=[sales; orders], by=[sku]", "").replace("where=[[partner; [S3; S1]]]", "")


def test_no_name_or_code_of_others(world: World, told: Told) -> None:
    nothing_named(told(world))


def test_answers_do_not_depend_on_others_rows(world: World, altered: World, told: Told) -> None:
    assert told(world) == told(altered)


def test_own_rows_are_told(world: World, told: Told) -> None:
    """The suite would be green, too, if nobody were told anything."""
    assert "Canary Store One" in told(world)
    assert "600.0" in told(world)
    assert "Canary Store Three" in everything_told(world.services(ROOT))


_OWNED = ("sales_line", "sales_day", "document", "first_purchase", "refund_line", "partner", "place")


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Doors remember the expressions that they cut; a changed predicate must meet none of them."""
    doors.engine_doors.cache_clear()
    yield
    doors.engine_doors.cache_clear()


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("mart_name", _OWNED)
def test_each_predicate_is_needed(
    mart_name: str, world: World, altered: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The predicate of one mart is removed: at least one check turns red."""
    kept = ScopedFacts._within

    def without(self: ScopedFacts, rows: ir.Table, mart: Mart) -> ir.Table:
        return rows if mart.name == mart_name else kept(self, rows, mart)

    monkeypatch.setattr(ScopedFacts, "_within", without)
    with pytest.raises(AssertionError):
        _nothing_leaks(world, altered)


def no_place_of_others(world: World) -> None:
    """Places are joined from one's own rows everywhere; the door itself must not hand out others' either."""
    facts = world.services("D1", role=Role.DEALER).desk.open(Action.SEE_TERRITORY).facts
    owners = set(facts.answer(facts.table("place").select("owner").distinct())["owner"].to_pylist())
    assert owners <= MINE | {ROOT}


def test_the_door_hands_out_no_places_of_others(world: World) -> None:
    no_place_of_others(world)


def _nothing_leaks(world: World, altered: World) -> None:
    """What the tests above ask of all that is told, call by call, and the dearest call last: the first leak ends it."""
    no_place_of_others(world)
    ours, others = (one.services("D1", role=Role.DEALER) for one in (world, altered))
    for name in sorted(CALLS, key=lambda name: (name == "ask.ask", name)):
        mine = told_by(name, ours)
        nothing_named(mine)
        assert mine == told_by(name, others)


def test_an_administrator_is_told_of_the_own_partners_only(world: World) -> None:
    own = world.services("D1", role=Role.ADMINISTRATOR).access.partners()
    assert {option.code for option in own} == MINE
    assert "S3" in {option.code for option in world.services(ROOT, role=Role.ADMINISTRATOR).access.partners()}


def test_an_unknown_or_empty_grant_is_refused(world: World) -> None:
    with pytest.raises(AccessDenied, match="scope_unknown"):
        world.services("GONE").filters.options()
    with pytest.raises(AccessDenied, match="no_scope"):
        world.services().filters.options()


def test_a_store_sees_itself_alone(world: World) -> None:
    told = everything_told(world.services("S1", role=Role.STORE))
    assert "Canary Store One" in told
    assert "Canary Store Two" not in told
    assert "Canary Dealer One" not in told


def lists_of_the_own(world: World) -> None:
    options = world.services("D1", role=Role.DEALER).filters.options()
    assert {option.code for option in options.partners} <= MINE
    assert not [canary for canary in CANARIES if canary in str(options)]


def test_lists_of_the_filters_offer_the_own(world: World) -> None:
    lists_of_the_own(world)


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("mart_name", ["partner"])
def test_lists_without_their_scope_are_found_out(mart_name: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = ScopedFacts._within

    def without(self: ScopedFacts, rows: ir.Table, mart: Mart) -> ir.Table:
        return rows if mart.name == mart_name else kept(self, rows, mart)

    monkeypatch.setattr(ScopedFacts, "_within", without)
    with pytest.raises(AssertionError):
        lists_of_the_own(world)
