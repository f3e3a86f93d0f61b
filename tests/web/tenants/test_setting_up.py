"""What a tenant brings along is taken whole or not at all, with a word about every place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from engine.actors import Actor, load_actor
from engine.audit import verify_audit
from engine.cases.lifecycle import start_case
from engine.definitions.kept_files import kept_files
from engine.definitions.loading import tenant_id_of
from engine.errors import Forbidden, LuchengError
from engine.store.metadata import TENANT
from engine.store.tables import audit, memberships
from engine.tenancy.beginning import Newcomer
from engine.tenancy.problems import TenantRefused
from engine.tenancy.stage import WrongStage
from webapp.product import Product
from webapp.spreadsheets.packing import Sheet, pack, unpack
from webapp.usecases.going_live import NotReady, freeze, go_live, standing, thaw
from webapp.usecases.offering import Choice, choose
from webapp.usecases.opening_tenants import FirstAdministrator, open_tenant, oversee
from webapp.usecases.people import add_person
from webapp.usecases.staffing import switch_person
from webapp.usecases.tenant_settings import change_identity, parameters_beside
from webapp.usecases.workbook import take_workbook, write_workbook

NEW = Newcomer("hexi", "city", "neimenggu", "河西市", "河西", "Hexi", "159900")
FIRST = FirstAdministrator("hexi-admin", "王小河")
ROLES = ["代码", "名称", "身份"]
PEOPLE = ["用户名", "姓名", "单位", "角色"]
PARAMETERS = ["键", "本级取值"]
DAYS = ["日期", "上班或放假", "事由"]
UNITS = ["代码", "名称", "类别", "上级代码", "简称"]


@pytest.fixture
def admin(installation: Product) -> Actor:
    open_tenant(installation, None, NEW, FIRST)
    return person(installation, "hexi", "hexi-admin")


def person(product: Product, slug: str, username: str) -> Actor:
    with product.db.tenant(tenant_id_of(product.db, slug), read_only=True) as tx:
        own = memberships.c.tenant_id == TENANT
        row = tx.one(select(memberships.c.id).where(own, memberships.c.username == username))
        found = None if row is None else load_actor(tx, row.id)
    assert found is not None
    return found


def book(**sheets: Sequence[Sequence[str]]) -> bytes:
    titles = {
        "units": "单位",
        "roles": "角色",
        "people": "人员",
        "days": "日历",
        "parameters": "参数",
    }
    return pack([Sheet(titles.get(n, n), rows[0], rows[1:]) for n, rows in sheets.items()])


def state(product: Product, actor: Actor) -> Any:
    """Everything a refused table must leave as it was."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        people = tx.all(select(memberships).where(memberships.c.tenant_id == TENANT))
        told = tx.all(select(audit.c.seq).where(audit.c.tenant_id == TENANT))
        return kept_files(tx), [tuple(row) for row in people], [row.seq for row in told]


GOOD = ["clerk", "受理人员", "经办"]
BAD_BOOKS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown sheet": ({"其他": [["代码"]]}, "book.xlsx·其他"),
    "wrong column": ({"roles": [[*ROLES, "密码"]]}, "book.xlsx·角色 第 1 行"),
    "missing column": ({"roles": [["代码", "名称"]]}, "book.xlsx·角色 第 1 行"),
    "duplicate code": ({"roles": [ROLES, GOOD, GOOD]}, "book.xlsx·角色 第 3 行"),
    "unknown choice": ({"roles": [ROLES, ["a", "甲", "皇帝"]]}, "book.xlsx·角色 第 2 行“身份”"),
    "platform": ({"roles": [ROLES, ["a", "甲", "platform"]]}, "book.xlsx·角色 第 2 行“身份”"),
    "out of bounds": (
        {"parameters": [PARAMETERS, ["notice.days", "11"]]},
        "book.xlsx·参数 第 2 行“notice.days”",
    ),
    "unknown parameter": (
        {"parameters": [PARAMETERS, ["notice.day", "5"]]},
        "book.xlsx·参数 第 2 行“notice.day”",
    ),
    "no number": (
        {"parameters": [PARAMETERS, ["notice.days", "五"]]},
        "参数 第 2 行“notice.days”",
    ),
    "bad day": ({"days": [DAYS, ["2026-02-30", "放假", "x"]]}, "日历 第 2 行“日期”"),
    "day without reason": (
        {"days": [DAYS, ["2026-03-03", "放假", ""]]},
        "book.xlsx·日历 第 2 行“事由”",
    ),
    "day twice": (
        {"days": [DAYS, ["2026-03-03", "放假", "甲"], ["2026-03-03", "上班", "乙"]]},
        "book.xlsx·日历 第 3 行",
    ),
    "cycle of units": (
        {"units": [UNITS, ["1", "甲", "city", "2", "甲"], ["2", "乙", "city", "1", "乙"]]},
        "book.xlsx·单位 第 2 行“上级代码”",
    ),
    "person without such a role": (
        {"people": [PEOPLE, ["hexi-a", "甲", "", "大王"]]},
        "book.xlsx·人员 第 2 行“角色”",
    ),
    "person twice": (
        {"people": [PEOPLE, ["hexi-a", "甲", "", "审计员"], ["hexi-a", "乙", "", "审计员"]]},
        "book.xlsx·人员 第 3 行“用户名”",
    ),
    "somebody else's name": (
        {"people": [PEOPLE, ["platform", "甲", "", "审计员"]]},
        "book.xlsx·人员 第 2 行“用户名”",
    ),
    "one's own standing": (
        {"people": [PEOPLE, ["hexi-admin", "甲", "", "审计员"]]},
        "book.xlsx·人员 第 2 行“角色”",
    ),
    "two capacities": (
        {"people": [PEOPLE, ["hexi-a", "甲", "", "审计员、流程管理员"]]},
        "book.xlsx·人员 第 2 行“角色”",
    ),
    "good roles beside bad people": (
        {
            "roles": [ROLES, ["admin", "管理员", "管理"], GOOD],
            "people": [PEOPLE, ["hexi-a", "甲", "月球", "clerk"]],
        },
        "book.xlsx·人员 第 2 行“单位”",
    ),
}


@pytest.mark.parametrize("name", BAD_BOOKS)
def test_a_bad_workbook_is_refused_by_place_and_nothing_of_it_is_taken(
    installation: Product, admin: Actor, name: str
) -> None:
    sheets, place = BAD_BOOKS[name]
    before = state(installation, admin)
    with pytest.raises(TenantRefused) as refused:
        take_workbook(installation, admin, book(**sheets), file="book.xlsx")
    places = [" ".join(p for p in (one.file, one.key) if p) for one in refused.value.problems]
    assert any(found.startswith(place) for found in places), places
    assert all(one.zh and one.en for one in refused.value.problems)
    assert state(installation, admin) == before


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"\0" * 250_000_000)
    return out.getvalue()


@pytest.mark.parametrize("body", [b"", b"not a table", b"PK\x03\x04 broken", _bomb()])
def test_what_is_no_spreadsheet_is_refused(body: bytes) -> None:
    with pytest.raises(TenantRefused) as refused:
        unpack(body, file="x.xlsx")
    assert refused.value.problems[0].file == "x.xlsx"


@pytest.mark.full
def test_fifty_thousand_rows_are_told_and_not_read() -> None:
    rows = [["a", "b"]] * 50_000
    with pytest.raises(TenantRefused) as refused:
        unpack(pack([Sheet("人员", PEOPLE, rows)]), file="x.xlsx")
    (problem,) = refused.value.problems
    assert (problem.file, problem.key, problem.code) == ("x.xlsx·人员", "第 20002 行", "too_large")


def test_a_child_that_never_answers_is_ended() -> None:
    with pytest.raises(TenantRefused) as refused:
        unpack(b"PK", file="x.xlsx", command=("sleep", "60"), wall_seconds=0.2)
    assert refused.value.problems[0].code == "too_expensive"


def test_names_in_other_scripts_long_names_and_formulas_are_kept_as_they_are(
    installation: Product, admin: Actor
) -> None:
    names = ["ᠰᠠᠷᠠᠨᠭᠡᠷᠡᠯ", "ئابدۇرەھىم", "买买提·吐尔逊·艾合买提江·阿不都热依木", "=1+1"]
    rows = [[f"hexi-{n}", name, "河西市", "审计员"] for n, name in enumerate(names)]
    taken = take_workbook(installation, admin, book(people=[PEOPLE, *rows]), file="x.xlsx")
    assert [(one.name, one.what) for one in taken.people] == [(name, "added") for name in names]
    assert len({one.password for one in taken.people}) == len(names)

    again = take_workbook(installation, admin, write_workbook(installation, admin), file="x.xlsx")
    assert not again.changes
    assert {one.what for one in again.people} == {"same"}


def test_what_was_taken_out_and_brought_back_changes_not_a_byte(
    installation: Product, admin: Actor
) -> None:
    own = [
        ["键", "名称", "本级取值", "类型", "计量单位", "依据"],
        ["own.line", "线", "80.5", "小数", "分", "示例"],
    ]
    take_workbook(installation, admin, book(parameters=own), file="x.xlsx")
    take_workbook(
        installation, admin, book(parameters=[PARAMETERS, ["notice.days", "7"]]), file="x"
    )
    before = state(installation, admin)
    mine, above = parameters_beside(installation, admin)["notice.days"]
    assert (str(mine.value), str(above.value if above else "")) == ("7", "5")
    assert not take_workbook(
        installation, admin, write_workbook(installation, admin), file="x.xlsx"
    ).changes
    assert state(installation, admin) == before


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"slug": "neimenggu"}, "slug"),
        ({"slug": "Hexi"}, "slug"),
        ({"slug": "shared"}, "slug"),
        ({"parent": "nobody"}, "parent"),
        ({"parent": "hexi"}, "parent"),
        ({"level": "region"}, "parent"),
        ({"level": "moon"}, "level"),
        ({"division": "15"}, "division"),
        ({"place": 'a"\n[x]'}, "place"),
        ({"short": ""}, "short"),
    ],
)
def test_a_tenant_that_cannot_be_is_refused_by_key_and_not_made(
    installation: Product, change: dict[str, str], key: str
) -> None:
    before = [one.slug for one in oversee(installation, None)]
    told = {name: getattr(NEW, name) for name in NEW.__dataclass_fields__} | change
    with pytest.raises(TenantRefused) as refused:
        open_tenant(installation, None, Newcomer(**told), FIRST)
    assert key in [problem.key for problem in refused.value.problems]
    assert [one.slug for one in oversee(installation, None)] == before


def test_only_the_platform_opens_tenants_and_only_its_administrator_sets_one_up(
    installation: Product, admin: Actor
) -> None:
    platform = person(installation, "national", "platform")
    other = Newcomer("hedong", "city", "neimenggu", "河东市", "河东", "Hedong", "159800")
    with pytest.raises(Forbidden):
        open_tenant(installation, admin, other, FirstAdministrator("hedong-admin", "李"))
    with pytest.raises(Forbidden):
        take_workbook(installation, platform, book(roles=[ROLES, GOOD]), file="x.xlsx")
    open_tenant(installation, platform, other, FirstAdministrator("hedong-admin", "李"))


# ---------------------------------------------------------------- live, frozen, apart


def test_nobody_from_outside_applies_before_the_tenant_is_live_and_what_is_missing_is_told(
    installation: Product, admin: Actor
) -> None:
    role = [["代码", "名称", "身份"], ["admin", "管理员", "管理"], ["holder", "企业经办人", "申报"]]
    take_workbook(installation, admin, book(roles=role), file="x.xlsx")
    choose(installation, admin, [Choice("rectification")])
    with pytest.raises(NotReady) as refused:
        go_live(installation, admin)
    told = {one["element"] for one in refused.value.facts["findings"]}  # type: ignore[attr-defined]
    assert {"roles", "second-factor", "notification"} <= told
    assert "procedures" not in told
    facts = {"name": "矿企", "capacity": "applicant", "roles": ["holder"]}
    add_person(installation, "hexi", "holder", "a long password", facts)
    holder = person(installation, "hexi", "holder")
    with pytest.raises(LuchengError) as early:
        start_case(installation.db, installation.world, holder, "rectification", {})
    assert early.value.code in ("tenant_stage", "forbidden")


def test_a_frozen_tenant_changes_nothing_and_goes_on_when_it_is_let_go(
    installation: Product,
) -> None:
    platform = person(installation, "national", "platform")
    facts = {"name": "经办", "capacity": "officer", "roles": ["region-clerk"]}
    add_person(installation, "neimenggu", "clerk", "a long password", facts)
    clerk = person(installation, "neimenggu", "clerk")
    start = (installation.db, installation.world, clerk, "rectification", {})
    start_case(*start)
    freeze(installation, platform, "neimenggu", "清理账号")
    with pytest.raises(WrongStage):
        start_case(*start)
    with pytest.raises(WrongStage):
        freeze(installation, platform, "neimenggu", "再来一次")
    thaw(installation, platform, "neimenggu", "完成")
    start_case(*start)
    with installation.db.tenant(clerk.tenant_id, read_only=True) as tx:
        rows = tx.all(select(audit).where(audit.c.tenant_id == TENANT).order_by(audit.c.seq))
        assert [row.act for row in rows] == ["tenant.freeze", "tenant.thaw"]
        assert rows[0].content["by"] == "平台管理员"
        assert verify_audit(tx) is None


def test_separated_duties_keep_people_procedures_and_the_log_with_three_persons(
    installation: Product, admin: Actor
) -> None:
    with pytest.raises(TenantRefused):  # nobody would look after people any more
        change_identity(installation, admin, {"": {"separate_duties": True}})
    rows = [["hexi-sec", "安", "", "安全管理员"], ["hexi-aud", "审", "", "审计员"]]
    take_workbook(installation, admin, book(people=[PEOPLE, *rows]), file="x.xlsx")
    change_identity(installation, admin, {"": {"separate_duties": True}})
    security, auditor = (person(installation, "hexi", n) for n in ("hexi-sec", "hexi-aud"))

    with pytest.raises(Forbidden):
        take_workbook(installation, admin, book(people=[PEOPLE, *rows]), file="x.xlsx")
    with pytest.raises(Forbidden):
        change_identity(installation, security, {"": {"separate_duties": False}})
    with pytest.raises(Forbidden):
        switch_person(installation, auditor, security.membership_id, active=False)
    switch_person(installation, security, auditor.membership_id, active=False)
    assert standing(installation, admin).stage == "preparing"
