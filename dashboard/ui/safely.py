"""Draws what a page or a part of it shows; whatever goes wrong becomes a sentence with a remedy."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.core.access import Action, Actor
from analytics.core.errors import DomainError, MissingData, NotSignedIn, NotYet
from dashboard.ui import errors, identity
from dashboard.ui.markup import address, links
from dashboard.words import Words


def safely(words: Words, key: str, actor: Actor, draw: Callable[[], None], *, needs: tuple[str, ...] = ()) -> None:
    """Draw; refusals become sentences with a remedy, anything else a reference to the log.

    ``needs``: tables that a page lacks when it does not say which.
    """
    try:
        draw()
    except NotSignedIn:
        sign_in_first(words)
    except MissingData as error:
        missing = errors.missing_tables(error) or needs
        errors.nothing_yet(words, missing, may_load=actor.may(Action.LOAD_DATA))
    except NotYet as error:
        errors.not_yet(words, error)
    except DomainError as error:
        errors.refused(words, error)
    except Exception as error:  # noqa: BLE001 - the last line: whatever it is, nobody sees it raw
        errors.broken(words, key, error)


def sign_in_first(words: Words) -> None:
    """What somebody without a session sees."""
    path = st.context.url or "/"
    with st.container(border=True, key="frame.sign_in"):
        st.markdown(f"### {words.t('frame.product')}")
        st.markdown(words.t("frame.sign_in_first"))
        links([(words.t("frame.sign_in"), address("/sign-in", following=identity.here(path)))])
