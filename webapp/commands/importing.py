"""`lucheng import`: a diagram of another tool becomes one of this product."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from webapp.commands.checking import print_report


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="write the diagram here")
@click.option("--fix", "fixing", is_flag=True, help="make every proposed fix as well")
@click.option("--json", "as_json", is_flag=True)
def import_(file: Path, output: Path | None, fixing: bool, as_json: bool) -> None:
    """Import a diagram: what is certain is rewritten, what is doubtful is told."""
    from webapp.usecases.importing import import_file

    report, text = import_file(file.read_bytes(), fixing=fixing)
    told = {**report.to_json(), "file": str(file)}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1).encode())
    else:
        print_report(told)
    if report.readable and output is not None:
        output.write_bytes(text)
    sys.exit(0 if report.readable else 2)
