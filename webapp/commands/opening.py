"""What several commands open: the product, and the files of tenants."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click


def open_product(database: str | None = None, **changes: Any) -> Any:
    """The product as the environment describes it, closed when the command ends."""
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
    product = build_product(settings)
    click.get_current_context().call_on_close(product.db.dispose)
    return product


def tenant_sources(folder: Path | None) -> Any:
    """The tenants' files of a folder, or those that travel with the program."""
    from engine.tenancy.chain import FolderSources
    from webapp.product import shipped_sources

    if folder is None:
        return shipped_sources()
    return FolderSources(folder / "processes", folder / "forms", folder / "tenants")
