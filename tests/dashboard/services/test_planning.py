"""A plan from rows to proposals in the store, over a small world whose forecast is ten a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analytics.core.access import Role
from analytics.core.errors import AccessDenied, DomainError, MissingData
from analytics.decisions.proposal import Kind, Proposal, State, Step
from analytics.decisions.workflow import Decided, Move, Moved
from dashboard.composition import planning_for, receiving_for, scoring_for, services_as
from dashboard.services.approval_views import Request
from dashboard.services.plan_frames import stock_frames
from dashboard.services.planning import Planned, facts_of
from dashboard.services.realised import stock_then
from dashboard.services.users import job_actor
from data.store.audit import Deed
from data.store.proposal_search import SoughtProposals
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.services.planning_world import (
    AS_OF,
    COUNTS,
    NOW,
    TABLES,
    counted,
    fork,
    plan,
    planning_world,
    publish,
)
from tests.worlds import BRAND, World, line, make_world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return planning_world(Path(tmp_path_factory.mktemp("plan")) / "home")


@pytest.fixture(scope="module")
def made(world: World) -> Planned:
    return plan(world)


def of(made: Planned, sku: str) -> dict[str, Proposal]:
    """Proposals of a SKU by node."""
    return {one.node: one for one in made.proposals if one.sku == sku}


def test_a_shelf_that_is_empty(world: World, made: Planned) -> None:
    """Ordered on Monday the 2nd, received on the 4th; the next order of the 5th comes on the 7th: three days of ten."""
    (one,) = of(made, "R5").values()
    assert (one.kind, one.node, one.source, one.owner) == (Kind.PURCHASE, "N1", "W1", "S1")
    assert (one.quantity, one.order_by, one.expected_receipt) == (Decimal(30), date(2026, 3, 2), date(2026, 3, 4))
    assert one.expires_on == date(2026, 3, 5)
    assert {step.name: step.units for step in one.evidence.steps} == {"on_hand": 0, "demand": 60, "lost_sales": -30}
    # Ten a day at a margin of 24 yuan.
    assert one.loss_per_day == Decimal("240.00")
    assert (one.unit_cost, one.reasons) == (Decimal("45.00"), ())
    assert one.evidence.build == world.build.id
    assert one.evidence.policies["replenishment.shortage_cost"] == "1 (v0)"
    assert one.evidence.inputs["lane"] == "L2"


def test_made_twice_it_adds_nothing(world: World, made: Planned) -> None:
    second = plan(world, now=NOW + timedelta(minutes=5))
    assert second.saved.added == second.saved.revised == second.saved.superseded == ()
    assert second.saved.same == tuple(one.id for one in second.proposals)
    assert [(one.id, one.version) for one in made.proposals] == [(one.id, one.version) for one in second.proposals]
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        told = [event.action for chunk in unit.audit.chunks() for event in chunk]
    assert Deed.PLAN_SAVED.value in told


def test_a_neighbour_helps_where_an_order_comes_too_late(made: Planned) -> None:
    (one,) = of(made, "HELP").values()
    assert (one.kind, one.node, one.source, one.quantity) == (Kind.TRANSFER, "N1", "N2", Decimal(40))
    assert one.expected_receipt == date(2026, 3, 3)
    assert {other.kind for other in one.evidence.alternatives} == {"do_nothing", "purchase"}


def test_a_warehouse_gives_what_it_has(made: Planned) -> None:
    shares = [one for one in of(made, "SHARE").values() if one.source == "W1"]
    assert sum(one.quantity for one in shares) == 40
    assert "limited_supply" in {reason for one in shares for reason in one.reasons}


def test_a_warehouse_orders_what_its_shelves_will_want(made: Planned) -> None:
    """W1 sells nothing itself; two shelves of ten a day are its demand until the 14th, and 40 are there.

    Ordered on the 2nd, received on the 7th, the next one on the 14th: seven days of twenty.
    """
    (one,) = of(made, "BELOW").values()
    assert (one.node, one.source, one.owner, one.quantity) == ("W1", "P1", "brand", Decimal(140))
    assert {step.name: step.units for step in one.evidence.steps}["demand"] == 260


def test_bad_input_is_flagged_or_refused_line_by_line(made: Planned) -> None:
    """None of the faulty lines keeps the others from being planned."""
    told = {(one.node, one.sku): set(one.reasons) for one in made.proposals}
    assert told["N4", "NOCOST"] == {"no_cost"}
    assert told["N4", "NOPRICE"] == {"no_price"}
    assert told["N4", "LOSS"] == {"no_margin"}
    assert told["N4", "NOKG"] == {"no_weight"}
    assert told["N4", "NEG"] == {"stock_negative"}
    assert told["N4", "FLAGGED"] == {"forecast_flagged"}
    assert "no_history" in told["N4", "NOHIST"]
    assert told["N4", "LEAD0"] == {"lead_zero"}
    assert told["N3", "NOCOST"] == {"no_lane", "no_cost", "stock_unknown"}
    assert ("N4", "OVER") not in told
    assert all(one.quantity > 0 for one in made.proposals)
    left = {(one.node, one.sku): one.reasons for one in made.left_out}
    assert left["N4", "NOTHING"] == ("no_forecast",)
    # More than the node holds while other lines of it fit: left out with its reason, not silently.
    assert left["N4", "MOQ"] == ("capacity",)
    assert facts_of(made)["without"]["no_forecast"] == 1


def test_days_that_cannot_be_are_refused(world: World) -> None:
    for day, code in ((date(2026, 3, 5), "plan_as_of_future"), (date(2025, 3, 5), "plan_as_of_before")):
        with pytest.raises(DomainError, match=code):
            plan(world, day)
    with pytest.raises(MissingData, match="plan_no_forecast"):
        plan(world, AS_OF - timedelta(days=1))


def test_whoever_may_not_plan_is_refused(world: World) -> None:
    dealer = world.actor("D1", roles=frozenset({Role.DEALER}))
    with pytest.raises(AccessDenied):
        planning_for(world.settings, world.store, dealer).run(as_of=None, now=NOW)


def test_a_forecast_that_is_over_is_refused(world: World, tmp_path: Path) -> None:
    mine = fork(world, tmp_path / "home")
    publish(mine, as_of=date(2026, 1, 15), at=NOW - timedelta(days=40))
    with pytest.raises(DomainError, match="plan_forecast_over"):
        plan(mine, date(2026, 2, 20))


def test_what_is_coming_counts_and_a_newer_plan_replaces_what_nobody_touched(world: World, tmp_path: Path) -> None:
    mine = fork(world, tmp_path / "home")
    shelf = of(plan(mine), "R5")["N1"]
    untouched = of(plan(mine), "BELOW")["W1"]
    _approve(mine, shelf)
    # A run that says twice as much, of the same day.
    publish(mine, units=20.0, at=NOW + timedelta(hours=1))
    made = plan(mine, now=NOW + timedelta(hours=2))
    revised = of(made, "BELOW")["W1"]
    assert (revised.id, revised.version, revised.quantity) == (untouched.id, 2, Decimal(280))
    # What was approved that day stands as it is.
    assert (of(made, "R5")["N1"].state, of(made, "R5")["N1"].quantity) == (State.APPROVED, Decimal(30))
    # With that approved, and ten a day again, nothing more is wanted on the shelf.
    publish(mine, units=10.0, at=NOW + timedelta(hours=3))
    assert of(plan(mine, now=NOW + timedelta(hours=4)), "R5") == {}


def test_a_run_without_paths_is_planned_by_the_quantiles_of_its_sums(world: World, tmp_path: Path) -> None:
    mine = fork(world, tmp_path / "home")
    publish(mine, at=NOW + timedelta(hours=1), paths=False)
    told = {(one.node, one.sku): one.quantity for one in plan(mine, now=NOW + timedelta(hours=2)).proposals}
    assert (told["N1", "R5"], told["W1", "BELOW"]) == (Decimal(30), Decimal(140))


def test_nothing_later_is_seen(world: World, tmp_path: Path) -> None:
    """On the 14th there were 25 on the shelf, and a delivery that came on the 20th was still on its way."""
    mine = fork(world, tmp_path / "home")
    publish(mine, as_of=date(2026, 2, 14), at=NOW - timedelta(days=3))
    one = of(plan(mine, date(2026, 2, 14)), "PAST")["N1"]
    steps = {step.name: step.units for step in one.evidence.steps}
    assert (steps["on_hand"], steps["inbound"]) == (Decimal(-25), Decimal(-12))
    assert of(plan(mine), "PAST") == {}


def test_a_cut_off_that_has_passed_moves_the_order(world: World, tmp_path: Path) -> None:
    """Monday the 23rd, at three and at five in the afternoon."""
    mine = fork(world, tmp_path / "home")
    publish(mine, as_of=date(2026, 2, 22), at=NOW - timedelta(days=6))
    for hour, order_by in ((7, date(2026, 2, 23)), (9, date(2026, 2, 26))):
        made = plan(mine, date(2026, 2, 22), now=datetime(2026, 2, 23, hour, tzinfo=UTC))
        assert of(made, "R5")["N1"].order_by == order_by


def _approve(world: World, one: Proposal) -> None:
    """As the workflow keeps it: touched, in a newer version."""
    changed = replace(one, state=State.APPROVED, version=one.version + 1)
    moved = Moved(
        one.id, changed.version, Move.APPROVE, one.state, State.APPROVED, one.quantity, one.quantity, "u", "u", NOW, "c"
    )
    with UnitOfWork(world.store, BRAND) as unit:
        unit.proposals.save(Decided(changed, moved))
        unit.commit()


@pytest.mark.parametrize("address", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_planned_received_and_scored_on_postgresql(address: str, tmp_path: Path, made: Planned) -> None:
    """The same proposals as on SQLite, none added by a second plan; and time ends them as moves, scored once."""
    there = make_world(tmp_path / "home", TABLES, store_url=address)
    publish(there)
    first, second = plan(there), plan(there, now=NOW + timedelta(minutes=5))
    assert [(one.id, one.quantity) for one in first.proposals] == [(one.id, one.quantity) for one in made.proposals]
    assert (second.saved.added, second.saved.revised, second.saved.superseded) == ((), (), ())
    late, job = datetime(2026, 3, 30, 4, tzinfo=UTC), job_actor("build", "test")
    done = receiving_for(there.settings, there.store, job).run(now=late)
    assert len(done.expired) == len(first.proposals)
    assert receiving_for(there.settings, there.store, job).run(now=late).expired == ()
    assert scoring_for(there.settings, there.store, job).run(now=late) == 0, "the demand is not known yet"
    there.store.close()


def test_what_a_place_asks_for_is_as_urgent_as_a_plan_would_find_it(world: World, made: Planned) -> None:
    """The same need, asked for by the store: the same loss a day, and what a plan would order."""
    actor = world.actor("S1", roles=frozenset({Role.STORE}))
    shop = services_as(world.settings, world.store, lambda: actor, clock=lambda: NOW).approvals
    id = shop.request(Request("N1", "R5", Decimal(12)), command_id="asked")
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        asked = unit.proposals.get(id)
    (planned,) = of(made, "R5").values()
    assert (asked.loss_per_day, asked.evidence.inputs) == (planned.loss_per_day, {"needed": "30"})
    assert asked.known_loss == asked.loss_per_day
    assert shop.one(id).line.proposal.loss_per_day == 0, "partners see no money"
    shop.request(Request("N1", "BELOW", Decimal(1)), command_id="asked for no need")
    unknown = shop.request(Request("N1", "MOQ", Decimal(1)), command_id="asked too")
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        nobody_knows = unit.proposals.get(unknown)
        first = unit.proposals.find(SoughtProposals(NOW.date()), 999)
    assert (nobody_knows.known_loss, nobody_knows.reasons) == (None, ("requested", "loss_unknown"))
    ranks = [(one.loss_per_day > 0, one.known_loss is None) for one in first]
    assert ranks == sorted(ranks, reverse=True), "after those that are known to lose, before those that lose nothing"
    assert ranks[-1] == (False, False)


def test_a_plan_reads_the_deliveries_that_can_still_matter(world: World) -> None:
    """One of the 12th of February that came on the 20th: open until then, and later only where a line waits for it."""
    facts = planning_for(world.settings, world.store, job_actor("plan", "test")).facts(world.build)
    opened = stock_frames(facts, date(2026, 2, 19)).inbound
    assert (opened["open"].tolist(), opened["received"].tolist()) == ([12.0], [0.0])
    assert stock_frames(facts, date(2026, 2, 28)).inbound.empty
    waited = stock_frames(facts, date(2026, 2, 28), date(2026, 2, 11)).inbound
    assert (waited["open"].tolist(), waited["received"].tolist()) == ([0.0], [12.0])
    assert len(stock_frames(facts, date(2026, 2, 12)).inbound) == 1
    assert stock_frames(facts, date(2026, 2, 11)).inbound.empty


def test_where_data_come_late_nobody_is_told_to_order_yesterday(world: World, tmp_path: Path) -> None:
    """Sales end on Saturday, and it is Thursday: the order of that day has to last until Wednesday."""
    mine = fork(world, tmp_path / "home")
    made = plan(mine, now=NOW + timedelta(days=4))
    shelf, moved = of(made, "R5")["N1"], of(made, "HELP")["N1"]
    assert (made.as_of, shelf.order_by, shelf.expected_receipt) == (AS_OF, date(2026, 3, 5), date(2026, 3, 7))
    assert (shelf.quantity, shelf.expires_on) == (Decimal(40), date(2026, 3, 9))
    assert min(one.order_by for one in made.proposals) == date(2026, 3, 5)
    assert moved.expected_receipt > date(2026, 3, 5)
    # Of long ago: nothing else can be said than what was right then.
    old = plan(mine, now=NOW + timedelta(days=400))
    assert max(one.order_by for one in old.proposals) == date(2026, 3, 2)
    assert (old.over, made.over) == (len(old.proposals), 0)


@pytest.fixture(scope="module")
def recounted(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Counted on the morning after the last sales; the shelf of S2 four evenings before them, and sold from since."""
    morning = [{**row, "as_of": "2026-03-01T00:30:00"} for row in counted("2026-03-01", COUNTS) if row["node"] != "N2"]
    before = {"as_of": "2026-02-24T15:00:00", "node": "N2"}
    early = [
        {**before, "sku": "HELP", "lot": "late", "expiry": "2026-12-31", "on_hand": "50"},
        {**before, "sku": "HELP", "lot": "soon", "expiry": "2026-03-31", "on_hand": "30", "reserved": "4"},
        {**before, "sku": "SHARE", "lot": "-", "on_hand": "3"},
    ]
    sold = [
        line(f"S{day}{sku}", "1", f"2026-02-{day}", "shop", sku, units, "69", node="N2")
        for day, sku, units in (("24", "HELP", "7"), ("25", "HELP", "12"), ("28", "HELP", "28"), ("26", "SHARE", "9"))
    ]
    came = {"inbound_id": "J", "line_no": "1", "node": "N2", "sku": "BELOW", "origin": "W1", "quantity": "6",
            "ordered_at": "2026-02-20T03:00:00", "received": "6", "received_at": "2026-02-27T03:00:00",
            "closed": True}  # fmt: skip
    tables = {
        **TABLES,
        "stock_lot": [*morning, *early],
        "order_line": [*TABLES["order_line"], *sold],
        "inbound": [came],
    }
    shelf = {"node": "N2", "period": "day"}
    tables["availability"] = [
        {**shelf, "sku": "R5", "day": "2026-02-25", "in_stock": False},
        {**shelf, "sku": "HELP", "day": "2026-02-28", "in_stock": True},
        {**shelf, "sku": "SHARE", "day": "2026-02-28", "in_stock": False},
        {**shelf, "node": "N3", "sku": "R5", "day": "2026-02-20", "in_stock": False},
    ]
    found = make_world(Path(tmp_path_factory.mktemp("recounted")) / "home", tables)
    publish(found)
    return found


def test_a_count_is_carried_to_the_evening_of_the_plan(recounted: World) -> None:
    """Of 30 and 50 forty were sold since, the first to expire first; of three nobody can sell nine; and six came."""
    facts = planning_for(recounted.settings, recounted.store, job_actor("plan", "test")).facts(recounted.build)
    lots = stock_frames(facts, AS_OF, today=date(2026, 3, 1)).lots
    mine = lots[lots["node"] == "N2"].set_index(["sku", "lot"])[["counted", "on_hand", "reserved"]].fillna(0.0)
    assert {key: tuple(row) for key, row in zip(mine.index, mine.to_numpy(), strict=True)} == {
        ("HELP", "soon"): (30, 0, 0), ("HELP", "late"): (50, 40, 0), ("SHARE", "-"): (3, 0, 0),
        ("BELOW", ""): (0, 6, 0),
    }  # fmt: skip
    assert lots.loc[lots["node"] != "N2", "on_hand"].tolist() == lots.loc[lots["node"] != "N2", "counted"].tolist()
    shelf = of(plan(recounted), "HELP")["N2"]
    # Ten a day until the seventh: sixty, and forty are there.
    assert (shelf.quantity, shelf.evidence.inputs["since_count"]) == (Decimal(20), "-40")


def test_what_was_out_some_time_ago_is_not_out_today(recounted: World) -> None:
    """Sources that name only what is out: neither R5 is named on the last day, nor does S3 tell anything any more."""
    facts = planning_for(recounted.settings, recounted.store, job_actor("plan", "test")).facts(recounted.build)
    told = stock_frames(facts, AS_OF).available.sort_values("sku")
    assert list(zip(told["node"], told["sku"], told["in_stock"], strict=True)) == [
        ("N2", "HELP", True), ("N2", "SHARE", False),
    ]  # fmt: skip


def test_a_count_of_the_next_morning_is_the_stock_of_the_evening(recounted: World, tmp_path: Path) -> None:
    mine = fork(recounted, tmp_path / "home")
    made = plan(mine)
    shelf = of(made, "BELOW")["W1"]
    assert (made.as_of, shelf.evidence.inputs["counted_on"]) == (AS_OF, "2026-03-01")
    assert shelf.evidence.steps[0] == Step("on_hand", Decimal(-40))
    # What is asked as of that evening does not know the next morning.
    assert {"stock_unknown"} <= set(of(plan(mine, AS_OF), "BELOW")["W1"].reasons)
    facts = planning_for(mine.settings, mine.store, job_actor("plan", "test")).facts(mine.build)
    judged = stock_then(facts, AS_OF, {}, set(), {"W1"}).lots
    assert judged.loc[judged["node"] == "W1", "on_hand"].sum() == 15_080
