"""Scripts that AppTest runs: the frame over invented services."""

from __future__ import annotations


def fake_app(page: str, kind: str = "whole", role: str = "executive") -> None:
    """Open ``page`` (its address; "" is the home) in the frame. ``kind`` says what is wrong with the services."""
    from dataclasses import replace
    from datetime import UTC, datetime

    import streamlit as st

    from analytics.core.access import Role, Viewer
    from analytics.core.errors import NotSignedIn
    from dashboard.settings import settings_from
    from dashboard.ui import frame, identity
    from dashboard.words import words
    from pages import PAGES
    from tests.dashboard.ui import fake_services as fake
    from tests.dashboard.ui.fake_data_services import SHOP_LATE, FakeFreshness

    def services_for() -> fake.FakeServices:
        if kind == "signed out":
            raise NotSignedIn("not_signed_in")
        services = fake.FakeServices(actor=fake.actor(Role(role)), scope_key=f"{kind} {page}")
        if kind == "late":
            services.freshness = FakeFreshness((SHOP_LATE,))
        for name in ("access", "health", "jobs", "saved_views", "sessions", "simulation", "viewing"):
            setattr(services, name, st.session_state.setdefault(f"test.{name}", getattr(services, name)))
        services.completeness = fake.FakeCompleteness(lacking=kind == "partial")
        if kind == "nothing built":
            services.build_id = None
        if kind == "viewed":
            services.actor = replace(services.actor, viewer=Viewer("u9", "boss", datetime(2026, 11, 1, 7, tzinfo=UTC)))
        services.simulation.starts = kind == "planner"
        wrong = {"missing": fake.MissingOverview, "denied": fake.DeniedOverview, "broken": fake.BrokenOverview}
        services.overview = wrong.get(kind, fake.FakeOverview)()
        return services

    said = words(identity.language())
    shown = [spec for spec in PAGES if not page or spec.url_path == page]
    frame.show(said, settings_from({}), shown, services_for)
