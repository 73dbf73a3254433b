"""Scripts that AppTest runs: the frame over real services of somebody with this grant."""

from __future__ import annotations


def real_app(home: str, grant: str, role: str, page: str) -> None:
    """Open ``page`` (its address) over the world in ``home``."""
    from analytics.core.access import Actor, Role
    from dashboard.composition import services_as
    from dashboard.settings import settings_from
    from dashboard.ui import frame, identity
    from dashboard.ui.cache import store_at
    from dashboard.words import words
    from pages import PAGES

    settings = settings_from({"WATERLINE_HOME": home})
    actor = Actor(f"user of {grant}", f"user of {grant}", frozenset({Role(role)}), frozenset({grant}), "s" * 64)
    store = store_at(settings.store_url)
    shown = [spec for spec in PAGES if spec.url_path == page]
    frame.show(words(identity.language()), settings, shown, lambda: services_as(settings, store, lambda: actor))
