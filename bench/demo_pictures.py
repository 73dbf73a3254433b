"""Draws what the demo world holds, as a person of the trade would look at it, into ``docs/images/demo_world.png``."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pyarrow.parquet as pq
from playwright.sync_api import sync_playwright
from plotly.subplots import make_subplots

from bench.measuring import ROOT
from data.sample.rhythm import FESTIVALS, festivals
from data.sample.world import write_sample

PICTURE = ROOT / "docs" / "images" / "demo_world.png"
LAST_DAY = date(2026, 11, 21)
COLOURS = {"大米": "#8c6d31", "食用油": "#d4a017", "面粉": "#b0b7c3", "面条": "#d98c5f", "杂粮": "#6b8e5a"}
NAMES = {"大米": "rice", "食用油": "oil", "面粉": "flour", "面条": "noodles", "杂粮": "grains"}
LEVELS = {"store": "shops", "dealer": "dealers", "regional": "regions"}
REFERENCE = "示例粮油五常大米 5kg"


def main() -> None:
    """Write the small world, draw, forget it."""
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder), seed=7, last_day=LAST_DAY)
        figure = draw(Path(folder))
    _photograph(figure)
    print(PICTURE)


def draw(folder: Path) -> go.Figure:
    """Six panels over one world."""
    titles = (
        "Sales by week, 10,000 yuan; lines: Spring Festival, 618, Double 11",
        "Orders a day against the year's mean",
        "Listed products without stock, %, month's end and the last two weeks",
        "Days left on the last evening, share of units; line: 60",
        "五常大米 5 kg: prices seen, yuan; band: policy ±10 %",
        "Days between a member's orders, by what was bought",
    )
    figure = make_subplots(rows=3, cols=2, subplot_titles=titles, vertical_spacing=0.1, horizontal_spacing=0.08)
    lines = _read(folder, "order_line", "order_id", "sku", "amount", "quantity", "ordered_at", "channel", "account")
    lines["day"] = lines["ordered_at"].dt.tz_convert("Asia/Shanghai").dt.normalize().dt.tz_localize(None)
    goods = _read(folder, "product").set_index("sku")
    _sales(figure, lines, goods)
    _rhythm(figure, lines)
    _stock(figure, folder)
    _prices(figure, folder, goods)
    _visits(figure, lines, goods)
    figure.update_layout(
        width=1500, height=1250, template="plotly_white", font={"family": "Noto Sans CJK SC, sans-serif", "size": 13},
        legend={"orientation": "h", "y": -0.04}, margin={"l": 50, "r": 20, "t": 50, "b": 40},
    )  # fmt: skip
    return figure


def _read(folder: Path, name: str, *columns: str) -> pd.DataFrame:
    frame: pd.DataFrame = pq.read_table(folder / f"{name}.parquet", columns=list(columns) or None).to_pandas()
    for column in {"amount", "quantity", "on_hand", "price", "base_price"} & set(frame.columns):
        frame[column] = frame[column].astype(float)
    return frame


def _sales(figure: go.Figure, lines: pd.DataFrame, goods: pd.DataFrame) -> None:
    category = lines["sku"].map(goods["category"])
    weekly = lines.groupby([pd.Grouper(key="day", freq="W"), category])["amount"].sum().unstack() / 10_000
    for name, colour in COLOURS.items():
        figure.add_scatter(x=weekly.index[1:-1], y=weekly[name][1:-1], name=NAMES[name], stackgroup="sales",
                           line={"width": 0.5, "color": colour}, row=1, col=1)  # fmt: skip
    days = [pd.Timestamp(week).date() for week in weekly.index]
    marks = [day for day, strength, _, _ in festivals(days) if strength == FESTIVALS[0][2]]
    marks += [date(year, month, day) for year in (2025, 2026) for month, day in ((6, 18), (11, 11))]
    for mark in marks:
        if days[0] <= mark <= days[-1]:
            figure.add_vline(x=str(mark), line={"width": 1, "dash": "dot", "color": "#555"}, row=1, col=1)


def _rhythm(figure: go.Figure, lines: pd.DataFrame) -> None:
    for channels, name in ((["STORE"], "tills"), (["MKT1", "MKT2"], "marketplaces")):
        daily = lines[lines["channel"].isin(channels)].groupby("day")["order_id"].nunique()
        figure.add_scatter(x=daily.index, y=daily / daily.mean(), name=name, line={"width": 1}, row=1, col=2)


def _stock(figure: go.Figure, folder: Path) -> None:
    lots, listed = _read(folder, "stock_lot"), _read(folder, "listing")
    kind = _read(folder, "node").set_index("node")["kind"]
    lots["day"] = lots["as_of"].dt.tz_convert("Asia/Shanghai").dt.normalize().dt.tz_localize(None)
    lots["life"] = (pd.to_datetime(lots["expiry"]) - lots["day"]).dt.days
    rows = []
    listed = listed[~listed["node"].str.startswith("NM")]
    for day in sorted(lots["day"].unique()):
        last = pd.to_datetime(listed["valid_to"])
        now = listed[(pd.to_datetime(listed["valid_from"]) <= day) & (last.isna() | (last >= day))]
        good = lots[(lots["day"] == day) & (lots["on_hand"] > 0) & (lots["life"] > 0)][
            ["node", "sku"]
        ].drop_duplicates()
        there = now.merge(good, how="left", indicator=True)["_merge"].eq("both")
        rows.append((1 - there.groupby(now["node"].map(kind).to_numpy()).mean()).rename(day))
    out = pd.DataFrame(rows) * 100
    evening = lots[lots["day"] == lots["day"].max()]
    for level, name in LEVELS.items():
        figure.add_scatter(x=out.index, y=out[level], name=f"out of stock, {name} %", row=2, col=1)
        units = evening[evening["node"].map(kind) == level]
        heights, edges = np.histogram(units["life"], bins=np.arange(-30, 560, 30), weights=units["on_hand"])
        figure.add_bar(x=edges[:-1] + 15, y=100 * heights / heights.sum(), name=f"days left, {name} %", row=2, col=2)
    figure.add_vline(x=60, line={"width": 1, "dash": "dot", "color": "#a33"}, row=2, col=2)


def _prices(figure: go.Figure, folder: Path, goods: pd.DataFrame) -> None:
    seen = _read(folder, "price_observation", "sku", "channel", "price", "observed_at")
    seen = seen[seen["sku"] == goods.index[goods["name"] == REFERENCE][0]]
    figure.add_hrect(y0=62.1, y1=75.9, fillcolor="#d9d9d9", opacity=0.4, line_width=0, row=3, col=1)
    for channels, name in ((["STORE"], "seen in shops"), (["GROUP"], "seen in groups"),
                           (["MKT1", "MKT2", "MINI", "LIVE", "O2O"], "seen online")):  # fmt: skip
        some = seen[seen["channel"].isin(channels)]
        figure.add_scatter(x=some["observed_at"], y=some["price"], mode="markers", marker={"size": 4, "opacity": 0.6},
                           name=name, row=3, col=1)  # fmt: skip


def _visits(figure: go.Figure, lines: pd.DataFrame, goods: pd.DataFrame) -> None:
    known = lines[lines["account"].notna()]
    known = known.assign(kg=known["quantity"] * known["sku"].map(goods["kg"]))
    visits = known.groupby(["account", "order_id"]).agg(day=("day", "first"), kg=("kg", "sum")).reset_index()
    visits = visits.sort_values(["account", "day"])
    gap = -visits.groupby("account")["day"].diff(-1).dt.days
    for low, high in ((0, 3), (3, 8), (8, 20), (20, 60)):
        some = gap[(visits["kg"] > low) & (visits["kg"] <= high)].dropna().clip(upper=120)
        heights, edges = np.histogram(some, bins=np.arange(0, 124, 4))
        figure.add_scatter(x=edges[:-1] + 2, y=100 * heights / heights.sum(), name=f"after {low}–{high} kg, %",
                           line={"shape": "spline", "width": 1.5}, row=3, col=2)  # fmt: skip


def _photograph(figure: go.Figure) -> None:
    """Plotly draws in a browser; the system's takes the picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "figure.html"
        figure.write_html(page_file, include_plotlyjs=True, config={"displayModeBar": False})
        executable = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1520, "height": 1270})
        page.goto(page_file.as_uri())
        page.wait_for_selector(".plotly .main-svg")
        page.wait_for_timeout(1500)
        page.screenshot(path=PICTURE, clip={"x": 8, "y": 8, "width": 1500, "height": 1250})
        browser.close()


if __name__ == "__main__":
    main()
