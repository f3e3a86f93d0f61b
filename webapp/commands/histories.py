"""`lucheng history`: is what was done still what is written?"""

from __future__ import annotations

import sys

import click

from webapp.commands.opening import open_product


@click.group()
def history() -> None:
    """The history of cases."""


@history.command("verify")
@click.option("--tenant", "slug", help="only this tenant")
def history_verify(slug: str | None) -> None:
    """Check every case's chain; exit 1 when one is broken."""
    from webapp.usecases.verifying import verify_histories

    checked, breaks = verify_histories(open_product(), slug)
    for found in breaks:
        click.echo(f"{found.case_id} #{found.seq}: {found.why}")
    click.echo(f"已核对 {checked} 个办件，{len(breaks)} 处异常")
    sys.exit(1 if breaks else 0)
