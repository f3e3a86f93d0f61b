"""The command line: one thin function a command; heavy imports wait until they are needed."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from engine.errors import LuchengError


class Group(click.Group):
    """Shows errors as sentences, never as tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LuchengError as error:
            click.echo(f"错误：{error.zh}\n{error.en}", err=True)
            for problem in getattr(error, "problems", ()):
                click.echo(f"  {problem.file} {problem.key}: {problem.zh}", err=True)
            for item in error.facts.get("findings", []):  # type: ignore[attr-defined]
                click.echo(f"  {item.get('element')}: {item.get('message')}", err=True)
            for item in error.facts.get("errors", []):  # type: ignore[attr-defined]
                click.echo(f"  {item.get('field')}: {item.get('message')}", err=True)
            sys.exit(2)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lucheng", prog_name="lucheng")
def main() -> None:
    """绿程 Lucheng: a multi-tenant workflow engine driven by BPMN."""


def _product(database: str | None = None, **changes: Any) -> Any:
    from webapp.product import build_product
    from webapp.settings import read_settings

    environment = dict(os.environ)
    if database:
        environment["DATABASE_URL"] = database
    settings = read_settings(environment)
    if changes:
        from dataclasses import replace

        settings = replace(settings, **changes)
    product = build_product(settings)
    click.get_current_context().call_on_close(product.db.dispose)
    return product


@main.command()
@click.option("--role", type=click.Choice(["web", "clock", "all"]), default="all")
@click.option("--demo", is_flag=True, help="load the demonstration world into empty data")
@click.option("--database", help="database URL instead of DATABASE_URL")
@click.option("--insecure-role", is_flag=True, help="accept a database role that sees all tenants")
def run(role: str, demo: bool, database: str | None, insecure_role: bool) -> None:
    """Serve pages and API, and run the clock."""
    from webapp.serve import serve

    changes = {"insecure_role": True} if insecure_role else {}
    serve(_product(database, **changes), role=role, demo=demo)


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.option("--database", help="database URL of the owner instead of DATABASE_URL")
@click.option("--runtime-role", help="PostgreSQL role that the nodes use")
def db_upgrade(database: str | None, runtime_role: str | None) -> None:
    """Bring the database to the newest schema."""
    from webapp.schema import upgrade
    from webapp.settings import read_settings

    settings = read_settings(os.environ)
    if not settings.database_url and not database:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(database or settings.url, runtime_role=runtime_role)
    click.echo("数据库结构已是最新。")


@main.group()
def tenant() -> None:
    """Tenants."""


@tenant.command("load")
@click.argument("slug")
@click.option("--folder", type=click.Path(exists=True, path_type=Path), help="holds processes/ …")
def tenant_load(slug: str, folder: Path | None) -> None:
    """Load a tenant's files into the database."""
    from engine.loading import load_tenant

    product = _product()
    loaded = load_tenant(product.db, product.world, slug, _sources(folder))
    for procedure, bundle in loaded.bundles.items():
        click.echo(f"{slug} {procedure} -> {bundle}")


@tenant.command("check")
@click.argument("slug")
@click.option("--folder", type=click.Path(exists=True, path_type=Path), help="holds processes/ …")
def tenant_check(slug: str, folder: Path | None) -> None:
    """Check a tenant's files without loading them."""
    from webapp.usecases.checking import check_tenant

    problems = check_tenant(slug, _sources(folder))
    for line in problems:
        click.echo(line)
    if problems:
        sys.exit(1)
    click.echo(f"{slug}: 没有发现问题")


def _sources(folder: Path | None) -> Any:
    from engine.tenancy.chain import FolderSources
    from webapp.product import shipped_sources

    if folder is None:
        return shipped_sources()
    return FolderSources(folder / "processes", folder / "forms", folder / "tenants")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@click.option("--structure-only", is_flag=True, help="leave out what needs a tenant")
@click.option("--tenant", "slug", help="check for this shipped tenant")
def check(files: tuple[Path, ...], as_json: bool, structure_only: bool, slug: str | None) -> None:
    """Check diagrams: may they be published, and if not, where and why."""
    from webapp.usecases.checking import check_files

    code, reports = check_files(files, None if structure_only else slug, _sources(None))
    if as_json:
        click.echo(json.dumps(reports, ensure_ascii=False, indent=1))
    else:
        for report in reports:
            _print_report(report)
    sys.exit(code)


def _print_report(report: dict[str, Any]) -> None:
    verdict = "可以发布" if report["publishable"] else "不能发布"
    if not report["readable"]:
        verdict = "无法读取"
    click.echo(f"{report['file']}: {verdict}")
    for finding in report["findings"]:
        click.echo(f"  [{finding['severity']}] {finding['element']} {finding['message']}")


@main.command()
@click.argument("catalogue")
@click.argument("sheet", type=click.Path())
@click.option("--line", help="pass line instead of the catalogue's printed one")
@click.option("--json", "as_json", is_flag=True)
def score(catalogue: str, sheet: str, line: str | None, as_json: bool) -> None:
    """Score a sheet by an indicator catalogue."""
    from webapp.usecases.scoring import score_file

    code, answer = score_file(catalogue, sheet, line)
    if as_json or code:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        click.echo(f"{answer['total']} {'达标' if answer['passed'] else '未达标'}")
        for reason in answer["reasons"]:
            click.echo(f"  {reason}")
    sys.exit(code)


@main.group()
def user() -> None:
    """People."""


@user.command("add")
@click.argument("slug")
@click.argument("username")
@click.option("--name", required=True)
@click.option("--title", default="")
@click.option("--capacity", default="officer")
@click.option("--role", "roles", multiple=True, help="role or role@unit; repeat for several")
@click.option("--unit")
@click.password_option()
def user_add(slug: str, username: str, password: str, **facts: Any) -> None:
    """Add a person to a tenant."""
    from webapp.usecases.people import add_person

    add_person(_product(), slug, username, password, facts)
    click.echo(f"已添加 {username}")


@main.group()
def history() -> None:
    """The history of cases."""


@history.command("verify")
@click.option("--tenant", "slug", help="only this tenant")
def history_verify(slug: str | None) -> None:
    """Check every case's chain; exit 1 when one is broken."""
    from webapp.usecases.verifying import verify_histories

    checked, breaks = verify_histories(_product(), slug)
    for found in breaks:
        click.echo(f"{found.case_id} #{found.seq}: {found.why}")
    click.echo(f"已核对 {checked} 个办件，{len(breaks)} 处异常")
    sys.exit(1 if breaks else 0)


@main.command()
@click.option("--json", "as_json", is_flag=True)
def rules(as_json: bool) -> None:
    """Every rule of the sources, where it stands and which tests hold it."""
    from webapp.usecases.rules import report_rules

    report = report_rules()
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for row in report:
        click.echo(
            f"{row['id']:<12} {row['state']:<10} {len(row['places']):>3} {len(row['tests']):>3}"
        )


@main.group()
def demo() -> None:
    """The demonstration world."""


@demo.command("accounts")
@click.option("--json", "as_json", is_flag=True)
def demo_accounts(as_json: bool) -> None:
    """The demonstration accounts."""
    from webapp.demo.accounts import list_accounts

    accounts = list_accounts()
    if as_json:
        click.echo(json.dumps(accounts, ensure_ascii=False, indent=1))
        return
    for account in accounts:
        click.echo(
            f"{account['tenant']}  {account['username']:<16} {account['password']:<28} "
            f"{account['name']}  {', '.join(account['roles'])}"
        )
