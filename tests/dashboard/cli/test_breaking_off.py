"""A command that breaks off says something to act on, and leaves its trace where it can be found."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashboard.cli import app, opening
from dashboard.services.loading import Loading


def waterline(home: Path, *arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(app, arguments, env={"WATERLINE_HOME": str(home), "LC_ALL": language})


@pytest.mark.parametrize(("code", "told"), [(errno.ENOSPC, "disk of"), (errno.EIO, "cannot be read or written")])
def test_what_the_disk_refuses_is_told_with_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, told: str
) -> None:
    def refused(*_given: object, **_named: object) -> None:
        raise OSError(code, os.strerror(code), "some file")

    monkeypatch.setattr(Loading, "loads", refused)
    result = waterline(tmp_path, "loads")
    assert result.exit_code == 2
    assert told in result.stderr
    assert str(tmp_path) in result.stderr
    assert "some file" in result.stderr
    assert not (tmp_path / opening.ERRORS).exists()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_nobody_foresaw_leaves_a_reference_and_its_trace_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError("a secret of the code")

    monkeypatch.setattr(Loading, "loads", broken)
    result = waterline(tmp_path, "loads", "--json")
    assert result.exit_code == 1
    said = waterline(tmp_path, "loads", language=language).stderr
    assert "secret" not in result.stderr + said
    assert "Traceback" not in said
    kept = (tmp_path / opening.ERRORS).read_text()
    reference = result.stderr.split('"reference": "')[1][:8]
    assert reference in kept
    assert kept.count("ZeroDivisionError: a secret of the code") == 2


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the home should be")
    result = waterline(tmp_path / "home", "build")
    assert result.exit_code == 2
    assert str(tmp_path / "home") in result.stderr
