"""What the server's log is told of who came in, who did not, and who was refused: one line of JSON each.

JSON because a name with a line break in it must not make a second line. Names that no account bears are told as
digests: people type passwords into the name field.
"""

from __future__ import annotations

import json
import logging

_logger = logging.getLogger("waterline.security")


def told(event: str, **facts: str | int | None) -> None:
    """Log ``event`` with its facts; never a secret."""
    line = json.dumps({"event": event, **facts}, ensure_ascii=True)
    if event.endswith(("refused", "throttled")):
        _logger.warning(line)
    else:
        _logger.info(line)
