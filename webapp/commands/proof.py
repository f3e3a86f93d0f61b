"""`lucheng verify` and `lucheng case export`: what an outsider checks, and what he is given."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from webapp.commands.opening import open_product


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--trust", required=True, type=click.Path(path_type=Path), help="keys.json")
@click.option("--checkpoint", type=click.Path(path_type=Path), help="checkpoints.json, or one")
@click.option("--json", "as_json", is_flag=True)
def verify(file: Path, trust: Path, checkpoint: Path | None, as_json: bool) -> None:
    """Verify a signed case file, without database and network.

    Exit 0 intact and complete, 1 altered, 3 incomplete, 4 completeness not provable.
    """
    from webapp.usecases.proving import verify_with_files

    said = None if checkpoint is None else checkpoint.read_bytes()
    with file.open("rb") as stream:
        verdict = verify_with_files(stream, trust.read_bytes(), said)
    answer = verdict.as_json()
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1).encode())
    else:
        _tell(answer)
    sys.exit(int(verdict.outcome))


OUTCOMES = {
    "intact": "完好且完整",
    "altered": "已被改动",
    "incomplete": "不完整",
    "unproved": "内容完好，完整性无法证明",
}


def _tell(answer: dict[str, Any]) -> None:
    click.echo(OUTCOMES[answer["outcome"]])
    for one in answer["found"]:
        click.echo(f"  {one['zh']}")
    case = answer["case"]
    if case and answer["outcome"] != "altered":
        click.echo(f"  {case['name']} {case['number']} {case['title']}")
        click.echo(f"  历史 {case['length']} 条，导出于 {case['exported_at']}")
        for signed in answer["signatures"]:
            who = f"{signed['name']}（{signed['as']}）"
            click.echo(f"  {signed['step']}：{who}{signed['at']}{_void(signed)}")


def _void(signed: dict[str, Any]) -> str:
    return " 已失效：此后重新提交" if signed["void"] else ""


@click.group()
def case() -> None:
    """Cases."""


@case.command("export")
@click.argument("case_name", metavar="CASE")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
@click.option("--tenant", "slug", help="where the number of the case belongs")
def case_export(case_name: str, output: Path, slug: str | None) -> None:
    """Write the signed file of a case, named by its number or id."""
    from webapp.usecases.outside_proof import find_case, write_case

    product = open_product()
    tenant_id, case_id = find_case(product, slug, case_name)
    _name, stream = write_case(product, tenant_id, case_id)
    with stream, output.open("wb") as target:
        shutil.copyfileobj(stream, target)
    click.echo(f"已导出 {output}")


@case.command("keys")
@click.argument("slug", metavar="TENANT")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
@click.option("--renew", is_flag=True, help="revoke the tenant's key and make a new one")
def case_keys(slug: str, output: Path, renew: bool) -> None:
    """Write the trust file of a tenant, as it is published."""
    from webapp.usecases.outside_proof import published_keys, renew_tenant_key

    product = open_product()
    if renew:
        renew_tenant_key(product, slug)
    output.write_bytes(json.dumps(published_keys(product, slug), ensure_ascii=False).encode())
    click.echo(f"已写出 {output}")
