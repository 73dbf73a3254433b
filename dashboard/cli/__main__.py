"""``python -m dashboard.cli`` is the same as ``waterline``."""

from __future__ import annotations

from dashboard.cli import main

main()
