"""The only list of pages. Sub-packages only: a script beside this file would run without the frame."""

from __future__ import annotations

from analytics.core.access import Action, Role
from dashboard.ui.page_spec import PageSpec
from pages.account import sessions
from pages.admin import access, audit, data_health, load, policies
from pages.decisions import history, inbox, ledger
from pages.overview import fulfilment, glossary, kpis, today
from pages.supply import forecast, plants, simulation
from pages.territory import heatmap

SALES_TABLES = ("order_line", "product", "channel", "node")

PAGES: tuple[PageSpec, ...] = (
    PageSpec(
        key="overview.today",
        section="overview",
        url_path="today",
        render=today.render,
        action=Action.SEE_OVERVIEW,
        icon=":material/today:",
        needs=SALES_TABLES,
        home_of=frozenset({Role.EXECUTIVE, Role.MARKETER}),
    ),
    PageSpec(
        key="overview.fulfilment",
        section="overview",
        url_path="fulfilment",
        render=fulfilment.render,
        action=Action.SEE_OVERVIEW,
        icon=":material/local_shipping:",
        needs=SALES_TABLES,
    ),
    PageSpec(
        key="overview.kpis",
        section="overview",
        url_path="kpis",
        render=kpis.render,
        action=Action.SEE_OVERVIEW,
        icon=":material/dashboard:",
        needs=SALES_TABLES,
    ),
    PageSpec(
        key="overview.glossary",
        section="overview",
        url_path="glossary",
        render=glossary.render,
        action=Action.SEE_GLOSSARY,
        icon=":material/menu_book:",
        home_of=frozenset({Role.ADMINISTRATOR}),
    ),
    PageSpec(
        key="territory.heatmap",
        section="territory",
        url_path="heatmap",
        render=heatmap.render,
        action=Action.SEE_TERRITORY,
        icon=":material/hexagon:",
        needs=(*SALES_TABLES, "partner"),
        home_of=frozenset({Role.DEALER, Role.STORE, Role.GROUP_LEADER}),
    ),
    PageSpec(
        key="supply.forecast",
        section="supply",
        url_path="forecast",
        render=forecast.render,
        action=Action.SEE_FORECAST,
        icon=":material/query_stats:",
        needs=SALES_TABLES,
    ),
    PageSpec(
        key="supply.plants",
        section="supply",
        url_path="plants",
        render=plants.render,
        action=Action.SEE_PLANTS,
        icon=":material/factory:",
        needs=SALES_TABLES,
    ),
    PageSpec(
        key="supply.simulation",
        section="supply",
        url_path="simulation",
        render=simulation.render,
        action=Action.SEE_FORECAST,
        icon=":material/science:",
        needs=SALES_TABLES,
    ),
    PageSpec(
        key="decisions.inbox",
        section="decisions",
        url_path="inbox",
        render=inbox.render,
        action=Action.SEE_PROPOSALS,
        icon=":material/inbox:",
        home_of=frozenset({Role.MERCHANDISER, Role.APPROVER}),
    ),
    PageSpec(
        key="decisions.history",
        section="decisions",
        url_path="history",
        render=history.render,
        action=Action.SEE_PROPOSALS,
        icon=":material/history:",
    ),
    PageSpec(
        key="decisions.ledger",
        section="decisions",
        url_path="ledger",
        render=ledger.render,
        action=Action.SEE_LEDGER,
        icon=":material/balance:",
    ),
    PageSpec(
        key="admin.access",
        section="admin",
        url_path="access",
        render=access.render,
        action=Action.MANAGE_USERS,
        icon=":material/manage_accounts:",
    ),
    PageSpec(
        key="admin.policies",
        section="admin",
        url_path="policies",
        render=policies.render,
        action=Action.SEE_POLICIES,
        icon=":material/tune:",
    ),
    PageSpec(
        key="admin.audit",
        section="admin",
        url_path="audit",
        render=audit.render,
        action=Action.SEE_AUDIT,
        icon=":material/policy:",
    ),
    PageSpec(
        key="admin.load",
        section="admin",
        url_path="load",
        render=load.render,
        action=Action.LOAD_DATA,
        icon=":material/upload_file:",
    ),
    PageSpec(
        key="admin.data_health",
        section="admin",
        url_path="data-health",
        render=data_health.render,
        action=Action.LOAD_DATA,
        icon=":material/health_and_safety:",
    ),
    PageSpec(
        key="account.sessions",
        section="account",
        url_path="sessions",
        render=sessions.render,
        action=Action.KEEP_OWN_ACCOUNT,
        icon=":material/devices:",
    ),
)
