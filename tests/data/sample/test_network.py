"""The partner tree, the places, and who may sign in to the demo."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.core.access import ROOT, Role
from data.sample.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

World = Mapping[str, pd.DataFrame]


def test_the_tree_has_dealers_with_outlets_below(world: World) -> None:
    partners = world["partner"].set_index("partner")
    assert partners["kind"].value_counts().to_dict() == {
        "store": 200,
        "group_leader": 60,
        "dealer": 12,
        "supermarket": 4,
    }
    outlets = partners[partners["kind"].isin(["store", "group_leader"])]
    assert set(outlets["parent"].map(partners["kind"])) == {"dealer"}
    assert partners.loc[partners["kind"].isin(["dealer", "supermarket"]), "parent"].isna().all()
    per_dealer = outlets.groupby(["parent", "kind"]).size().unstack()
    assert len(per_dealer) == 12
    assert per_dealer.notna().all(axis=None)


def test_outlets_lie_in_the_territory_of_their_dealer(world: World) -> None:
    partners, territory = world["partner"], world["territory"]
    outlets = partners[partners["parent"].notna()]
    dealer = (outlets["region"].str[:4] + "00").map(territory.set_index("region")["dealer"])
    assert (dealer == outlets["parent"]).all()
    assert len(territory) == 20


def test_each_province_is_present_with_cities_and_districts(world: World) -> None:
    regions = world["region"].set_index("code")
    provinces = regions[regions["level"] == "province"]
    assert set(provinces["name"]) == {"河北省", "山东省", "河南省"}
    cities = regions[regions["level"] == "city"]
    assert len(cities) == 20
    assert set(cities["parent"]) == set(provinces.index)
    districts = regions[regions["level"] == "district"]
    assert set(districts["parent"]) == set(cities.index)
    assert regions[["latitude", "longitude"]].notna().all(axis=None)
    for above, below in ((provinces, cities), (cities, districts)):
        assert below.groupby("parent")["households"].sum().to_dict() == above["households"].to_dict()


def test_partners_stand_near_their_region_but_for_a_few_without_position(world: World) -> None:
    partners = world["partner"].merge(world["region"], left_on="region", right_on="code", suffixes=("", "_region"))
    assert len(partners) == 276
    assert partners["latitude"].isna().sum() == 5
    assert ((partners["latitude"] - partners["latitude_region"]).abs().dropna() < 0.1).all()
    assert ((partners["longitude"] - partners["longitude_region"]).abs().dropna() < 0.1).all()


def test_nodes_of_partners_and_of_the_brand(world: World) -> None:
    kinds = world["node"]["kind"].value_counts().to_dict()
    assert kinds == {"store": 204, "dealer": 12, "regional": 3, "plant": 2, "central": 1}
    own = world["node"]["partner"].isna()
    assert set(world["node"].loc[own, "kind"]) == {"plant", "central", "regional"}


def test_names_say_that_they_are_examples_and_nobody_is_reached_by_a_phone(world: World) -> None:
    assert world["partner"]["name"].str.startswith("示例").all()
    assert world["partner"]["name"].is_unique
    assert world["product"]["name"].str.startswith("示例").all()
    for name, frame in world.items():
        for column in frame.select_dtypes(include="object"):
            seen = frame[column].dropna().drop_duplicates().astype(str)
            assert not seen.str.contains(r"(?<!\d)1[3-9]\d{9}(?!\d)").any(), (name, column)
    told = world["identifier"].set_index("kind")["value"]
    assert told["phone"].str.fullmatch(r"120\d{8}").all()
    assert told["address"].str.contains("示例|样板|演示|虚构|假定|模拟").all()


def test_the_reference_product_costs_what_the_policy_says(world: World) -> None:
    sku = world["product"].set_index("name").loc["示例粮油五常大米 5kg", "sku"]
    lines = world["order_line"][world["order_line"]["sku"] == sku]
    assert set((lines["list_amount"] / lines["quantity"]).round(4)) == {69.0}
    policy = world["price_policy"]
    assert set(policy.loc[policy["sku"] == sku, "base_price"]) == {69.0}
    seen = world["price_observation"]
    assert {59.0, 79.0} <= set(seen.loc[seen["sku"] == sku, "price"])


def test_demo_accounts_stand_on_partners_of_the_world(world: World) -> None:
    partners = world["partner"].set_index("partner")
    kinds = {Role.DEALER: "dealer", Role.STORE: "store", Role.GROUP_LEADER: "group_leader"}
    assert len({account.login for account in DEMO_ACCOUNTS}) == len(DEMO_ACCOUNTS)
    assert DEMO_PASSWORD == "waterline-demo"
    for account in DEMO_ACCOUNTS:
        (role,), (grant,) = account.roles, account.grants
        assert account.display_name_zh
        assert account.display_name_en
        if role in kinds:
            assert partners.loc[grant, "kind"] == kinds[role]
            assert pd.isna(partners.loc[grant, "left"])
        else:
            assert grant == ROOT
    dealers = [next(iter(account.grants)) for account in DEMO_ACCOUNTS if Role.DEALER in account.roles]
    assert len({str(partners.loc[dealer, "region"])[:2] for dealer in dealers}) == 2
    assert partners.loc["S001", "parent"] == partners.loc["G01", "parent"] == dealers[0]
