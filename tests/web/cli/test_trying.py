"""`lucheng try`: one JSON document, an exit status, called files from the folder beside."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from webapp.cli import main
from webapp.places import data_root
from webapp.usecases import trying

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions id="f" targetNamespace="urn:t" '
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">'
)


def diagram(process: str, task: str) -> str:
    """A procedure of one step."""
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{a}" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in (("s", "t"), ("t", "e"))
    )
    return (
        f'{HEAD}<bpmn:process id="{process}" isExecutable="true"><bpmn:startEvent id="s"/>{task}'
        f'<bpmn:endEvent id="e"/>{flows}</bpmn:process></bpmn:definitions>'
    )


CALL = (
    '<bpmn:callActivity id="t" name="调用"><bpmn:extensionElements>'
    '<zeebe:calledElement processId="below"/></bpmn:extensionElements></bpmn:callActivity>'
)
TASK = '<bpmn:userTask id="t" name="办理"/>'
SERVICE = (
    '<bpmn:serviceTask id="t" name="办理"><bpmn:extensionElements>'
    '<zeebe:taskDefinition type="far.away"/></bpmn:extensionElements></bpmn:serviceTask>'
)


class Folder:
    """Files beside each other, and the command run on them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, name: str, text: str) -> Path:
        path = self.path / name
        path.write_text(text, encoding="utf-8")
        return path

    def attempt(self, text: str, scenario: Any) -> tuple[int, Any]:
        """Exit status and the printed document."""
        written = scenario if isinstance(scenario, str) else json.dumps(scenario)
        file, steps = self.put("own.bpmn", text), self.put("s.json", written)
        done = CliRunner().invoke(main, ["try", str(file), "--scenario", str(steps), "--json"])
        return done.exit_code, json.loads(done.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_scenario_that_holds_ends_with_0_and_one_that_does_not_with_1(folder: Folder) -> None:
    steps = [{"complete": "办理"}, {"expect": {"completed": True}}]
    code, answer = folder.attempt(diagram("p", TASK), {"process": None, "steps": steps})
    assert (code, answer["ok"], len(answer["steps"])) == (0, True, 2)
    steps[1] = {"expect": {"completed": False}}
    code, answer = folder.attempt(diagram("p", TASK), {"process": "p", "steps": steps})
    assert (code, answer["ok"]) == (1, False)


def test_what_is_refused_or_unreadable_ends_with_2_and_findings(folder: Folder) -> None:
    refused = diagram("p", '<bpmn:complexGateway id="t" name="网关"/>')
    for text, scenario in ((refused, {}), ("<", {}), (diagram("p", TASK), "{")):
        code, answer = folder.attempt(text, scenario)
        assert code == 2
        assert list(answer) == ["findings"]
        assert all(f["element"] and f["message"] for f in answer["findings"])
    nowhere = str(folder.path / "nowhere.json")
    done = CliRunner().invoke(main, ["try", nowhere, "--scenario", nowhere, "--json"])
    assert (done.exit_code, json.loads(done.stdout)["findings"][0]["code"]) == (2, "no-file")


def test_a_called_procedure_is_found_beside_the_file_whatever_its_name(folder: Folder) -> None:
    folder.put("another name.bpmn", diagram("below", TASK))
    scenario = {"steps": [{"expect": {"active": ["办理"]}}]}
    assert folder.attempt(diagram("p", CALL), scenario)[0] == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_of_the_files_beside_only_those_that_spell_the_called_name_are_read(
    folder: Folder, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []

    def survives(body: bytes) -> bool:
        read.append(body)
        return True

    monkeypatch.setattr(trying, "survives", survives)
    for number in range(5):
        folder.put(f"other{number}.bpmn", diagram(f"other{number}", TASK))
    below = diagram("below", TASK).replace("UTF-8", encoding).encode(encoding)
    (folder.path / "zz.bpmn").write_bytes(below)
    code, answer = folder.attempt(
        diagram("p", CALL), {"steps": [{"complete": "办理"}, {"expect": {"completed": True}}]}
    )
    assert (code, answer["ok"]) == (0, True)
    assert len(read) == 2  # the file itself and the one it calls


def test_a_called_name_that_is_a_way_to_another_folder_finds_nothing(folder: Folder) -> None:
    (folder.path / "in").mkdir()
    folder.put("out.bpmn", diagram("../out", TASK))
    inner = Folder(folder.path / "in")
    code, answer = inner.attempt(diagram("p", CALL.replace("below", "../out")), {"steps": []})
    assert (code, [found["code"] for found in answer["findings"]]) == (2, ["call-unknown"])


def test_several_scenarios_of_a_file_are_answered_one_by_one(folder: Folder) -> None:
    one = {"steps": [{"expect": {"active": ["办理"]}}]}
    other = {"steps": [{"expect": {"active": []}}]}
    code, answer = folder.attempt(diagram("p", TASK), {"scenarios": [one, other]})
    assert (code, [a["ok"] for a in answer["scenarios"]]) == (1, [True, False])


def test_a_scenario_that_never_ends_is_stopped(folder: Folder) -> None:
    timer = (
        '<bpmn:intermediateCatchEvent id="t"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1M'
        "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )
    text = diagram("p", timer).replace('targetRef="e"', 'targetRef="t"')
    code, answer = folder.attempt(text, {"steps": [{"advance": "P90D"}]})
    assert code == 1, answer
    assert "200" in answer["steps"][0]["failed"][0]["message"]


def check(folder: Folder, *options: str) -> tuple[int, set[str]]:
    """Exit status of the check of the folder's diagram, and the codes of its errors."""
    file = folder.put("own.bpmn", diagram("p", SERVICE))
    done = CliRunner().invoke(main, ["check", str(file), "--json", *options])
    (report,) = json.loads(done.stdout)
    return done.exit_code, {f["code"] for f in report["findings"] if f["severity"] == "error"}


def test_a_check_plays_the_scenarios_kept_beside_a_diagram(folder: Folder) -> None:
    before = check(folder)
    folder.put("own.scenario.json", json.dumps({"steps": [{"expect": {"active": ["办理"]}}]}))
    assert check(folder) == before == (0, set())
    folder.put("own.scenario.json", json.dumps({"steps": [{"expect": {"completed": True}}]}))
    assert check(folder) == (1, {"scenario-failed"})
    assert check(folder, "--structure-only")[0] == 0
    folder.put("own.scenario.json", "no json")
    assert check(folder) == (1, {"scenario-failed"})


def test_a_tenant_is_checked_with_the_scenarios_of_its_procedures(tmp_path: Path) -> None:
    for part in ("processes", "forms", "tenants"):
        shutil.copytree(data_root() / part, tmp_path / part)
    command = ["tenant", "check", "neimenggu", "--folder", str(tmp_path)]
    assert CliRunner().invoke(main, command).exit_code == 0
    kept = tmp_path / "processes" / "shared" / "supplement.scenario.json"
    text = kept.read_text("utf-8")
    kept.write_text(text.replace('"result": "supplemented"', '"result": "lapsed"'), "utf-8")
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1
    assert "电子送达后按期补正" in done.output
    assert "result" in done.output
