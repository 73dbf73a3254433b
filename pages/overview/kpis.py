"""What stands behind every KPI of a department, and why did it move?"""

from __future__ import annotations

from functools import partial

from analytics.core.access import Action
from dashboard.services.boards import BOARDS, Board
from dashboard.ui.headline import board_sentence
from dashboard.ui.page import Page
from dashboard.ui.partly import partly
from dashboard.ui.reasons import why


def render(page: Page) -> None:
    asked = page.filters()
    owner = page.choice("owner", tuple(BOARDS), held="owner")
    passports = page.ask(page.services.glossary.glossary, action=Action.SEE_GLOSSARY)
    board: Board = page.ask(page.services.overview.board, asked, owner)
    page.fresh(board.freshness)
    page.lead(partial(board_sentence, page.fmt, board))
    partly(page, asked)
    page.tiles(board.tiles, board.baseline, passports)
    why(page, asked, board.tiles, passports)
