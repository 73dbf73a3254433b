"""From a piece of a chart to the days that it stands for."""

from __future__ import annotations

import streamlit as st

from analytics.core.calendar import Period
from dashboard.ui.asked_url import CUSTOM
from dashboard.ui.filters import key


def between(days: Period) -> None:
    """Ask about exactly these days (for callbacks)."""
    st.session_state[key("period")] = CUSTOM
    st.session_state[key("days")] = (days.first, days.last)
