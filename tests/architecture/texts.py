"""The laws about words: SQL, Chinese and foreign places stay where they belong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import Source, dotted, string_literals

QUERY = re.compile(
    r"^\s*\(?\s*(select\s+(distinct\s+)?[\w.*?\"(),\s+/-]+?\sfrom\s+(?!the\b|a\b|your\b)|select\s+(\*|count\(|1\b)|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s"
    r"|with\s+(recursive\s+)?\w+\s+as\s*\(|(create|alter|drop)\s+(or\s+replace\s+)?(temp\w*\s+)?(table|index|trigger)\s"
    r"|truncate\s+table|merge\s+into\s|copy\s+\(|explain\s+)",
    re.IGNORECASE | re.DOTALL,
)
"""A statement that asks for rows or changes them."""
SETTING = re.compile(
    r"^\s*(PRAGMA|ATTACH|DETACH|SET|BEGIN|CHECKPOINT|VACUUM|CREATE( TEMP\w*)? VIEW|LOAD|RESET)\s", re.DOTALL
)
"""A statement that prepares a connection."""
QUERY_HOMES = ("data/store/migrations", "tests", "bench")
SETTING_HOMES = (*QUERY_HOMES, "data/engines", "data/store")
RAW = frozenset({"raw_sql", "exec_driver_sql"})
CLAUSES = frozenset({"text", "literal_column"})

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
HAN_HOMES = (
    "data/contract", "data/sample", "data/sources/china.py", "data/sources/vocabulary.py", "dashboard/locales",
    "tests", "bench",
)  # fmt: skip
"""``china.py`` reads the names of Chinese districts, whose endings (市, 盟 …) are data like the names themselves;
``vocabulary.py`` holds what files say (合计, 下午 …)."""

FOREIGN = re.compile(
    "|".join(
        (
            r"(?<![\w.:/-])/(?:work|root|opt)/\w",
            r"(?<![\w.:/-])/home/\w+/",
            r"(?<![\w.:/-])/Users/\w+/",
            r"files\.python" + r"hosted\.org",
            r"pypi\.(?:org|tuna|python)",
            r"--(?:extra-)?index" + r"-url",
            r"--find" + r"-links",
            r"registry\.npm",
        )
    )
)
"""Hosts of package registries, and folders of whoever wrote the file."""


def sql_stays_home(source: Source) -> Iterator[str]:
    """Queries are expressions; text is for migrations, and for settings inside engines and store."""
    if source.within(*QUERY_HOMES):
        return
    for line, literal in string_literals(source.tree):
        if QUERY.match(literal):
            yield f"line {line}: SQL text {literal.strip()[:40]!r}"
        elif SETTING.match(literal) and not source.within(*SETTING_HOMES):
            yield f"line {line}: SQL setting {literal.strip()[:40]!r}"
    yield from _raw_calls(source)


def _raw_calls(source: Source) -> Iterator[str]:
    clauses = {
        alias.asname or alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name in CLAUSES
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if name in clauses or (name.split(".")[-1] in RAW and not source.within(*SETTING_HOMES)):
                yield f"line {node.lineno}: {name}() takes SQL text"


def chinese_stays_home(source: Source) -> Iterator[str]:
    """Code holds keys, catalogues hold sentences; docstrings and comments may speak Chinese."""
    if source.within(*HAN_HOMES):
        return
    for line, literal in string_literals(source.tree):
        if HAN.search(literal):
            yield f"line {line}: Chinese literal {literal.strip()[:20]!r}"


def no_foreign_places(source: Source) -> Iterator[str]:
    """A clone knows neither the machine on which it was written nor where its packages came from."""
    for number, line in enumerate(source.text.splitlines(), 1):
        found = FOREIGN.search(line)
        if found:
            yield f"line {number}: {found.group()!r}"
