"""Files leave to the person of whom the log says so, and to nobody else."""

from __future__ import annotations

import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics.core.errors import DomainError
from dashboard.api.site import Site

FILES = "/media/"


class Released:
    """Holds a file back until its checksum was found among what was handed to whoever asks.

    Its address is a digest of its bytes and works for everybody who knows it. What no log tells of, such as a file that
    was published when a page was drawn, is not there.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(FILES):
            await self.app(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        # Whole or not at all: a part of a file, or the file compressed, has another checksum.
        asked = {**scope, "headers": _plainly(scope)}
        await self.app(asked, receive, hold)
        body = b"".join(message.get("body", b"") for message in held if message["type"] == "http.response.body")
        if await run_in_threadpool(self._may, Request(scope), body):
            for message in held:
                await send(message)
            return
        await PlainTextResponse("Not Found", status_code=404)(scope, receive, send)

    def _may(self, request: Request, body: bytes) -> bool:
        site = self._site
        try:
            actor = site.sign_in.actor(site.token(request), now=site.clock())
            return site.released(actor, hashlib.sha256(body).hexdigest())
        except DomainError:
            return False


def _plainly(scope: Scope) -> list[tuple[bytes, bytes]]:
    headers = MutableHeaders(scope={"headers": list(scope["headers"])})
    for name in ("range", "if-range", "accept-encoding"):
        del headers[name]
    return headers.raw
