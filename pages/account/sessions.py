"""Where am I signed in, and is it really me?"""

from __future__ import annotations

from dashboard.ui.page import Page
from dashboard.ui.session_table import session_table


def render(page: Page) -> None:
    own = page.services.sessions
    found = page.now(own.mine)
    page.lead_now(page.t("account.sessions.lead", count=len(found.sessions)))
    session_table(page, "open", page.t("account.sessions.open"), found.sessions, own.end, this=found.this)
    if any(one.id != found.this for one in found.sessions):
        page.press("end_others", own.end_others)
    page.section(page.t("account.sessions.password_title"))
    page.say(page.t("account.sessions.password_about"))
    page.link("password", "/password?next=/sessions")
