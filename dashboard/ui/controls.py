"""What a page commands with: answers that are never remembered, buttons, forms, and what became of a command.

Commands run in handlers, before the page is drawn anew: it then shows what is true afterwards. A handler runs ahead
of the frame, so it relies on the service alone to ask for session and right again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar

import streamlit as st

from analytics.core.errors import DomainError, NotSignedIn
from dashboard.services.upload_files import LARGEST_MEGABYTES, Upload
from dashboard.ui import errors, identity, markup
from dashboard.ui.formatting import Format
from dashboard.ui.headline import escaped
from dashboard.words import Words

Answer = TypeVar("Answer")
Typed = Mapping[str, Any]
OUTCOME = "frame.outcome"


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form: text, a secret, files, a day or none, or some of ``options`` (code → label).

    At first it holds those ``chosen``, the day ``on`` or the ``text``. ``single``: one option; with ``free``
    one that is not listed. ``hint`` stands in an empty input.
    """

    name: str
    options: Mapping[str, str] | None = None
    chosen: tuple[str, ...] = ()
    secret: bool = False
    is_day: bool = False
    on: date | None = None
    text: str = ""
    single: bool = False
    free: bool = False
    hint: str = ""
    files: Literal["", "one", "several"] = ""

    @property
    def at_first(self) -> Any:
        """What the input holds before anybody typed."""
        if self.is_day:
            return self.on
        if self.files:
            return None
        if self.options is None:
            return self.text
        if self.single:
            return next(iter(self.chosen), None)
        return [code for code in self.chosen if code in self.options]


def uploaded(typed: Any) -> tuple[Upload, ...]:
    """What a field of files holds."""
    held = typed if isinstance(typed, list) else [typed] if typed is not None else []
    return tuple(Upload(one.name, one.getvalue()) for one in held)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the last command: the sentence of its success, or why it failed. ``place`` is its button."""

    place: str
    done: str = ""
    error: Exception | None = None


def carry_out(place: str, send: Callable[[], object], done: str) -> bool:
    """Send a command (for handlers) and keep its outcome for the page that is drawn next; whether it succeeded."""
    try:
        send()
    except NotSignedIn:
        # The frame says so by itself, and nobody else may be told later what became of it.
        return False
    except Exception as error:  # noqa: BLE001 - told by the page, with a reference when it is no refusal
        st.session_state[OUTCOME] = Outcome(place, error=error)
        return False
    st.session_state[OUTCOME] = Outcome(place, done)
    return True


def tell_outcome(words: Words, place: str | None = None) -> None:
    """Tell once what became of the last command; a failure beside its button, or without ``place`` wherever it was."""
    outcome: Outcome | None = st.session_state.get(OUTCOME)
    if outcome is None or place not in (None, outcome.place):
        return
    del st.session_state[OUTCOME]
    if isinstance(outcome.error, DomainError):
        errors.refused(words, outcome.error)
    elif outcome.error is not None:
        errors.broken(words, outcome.place, outcome.error)
    elif outcome.done:
        st.toast(escaped(outcome.done), icon=":material/check:")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something chosen on a page: its code or typed text, and what the reader reads there."""

    code: str
    label: str


class Controls:
    """The part of a page that changes things. Words are ``<page>.<name>`` and below.

    ``choices`` are what was chosen beside the filters.
    """

    __slots__ = ()
    key: str
    words: Words
    fmt: Format
    lead_slot: Any
    services: Any
    choices: dict[str, Choice]

    @property
    def looks_only(self) -> bool:
        """Whether the reader looks at the app as somebody else: the services refuse, the buttons say so beforehand."""
        return self.services.actor.viewer is not None

    def now(self, method: Callable[..., Answer], *arguments: object) -> Answer:
        """The service's answer as of now: for what belongs to one person, or must not be a moment old."""
        return method(*arguments)

    def lead_now(self, sentence: str) -> None:
        """The answer of the page in one sentence, where it rests on answers as of now."""
        self.lead_slot.markdown(sentence)

    def moment(self, moment: datetime) -> str:
        """A time in the reader's own zone."""
        return self.fmt.moment(moment.astimezone(identity.zone()))

    def instant(self, text: str) -> str:
        """A time of the audit trail (ISO 8601, UTC) in the reader's own zone."""
        return self.moment(datetime.fromisoformat(text))

    def word(self, key: str, otherwise: str) -> str:
        """The sentence of a key that may be unknown, such as one from a record of an older or newer release."""
        return self.words.t(key) if self.words.has(key) else otherwise

    def person(self, name: str) -> str:
        """Who did something; a service account ("service:plan for li") by what it does and for whom."""
        own, _, behind = name.partition(" for ")
        if not own.startswith("service:"):
            return name
        job = own.removeprefix("service:")
        told = self.word(f"person.service.{job}", job)
        return self.words.t("person.behalf", job=told, name=self.person(behind)) if behind else told

    def days(self, name: str) -> tuple[date, date] | None:
        """First and last of a range of days; None until both are chosen. The label's words are ``<page>.<name>``."""
        key = f"{self.key}.{name}"
        chosen: tuple[date, ...] = st.date_input(
            self.words.t(key), value=[], format="YYYY-MM-DD", key=key, width=250, persist_state="session"
        )
        if len(chosen) != 2:
            return None
        between = f"{chosen[0].isoformat()}–{chosen[1].isoformat()}"
        self.choices[name] = Choice(between, between)
        return chosen[0], chosen[1]

    def choose(self, name: str, options: Mapping[str, str]) -> str | None:
        """One of a list (code → label), at first the first; None when there is nothing to choose from.

        The label's words are ``<page>.<name>``.
        """
        key = f"{self.key}.{name}"
        if not options:
            return None
        if st.session_state.get(key) not in options:
            st.session_state[key] = next(iter(options))
        chosen: str = st.selectbox(
            self.words.t(key), list(options), format_func=lambda code: options.get(code, code), key=key, width=260
        )
        if chosen:
            self.choices[name] = Choice(chosen, options.get(chosen, chosen))
        return chosen

    def link(self, name: str, target: str) -> None:
        """A link to a local address outside the pages."""
        markup.links([(self.words.t(f"{self.key}.{name}"), target)])

    def remembered(self, name: str) -> str | None:
        """What :meth:`remember` kept for this tab."""
        kept: str | None = st.session_state.get(f"{self.key}.{name}.chosen")
        return kept

    def remember(self, name: str, value: str | None) -> None:
        """Keep a choice of this page for this tab (for handlers)."""
        st.session_state[f"{self.key}.{name}.chosen"] = value

    def switch(self, name: str) -> None:
        """A switch, at first off; :meth:`switched` tells how it stands. The label's words are ``<page>.<name>``."""
        st.toggle(self.words.t(f"{self.key}.{name}"), key=f"{self.key}.{name}")

    def switched(self, name: str) -> bool:
        return bool(st.session_state.get(f"{self.key}.{name}"))

    def from_address(self, name: str) -> str | None:
        """What the address says of ``name``, told once to each tab: later choices are the reader's own."""
        said = st.query_params.get(name)
        taken = f"{self.key}.{name}.address"
        if said is None or st.session_state.get(taken) == said:
            return None
        st.session_state[taken] = said
        return said

    def press(self, name: str, send: Callable[[], object], /, *, of: str = "", **facts: object) -> None:
        """A button that sends a command. ``of`` tells buttons of the same name apart.

        Words are ``<page>.<name>`` and ``<page>.<name>.done``; ``facts`` fill both.
        """
        key = f"{self.key}.{name}{of and f'.{of}'}"
        done = self.words.t(f"{self.key}.{name}.done", **facts)
        label = escaped(self.words.t(f"{self.key}.{name}", **facts))

        def pressed() -> None:
            carry_out(key, send, done)

        st.button(label, key=key, on_click=pressed, disabled=self.looks_only)
        tell_outcome(self.words, key)

    def form(self, name: str, fields: Sequence[Field], send: Callable[[Typed], object], *, of: str = "") -> None:
        """Inputs that are sent together. Secrets are forgotten at once, all else once it was accepted.

        Words are ``<page>.<name>.<field>``, ``<page>.<name>.button`` and ``<page>.<name>.done``.
        """
        base = f"{self.key}.{name}"
        keys = {field.name: f"{base}{of and f'.{of}'}.{field.name}" for field in fields}
        button, done = f"{base}{of and f'.{of}'}.button", self.words.t(f"{base}.done")

        def submit() -> None:
            typed = {one: st.session_state.get(key) for one, key in keys.items()}
            for field in fields:
                if field.secret:
                    st.session_state[keys[field.name]] = ""
            if carry_out(button, lambda: send(typed), done):
                for field in fields:
                    # What was uploaded goes with the form: a form ``of`` something else follows it.
                    if not field.files:
                        st.session_state[keys[field.name]] = field.at_first

        with st.form(f"{base}{of and f'.{of}'}", border=False):
            for field in fields:
                self._input(field, keys[field.name], self.words.t(f"{base}.{field.name}"))
            send_label, shut = self.words.t(f"{base}.button"), self.looks_only
            st.form_submit_button(send_label, key=button, type="primary", on_click=submit, disabled=shut)
        tell_outcome(self.words, button)

    def _input(self, field: Field, key: str, label: str) -> None:
        if field.is_day:
            st.session_state.setdefault(key, field.at_first)
            st.date_input(label, key=key, format="YYYY-MM-DD")
            return
        if field.files:
            st.file_uploader(
                label, accept_multiple_files=field.files == "several", max_upload_size=LARGEST_MEGABYTES, key=key
            )
            return
        if field.options is None:
            kind: Any = "password" if field.secret else "default"
            st.session_state.setdefault(key, field.at_first)
            complete = "new-password" if field.secret else "off"
            st.text_input(label, key=key, type=kind, autocomplete=complete, placeholder=field.hint or None)
            return
        options = field.options
        st.session_state.setdefault(key, field.at_first)
        if field.single:
            st.selectbox(
                label,
                list(options),
                index=None,
                format_func=lambda code: options.get(code, code),
                placeholder=field.hint or self.words.t(f"{self.key}.choose"),
                accept_new_options=field.free,
                key=key,
            )
            return
        st.multiselect(
            label,
            list(options),
            format_func=lambda code: options.get(code, code),
            placeholder=self.words.t(f"{self.key}.choose"),
            select_all=False,
            key=key,
        )
