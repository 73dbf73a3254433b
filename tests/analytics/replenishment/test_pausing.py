"""What pausing a promotion costs beside doing nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.replenishment.plan import planned
from tests.analytics.replenishment.cases import PATHS, TERMS, Case, One, cases
from tests.analytics.replenishment.test_proposals import told

BY_HAND = One(np.full((PATHS, 16), 10), on_hand=15, expired=5, reserved=5, inbound=((2, 10.0),), multiple=12)


def test_pausing_by_hand() -> None:
    """Half of ten a day stays. Of 35 in seven days 15 can be sold, each for two yuan more: 20 are lost, 35 given up."""
    (one,) = told(Case((replace(BY_HAND, share=0.5, markdown=2.0),)))
    nothing, pause = one.evidence.alternatives
    assert (nothing.kind, nothing.cost, nothing.lost) == ("do_nothing", Decimal("220.00"), Decimal("55.00"))
    assert (pause.kind, pause.units) == ("pause_promotion", Decimal(0))
    assert pause.source is None
    assert pause.receipt is None
    assert (pause.cost, pause.lost) == (Decimal("190.00"), Decimal("55.00"))


def test_without_a_promotion_there_is_nothing_to_pause() -> None:
    (one,) = told(Case((BY_HAND,)))
    assert [other.kind for other in one.evidence.alternatives] == ["do_nothing"]


def test_a_promotion_after_the_following_receipt_is_another_orders() -> None:
    case = Case((replace(BY_HAND, share=0.5, markdown=2.0),))
    (demand,) = case.demand
    assert demand.pause is not None
    demand.pause.share[:, : BY_HAND.following - 1] = 1.0
    assert np.isfinite(case.plan().paused.cost).all()
    assert np.isnan(planned(case.positions, [demand], TERMS).paused.cost).all()


def test_what_a_unit_would_bring_more_is_not_guessed() -> None:
    (one,) = told(Case((replace(BY_HAND, share=0.5, markdown=np.nan),)))
    assert [other.kind for other in one.evidence.alternatives] == ["do_nothing"]


@given(cases(), st.floats(0.1, 0.95), st.floats(0.1, 5.0))
@settings(max_examples=60, deadline=None)
def test_it_pays_by_what_units_bring_more_alone(case: Case, share: float, markdown: float) -> None:
    """Whoever asks less sells no more: without a markdown pausing never costs less than doing nothing."""
    plain = Case(tuple(replace(one, share=share) for one in case.ones), case.room, case.supply).plan()
    assert (plain.paused.lost >= plain.nothing.lost - 1e-3).all()
    assert (plain.paused.cost >= plain.nothing.cost - 1e-2).all()
    dearer = Case(tuple(replace(one, share=share, markdown=markdown) for one in case.ones), case.room, case.supply)
    paid = plain.paused.cost - dearer.plan().paused.cost
    sold = case.plan().outlook.mean[plain.rows] - plain.paused.lost
    np.testing.assert_allclose(paid, np.maximum(sold, 0) * markdown, rtol=1e-3, atol=1e-2)
