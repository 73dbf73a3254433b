"""The table of open sessions, on one's own page and on the administrator's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd

from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from data.store.records import LiveSession

COLUMNS = (
    Column("this", "column.session.this", width=80),
    Column("opened", "column.session.opened", width=130),
    Column("seen", "column.session.seen", width=130),
    Column("expires", "column.session.expires", width=130),
)


def session_table(
    page: Page,
    name: str,
    title: str,
    sessions: Sequence[LiveSession],
    end: Callable[[str], object],
    *,
    this: str | None = None,
) -> None:
    """Sessions by their public ids; the selected one can be ended. ``this`` is the one of the reader."""
    if not sessions:
        page.note(page.t("session.none"))
        return
    frame = pd.DataFrame(
        {
            "id": [one.id for one in sessions],
            "opened": [page.moment(one.opened_at) for one in sessions],
            "seen": [page.moment(one.last_seen_at) for one in sessions],
            "expires": [page.moment(one.expires_at) for one in sessions],
            "this": [page.t("session.this") if one.id == this else "" for one in sessions],
        }
    )
    columns = COLUMNS if this else COLUMNS[1:]
    page.table(name, title, frame, columns, identified_by="id", choose=partial(page.remember, name))
    chosen = next((one for one in sessions if one.id == page.remembered(name)), None)
    if chosen is None:
        page.note(page.t("session.select"))
    else:
        page.press("end", partial(end, chosen.id), opened=page.moment(chosen.opened_at))
