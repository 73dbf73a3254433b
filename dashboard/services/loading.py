"""Getting data in: load files, build marts, make the demo home."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from pyarrow.dataset import dataset, field

from analytics.core.access import Action, Actor
from analytics.core.calendar import day_of
from analytics.core.errors import DomainError
from dashboard.services.users import create_demo_accounts
from dashboard.settings import DEMO_READY, Settings
from data.engines.storage import storage_of
from data.lake.lake import REJECTS, Lake
from data.marts.build import build
from data.marts.upkeep import Swept, vacuum
from data.sample.world import write_sample
from data.sole_writer import PATIENCE, sole_writer
from data.sources.ingest import ingest
from data.sources.mapping import load_mapping
from data.sources.report import IngestReport, Progress
from data.store.audit import Deed, Subject, load_facts
from data.store.audit_heads import publish_head, read_heads
from data.store.audit_trail import Audit
from data.store.engine import Store
from data.store.forecast_runs import ForecastRuns
from data.store.identity import Identity
from data.store.policies import PolicyChanges
from data.store.records import Build, Load
from data.store.repositories import Builds, Loads, Users

MAPPINGS = Path(__file__).parents[2] / "data" / "sources" / "mappings"
SAMPLE = "sample-"
DEMO_SEED = 20260118
DEMO_ZONE = ZoneInfo("Asia/Shanghai")
LOGS_KEPT = timedelta(days=90)


class Work(Protocol):
    """The part of a unit of work that loading needs."""

    @property
    def loads(self) -> Loads: ...

    @property
    def builds(self) -> Builds: ...

    @property
    def forecast_runs(self) -> ForecastRuns: ...

    @property
    def users(self) -> Users: ...

    @property
    def policies(self) -> PolicyChanges: ...

    @property
    def audit(self) -> Audit: ...

    def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Loading:
    """Use cases of whoever may load data; files are read and marts built in the actor's scope.

    Whatever writes lake, marts, loads or builds is the only one that does: it waits ``patience`` for another one and
    raises DomainError ``home_busy`` then; what the disk refuses is ``disk_full`` or ``storage_failed``. ``work``
    opens a unit of work in the actor's scope.
    """

    settings: Settings
    store: Store
    actor: Actor
    work: Callable[[], AbstractContextManager[Work]]
    patience: timedelta = PATIENCE

    @contextmanager
    def _alone(self, command: str, now: datetime, progress: Progress | None = None) -> Iterator[datetime]:
        """Yields what ``now`` has become: who had to wait must not date the work before that of the other one."""
        limit = round(self.patience.total_seconds())

        def waiting(seconds: float) -> None:
            if progress:
                progress("wait", round(seconds), limit)

        home = self.settings.home
        with (
            storage_of(home),
            sole_writer(home, command, patience=self.patience, store=self.store, waiting=waiting) as waited,
        ):
            yield now + waited

    def ingest(
        self,
        path: str,
        mapping: Path,
        *,
        now: datetime,
        extract_at: datetime | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Load what the mapping finds below ``path``; raises AccessDenied, ContractViolation.

        A demo home takes nothing else: the passwords of its accounts are published.
        """
        self.actor.require(Action.LOAD_DATA)
        self.takes_data()
        with self._alone("ingest", now, progress) as at:
            return self._ingest(path, mapping, now=at, extract_at=extract_at, progress=progress)

    def takes_data(self) -> None:
        """Raise DomainError ``demo_home_takes_nothing`` in a demo home."""
        if self.settings.demo_marker.exists():
            raise DomainError("demo_home_takes_nothing", home=str(self.settings.home))

    def check(self, mapping: Path) -> None:
        """Raise whatever would refuse an ingest by this mapping, as far as it can be seen without the data."""
        self.actor.require(Action.LOAD_DATA)
        self.takes_data()
        load_mapping(mapping_file(mapping))

    def _ingest(
        self, path: str, mapping: Path, *, now: datetime, extract_at: datetime | None, progress: Progress | None
    ) -> IngestReport:
        return ingest(
            path,
            load_mapping(mapping_file(mapping)),
            lake=Lake(self.settings.lake),
            store=self.store,
            actor=self.actor,
            now=now,
            extract_at=extract_at,
            progress=progress,
        )

    def sweep_logs(self, *, now: datetime) -> None:
        """Delete logs of jobs that nobody will ask about any more."""
        self.actor.require(Action.LOAD_DATA)
        for log in self.settings.jobs.glob("*.log"):
            if now.timestamp() - log.stat().st_mtime > LOGS_KEPT.total_seconds():
                log.unlink(missing_ok=True)

    def drop_upload(self, upload: str) -> None:
        """Delete files that came through the page, once they are loaded."""
        self.actor.require(Action.LOAD_DATA)
        shutil.rmtree(self.settings.uploads / Path(upload).name, ignore_errors=True)

    def loads(self) -> list[Load]:
        """Every load that counts, newest first."""
        self.actor.require(Action.LOAD_DATA)
        with self.work() as unit:
            return sorted(unit.loads.all(), key=lambda load: load.loaded_at, reverse=True)

    def forget(self, load_ids: tuple[str, ...], *, now: datetime) -> None:
        """Take loads back, all or none: what a wrong mapping brought in must not stand beside the right rows."""
        self.actor.require(Action.LOAD_DATA)
        with self._alone("forget", now) as at, self.work() as unit:
            for load in [unit.loads.remove(load_id) for load_id in load_ids]:
                unit.audit.append(self.actor, Deed.LOAD_FORGOTTEN, Subject("load", load.id), load_facts(load), at=at)
            unit.commit()

    def build(self, *, now: datetime, progress: Progress | None = None) -> tuple[Build, tuple[str, ...]]:
        """Build what changed and publish; the build and the names of the marts that were made anew.

        Publishes the head of the audit trail, too, so that a nightly build leaves one for every day.
        """
        self.actor.require(Action.LOAD_DATA)
        with self._alone("build", now, progress) as at:
            return self._build(now=at, progress=progress)

    def _build(self, *, now: datetime, progress: Progress | None) -> tuple[Build, tuple[str, ...]]:
        made = build(
            lake=Lake(self.settings.lake),
            store=self.store,
            actor=self.actor,
            folder=self.settings.marts,
            now=now,
            progress=progress,
        )
        heads = read_heads(self.settings.audit)
        with self.work() as unit:
            publish_head(unit.audit, self.settings.audit, heads, now=now)
        return made

    def vacuum(self, *, now: datetime) -> Swept:
        """Delete what no build, no forecast and no load speaks of any more."""
        self.actor.require(Action.LOAD_DATA)
        with self._alone("vacuum", now) as at:
            with self.work() as unit:
                committed = {load.id for load in unit.loads.all()}
                policies = unit.policies.table(unit.policies.number())
                days = policies.whole("build.kept_days", as_of=day_of(at))
                kept = unit.builds.current_since(at - timedelta(days=days))
                runs = unit.forecast_runs.needed(at - timedelta(days=days))
            lake = Lake(self.settings.lake)
            scratch = [*self.settings.jobs.glob("*.tmp"), *self.settings.home.glob(f"{SAMPLE}*")]
            return vacuum(
                lake=lake, committed=committed, builds=kept, folder=self.settings.marts, runs=runs,
                forecasts=self.settings.forecasts, scratch=scratch, now=at,
            )  # fmt: skip

    def rejects(self, limit: int) -> list[dict[str, Any]]:
        """The newest rows that were set aside: file, line, table, column, value, code and facts of the remedy."""
        self.actor.require(Action.LOAD_DATA)
        lake = Lake(self.settings.lake)
        if lake.version(REJECTS) is None:
            return []
        kept = dataset(lake.files(REJECTS)).filter(field("load_id").isin(sorted(load.id for load in self.loads())))
        rows = kept.sort_by([("rejected_at", "descending"), ("file", "ascending"), ("line", "ascending")])
        newest = rows.head(limit).to_pylist()
        return [{**row, "facts": json.loads(row["facts"] or "{}")} for row in newest]

    def _in_use(self) -> bool:
        with self.work() as unit:
            return self.settings.lake.exists() or bool(unit.loads.all() or unit.users.list())

    def _last_day(self, now: datetime) -> date:
        """Yesterday, or the day that an earlier attempt began with: two worlds must not overlay each other."""
        marker = self.settings.demo_marker
        begun = marker.read_text() if marker.exists() else ""
        if begun and begun != DEMO_READY:
            return date.fromisoformat(begun)
        last_day = now.astimezone(DEMO_ZONE).date() - timedelta(days=1)
        marker.write_text(last_day.isoformat())
        return last_day

    def demo(self, *, now: datetime, seed: int = DEMO_SEED, progress: Progress | None = None) -> Build:
        """Make a demo home: write the sample world, load it as a user would, build, create the demo accounts.

        Raises DomainError ``home_not_empty`` where home or store hold something that is not the demo: its accounts have
        a published password.
        """
        self.actor.require(Action.LOAD_DATA)
        with self._alone("demo", now, progress) as at:
            return self._demo(now=at, seed=seed, progress=progress)

    def _demo(self, *, now: datetime, seed: int, progress: Progress | None) -> Build:
        marker = self.settings.demo_marker
        finished = marker.exists() and marker.read_text() == DEMO_READY
        if finished:
            raise DomainError("demo_ready", home=str(self.settings.home))
        if not marker.exists() and self._in_use():
            raise DomainError("home_not_empty", home=str(self.settings.home))
        written = Path(tempfile.mkdtemp(prefix=SAMPLE, dir=self.settings.home))
        try:
            write_sample(written, seed=seed, last_day=self._last_day(now))
            self._ingest(str(written), Path("contract"), now=now, extract_at=None, progress=progress)
        finally:
            shutil.rmtree(written, ignore_errors=True)
        built, _ = self._build(now=now, progress=progress)
        create_demo_accounts(Identity(self.store), self.settings, now=now)
        self.settings.demo_marker.write_text(DEMO_READY)
        return built


def mapping_file(given: Path) -> Path:
    """A mapping by path, or one that comes with Waterline by its bare name; raises DomainError that lists those."""
    if given.is_file():
        return given
    shipped = MAPPINGS / f"{given.name.removesuffix('.toml')}.toml"
    if shipped.exists():
        return shipped
    known = ", ".join(sorted(file.stem for file in MAPPINGS.glob("*.toml")))
    raise DomainError("mapping_unknown", path=str(given), known=known)
