"""What a form file may hold: everything else is a finding at its component, never ignored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.forms.check import check_rights
from engine.forms.component_type import ComponentType, Role
from engine.forms.model import MAX_BYTES, Right
from engine.forms.read import FormRefused, inspect_form, read_form
from engine.forms.registry import TypeTaken, register_component
from engine.forms.types import BUILT_IN

from .builders import body, codes, field, findings, form, group, rows

STATIC: list[dict[str, Any]] = [
    {"type": "text", "text": "# 标题"},
    {"type": "html", "content": "<b>x</b>"},
    {"type": "image", "source": "/static/a.png", "alt": "图"},
    {"type": "separator"},
    {"type": "spacer", "height": 40},
    {"type": "table", "dataSource": "=list", "columns": [{"key": "a", "label": "甲"}]},
    {"type": "button", "action": "submit", "label": "提交"},
]


@pytest.mark.parametrize("kind", sorted(BUILT_IN))
def test_every_known_type_is_read_without_findings(kind: str) -> None:
    static = next((component for component in STATIC if component["type"] == kind), None)
    if kind == "group":
        component = group(field("textfield"))
    elif kind == "dynamiclist":
        component = rows(field("textfield"))
    else:
        component = static or field(kind)

    assert findings(component) == ()


WRONG: list[tuple[dict[str, Any], str | None]] = [
    ({"type": "iframe", "url": "https://example.com"}, "unknown_type"),
    ({"type": "documentPreview", "dataSource": "=x"}, "unknown_type"),
    ({"id": "x"}, "unknown_type"),
    ({"type": "textfield", "label": "x"}, "missing_key"),
    (field("textfield", "1x"), "bad_key"),
    (field("textfield", "a b"), "bad_key"),
    (field("textfield", "a..b"), "bad_key"),
    (field("textfield", "this"), "bad_key"),
    (field("textfield", "row.i"), "bad_key"),
    (group(path="a/b"), "bad_path"),
    (rows(path=""), "missing_path"),
    (rows(path="x-y"), "bad_path"),
    (field("textfield", onclick="x"), "unknown_attribute"),
    (field("textfield", values=[]), "unknown_attribute"),
    (field("number", validate={"minLength": 1}), "unknown_attribute"),
    (field("textfield", validate={"mx": 1}), "unknown_attribute"),
    (field("textfield", validate=[]), "bad_attribute"),
    (field("textfield", validate={"required": "yes"}), "bad_attribute"),
    (field("textfield", conditional={"show": "=x"}), "unknown_attribute"),
    (field("textfield", conditional={"hide": "x > 1"}), "bad_feel"),
    (field("textfield", conditional={"hide": "=x >"}), "bad_feel"),
    (field("textfield", conditional={"hide": '=__import__("os")'}), "bad_feel"),
    (field("textfield", readonly="yes"), "bad_feel"),
    (field("textfield", readonly=1), "bad_attribute"),
    (field("textfield", label="{{x"), None),  # no template, plain text
    (field("textfield", label="{{x >}}"), "bad_feel"),
    (field("textfield", label="{{#loop x}}{{this}}{{/loop}}"), "unsupported_template"),
    (field("textfield", defaultValue=3), "bad_attribute"),
    (field("checkbox", defaultValue="true"), "bad_attribute"),
    (field("textfield", validate={"maxLength": "many"}), "bad_limit"),
    (field("textfield", validate={"maxLength": "=1 +"}), "bad_feel"),
    (field("textfield", validate={"pattern": "(?=a)"}), "bad_pattern"),
    (field("textfield", validate={"pattern": "(a)\\1"}), "bad_pattern"),
    (field("textfield", validate={"pattern": "["}), "bad_pattern"),
    (field("textfield", validate={"pattern": "a" * 501}), "bad_pattern"),
    (field("textfield", validate={"validationType": "url"}), "bad_attribute"),
    (field("number", decimalDigits=-1), "bad_attribute"),
    (field("number", increment="0"), "bad_attribute"),
    (field("number", serializeToString="yes"), "bad_attribute"),
    (field("datetime", subtype="year"), "bad_attribute"),
    (field("datetime", timeInterval=0), "bad_attribute"),
    (field("datetime", properties={"minDate": "soon"}), "bad_attribute"),
    (field("select", values=[]), "options_missing"),
    (field("select", values=[{"label": "a"}]), "bad_attribute"),
    (field("select", values=[{"label": "a", "value": "1"}] * 2), "options_duplicate"),
    (field("select", values=[{"label": "a", "value": ""}]), "options_duplicate"),
    (field("select", valuesKey=""), "options_missing"),
    (field("radio", valuesExpression="kinds"), "bad_feel"),
    ({"type": "radio", "key": "x", "label": "x"}, "options_missing"),
    ({**field("radio"), "valuesKey": "k"}, "options_ambiguous"),
    (field("filepicker", multiple="yes"), "bad_attribute"),
    (field("filepicker", properties={"maxFiles": "-1"}), "bad_attribute"),
    (field("expression", expression=""), "bad_attribute"),
    (field("expression", expression="1 + 1"), "bad_feel"),
    (field("expression", computeOn="load"), "bad_attribute"),
    (rows(field("textfield"), properties={"maxRows": "many"}), "bad_attribute"),
    (rows(field("textfield"), defaultRepetitions=5000), "bad_attribute"),
    ({"type": "button", "action": "reset"}, "unsupported_action"),
    ({"type": "image", "source": "https://evil.example/x.png", "alt": "x"}, "bad_attribute"),
    ({"type": "table", "dataSource": "=x"}, "bad_attribute"),
    ({"type": "table", "dataSource": "x", "columns": [{"key": "a", "label": "b"}]}, "bad_feel"),
    ({"type": "spacer", "height": 0}, "bad_attribute"),
]


@pytest.mark.parametrize(("component", "code"), WRONG)
def test_what_is_not_executed_is_refused_at_its_component(
    component: dict[str, Any], code: str | None
) -> None:
    found = [finding for finding in findings(component) if finding.severity == "error"]

    if code is None:
        assert found == []
        return
    assert code in {finding.code for finding in found}
    for finding in found:
        assert finding.component == component.get("id", "component-1")
        assert finding.zh
        assert finding.en


def test_two_components_cannot_hold_the_same_value() -> None:
    inner = field("textfield", "b", id="other")

    assert "duplicate_key" in codes(field("textfield", "a.b"), group(inner, path="a"))
    assert "duplicate_id" in codes(field("textfield", "a"), field("textfield", "b", id="id-a"))
    assert "key_conflict" in codes(field("textfield", "a"), field("textfield", "a.b"))


def test_rows_have_names_of_their_own() -> None:
    assert codes(field("textfield", "a"), rows(field("textfield", "a", id="inner"))) == set()
    assert "duplicate_key" in codes(rows(field("textfield"), field("number", id="again")))


@pytest.mark.parametrize(
    "conditions",
    [
        {"a": "=a = 1"},
        {"a": "=b = 1", "b": "=a = 1"},
        {"a": "=b = 1", "b": "=c = 1", "c": "=a = 1"},
    ],
)
def test_hide_conditions_in_a_circle_are_refused(conditions: dict[str, str]) -> None:
    components = [
        field("number", key, conditional={"hide": text}) for key, text in conditions.items()
    ]

    assert codes(*components) == {"hide_circle"}


def test_host_functions_are_known_only_where_they_are_given() -> None:
    file = body(field("number", validate={"min": '=parameter("limit.least")'}))

    assert [finding.code for finding in inspect_form(file).findings] == ["bad_feel"]
    assert inspect_form(file, frozenset({"parameter"})).findings == ()


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[]", "not_a_form"),
        (b'{"components": {}}', "not_a_form"),
        (b'{"components": [], "components": []}', "not_json"),
        (b'{"id": "a", "components": [], "x": NaN}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"id": "a", "n": ' + b"9" * 10_000 + b', "components": []}', "not_json"),
        (b" " * (MAX_BYTES + 1), "too_large"),
        (b'{"components": []}', "missing_id"),
        (b'{"id": "a", "type": "wizard", "components": []}', "not_a_form"),
        (b'{"id": "a", "schemaVersion": 99, "components": []}', "bad_schema_version"),
        (b'{"id": "a", "script": "x", "components": []}', "unknown_attribute"),
        (b'{"id": "a", "components": ["x"]}', "not_a_form"),
        (
            json.dumps({"id": "a", "components": [{"type": "separator"}] * 501}).encode(),
            "too_many_components",
        ),
    ],
)
def test_a_file_that_is_no_form_is_refused(file: bytes, code: str) -> None:
    reading = inspect_form(file)

    assert reading.form is None
    assert code in {finding.code for finding in reading.findings}
    with pytest.raises(FormRefused) as caught:
        read_form(file)
    assert caught.value.facts["findings"]


def test_components_nested_without_end_are_refused() -> None:
    component = field("textfield")
    for depth in range(20):
        component = {"type": "group", "id": f"g{depth}", "components": [component]}

    assert codes(component) == {"too_deep"}


def test_a_form_knows_the_digest_of_its_file_and_the_places_of_its_values() -> None:
    read = form(group(field("textfield", "name"), path="contact"), rows(field("number", "size.w")))

    places = {component.address: component.slot for component in read.walk() if component.key}
    assert places == {"contact.name": "contact.name", "rows.size.w": "size.w"}
    assert len(read.digest) == 64
    assert read.schema_version == 19


def test_a_field_without_label_is_a_warning_and_the_form_stands() -> None:
    reading = inspect_form(body(field("textfield", label="")))

    assert [(f.code, f.severity) for f in reading.findings] == [("missing_label", "warning")]
    assert reading.form is not None


def test_rights_of_a_step_name_fields_that_exist() -> None:
    sample = form(field("textfield"), rows(field("number", "n")))

    assert list(check_rights(sample, {"x": "readonly", "rows.n": "hidden", "*": "editable"})) == []
    found = {finding.code for finding in check_rights(sample, {"y": "hidden", "x": "secret"})}
    assert found == {"unknown_field", "unknown_right"}
    assert set(Right) == {"hidden", "readonly", "editable"}


def test_a_component_type_has_one_owner() -> None:
    mine = ComponentType(role=Role.INPUT)
    register_component("rating", mine)
    register_component("rating", mine)

    with pytest.raises(TypeTaken):
        register_component("rating", ComponentType(role=Role.STATIC))
    with pytest.raises(TypeTaken):
        register_component("textfield", mine)
