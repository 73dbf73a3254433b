"""Finds the files and tables that a mapping names under a path."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.core.errors import ContractViolation
from data.contract import TABLES
from data.sources.declarations import Mapping, Section, SourceFile
from data.sources.problems import Problems

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xlsm", ".xls", ".ods")
_SCHEME = "sqlalchemy://"


@dataclass(frozen=True, slots=True)
class Origin:
    """One file, or one table of the database behind ``url``; ``label`` is what reports call it."""

    source: SourceFile
    label: str
    path: Path | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The mapping with its sections resolved, the origins of each input in order of their labels, and what is left
    over: ``absent`` inputs and ``ignored`` files.
    """

    mapping: Mapping
    origins: dict[str, tuple[Origin, ...]]
    absent: tuple[str, ...]
    ignored: tuple[str, ...]


def find_inputs(path: Path | str, mapping: Mapping) -> Found:
    """Resolve the inputs of ``mapping``; raises ContractViolation (source_not_found, nothing_to_load) or
    MappingRefused when an input that is not optional has no file.
    """
    if isinstance(path, str) and "://" in path:
        return _database(path.removeprefix(_SCHEME) if path.count("://") > 1 else path, mapping)
    place = Path(path)
    if not place.exists():
        raise ContractViolation("source_not_found", path=path)
    root = place if place.is_dir() else place.parent
    files = sorted(f for f in root.rglob("*") if f.is_file()) if place.is_dir() else [place]
    told = _contract_files(mapping, files) if mapping.contract_shape else mapping
    origins = {
        name: tuple(Origin(source, str(f.relative_to(root)), path=f) for f in _matching(source, files, root, told))
        for name, source in told.files.items()
    }
    used = {origin.path for some in origins.values() for origin in some}
    ignored = tuple(str(f.relative_to(root)) for f in files if f not in used and f.suffix.lower() in SUFFIXES)
    return _found(path, told, origins, ignored, lenient=place.is_file())


def _matching(source: SourceFile, files: Iterable[Path], root: Path, mapping: Mapping) -> Iterator[Path]:
    wanted = {f for f in root.glob(source.pattern) if f.is_file()}
    only = len(mapping.files) == 1
    several = list(files)
    for file in several:
        # A single file that is handed over for the only input is meant, whatever its name.
        if file in wanted or (only and len(several) == 1):
            yield file


def _contract_files(mapping: Mapping, files: Iterable[Path]) -> Mapping:
    tables: dict[str, SourceFile] = {}
    for file in files:
        table = file.stem.split("-")[0]
        if table in TABLES and file.suffix.lower() in SUFFIXES and table not in tables:
            tables[table] = SourceFile(table, f"**/{table}[.-]*", encoding=mapping.encoding)
    return replace(mapping, files=tables, sections=_contract_sections(mapping, tables))


def _contract_sections(mapping: Mapping, tables: Collection[str]) -> tuple[Section, ...]:
    return tuple(
        Section(table, table, table, columns=None, coordinates=mapping.coordinates)
        for table in TABLES
        if table in tables
    )


def _database(url: str, mapping: Mapping) -> Found:
    from sqlalchemy import create_engine, inspect
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = create_engine(url)
        names = [*inspect(engine).get_table_names(), *inspect(engine).get_view_names()]
        engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        raise ContractViolation("database_unreachable", url=shown(url), reason=str(error).split("\n")[0]) from None
    told = mapping
    if mapping.contract_shape:
        tables = {name: SourceFile(name, name) for name in TABLES if name in names}
        told = replace(mapping, files=tables, sections=_contract_sections(mapping, tables))
    origins: dict[str, tuple[Origin, ...]] = {
        name: (Origin(source, source.pattern, url=url),) if source.pattern in names else ()
        for name, source in told.files.items()
    }
    return _found(shown(url), told, origins, (), lenient=False)


def shown(url: str) -> str:
    """The address without its password."""
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)


def _found(
    path: Path | str,
    mapping: Mapping,
    origins: dict[str, tuple[Origin, ...]],
    ignored: tuple[str, ...],
    *,
    lenient: bool,
) -> Found:
    absent = tuple(name for name, some in origins.items() if not some)
    problems = Problems()
    for name in absent:
        source = mapping.files[name]
        if not (lenient or source.optional):
            problems.add("mapping_file_absent", section=f"files.{name}", value=source.pattern)
    problems.raise_any(mapping.name)
    if not any(origins.values()):
        expected = ", ".join(source.pattern for source in mapping.files.values()) or ", ".join(TABLES)
        raise ContractViolation("nothing_to_load", path=path, expected=expected)
    return Found(mapping, origins, absent, ignored)
