"""Ingest: a source's files through its mapping, checked at the door, into the lake."""

from __future__ import annotations

import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from analytics.core.access import Actor
from analytics.core.errors import ContractViolation
from data.engines.disk import disk_trouble
from data.lake.lake import Lake
from data.sources.code_map import committed_code_map
from data.sources.declarations import Mapping as Told
from data.sources.inputs import Found, find_inputs
from data.sources.landing import Landing, Stamp, unreadable_lines
from data.sources.places import region_centres
from data.sources.problems import Problems
from data.sources.readers import Raw
from data.sources.records import keep_records
from data.sources.refunds import before_their_sale
from data.sources.report import FileReport, IngestReport, Progress
from data.sources.sections import Preparation, Prepared
from data.sources.sifting import sift
from data.sources.staging import Staging
from data.sources.units import Sources, Unit, units_of
from data.sources.warned import Warned, about_files, merged
from data.store.audit import Deed, Subject, load_facts
from data.store.engine import Store
from data.store.records import Load
from data.store.unit_of_work import UnitOfWork

MEMORY = "2GB"
"""What DuckDB may hold before it spills to its temporary folder; the rest of a 4 GB machine is for the writer."""
THREADS = 2


def ingest(
    path: Path | str,
    mapping: Told,
    *,
    lake: Lake,
    store: Store,
    actor: Actor,
    now: datetime,
    extract_at: datetime | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Load what ``path`` (folder, file or database address) holds of ``mapping``'s inputs.

    Bad rows are set aside in the lake's ``rejects``. Each load becomes visible by its row in the store, written last;
    what was loaded before by the same mapping is left alone. ``extract_at``: when the source was read, by default each
    file's time of change.

    Raises ContractViolation or MappingRefused before anything is loaded when mapping and files do not fit;
    ContractViolation ``file_changed`` for a file that is written while it is read, with what was committed before it
    standing.
    """
    started = time.perf_counter()
    found = find_inputs(path, mapping)
    with _workplace() as (backend, scratch):
        door = _Door(found, lake, store, actor, now.astimezone(UTC), extract_at, progress or _silent, backend)
        files = door.load_all(Sources(found, backend, scratch))
    seconds = round(time.perf_counter() - started, 3)
    return IngestReport(mapping.source, mapping.name, files, found.absent, found.ignored, seconds)


@contextmanager
def _workplace() -> Iterator[tuple[Backend, Path]]:
    """An engine of its own, and a folder for what does not fit into memory."""
    scratch = Path(tempfile.mkdtemp(prefix="waterline-ingest-"))
    backend = ibis.duckdb.connect(threads=THREADS, memory_limit=MEMORY, temp_directory=str(scratch))
    try:
        yield backend, scratch
    finally:
        backend.disconnect()
        shutil.rmtree(scratch, ignore_errors=True)


def _silent(stage: str, done: int, total: int | None) -> None:
    return None


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A unit to load: its content's digest and its sections over its files."""

    unit: Unit
    digest: str
    sections: tuple[Prepared, ...]


@dataclass(frozen=True, slots=True)
class _Landed:
    """What became of a unit's rows; ``tables``: rows in the lake, which count for nobody yet."""

    read: int
    rejected: int
    duplicates: int
    tables: Mapping[str, int]
    codes: Mapping[str, int]
    warnings: tuple[Warned, ...]


@contextmanager
def _telling_of(unit: Unit, sources: Sources) -> Iterator[None]:
    """A file is read as its rows are asked for, so that it may turn out late that it is damaged, or was written."""
    try:
        yield
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        sources.unchanged(unit)
        if disk_trouble(error, Path()) is not None:
            raise
        reason = str(error).split("\n")[0]
        raise ContractViolation("unreadable_file", file=unit.label, reason=reason) from error


@dataclass(frozen=True, slots=True)
class _Door:
    """One ingest: everything that its loads have in common."""

    found: Found
    lake: Lake
    store: Store
    actor: Actor
    now: datetime
    extract_at: datetime | None
    progress: Progress
    backend: Backend

    @property
    def mapping(self) -> Told:
        return self.found.mapping

    def load_all(self, sources: Sources) -> tuple[FileReport, ...]:
        """Units that fill the code map are loaded before the others are looked at."""
        units = units_of(self.found)
        maps = [unit for unit in units if "code_map" in unit.tables]
        others = [unit for unit in units if "code_map" not in unit.tables]
        return (*self._load(maps, sources), *self._load(others, sources))

    def _load(self, units: Sequence[Unit], sources: Sources) -> list[FileReport]:
        with UnitOfWork(self.store, self.actor.scope, reading=True) as work:
            committed = [load for load in work.loads.all() if load.tables.get("code_map")]
            digests = [sources.digest(unit, [load.id for load in committed]) for unit in units]
            known = [work.loads.find(digest, self.mapping.digest) for digest in digests]
        code_map = committed_code_map(self.lake, self.backend, committed)
        pairs = list(zip(units, digests, strict=True))
        new = [pair for pair, load in zip(pairs, known, strict=True) if load is None]
        reports = {load.content_digest: _told_before(load) for load in known if load is not None}
        told = [reports[load.content_digest] for load in known if load is not None]
        for number, waiting in enumerate(self._prepared(new, sources, code_map)):
            self.progress("check", number, len(new))
            # A copy under another name in the same folder is the same content.
            if waiting.digest in reports:
                told.append(replace(reports[waiting.digest], file=waiting.unit.label, already_loaded=True))
                continue
            reports[waiting.digest] = self._load_one(waiting, sources)
            told.append(reports[waiting.digest])
        self.progress("check", len(new), len(new))
        return told

    def _prepared(self, new: Sequence[tuple[Unit, str]], sources: Sources, code_map: ir.Table | None) -> list[_Waiting]:
        """Fit every section to its files before the first row is loaded, so that all problems are told at once."""
        problems = Problems()
        waiting = []
        for number, (unit, digest) in enumerate(new):
            self.progress("read", number, len(new))
            problems.file = unit.label
            preparation = Preparation(self.mapping, sources.inputs(unit), code_map, problems, now=self.now)
            made = [preparation.prepare(section) for section in unit.sections]
            waiting.append(_Waiting(unit, digest, tuple(section for section in made if section is not None)))
        self.progress("read", len(new), len(new))
        problems.raise_any(self.mapping.name)
        return waiting

    def _load_one(self, waiting: _Waiting, sources: Sources) -> FileReport:
        unit, load_id, staging = waiting.unit, uuid.uuid4().hex, Staging(self.backend)
        with UnitOfWork(self.store, self.actor.scope, reading=True) as work:
            loads = work.loads.all()
        raws = [sources.raw(origin) for origin in unit.origins]
        extracted = self.extract_at or sources.modified(unit) or self.now
        landing = Landing(Stamp(self.mapping, load_id, extracted, self.now), staging, self.lake, self.progress)
        with _telling_of(unit, sources):
            landed = self._landed(waiting, raws, landing, loads)
            sources.unchanged(unit)
        staging.forget()
        files = sources.files_digest(unit) if unit.maps_codes else None
        load = self._record(waiting, load_id, landed, extracted, files)
        with UnitOfWork(self.store, self.actor.scope) as work:
            work.loads.add(load)
            replaced = work.loads.replaced(load)
            for old in replaced:
                facts = load_facts(old) | {"replaced_by": load_id}
                work.audit.append(self.actor, Deed.LOAD_FORGOTTEN, Subject("load", old.id), facts, at=self.now)
            work.audit.append(self.actor, Deed.LOAD_FINISHED, Subject("load", load_id), load_facts(load), at=self.now)
            work.commit()
        return FileReport(
            unit.label, load_id, False, landed.read, landed.rejected, landed.duplicates, load.tables, landed.codes,
            landed.warnings, tuple(old.id for old in replaced),
        )  # fmt: skip

    def _landed(self, waiting: _Waiting, raws: Sequence[Raw], landing: Landing, loads: Sequence[Load]) -> _Landed:
        unit, staging = waiting.unit, landing.staging
        bad_lines = [(raw.origin.label, line) for raw in raws for line in raw.bad]
        read = sum(staging.count(raw.table) for raw in raws) + len(bad_lines) if raws else len(unit.sections)
        rejects = [unreadable_lines(bad_lines, unit.tables[0])] if bad_lines and unit.owns_lines else []
        tables, duplicates, good = {}, 0, {}
        warned = about_files(raws, unit.tables[0], empty=read == 0)
        centres = region_centres(self.lake, self.backend, loads)
        for table in unit.tables:
            sifted = sift([section for section in waiting.sections if section.table.name == table], staging, centres)
            rejects.extend(sifted.rejects)
            duplicates += sifted.duplicates
            warned += sifted.warned
            good[table] = sifted.good
            tables[table] = landing.land(table, sifted.good)
            sifted.nothing_lost(unit.label, table, tables[table])
        warned += before_their_sale(good, self.lake, self.backend, loads, self.mapping.source)
        rejected, codes = landing.set_aside(rejects)
        keep_records(landing, rejects, raws, waiting.sections)
        return _Landed(read, rejected, duplicates, tables, codes, merged(warned))

    def _record(
        self, waiting: _Waiting, load_id: str, landed: _Landed, extracted: datetime, files_digest: str | None
    ) -> Load:
        return Load(
            id=load_id,
            source=self.mapping.source,
            mapping=self.mapping.name,
            mapping_digest=self.mapping.digest,
            file=waiting.unit.label,
            content_digest=waiting.digest,
            tables={table: count for table, count in landed.tables.items() if count},
            rows_read=landed.read,
            rows_rejected=landed.rejected,
            rows_duplicate=landed.duplicates,
            currency=self.mapping.currency,
            timezone=self.mapping.timezone,
            extract_at=extracted.astimezone(UTC),
            loaded_at=self.now,
            files_digest=files_digest,
            warnings=tuple(asdict(one) for one in landed.warnings),
        )


def _told_before(load: Load) -> FileReport:
    return FileReport(load.file, load.id, True, load.rows_read, load.rows_rejected, load.rows_duplicate, load.tables)
