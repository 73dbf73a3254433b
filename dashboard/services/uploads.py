"""Loading through the page: which mappings there are, what they expect, and files that become jobs."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from analytics.core.access import Action, Actor
from analytics.core.errors import DomainError
from dashboard.services.desk import Desk
from dashboard.services.job_rows import Office
from dashboard.services.jobs import Jobs
from dashboard.services.loading import MAPPINGS
from dashboard.services.upload_files import Upload, keep, safe_name, sweep
from dashboard.services.use_case import UseCase, reads
from data.contract import TABLES
from data.contract.schema import Table
from data.sources.declarations import Mapping, Section
from data.sources.mapping import load_mapping
from data.store.records import Job, JobState


@dataclass(frozen=True, slots=True)
class Expected:
    """One input of a mapping: the file names that it takes, the tables made of it and the columns that it must have.

    ``optional`` inputs may be absent.
    """

    pattern: str
    optional: bool
    tables: tuple[str, ...]
    columns: tuple[str, ...]


class Uploads(UseCase):
    """Use case of ``admin/load``; the jobs that it starts are those that the shell runs."""

    def __init__(self, desk: Desk, jobs: Jobs, office: Office) -> None:
        self._desk = desk
        self._jobs = jobs
        self._office = office

    @reads
    def mappings(self) -> tuple[str, ...]:
        """Names of the mappings that can be chosen: those that were sent before, then those that Waterline brings.

        Raises DomainError ``demo_home_takes_nothing`` where nothing can be loaded.
        """
        self._actor()
        return tuple(dict.fromkeys((*_names(self._kept_mappings), *_names(MAPPINGS))))

    @reads
    def expected(self, mapping: str) -> tuple[Expected, ...]:
        """What the mapping of that name reads; raises DomainError ``mapping_unknown``."""
        self._actor()
        return expected_by(load_mapping(self._mapping(mapping)))

    def load(self, files: Sequence[Upload], mapping: str | Upload, *, extract_at: str = "") -> tuple[Job, ...]:
        """Keep ``files``, and start the job that loads them by ``mapping`` (a name, or a file sent along) and the one
        that builds afterwards.

        ``extract_at``: when the source was read, by the clock of the mapping's time zone; now, when it is empty. A
        mapping that was sent along and holds is kept for the next time. Raises what files, mapping or jobs raise, or
        DomainError ``extract_time_unreadable``; then nothing stays behind.
        """
        actor = self._actor()
        actor.require_person()
        if not files:
            raise DomainError("upload_nothing")
        self._sweep(actor)
        id = uuid4().hex[:12]
        folder = self._office.settings.uploads / id
        try:
            told = self._own_mapping(folder, mapping) if isinstance(mapping, Upload) else self._mapping(mapping)
            read = load_mapping(told)
            keep(folder / "files", files)
            extracted = _moment(extract_at, read.timezone, self._office.clock())
            asked = {"path": str(folder / "files"), "mapping": str(told), "extract_at": extracted, "upload": id}
            return self._jobs.start(("ingest", asked), ("build", {}))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def again(self, job_id: str) -> tuple[Job, ...]:
        """Start a load that did not succeed once more; raises DomainError ``upload_gone`` when its files were swept."""
        self._actor().require_person()
        job = self._jobs.one(job_id)
        if not self.can_repeat(job):
            raise DomainError("upload_gone", job=job_id)
        return self._jobs.start((job.kind, job.arguments), ("build", {}))

    @reads
    def can_repeat(self, job: Job) -> bool:
        """Whether a job ended without success and its files are still there."""
        self._actor()
        upload = str(job.arguments.get("upload") or "")
        failed = job.state in (JobState.FAILED, JobState.CANCELLED, JobState.LOST)
        return failed and bool(upload) and (self._office.settings.uploads / upload).is_dir()

    @property
    def _kept_mappings(self) -> Path:
        return self._office.settings.home / "mappings"

    def _actor(self) -> Actor:
        actor = self._desk.actor(Action.LOAD_DATA)
        if self._office.settings.demo_marker.exists():
            raise DomainError("demo_home_takes_nothing", home=str(self._office.settings.home))
        return actor

    def _mapping(self, name: str) -> Path:
        # Only names that are offered: whatever else stands on the disk is not the browser's business.
        for folder in (self._kept_mappings, MAPPINGS):
            if name in _names(folder):
                return folder / f"{name}.toml"
        raise DomainError("mapping_unknown", path=name, known=", ".join(self.mappings()))

    def _own_mapping(self, folder: Path, sent: Upload) -> Path:
        name = safe_name(sent.name, (".toml",))
        own = folder / name
        folder.mkdir(parents=True, mode=0o700)
        own.write_bytes(sent.content)
        load_mapping(own)
        self._kept_mappings.mkdir(parents=True, exist_ok=True)
        half = self._kept_mappings / f".{uuid4().hex}"
        half.write_bytes(sent.content)
        half.replace(self._kept_mappings / name)
        return own

    def _sweep(self, actor: Actor) -> None:
        with self._office.reading(actor) as unit:
            in_use = {str(job.arguments.get("upload")) for job in unit.jobs.alive()}
        sweep(self._office.settings.uploads, in_use=in_use, now=self._office.clock())


def expected_by(mapping: Mapping) -> tuple[Expected, ...]:
    """The inputs of ``mapping`` and what it needs of each; the contract's shape takes every table by name."""
    if mapping.contract_shape:
        return tuple(
            Expected(
                f"{name}.*", True, (name,), tuple(c.name for c in table.columns if c.required or c.name in table.key)
            )
            for name, table in TABLES.items()
        )
    found = []
    for name, source in mapping.files.items():
        reading = [section for section in mapping.sections if name in _inputs(section)]
        tables = tuple(dict.fromkeys(section.table for section in reading))
        columns = tuple(dict.fromkeys(column for section in reading for column in _columns(section, name)))
        found.append(Expected(source.pattern, source.optional, tables, columns))
    return tuple(found)


def _moment(typed: str, timezone: str, now: datetime) -> str | None:
    """A typed time in ISO 8601 with its offset; None for nothing."""
    if not typed.strip():
        return None
    try:
        moment = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise DomainError("extract_time_unreadable", value=typed[:40]) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))
    if aware > now:
        raise DomainError("extract_time_future", value=typed[:40])
    return aware.isoformat()


def _needed(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.required or column.name in table.key)


def _inputs(section: Section) -> set[str]:
    return {section.file or "", *(join.file for join in section.joins)}


def _columns(section: Section, file: str) -> list[str]:
    """Source columns that a section reads from one of its inputs; those of joined inputs are named ``file.column``."""
    joined = [join.file for join in section.joins]
    named = [column for source in (section.columns or {}).values() for column in source.inputs]
    if file in joined:
        keys = [key for join in section.joins if join.file == file for key in join.on.values()]
        return [*keys, *(column.removeprefix(f"{file}.") for column in named if column.startswith(f"{file}."))]
    return [column for column in named if not any(column.startswith(f"{other}.") for other in joined)]


def _names(folder: Path) -> list[str]:
    return sorted(file.stem for file in folder.glob("*.toml"))
