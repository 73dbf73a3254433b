"""Where the measured home and its baseline lie, and who asks."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from analytics.core.access import ROOT as BRAND
from analytics.core.access import Role
from bench.measuring import ROOT
from dashboard.composition import Services, services_as
from dashboard.services.users import actor_named
from dashboard.settings import Settings, settings_from
from data.store.engine import Store, open_store
from data.store.identity import Identity

FOLDER = Path(os.environ.get("WATERLINE_BENCH") or ROOT / ".bench").resolve()
HOME = FOLDER / "iowa"
DEMO = FOLDER / "demo"
BASELINE = FOLDER / "baseline.duckdb"
MAPPING = ROOT / "data" / "sources" / "mappings" / "iowa_liquor.toml"
NAME, PASSWORD = "bench", "measured-0nce-and-again"


def iowa() -> Path:
    """The Iowa invoice lines; raises FileNotFoundError that says where they were looked for."""
    given = os.environ.get("WATERLINE_REALDATA")
    folder = (Path(given) if given else ROOT.parent / "shared" / "realdata") / "iowa_liquor"
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is absent: set WATERLINE_REALDATA to the folder that holds iowa_liquor")
    return folder


def environment(folder: Path = HOME) -> dict[str, str]:
    """Environment variables under which the command line works on the measured home, or on another one."""
    return {"WATERLINE_HOME": str(folder), "WATERLINE_STORE": ""}


def demo(folder: Path = DEMO) -> Path:
    """A demo home of the default size with the account that visits; made when there is none."""
    if not folder.is_dir():
        command = [sys.executable, "-m", "dashboard.cli", "demo"]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environment(folder)}, check=True)
    add_account(open_store(settings_from(environment(folder)).store_url))
    return folder


def home() -> tuple[Settings, Store]:
    """Settings and store of the measured home; raises FileNotFoundError before ``bench.iowa_load`` has run."""
    if not HOME.is_dir():
        raise FileNotFoundError(f"{HOME} is absent: run python -m bench.iowa_load first")
    settings = settings_from(environment())
    return settings, open_store(settings.store_url)


def add_account(store: Store) -> None:
    """Head office's account that asks and visits, unless it is there already."""
    identity = Identity(store)
    if identity.find(name=NAME) is None:
        identity.create_user(
            name=NAME,
            display_name="Bench",
            password=PASSWORD,
            roles={Role.EXECUTIVE},
            grants={BRAND},
            now=datetime.now(UTC),
        )


def services() -> Services:
    """Every use case as head office sees it."""
    settings, store = home()
    add_account(store)
    return services_as(settings, store, lambda: actor_named(Identity(store), NAME, now=datetime.now(UTC)))
