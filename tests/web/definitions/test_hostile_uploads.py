"""Uploads meant to hurt: answered with findings, nothing kept, and everybody else works on."""

from __future__ import annotations

from engine.definitions.loading import tenant_id_of
from engine.store.metadata import TENANT
from engine.store.tables import definition_drafts
from tests.unit.bpmn.diagrams import END, START, diagram, flow, line, node, script

from .conftest import Levelled

UNREADABLE = {
    "external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "entity bomb": '<!DOCTYPE a [<!ENTITY b "xx"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;&c;</a>',
    "deep nesting": "<a>" * 50_000,
    "no xml": "\x01\x02",
}


def walking(source: bytes) -> str:
    return source.decode().replace('id="p"', 'id="walking"')


CALL = '<zeebe:calledElement processId="walking"/>'
REFUSED = {
    "calls-itself": walking(diagram(line(START, node("callActivity", "c", extensions=CALL), END))),
    "loop-without-wait": walking(
        diagram(
            START,
            node("exclusiveGateway", "m"),
            script("s", "=1"),
            flow("start", "m") + flow("m", "s") + flow("s", "m"),
        )
    ),
    "too-many-nodes": walking(
        diagram(line(START, *(script(f"s{n}", "=1") for n in range(400)), END))
    ),
}


def drafts(levels: Levelled) -> int:
    with levels.product.db.tenant(tenant_id_of(levels.product.db, "above")) as tx:
        return len(
            tx.all(definition_drafts.select().where(definition_drafts.c.tenant_id == TENANT))
        )


def test_what_cannot_be_read_safely_is_told_with_its_place_and_not_kept(
    levels_once: Levelled,
) -> None:
    for text in UNREADABLE.values():
        body = {"procedure": "walking", "bpmn": text}
        answer = levels_once.call("above/admin", "POST", "/definitions", 422, body)
        (finding,) = answer["findings"]
        line_, _, column = finding["element"].partition(":")
        assert line_.isdigit()
        assert column.isdigit()
        assert "root:" not in str(answer)
    assert drafts(levels_once) == 0
    assert levels_once.begin("above") == "三步试行"


def test_fifty_megabytes_are_refused_and_the_server_goes_on(levels_once: Levelled) -> None:
    body = {"procedure": "walking", "bpmn": "x" * 50_000_000}
    answer = levels_once.call("above/admin", "POST", "/definitions", 413, body)
    assert answer["message"]
    assert drafts(levels_once) == 0
    assert levels_once.begin("above") == "三步试行"


def test_what_would_never_end_is_not_published(levels_once: Levelled) -> None:
    for code, text in REFUSED.items():
        answer = levels_once.publish("above", text, 422)
        assert code in {finding["code"] for finding in answer["findings"]}
    assert levels_once.begin("above") == "三步试行"
