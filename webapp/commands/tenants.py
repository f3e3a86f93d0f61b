"""`lucheng tenant`: a tenant's files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from webapp.commands.opening import open_product, tenant_sources


@click.group()
def tenant() -> None:
    """Tenants."""


@tenant.command("load")
@click.argument("slug")
@click.option("--folder", type=click.Path(exists=True, path_type=Path), help="holds processes/ …")
def tenant_load(slug: str, folder: Path | None) -> None:
    """Load a tenant's files into the database."""
    from engine.loading import load_tenant

    product = open_product()
    loaded = load_tenant(product.db, product.world, slug, tenant_sources(folder))
    for procedure, bundle in loaded.bundles.items():
        click.echo(f"{slug} {procedure} -> {bundle}")


@tenant.command("check")
@click.argument("slug")
@click.option("--folder", type=click.Path(exists=True, path_type=Path), help="holds processes/ …")
def tenant_check(slug: str, folder: Path | None) -> None:
    """Check a tenant's files without loading them."""
    from webapp.usecases.checking import check_tenant

    problems = check_tenant(slug, tenant_sources(folder))
    for line in problems:
        click.echo(line)
    if problems:
        sys.exit(1)
    click.echo(f"{slug}: 没有发现问题")
