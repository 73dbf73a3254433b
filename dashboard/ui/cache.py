"""Remembered answers: one cache for all pages, keyed by scope, build and plain scalars."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from analytics.core.access import Action, Actor
from dashboard.ui import turns
from data.store.engine import Store, open_store

Answer = TypeVar("Answer")
Drawing = TypeVar("Drawing")


class Desk(Protocol):
    """Reads the session again and checks a permission."""

    def actor(self, action: Action) -> Actor: ...


class Asker(Protocol):
    """The part of Services that a cache key is made of."""

    @property
    def actor(self) -> Actor: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def scope_key(self) -> str: ...
    @property
    def build_id(self) -> str | None: ...
    @property
    def policy_number(self) -> int: ...


class RightsChanged(Exception):
    """Whoever asked got other rights while the answer was made: it must not be remembered under the old ones."""


def key_of(asker: Asker, actor: Actor, method: Callable[..., object], arguments: tuple[object, ...]) -> str:
    """Canonical text of what is asked, by whom (scope and rights), of which build and under which policies.

    ``actor``: who asks as of now; a part of a page outlives the rights that the page was drawn with. Roles are in the
    key because two people with the same rows may differ in what they may see (cost).
    """
    rights = [actor.scope.fingerprint, *sorted(role.value for role in actor.roles)]
    name = f"{method.__module__}.{method.__qualname__}"
    standing = [asker.scope_key, asker.build_id, asker.policy_number, rights]
    return json.dumps([name, *standing, [plain(one) for one in arguments]])


def authorised(asker: Asker, action: Action, method: Callable[..., object], arguments: tuple[object, ...]) -> str:
    """The key of a question whose asker may do ``action`` now; raises NotSignedIn or AccessDenied.

    Session and permission are read again before a remembered answer is handed out: a cache must not outlive a right.
    """
    return key_of(asker, asker.desk.actor(action), method, arguments)


def plain(value: object) -> Any:
    """A question as JSON-ready scalars; anything that is no frozen request or scalar is refused with TypeError."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(part) for name, part in asdict(value).items()}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} may not be part of a cache key")


@st.cache_resource(show_spinner=False)
def store_at(url: str) -> Store:
    """One store per process; it is safe to use from any thread."""
    return open_store(url)


@st.cache_resource(max_entries=512, show_spinner=False)
def _remembered(key: str, _ask: Callable[[], Any], _key_now: Callable[[], str]) -> Any:
    # The underscore keeps the question's code out of the key on purpose: all that decides the answer is in ``key``.
    # Shared by reference: unpickling a copy for every run cost a tenth of it. Answers are frozen, frames sealed.
    # Whoever waits for the data does not keep others from drawing.
    turns.give_back()
    found = sealed(_ask())
    if _key_now() != key:
        raise RightsChanged
    return found


def sealed(answer: Any) -> Any:
    """Make the frames of an answer read-only: whoever writes into one gets an error, not somebody else's numbers."""
    for part in fields(answer) if is_dataclass(answer) else ():
        value = getattr(answer, part.name)
        if isinstance(value, pd.DataFrame):
            for name in value:
                array: Any = value[name].to_numpy()
                while isinstance(array, np.ndarray):
                    array.flags.writeable = False
                    array = array.base
    return answer


@st.cache_resource(max_entries=256, show_spinner=False)
def drawn(key: str, _draw: Callable[[], Drawing]) -> Drawing:
    """A figure, drawn once per key and then shared by reference: whoever shows it must not change it."""
    return _draw()


def answer(asker: Asker, action: Action, method: Callable[..., Answer], *arguments: object) -> Answer:
    """The service's answer, computed once per key."""
    return recall(asker, action, authorised(asker, action, method, arguments), method, arguments)[1]


def recall(
    asker: Asker, action: Action, key: str, method: Callable[..., Answer], arguments: tuple[object, ...]
) -> tuple[str, Answer]:
    """The answer behind an :func:`authorised` ``key``, and the key that it came to be remembered under."""
    while True:
        try:
            found: Answer = _remembered(
                key, lambda: method(*arguments), lambda: authorised(asker, action, method, arguments)
            )
        except RightsChanged:
            key = authorised(asker, action, method, arguments)
            continue
        turns.take()
        return key, found
