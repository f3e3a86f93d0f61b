"""The command line keeps the outside contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from webapp.cli import main
from webapp.places import data_root

WALKING = Path(__file__).parents[2] / "process" / "data" / "walking.bpmn"
LISTING = data_root() / "processes" / "neimenggu" / "green-mine-listing.bpmn"


@pytest.fixture
def lucheng(tmp_path: Path) -> Any:
    """Run the command in an empty data folder."""

    def run(*arguments: str, text: str | None = None) -> Result:
        environment = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "", "PORT": "8000"}
        return CliRunner().invoke(main, arguments, env=environment, input=text)

    return run


def test_check_prints_one_report_a_file(lucheng: Any) -> None:
    answer = lucheng("check", str(WALKING), str(LISTING), "--json", "--structure-only")
    reports = json.loads(answer.output)
    assert [set(r) for r in reports] == [
        {"file", "readable", "publishable", "findings", "soundness"}
    ] * 2
    assert [r["soundness"]["verdict"] for r in reports] == ["sound"] * 2
    assert reports[0]["publishable"]


def test_check_of_a_shipped_procedure_for_its_tenant_is_publishable(lucheng: Any) -> None:
    folder = data_root() / "processes"
    files = [str(p) for owner in ("neimenggu", "shared") for p in folder.glob(f"{owner}/*.bpmn")]
    answer = lucheng("check", *sorted(files), "--tenant", "neimenggu", "--json")
    assert answer.exit_code == 0, [
        f for r in json.loads(answer.output) for f in r["findings"] if f["severity"] == "error"
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<definitions", 2),
        (b"not xml at all", 2),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', 2),
    ],
)
def test_check_of_what_cannot_be_read_names_line_and_column(
    lucheng: Any, tmp_path: Path, content: bytes, code: int
) -> None:
    bad = tmp_path / "bad.bpmn"
    bad.write_bytes(content)
    answer = lucheng("check", str(bad), "--json")
    assert answer.exit_code == code
    (report,) = json.loads(answer.output)
    assert not report["readable"]
    line, column = report["findings"][0]["element"].split(":")
    assert line.isdecimal()
    assert column.isdecimal()


def test_check_of_a_missing_file_is_unreadable_not_a_traceback(lucheng: Any) -> None:
    answer = lucheng("check", "/no/such/file.bpmn", "--json")
    assert answer.exit_code == 2
    assert not json.loads(answer.output)[0]["readable"]


def test_a_tenant_is_loaded_twice_without_a_new_version(lucheng: Any) -> None:
    assert lucheng("db", "upgrade").exit_code == 0
    first = lucheng("tenant", "load", "neimenggu")
    assert first.exit_code == 0, first.output
    assert lucheng("tenant", "load", "neimenggu").output == first.output


def test_the_shipped_tenant_has_no_problems(lucheng: Any) -> None:
    answer = lucheng("tenant", "check", "neimenggu")
    assert answer.exit_code == 0, answer.output


def test_a_tenant_that_is_not_there_is_named(lucheng: Any) -> None:
    answer = lucheng("tenant", "check", "nowhere")
    assert answer.exit_code == 1
    assert "nowhere" in answer.output


def test_people_are_added_with_known_roles_only(lucheng: Any) -> None:
    lucheng("db", "upgrade")
    lucheng("tenant", "load", "neimenggu")
    password = "a long password\n" * 2
    good = ["user", "add", "neimenggu", "wang", "--name", "王", "--role"]
    assert lucheng(*good, "region-clerk", text=password).exit_code == 0
    bad = ["user", "add", "neimenggu", "li", "--name", "李", "--role", "emperor"]
    answer = lucheng(*bad, text=password)
    assert answer.exit_code == 2
    for_firm = ["user", "add", "neimenggu", "zhao", "--name", "赵", "--capacity", "applicant"]
    for_firm += ["--role", "applicant", "--enterprise"]
    assert lucheng(*for_firm, "91150102MA0DEM048M", text=password).exit_code == 2
    assert lucheng(*for_firm, "91150102MA0DEM048N", text=password).exit_code == 2, "no name"
    named = [*for_firm, "91150102MA0DEM048N", "--enterprise-name", "恒泰矿业"]
    assert "已添加 zhao" in lucheng(*named, text=password).output
    assert "没有两步验证" in lucheng("user", "drop-factor", "zhao").output
    assert lucheng("user", "drop-factor", "nobody").exit_code == 2


@pytest.mark.rule("R-NAT-15", "R-NAT-16")
def test_a_body_is_registered_with_people_and_what_they_are_qualified_in(lucheng: Any) -> None:
    lucheng("db", "upgrade")
    lucheng("tenant", "load", "neimenggu")
    code = "91150102MA0DEM048N"
    named = ["--name", "绿衡", "--kind", "enterprise"]
    who = ["谭博", "--number", "999999197505060031"]
    assert lucheng("body", "person", code, *who, "--discipline", "地质").exit_code == 2
    assert lucheng("body", "add", code.replace("8N", "8M"), *named).exit_code == 2
    assert "已登记 绿衡" in lucheng("body", "add", code, *named).output
    for disciplines in (["地质"], ["地质", "采矿"]):
        asked = [part for one in disciplines for part in ("--discipline", one)]
        answer = lucheng("body", "person", code, *who, *asked)
        assert "已登记 谭博" in answer.output
    assert "地质、采矿" in answer.output
    added = ["user", "add", "neimenggu", "tan", "--name", "谭博", "--capacity", "assessor"]
    given = [*added, "--role", "assessor", "--body"]
    password = "a long password\n" * 2
    assert lucheng(*given, "91150102MA0DEM0000", text=password).exit_code == 2
    assert "已添加 tan" in lucheng(*given, code, text=password).output


@pytest.mark.parametrize("where", [[], ["--tenant", "neimenggu"]])
def test_people_are_switched_off_and_on(lucheng: Any, where: list[str]) -> None:
    lucheng("db", "upgrade")
    lucheng("tenant", "load", "neimenggu")
    added = ["user", "add", "neimenggu", "wang", "--name", "王", "--role", "region-clerk"]
    lucheng(*added, text="a long password\n" * 2)
    assert "已停用 wang" in lucheng("user", "lock", "wang", *where).output
    assert "已启用 wang" in lucheng("user", "unlock", "wang", *where).output
    assert lucheng("user", "lock", "nobody", *where).exit_code == 2


def test_history_verify_counts_the_cases(lucheng: Any) -> None:
    lucheng("db", "upgrade")
    answer = lucheng("history", "verify")
    assert answer.exit_code == 0
    assert "0 个办件" in answer.output


def test_rules_lists_every_rule_of_the_specification(lucheng: Any) -> None:
    rows = json.loads(lucheng("rules", "--json").output)
    assert len(rows) == 210
    assert {row["state"] for row in rows} <= {"realised", "planned", "reasoned", "missing"}


def test_demo_accounts_are_listed_as_the_contract_says(lucheng: Any) -> None:
    accounts = json.loads(lucheng("demo", "accounts", "--json").output)
    assert {"tenant", "username", "password", "name", "roles"} <= set(accounts[0])


def test_score_prints_total_and_reasons(lucheng: Any, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.json"
    sheet.write_text('{"group": "g1", "variant": "underground", "prerequisites": {}, "items": {}}')
    answer = lucheng("score", "neimenggu-2025", str(sheet), "--json")
    assert answer.exit_code == 2
    assert json.loads(answer.output)["errors"]


def test_an_unknown_setting_stops_the_start(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path), "LUCHENG_COLOUR": "green"}
    answer = CliRunner().invoke(main, ["db", "upgrade"], env=environment)
    assert answer.exit_code == 2


COMMANDS = [
    ("history", "verify"),
    ("tenant", "load", "neimenggu"),
    ("tenant", "export", "neimenggu", "out.tenant"),
    ("user", "add", "neimenggu", "wang", "--name", "王", "--role", "region-clerk"),
]


def said(answer: Result) -> list[str]:
    """The lines of a refusal, without questions asked before."""
    return [line for line in answer.output.splitlines() if "错误" in line or "Traceback" in line]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_without_database_says_so_and_makes_nothing(
    lucheng: Any, tmp_path: Path, command: tuple[str, ...]
) -> None:
    answer = lucheng(*command, text="a long password\n" * 2)
    assert answer.exit_code == 2
    (line,) = said(answer)
    assert "没有数据库" in line
    assert "lucheng db upgrade" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_on_an_empty_database_says_so(
    lucheng: Any, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "lucheng.db").touch()
    answer = lucheng(*command, text="a long password\n" * 2)
    assert answer.exit_code == 2
    (line,) = said(answer)
    assert "数据库结构是 空" in line


def test_a_database_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    environment = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    }
    answer = CliRunner().invoke(main, ["history", "verify"], env=environment)
    assert answer.exit_code == 2
    (line,) = said(answer)
    assert "数据库不可用" in line
    assert list(tmp_path.iterdir()) == []
