"""`lucheng doctor`: is this installation fit to work?"""

from __future__ import annotations

import json
import os
import sys

import click

SIGNS = {"ok": "✓", "warning": "!", "failure": "✗"}


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--deep", is_flag=True, help="look at every running case and attachment as well")
@click.option("--database", help="database URL instead of DATABASE_URL")
def doctor(as_json: bool, deep: bool, database: str | None) -> None:
    """Check settings, disk, keys, calendar, database and clock; exit 1 when something fails."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    from webapp.operations.doctor import examine

    environment = {**os.environ, **({"DATABASE_URL": database} if database else {})}
    now = datetime.now(UTC)
    found = examine(environment, now, now.astimezone().date(), deep=deep)
    if as_json:
        facts = {"fit": found.is_fit, "findings": [asdict(one) for one in found.findings]}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    else:
        for one in found.findings:
            click.echo(f"{SIGNS[one.state]} {one.message}")
            if one.advice:
                click.echo(f"    → {one.advice}")
    sys.exit(0 if found.is_fit else 1)
