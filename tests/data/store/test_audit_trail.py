"""The trail grows inside the transaction that it tells of, without gap or fork, and nothing else happens to it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from analytics.core.access import ROOT, Actor, Role
from analytics.core.errors import AccessDenied
from data.store import audit_trail
from data.store.accounts import new_user
from data.store.audit import GENESIS, AuditEvent, Deed, Head, Inspection, Subject, canonical
from data.store.engine import Store
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import BRAND, DEALER, NOW, a_load

LI = Actor("u-1", "李", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))
WRITERS = 8
EACH = 10


def append(unit: UnitOfWork, name: str = "x") -> AuditEvent:
    return unit.audit.append(LI, Deed.USER_CREATED, Subject("user", name), {"name": name}, at=NOW)


def written(store: Store, count: int) -> list[AuditEvent]:
    with UnitOfWork(store, BRAND) as unit:
        events = [append(unit, f"{number}") for number in range(count)]
        unit.commit()
    return events


def trail(store: Store) -> list[AuditEvent]:
    with UnitOfWork(store, BRAND, reading=True) as unit:
        return [event for events in unit.audit.chunks() for event in events]


def findings(store: Store) -> tuple[object, ...]:
    inspection = Inspection({})
    inspection.take(trail(store))
    return inspection.findings()


def test_events_come_back_as_they_were_sealed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_trail, "CHUNK", 2)
    events = written(store, 5)
    assert trail(store) == events
    assert [event.number for event in events] == [1, 2, 3, 4, 5]
    assert findings(store) == ()
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.audit.head(now=NOW) == Head(5, events[-1].hash, "2026-11-22T08:30:15.123456Z")
        assert unit.audit.hashes({2, 5, 9}) == {2: events[1].hash, 5: events[4].hash}


def test_an_empty_trail_has_a_head(store: Store) -> None:
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.audit.head(now=NOW).hash == GENESIS
        assert list(unit.audit.chunks()) == []


def test_an_event_lasts_with_its_change_or_not_at_all(store: Store) -> None:
    with UnitOfWork(store, BRAND) as unit:
        unit.loads.add(a_load())
        append(unit)
    assert trail(store) == []
    event = written(store, 1)[0]
    assert (event.number, event.previous) == (1, GENESIS)


def test_many_writers_leave_one_chain(store: Store) -> None:
    def write(writer: int) -> None:
        for number in range(EACH):
            with UnitOfWork(store, BRAND) as unit:
                append(unit, f"{writer}-{number}")
                # Every third change is given up: its number must go to somebody else.
                if number % 3 != 2:
                    unit.commit()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    kept = {f"{writer}-{number}" for writer in range(WRITERS) for number in range(EACH) if number % 3 != 2}
    events = trail(store)
    assert [event.number for event in events] == list(range(1, len(kept) + 1))
    assert {event.subject_id for event in events} == kept
    assert findings(store) == ()


def test_what_was_before_is_what_the_change_before_left(store: Store) -> None:
    """Without holding the account, two changes at once would both tell of the same state before them."""
    user = new_user("wang", "", {Role.DEALER}, ("P",))
    with UnitOfWork(store, BRAND) as unit:
        unit.users.add(user, issuer="local", subject="wang", password_hash=None, now=NOW)
        unit.commit()

    def change(number: int) -> None:
        with UnitOfWork(store, BRAND) as unit:
            before = unit.users.hold(user.id)
            unit.users.assign(user.id, roles=frozenset({Role.DEALER}), grants=frozenset({f"P{number}"}))
            facts = {"before": sorted(before.partners), "after": [f"P{number}"]}
            unit.audit.append(LI, Deed.USER_RIGHTS_CHANGED, Subject("user", user.id), facts, at=NOW)
            unit.commit()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(change, range(20)))
    told = [event.facts for event in trail(store)]
    states = [(fact.split('"before":')[1][:-1], fact.split('"after":')[1].split(',"before"')[0]) for fact in told]
    assert len(states) == 20
    assert states[0][0] == canonical(["P"])
    assert all(earlier[1] == later[0] for earlier, later in pairwise(states))


RAW = (
    "UPDATE audit_event SET user_name = 'nobody' WHERE number = 2",
    "UPDATE audit_event SET number = 9 WHERE number = 3",
    "DELETE FROM audit_event WHERE number = 3",
    "DELETE FROM audit_event",
    # A second event 2, an event after a gap, an event 0, and one that forks off event 2.
    *(
        "INSERT INTO audit_event (number, at, user_id, user_name, action, subject_kind, subject_id, facts, previous, "
        f"hash) SELECT {number}, at, user_id, user_name, action, subject_kind, subject_id, facts, {previous}, 'h' "
        "FROM audit_event WHERE number = 2"
        for number, previous in ((2, "hash"), (7, "'p'"), (0, "'p'"), (4, "hash"))
    ),
)


@pytest.mark.parametrize("statement", RAW)
def test_raw_sql_changes_nothing(store: Store, statement: str) -> None:
    before = written(store, 3)
    with pytest.raises(IntegrityError, match=r"append-only|does not follow"), store.writing() as connection:
        connection.execute(text(statement))
    assert trail(store) == before


def test_whole_tables_are_not_swept_away_either(store: Store) -> None:
    """What triggers for rows would miss: SQLite's REPLACE deletes in silence, TRUNCATE knows no rows."""
    before = written(store, 3)
    sweeping = {
        "sqlite": "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE number = 2",
        "postgresql": "TRUNCATE audit_event CASCADE",
    }
    with pytest.raises(IntegrityError, match=r"append-only|does not follow"), store.writing() as connection:
        connection.execute(text(sweeping[store.engine.dialect.name]))
    assert trail(store) == before


def test_a_dealer_reads_no_trail(store: Store) -> None:
    attempts: dict[str, Callable[[UnitOfWork], object]] = {
        "audit.head": lambda unit: unit.audit.head(now=NOW),
        "audit.chunks": lambda unit: list(unit.audit.chunks()),
        "audit.hashes": lambda unit: unit.audit.hashes({1}),
    }
    for operation, attempt in attempts.items():
        with pytest.raises(AccessDenied) as refused, UnitOfWork(store, DEALER) as unit:
            attempt(unit)
        assert refused.value.facts["operation"] == operation
