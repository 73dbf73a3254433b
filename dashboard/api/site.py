"""What the HTTP side needs to know of this installation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import HTTPConnection

from analytics.core.access import Actor
from dashboard.services.readiness import Readiness
from dashboard.services.sign_in import LocalAccounts, SignIn, served_securely, session_cookie_name
from dashboard.settings import Settings
from dashboard.words import LANGUAGE_COOKIE, Words, negotiate, words


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Site:
    """Settings, services and the clock of the running server; ``shell`` is Streamlit's index page.

    ``icon`` is a PNG, ``sheet`` the style rules that theme settings cannot express. ``released`` says whether bytes of
    a checksum were recorded as handed to somebody.
    """

    settings: Settings
    sign_in: SignIn
    local: LocalAccounts
    ready: Callable[[], Readiness]
    shell: Path
    icon: Path
    sheet: Path
    released: Callable[[Actor, str], bool]
    clock: Callable[[], datetime] = utc_now

    @property
    def secure(self) -> bool:
        return served_securely(self.settings)

    @property
    def session_cookie(self) -> str:
        return session_cookie_name(self.settings)

    @property
    def csrf_cookie(self) -> str:
        return f"{self.session_cookie}-csrf"

    def words(self, request: HTTPConnection) -> Words:
        """The language chosen before, else the browser's."""
        chosen = negotiate(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"))
        return words(chosen)

    def token(self, request: HTTPConnection) -> str | None:
        return request.cookies.get(self.session_cookie)
