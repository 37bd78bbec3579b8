"""Opening the database so that a committed row stays committed."""

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from geo.faults import Fault

SAFE_SQLITE = (3, 51, 3)      # below it two connections can lose a commit in WAL mode (the WAL-reset bug)
WRITE = "hezhang_write"       # execution option: this transaction will write, so it takes the lock at once


def sqlite_module() -> Any:
    """Return the newest SQLite at hand: the ``pysqlite3`` wheel where it is installed, else Python's own."""
    import sqlite3
    try:
        import pysqlite3
    except ImportError:
        return sqlite3
    return pysqlite3 if pysqlite3.sqlite_version_info >= sqlite3.sqlite_version_info else sqlite3


def sqlite_version() -> tuple[int, ...]:
    """Version of the SQLite library that will keep the store."""
    return tuple(sqlite_module().sqlite_version_info)


def sqlite_is_safe() -> bool:
    """Whether the SQLite library is free of the WAL-reset bug."""
    return sqlite_version() >= SAFE_SQLITE


def path_of(url: str) -> Path | None:
    """Return the file behind a store URL or path, None for a server."""
    if "://" not in url:
        return Path(url)
    parsed = sa.engine.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise Fault("store_url", url=url)
    return Path(parsed.database)


def connect(url: str) -> Engine:
    """Open an engine for ``url``; SQLite gets WAL, full sync, a busy timeout and immediate write locks."""
    path = path_of(url)
    if path is None:
        return sa.create_engine(url, pool_pre_ping=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise Fault("store_url", url=url)
    engine = sa.create_engine(f"sqlite:///{path}", module=sqlite_module(),
                              connect_args={"check_same_thread": False, "timeout": 30})
    checkpoint = "" if sqlite_is_safe() else "PRAGMA wal_autocheckpoint=0"

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None      # SQLAlchemy begins; see below
        cursor = connection.cursor()
        for pragma in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA busy_timeout=30000",
                       "PRAGMA foreign_keys=ON", checkpoint):
            if pragma:
                cursor.execute(pragma)
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    if os.name == "posix" and path.exists():
        path.chmod(0o600)
    return engine
