"""Every law holds in the tree, and every law can be broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.architecture import laws, texts
from tests.architecture.source import PYTHON_FLOOR, Source, production_files, python_files, tracked

Law = Callable[[Source], Iterator[str]]

EXAMPLES: tuple[tuple[Law, str, str], ...] = (
    (laws.no_script_in_pages, "pages/secret.py", ""),
    (laws.pages_are_functions, "pages/overview/today.py", "limit = 3\n"),
    (laws.pages_are_functions, "pages/overview/today.py", "class Today: ...\n"),
    (laws.pages_are_functions, "pages/overview/today.py", "print('effect')\n"),
    (laws.pages_are_functions, "pages/overview/today.py", "\n" * 101),
    (laws.files_are_short, "data/lake/lake.py", "\n" * 301),
    (laws.names_say_something, "dashboard/services/date_utils.py", ""),
    (laws.names_say_something, "data/helpers/dates.py", ""),
    (laws.no_mutable_module_state, "dashboard/ui/cache.py", "cache = {}\n"),
    (laws.no_mutable_module_state, "dashboard/ui/cache.py", "seen: set[str] = set()\n"),
    (laws.no_mutable_module_state, "dashboard/ui/cache.py", "SEEN = {}\ndef see(key):\n    SEEN[key] = 1\n"),
    (laws.no_mutable_module_state, "dashboard/ui/cache.py", "SEEN = []\ndef see(key):\n    SEEN.append(key)\n"),
    (
        laws.no_mutable_module_state,
        "dashboard/ui/cache.py",
        "COUNT = 0\ndef see():\n    global COUNT\n    COUNT += 1\n",
    ),
    (laws.nothing_unsafe, "dashboard/ui/frame.py", "st.markdown(name, unsafe_allow_html=True)\n"),
    (laws.nothing_unsafe, "dashboard/ui/frame.py", "st.components.v1.html(name)\n"),
    (laws.nothing_unsafe, "dashboard/ui/frame.py", "import streamlit.components.v1 as components\n"),
    (laws.nothing_unsafe, "dashboard/ui/frame.py", "from streamlit.components import v1\n"),
    (laws.nothing_unsafe, "data/lake/lake.py", "import pickle\n"),
    (laws.nothing_unsafe, "data/lake/lake.py", "eval(given)\n"),
    (laws.the_answers_stay_secret, "dashboard/services/today.py", "from data.sample.truths import AnswerKey\n"),
    (laws.the_answers_stay_secret, "data/sample/world.py", "from data.sample import truths\n"),
    (laws.the_answers_stay_secret, "analytics/metrics/query.py", "folder = home / 'answer_key'\n"),
    (laws.no_star_imports, "data/lake/lake.py", "from data.contract import *\n"),
    (laws.nobody_imports_the_app, "dashboard/cli.py", "from app import app\n"),
    (laws.widgets_have_keys, "pages/overview/today.py", "def render(page):\n    st.selectbox(page.word('by'), [])\n"),
    (laws.widgets_have_keys, "dashboard/ui/filters.py", "left.button(label)\n"),
    (laws.widgets_have_keys, "dashboard/ui/charts.py", "st.plotly_chart(figure, on_select='rerun')\n"),
    (laws.no_silent_errors, "data/lake/lake.py", "try:\n    a()\nexcept:\n    b()\n"),
    (laws.no_silent_errors, "data/lake/lake.py", "try:\n    a()\nexcept Exception:\n    pass\n"),
    (laws.the_core_has_no_clock, "analytics/core/calendar.py", "today = datetime.date.today()\n"),
    (laws.the_core_has_no_clock, "analytics/core/calendar.py", "now = datetime.now()\n"),
    (laws.the_core_has_no_clock, "analytics/core/calendar.py", "home = os.environ['HOME']\n"),
    (laws.the_core_has_no_clock, "analytics/core/calendar.py", "chance = np.random.default_rng()\n"),
    (texts.sql_stays_home, "dashboard/services/today.py", "rows = run('select a from b where c = ?')\n"),
    (texts.sql_stays_home, "dashboard/services/today.py", "rows = run(f'SELECT {a}, b\\n FROM {table}')\n"),
    (texts.sql_stays_home, "data/engines/duckdb.py", "run('INSERT INTO sales VALUES (1)')\n"),
    (texts.sql_stays_home, "data/marts/sales.py", "run('PRAGMA threads=2')\n"),
    (texts.sql_stays_home, "data/store/users.py", "from sqlalchemy import text\nrows = run(text(given))\n"),
    (texts.sql_stays_home, "dashboard/services/today.py", "con.raw_sql(given)\n"),
    (texts.chinese_stays_home, "pages/overview/today.py", "def render(page):\n    page.title('今日')\n"),
    (texts.chinese_stays_home, "dashboard/ui/formatting.py", "shown = f'{value} 万'\n"),
    (texts.no_foreign_places, "README.md", "pip install --in" + "dex-url x"),
    (texts.no_foreign_places, "docs/setup.md", "see /wo" + "rk/main/README.md"),
)

LAWFUL: tuple[tuple[Law, str, str], ...] = (
    (laws.no_script_in_pages, "pages/__init__.py", ""),
    (
        laws.pages_are_functions,
        "pages/overview/today.py",
        '"""Today."""\nimport a\n\ndef render(page):\n    LIMIT = 3\n',
    ),
    (laws.no_mutable_module_state, "data/marts/sales.py", "KINDS = {'a': 1}\nname = 'x'\n"),
    (laws.no_mutable_module_state, "data/marts/sales.py", "def see(key):\n    seen = []\n    seen.append(key)\n"),
    (laws.no_mutable_module_state, "data/store/users.py", "users = Table('users')\ndef f():\n    users.update()\n"),
    (laws.widgets_have_keys, "dashboard/ui/filters.py", "st.button(label, key='go')\nst.radio(**given)\n"),
    (laws.widgets_have_keys, "dashboard/ui/filters.py", "st.plotly_chart(figure)\nst.tabs(words)\n"),
    (laws.the_answers_stay_secret, "bench/demo_world.py", "from data.sample.truths import AnswerKey\n"),
    (laws.no_silent_errors, "data/lake/lake.py", "try:\n    a()\nexcept OSError:\n    pass\n"),
    (laws.the_core_has_no_clock, "analytics/core/calendar.py", "def now(at): return at.today\n"),
    (texts.sql_stays_home, "data/engines/duckdb.py", '"""SELECT a FROM b."""\nrun("SET threads = 2")\n'),
    (texts.sql_stays_home, "dashboard/ui/tables.py", "show('Select rows from the list')\nshow('Update the list')\n"),
    (texts.sql_stays_home, "data/store/migrations/versions/0001.py", "op.execute('CREATE TRIGGER a BEFORE UPDATE')\n"),
    (texts.chinese_stays_home, "dashboard/ui/tiles.py", '"""环比。"""\nvalue = 1  # 万\n'),
    (texts.chinese_stays_home, "data/sample/names.py", "NAMES = ('五常大米',)\n"),
    (texts.no_foreign_places, "README.md", "http://localhost:8501/home/today, a/work/x, a/root/b"),
)

LAWS = tuple(dict.fromkeys(law for law, _, _ in EXAMPLES))
PYTHON_LAWS = tuple(law for law in LAWS if law is not texts.no_foreign_places)


def breaches(law: Law, sources: tuple[Source, ...]) -> list[str]:
    return [f"{source.path}: {what}" for source in sources for what in law(source)]


@pytest.mark.parametrize("law", PYTHON_LAWS, ids=lambda law: law.__name__)
def test_law_holds(law: Law) -> None:
    everywhere = {texts.sql_stays_home, texts.chinese_stays_home}
    assert breaches(law, production_files() if law in everywhere else python_files()) == []


def test_no_file_speaks_of_foreign_places() -> None:
    assert breaches(texts.no_foreign_places, tracked()) == []


@pytest.mark.parametrize(("law", "path", "text"), EXAMPLES, ids=lambda given: getattr(given, "__name__", None))
def test_law_can_be_broken(law: Law, path: str, text: str) -> None:
    assert list(law(Source(path, text)))


@pytest.mark.parametrize(("law", "path", "text"), LAWFUL, ids=lambda given: getattr(given, "__name__", None))
def test_law_lets_good_code_pass(law: Law, path: str, text: str) -> None:
    assert list(law(Source(path, text))) == []


def test_every_file_parses_on_the_oldest_python() -> None:
    assert all(source.tree is not None for source in python_files())


def test_newer_syntax_would_be_noticed() -> None:
    assert PYTHON_FLOOR == (3, 11)
    with pytest.raises(SyntaxError):
        _ = Source("data/lake/lake.py", "def first[T](given: list[T]) -> T: ...\n").tree


def test_the_laws_see_the_tree() -> None:
    paths = {source.path for source in tracked()}
    assert {"analytics/core/access.py", "pyproject.toml", "Makefile", "tests/architecture/laws.py"} <= paths
    assert {"selectbox", "button", "download_button", "date_input", "plotly_chart"} <= laws.widgets()
