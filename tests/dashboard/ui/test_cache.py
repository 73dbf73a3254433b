"""A remembered answer belongs to one scope, one build, one set of rights and one question."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analytics.core.access import Action, Role
from analytics.core.calendar import Comparison
from analytics.core.errors import AccessDenied
from dashboard.services.requests import Asked
from dashboard.services.views import Rows
from dashboard.ui.cache import answer, key_of, plain, sealed
from tests.dashboard.ui.fake_services import FakeServices, actor


def test_keys_differ_by_whatever_changes_the_answer() -> None:
    base = FakeServices()
    today, rows = base.overview.today, base.overview.rows
    keys = [
        key_of(base, today, (Asked(),)),
        key_of(base, rows, (Asked(),)),
        key_of(FakeServices(scope_key="other"), today, (Asked(),)),
        key_of(FakeServices(build_id="other"), today, (Asked(),)),
        key_of(FakeServices(build_id=None), today, (Asked(),)),
        key_of(FakeServices(actor=actor(Role.DEALER)), today, (Asked(),)),
        key_of(base, today, (replace(Asked(), comparison=Comparison.LAST_YEAR),)),
        key_of(base, today, (replace(Asked(), partners=("a", "b")),)),
        key_of(base, today, (replace(Asked(), partners=("a,b",)),)),
        key_of(base, base.territory.heatmap, (Asked(), "sales", 5)),
        key_of(base, base.territory.heatmap, (Asked(), "sales", 6)),
    ]
    assert len(set(keys)) == len(keys)


def test_the_same_question_has_the_same_key() -> None:
    assert key_of(FakeServices(), FakeServices().overview.today, (Asked(),)) == key_of(
        FakeServices(), FakeServices().overview.today, (Asked(),)
    )


def test_a_frame_is_refused_as_a_key() -> None:
    with pytest.raises(TypeError, match="DataFrame"):
        plain(pd.DataFrame())


def test_an_answer_is_computed_once() -> None:
    services = FakeServices(scope_key="computed once")
    for _ in range(3):
        answer(services, Action.SEE_OVERVIEW, services.overview.today, Asked())
    assert len(services.overview.asked) == 1


def test_a_revoked_right_is_noticed_before_a_remembered_answer_is_handed_out() -> None:
    services = FakeServices(scope_key="revoked")
    answer(services, Action.SEE_OVERVIEW, services.overview.today, Asked())
    services.actor = actor(Role.ADMINISTRATOR)
    with pytest.raises(AccessDenied):
        answer(services, Action.SEE_OVERVIEW, services.overview.today, Asked())


def test_nobody_can_write_into_a_shared_answer() -> None:
    rows = pd.DataFrame({"sales": [1.0, 2.0], "orders": [1.0, 2.0], "name": ["a", "b"], "count": [1, 2]})
    shared = sealed(Rows(rows, total=2, shown=2))
    for column, value in {"sales": 9.0, "orders": 9.0, "name": "z", "count": 9}.items():
        with pytest.raises(ValueError, match="read-only"):
            shared.frame.loc[0, column] = value
    assert shared.frame.assign(sales=0.0)["sales"].sum() == 0
