"""`lucheng check`, `score` and `rules`: judge files, without a database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from webapp.commands.opening import tenant_sources


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@click.option("--structure-only", is_flag=True, help="leave out what needs a tenant")
@click.option("--tenant", "slug", help="check for this shipped tenant")
def check(files: tuple[Path, ...], as_json: bool, structure_only: bool, slug: str | None) -> None:
    """Check diagrams: may they be published, and if not, where and why."""
    from webapp.usecases.checking import check_files

    known = None
    if slug and not structure_only:
        from webapp.usecases.checking_tenants import surroundings_in

        known = surroundings_in(slug, tenant_sources(None))
    play = None if structure_only else _rehearsing(files, slug)
    code, reports = check_files(files, known, structure_only=structure_only, rehearse=play)
    if as_json:
        # as bytes: what a program reads does not depend on the terminal's language
        click.echo(json.dumps(reports, ensure_ascii=False, indent=1).encode())
    else:
        for report in reports:
            print_report(report)
        if slug is None or structure_only:
            click.echo(NOT_CHECKED)
    sys.exit(code)


def _rehearsing(files: tuple[Path, ...], slug: str | None) -> Any:
    """What plays the scenarios beside the files; nothing is imported where there are none."""
    if not any(path.with_name(f"{path.stem}.scenario.json").is_file() for path in files):
        return None
    from engine.timing.clock import SystemClock
    from webapp.usecases.trying import failing_beside

    sources, now = tenant_sources(None), SystemClock().now()
    return lambda path: failing_beside(path, slug, sources, now)


NOT_CHECKED = (
    "未核对租户：表单、角色、业务功能、参数和被调用的流程是否存在。"
    "加上 --tenant 租户代码 一并检查。"
)


def print_report(report: dict[str, Any]) -> None:
    """Show a report to a person."""
    verdict = "可以发布" if report["publishable"] else "不能发布"
    if not report["readable"]:
        verdict = "无法读取"
    click.echo(f"{report['file']}: {verdict}")
    for finding in report["findings"]:
        element = finding["element"]
        place = f"{finding['name']}（{element}）" if finding["name"] else element
        click.echo(f"  [{finding['severity']}] {place} {finding['message']}")
        if finding["remedy"]:
            click.echo(f"      {finding['remedy']}")
        if "fix" in finding:
            click.echo(f"      修改建议：{finding['fix']['text']}")


@click.command()
@click.argument("catalogue")
@click.argument("sheet", type=click.Path())
@click.option("--line", help="pass line instead of the catalogue's printed one")
@click.option("--json", "as_json", is_flag=True)
def score(catalogue: str, sheet: str, line: str | None, as_json: bool) -> None:
    """Score a sheet by an indicator catalogue."""
    from webapp.usecases.scoring import score_file

    code, answer = score_file(catalogue, sheet, line)
    if as_json or code:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        click.echo(f"{answer['total']} {'达标' if answer['passed'] else '未达标'}")
        for reason in answer["reasons"]:
            click.echo(f"  {reason}")
    sys.exit(code)


@click.command()
@click.option("--json", "as_json", is_flag=True)
def rules(as_json: bool) -> None:
    """Every rule of the sources, where it stands and which tests hold it."""
    from webapp.usecases.rules import report_rules

    report = report_rules()
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for row in report:
        click.echo(
            f"{row['id']:<12} {row['state']:<10} {len(row['places']):>3} {len(row['tests']):>3}"
        )
