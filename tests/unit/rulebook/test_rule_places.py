"""Where rules stand: each kind of file, and what a file that cannot be read leaves behind."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rulebook.places import MAX_CHARACTERS, Place, Scan, scan_files

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
                  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
  <bpmn:process id="p" isExecutable="true">
    <bpmn:userTask id="Apply" name="提交申报材料">
      <bpmn:extensionElements>
        <zeebe:properties>
          <zeebe:property name="legalBasis" value="R-IM-99"/>
          <zeebe:property name="rule" value="R-IM-14, R-IM-15"/>
        </zeebe:properties>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:subProcess id="Review" name="初审">
      <bpmn:userTask id="Visit" name="实地核查">
        <bpmn:extensionElements>
          <zeebe:properties><zeebe:property name="rule" value="R-IM-20"/></zeebe:properties>
        </bpmn:extensionElements>
      </bpmn:userTask>
    </bpmn:subProcess>
  </bpmn:process>
</bpmn:definitions>
"""


def scan(path: str, text: str) -> Scan:
    return scan_files([(path, text)])


def test_a_diagram_names_rules_by_element_and_its_name() -> None:
    assert scan("processes/x.bpmn", DIAGRAM).places == (
        Place("R-IM-14", "diagram", "processes/x.bpmn", "Apply", "提交申报材料"),
        Place("R-IM-15", "diagram", "processes/x.bpmn", "Apply", "提交申报材料"),
        Place("R-IM-20", "diagram", "processes/x.bpmn", "Visit", "实地核查"),
    )


def test_only_the_zeebe_property_named_rule_counts() -> None:
    foreign = DIAGRAM.replace("http://camunda.org/schema/zeebe/1.0", "http://example.org/z")
    assert scan("processes/x.bpmn", foreign).places == ()


def test_an_empty_rule_property_is_a_place_of_no_known_rule() -> None:
    places = scan("x.bpmn", DIAGRAM.replace("R-IM-20", "")).places
    assert Place("", "diagram", "x.bpmn", "Visit", "实地核查") in places


def test_a_diagram_that_declares_another_encoding_is_read_as_the_text_it_already_is() -> None:
    declared = DIAGRAM.replace('encoding="UTF-8"', 'encoding="GBK"')
    assert scan("x.bpmn", declared).places == scan("x.bpmn", DIAGRAM).places


def test_a_tenant_file_names_rules_by_parameter_key_however_it_is_nested() -> None:
    text = """
    [parameters."notice.days"]
    title = "公示期"
    rules = ["R-GEN-1", "R-IM-32"]
    [parameters.review.site]
    title = { zh = "实地核查", en = "Site visit" }
    rules = ["R-IM-20"]
    [validity]
    rules = ["R-IM-1"]
    """
    path = "tenants/x/tenant.toml"
    assert scan(path, text).places == (
        Place("R-GEN-1", "parameter", path, "notice.days", "公示期"),
        Place("R-IM-32", "parameter", path, "notice.days", "公示期"),
        Place("R-IM-20", "parameter", path, "review.site", "实地核查"),
        Place("R-IM-1", "tenant", path, "validity", ""),
    )


def test_a_form_names_rules_on_components_groups_and_itself() -> None:
    text = """{"id": "application", "properties": {"rule": "R-IM-12"}, "components": [
      {"type": "group", "label": "证照", "id": "g1", "properties": {"rule": "R-IM-14"},
       "components": [
         {"key": "penalty", "label": "近3年受到处罚", "properties": {"rule": "R-IM-15,R-IM-18"}},
         {"key": "plain", "properties": {"other": "R-IM-1"}}]}]}"""
    assert scan("forms/x.form", text).places == (
        Place("R-IM-12", "form", "forms/x.form", "application", ""),
        Place("R-IM-14", "form", "forms/x.form", "g1", "证照"),
        Place("R-IM-15", "form", "forms/x.form", "penalty", "近3年受到处罚"),
        Place("R-IM-18", "form", "forms/x.form", "penalty", "近3年受到处罚"),
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("forms/s/c.yaml", "indicators:\n- {id: M38, name: 生态修复, rules: [R-IM-54]}"),
        (
            "forms/s/c.json",
            '{"indicators": [{"id": "M38", "name": "生态修复", "rules": ["R-IM-54"]}]}',
        ),
        ("forms/s/c.toml", '[[indicators]]\nid = "M38"\nname = "生态修复"\nrules = ["R-IM-54"]'),
    ],
)
def test_an_indicator_catalogue_names_rules_in_lists(path: str, text: str) -> None:
    assert scan(path, text).places == (Place("R-IM-54", "catalogue", path, "M38", "生态修复"),)


def test_a_function_names_rules_in_a_line_of_its_docstring() -> None:
    text = '''
"""Lists.

Rules: R-NAT-4.
"""
class Status:
    def following(self):
        """The next status.

        More words about Rules: R-IM-1 inside a sentence do not count.

        Rules: R-IM-34, R-IM-33.
        """
'''
    assert scan("domain/register/rules.py", text).places == (
        Place("R-NAT-4", "code", "domain/register/rules.py", "", "Lists."),
        Place(
            "R-IM-34", "code", "domain/register/rules.py", "Status.following", "The next status."
        ),
        Place(
            "R-IM-33", "code", "domain/register/rules.py", "Status.following", "The next status."
        ),
    )


TESTS = """
import pytest
pytestmark = pytest.mark.rule("R-IM-1")

@pytest.mark.rule("R-IM-2", "R-IM-3")
def test_one():
    pass

@pytest.mark.rule("R-IM-4")
class TestGroup:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("R-IM-5"))])
    async def test_two(self, x):
        pass
"""


def test_tests_are_named_as_pytest_names_them() -> None:
    found = scan("tests/unit/test_x.py", TESTS).tests
    assert found is not None
    assert sorted((place.rule, place.name) for place in found) == [
        ("R-IM-1", "tests/unit/test_x.py"),
        ("R-IM-2", "tests/unit/test_x.py::test_one"),
        ("R-IM-3", "tests/unit/test_x.py::test_one"),
        ("R-IM-4", "tests/unit/test_x.py::TestGroup"),
        ("R-IM-5", "tests/unit/test_x.py::TestGroup::test_two"),
    ]


def test_without_any_test_file_the_tests_are_unknown_rather_than_none_at_all() -> None:
    assert scan("domain/x.py", "").tests is None
    assert scan("tests/test_x.py", "").tests == ()


def test_a_file_of_another_kind_says_nothing() -> None:
    assert scan("docs/x.md", "R-IM-1") == Scan((), None, ())


def test_a_rule_named_twice_at_one_element_is_one_place() -> None:
    text = '[parameters.x]\nrules = ["R-IM-1", "R-IM-1"]'
    assert len(scan("tenants/x/tenant.toml", text).places) == 1


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        ("a.bpmn", "<a", "1:1"),
        ("a.bpmn", '<!DOCTYPE a [<!ENTITY e "x">]><a/>', "1:13"),
        ("a.bpmn", "<a>" * 200, "1:193"),
        ("tenants/x/tenant.toml", "a = ", ""),
        ("a.form", "{", ""),
        ("a.form", "[" * 100_000, ""),
        ("forms/a.yaml", "rules: [", ""),
        ("domain/a.py", "def # Rules: ", "1"),
        ("tests/a.py", "x = pytest.mark.rule(\n", "1"),
        ("tests/a.py", "IDS = []\nx = pytest.mark.rule(*IDS)", "2"),
        ("tests/a.py", "x = pytest.mark.rule()", "1"),
        ("tests/a.py", 'x = pytest.mark.rule(f"R-{1}")', "1"),
        ("a.form", "{}" + " " * MAX_CHARACTERS, ""),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault_with_its_place(
    path: str, text: str, place: str
) -> None:
    (fault,) = scan(path, text).faults
    assert (fault.file, fault.place, fault.code) == (path, place, "unreadable")


def test_one_bad_file_does_not_hide_the_others() -> None:
    found = scan_files([("bad.bpmn", "<"), ("good.bpmn", DIAGRAM)])
    assert len(found.places) == 3
    assert [fault.file for fault in found.faults] == ["bad.bpmn"]


SUFFIXES = ("a.bpmn", "a.form", "tenant.toml", "forms/a.yaml", "forms/a.json", "a.py", "tests/a.py")


@given(path=st.sampled_from(SUFFIXES), text=st.text(st.sampled_from(string.printable + "规则")))
def test_any_text_gives_places_or_a_fault_and_never_an_error(path: str, text: str) -> None:
    found = scan(path, text)
    assert all(place.file == path for place in (*found.places, *(found.tests or ())))
    assert all(fault.zh and fault.en for fault in found.faults)
