"""Security headers on every response."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.site import Site

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9.*:\[\]-]+")


def content_hash(text: str) -> str:
    """CSP source of an inline script or style.

    >>> content_hash("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def page_policy(shell: str, *, base_url: str, tile_url: str | None) -> str:
    """Content security policy of Streamlit's pages: this server alone, and the tile server if one is set.

    ``shell`` is the text of the index page, whose inline scripts are allowed by their hash: the hash changes with
    Streamlit's release. Streamlit styles its elements inline. Maps decode in workers made from blobs.
    """
    scripts = " ".join(content_hash(script) for script in _INLINE_SCRIPT.findall(shell))
    tiles = _tile_source(tile_url)
    ours = urlsplit(base_url)
    # Older Safari does not count the websocket of the same host as 'self'.
    socket = f"{'wss' if ours.scheme == 'https' else 'ws'}://{ours.netloc}"
    return _joined({
        "default-src": "'self'",
        "script-src": f"'self' {scripts}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob: {tiles}",
        "font-src": "'self' data:",
        "connect-src": f"'self' {socket} {tiles}",
        "worker-src": "'self' blob:",
        "media-src": "'self' blob:",
        "frame-src": "'none'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "form-action": "'self'",
    })  # fmt: skip


def own_page_policy(style: str) -> str:
    """Policy of the pages that this package writes itself: one known style sheet, forms to this site, no script."""
    return _joined({
        "default-src": "'none'",
        "style-src": content_hash(style),
        "img-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    })  # fmt: skip


class SecurityHeaders:
    """Adds what a response does not already say, whoever wrote it."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        shell = site.shell.read_text(encoding="utf-8")
        policy = page_policy(shell, base_url=site.settings.base_url, tile_url=site.settings.tile_url)
        self._always: Mapping[str, str] = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
            "referrer-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }
        self._secure = site.secure
        https = urlsplit(site.settings.base_url).scheme == "https"
        self._transport = {"strict-transport-security": "max-age=63072000; includeSubDomains"} if https else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self.app(scope, receive, guarded)

    def _add(self, headers: MutableHeaders, path: str) -> None:
        for name, value in (*self._always.items(), *self._transport.items()):
            headers.setdefault(name, value)
        if path.startswith("/media/"):
            headers["cache-control"] = "no-store"
        if self._secure:
            _secure_cookies(headers)


def _secure_cookies(headers: MutableHeaders) -> None:
    """Streamlit marks none of its own cookies ``Secure``."""
    cookies = headers.getlist("set-cookie")
    if not cookies:
        return
    del headers["set-cookie"]
    for cookie in cookies:
        known = any(part.strip().lower() == "secure" for part in cookie.split(";"))
        headers.append("set-cookie", cookie if known else f"{cookie}; Secure")


def _tile_source(tile_url: str | None) -> str:
    if tile_url is None:
        return ""
    address = urlsplit(tile_url.replace("{s}", "*"))
    host = address.netloc.rpartition("@")[2]
    return f"{address.scheme}://{host}" if address.scheme in {"http", "https"} and _HOST.fullmatch(host) else ""


def _joined(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {' '.join(value.split())}" for name, value in directives.items())
