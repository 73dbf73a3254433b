"""Files that are made when somebody asks for them: for the tab that offered them alone, and refused in words.

Streamlit makes such a file for whoever names its number, whatever tab that is, and says of a failure only that it
failed, in English.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime import app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_storage import MediaFileStorageError

from dashboard.words import LANGUAGES, words

log = logging.getLogger("waterline.ui")


class Told(Exception):
    """Why there is no file, as a sentence in the reader's language."""


class TellingHandler(DeferredFileHandler):
    """Streamlit's handler, but a file is made for its own tab only, and the reader is told why there is none."""

    async def handle(self, request: BackendOperationRequest, session_id: str) -> BackendOperationResponse:
        manager: Any = self._get_media_file_mgr()
        file_id = request.deferred_file.file_id
        offered = manager._deferred_callables.get(file_id)
        if offered is None or offered["session_id"] != session_id:
            return _refused(request, _gone())
        try:
            url = await asyncio.to_thread(manager.execute_deferred, file_id)
        except MediaFileStorageError as error:
            if not isinstance(error.__cause__, Told):
                log.exception("a file could not be made")
                return _refused(request, _gone())
            return _refused(request, str(error.__cause__))
        payload = DeferredFileResponsePayload(url=url)
        return BackendOperationResponse(request_id=request.request_id, deferred_file=payload)


def tell_refusals() -> None:
    """Let every tab use :class:`TellingHandler`; call it before the first one opens."""
    internals: Any = app_session
    internals.DeferredFileHandler = TellingHandler


def _refused(request: BackendOperationRequest, sentence: str) -> BackendOperationResponse:
    return BackendOperationResponse(request_id=request.request_id, error_msg=sentence)


def _gone() -> str:
    """Whose tab it is, and thereby its language, is unknown here."""
    return " ".join(words(language).t("export.gone") for language in LANGUAGES)
