"""The tables that stand before the first week: dimensions, agreements, plans."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data.sample import member_tables, outside_tables, partner_tables, price_tables
from data.sample.assortment import kit_rows, product_rows
from data.sample.columns import from_rows
from data.sample.network import partner_rows, territory_rows
from data.sample.nodes import lane_rows, node_rows
from data.sample.places import region_rows
from data.sample.setting import Setting, stream
from data.sample.stock_tables import listings
from data.sample.supply import Supply
from data.sample.weather import weather_table
from data.sample.week import names


def standing_tables(made: Setting, supply: Supply) -> Iterator[tuple[str, pa.Table]]:
    """Name and rows of each table that does not grow with the weeks."""
    known, seed = names(made), made.seed
    partners = partner_rows(stream(seed, "partners"), made.where, made.net, made.calendar.days, made.world)
    yield "region", from_rows("region", region_rows(made.where))
    yield "partner", from_rows("partner", partners)
    yield "territory", from_rows("territory", territory_rows(made.where, made.net, made.months))
    yield "node", from_rows("node", node_rows(made.where, made.nodes, partners, _capacity(made, supply)))
    yield "product", from_rows("product", product_rows(made.goods))
    yield "kit", from_rows("kit", kit_rows(made.goods))
    yield "product_cost", price_tables.product_costs(made)
    yield "channel", from_rows("channel", _channels(made))
    yield "code_map", outside_tables.code_maps(made)
    yield "account", member_tables.accounts(made, known, stream(seed, "told"))
    yield "identifier", member_tables.identifiers(made, stream(seed, "identifiers"))
    yield "consent", member_tables.consents(made, known, stream(seed, "consents"))
    yield "subscription", member_tables.subscriptions(made, known, stream(seed, "subscriptions"))
    yield "lane", from_rows("lane", lane_rows(made.nodes, made.goods, made.supply))
    yield "supply_limit", price_tables.supply_limits(made, supply.skipped, known)
    yield "listing", listings(made, known)
    yield "price_policy", price_tables.price_policies(made)
    yield "price_band", price_tables.price_bands(made)
    yield from _market_side(made)


def _market_side(made: Setting) -> Iterator[tuple[str, pa.Table]]:
    """Campaigns, promotions, partners' deeds and the world outside."""
    known, seed = names(made), made.seed
    yield "campaign", partner_tables.campaign_table(made)
    yield "promotion", price_tables.promotion_table(made, known, stream(seed, "authority"))
    yield "rate_card", partner_tables.rate_cards(made)
    yield "campaign_exposure", partner_tables.exposures(made, known)
    yield "spend", partner_tables.spends(made, known, stream(seed, "spend"))
    yield "partner_event", partner_tables.partner_events(made, known, stream(seed, "partner events"))
    yield "competitor_price", outside_tables.competitor_prices(made, known, stream(seed, "competitors"))
    yield "market", outside_tables.markets(made, known, stream(seed, "markets"))
    yield "search_index", outside_tables.search_index(made, known, stream(seed, "search"))
    yield (
        "weather",
        weather_table(stream(seed, "forecasts"), made.where, made.sky, made.calendar.days, made.calendar.first),
    )


def _capacity(made: Setting, supply: Supply) -> np.ndarray:
    """Room for twice what the people at each node think is enough before a festival, in whole fifties."""
    wanted = np.bincount(made.pairs.node, supply.rate * supply.cover, minlength=len(made.nodes.code))
    return np.asarray(np.ceil(wanted * 2.4 / 50).astype(int) * 50 + 50)


def _channels(made: Setting) -> list[dict[str, object]]:
    return [
        {"channel": one.code, "name": one.name, "channel_group": one.group, "private_domain": one.private_domain}
        for one in made.world.channels
    ]
