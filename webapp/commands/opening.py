"""What several commands open: the product, and the files of tenants."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from engine.errors import Unavailable


class NoDatabase(Unavailable):
    """There is no database yet, or it does not have the schema."""

    code = "no_database"


def open_product(database: str | None = None, *, begins: bool = False, **changes: Any) -> Any:
    """The product as the environment describes it, closed when the command ends.

    NoDatabase when there is none to work on, unless the command ``begins`` one.
    """
    from webapp.operations.logs import configure_logs
    from webapp.product import build_product
    from webapp.settings import read_settings

    environment = dict(os.environ)
    if database:
        environment["DATABASE_URL"] = database
    settings = read_settings(environment)
    configure_logs(settings.log_format)
    if changes:
        from dataclasses import replace

        settings = replace(settings, **changes)
    if not begins:
        _check_file(settings.url)
    product = build_product(settings)
    click.get_current_context().call_on_close(product.db.dispose)
    if not begins:
        _check_schema(product.db.engine)
    return product


def _check_file(url: str) -> None:
    """Opening an SQLite file that is not there would make it."""
    from sqlalchemy.engine import make_url

    place = make_url(url)
    if place.get_backend_name() == "sqlite" and not Path(place.database or "").is_file():
        raise NoDatabase(
            f"没有数据库 {place.database}；请先运行 lucheng db upgrade",
            f"there is no database {place.database}; run lucheng db upgrade first",
        )


def _check_schema(engine: Any) -> None:
    from webapp.schema import standing

    found = standing(engine)
    if not found.is_usable:
        raise NoDatabase(
            f"数据库结构是 {found.found or '空'}，需要 {found.expected}；"
            "请先运行 lucheng db upgrade",
            f"the schema of the database is {found.word}; run lucheng db upgrade first",
        )


def told_by_database(error: Exception) -> str:
    """What the database said, in one line; nothing when the error is another."""
    from sqlalchemy.exc import DBAPIError

    if not isinstance(error, DBAPIError):
        return ""
    return str(error.orig).strip().partition("\n")[0]


def tenant_sources(folder: Path | None) -> Any:
    """The tenants' files of a folder, or those that travel with the program."""
    from engine.tenancy.chain import FolderSources
    from webapp.product import shipped_sources

    if folder is None:
        return shipped_sources()
    return FolderSources(folder / "processes", folder / "forms", folder / "tenants")
