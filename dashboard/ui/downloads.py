"""The one place that lets files leave: buttons that make them when pressed, through the service that logs them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from analytics.core.errors import DomainError
from dashboard.services.export_files import MIME, Format
from dashboard.services.exports import Export
from dashboard.services.order_files import MIME as ORDER_MIME
from dashboard.services.order_files import OrderFormat
from dashboard.ui import errors
from dashboard.ui.deferred import Told
from dashboard.words import Words

NAME_LENGTH = 120
"""Characters of a file's name: Windows has no room for much more below a deep folder."""

_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')


def offer(services: Any, words: Words, key: str, export: Export, name: str, *, shut: bool) -> None:
    """Small buttons, one per kind of file; ``name`` is the file's, without its ending. ``shut``: only looked at."""
    for form in Format:
        st.download_button(
            words.t(f"export.{form.value}"),
            data=partial(take, services, words, export, form),
            file_name=f"{name}.{form.value}",
            mime=MIME[form],
            key=f"{key}.{form.value}",
            help=words.t("export.help"),
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
            disabled=shut,
        )


def offer_orders(services: Any, words: Words, key: str, batch: str, *, shut: bool) -> None:
    """The files of a release, made when pressed."""
    for form in OrderFormat:
        st.download_button(
            words.t(f"export.{form.value}"),
            data=partial(take_orders, services, words, batch, form),
            file_name=f"{file_name([words.t('orders.title'), batch])}.{form.value}",
            mime=ORDER_MIME[form],
            key=f"{key}.{form.value}",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
            disabled=shut,
        )


def take_orders(services: Any, words: Words, batch: str, form: OrderFormat) -> bytes:
    """The file of a release; raises as :func:`take`."""
    return _told(words, "decisions.history", partial(services.orders.take, batch, form, words.language))


def take(services: Any, words: Words, export: Export, form: Format) -> bytes:
    """The file; raises :class:`Told` in the reader's words when there is none. Runs outside of any run of a page."""
    return _told(words, export.page, partial(services.exports.take, export, form))


def _told(words: Words, page: str, make: Callable[[], bytes]) -> bytes:
    try:
        return make()
    except DomainError as error:
        raise Told(errors.remedy(words, error)) from error
    except Exception as error:
        raise Told(words.t("error.unexpected", reference=errors.noted(page, error))) from error


def file_name(parts: Sequence[str]) -> str:
    """What a file is called: its parts without what some system forbids in names.

    >>> file_name(["Waterline", "Sales: top 10", "2026-01-01", "D1/D2"])
    'Waterline_Sales-top-10_2026-01-01_D1-D2'
    """
    clean = (_UNFIT.sub("-", part).strip("-. ") for part in parts)
    return "_".join(part for part in clean if part)[:NAME_LENGTH].rstrip("-._ ")
