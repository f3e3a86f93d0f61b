"""The command line: one thin function a command, in `webapp/commands`; heavy imports wait there."""

from __future__ import annotations

import sys
from typing import Any

import click

from engine.errors import LuchengError
from webapp.commands import (
    backups,
    checking,
    drawing,
    handing,
    health,
    histories,
    identity,
    importing,
    people,
    proof,
    running,
    tenants,
    trying,
)
from webapp.commands.opening import told_by_database


class Group(click.Group):
    """Shows errors as sentences, never as tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:  # a full disk, a folder nobody may write to
            click.echo(f"错误：{error.strerror or error} {error.filename or ''}", err=True)
            sys.exit(2)
        except LuchengError as error:
            click.echo(f"错误：{error.zh}\n{error.en}", err=True)
            for problem in getattr(error, "problems", ()):
                click.echo(f"  {problem.file} {problem.key}: {problem.zh}", err=True)
            for item in error.facts.get("findings", []):  # type: ignore[attr-defined]
                click.echo(f"  {item.get('element')}: {item.get('message')}", err=True)
            for item in error.facts.get("errors", []):  # type: ignore[attr-defined]
                click.echo(f"  {item.get('field')}: {item.get('message')}", err=True)
            sys.exit(2)
        except Exception as error:
            said = told_by_database(error)
            if not said:
                raise
            click.echo(f"错误：数据库不可用：{said}", err=True)
            sys.exit(2)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lucheng", prog_name="lucheng")
def main() -> None:
    """绿程 Lucheng: a multi-tenant workflow engine driven by BPMN."""


for command in (
    running.run,
    running.db,
    tenants.tenant,
    checking.check,
    importing.import_,
    trying.try_out,
    checking.score,
    people.user,
    identity.identity,
    histories.history,
    proof.verify,
    proof.case,
    handing.handoff,
    drawing.draw,
    checking.rules,
    people.body,
    people.demo,
    backups.backup,
    backups.restore,
    health.doctor,
):
    main.add_command(command)
