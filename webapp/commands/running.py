"""`lucheng run` and `lucheng db`."""

from __future__ import annotations

import os

import click

from webapp.commands.opening import open_product


@click.command()
@click.option("--role", type=click.Choice(["web", "clock", "all"]), default="all")
@click.option("--demo", is_flag=True, help="load the demonstration world into empty data")
@click.option("--database", help="database URL instead of DATABASE_URL")
@click.option("--insecure-role", is_flag=True, help="accept a database role that sees all tenants")
def run(role: str, demo: bool, database: str | None, insecure_role: bool) -> None:
    """Serve pages and API, and run the clock."""
    from webapp.serve import serve

    changes = {"insecure_role": True} if insecure_role else {}
    serve(open_product(database, begins=True, **changes), role=role, demo=demo)


@click.group()
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
