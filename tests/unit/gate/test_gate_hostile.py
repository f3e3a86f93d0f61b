"""Hostile and broken files: a report every time, soon, and the server stays up."""

from __future__ import annotations

import random
import sys

import pytest
from bpmn.diagrams import END, START, boundary, diagram, file, flow, line, node, process, user
from bpmn.mutations import SEEDS, mutate
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.gate.check import check_diagram
from engine.gate.imported import check_import
from engine.gate.sandbox import CHILD, check_in_child

from .judging import tenant

GOOD = diagram(line(START, user(), END))


def dense(size: int) -> bytes:
    """Every node connected to every other: many flows, many cycles."""
    nodes = [node("exclusiveGateway", f"g{n}") for n in range(size)]
    flows = [flow(f"g{a}", f"g{b}", condition="=x") for a in range(size) for b in range(size)]
    return diagram(START, flow("start", "g0"), *nodes, *flows)


HOSTILE = {
    "nothing": b"",
    "fifty megabytes": b"<a>" + b"<!--" + b"x" * 50_000_000,
    "deep": b"<a>" * 100_000,
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "quadratic entity": b'<!DOCTYPE a [<!ENTITY x "' + b"x" * 60_000 + b'">]><a>' + b"&x;" * 60_000,
    "utf-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-',
    "zero bytes": b"\0" * 1_000_000,
    "a chain of a thousand": diagram(line(START, *(user(f"n{n}") for n in range(1_000)), END)),
    "dense gateways": dense(80),
    "boundaries of boundaries": diagram(
        line(START, user(), END), *(boundary(f"b{n}", f"b{n - 1}", "timer") for n in range(500))
    ),
    "a boundary on itself": diagram(line(START, user(), END), boundary("b", "b", "timer")),
    "a call to itself": diagram(
        line(
            START, node("callActivity", "x", extensions='<zeebe:calledElement processId="p"/>'), END
        )
    ),
    "many equal messages": diagram(
        START,
        node("parallelGateway", "g"),
        *(node("receiveTask", f"r{n}", attributes='messageRef="m"') for n in range(290)),
        *(flow("g", f"r{n}") for n in range(290)),
        flow("start", "g"),
        roots='<bpmn:message id="m" name="m"/>',
    ),
    "many splits and messages": diagram(
        START,
        *(node("inclusiveGateway", f"g{n}") for n in range(140)),
        *(node("receiveTask", f"r{n}", attributes='messageRef="m"') for n in range(140)),
        *(flow(f"g{n}", f"r{n}") for n in range(140)),
        *(flow(f"g{n}", f"g{n + 1}") for n in range(139)),
        *(flow(f"g{n}", f"r{n + 1}") for n in range(139)),
        flow("start", "g0"),
        roots='<bpmn:message id="m" name="m"/>',
    ),
    "a long expression": diagram(
        line(START, user(extensions=f'<zeebe:taskSchedule dueDate="={"(" * 4_000}"/>'), END)
    ),
    "many processes": file(*(process(attributes=f'id="p{n}"') for n in range(5_000))),
    "many lanes": diagram(
        '<bpmn:laneSet id="ls">',
        *(
            f'<bpmn:lane id="l{n}"><bpmn:flowNodeRef>s</bpmn:flowNodeRef></bpmn:lane>'
            for n in range(5_000)
        ),
        "</bpmn:laneSet>",
        '<bpmn:startEvent id="s"/>',
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_report_in_time(name: str) -> None:
    report = check_diagram(HOSTILE[name], tenant())
    assert report.findings
    assert all(f.element and f.zh and f.en for f in report.findings)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.integers(1, 4))
def test_a_mutated_diagram_gets_a_report(source: bytes, chance: random.Random, times: int) -> None:
    for _ in range(times):
        source = mutate(source, chance) or b"<a/>"
    report = check_diagram(source, tenant())
    assert report.publishable or report.findings


def test_the_child_process_gives_the_same_report() -> None:
    for source in (GOOD, b"<a", HOSTILE["external entity"]):
        assert check_in_child(source).to_json() == check_import(source)[0].to_json()


def test_the_child_process_is_not_told_the_settings_of_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET", "1")
    spy = "import os, sys; print('{\"readable\": 1}'); sys.exit('SECRET' in os.environ)"
    assert check_in_child(GOOD, command=(sys.executable, "-c", spy)).readable


def test_a_file_too_large_is_refused_without_a_child() -> None:
    report = check_in_child(HOSTILE["fifty megabytes"], command=("no-such-command",))
    assert report.findings[0].code == "xml-too-large"


@pytest.mark.parametrize(
    "deed",
    [
        "while True: pass",
        "import os; os.kill(os.getpid(), 9)",
        "raise SystemExit(3)",
        "print('no report')",
    ],
)
def test_a_child_that_dies_or_hangs_makes_the_file_unreadable(deed: str) -> None:
    command = (sys.executable, "-c", deed)
    report = check_in_child(GOOD, file="a", command=command, wall_seconds=1)
    assert (report.file, report.readable) == ("a", False)
    assert report.findings[0].code == "too-expensive"
    assert report.findings[0].element == "1:1"


def test_the_child_has_limits_of_memory_and_time() -> None:
    probe = (
        "import json, resource, sys\n"
        "from engine.gate import child\n"
        "sys.stdin = open('/dev/null')\n"
        "child.main()\n"
        "limits = [resource.getrlimit(r)[0] for r in (resource.RLIMIT_AS, resource.RLIMIT_CPU)]\n"
        "sys.exit(0 if limits == [child.MEMORY, child.CPU_SECONDS] else 5)\n"
    )
    command = (*CHILD[:2], "-c", probe)
    assert check_in_child(GOOD, command=command).readable
