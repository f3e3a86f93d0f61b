"""POST /definitions: a file of another tool becomes a draft, is mended, published and run."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from .conftest import Levelled

FOREIGN = """<?xml version="1.0" encoding="UTF-16"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:flowable="http://flowable.org/bpmn" targetNamespace="http://www.flowable.org/processdef">
  <!-- 部门自用 -->
  <process id="leave" name="别家画的">
    <startEvent id="Start" flowable:initiator="who"/>
    <userTask id="fill" name="填报" flowable:assignee="${who}" flowable:formKey="walking-fill"
        flowable:dueDate="P5D"/>
    <endEvent id="done" name="办结"/>
    <sequenceFlow sourceRef="Start" targetRef="fill"/>
    <sequenceFlow sourceRef="fill" targetRef="done"/>
  </process>
</definitions>
"""
SOURCE = FOREIGN.encode("utf-16")
ADMIN = "above/admin"


def sent(levels: Levelled, source: bytes = SOURCE) -> Any:
    body = {"procedure": "walking", "file": base64.b64encode(source).decode()}
    return levels.call(ADMIN, "POST", "/definitions", 201, body)


def fixes(report: Any) -> list[Any]:
    return [finding["fix"] for finding in report["findings"] if "fix" in finding]


def test_a_foreign_file_is_kept_as_it_came_and_as_it_is_read(levels: Levelled) -> None:
    made = sent(levels)
    codes = {finding["code"] for finding in made["report"]["findings"]}
    assert {"id-replaced", "flow-id-added", "extension-translated", "process-marked"} <= codes
    kept = levels.call(ADMIN, "GET", f"/definitions/{made['id']}", 200)
    assert base64.b64decode(kept["original"]) == SOURCE
    assert '<zeebe:assignmentDefinition assignee="=case.principal"/>' in kept["bpmn"]
    assert "<!-- 部门自用 -->" in kept["bpmn"]


def test_a_foreign_file_is_mended_published_and_run(levels_on_each: Levelled) -> None:
    made = sent(levels_on_each)
    assert not made["report"]["publishable"]
    (rename,) = fixes(made["report"])
    assert (rename["kind"], rename["element"], rename["to"]) == ("rename", "leave", "walking")
    path = f"/definitions/{made['id']}/fixes"
    mended = levels_on_each.call(ADMIN, "POST", path, 201, {"fixes": [rename]})
    assert mended["report"]["publishable"]
    kept = levels_on_each.call(ADMIN, "GET", f"/definitions/{mended['id']}", 200)
    assert base64.b64decode(kept["original"]) == SOURCE

    publish = f"/definitions/{mended['id']}/publish"
    levels_on_each.call(ADMIN, "POST", publish, 200, {"reason": "改用别家画的图"})
    begun = {"procedure": "walking", "variables": {}}
    case = levels_on_each.call("above/applicant", "POST", "/cases", 201, begun)["id"]
    items = levels_on_each.call("above/applicant", "GET", "/work-items?view=mine", 200)["items"]
    assert [item["name"] for item in items if item["case"] == case] == ["填报"]


def test_a_fix_that_was_made_already_is_refused(levels: Levelled) -> None:
    made = sent(levels)
    given = {"fixes": fixes(made["report"]) * 2}
    answer = levels.call(ADMIN, "POST", f"/definitions/{made['id']}/fixes", 422, given)
    assert answer["code"] == "fix_unfit"


def test_a_text_is_read_as_text_whatever_it_says_its_encoding_is(levels: Levelled) -> None:
    text = FOREIGN.replace("UTF-16", "GBK").replace('"leave"', '"walking"')
    body = {"procedure": "walking", "bpmn": text}
    made = levels.call(ADMIN, "POST", "/definitions", 201, body)
    assert made["report"]["publishable"]
    assert "别家画的" in levels.call(ADMIN, "GET", f"/definitions/{made['id']}", 200)["bpmn"]


def test_drafts_are_listed_with_their_findings_for_administrators(levels: Levelled) -> None:
    first, second = sent(levels), sent(levels)
    shown = levels.call(ADMIN, "GET", "/definitions?view=unpublished", 200)
    assert {draft["id"] for draft in shown} == {first["id"], second["id"]}
    assert all(draft["report"]["findings"] for draft in shown)
    assert levels.call(ADMIN, "GET", "/definitions", 200) == []
    levels.call("above/applicant", "GET", "/definitions?view=unpublished", 403)


def test_fixes_are_for_administrators_of_the_own_tenant(levels: Levelled) -> None:
    made = sent(levels)
    given = {"fixes": fixes(made["report"])}
    path = f"/definitions/{made['id']}/fixes"
    levels.call("above/applicant", "POST", path, 403, given)
    levels.call("below/admin", "POST", path, 404, given)


@pytest.mark.parametrize(
    "body",
    [
        {"procedure": "walking"},
        {"procedure": "walking", "bpmn": "<a/>", "file": "PGEvPg=="},
        {"procedure": "walking", "file": "no base64!"},
        {"procedure": "walking", "file": 7},
    ],
)
def test_a_draft_is_made_of_one_file(levels: Levelled, body: Any) -> None:
    answer = levels.call(ADMIN, "POST", "/definitions", 422, body)
    assert answer["errors"]


def test_what_cannot_be_read_is_refused_with_its_place(levels: Levelled) -> None:
    hostile = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    body = {"procedure": "walking", "file": base64.b64encode(hostile).decode()}
    answer = levels.call(ADMIN, "POST", "/definitions", 422, body)
    assert [finding["element"] for finding in answer["findings"]] == ["1:13"]
    assert levels.call(ADMIN, "GET", "/definitions?view=unpublished", 200) == []
