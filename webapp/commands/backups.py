"""`lucheng backup` and `lucheng restore`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from webapp.operations.archive import Manifest
    from webapp.settings import Settings


def _settings(database: str | None) -> Settings:
    from webapp.settings import read_settings

    settings = read_settings(os.environ)
    return replace(settings, database_url=database) if database else settings


def _tell(manifest: Manifest) -> None:
    facts = manifest.facts
    click.echo(
        f"备份时间 {facts['made_at']}，数据库 {facts['database']}（结构 {facts['schema']}），"
        f"附件 {manifest.attachments} 个、{manifest.attachment_bytes / 1_048_576:.1f} MB"
    )
    for name in facts.get("damaged_at_source", []):
        click.echo(f"  注意：附件 {name} 在备份前已经损坏", err=True)


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[check] FOLDER|FILE")
@click.option("--database", help="PostgreSQL: URL of a role that may read all rows")
def backup(words: tuple[str, ...], database: str | None) -> None:
    """Back up database and attachments to one file; `backup check FILE` checks such a file.

    A folder gets a new file, named by the time. The product may run meanwhile.
    """
    from datetime import UTC, datetime

    from webapp.operations.backup import check_backup, make_backup

    if len(words) == 2 and words[0] == "check":
        _tell(check_backup(Path(words[1])))
        click.echo(f"{words[1]} 完好")
        return
    if len(words) != 1:
        raise click.UsageError("lucheng backup FOLDER|FILE, or lucheng backup check FILE")
    path, manifest = make_backup(_settings(database), Path(words[0]), datetime.now(UTC))
    _tell(manifest)
    click.echo(f"已备份到 {path}")
    sys.exit(1 if manifest.facts.get("damaged_at_source") else 0)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--database", help="PostgreSQL: URL of the owner, of an empty database")
@click.option("--runtime-role", help="PostgreSQL role that the nodes use")
def restore(file: Path, database: str | None, runtime_role: str | None) -> None:
    """Restore a backup into an empty place; then run `lucheng history verify`."""
    from webapp.operations.backup import restore_backup

    _tell(restore_backup(file, _settings(database), runtime_role))
    click.echo("已恢复。请运行 lucheng history verify 核验办件历史。")
