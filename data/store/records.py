"""What the store holds, as frozen values that outlive their transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from analytics.core.access import Grant, Role


@dataclass(frozen=True, slots=True)
class Load:
    """One committed load of one source file; a lake row exists for readers only while its load is recorded here.

    ``tables``: loaded rows per contract table. Digests are hexadecimal SHA-256; times are UTC. ``files_digest``: that
    of the files alone, where codes were looked up in a code map that may grow. ``warnings``: what was loaded and looks
    wrong, one entry per code, table and column, each with ``rows`` and ``examples`` (file, line, value, facts).
    """

    id: str
    source: str
    mapping: str
    mapping_digest: str
    file: str
    content_digest: str
    tables: Mapping[str, int]
    rows_read: int
    rows_rejected: int
    rows_duplicate: int
    currency: str
    timezone: str
    extract_at: datetime
    loaded_at: datetime
    files_digest: str | None = None
    warnings: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Build:
    """One published set of table versions and the marts made from them; readers pin it.

    ``table_versions``: contract table → Delta version. ``marts``: mart → file name below the marts folder.
    ``first_day``/``last_day``: business days covered, None when no fact was loaded. ``totals``: decimals as text.
    """

    id: str
    published_at: datetime
    table_versions: Mapping[str, int]
    loads: tuple[str, ...]
    marts: Mapping[str, str]
    currency: str
    first_day: date | None
    last_day: date | None
    totals: Mapping[str, str]
    seconds: float


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that is open now; ``id`` names it to people and opens nothing. Times are UTC."""

    id: str
    opened_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class User:
    """An account without its secret. ``name`` is what is typed to sign in.

    ``granted``: partners, or the root, each with the days on which the grant holds; what holds today is
    :meth:`grants_on`.
    """

    id: str
    name: str
    display_name: str
    roles: frozenset[Role]
    granted: frozenset[Grant]
    disabled: bool = False

    def grants_on(self, day: date) -> frozenset[str]:
        """Partners whose grants hold on ``day``."""
        return frozenset(grant.partner for grant in self.granted if grant.holds_on(day))

    @property
    def partners(self) -> frozenset[str]:
        """Every partner that was granted, whenever."""
        return frozenset(grant.partner for grant in self.granted)


@dataclass(frozen=True, slots=True)
class Viewing:
    """That a session looks at the app as ``user`` since ``began_at``, until ``ends_at`` at the longest (UTC)."""

    user: User
    began_at: datetime
    ends_at: datetime


class JobState(StrEnum):
    """Queued and running jobs are alive; the others have ended, a lost one without saying so itself."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def alive(self) -> bool:
        return self in (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work that runs in a process of its own, for somebody who need not wait for it.

    ``follows``: the job that must succeed before this one starts. ``outcome``: what came of it, or ``error`` and
    ``facts`` of why nothing did. ``log``: file name below the home's folder of jobs. Times are UTC.
    """

    id: str
    kind: str
    arguments: Mapping[str, Any]
    asked_by: str
    asked_name: str
    asked_at: datetime
    log: str
    follows: str | None = None
    state: JobState = JobState.QUEUED
    stage: str = ""
    done: int = 0
    total: int | None = None
    heartbeat_at: datetime | None = None
    cancel_asked_at: datetime | None = None
    cancel_asked_by: str | None = None
    pid: int | None = None
    host: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What one person was given to keep, told before it was handed over.

    ``kind`` is export. ``subject`` is what was shown: the table of ``page``; ``purpose`` the title under which it
    stood. ``question`` is the canonical text of filters and choices, ``checksum`` the SHA-256 of the bytes.
    """

    id: str
    kind: str
    at: datetime
    user_id: str
    user_name: str
    page: str
    subject: str
    purpose: str
    question: str
    columns: tuple[str, ...]
    rows: int
    format: str
    checksum: str
    build_id: str | None


@dataclass(frozen=True, slots=True)
class ForecastRun:
    """One published forecast. ``files``: table → file name below the folder of forecasts, each named by its content.

    ``parameters``, ``versions`` and ``accuracy`` hold plain values; ``flags`` says how many series carry each flag.
    """

    id: str
    published_at: datetime
    build: str
    as_of: date
    horizon_days: int
    seed: int
    series: int
    parameters: Mapping[str, Any]
    versions: Mapping[str, str]
    accuracy: Mapping[str, Any]
    flags: Mapping[str, int]
    files: Mapping[str, str]
    asked_by: str
    seconds: float
