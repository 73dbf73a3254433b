"""The audit trail as values: events sealed into a chain of hashes, and what an inspection of the chain finds.

Event *n* carries the hash of event *n - 1*, the first one :data:`GENESIS`. Its own hash is SHA-256 over the JSON array
of its fields and that previous hash (:func:`digest`), so an event cannot change without every later hash changing.
Whoever can write the database could compute all of them anew; that is what published heads are for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from analytics.core.access import Actor
from data.store.records import Load

GENESIS = "0" * 64
"""What the first event names as the hash before it."""


class Deed(StrEnum):
    """What was done."""

    USER_CREATED = "user.created"
    USER_RIGHTS_CHANGED = "user.rights_changed"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    GRANT_VALIDITY_CHANGED = "grant.validity_changed"
    VIEW_BEGAN = "view_as.began"
    VIEW_ENDED = "view_as.ended"
    VIEW_REFUSED = "view_as.refused"
    POLICY_PROPOSED = "policy.proposed"
    POLICY_SET = "policy.set"
    POLICY_APPROVED = "policy.approved"
    POLICY_REJECTED = "policy.rejected"
    POLICY_WITHDRAWN = "policy.withdrawn"
    LOAD_FINISHED = "load.finished"
    LOAD_FORGOTTEN = "load.forgotten"
    BUILD_PUBLISHED = "build.published"
    FORECAST_PUBLISHED = "forecast.published"
    HOME_BACKED_UP = "home.backed_up"
    HOME_RESTORED = "home.restored"
    JOB_STARTED = "job.started"
    JOB_CANCEL_ASKED = "job.cancel_asked"
    JOB_FINISHED = "job.finished"
    EXPORTED = "export.taken"
    SAVED_VIEW_SHARED = "saved_view.shared"
    SAVED_VIEW_UNSHARED = "saved_view.unshared"
    PLAN_SAVED = "plan.saved"
    STOCK_REQUESTED = "proposal.requested"
    PROPOSAL_EDITED = "proposal.edit"
    PROPOSAL_SPLIT = "proposal.split"
    PROPOSAL_APPROVED = "proposal.approve"
    PROPOSAL_AUTO_APPROVED = "proposal.auto_approve"
    PROPOSAL_REJECTED = "proposal.reject"
    PROPOSAL_SNOOZED = "proposal.snooze"
    PROPOSAL_WOKEN = "proposal.wake"
    PROPOSAL_UNDONE = "proposal.undo"
    PROPOSAL_RELEASED = "proposal.release"
    PROPOSAL_RECEIVED = "proposal.receive"
    PROPOSAL_CLOSED = "proposal.close"
    PROPOSAL_SETTLED = "proposal.settle"
    PROPOSAL_EXPIRED = "proposal.expire"
    PROPOSAL_SUPERSEDED = "proposal.supersede"


SUBJECTS = frozenset(
    {"user", "call", "load", "build", "backup", "job", "policy", "forecast", "plan", "proposal", "saved_view", "export"}
)
"""Kinds of what things are done to; each has its words in the catalogues under ``audit.subject``."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What it was done to: ``kind`` is one of :data:`SUBJECTS`, ValueError otherwise."""

    kind: str
    id: str

    def __post_init__(self) -> None:
        if self.kind not in SUBJECTS:
            raise ValueError(f"a subject without a name: {self.kind}")


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One event as it is stored. All fields but ``number`` are text, so that nothing is read differently from how it
    was hashed: ``at`` is UTC in ISO 8601 with microseconds, ``facts`` canonical JSON, hashes are hexadecimal SHA-256.
    """

    number: int
    at: str
    user_id: str
    user_name: str
    action: str
    subject_kind: str
    subject_id: str
    facts: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event's number and hash as published at ``at``; number 0 and :data:`GENESIS` for an empty trail."""

    number: int
    hash: str
    at: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the events ``first`` to ``last``; ``code`` is one of :data:`FINDINGS`.

    ``file`` names the published head that says otherwise.
    """

    code: str
    first: int
    last: int
    file: str = ""


FINDINGS = ("altered", "cut_off", "inserted", "missing", "rewritten", "unlinked")


def instant(at: datetime) -> str:
    """An aware time as the trail writes it.

    >>> instant(datetime(2026, 11, 22, 8, 30, tzinfo=UTC))
    '2026-11-22T08:30:00.000000Z'
    """
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone, got {at.isoformat()}")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def canonical(value: object) -> str:
    """JSON with sorted keys, without blanks and in ASCII: one spelling for one value.

    >>> canonical({"b": "é", "a": [1, None]})
    '{"a":[1,null],"b":"\\\\u00e9"}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(event: AuditEvent) -> str:
    """The hash that ``event`` must carry; bytes where text belongs, which only tampering leaves, are spelled as a list.

    >>> sealed(Actor("u1", "li", frozenset(), frozenset()), Deed.USER_DISABLED, Subject("user", "u2"), {},
    ...        at=datetime(2026, 11, 22, tzinfo=UTC), after=Head(0, GENESIS, "")).hash[:16]
    '0b68219df5384fd6'
    """
    fields = [event.number, event.at, event.user_id, event.user_name, event.action, event.subject_kind,
              event.subject_id, event.facts, event.previous]  # fmt: skip
    spelled = json.dumps(fields, separators=(",", ":"), ensure_ascii=True, default=lambda odd: [repr(odd)])
    return hashlib.sha256(spelled.encode("ascii")).hexdigest()


def sealed(
    actor: Actor, deed: Deed, subject: Subject, facts: Mapping[str, object], *, at: datetime, after: Head
) -> AuditEvent:
    """The event that follows the head ``after``; it names whoever really sat there, and as whom they looked."""
    who = actor.viewer or actor
    if actor.viewer is not None:
        facts = {**facts, "viewing_as": {"id": actor.user_id, "name": actor.name}}
    told = {"at": instant(at), "user_id": who.user_id, "user_name": who.name, "action": deed.value,
            "subject_kind": subject.kind, "subject_id": subject.id, "facts": canonical(facts),
            "previous": after.hash}  # fmt: skip
    return AuditEvent(after.number + 1, **told, hash=digest(AuditEvent(after.number + 1, **told, hash="")))


def load_facts(load: Load) -> dict[str, object]:
    """What the trail keeps of a load that finished or was forgotten."""
    return {
        "source": load.source,
        "mapping": load.mapping,
        "file": load.file,
        "content_digest": load.content_digest,
        "tables": dict(load.tables),
        "rows_read": load.rows_read,
        "rows_rejected": load.rows_rejected,
        "rows_duplicate": load.rows_duplicate,
        "warnings": _rows_by_code(load),
    }


def _rows_by_code(load: Load) -> dict[str, int]:
    rows: dict[str, int] = {}
    for one in load.warnings:
        rows[one["code"]] = rows.get(one["code"], 0) + one["rows"]
    return rows


class Inspection:
    """Walks the trail once, in order of number, and remembers what is wrong.

    ``heads``: published heads by the name of their file. Neighbours with the same fault become one finding.
    """

    def __init__(self, heads: Mapping[str, Head]) -> None:
        self._heads: dict[int, list[tuple[str, Head]]] = {}
        for file, head in sorted(heads.items()):
            self._heads.setdefault(head.number, []).append((file, head))
        self._found: list[Finding] = []
        self._open: dict[str, int] = {}
        self._last = 0
        self._hash = GENESIS
        self.events = 0

    def take(self, events: Iterable[AuditEvent]) -> None:
        """Look at the next events."""
        for event in events:
            self.events += 1
            if event.number < 1:
                self._note("inserted", event.number, event.number)
                continue
            self._look(event)
            self._last, self._hash = event.number, event.hash

    def findings(self) -> tuple[Finding, ...]:
        """Everything found, by number, once the last event was taken."""
        beyond = (number for number in self._heads if number > self._last)
        cut = [Finding("cut_off", self._last + 1, number, self._heads[number][-1][0]) for number in sorted(beyond)]
        # Several heads beyond the end tell of one cut; the farthest says how much is gone.
        return (*sorted(self._found, key=lambda one: (one.first, one.code)), *cut[-1:])

    def _look(self, event: AuditEvent) -> None:
        if event.number > self._last + 1:
            self._note("missing", self._last + 1, event.number - 1)
        elif event.previous != self._hash:
            self._note("unlinked", event.number, event.number)
        if digest(event) != event.hash:
            self._note("altered", event.number, event.number)
        for file, head in self._heads.get(event.number, ()):
            if head.hash != event.hash:
                self._note("rewritten", event.number, event.number, file)

    def _note(self, code: str, first: int, last: int, file: str = "") -> None:
        before = self._open.get(code)
        if before is not None and not file and self._found[before].last == first - 1:
            self._found[before] = Finding(code, self._found[before].first, last)
            return
        self._open[code] = len(self._found)
        self._found.append(Finding(code, first, last, file))
