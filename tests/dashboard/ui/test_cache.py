"""A remembered answer belongs to one scope, one build, one set of rights and one question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

import pandas as pd
import pytest

from analytics.core.access import Action, Role
from analytics.core.calendar import Comparison
from analytics.core.errors import AccessDenied
from dashboard.services.requests import Asked, Look
from dashboard.services.views import Rows, Today
from dashboard.ui.cache import answer, authorised, key_of, plain, recall, sealed
from tests.dashboard.ui.fake_services import FakeServices, actor


def asked(services: FakeServices, method: Callable[..., object], *arguments: object) -> str:
    return key_of(services, services.actor, method, arguments)


def test_keys_differ_by_whatever_changes_the_answer() -> None:
    base = FakeServices()
    today, rows = base.overview.today, base.overview.rows
    keys = [
        asked(base, today, Asked()),
        asked(base, rows, Asked()),
        asked(FakeServices(scope_key="other"), today, Asked()),
        asked(FakeServices(build_id="other"), today, Asked()),
        asked(FakeServices(build_id=None), today, Asked()),
        asked(FakeServices(policy_number=1), today, Asked()),
        asked(FakeServices(actor=actor(Role.DEALER)), today, Asked()),
        asked(base, today, replace(Asked(), comparison=Comparison.LAST_YEAR)),
        asked(base, today, replace(Asked(), partners=("a", "b"))),
        asked(base, today, replace(Asked(), partners=("a,b",))),
        asked(base, base.territory.heatmap, Asked(), Look("sales"), 5),
        asked(base, base.territory.heatmap, Asked(), Look("sales"), 6),
    ]
    assert len(set(keys)) == len(keys)


def test_the_same_question_has_the_same_key() -> None:
    one, other = FakeServices(), FakeServices()
    assert asked(one, one.overview.today, Asked()) == asked(other, other.overview.today, Asked())


def test_the_key_follows_the_rights_as_they_are_now() -> None:
    """A fragment asks with what its page was drawn with: the person may see other rows by now."""
    services = FakeServices(scope_key="moved")
    before = authorised(services, Action.SEE_OVERVIEW, services.overview.today, (Asked(),))
    services.actor = replace(services.actor, grants=frozenset({"D2"}))
    assert authorised(services, Action.SEE_OVERVIEW, services.overview.today, (Asked(),)) != before


def test_an_answer_made_while_rights_change_is_not_kept_for_those_who_have_the_old_ones() -> None:
    services = FakeServices(scope_key="meanwhile")
    real, old = services.overview.today, services.actor

    @wraps(real)
    def today(asked: Asked) -> Today:
        services.actor = replace(old, grants=frozenset({"D2"}))
        return real(asked)

    key = authorised(services, Action.SEE_OVERVIEW, today, (Asked(),))
    kept, _ = recall(services, Action.SEE_OVERVIEW, key, today, (Asked(),))
    assert kept != key
    assert len(services.overview.asked) == 2, "asked again, with the rights as they are now"
    services.actor = old
    recall(services, Action.SEE_OVERVIEW, key, real, (Asked(),))
    assert len(services.overview.asked) == 3, "nothing was kept for those who have the old ones"


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
