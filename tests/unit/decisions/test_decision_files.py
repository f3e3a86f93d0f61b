"""What stands in a decision file is executed, a picture, or refused by name; nothing is ignored."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from bpmn.mutations import mutate
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.feature import Verdict
from engine.decisions.namespaces import DMN
from engine.decisions.read import read_decisions
from engine.decisions.support import FEATURES, SECTIONS
from engine.decisions.support_page import support_page
from engine.gate.check import check_file

from .tables import (
    codes,
    column,
    decision,
    file,
    literal,
    output,
    requires,
    result,
    rule,
    table,
)

PAGE = Path(__file__).parents[3] / "docs" / "dmn-support.md"
ONE = table(column("x"), output("o"), rule("1", "=>", "2"))
GOOD = file(decision("d", ONE))
BOXED = [
    "context", "relation", "list", "conditional", "filter", "for", "some", "every", "invocation",
    "functionDefinition",
]  # fmt: skip
NEEDS_KNOWLEDGE = '<knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement>'
REFUSED: dict[str, bytes] = {
    **{tag: file(decision("d", f"<{tag}/>")) for tag in BOXED},
    "businessKnowledgeModel": file(decision("d", ONE), '<businessKnowledgeModel id="b" name="b"/>'),
    "knowledgeRequirement": file(decision("d", ONE, NEEDS_KNOWLEDGE)),
    "decisionService": file(decision("d", ONE), '<decisionService id="s" name="s"/>'),
    "import": file('<import namespace="urn:x" importType="dmn"/>', decision("d", ONE)),
    "functionItem": file(
        '<itemDefinition name="f"><functionItem/></itemDefinition>', decision("d", ONE)
    ),
    "defaultOutputEntry/list": file(
        decision(
            "d",
            table(column("x"), output("o", default="1"), rule("1", "=>", "2"), policy="RULE ORDER"),
        )
    ),
    "aggregation/several-outputs": file(
        decision(
            "d",
            table(
                column("x"),
                output("o"),
                output("p"),
                rule("1", "=>", "2", "3"),
                policy="COLLECT",
                aggregation="SUM",
            ),
        )
    ),
}


@pytest.mark.parametrize("namespace", DMN, ids=DMN.values())
def test_every_version_is_read_alike(namespace: str) -> None:
    assert result(file(decision("d", ONE), namespace=namespace), x=1) == 2


def test_every_refusal_has_its_file() -> None:
    assert set(REFUSED) == {k for k, row in FEATURES.items() if row.verdict is Verdict.REFUSED}


@pytest.mark.parametrize("key", REFUSED)
def test_what_is_not_executed_is_refused_by_name(key: str) -> None:
    found = {f.code: f for f in read_decisions(REFUSED[key]).findings}
    refusal = found[f"unsupported:{key}"]
    assert refusal.blocks
    assert refusal.element
    assert FEATURES[key].zh in refusal.zh
    assert not check_file(REFUSED[key]).publishable


def test_pictures_and_bookkeeping_are_accepted_without_a_word() -> None:
    source = file(
        '<knowledgeSource id="k" name="条例"/>',
        '<textAnnotation id="t"><text>x</text></textAnnotation>',
        '<association id="a"><sourceRef href="#d"/></association>',
        decision("d", ONE, '<authorityRequirement id="q"/>'),
        '<i:DMNDI xmlns:i="https://www.omg.org/spec/DMN/20191111/DMNDI/"><i:x/></i:DMNDI>',
        attributes='exporter="Camunda Modeler" exporterVersion="5.4" '
        'xmlns:m="http://camunda.org/schema/modeler/1.0" m:executionPlatform="Camunda Cloud"',
    )
    assert codes(source) == {}


WRONG: dict[str, tuple[str, bytes]] = {
    "unknown element": ("decision-unknown-element", file("<surprise/>", decision("d", ONE))),
    "unknown attribute": (
        "decision-unknown-attribute",
        file(decision("d", ONE.replace("<decisionTable", '<decisionTable mode="x"'))),
    ),
    "vendor attribute": (
        "decision-extension",
        GOOD.replace(b"<input ", b'<input xmlns:v="urn:v" v:inputVariable="y" '),
    ),
    "other language": (
        "decision-language",
        file(
            decision(
                "d",
                literal("1")
                .replace("<lit", "<lit", 1)
                .replace("sion>", 'sion expressionLanguage="juel">', 1),
            )
        ),
    ),
    "no id": ("decision-id", GOOD.replace(b'id="d"', b"")),
    "two of one id": ("decision-id", file(decision("d", ONE), decision("d", ONE))),
    "no decision": ("decision-none", file()),
    "no content": ("decision-empty", file(decision("d", ""))),
    "two contents": ("decision-element-twice", file(decision("d", ONE + literal("1")))),
    "lost reference": ("decision-reference", file(decision("d", ONE, requires("nowhere")))),
    "circle": (
        "decision-cycle",
        file(
            decision("a", literal("b"), requires("b")), decision("b", literal("a"), requires("a"))
        ),
    ),
    "requires itself": ("decision-cycle", file(decision("d", ONE, requires("d")))),
    "bad cell": ("decision-expression", GOOD.replace(b"<text>1</text>", b"<text>&lt; &lt;</text>")),
    "unknown function": ("decision-expression", file(decision("d", literal("evil(1)")))),
    "empty expression": ("decision-expression-missing", file(decision("d", literal("")))),
    "empty input": (
        "decision-expression-missing",
        file(decision("d", table(column(""), output("o"), rule("1", "=>", "2")))),
    ),
    "unknown policy": (
        "decision-hit-policy",
        file(decision("d", ONE.replace("<decisionTable", '<decisionTable hitPolicy="BEST"'))),
    ),
    "aggregation without collect": (
        "decision-aggregation",
        file(decision("d", ONE.replace("<decisionTable", '<decisionTable aggregation="SUM"'))),
    ),
    "no output": ("decision-columns", file(decision("d", table(column("x"), rule("1", "=>"))))),
    "no rule": ("decision-rules", file(decision("d", table(column("x"), output("o"))))),
    "too few cells": (
        "decision-cells",
        file(decision("d", table(column("x"), column("y"), output("o"), rule("1", "=>", "2")))),
    ),
    "nameless outputs": (
        "decision-output-name",
        file(
            decision("d", table(column("x"), output("a"), output("a"), rule("1", "=>", "2", "3")))
        ),
    ),
    "priority without order": (
        "decision-order",
        file(
            decision("d", table(column("x"), output("a"), rule("1", "=>", "2"), policy="PRIORITY"))
        ),
    ),
    "unknown type": (
        "decision-type",
        file(decision("d", table(column("x", "tX"), output("o"), rule("1", "=>", "2")))),
    ),
    "type of itself": (
        "decision-type-cycle",
        file('<itemDefinition name="t"><typeRef>t</typeRef></itemDefinition>', decision("d", ONE)),
    ),
    "too many cells": (
        "decision-too-large",
        file(
            decision(
                "d", table(column("x"), output("o"), *(rule("1", "=>", "2") for _ in range(3_001)))
            )
        ),
    ),
    "too many decisions": (
        "decision-too-many",
        file(*(decision(f"d{n}", literal("1")) for n in range(201))),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_on_its_element(name: str) -> None:
    code, source = WRONG[name]
    found = {f.code: f for f in read_decisions(source).findings}
    assert found[code].blocks
    assert found[code].element
    assert not check_file(source).publishable


def test_a_chain_of_decisions_is_no_circle() -> None:
    chain = [decision("d0", literal("1"))]
    chain += [
        decision(f"d{n}", literal(f"d{n - 1} + 1"), requires(f"d{n - 1}")) for n in range(1, 200)
    ]
    assert result(file(*chain), "d199") == 200


HOSTILE = {
    "nothing": b"",
    "entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "large": b"<a>" + b" " * 3_000_000,
    "deep": file("<a>" * 200),
    "other": b"<a/>",
    "deep in a cell": file(decision("d", literal("(" * 200 + "1" + ")" * 200))),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_report(name: str) -> None:
    report = check_file(HOSTILE[name])
    assert not report.publishable
    assert all(f.element and f.zh for f in report.findings)


SEEDS = [GOOD, *REFUSED.values()]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([GOOD, *REFUSED.values()]), st.randoms(use_true_random=False), st.integers(1, 5)
)
def test_a_mutated_file_is_read_or_refused(
    source: bytes, chance: random.Random, times: int
) -> None:
    for _ in range(times):
        source = mutate(source, chance) or b"<a/>"
    assert all(f.element and f.zh and f.en for f in check_file(source).findings)


def test_no_row_of_the_table_stands_twice() -> None:
    assert len(FEATURES) == sum(len(rows) for _, _, rows in SECTIONS)


def test_the_page_in_the_documentation_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == support_page()
