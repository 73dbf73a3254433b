"""Colours of the light and the dark page; charts and maps take theirs from here alone."""

from __future__ import annotations

from dataclasses import dataclass

FONTS = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", system-ui, sans-serif'


@dataclass(frozen=True, slots=True)
class Palette:
    """One mode's colours as ``#rrggbb``; sequences run from little to much."""

    background: str
    surface: str
    text: str
    muted: str
    line: str
    accent: str
    rise_red: str
    fall_green: str
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    """Seven steps from fall to rise with a neutral middle, teal to red: told apart by colour-blind eyes too."""


LIGHT = Palette(
    background="#fbfaf7",
    surface="#f2f0ea",
    text="#1d2125",
    muted="#6b6f73",
    line="#ddd8ce",
    accent="#0f5c7a",
    rise_red="#b8372b",
    fall_green="#1a7f4b",
    sequential=("#d9e8ea", "#b3d3da", "#86bac8", "#579fb5", "#2f829f", "#0f6384", "#063f5c"),
    diverging=("#0b6e69", "#4fa39d", "#a9d3cf", "#e4e1da", "#efb9a7", "#d9775f", "#a83222"),
)
DARK = Palette(
    background="#14181b",
    surface="#1d2327",
    text="#e8e6e1",
    muted="#9aa0a6",
    line="#353c42",
    accent="#6db6d8",
    rise_red="#f0897b",
    fall_green="#5cc08a",
    sequential=("#1f3a45", "#24505f", "#2b697d", "#38849c", "#52a2ba", "#83c4d6", "#c3e6ee"),
    diverging=("#4cc4bb", "#2f8e88", "#225c59", "#3a4045", "#6d3c33", "#b05a48", "#f0826c"),
)


def palette_of(mode: str | None) -> Palette:
    """The palette of Streamlit's theme type ("light", "dark", or None while the browser has not told)."""
    return DARK if mode == "dark" else LIGHT


def rgba(colour: str, alpha: int = 255) -> list[int]:
    """``#rrggbb`` as the four bytes that deck.gl takes.

    >>> rgba("#0f5c7a", 128)
    [15, 92, 122, 128]
    """
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)] + [alpha]
