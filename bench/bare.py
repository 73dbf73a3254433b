"""The least that Streamlit can show of the same kinds: what a first view costs before we add anything."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import pydeck as pdk
import streamlit as st


def today() -> None:
    st.metric("one", 1, chart_data=[1, 2])
    st.plotly_chart(go.Figure(go.Scatter(y=[1, 2])))
    st.dataframe(pd.DataFrame({"one": [1]}))


def heatmap() -> None:
    cells = [{"cell": "84268cbffffffff"}]
    layer = pdk.Layer("H3HexagonLayer", cells, get_hexagon="cell", get_fill_color=[200, 60, 60], extruded=False)
    st.pydeck_chart(pdk.Deck([layer], pdk.ViewState(latitude=41.6, longitude=-93.6, zoom=6), map_provider=None))
    st.dataframe(pd.DataFrame({"one": [1]}))


if __name__ == "__main__":
    st.navigation([st.Page(today), st.Page(heatmap)], position="hidden").run()
