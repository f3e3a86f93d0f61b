"""`lucheng handoff`: the file of a hand-off, for and from a tenant that is not here."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from webapp.commands.opening import open_product


@click.group()
def handoff() -> None:
    """Hand-offs as files, between installations."""


@handoff.command("export")
@click.argument("case_name", metavar="CASE")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
@click.option("--tenant", "slug", help="where the number of the case belongs")
def handoff_export(case_name: str, output: Path, slug: str | None) -> None:
    """Write what a case handed over last, signed, with its case file."""
    from webapp.usecases.handing_files import latest_sent, write_handoff_file
    from webapp.usecases.outside_proof import find_case

    product = open_product()
    tenant_id, case_id = find_case(product, slug, case_name)
    _name, stream = write_handoff_file(product, tenant_id, latest_sent(product, tenant_id, case_id))
    with stream, output.open("wb") as target:
        shutil.copyfileobj(stream, target)
    click.echo(f"已导出 {output}")


@handoff.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--tenant", "slug", required=True, help="who receives it")
@click.option("--trust", type=click.Path(path_type=Path), help="keys.json of who handed it over")
def handoff_import(file: Path, slug: str, trust: Path | None) -> None:
    """Verify a file and take in what it hands over; the same file again changes nothing."""
    from webapp.usecases.handing_files import take_in_file

    keys = None if trust is None else trust.read_bytes()
    with file.open("rb") as stream:
        found = take_in_file(open_product(), slug, stream, keys)
    told = "已接收" if found["new"] else "此前已接收，没有重复办理"
    click.echo(f"{told}：{found['from']} {found['number']}")
