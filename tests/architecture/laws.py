"""The laws about code: each takes one file and yields what breaks it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache

from streamlit.delta_generator import DeltaGenerator

from tests.architecture.source import PRODUCTION, Source, docstrings, dotted

MAX_LINES = 300
MAX_PAGE_LINES = 100
VAGUE = frozenset({"util", "utils", "helper", "helpers", "manager", "managers"})
MUTABLE_CALLS = frozenset({"list", "dict", "set", "bytearray", "defaultdict", "deque", "OrderedDict", "Counter"})
MUTATORS = frozenset(
    {"append", "add", "update", "setdefault", "pop", "popitem", "clear", "extend", "insert", "remove", "discard"}
)
UNSAFE_IMPORTS = ("pickle", "marshal", "shelve", "dill", "cloudpickle", "streamlit.components.v1")
STATELESS_UNTIL_HEARD = frozenset(
    {"expander", "popover", "tabs", "link_button", "dataframe", "altair_chart", "echarts_chart", "plotly_chart"}
    | {"pydeck_chart", "vega_lite_chart"}
)
"""Elements that hold no state of the user's unless a handler is given."""
CLOCK_AND_CHANCE = frozenset({"now", "today", "utcnow", "time_ns", "perf_counter", "monotonic", "environ", "getenv"})


def no_script_in_pages(source: Source) -> Iterator[str]:
    """Streamlit serves a script directly in pages/ to anybody, before app.py and its sign-in have run."""
    if source.within("pages") and len(source.parts) == 2 and source.parts[1] != "__init__.py":
        yield "lies directly in pages/; give it a sub-package"


def pages_are_functions(source: Source) -> Iterator[str]:
    """Importing a page has no effect: it holds imports, functions and constants."""
    if not source.within("pages") or source.path == "pages/__init__.py":
        return
    if source.lines > MAX_PAGE_LINES:
        yield f"has {source.lines} lines, a page has at most {MAX_PAGE_LINES}"
    silent = docstrings(source.tree)
    for node in source.tree.body:
        words = isinstance(node, ast.Expr) and id(node.value) in silent
        constant = isinstance(node, ast.Assign | ast.AnnAssign) and all(name.isupper() for name in _targets(node))
        if not (words or constant or isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)):
            yield f"line {node.lineno}: a page holds imports, functions and constants, nothing else"


def files_are_short(source: Source) -> Iterator[str]:
    if source.within(*PRODUCTION, "bench") and source.lines > MAX_LINES:
        yield f"has {source.lines} lines, a file has at most {MAX_LINES}"


def names_say_something(source: Source) -> Iterator[str]:
    for part in source.parts:
        if VAGUE & set(part.removesuffix(".py").split("_")):
            yield f"{part!r} names no business word"


def no_mutable_module_state(source: Source) -> Iterator[str]:
    """All sessions share a module: what one user puts there, another one reads."""
    if not source.within(*PRODUCTION):
        return
    shared: set[str] = set()
    for node in source.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            names = _targets(node) if _mutable(node.value) else []
            shared.update(names)
            for name in names:
                if not (name.isupper() or name == "__all__" or _final(node)):
                    yield f"line {node.lineno}: {name} is mutable and belongs to the module"
    yield from _writes(source.tree, shared)


def _targets(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return dotted(value.func).split(".")[-1] in MUTABLE_CALLS
    return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def _final(node: ast.Assign | ast.AnnAssign) -> bool:
    return isinstance(node, ast.AnnAssign) and "Final" in ast.unparse(node.annotation)


def _writes(tree: ast.Module, shared: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield f"line {node.lineno}: global {', '.join(node.names)}"
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            if dotted(node.value) in shared:
                yield f"line {node.lineno}: writes into {dotted(node.value)}, which belongs to the module"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in MUTATORS and dotted(node.func.value) in shared:
                yield f"line {node.lineno}: changes {dotted(node.func.value)}, which belongs to the module"


def nothing_unsafe(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            if any(word.arg == "unsafe_allow_html" for word in node.keywords):
                yield f"line {node.lineno}: unsafe_allow_html"
            if dotted(node.func) in {"eval", "exec"} or "components.v1" in dotted(node.func):
                yield f"line {node.lineno}: {dotted(node.func)}"
        for name in _imported(node):
            if name.startswith(UNSAFE_IMPORTS):
                yield f"line {node.lineno}: imports {name}"  # type: ignore[attr-defined]


ANSWERS = "data/sample/truths.py"


def the_answers_stay_secret(source: Source) -> Iterator[str]:
    """Whoever could read the answer key of the demo world would find it instead of working it out."""
    if not source.within(*PRODUCTION) or source.path == ANSWERS:
        return
    for node in ast.walk(source.tree):
        if any(name.startswith("data.sample.truths") for name in _imported(node)):
            yield f"line {node.lineno}: imports the answer key"  # type: ignore[attr-defined]
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "answer_key" in node.value:
            yield f"line {node.lineno}: speaks of the answer key's place"


def no_star_imports(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield f"line {node.lineno}: star import of {node.module}"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def nobody_imports_the_app(source: Source) -> Iterator[str]:
    """app.py is the outermost layer, and importing it starts things."""
    if source.within(*PRODUCTION):
        for node in ast.walk(source.tree):
            if any(name == "app" or name.startswith("app.") for name in _imported(node)):
                yield f"line {node.lineno}: imports app"  # type: ignore[attr-defined]


@cache
def widgets() -> frozenset[str]:
    """Streamlit's elements that answer: they take a key and a handler."""
    found: set[str] = set()
    for name, method in inspect.getmembers(DeltaGenerator, callable):
        if not name.startswith("_"):
            words = inspect.signature(method).parameters
            if "key" in words and any(word.startswith("on_") for word in words):
                found.add(name)
    return frozenset(found)


def widgets_have_keys(source: Source) -> Iterator[str]:
    """Without a key a widget is identified by its label, and loses its value when the language changes."""
    if not source.within("pages", "dashboard/ui"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in widgets():
            given = {word.arg for word in node.keywords}
            heard = any(word and word.startswith("on_") for word in given)
            stateful = node.func.attr not in STATELESS_UNTIL_HEARD or heard
            if stateful and "key" not in given and None not in given:
                yield f"line {node.lineno}: {dotted(node.func)} has no key"


def no_silent_errors(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield f"line {node.lineno}: except without a type"
            elif dotted(node.type) in {"Exception", "BaseException"} and all(map(_does_nothing, node.body)):
                yield f"line {node.lineno}: {dotted(node.type)} passes in silence"


def _does_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass | ast.Continue) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def the_core_has_no_clock(source: Source) -> Iterator[str]:
    """Time, chance and environment are arguments: otherwise yesterday's answer cannot be given again."""
    if not source.within("analytics"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCK_AND_CHANCE and dotted(node).split(".")[0] in _CLOCKS:
            yield f"line {node.lineno}: {dotted(node)}"
        if isinstance(node, ast.Call) and dotted(node.func).endswith("default_rng") and not node.args + node.keywords:
            yield f"line {node.lineno}: random numbers without a seed"


_CLOCKS = frozenset({"datetime", "date", "time", "os", "pd", "pandas", "ibis", "dt"})
