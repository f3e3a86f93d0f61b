"""``python -m bench``: measure, print a table or one JSON object."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path

import click
import structlog

from bench.databases import open_servers
from bench.report import Report, machine
from bench.run import PARTS, Bench, run_parts
from bench.sizes import FULL, SMOKE
from bench.targets import failing


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--smoke", "size", flag_value="smoke", default="smoke", help="small sizes (default)")
@click.option("--full", "size", flag_value="full", help="full sizes; takes long")
@click.option("--only", default="", help=f"parts, separated by commas: {', '.join(PARTS)}")
@click.option("--json", "as_json", is_flag=True, help="one object with the keys of the result")
@click.option("--database", help="URL of a PostgreSQL owner who may create databases")
@click.option("--spiff-arena", type=click.Path(exists=True, path_type=Path), help="a checkout")
def main(
    size: str, only: str, as_json: bool, database: str | None, spiff_arena: Path | None
) -> None:
    """What a step costs, as ratios of interleaved runs. Exit 1 when a promise is broken."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    chosen = [name.strip().upper() for name in only.split(",") if name.strip()]
    unknown = set(chosen) - set(PARTS)
    if unknown:
        raise click.BadParameter(f"no such part: {', '.join(sorted(unknown))}", param_hint="--only")
    report, before = Report(), machine()
    with open_servers(database) as (postgres, sqlite):
        sizes = FULL if size == "full" else SMOKE
        bench = Bench(postgres, sqlite, sizes, report, spiff_arena)
        run_parts(bench, chosen, is_quiet=as_json)
        facts = {**before, **postgres.facts(), "sizes": sizes.name}
    click.echo(report.as_json() if as_json else report.as_text(facts))
    for key, value in failing(report.values).items():
        click.echo(f"above must: {key} = {value}", err=True)
        size = "failed"
    sys.exit(size == "failed")


if __name__ == "__main__":
    main()
