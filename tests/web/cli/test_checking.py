"""What `lucheng check`, `tenant check` and `user add` tell of what is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from webapp.cli import main
from webapp.places import data_root

PROCESSES = data_root() / "processes"
LISTING = PROCESSES / "neimenggu" / "green-mine-listing.bpmn"
CLERK = "&#34;city-clerk@&#34; + city"


@pytest.fixture
def lucheng(tmp_path: Path) -> Any:
    """Run the command in an empty data folder."""

    def run(*arguments: str) -> Result:
        environment = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "", "PORT": "8000"}
        return CliRunner().invoke(main, arguments, env=environment)

    return run


@pytest.mark.parametrize("slug", ["neimenggu", "ordos", "yijinhuoluo"])
def test_the_shipped_diagrams_have_no_warnings(lucheng: Any, slug: str) -> None:
    folders = (slug, "shared") if slug == "neimenggu" else (slug,)
    files = [str(path) for name in folders for path in sorted((PROCESSES / name).glob("*.bpmn"))]
    assert files
    answer = lucheng("check", *files, "--tenant", slug, "--json")
    assert [finding for report in json.loads(answer.output) for finding in report["findings"]] == []


def test_a_role_misspelt_inside_an_expression_is_found(lucheng: Any, tmp_path: Path) -> None:
    text = LISTING.read_text("utf-8")
    assert text.count(CLERK) >= 3
    wrong = tmp_path / "green-mine-listing.bpmn"
    wrong.write_text(text.replace(CLERK, CLERK.replace("clerk", "clrk"), 1), "utf-8")
    answer = lucheng("check", str(wrong), "--tenant", "neimenggu")
    assert answer.exit_code == 1
    assert "city-clrk" in answer.output
    assert "受理审查（Accept）" in answer.output or "补正（Supplement）" in answer.output


def test_the_findings_tell_the_step_by_name_and_what_to_do(lucheng: Any, tmp_path: Path) -> None:
    text = LISTING.read_text("utf-8").replace('formId="acceptance"', 'formId="no-such-form"')
    wrong = tmp_path / "green-mine-listing.bpmn"
    wrong.write_text(text, "utf-8")
    told = lucheng("check", str(wrong), "--tenant", "neimenggu").output.splitlines()
    at = next(number for number, line in enumerate(told) if "no-such-form" in line)
    assert "受理审查（Accept）" in told[at]
    assert told[at + 1].strip()


def test_a_check_without_tenant_says_what_it_left_out(lucheng: Any) -> None:
    assert "未核对租户" in lucheng("check", str(LISTING)).output
    assert "未核对租户" not in lucheng("check", str(LISTING), "--tenant", "neimenggu").output


def test_a_form_that_is_wrong_is_told_by_file_and_component(lucheng: Any, tmp_path: Path) -> None:
    root = tmp_path / "files"
    for part in ("processes", "forms", "tenants"):
        shutil.copytree(data_root() / part, root / part)
    form = root / "forms" / "neimenggu" / "acceptance.form"
    form.write_text(form.read_text("utf-8").replace('"type": "radio"', '"type": "radjo"', 1))
    answer = lucheng("tenant", "check", "neimenggu", "--folder", str(root))
    assert answer.exit_code != 0
    assert "acceptance.form#f_c1" in answer.output
    assert "radjo" in answer.output


def test_a_demonstration_person_with_an_unknown_role_is_told_by_file_and_line(
    lucheng: Any, tmp_path: Path
) -> None:
    root = tmp_path / "files"
    for part in ("processes", "forms", "tenants"):
        shutil.copytree(data_root() / part, root / part)
    people = root / "tenants" / "neimenggu" / "demo" / "people.csv"
    people.write_text(people.read_text("utf-8").replace(",region-clerk,", ",no-such-role,", 1))
    answer = lucheng("tenant", "check", "neimenggu", "--folder", str(root))
    assert answer.exit_code != 0
    assert "people.csv line" in answer.output
    assert "no-such-role" in answer.output


def add(lucheng: Any, *more: str) -> Result:
    """Add a person to the shipped tenant."""
    told = ["--name", "李四", "--password", "correct horse battery"]
    found: Result = lucheng("user", "add", "neimenggu", "lisi", *told, *more)
    return found


def test_a_person_who_works_here_already_is_not_added_again(lucheng: Any) -> None:
    lucheng("db", "upgrade")
    lucheng("tenant", "load", "neimenggu")
    assert add(lucheng, "--role", "city-clerk@150600.natural-resources").exit_code == 0
    again = add(lucheng, "--role", "auditor")
    assert again.exit_code != 0
    assert "已在本租户任职" in again.output


@pytest.mark.parametrize(
    "wrong", [["--role", "city-clerk@150600.nosuch"], ["--unit", "150600.nosuch"]]
)
def test_a_unit_that_is_not_there_is_refused(lucheng: Any, wrong: list[str]) -> None:
    lucheng("db", "upgrade")
    lucheng("tenant", "load", "neimenggu")
    refused = add(lucheng, *wrong)
    assert refused.exit_code != 0
    assert "没有单位 150600.nosuch" in refused.output
