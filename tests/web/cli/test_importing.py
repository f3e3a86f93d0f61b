"""What `lucheng import` makes of a diagram of another tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from webapp.cli import main
from webapp.places import data_root

FOREIGN = data_root() / "tests" / "unit" / "bpmn" / "foreign"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["import", *arguments])


def told(*arguments: str) -> Any:
    answer = run(*arguments, "--json")
    return answer.exit_code, json.loads(answer.output)


def test_a_foreign_file_is_told_of_and_written(tmp_path: Path) -> None:
    output = tmp_path / "ours.bpmn"
    answer = run(str(FOREIGN / "camunda7-external-task.bpmn"), "-o", str(output))
    assert answer.exit_code == 0
    assert "register.add" in answer.output
    assert b'<zeebe:taskDefinition type="register.add"/>' in output.read_bytes()
    again = CliRunner().invoke(main, ["check", str(output), "--structure-only"])
    assert again.exit_code == 0


def test_the_proposed_fixes_are_made_when_asked_for(tmp_path: Path) -> None:
    drawn = str(FOREIGN / "signavio-human-decision.bpmn")
    output = tmp_path / "ours.bpmn"
    code, before = told(drawn)
    assert (code, before["publishable"]) == (0, False)
    assert {f["fix"]["kind"] for f in before["findings"] if "fix" in f} == {"choice"}
    code, after = told(drawn, "--fix", "-o", str(output))
    assert (code, after["publishable"]) == (0, True)
    assert '=choice_sid_g = "ja"' in output.read_text("utf-8")


def test_what_is_no_diagram_is_not_written(tmp_path: Path) -> None:
    source, output = tmp_path / "a.bpmn", tmp_path / "b.bpmn"
    source.write_text("<a/>")
    code, report = told(str(source), "-o", str(output))
    assert (code, report["readable"], output.exists()) == (2, False, False)


@pytest.mark.parametrize("name", ["camunda7-delegates.bpmn", "visio-dangling-flows.bpmn"])
def test_the_command_tells_people_what_can_be_mended(name: str) -> None:
    assert "修改建议" in run(str(FOREIGN / name)).output


def test_check_reads_foreign_files_too() -> None:
    files = [str(FOREIGN / "encoding-gbk.bpmn"), str(FOREIGN / "flowable-approval.bpmn20.xml")]
    answer = CliRunner().invoke(main, ["check", *files, "--json", "--structure-only"])
    assert answer.exit_code == 0
    assert all(report["publishable"] for report in json.loads(answer.output))


def test_a_foreign_file_is_tried_as_it_is_read(tmp_path: Path) -> None:
    scenario = tmp_path / "s.json"
    steps = [
        {"complete": "填写申请", "variables": {}},
        {"complete": "审核", "variables": {}},
        {"expect": {"completed": True}},
    ]
    scenario.write_text(json.dumps({"process": None, "steps": steps}), "utf-8")
    drawn = str(FOREIGN / "camunda7-assignment.bpmn")
    tried = CliRunner().invoke(main, ["try", drawn, "--scenario", str(scenario), "--json"])
    assert (tried.exit_code, json.loads(tried.stdout)["ok"]) == (0, True)
