"""Hostile uploads are refused with their place, within the limits of the child process."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from bpmn.diagrams import END, START, diagram, file, line, node, user

from engine.bpmn.findings import Fix
from engine.gate.imported import check_import
from engine.gate.sandbox import CHILD, import_in_child
from engine.importing.apply import FixRefused, apply_fix
from engine.importing.run import import_diagram

GOOD = diagram(line(START, user(), END))
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"<a>" + b"<b/>" * 12_500_000, "xml-too-large"),
        (b" " * 50_000_000, "xml-too-large"),
        (b"<definitions>" * 100_000, "xml-depth"),
        (f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>'.encode(), "xml-doctype"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml-doctype"),
        (b'  <!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>', "xml-doctype"),
        (b"<a/>", "not-bpmn"),
        (b"", "xml-syntax"),
        (b"<x:a/>", "xml-syntax"),
        (b"\xff\xfe<\0", "xml-syntax"),
        (b'<?xml version="1.0" encoding="GBK"?><a>\xff\xff</a>', "xml-encoding"),
        (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-', "xml-encoding"),
    ],
)
def test_a_hostile_file_is_refused_at_its_place(source: bytes, code: str) -> None:
    report, normalised = check_import(source)
    (finding,) = report.findings
    assert (finding.code, normalised) == (code, b"")
    assert finding.element.count(":") == 1


def test_the_child_imports_under_its_limits() -> None:
    foreign = GOOD.replace(b'isExecutable="true"', b"")
    told = subprocess.run(CHILD, input=foreign, capture_output=True, check=True, timeout=60)
    codes = [finding["code"] for finding in json.loads(told.stdout)["findings"]]
    assert "process-marked" in codes
    report, normalised = import_in_child(foreign)
    assert report.readable
    assert b'isExecutable="true"' in normalised


def test_the_child_loads_no_more_than_it_needs() -> None:
    told = "import engine.gate.imported, sys; print([m in sys.modules for m in ('sqlalchemy',)])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True, timeout=60)
    assert done.stdout.split() == [b"[False]"]


def test_deep_and_repetitive_files_are_imported_in_time() -> None:
    nested = "".join(f'<bpmn:subProcess id="s{n}">' for n in range(58))
    tasks = '<bpmn:task camunda:class="a"/>' * 3_000
    deep = file(f'<bpmn:process id="p">{nested}{tasks}{"</bpmn:subProcess>" * 58}</bpmn:process>')
    lanes = '<bpmn:lane id="same"/>' * 9_000
    twins = file(f'<bpmn:process id="p"><bpmn:laneSet>{lanes}</bpmn:laneSet></bpmn:process>')
    for source in (deep, twins):
        begun = time.process_time()
        import_diagram(source)
        assert time.process_time() - begun < 5


def test_what_would_exceed_the_limits_is_left_as_it_is() -> None:
    tasks = "".join(f'<bpmn:userTask id="n{i}" camunda:assignee="a"/>' for i in range(8_000))
    imported = import_diagram(file(f'<bpmn:process id="p">{tasks}</bpmn:process>'))
    assert "not-normalised" in {finding.code for finding in imported.findings}
    assert b"camunda:assignee" in imported.normalised
    assert b'isExecutable="true"' in imported.normalised


def test_a_large_file_is_imported_in_time() -> None:
    steps = "".join(
        node("userTask", f"n{i}", attributes='camunda:assignee="a"') for i in range(3_000)
    )
    report, normalised = check_import(file(f'<bpmn:process id="p">{steps}</bpmn:process>'))
    assert report.readable
    assert normalised.count(b"zeebe:assignmentDefinition") == 3_000


@pytest.mark.parametrize(
    "fix",
    [
        Fix("nonsense", "step"),
        Fix("remove", "nowhere"),
        Fix("remove", "p"),
        Fix("turn", "step", (("tag", "endEvent"),)),
        Fix("turn", "step", (("tag", "nonsense"),)),
        Fix("default", "step", (("flow", "nowhere"),)),
        Fix("choice", "step", (("task", "step"), ("variable", "a b"), ("option:f_step_end", "x"))),
        Fix("timer", "step", (("value", "P1D"),)),
        Fix("declare", "step", (("what", "message"), ("name", "x"))),
        Fix("rename", "p", (("to", "step"),)),
        Fix("start", "p", (("before", "nowhere"),)),
        Fix("reconnect", "step"),
        Fix("drop", "step", (("names", "nothing"), ("of", "bpmn"))),
        Fix("type", "step"),
    ],
)
def test_a_fix_that_does_not_fit_is_refused(fix: Fix) -> None:
    with pytest.raises(FixRefused):
        apply_fix(GOOD, fix)


def test_a_value_of_a_fix_stays_a_value() -> None:
    late = '<bpmn:timerEventDefinition id="t"/>'
    source = diagram(line(START, node("intermediateCatchEvent", "w", late), END))
    fixed = apply_fix(source, Fix("timer", "w", (("value", "<bpmn:userTask/>"),)))
    assert b"&lt;bpmn:userTask/&gt;" in fixed
