"""A PostgreSQL cluster of the tests' own: a temporary folder, a socket, no network."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import pytest

ACCOUNTS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root; the first of these that exists runs it then."""


def postgres_bin() -> Path | None:
    """Folder of ``initdb`` and ``pg_ctl``: Debian's newest version, else the one on PATH."""
    debian = Path("/usr/lib/postgresql")
    versions = sorted(debian.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])) if debian.is_dir() else []
    found = versions[-1] if versions else Path(shutil.which("initdb") or "/nowhere/initdb")
    return found.parent if found.is_file() and (found.parent / "pg_ctl").is_file() else None


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """Start a cluster and yield its address as SQLAlchemy writes it; stop and remove it afterwards."""
    programs = postgres_bin()
    if programs is None:
        missing()
        return
    # Short, for a socket's path holds at most 107 bytes.
    folder = Path(mkdtemp(prefix="wl-pg-", dir="/tmp"))
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    data, port = folder / "data", _free_port()
    try:
        _run(account, programs / "initdb", "-D", data, "-U", "waterline", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -p {port} -c listen_addresses= -c fsync=off -c shared_buffers=32MB"
        _run(account, programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        yield f"postgresql+psycopg://waterline@/postgres?host={quote(str(folder), safe='')}&port={port}"
    finally:
        _run(account, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def missing() -> None:
    """Skip with the remedy; where everything is required, a missing PostgreSQL is a failure."""
    told = "PostgreSQL is not installed: apt-get install postgresql (or put initdb and pg_ctl on PATH)"
    if os.environ.get("WATERLINE_REQUIRE_ALL"):
        pytest.fail(told)
    pytest.skip(told)


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in ACCOUNTS if name in known)


def _run(account: pwd.struct_passwd | None, *command: object, check: bool = True) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        user=None if account is None else account.pw_uid,
        group=None if account is None else account.pw_gid,
        extra_groups=None if account is None else [],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    if check and done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout.decode(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
