"""The answer key agrees with the rows, and the rows alone do not give it away."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.sample.truths import write_with_answers
from tests.data.sample.conftest import Answered


def test_demand_is_drawn_before_the_shelf_is_looked_at(answered: Answered) -> None:
    """Sales never pass demand, fall short of it where the shelf was empty, and demand follows its law."""
    demand = answered.answers["demand"]
    assert (demand["sold"] <= demand["wanted"]).all()
    assert demand.loc[demand["wanted"] > demand["sold"], "censored"].all()
    assert 0.02 < demand["censored"].mean() < 0.15
    assert 0.75 < demand["sold"].sum() / demand["wanted"].sum() < 0.99
    assert 0.95 < demand["wanted"].sum() / demand["mean"].sum() < 1.06
    # By category the law holds as well, whatever the shelf.
    category = demand["sku"].map(answered.rows["product"].set_index("sku")["category"])
    ratio = demand.groupby(category)["wanted"].sum() / demand.groupby(category)["mean"].sum()
    assert ratio.between(0.88, 1.12).all()


def test_a_dry_shelf_hides_demand_from_the_rows(answered: Answered) -> None:
    demand, lines = answered.answers["demand"], answered.rows["order_line"]
    paid = lines[lines["cancelled_at"].isna() & lines["paid_at"].notna() & ~lines["gift"].astype(bool)]
    sold = paid.groupby(["node", "sku", "day"])["quantity"].sum()
    key = demand.assign(day=pd.to_datetime(demand["day"]).astype(lines["day"].dtype))
    told = key[~key["node"].str.startswith("NM")].set_index(["node", "sku", "day"])["sold"].astype(float)
    pd.testing.assert_series_equal(
        sold.sort_index(), told[told > 0].sort_index(), check_names=False, check_index_type=False
    )


def test_promotions_lift_demand_by_their_true_uplift(answered: Answered) -> None:
    """Against the law of the days before, group prices bring about what the key says, within the year's drift."""
    known = answered.answers["promotion"].set_index("promotion")
    running = answered.rows["promotion"]
    running = running[(running["channel"] == "GROUP") & running["sku"].notna()]
    uplift = known.loc[running["promotion"], "uplift"]
    assert 1.4 < uplift.mean() < 2.2
    assert uplift.min() >= 1
    assert known["pulled_forward"].between(0, 0.45).all()


def test_campaigns_bring_what_the_key_says(answered: Answered) -> None:
    """Further orders per treated account are the true lift, up to chance; some campaigns do nothing."""
    key = answered.answers["campaign"].set_index("campaign")
    arms = answered.rows["campaign_exposure"]
    treated = arms[arms["arm"] == "treatment"].groupby("campaign").size()
    expected = key["lift"] * treated
    assert (key["lift"] == 0).any()
    assert key.loc[key["lift"] == 0, "further_orders"].sum() == 0
    assert abs(key["further_orders"].sum() - expected.sum()) < 4 * np.sqrt(expected.sum()) + 0.1 * expected.sum()
    held = arms.groupby("campaign")["arm"].apply(lambda arm: (arm == "holdout").mean())
    told = answered.rows["campaign"].set_index("campaign")["holdout"]
    assert (held - told).abs().max() < 0.12


def test_accounts_of_one_person_are_known_to_the_key_alone(answered: Answered) -> None:
    key = answered.answers["account"]
    assert set(key["account"]) == set(answered.rows["account"]["account"])
    accounts = key.groupby("person").size()
    assert 0.15 < (accounts > 1).mean() < 0.3
    assert (key.groupby("person")["household"].nunique() == 1).all()
    assert (key.groupby("household")["person"].nunique() <= key.groupby("household")["household_size"].first()).all()


def test_diverted_codes_are_scanned_where_they_were_not_shipped_to(answered: Answered) -> None:
    scans = answered.rows["code_scan"].merge(answered.answers["scan"], on="scan")
    territory = answered.rows["territory"].set_index("region")["dealer"]
    there = (scans["region"].str[:4] + "00").map(territory)
    diverted, travelled = scans["diverted"].astype(bool), scans["travelled"].astype(bool)
    outside = (there != scans["partner"]) & scans["partner"].str.startswith("D") & (scans["kind"] == "product")
    assert diverted.any()
    assert outside[diverted & ~travelled].all()
    honest = (scans["kind"] == "product") & scans["partner"].str.startswith("D", na=False) & ~diverted
    assert 0.005 < outside[honest].mean() < 0.06
    assert set(scans.loc[diverted, "partner"]) <= set(answered.answers["diversion"]["dealer"])


def test_every_violation_has_its_spell(answered: Answered) -> None:
    seen = answered.rows["price_observation"].merge(answered.answers["observation"], on="observation")
    spells = answered.answers["episode"].set_index("episode")
    wrong = seen[seen["explanation"] == "violation"]
    assert len(wrong) > 20
    both = wrong.join(spells, on="episode", rsuffix="_true")
    assert (both["sku"] == both["sku_true"]).all()
    assert (both["channel"] == both["channel_true"]).all()
    day = both["observed_at"].dt.tz_convert("Asia/Shanghai").dt.date
    assert ((both["starts"] <= day) & (day <= both["ends"])).all()
    night = both["observed_at"].dt.tz_convert("Asia/Shanghai").dt.hour < 6
    assert night[both["pattern"] == "night"].all()
    assert set(seen["explanation"]) == {"list", "band", "promotion", "violation"}


def test_disruptions_and_stuffing_leave_their_mark(answered: Answered) -> None:
    assert len(answered.answers["disruption"]) == 5
    assert answered.answers["city"]["growth"].std() > 0.03
    assert answered.answers["district"]["potential"].max() > 1.5


def test_the_key_is_never_written_into_the_sample(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must not lie inside"):
        write_with_answers(tmp_path, tmp_path / "key", seed=1, last_day=date(2026, 11, 21), size="tiny")
    assert list(tmp_path.iterdir()) == []
