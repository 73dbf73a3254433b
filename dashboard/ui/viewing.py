"""The band above every page while somebody looks at the app as somebody else: who, as whom, and the way back."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.ui import identity
from dashboard.ui.controls import carry_out, tell_outcome
from dashboard.ui.formatting import Format
from dashboard.ui.headline import escaped
from dashboard.words import Words

END = "frame.viewing.end"


def band(words: Words, services: Any) -> None:
    """Draw the band; nothing for somebody who looks as themselves."""
    viewer = services.actor.viewer
    if viewer is None:
        return
    done = words.t(f"{END}.done", name=services.actor.name)

    def back() -> None:
        carry_out(END, services.viewing.end, done)

    until = Format(words).moment(viewer.until.astimezone(identity.zone()))
    said = words.t("frame.viewing", viewer=viewer.name, name=services.actor.name, until=until)
    with st.container(horizontal=True, vertical_alignment="center", key="frame.viewing"):
        st.markdown(f":material/visibility: {escaped(said)}")
        st.button(words.t(END), key=END, on_click=back)
    tell_outcome(words, END)
