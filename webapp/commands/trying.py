"""`lucheng try`: play a scenario on a diagram, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from webapp.commands.opening import tenant_sources


@click.command("try")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--scenario", required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@click.option("--tenant", "slug", help="try it in this shipped tenant")
def try_out(file: Path, scenario: Path, as_json: bool, slug: str | None) -> None:
    """Play a scenario on a diagram where nothing outside can happen, and tell what is seen."""
    from engine.timing.clock import SystemClock
    from webapp.usecases.trying import try_file

    now = SystemClock().now()
    code, answer = try_file(file, scenario, slug, tenant_sources(None), now)
    if as_json:
        # as bytes: what a program reads does not depend on the terminal's language
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1).encode())
    else:
        for one in answer.get("scenarios", [answer]):
            _print_answer(one)
    sys.exit(code)


def _print_answer(answer: Mapping[str, Any]) -> None:
    for finding in answer.get("findings", ()):
        click.echo(f"[{finding['severity']}] {finding['element']} {finding['message']}")
    for number, state in enumerate(answer.get("steps", ()), 1):
        _print_state(number, state)
    if "ok" in answer:
        click.echo("符合方案" if answer["ok"] else "不符合方案")


def _print_state(number: int, state: Mapping[str, Any]) -> None:
    here = [shown["name"] or shown["id"] for shown in (*state["active"], *state["waiting"])]
    click.echo(f"{number}. {'已办结' if state['completed'] else '、'.join(here) or '（无）'}")
    for incident in state["incidents"]:
        click.echo(f"   异常 {incident['name'] or incident['element']}：{incident['message']}")
    for failed in state.get("failed", ()):
        click.echo(f"   ✘ {failed['message']}")
