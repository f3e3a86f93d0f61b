"""The contract of `lucheng check`, as a process of its own: what scripts rely on."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.unit.bpmn.diagrams import (
    END,
    START,
    USER,
    boundary,
    diagram,
    flow,
    line,
    mapping,
    node,
    user,
)
from tests.unit.gate.large import large
from tests.warm_starts import start
from webapp.places import data_root

ROOT = Path(__file__).parents[3]
GOOD = diagram(line(START, user(), END))
STUCK = diagram(
    START,
    node("exclusiveGateway", "split", attributes='default="f_split_b"'),
    user("a"),
    user("b"),
    node("parallelGateway", "join"),
    END,
    *(flow("start", "split"), flow("split", "a", condition="=true"), flow("split", "b")),
    *(flow("a", "join"), flow("b", "join"), flow("join", "end")),
)
KEYS = {"file", "readable", "publishable", "findings", "soundness"}
FINDING = {"code", "severity", "element", "name", "message"}
KINDS = {
    "deadlock",
    "lack_of_synchronisation",
    "dead_activity",
    "improper_completion",
    "no_option_to_complete",
}
SECONDS_A_FILE = 10


PROGRAM: Sequence[str] = (sys.executable, "-c", "from webapp.cli import main; main()")


@pytest.fixture
def warm(warm_server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command in a fork of a process that has loaded it; what it costs is not seen here."""
    warm_program = start(warm_server, "webapp.cli:main")
    monkeypatch.setattr(sys.modules[__name__], "PROGRAM", warm_program)


def worked() -> float:
    """The processor time of all commands so far, their own children included."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def lucheng(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        timeout=120,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def check(*arguments: str, **environment: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, the document and what went to standard error."""
    run = lucheng("check", *arguments, **environment)
    told = run.stderr.decode()
    assert "Traceback" not in told
    return run.returncode, json.loads(run.stdout), told


def kept(folder: Path, name: str, source: bytes) -> str:
    path = folder / name
    path.write_bytes(source)
    return str(path)


def check_document(reports: list[dict[str, Any]]) -> None:
    """Whether every report has the keys and values that are promised."""
    for report in reports:
        assert set(report) == KEYS
        for finding in report["findings"]:
            assert set(finding) >= FINDING
            assert finding["element"]
            assert finding["message"]
        proof = report["soundness"]
        assert set(proof) == {"verdict", "violations"}
        assert proof["verdict"] in {"sound", "unsound", "unknown"}
        for violation in proof["violations"]:
            assert set(violation) == {"kind", "elements", "trace"}
            assert violation["kind"] in KINDS
            assert violation["elements"]
        if not report["publishable"]:
            assert any(f["severity"] == "error" for f in report["findings"])
        if not report["readable"]:
            places = [f["element"].partition(":") for f in report["findings"]]
            assert all(line.isdigit() and column.isdigit() for line, _, column in places)


def test_a_publishable_file_is_exit_0(tmp_path: Path) -> None:
    code, reports, _ = check(kept(tmp_path, "good.bpmn", GOOD), "--json")
    assert code == 0
    check_document(reports)
    (report,) = reports
    assert (report["file"], report["readable"], report["publishable"]) == (
        str(tmp_path / "good.bpmn"),
        True,
        True,
    )
    assert report["soundness"] == {"verdict": "sound", "violations": []}


@pytest.mark.usefixtures("warm")
def test_an_unsound_file_is_exit_1_with_the_way_to_the_flaw(tmp_path: Path) -> None:
    code, reports, _ = check(kept(tmp_path, "stuck.bpmn", STUCK), "--json")
    assert code == 1
    check_document(reports)
    (violation,) = reports[0]["soundness"]["violations"]
    assert violation == {"kind": "deadlock", "elements": ["join"], "trace": ["start", "split", "a"]}
    assert [f["element"] for f in reports[0]["findings"] if f["severity"] == "error"] == ["join"]


@pytest.mark.usefixtures("warm")
def test_the_worst_of_several_files_decides_and_each_has_its_report(tmp_path: Path) -> None:
    files = [
        kept(tmp_path, name, body)
        for name, body in (("g.bpmn", GOOD), ("s.bpmn", STUCK), ("x.bpmn", b"<a>\n<"))
    ]
    code, reports, _ = check(*files, "--json")
    assert code == 2
    check_document(reports)
    assert [r["readable"] for r in reports] == [True, True, False]
    assert reports[2]["findings"][0]["element"] == "2:1"
    assert check(*files[:2], "--json")[0] == 1


def asked_of_a_tenant(reports: list[dict[str, Any]]) -> set[str]:
    """What was found; that the little files hold no drawing is no fault."""
    return {f["code"] for f in reports[0]["findings"] if f["severity"] != "info"}


@pytest.mark.usefixtures("warm")
def test_only_the_structure_is_checked_when_only_that_is_asked_for(tmp_path: Path) -> None:
    bare = kept(
        tmp_path, "bare.bpmn", diagram(line(START, user(extensions="<zeebe:userTask/>"), END))
    )
    code, reports, _ = check(bare, "--structure-only", "--json")
    assert (code, asked_of_a_tenant(reports)) == (0, set())
    code, reports, _ = check(bare, "--json")
    assert code == 1
    assert asked_of_a_tenant(reports) == {"form-missing", "assignment-missing", "deadline-missing"}


@pytest.mark.usefixtures("warm")
def test_forms_and_roles_of_a_tenant_are_checked_when_it_is_named() -> None:
    listing = data_root() / "processes" / "neimenggu" / "green-mine-listing.bpmn"
    code, reports, _ = check(str(listing), "--tenant", "neimenggu", "--json")
    assert (code, reports[0]["publishable"], reports[0]["findings"]) == (0, True, [])
    assert reports[0]["soundness"]["verdict"] == "sound"


def called(process_id: str, target: str) -> bytes:
    call = node("callActivity", "c", extensions=f'<zeebe:calledElement processId="{target}"/>')
    return diagram(line(START, call, END)).replace(b'id="p"', f'id="{process_id}"'.encode())


def wide(size: int) -> bytes:
    """Parallel steps that may all be repeated, interrupted and given back to each other."""
    listed = ",".join(f"a{n}" for n in range(size))
    back = (
        f'<zeebe:properties><zeebe:property name="returnTo" value="{listed}"/></zeebe:properties>'
    )
    tasks = (
        user(f"a{n}", extensions=USER + back)
        + flow("split", f"a{n}")
        + flow(f"a{n}", f"j{n}")
        + node("inclusiveGateway", f"j{n}")
        + flow("late_split", f"j{n}")
        + flow(f"j{n}", "end")
        + boundary(f"b{n}", f"a{n}", "timer", interrupting=False)
        + flow(f"b{n}", "end")
        for n in range(size)
    )
    return diagram(
        START,
        flow("start", "split"),
        node("parallelGateway", "split"),
        user("late"),
        flow("split", "late"),
        node("parallelGateway", "late_split"),
        flow("late", "late_split"),
        END,
        *tasks,
    )


def tables(size: int) -> bytes:
    """Inclusive gateways with ten conditions each, one behind the other."""
    parts = [START, END, flow("start", "x0")]
    for n in range(size):
        parts += [node("inclusiveGateway", f"x{n}"), node("inclusiveGateway", f"y{n}")]
        parts.append(flow(f"y{n}", f"x{n + 1}" if n + 1 < size else "end"))
        for k in range(10):
            parts += [user(f"t{n}_{k}"), flow(f"x{n}", f"t{n}_{k}", condition="=a")]
            parts.append(flow(f"t{n}_{k}", f"y{n}"))
    return diagram(*parts)


def gathered(*lines: str) -> bytes:
    return diagram(line(START, user(extensions=USER + mapping(*lines)), END))


HOSTILE = {
    "nothing": b"",
    "fifty megabytes": b"<a>" + b"<!--" + b"x" * 50_000_000,
    "deep": b"<a>" * 100_000,
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "entity bomb": b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
    "zero bytes": b"\0" * 1_000_000,
    "no text": bytes(range(256)) * 100,
    "wide": wide(70),
    "tables": tables(20),
    "itself": called("p", "p"),
    "deep expression": gathered(f"output ={'(' * 1_000} x"),
    "costly pattern": gathered('output =matches(x,"(a+)+$") x'.replace('"', "&quot;")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_answered_in_time_without_a_traceback(tmp_path: Path, name: str) -> None:
    path = kept(tmp_path, "hostile.bpmn", HOSTILE[name])
    began = worked()
    code, reports, _ = check(path, "--json")
    assert worked() - began < SECONDS_A_FILE
    check_document(reports)
    assert code == (0 if reports[0]["publishable"] else 1 if reports[0]["readable"] else 2)


@pytest.mark.usefixtures("warm")
def test_a_circle_of_calls_over_several_files_is_found(tmp_path: Path) -> None:
    files = [
        kept(tmp_path, f"{one}.bpmn", called(one, other))
        for one, other in (("a", "b"), ("b", "c"), ("c", "a"))
    ]
    code, reports, _ = check(*files, "--json")
    assert code == 1
    check_document(reports)
    assert all("call-cycle" in {f["code"] for f in report["findings"]} for report in reports)


@pytest.mark.usefixtures("warm")
def test_what_is_no_file_is_unreadable_and_never_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code, reports, _ = check(
        str(pipe), "/dev/zero", str(tmp_path), str(tmp_path / "none"), "--json"
    )
    assert code == 2
    check_document(reports)
    assert {r["findings"][0]["code"] for r in reports} == {"no-file"}


def test_the_language_of_the_terminal_and_odd_names_change_nothing(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/odd\xff.bpmn")
    Path(path).write_bytes(STUCK)
    code, reports, _ = check(path, "--json", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert code == 1
    assert reports[0]["file"].endswith("odd\N{REPLACEMENT CHARACTER}.bpmn")
    assert any("办件" in finding["message"] for finding in reports[0]["findings"])


@pytest.mark.usefixtures("warm")
def test_a_tenant_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = kept(tmp_path, "good.bpmn", GOOD)
    run = lucheng("check", path, "--json", "--tenant", "nowhere")
    assert run.returncode == 2
    assert b"Traceback" not in run.stderr
    assert "nowhere" in run.stderr.decode()


def processor_seconds(path: str) -> float:
    """What one run of the command takes, its start and its child included."""
    before = os.times()
    assert check(path, "--json")[0] == 0
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


def test_three_hundred_elements_take_little_longer_than_three(tmp_path: Path) -> None:
    """Seconds depend on the machine (docs/evidence/soundness.md has them); their ratio does not."""
    source = large()
    assert (
        280
        <= source.count(b"<bpmn:userTask")
        + source.count(b"Gateway id=")
        + source.count(b"<bpmn:boundaryEvent")
        + 2
        <= 300
    )
    three = kept(tmp_path, "three.bpmn", GOOD)
    many = kept(tmp_path, "many.bpmn", source)
    assert min(processor_seconds(many) for _ in range(2)) < 6 * processor_seconds(three)
