"""Were orders kept? How they went out, what was cancelled or came back and why, and where shelves stood empty."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.core.access import Action
from analytics.metrics.query import Question, known_dimensions
from analytics.metrics.registry import REGISTRY
from dashboard.services.desk import Desk
from dashboard.services.frames import frame_of
from dashboard.services.kpi import Compared, compared, not_cut_by, tiles_of
from dashboard.services.names import names_of, node_names
from dashboard.services.requests import Asked
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Pool, Service

TILES = (
    "on_time_in_full",
    "cancellation_rate",
    "oversell_rate",
    "refund_rate",
    "out_of_stock_rate",
    "in_stock_rate",
    "stock_turns",
    "repurchase_90",
    "private_domain_share",
    "slow_stock_share",
    "partners_online",
    "complaints",
)
POOL = (
    "stock_sharing_rate",
    "shipped_for_online",
    "coexistence_rate",
    "near_node_share",
    "district_stock_share",
    "near_expiry_share",
    "cover_days",
)
LINES = "paid_lines"
RATES = ("on_time_in_full", "cancellation_rate", "oversell_rate")
PLACES = ("out_of_stock_rate", "on_time_in_full", "cancellation_rate", "refund_rate", "complaints")
NODES = (LINES, "on_time_in_full", "out_of_stock_rate", "cancelled_lines", "refund_lines")
MOST = 100


class Fulfilment(UseCase):
    """Use case of ``overview/fulfilment``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @reads
    def service(self, asked: Asked) -> Service:
        """Rates of service with their baselines, by mode, channel, cause and place; raises MissingData."""
        view, sigmas = self._view(asked)
        opened = view.opened
        return Service(
            freshness=opened.freshness,
            period=view.period,
            baseline=view.baseline,
            tiles=tiles_of(view, TILES, sigmas=sigmas),
            modes=_rates(view, "mode"),
            channels=_named(view, _rates(view, "channel"), "channel"),
            causes=_causes(view),
            places=_places(view),
            nodes=_nodes(view),
        )

    @reads
    def pool(self, asked: Asked) -> Pool:
        """What the one pool of stock could share and does, with its baselines; raises MissingData."""
        view, sigmas = self._view(asked)
        tiles = tiles_of(view, POOL, sigmas=sigmas)
        return Pool(view.opened.freshness, view.period, view.baseline, tiles)

    def _view(self, asked: Asked) -> tuple[Compared, float]:
        opened = self._desk.open(Action.SEE_OVERVIEW)
        sigmas = self._desk.policies().number_of("management.unusual_sigmas", as_of=opened.covered.last)
        return compared(opened, asked), float(sigmas)


def _able(view: Compared, names: tuple[str, ...], by: str) -> tuple[str, ...]:
    """Metrics whose tables are loaded, and that know the cut and every filter."""
    return tuple(
        name
        for name in names
        if not view.opened.missing(REGISTRY[name])
        and not view.opened.unbuilt(REGISTRY[name])
        and by in known_dimensions(REGISTRY[name], view.opened.facts.table)
        and not not_cut_by(view, REGISTRY[name])
    )


def _by(view: Compared, names: tuple[str, ...], by: str) -> pd.DataFrame:
    """Columns key and ``names``; NaN where a metric cannot be known."""
    able = _able(view, names, by)
    if not able:
        return pd.DataFrame({"key": pd.Series([], dtype=str), **{name: pd.Series([], dtype=float) for name in names}})
    found = frame_of(view.opened.ask(Question(able, by=(by,), period=view.period, where=view.where)))
    keyed = found.assign(key=found[by].fillna("")).drop(columns=[by] if by != "key" else [])
    return keyed.assign(**{name: np.nan for name in names if name not in able})


def _rates(view: Compared, by: str) -> pd.DataFrame:
    found = _by(view, (LINES, *RATES), by)
    total = found[LINES].sum()
    shared = found.assign(share=found[LINES] / total if total else np.nan)
    return shared.sort_values([LINES, "key"], ascending=[False, True]).reset_index(drop=True)


def _named(view: Compared, frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    names = names_of(view.opened, kind, frame["key"])
    return frame.assign(name=[names.get(key, key) for key in frame["key"]])


def _causes(view: Compared) -> pd.DataFrame:
    """Why lines were cancelled and why goods came back: kind (cancelled, refunded), key, lines, share of its kind."""
    parts = []
    for kind, metric in (("cancelled", "cancelled_lines"), ("refunded", "refund_lines")):
        found = _by(view, (metric,), "reason").rename(columns={metric: "lines"})
        found = found[found["lines"].fillna(0) > 0]
        total = found["lines"].sum()
        parts.append(found.assign(kind=kind, share=found["lines"] / total if total else np.nan))
    stacked = pd.concat(parts, ignore_index=True)
    return stacked.sort_values(["kind", "lines", "key"], ascending=[True, False, True]).reset_index(drop=True)


def _nodes(view: Compared) -> pd.DataFrame:
    """Nodes with what went wrong there and the cause that is named most; those with most of it first."""
    found = _by(view, NODES, "node")
    names = node_names(view.opened, found["key"])
    found = found.assign(name=[names.get(key, key) for key in found["key"]], cause=_main_causes(view, found["key"]))
    trouble = found[["cancelled_lines", "refund_lines"]].astype(float).fillna(0).sum(axis=1)
    busy = found[(trouble > 0) | found[LINES].notna() | found["out_of_stock_rate"].notna()]
    order = busy.assign(trouble=trouble).sort_values(["trouble", LINES, "key"], ascending=[False, False, True])
    return order.drop(columns="trouble").head(MOST).reset_index(drop=True)


def _main_causes(view: Compared, nodes: pd.Series) -> list[str]:
    """The reason of most cancelled and refunded lines by node; "" where there is none or it is not told."""
    told: dict[str, dict[str, float]] = {}
    for metric in ("cancelled_lines", "refund_lines"):
        if not _able(view, (metric,), "node"):
            continue
        question = Question((metric,), by=("node", "reason"), period=view.period, where=view.where)
        for row in view.opened.ask(question).to_pylist():
            if row["reason"] and row[metric]:
                reasons = told.setdefault(row["node"] or "", {})
                reasons[row["reason"]] = reasons.get(row["reason"], 0) + row[metric]
    return [max(sorted(told[node]), key=lambda one: told[node][one]) if node in told else "" for node in nodes]


def _places(view: Compared) -> pd.DataFrame:
    """Partners with their rates of service, the emptiest shelves first."""
    found = _named(view, _by(view, PLACES, "partner"), "partner")
    found = found[found[list(PLACES)].notna().any(axis=1) & (found["key"] != "")]
    order = found.sort_values(["out_of_stock_rate", "cancellation_rate", "key"], ascending=[False, False, True])
    return order.head(MOST).reset_index(drop=True)
