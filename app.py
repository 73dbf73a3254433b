"""The ASGI app: Streamlit's pages behind our sign-in, headers and health routes; ``streamlit run app.py`` serves it."""

from __future__ import annotations

import gc
import importlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from threading import Event

import streamlit as st
from anyio import create_task_group, to_thread

from dashboard.api.rehearsal import rehearse
from dashboard.api.routes import web_middleware, web_routes
from dashboard.api.site import Site
from dashboard.composition import latest_build, released, sign_in_of
from dashboard.services.readiness import readiness
from dashboard.services.sign_in import LocalAccounts
from dashboard.settings import settings_from
from dashboard.ui.deferred import tell_refusals
from dashboard.ui.settled import settle_theme
from dashboard.words import LANGUAGES, words
from data.store.engine import open_store
from data.store.identity import Identity

_logger = logging.getLogger(__name__)
_HERE = Path(__file__).parent
_UI = _HERE / "dashboard" / "ui"

# What the pages import on their first run; the first visitor should not wait for it.
_HEAVY = (
    "pandas",
    "pyarrow.compute",
    "duckdb",
    "ibis.backends.duckdb",
    "plotly.graph_objects",
    "pydeck",
    "dashboard.ui.main",
)

_settings = settings_from()
_store = open_store(_settings.store_url)
_identity = Identity(_store)
_rehearsed = Event()
_site = Site(
    settings=_settings,
    sign_in=sign_in_of(_store),
    local=LocalAccounts(_identity),
    ready=partial(
        readiness, _store, _settings, latest_build=partial(latest_build, _store), rehearsed=_rehearsed.is_set
    ),
    shell=Path(st.__file__).parent / "static" / "index.html",
    icon=_UI / "static" / "icon.png",
    sheet=_UI / "static" / "sheet.css",
    released=partial(released, _store),
)


def _warm_up() -> None:
    settle_theme()
    tell_refusals()
    _store.migrate()
    for module in _HEAVY:
        importlib.import_module(module)
    for language in LANGUAGES:
        words(language)
    _keep_for_good()


def _rehearse() -> None:
    """Ask once what pages ask: opens the marts and compiles the questions, so that nobody is the first to wait."""
    try:
        rehearse(_settings, _store)
    except Exception:  # a rehearsal that fails must not take the server down; the page that asks will say why
        _logger.exception("the rehearsal failed")
    _keep_for_good()
    _rehearsed.set()


def _keep_for_good() -> None:
    # Streamlit collects after every run: what is loaded by now lives for good and need not be looked at again.
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    await to_thread.run_sync(_warm_up)
    async with create_task_group() as beside:
        # Beside, not before: a large home must not keep the server from answering. It is ready when this is over.
        beside.start_soon(to_thread.run_sync, _rehearse)
        yield
    _store.close()


app = st.App(_UI / "main.py", lifespan=_lifespan, routes=web_routes(_site), middleware=web_middleware(_site))
