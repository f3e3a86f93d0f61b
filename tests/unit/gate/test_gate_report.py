"""The report: what `lucheng check --json` prints of a file, and its exit status."""

from __future__ import annotations

import json

from bpmn.diagrams import END, START, diagram, line, node, user

from engine.gate.check import check_diagram
from engine.gate.report import Exit, Report, Soundness, Verdict, Violation, exit_status

GOOD = diagram(line(START, user(), END))
BAD = diagram(line(START, node("complexGateway", "g", name="会审"), END))


def test_a_good_file_is_publishable_and_sound() -> None:
    assert check_diagram(GOOD, file="a.bpmn").to_json() == {
        "file": "a.bpmn",
        "readable": True,
        "publishable": True,
        "findings": [],
        "soundness": {"verdict": "sound", "violations": []},
    }


def test_a_refused_file_names_element_message_and_remedy() -> None:
    report = check_diagram(BAD).to_json()
    assert (report["readable"], report["publishable"]) == (True, False)
    (found,) = report["findings"]
    assert found["code"] == "unsupported:complexGateway"
    assert (found["severity"], found["element"], found["name"]) == ("error", "g", "会审")
    assert "复杂网关" in found["message"]
    assert "complex gateway" in found["message_en"]
    assert found["remedy"]
    assert found["remedy_en"]


def test_an_unreadable_file_is_reported_at_line_and_column() -> None:
    report = check_diagram(b"<a>\n<", file="x").to_json()
    assert (report["file"], report["readable"], report["publishable"]) == ("x", False, False)
    (found,) = report["findings"]
    assert found["element"] == "2:1"
    assert found["message"]


def test_a_report_is_json() -> None:
    assert json.loads(json.dumps(check_diagram(BAD).to_json()))["readable"]


def test_warnings_do_not_stop_publication() -> None:
    report = check_diagram(diagram(line(START, user())))
    assert [f.code for f in report.findings] == ["implicit-end"]
    assert report.publishable


def test_an_unsound_diagram_is_not_publishable() -> None:
    violation = Violation("deadlock", ("join",), ("start", "join"))
    unsound = Soundness(Verdict.UNSOUND, (violation,))
    report = Report((), check_diagram(GOOD).diagram, soundness=unsound)
    assert not report.publishable
    assert report.to_json()["soundness"]["violations"] == [
        {"kind": "deadlock", "elements": ["join"], "trace": ["start", "join"]}
    ]


def test_the_exit_status_is_that_of_the_worst_file() -> None:
    good, bad, broken = check_diagram(GOOD), check_diagram(BAD), check_diagram(b"")
    assert exit_status([]) is Exit.PUBLISHABLE
    assert exit_status([good]) is Exit.PUBLISHABLE
    assert exit_status([good, bad]) is Exit.NOT_PUBLISHABLE
    assert exit_status([bad, broken, good]) is Exit.UNREADABLE
    assert [int(status) for status in Exit] == [0, 1, 2]


def test_faults_of_a_process_that_is_only_a_picture_concern_nobody() -> None:
    picture = '<bpmn:process id="q" isExecutable="false"><bpmn:task id="lonely"/></bpmn:process>'
    report = check_diagram(diagram(line(START, user(), END), roots=picture))
    assert [f.code for f in report.findings] == ["process-not-executed"]
