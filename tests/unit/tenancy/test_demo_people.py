"""Demonstration people: checked against the tenant's roles and units, told by line."""

from __future__ import annotations

import pytest

from engine.tenancy.demo import Demo, DemoAssessor, parse_demo
from engine.tenancy.files import parse_tenant
from engine.tenancy.model import Capacity, TenantFile
from engine.tenancy.problems import TenantRefused

UNITS = "code,name,kind,parent,short\n10,甲市,city,,甲\n"
ROLES = """
[[roles]]
code = "applicant"
name = "申请人"
name_en = "Applicant"
capacity = "applicant"

[[roles]]
code = "assessor"
name = "评估员"
name_en = "Assessor"
capacity = "assessor"
"""
FILES = {
    "demo.toml": 'password = "Demo-{username}-1"',
    "enterprises.csv": (
        "code,name,credit_code,division,contact,address\n"
        "firm,演示公司,91350100M000100Y43,10,电话,地址\n"
    ),
    "bodies.csv": (
        "code,name,credit_code,kind,disciplines\n"
        "body,演示机构,91110000600037341L,enterprise,地质;采矿\n"
    ),
    "assessors.csv": "body,name,id_number,disciplines\nbody,范志,9999,地质;采矿\n",
    "people.csv": (
        "username,name,title,unit,roles,capacity,enterprise,body\n"
        "wulan,乌兰,科员,10,clerk,officer,,\n"
        "zhao,赵磊,经理,,applicant,applicant,firm,\n"
        "fan,范志,评估师,,assessor,assessor,,body\n"
    ),
}


@pytest.fixture
def tenant(minimal: str) -> TenantFile:
    toml = minimal.replace("[[procedures]]", ROLES + "\n[[procedures]]")
    return parse_tenant({"tenant.toml": toml.encode(), "organisation.csv": UNITS.encode()})


def read(tenant: TenantFile, written: str = "", spoilt: str = "") -> Demo:
    bodies = {
        name: text.replace(written, spoilt) if written else text for name, text in FILES.items()
    }
    return parse_demo({name: text.encode() for name, text in bodies.items()}, tenant)


def test_people_enterprises_and_bodies_are_read(tenant: TenantFile) -> None:
    demo = read(tenant)

    wulan, zhao, fan = demo.people
    assert (wulan.unit, wulan.roles, wulan.capacity) == ("10", ("clerk",), Capacity.OFFICER)
    assert (zhao.enterprise, fan.body) == ("firm", "body")
    assert demo.enterprises[0].credit_code == "91350100M000100Y43"
    assert demo.bodies[0].disciplines == ("地质", "采矿")
    assert demo.assessors == (DemoAssessor("body", "范志", "9999", ("地质", "采矿")),)


def test_the_password_follows_the_rule_of_the_file(tenant: TenantFile) -> None:
    assert read(tenant).password("wulan") == "Demo-wulan-1"


def test_a_tenant_without_demonstration_people_has_none(tenant: TenantFile) -> None:
    assert parse_demo({}, tenant) == Demo()


@pytest.mark.parametrize(
    ("written", "spoilt", "place"),
    [
        ("clerk,officer", "king,officer", "demo/people.csv: line 2, roles"),
        ("clerk,officer", "clerk,leader", "demo/people.csv: line 2, roles"),
        ("clerk,officer", "clerk,king", "demo/people.csv: line 2, capacity"),
        ("科员,10", "科员,99", "demo/people.csv: line 2, unit"),
        ("科员,10", "科员,", "demo/people.csv: line 2, unit"),
        ("wulan", "zhao", "demo/people.csv: line 3, username"),
        ("wulan", "乌兰", "demo/people.csv: line 2, username"),
        ("applicant,firm", "applicant,", "demo/people.csv: line 3, enterprise"),
        ("applicant,firm", "applicant,other", "demo/people.csv: line 3, enterprise"),
        ("assessor,,body", "assessor,,", "demo/people.csv: line 4, body"),
        ("Y43", "Y44", "demo/enterprises.csv: line 2, credit_code"),
        ("Y43,10", "Y43,99", "demo/enterprises.csv: line 2, division"),
        ("341L", "341M", "demo/bodies.csv: line 2, credit_code"),
        ("body,范志", "other,范志", "demo/assessors.csv: line 2, body"),
        ("{username}", "", "demo/demo.toml: password"),
        ('password = "', "password = ", "demo/demo.toml"),
    ],
)
def test_a_fault_is_told_at_its_place(
    tenant: TenantFile, written: str, spoilt: str, place: str
) -> None:
    with pytest.raises(TenantRefused) as refusal:
        read(tenant, written, spoilt)

    assert str(refusal.value.problems[0]).startswith(place)
