"""Failures as sentences with a remedy; nothing is ever shown raw."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence

import streamlit as st

from analytics.core.errors import DomainError, MissingData, NotYet
from dashboard.words import Words

log = logging.getLogger("waterline.ui")


def remedy(words: Words, error: DomainError) -> str:
    """The catalogue's sentence for ``error``; a general one when its code or a fact of it is unknown there."""
    try:
        return words.error(error)
    except KeyError:
        return words.t("error.other", code=error.code)


def reject_remedy(words: Words, code: str, facts: Mapping[str, object]) -> str:
    """What is wrong with a row that was set aside and what to do about it; its code where no sentence knows it."""
    try:
        return words.t(f"reject.{code}", **facts)
    except KeyError:
        return code


def missing_tables(error: MissingData) -> tuple[str, ...]:
    """Names of the tables that an answer needs; ``tables`` is a sequence or a comma-separated text."""
    told = error.facts.get("tables", ())
    parts = told.split(",") if isinstance(told, str) else list(told) if isinstance(told, list | tuple) else []
    return tuple(str(part).strip() for part in parts if str(part).strip())


def table_label(words: Words, table: str) -> str:
    """A table's name in the page's language beside its code."""
    key = f"table.{table}"
    return f"{words.t(key)} `{table}`" if words.has(key) else f"`{table}`"


def table_labels(words: Words, tables: Sequence[str]) -> str:
    return words.t("list.comma").join(table_label(words, table) for table in tables)


def table_names(words: Words, tables: Sequence[str]) -> str:
    """Names alone, where there is no room for codes."""
    named = (words.t(f"table.{table}") if words.has(f"table.{table}") else table for table in tables)
    return words.t("list.comma").join(named)


def nothing_yet(words: Words, tables: tuple[str, ...], *, may_load: bool) -> None:
    """The honest empty state: which tables are missing, and how they come in."""
    with st.container(border=True, key="frame.empty"):
        st.markdown(f"**{words.t('empty.title')}**")
        if tables:
            st.markdown(words.t("empty.needs", tables=table_labels(words, tables)))
        if may_load:
            st.markdown(words.t("empty.how"))
            st.code("waterline ingest PATH --mapping FILE\nwaterline build", language="shell")
        else:
            st.markdown(words.t("empty.ask_administrator"))


def not_yet(words: Words, error: NotYet) -> None:
    """What is not there yet, and how it comes about."""
    with st.container(border=True, key="frame.empty"):
        st.markdown(remedy(words, error))


def refused(words: Words, error: DomainError) -> None:
    """Show what to do about a refusal."""
    st.warning(remedy(words, error), icon=":material/info:")


def broken(words: Words, page: str, error: Exception) -> str:
    """Log the exception under a fresh reference, show only that reference, return it."""
    reference = noted(page, error)
    st.error(words.t("error.unexpected", reference=reference), icon=":material/error:")
    return reference


def noted(page: str, error: Exception) -> str:
    """Log the exception under a fresh reference and return it."""
    reference = secrets.token_hex(4)
    log.error("page %s failed, reference %s", page, reference, exc_info=error)
    return reference
