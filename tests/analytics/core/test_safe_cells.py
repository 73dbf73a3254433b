"""Nothing that leaves is taken for a formula, whoever opens it with whatever separator."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.core.safe_cells import dangerous, neutral, printable

ATTACKS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠A1", "﹢1", "﹦1", "  =1+1", "\u3000=1+1", '"=1+1',
    "'=1+1", "\ufeff=1+1", "\u200b=1+1", "\u00a0\u200d＝1", "\t=1+1", "\r=1", "\n=1", "\tplain", "\x00=1+1", "“=1+1”",
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")',
)  # fmt: skip
HARMLESS = ("五常大米 5 kg", "a=1", "5-3", "李@三", "95折", "Rice; 5 kg", "", "−5", "–", "1,234", "A\u00a0b", "(+86)")
SIGNS = "=+-@＝＋－＠﹢﹣ \t\r\n;,|\"'“`\ufeff\u200b\u3000\x00ab米1"


@pytest.mark.parametrize("text", ATTACKS)
def test_attacks_get_an_apostrophe(text: str) -> None:
    assert neutral(text).startswith("'")


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


def begins_a_formula(cell: str) -> bool:
    """What the most forgiving reader does: it drops double quotes, blanks and invisible signs before an operator, and
    reads full-width signs as half-width ones. An apostrophe makes text of what follows.
    """
    bare = cell.lstrip('"“”`\ufeff\u200b\u200d\u3000\u00a0 \t\r\n')
    return bare[:1] in set("=+-@＝＋－＠﹢﹣﹦﹫")


@given(st.lists(st.text(alphabet=SIGNS, max_size=12), min_size=1, max_size=4))
def test_no_cell_is_a_formula_with_any_separator(cells: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC).writerow([neutral(cell) for cell in cells])
    for separator in (",", ";", "\t"):
        for line in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=separator):
            assert not [cell for cell in line if begins_a_formula(cell)]


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_text_survives_but_for_apostrophes_and_what_no_file_can_hold(cells: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC).writerow([neutral(cell) for cell in cells])
    [line] = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert [cell.replace("'", "") for cell in line] == [printable(cell).replace("'", "") for cell in cells]


def test_what_is_harmless_alone_may_be_dangerous_in_a_cell_of_its_own() -> None:
    assert neutral("Rice; =1+1") == "Rice;' =1+1"
    assert neutral("Rice\n=1+1") == "Rice\n'=1+1"
    assert not dangerous("Rice; =1+1")
