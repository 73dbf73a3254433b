"""From a click on the map to a filter, and the names of hexagons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.ui.filters import only
from dashboard.ui.formatting import Format
from dashboard.ui.maps.layers import CELLS, POINTS


def cell_labels(fmt: Format, cells: pd.DataFrame) -> dict[str, str]:
    """Hexagon → name, in the frame's order; the second one at the same place is numbered."""
    labels: dict[str, str] = {}
    seen: dict[str, int] = {}
    for cell, place in zip(cells["cell"].astype(str), cells["place"].astype(str), strict=True):
        name = place or fmt.words.t("map.unnamed")
        seen[name] = seen.get(name, 0) + 1
        labels[cell] = name if seen[name] == 1 else f"{name} {seen[name]}"
    return labels


def pick(objects: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """Turn the map's selection into the filter (for callbacks): a hexagon or a partner; a click beside it, none."""
    cells = [str(thing["cell"]) for thing in objects.get(CELLS, [])]
    partners = objects.get(POINTS, [])
    if partners:
        only("partner", str(partners[0]["partner"]), str(partners[0]["label"]))
    elif cells and cells[0] in names:
        only("cell", cells[0], names[cells[0]])
    else:
        only("cell", None)
