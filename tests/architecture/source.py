"""The tree as the laws see it: tracked files, their text and their syntax."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = ("app.py", "pages", "dashboard", "data", "analytics")
PYTHON_FLOOR = (3, 11)
BINARY = frozenset({".png", ".ico", ".xlsx", ".parquet", ".gz"})


@dataclass(frozen=True)
class Source:
    """One file: ``path`` relative to the root, with forward slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.path, feature_version=PYTHON_FLOOR)

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    def within(self, *places: str) -> bool:
        """Whether the file is one of ``places`` or lies in one of these folders."""
        return any(self.path == place or self.path.startswith(f"{place}/") for place in places)


@cache
def tracked() -> tuple[Source, ...]:
    """Every text file of the project that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    files = sorted({name for name in listed.stdout.split("\0") if name})
    kept = (name for name in files if (ROOT / name).is_file() and PurePosixPath(name).suffix not in BINARY)
    return tuple(Source(name, (ROOT / name).read_text(encoding="utf-8")) for name in kept)


def python_files() -> tuple[Source, ...]:
    return tuple(source for source in tracked() if source.path.endswith(".py"))


def production_files() -> tuple[Source, ...]:
    return tuple(source for source in python_files() if source.within(*PRODUCTION))


def docstrings(tree: ast.AST) -> frozenset[int]:
    """Identities of the strings that only document: a statement that is nothing but a string."""
    return frozenset(
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )


def string_literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of every string that the program uses; blanks of an f-string read ``?``."""
    silent = docstrings(tree)
    inner: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner.update(id(part) for part in node.values)
            yield node.lineno, "".join(_part(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in silent and id(node) not in inner:
                yield node.lineno, node.value


def _part(part: ast.expr) -> str:
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "?"


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of a name or attribute; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""
