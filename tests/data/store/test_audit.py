"""Sealing is one fixed computation, and an inspection names what does not fit."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

import pytest

from analytics.core.access import ROOT, Actor, Role
from data.store.audit import GENESIS, AuditEvent, Deed, Finding, Head, Inspection, Subject, digest, instant, sealed
from tests.data.store.samples import NOW, SHANGHAI

LI = Actor("u-1", "李", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))
FIRST = (
    r'[1,"2026-11-22T08:30:15.123456Z","u-1","\u674e","user.created","user","u-2",'
    r'"{\"after\":[\"b\",\"a\"],\"name\":\"x\"}","' + GENESIS + '"]'
)
"""The first event as it is hashed, written down by hand."""


def chain(length: int) -> list[AuditEvent]:
    events: list[AuditEvent] = []
    head = Head(0, GENESIS, "")
    for number in range(length):
        event = sealed(LI, Deed.USER_CREATED, Subject("user", f"u-{number}"), {"name": f"{number}"}, at=NOW, after=head)
        events.append(event)
        head = Head(event.number, event.hash, "")
    return events


def inspect(events: list[AuditEvent], **heads: Head) -> tuple[Finding, ...]:
    inspection = Inspection(heads)
    inspection.take(events)
    return inspection.findings()


def test_the_hash_is_sha256_over_the_fields_and_the_hash_before() -> None:
    facts = {"name": "x", "after": ["b", "a"]}
    event = sealed(LI, Deed.USER_CREATED, Subject("user", "u-2"), facts, at=NOW, after=Head(0, GENESIS, ""))
    assert event.hash == hashlib.sha256(FIRST.encode()).hexdigest()
    following = sealed(LI, Deed.USER_CREATED, Subject("user", "u-2"), facts, at=NOW, after=Head(1, event.hash, ""))
    assert (following.number, following.previous) == (2, event.hash)
    assert following.hash != event.hash


@pytest.mark.parametrize(
    "field", ["at", "user_id", "user_name", "action", "subject_kind", "subject_id", "facts", "previous"]
)
def test_every_field_counts(field: str) -> None:
    event = chain(1)[0]
    assert digest(replace(event, **{field: getattr(event, field) + "x"})) != event.hash
    assert digest(replace(event, number=2)) != event.hash


def test_a_letter_that_moves_to_the_next_field_is_noticed() -> None:
    event = chain(1)[0]
    moved = replace(event, user_id=event.user_id + "u", subject_id=event.subject_id[1:])
    assert digest(moved) != digest(event)


def test_bytes_in_the_place_of_text_are_another_value() -> None:
    event = replace(chain(1)[0], user_name=b"x")  # type: ignore[arg-type]
    assert digest(event) != digest(replace(event, user_name="b'x'"))


def test_a_time_is_written_in_utc_and_needs_a_zone() -> None:
    assert instant(NOW.astimezone(SHANGHAI)) == "2026-11-22T08:30:15.123456Z"
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 11, 22))  # noqa: DTZ001


def test_a_sound_chain_has_no_findings() -> None:
    events = chain(5)
    assert inspect(events, early=Head(2, events[1].hash, ""), empty=Head(0, GENESIS, "")) == ()
    assert inspect([]) == ()


def test_neighbours_with_one_fault_are_one_finding() -> None:
    events = [replace(event, user_name="x") if event.number in {2, 3, 5} else event for event in chain(6)]
    assert inspect(events) == (Finding("altered", 2, 3), Finding("altered", 5, 5))


def test_all_heads_beyond_the_end_tell_of_one_cut() -> None:
    events = chain(6)
    heads = {f"head-{number}.json": Head(number, events[number - 1].hash, "") for number in (2, 4, 6)}
    assert inspect(events[:3], **heads) == (Finding("cut_off", 4, 6, "head-6.json"),)


def test_a_trail_without_its_beginning_lacks_it() -> None:
    assert inspect(chain(5)[2:]) == (Finding("missing", 1, 2),)


def test_every_head_that_was_contradicted_is_named() -> None:
    heads = {f"head-{number}.json": Head(number, "f" * 64, "") for number in (2, 3)}
    assert inspect(chain(4), **heads) == (
        Finding("rewritten", 2, 2, "head-2.json"),
        Finding("rewritten", 3, 3, "head-3.json"),
    )
