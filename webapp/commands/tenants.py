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
    """Load a tenant's files into the database, after those above it that are not there yet."""
    from engine.definitions.loading import load_with_those_above

    product = open_product()
    loaded = load_with_those_above(product.db, product.world, slug, tenant_sources(folder))
    for procedure, bundle in loaded.bundles.items():
        click.echo(f"{slug} {procedure} -> {bundle}")


@tenant.command("check")
@click.argument("slug")
@click.option("--folder", type=click.Path(exists=True, path_type=Path), help="holds processes/ …")
def tenant_check(slug: str, folder: Path | None) -> None:
    """Check a tenant's files without loading them."""
    from engine.timing.clock import SystemClock
    from webapp.usecases.checking_tenants import check_tenant

    problems = check_tenant(slug, tenant_sources(folder), SystemClock().now())
    for line in problems:
        click.echo(line)
    if problems:
        sys.exit(1)
    click.echo(f"{slug}: 没有发现问题")


@tenant.command("export")
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path))
def tenant_export(slug: str, file: Path) -> None:
    """Write a tenant with everything in it to one file, to be imported elsewhere."""
    from webapp.operations.transfer import export_tenant

    product = open_product()
    manifest = export_tenant(product, slug, file, product.clock.now())
    rows = sum(manifest.facts["rows"].values())
    click.echo(f"{slug}: {rows} 行，附件 {manifest.attachments} 个，已写入 {file}")


@tenant.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def tenant_import(file: Path) -> None:
    """Bring in a tenant that `tenant export` wrote; it must not be here yet."""
    from webapp.operations.transfer import import_tenant

    facts = import_tenant(open_product(), file).facts
    rows = sum(facts["rows"].values())
    click.echo(f"{facts['tenant']['slug']}: {rows} 行已导入，办件历史核验通过")
