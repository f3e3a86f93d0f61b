"""What a person first sees, and what a form tells the checks of publication."""

from __future__ import annotations

from decimal import Decimal

from engine.forms.describe import field_types, names_used
from engine.forms.initial import initial_values

from .builders import context, field, form, group, rows


def test_fields_begin_with_what_the_case_knows_then_their_default_then_nothing() -> None:
    sample = form(
        field("textfield", "known", defaultValue="default"),
        field("textfield", "set", defaultValue="default"),
        field("number", "counted", defaultValue="=base + 1"),
        field("textfield", "text"),
        field("number", "n"),
        field("checklist", "list"),
        field("checkbox", "tick"),
    )

    values = initial_values(sample, {"known": "stored", "base": Decimal(4)}, context().env)

    assert values == {
        "known": "stored",
        "set": "default",
        "counted": 5,
        "text": "",
        "n": None,
        "list": [],
        "tick": False,
    }


def test_lists_begin_with_stored_rows_or_blank_ones() -> None:
    sample = form(rows(field("textfield", "a", defaultValue="=string(i[1])"), defaultRepetitions=2))
    env = context().env

    assert initial_values(sample, {}, env) == {"rows": [{"a": "1"}, {"a": "2"}]}
    assert initial_values(sample, {"rows": []}, env) == {"rows": []}
    stored = {"rows": [{"a": "kept", "other": 1}]}
    assert initial_values(sample, stored, env) == {"rows": [{"a": "kept"}]}


def test_paths_and_dotted_keys_begin_in_their_maps() -> None:
    sample = form(group(field("textfield", "name"), path="contact"), field("textfield", "a.b"))

    values = initial_values(sample, {"contact": {"name": "张三", "id": 7}}, context().env)

    assert values == {"contact": {"name": "张三"}, "a": {"b": ""}}


def test_the_names_a_form_reads_are_those_it_does_not_give_itself() -> None:
    sample = form(
        field("number", "own", validate={"max": "=limits.most"}),
        field("textfield", "t", conditional={"hide": "=own > 3 and status = null"}),
        field("select", "s", valuesKey="kinds.all"),
        field("textfield", "u", label="{{mine.name}}"),
        rows(field("number", "n", validate={"max": "=this.m + parent.x + i[1] + outer"})),
    )

    assert names_used(sample) == {"limits", "status", "kinds", "mine", "outer"}


def test_a_form_tells_the_type_of_every_value() -> None:
    sample = form(
        field("textfield", "t"),
        field("number", "n"),
        field("number", "money", serializeToString=True),
        field("datetime", "d"),
        field("checkbox", "c"),
        field("radio", "r"),
        field("checklist", "l"),
        field("filepicker", "f"),
        field("select", "dynamic", valuesKey="k"),
        group(field("textfield", "name"), path="g"),
        rows(field("number", "n", id="inner")),
    )

    assert field_types(sample) == {
        "t": "string",
        "n": "number",
        "money": "string",
        "d": "string",
        "c": "boolean",
        "r": "string",
        "l": "list<string>",
        "f": "list<string>",
        "dynamic": "Any",
        "g": "context",
        "g.name": "string",
        "rows": "list<context>",
        "rows.n": "number",
    }
