"""`lucheng tenant`: a tenant's files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from webapp.commands.opening import open_product, tenant_sources


@click.group()
def tenant() -> None:
    """Tenants."""


@tenant.command("new")
@click.argument("slug")
@click.option("--level", required=True, type=click.Choice(["national", "region", "city", "banner"]))
@click.option("--parent", default="", help="slug of the tenant above")
@click.option("--place", required=True, help="full name of the place")
@click.option("--short", required=True, help="short name of the place")
@click.option("--en", required=True, help="English name of the place")
@click.option("--division", required=True, help="six digits of the administrative division")
@click.option("--admin", "username", required=True, help="user name of the first administrator")
@click.option("--admin-name", required=True)
def tenant_new(slug: str, username: str, admin_name: str, **told: str) -> None:
    """Open a tenant in preparation, made of the template of its level."""
    from engine.tenancy.beginning import Newcomer
    from webapp.usecases.opening_tenants import FirstAdministrator, open_tenant

    product = open_product()
    first = FirstAdministrator(username, admin_name)
    opened = open_tenant(product, None, Newcomer(slug=slug, **told), first)
    click.echo(f"已开户 {slug}，处于准备阶段；首位管理员 {username}，初始密码 {opened.password}")


@tenant.command("load")
@click.argument("slug")
@click.option("--folder", type=click.Path(exists=True, path_type=Path), help="holds processes/ …")
def tenant_load(slug: str, folder: Path | None) -> None:
    """Load a tenant's files into the database, after those above it that are not there yet."""
    from webapp.usecases.tenant_folders import load_folder

    loaded = load_folder(open_product(), slug, tenant_sources(folder))
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
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="overwrite other content in the folder")
def tenant_export(slug: str, target: Path, replace: bool) -> None:
    """Write a tenant's files below a folder, to be loaded again; or, to a name that ends in .tar,
    everything in it, to be imported elsewhere."""
    if target.suffix == ".tar":
        _export_everything(slug, target)
        return
    from webapp.usecases.tenant_folders import write_folder

    for path in write_folder(open_product(), slug, target, replace=replace):
        click.echo(path)


def _export_everything(slug: str, file: Path) -> None:
    from webapp.operations.transfer import export_tenant

    product = open_product()
    manifest = export_tenant(product, slug, file, product.clock.now())
    rows = sum(manifest.facts["rows"].values())
    click.echo(f"{slug}: {rows} 行，附件 {manifest.attachments} 个，已写入 {file}")


@tenant.command("diff")
@click.argument("slug")
@click.option("--folder", type=click.Path(exists=True, path_type=Path), help="holds processes/ …")
def tenant_diff(slug: str, folder: Path | None) -> None:
    """Tell what the database has otherwise than the folder; exit 1 when anything differs."""
    from webapp.usecases.tenant_folders import differences

    found = differences(open_product(), slug, tenant_sources(folder))
    for change in found:
        click.echo(str(change))
    if found:
        sys.exit(1)
    click.echo(f"{slug}: 文件夹与系统中的内容相同")


@tenant.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def tenant_import(file: Path) -> None:
    """Bring in a tenant that `tenant export` wrote; it must not be here yet."""
    from webapp.operations.transfer import import_tenant

    facts = import_tenant(open_product(), file).facts
    rows = sum(facts["rows"].values())
    click.echo(f"{facts['tenant']['slug']}: {rows} 行已导入，办件历史核验通过")


@tenant.command("freeze")
@click.argument("slug")
@click.option("--reason", required=True)
def tenant_freeze(slug: str, reason: str) -> None:
    """Let nothing change in a tenant: people may look, clocks wait, nobody applies."""
    from webapp.usecases.going_live import freeze

    freeze(open_product(), None, slug, reason)
    click.echo(f"{slug} 已冻结")


@tenant.command("thaw")
@click.argument("slug")
@click.option("--reason", required=True)
def tenant_thaw(slug: str, reason: str) -> None:
    """Let a frozen tenant work again."""
    from webapp.usecases.going_live import thaw

    thaw(open_product(), None, slug, reason)
    click.echo(f"{slug} 已解冻")
