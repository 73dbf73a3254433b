"""A user without a browser: speaks Streamlit's websocket protocol and keeps everything that the server said."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pyarrow as pa
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

_MEDIA = re.compile(r"/media/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Widget:
    """Something that can be operated; ``fragment`` names the fragment it lives in, or is empty."""

    id: str
    kind: str
    label: str
    fragment: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A new state of a widget: ``slot`` is a field of Streamlit's WidgetState, such as trigger_value."""

    widget: Widget
    slot: str
    value: Any


@dataclass(frozen=True, slots=True)
class Made:
    """What came of asking for a file: the path to fetch it from, or why there is none."""

    path: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the script sent.

    ``texts``: every string of every message, tables and charts included, for leak tests to search.
    ``metrics``: label → value. ``seconds`` until the script finished, ``first`` until the first element came.
    """

    texts: tuple[str, ...]
    metrics: Mapping[str, str]
    kinds: tuple[str, ...]
    exceptions: tuple[str, ...]
    bytes: int
    first: float
    seconds: float

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def media(self) -> tuple[str, ...]:
        """Paths of files that the run published."""
        return tuple(sorted(set(_MEDIA.findall(self.text))))


class VirtualUser:
    """One tab. ``cookies`` are sent with the handshake, as a browser would.

    ``offered``: key of a download button → number of the file that is made when it is pressed.
    """

    def __init__(self, base_url: str, page: str = "", *, cookies: Mapping[str, str] | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.page = page
        self.query: Mapping[str, str] = {}
        self.locale = "en-US"
        self.widgets: dict[str, Widget] = {}
        self.offered: dict[str, str] = {}
        self._session = ""
        self._cookies = dict(cookies or {})
        self._socket: ClientConnection | None = None
        self._known: dict[str, ForwardMsg] = {}
        self._page_hash = ""

    async def __aenter__(self) -> Self:
        address = urlsplit(self.base_url)
        scheme = "wss" if address.scheme == "https" else "ws"
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        self._socket = await connect(
            f"{scheme}://{address.netloc}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin(self.base_url),
            additional_headers=headers if self._cookies else None,
            max_size=None,
            open_timeout=30,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def run(self, *operations: Operation, fragment: str = "", timeout: float = 60) -> Run:
        """Load or rerun the page with widgets in new states, and wait until the script has finished."""
        if self._socket is None:
            raise RuntimeError("use the virtual user in an async with block")
        began = time.perf_counter()
        await self._socket.send(self._asked(operations, fragment))
        heard = _Heard(began, follows=bool(fragment))
        async with asyncio.timeout(timeout):
            while not heard.finished:
                raw = await self._socket.recv()
                heard.take(self._whole(raw if isinstance(raw, bytes) else raw.encode()), len(raw))
        self.widgets.update(heard.widgets)
        self.offered.update(heard.offered)
        self._session = heard.session or self._session
        self._page_hash = heard.page_hash or self._page_hash
        return heard.run()

    async def press(self, label: str, *, timeout: float = 60) -> Run:
        """Click the button of that label; one in a fragment reruns the fragment alone."""
        widget = self.widgets[label]
        return await self.run(Operation(widget, "trigger_value", True), fragment=widget.fragment, timeout=timeout)

    async def ask_for(self, file_id: str, *, timeout: float = 60) -> Made:
        """Press the download button behind ``file_id``, of this tab or of another one."""
        await self.want(file_id)
        async with asyncio.timeout(timeout):
            while self._socket is not None:
                raw = await self._socket.recv()
                message = self._whole(raw if isinstance(raw, bytes) else raw.encode())
                if message.WhichOneof("type") == "backend_operation_response":
                    answer = message.backend_operation_response
                    return Made(answer.deferred_file.url, answer.error_msg)
        raise RuntimeError("the tab was closed")

    async def want(self, file_id: str) -> None:
        """Press the button and wait for nothing."""
        if self._socket is None:
            raise RuntimeError("use the virtual user in an async with block")
        await self._socket.send(self._wanted(file_id))

    def _wanted(self, file_id: str) -> bytes:
        message = BackMsg()
        message.backend_operation_request.request_id = uuid4().hex
        message.backend_operation_request.session_id = self._session
        message.backend_operation_request.deferred_file.file_id = file_id
        return bytes(message.SerializeToString())

    def _asked(self, operations: tuple[Operation, ...], fragment: str) -> bytes:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string = urlencode(self.query)
        asked.page_name = self.page
        asked.fragment_id = fragment
        if fragment:
            # A browser names the page that it is on: what the fragment has drawn anew must not be another one.
            asked.page_script_hash = self._page_hash
        asked.context_info.locale = self.locale
        asked.context_info.timezone = "Asia/Shanghai"
        asked.context_info.url = f"{self.base_url}/{self.page}"
        for operation in operations:
            state = asked.widget_states.widgets.add()
            state.id = operation.widget.id
            target = getattr(state, operation.slot)
            if hasattr(target, "data"):
                target.data.extend(operation.value)
            else:
                setattr(state, operation.slot, operation.value)
        return bytes(message.SerializeToString())

    def _whole(self, raw: bytes) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(raw)
        if message.WhichOneof("type") == "ref_hash":
            return self._known[message.ref_hash]
        if message.hash:
            self._known[message.hash] = message
        return message


@dataclass
class _Heard:
    """Collects the messages of one run; with ``follows``, also of the run of the whole page that it asks for."""

    began: float
    follows: bool = False
    texts: list[str] = field(default_factory=list)
    metrics: dict[str, str] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    widgets: dict[str, Widget] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)
    session: str = ""
    bytes: int = 0
    first: float | None = None
    page_hash: str = ""
    finished: bool = False

    def take(self, message: ForwardMsg, size: int) -> None:
        self.bytes += size
        kind = message.WhichOneof("type")
        self.texts.extend(_texts(message))
        if kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        if kind == "delta":
            self.first = self.first or time.perf_counter() - self.began
            self._take_delta(message.delta)
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        early = self.follows and message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
        self.finished = kind == "script_finished" and not early

    def _take_delta(self, delta: Any) -> None:
        kind = delta.new_element.WhichOneof("type") if delta.WhichOneof("type") == "new_element" else None
        if kind is None:
            return
        element = getattr(delta.new_element, kind)
        self.kinds.append(kind)
        if kind == "metric":
            self.metrics[element.label] = element.body
        if kind == "exception":
            self.exceptions.append(f"{element.type}: {element.message}")
        if kind == "download_button":
            self.offered[element.id.split("-", 2)[-1]] = element.deferred_file_id
        if getattr(element, "id", ""):
            label = getattr(element, "label", "") or element.id
            self.widgets[label] = Widget(element.id, kind, label, delta.fragment_id)

    def run(self) -> Run:
        seconds = time.perf_counter() - self.began
        return Run(
            tuple(self.texts),
            self.metrics,
            tuple(self.kinds),
            tuple(self.exceptions),
            self.bytes,
            seconds if self.first is None else self.first,
            seconds,
        )


def _texts(message: Any) -> Iterator[str]:
    """Every string inside a message, however deep; tables cell by cell."""
    for described, value in message.ListFields():
        if described.name == "hash":
            continue
        for part in _parts(value):
            if isinstance(part, str):
                yield part
            elif isinstance(part, bytes):
                yield from _table_texts(part)
            elif hasattr(part, "ListFields"):
                yield from _texts(part)
            else:
                yield str(part)


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, str | bytes) or hasattr(value, "ListFields"):
        yield value
    elif hasattr(value, "items"):
        for key, inner in value.items():
            yield from (key, inner)
    elif hasattr(value, "__iter__"):
        yield from value
    else:
        yield value


def _table_texts(raw: bytes) -> Iterator[str]:
    try:
        table = pa.ipc.open_stream(raw).read_all()
    except (pa.ArrowInvalid, OSError):
        yield raw.decode("utf-8", errors="replace")
        return
    yield from table.column_names
    for column in table.columns:
        yield from (str(cell) for cell in column.to_pylist())
