"""The drill: back up under load, lose everything, restore, and count what came back."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from analytics.core.access import ROOT, Action, Actor, Role
from analytics.core.errors import AccessDenied, DomainError, NotSignedIn
from dashboard.composition import audit_for, loading_for, services_as, sign_in_of, work_of
from dashboard.services import backups, users
from dashboard.services.sign_in import digest
from dashboard.settings import Settings, settings_from
from data.backup.restore import STAGE
from data.sole_writer import sole_writer
from data.store.copying import table_counts
from data.store.engine import Store, open_store
from data.store.identity import Identity
from data.store.records import Load
from data.store.unit_of_work import UnitOfWork
from tests.worlds import BRAND, TABLES, World, line, load_rows, make_world

pytestmark = pytest.mark.slow

ADMIN = Actor("u-admin", "root", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))
SALES = Decimal("1007.3750")
SECRET = "a long password"


@pytest.fixture
def world(tmp_path: Path, address: str) -> World:
    return make_world(tmp_path / "home", TABLES, store_url=address.replace(str(tmp_path), str(tmp_path / "home")))


def back_up(world: World, folder: Path) -> Path:
    made, _ = backups.back_up_home(
        world.settings, world.store, ADMIN, work_of(world.store, ADMIN), folder, now=datetime.now(UTC)
    )
    return made


def restore(made: Path, settings: Settings) -> backups.Restored:
    return backups.restore_home(settings, ADMIN, lambda store: work_of(store, ADMIN), made, now=datetime.now(UTC))


def lose(world: World) -> None:
    """The disk is gone; on PostgreSQL somebody has made an empty database again."""
    world.store.close()
    shutil.rmtree(world.settings.home)
    url = make_url(world.settings.store_url)
    if url.drivername.startswith("postgresql"):
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()


def sales(settings: Settings, store: Store) -> Decimal:
    boss = Actor("boss", "boss", frozenset({Role.EXECUTIVE}), frozenset({ROOT}))
    answer = services_as(settings, store, lambda: boss).ask.ask(("sales",), by=(), first=None, last=None, where=())
    return Decimal(answer.table["sales"][0].as_py())


def a_user(store: Store, name: str) -> str:
    return users.create_user(
        ADMIN, work_of(store, ADMIN), name=name, display_name=name, password=SECRET,
        roles=frozenset({Role.EXECUTIVE}), grants=frozenset({ROOT}), now=datetime.now(UTC),
    ).id  # fmt: skip


def known_loads(store: Store) -> list[Load]:
    with UnitOfWork(store, BRAND, reading=True) as unit:
        return unit.loads.all()


@contextmanager
def writers(world: World) -> Iterator[list[int]]:
    """Somebody loads rows and somebody changes rights, all the time; yields how often they did."""
    done, times = threading.Event(), [0, 0]
    user = a_user(world.store, "busy")

    def load() -> None:
        for number in count():
            if done.is_set():
                return
            row = line(f"W{number}", "1", "2026-02-17", "web", "R5", "1", "10.00")
            load_rows(world.settings, world.store, "order_line", [row], load_id=f"during-{number}")
            times[0] += 1

    def change() -> None:
        while not done.is_set():
            disabled = times[1] % 2 == 0
            users.set_disabled(
                ADMIN, work_of(world.store, ADMIN), user, disabled=disabled, now=datetime.now(UTC)
            )  # fmt: skip
            times[1] += 1

    busy = [threading.Thread(target=load), threading.Thread(target=change)]
    for one in busy:
        one.start()
    try:
        yield times
    finally:
        done.set()
        for one in busy:
            one.join(30)


def test_everything_comes_back_from_a_backup_made_under_load(world: World, tmp_path: Path) -> None:
    with writers(world) as times:
        while min(times) == 0:
            threading.Event().wait(0.01)
        audit_for(world.settings, world.store, ADMIN).publish(now=datetime.now(UTC))
        made = [back_up(world, tmp_path / "backups") for _ in range(3)]
    lose(world)
    restored = restore(made[-1], world.settings)
    with restored.store.reading() as connection:
        found = table_counts(connection)
    # The restore itself leaves one event.
    assert found == {**restored.manifest.counts, "audit_event": restored.manifest.counts["audit_event"] + 1}
    verdict = audit_for(world.settings, restored.store, ADMIN).verify()
    assert (verdict.findings, verdict.events, verdict.heads) == ((), found["audit_event"], 1)
    assert sales(world.settings, restored.store) == SALES
    loads = known_loads(restored.store)
    during = [load for load in loads if load.id.startswith("during-")]
    assert during, "nobody loaded anything while the backup was made"
    loading_for(world.settings, restored.store, users.service_actor("build")).build(now=datetime.now(UTC))
    assert sales(world.settings, restored.store) == SALES + 10 * len(during)
    restored.store.close()


def test_a_session_that_was_open_then_is_ended(world: World, tmp_path: Path) -> None:
    user, now = a_user(world.store, "li"), datetime.now(UTC)
    token, hours = "a cookie copied back then", timedelta(hours=1)
    Identity(world.store).open_session(user, token_digest=digest(token), now=now, lasts=hours, idle=hours)
    assert sign_in_of(world.store).actor(token, now=now).user_id == user
    made = back_up(world, tmp_path / "backups")
    lose(world)
    restored = restore(made, world.settings)
    assert restored.sessions_ended == 1
    with pytest.raises(NotSignedIn):
        sign_in_of(restored.store).actor(token, now=now)
    restored.store.close()


def test_who_took_a_backup_and_who_restored_it_stands_in_the_trail(world: World, tmp_path: Path) -> None:
    made = back_up(world, tmp_path / "backups")

    def deeds(store: Store) -> list[tuple[str, str]]:
        with UnitOfWork(store, BRAND, reading=True) as unit:
            return [(event.user_name, event.action) for chunk in unit.audit.chunks() for event in chunk]

    assert deeds(world.store)[-1] == ("root", "home.backed_up")
    lose(world)
    restored = restore(made, world.settings)
    assert deeds(restored.store)[-1] == ("root", "home.restored")
    restored.store.close()


def test_a_load_taken_back_meanwhile_spoils_the_backup_and_leaves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data.backup import backup as module

    def marts_then_forget(folder: Path, build: object) -> Iterator[Path]:
        loading = loading_for(world.settings, world.store, users.service_actor("forget"))
        loading.forget(("load-order_line",), now=datetime.now(UTC))
        yield from ()

    monkeypatch.setattr(module, "_marts", marts_then_forget)
    with pytest.raises(DomainError, match="backup_disturbed"):
        back_up(world, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world that no test changes."""
    return make_world(tmp_path_factory.mktemp("plain") / "home", TABLES)


@pytest.fixture(scope="module")
def made(plain: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return back_up(plain, tmp_path_factory.mktemp("backups"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    return settings_from({"WATERLINE_HOME": str(tmp_path / "elsewhere")})


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


@pytest.mark.parametrize("spoil", [damage, Path.unlink])
def test_every_file_of_a_backup_is_proved_before_anything_is_touched(
    made: Path, elsewhere: Settings, spoil: object
) -> None:
    listed = json.loads((made / "manifest.json").read_text())["files"]
    assert {"store.copy", "home/lake", "home/marts"} <= {"/".join(name.split("/")[:2]) for name in listed}
    for name in listed:
        kept = (made / name).read_bytes()
        spoil(made / name)  # type: ignore[operator]
        with pytest.raises(DomainError, match="backup_damaged") as refused:
            restore(made, elsewhere)
        assert refused.value.facts["file"] == name
        (made / name).write_bytes(kept)
    assert not elsewhere.home.exists()


def test_a_restore_goes_into_an_empty_home_only(plain: World, made: Path, elsewhere: Settings) -> None:
    with pytest.raises(DomainError, match="home_in_use"):
        restore(made, plain.settings)
    assert sales(plain.settings, plain.store) == SALES
    taken = replace(elsewhere, store_url=plain.settings.store_url)
    with pytest.raises(DomainError, match="store_not_empty"):
        restore(made, taken)
    assert sales(plain.settings, plain.store) == SALES


def test_nothing_is_restored_into_a_home_that_somebody_writes(made: Path, elsewhere: Settings) -> None:
    at_once = timedelta(0)
    with sole_writer(elsewhere.home, "ingest"), pytest.raises(DomainError, match="home_busy"):
        backups.restore_home(
            elsewhere, ADMIN, lambda store: work_of(store, ADMIN), made, now=datetime.now(UTC), patience=at_once
        )


def test_a_restore_that_was_cut_off_can_be_begun_again(
    made: Path, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    renames = count()
    rename = Path.rename

    def cut_off(self: Path, target: Path) -> Path:
        if self.parent.name == STAGE and next(renames) == 1:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", cut_off)
    with pytest.raises(KeyboardInterrupt):
        restore(made, elsewhere)
    assert any(elsewhere.home.iterdir())
    restored = restore(made, elsewhere)
    assert sales(elsewhere, restored.store) == SALES
    assert not (elsewhere.home / STAGE).exists()


def test_a_backup_is_its_owners_alone_and_lies_outside_the_home(plain: World, made: Path) -> None:
    assert made.stat().st_mode & 0o077 == 0
    with pytest.raises(DomainError, match="backup_inside_home"):
        back_up(plain, plain.settings.home / "backups")


@pytest.mark.parametrize(
    ("content", "code"), [("", "backup_unreadable"), ("{}", "backup_unreadable"), ('{"format": 9}', "backup_newer")]
)
def test_what_is_no_backup_is_refused(tmp_path: Path, elsewhere: Settings, content: str, code: str) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "manifest.json").write_text(content)
    with pytest.raises(DomainError, match=code):
        restore(tmp_path / "odd", elsewhere)


@pytest.mark.postgres
def test_a_copy_of_another_kind_of_database_is_refused(made: Path, elsewhere: Settings, cluster: str) -> None:
    with pytest.raises(DomainError, match="backup_other_store"):
        restore(made, replace(elsewhere, store_url=cluster))


@pytest.mark.postgres
def test_a_missing_program_is_named(cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from data.store.copying import copy_store

    store = open_store(cluster)
    store.migrate()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DomainError, match="program_missing") as refused:
        copy_store(store, tmp_path / "copy")
    assert refused.value.facts["program"] == "pg_dump"
    store.close()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_backups_are_for_administrators(plain: World, made: Path, elsewhere: Settings, role: Role) -> None:
    actor = Actor("x", "x", frozenset({role}), frozenset({ROOT}))
    assert not actor.may(Action.KEEP_BACKUPS)
    with pytest.raises(AccessDenied):
        backups.back_up_home(
            plain.settings, plain.store, actor, work_of(plain.store, actor), made.parent, now=datetime.now(UTC)
        )
    with pytest.raises(AccessDenied):
        backups.restore_home(elsewhere, actor, lambda store: work_of(store, actor), made, now=datetime.now(UTC))
