"""The bindings: what they give for what a diagram hands them, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from desk import Desk
from sqlalchemy import select

from domain.assessors.store import assignment_of
from domain.contracts.store import contracts_of
from domain.scoring.catalogue import parse_catalogue
from domain.scoring.indicators import Catalogue
from engine.bpmn.read import read_diagram
from engine.errors import Invalid, NotFound
from engine.store.metadata import TENANT
from engine.store.tables import cases, deliveries, outbox
from webapp.bindings.inputs import InputInvalid, Inputs
from webapp.bindings.registry import all_bindings, form_services

ROOT = Path(__file__).parents[3]
CATALOGUE = (ROOT / "forms/shared/indicators/neimenggu-2025.yaml").read_bytes()
BINDINGS = all_bindings()


def call(
    desk: Desk, task_type: str, case_id: UUID, /, given: Mapping[str, Any], **more: Any
) -> Any:
    """What a binding gives for these inputs."""
    binding = BINDINGS.get(task_type)
    assert binding is not None
    with desk.tx() as tx:
        result = binding(desk.context(case_id, tx=tx, **more), given)
    assert set(result or ()) == BINDINGS.results[task_type], "it gives what it says it gives"
    return result


def catalogue_file(kind: str, ref: str) -> bytes:
    assert (kind, ref) == ("catalogue", "neimenggu-2025")
    return CATALOGUE


def catalogue() -> Catalogue:
    return parse_catalogue(CATALOGUE, "neimenggu-2025.yaml")


def full_sheet(evidence: str) -> dict[str, Any]:
    """Full points and evidence in every row of group 1, underground."""
    selection = catalogue().select("g1", "underground")
    return {
        "group": "g1",
        "variant": "underground",
        "prerequisites": {entry.id: True for entry in catalogue().prerequisites},
        "items": {
            item.id: {"score": str(item.points), "evidence": [evidence], "proof": True}
            for item in selection.items
            if item.id not in selection.excused
        },
    }


def scored(desk: Desk, case_id: UUID, sheet: Mapping[str, Any], line: int = 60) -> Any:
    given = {"sheet": sheet, "catalogue": "neimenggu-2025", "line": line}
    return call(desk, "score.sheet", case_id, given, file=catalogue_file)


# ---------------------------------------------------------------- the registry


def types_in_diagrams() -> set[str]:
    found = set()
    for path in sorted((ROOT / "processes").rglob("*.bpmn")):
        for process in read_diagram(path.read_bytes()).diagram.processes:
            found |= {node.zeebe.task_type for node in process.body.walk() if node.zeebe.task_type}
    return found


def test_every_service_task_of_the_shipped_diagrams_is_bound() -> None:
    assert types_in_diagrams() - BINDINGS.types == set()


def test_every_binding_is_documented_where_diagrams_are() -> None:
    text = (ROOT / "docs/diagrams.md").read_text("utf-8")
    section = text[text.index("## Bindings") : text.index("## Redrawing")]
    assert set(re.findall(r"^\| `([a-z]+\.[a-z-]+)` \|", section, re.M)) == BINDINGS.types


def test_the_shipped_form_components_need_no_service() -> None:
    assert form_services() == {}


# ---------------------------------------------------------------- score.sheet


@pytest.mark.rule("R-IM-53")
def test_a_full_sheet_with_stored_proof_passes(desk: Desk) -> None:
    case_id = desk.case()
    result = scored(desk, case_id, full_sheet(desk.upload(case_id)))
    assert (result["total"], result["passed"]) == (Decimal("100.00"), True)
    assert (result["reasons"], result["explanation"]) == ([], "")


@pytest.mark.rule("R-NAT-41")
@pytest.mark.parametrize("stored", ["nowhere", "for another case"])
def test_proof_that_is_not_stored_for_the_case_counts_nothing(desk: Desk, stored: str) -> None:
    case_id, other = desk.case(), desk.case()
    evidence = desk.upload(other) if stored == "for another case" else str(case_id)
    assert scored(desk, case_id, full_sheet(evidence))["total"] == 0


@pytest.mark.rule("R-NAT-37", "R-NAT-35")
def test_why_a_sheet_does_not_pass_is_told_in_codes_and_in_words(desk: Desk) -> None:
    case_id = desk.case()
    sheet = full_sheet(desk.upload(case_id))
    prerequisite = next(iter(sheet["prerequisites"]))
    item = next(item for item in catalogue().items if item.constraint and item.id in sheet["items"])
    sheet["prerequisites"][prerequisite] = False
    sheet["items"][item.id]["score"] = "0"
    result = scored(desk, case_id, sheet, line=100)
    assert result["passed"] is False
    assert result["reasons"] == [
        f"prerequisite:{prerequisite}",
        f"constraint:{item.id}",
        "below_line",
    ]
    for part in (
        "先决条件不满足",
        f"约束性指标未得满分：{item.id} {item.name}",
        "低于达标分数线 100 分",
    ):
        assert part in result["explanation"]


@pytest.mark.rule("R-IM-20")
def test_the_constraint_items_are_given_as_rows_for_the_check_on_site(desk: Desk) -> None:
    case_id = desk.case()
    rows = scored(desk, case_id, full_sheet(desk.upload(case_id)))["constraints"]
    assert len(rows) == 20
    assert all(list(row) == ["item"] and 0 < len(row["item"]) <= 60 for row in rows)


def test_what_the_applicant_calls_not_applicable_is_still_looked_at(desk: Desk) -> None:
    case_id = desk.case()
    sheet = full_sheet(desk.upload(case_id))
    item = next(item for item in catalogue().items if item.constraint and item.id in sheet["items"])
    sheet["items"][item.id] = {"not_applicable": True, "reason": "不涉及"}
    rows = scored(desk, case_id, sheet)["constraints"]
    assert any(row["item"].startswith(item.id) for row in rows)


# ---------------------------------------------------------------- parameters of a case


def with_ratio(desk: Desk, *, at_step: bool = False) -> Desk:
    """The desk after the ratio of the spot checks was raised from 20 to 30."""
    facts = {**desk.office.parameter_facts, "spot_check.ratio": {"at_step": at_step}}
    values = {**desk.office.parameters, "spot_check.ratio": Decimal(30)}
    desk.office = replace(desk.office, parameters=values, parameter_facts=facts)
    return desk


@pytest.mark.parametrize(("at_step", "value"), [(False, Decimal(20)), (True, Decimal(30))])
def test_a_binding_reads_a_parameter_as_the_case_has_it(
    desk: Desk, at_step: bool, value: Decimal
) -> None:
    case_id = with_ratio(desk, at_step=at_step).case()
    with desk.tx() as tx:
        tx.update(cases, cases.c.id == case_id, parameters={"spot_check.ratio": 20})
        context = desk.context(case_id, tx=tx)
        assert context.parameter("spot_check.ratio") == value
        assert context.parameter("spot_check.minimum") == Decimal(1), "new since the case began"
        with pytest.raises(NotFound, match="no parameter"):
            context.parameter("nothing.like.it")


# ---------------------------------------------------------------- deliveries and reminders


def test_electronic_delivery_happens_now_and_sends_what_is_told(desk: Desk) -> None:
    enterprise = desk.enterprise("青峦演示煤业有限公司", "91150627MA0DEM0135")
    case_id = desk.case()
    given = {
        "document": "受理通知书",
        "to": f"enterprise:{enterprise}",
        "method": "electronic",
        "deliveredOn": None,
        "receivedBy": None,
        "proof": [],
        "content": [{"item": "照片", "requirement": "补交"}],
    }
    result = call(desk, "delivery.record", case_id, given)
    with desk.tx() as tx:
        (row,) = tx.all(select(deliveries).where(deliveries.c.tenant_id == TENANT))
        (message,) = tx.all(select(outbox).where(outbox.c.tenant_id == TENANT))
    assert (row.document, row.recipient) == ("受理通知书", "青峦演示煤业有限公司")
    assert row.delivered_at == desk.clock.now()
    assert result["delivery"]["id"] == str(row.id)
    assert message.payload["to"] == [f"enterprise:{enterprise}"]
    assert message.payload["message"] == [{"item": "照片", "requirement": "补交"}]


def test_any_other_delivery_happened_on_its_day_and_sends_nothing(desk: Desk) -> None:
    given = {
        "document": "补正告知书",
        "to": "person:x",
        "method": "post",
        "deliveredOn": "2026-02-27",
        "receivedBy": "赵磊",
    }
    call(desk, "delivery.record", desk.case(), given)
    with desk.tx() as tx:
        (row,) = tx.all(select(deliveries).where(deliveries.c.tenant_id == TENANT))
        assert tx.all(select(outbox).where(outbox.c.tenant_id == TENANT)) == []
    assert row.recipient == "赵磊"
    assert desk.office.calendar.local_day(row.delivered_at) == date(2026, 2, 27)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"method": "鸽子"}, "method"),
        ({"method": "post"}, "deliveredOn"),
        ({"method": "post", "deliveredOn": "2026-02-30"}, "deliveredOn"),
        ({"method": "post", "deliveredOn": "2026-03-03"}, "future"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused(
    desk: Desk, changed: dict[str, Any], error: str
) -> None:
    given = {"document": "告知书", "to": "person:x", "method": "electronic", **changed}
    with pytest.raises(Invalid, match=error):
        call(desk, "delivery.record", desk.case(), given)


def test_a_reminder_goes_to_everybody_named_once(desk: Desk) -> None:
    case_id = desk.case()
    given = {"to": [["region-clerk"], "body:x", ""], "subject": "逾期", "message": "请督促"}
    assert call(desk, "notify.escalate", case_id, given) == {"escalated": True}
    with desk.tx() as tx:
        (message,) = tx.all(select(outbox).where(outbox.c.tenant_id == TENANT))
    assert message.payload["to"] == ["region-clerk", "body:x"]
    assert message.payload["case"] == str(case_id)


def test_a_reminder_to_nobody_is_refused(desk: Desk) -> None:
    with pytest.raises(InputInvalid, match="whom to tell"):
        call(desk, "notify.escalate", desk.case(), {"to": [], "subject": "x", "message": "y"})


# ---------------------------------------------------------------- assessors


@pytest.mark.rule("R-IM-22")
def test_an_eligible_body_is_offered_checked_and_commissioned(desk: Desk) -> None:
    case_id, body = desk.case(), desk.body("甲评估", "12150000MA0DEM056L")
    applicant = {"principal": f"enterprise:{desk.enterprise('青峦', '91150627MA0DEM0135')}"}
    offered = call(desk, "assessor.list-eligible", case_id, applicant)
    assert offered == {"bodies": [{"value": f"body:{body}", "label": "甲评估"}]}
    chosen = {**applicant, "body": offered["bodies"][0]["value"]}
    checked = call(desk, "assessor.check-eligible", case_id, chosen)
    assert checked == {"eligible": True, "reasons": []}
    with desk.tx() as tx:
        assert assignment_of(tx, case_id).body_id == body


@pytest.mark.rule("R-IM-22")
def test_a_body_with_an_obstacle_is_not_commissioned_and_the_reasons_are_told(desk: Desk) -> None:
    case_id, body = desk.case(), desk.body("青峦", "91150627MA0DEM0135")
    own = f"enterprise:{desk.enterprise('青峦煤业', '91150627MA0DEM0135')}"
    checked = call(
        desk, "assessor.check-eligible", case_id, {"body": f"body:{body}", "principal": own}
    )
    assert checked["eligible"] is False
    assert len(checked["reasons"]) == 1
    with desk.tx() as tx:
        assert assignment_of(tx, case_id) is None


@pytest.mark.parametrize(("accepted", "status"), [(True, "accepted"), (False, None)])
def test_the_answer_of_a_body_stands_on_its_commission(
    desk: Desk, accepted: bool, status: str | None
) -> None:
    case_id, body = desk.case(), desk.body("甲评估", "12150000MA0DEM056L")
    chosen = {"body": f"body:{body}", "principal": "person:x"}
    call(desk, "assessor.check-eligible", case_id, chosen)
    answer = {"accepted": accepted, "independent": accepted, "reason": None}
    call(desk, "assessor.record-answer", case_id, answer)
    with desk.tx() as tx:
        running = assignment_of(tx, case_id)
    assert (None if running is None else running.status) == status


def test_a_commission_is_fulfilled_when_the_report_came_in(desk: Desk) -> None:
    case_id, body = desk.case(), desk.body("甲评估", "12150000MA0DEM056L")
    chosen = {"body": f"body:{body}", "principal": "person:x"}
    call(desk, "assessor.check-eligible", case_id, chosen)
    call(desk, "assessor.record-answer", case_id, {"accepted": True, "independent": True})
    call(desk, "assessor.record-report", case_id, {})
    with desk.tx() as tx:
        assert assignment_of(tx, case_id).status == "reported"


def test_no_report_comes_in_without_a_commission(desk: Desk) -> None:
    with pytest.raises(NotFound, match="nobody is commissioned"):
        call(desk, "assessor.record-report", desk.case(), {})


MINE = {
    "name": "青峦一号井",
    "holder": "青峦煤业有限公司",
    "mineral": "煤炭",
    "method": "underground",
    "scale": "large",
    "banner": "150627",
    "licenceNumber": "C1500002025011120000001",
}


@pytest.mark.parametrize(
    "second", [MINE, {**MINE, "name": "别名"}, {**MINE, "licenceNumber": ""}], ids=str
)
def test_a_mine_whose_application_is_under_way_does_not_apply_a_second_time(
    desk: Desk, second: Mapping[str, Any]
) -> None:
    first = desk.case()
    assert call(desk, "register.check-mine", first, MINE)["obstacle"] == ""
    assert call(desk, "register.check-mine", first, MINE)["obstacle"] == "", "its own one is none"
    told = call(desk, "register.check-mine", desk.case(), second)["obstacle"]
    with desk.tx() as tx:
        number = tx.get(cases, first).number
    assert number in told


def test_whoever_types_a_number_first_does_not_keep_its_owner_out(desk: Desk) -> None:
    first, owners = desk.case(), desk.case()
    with desk.tx() as tx:
        tx.update(cases, cases.c.id == owners, principal="enterprise:the-owner")
        number = tx.get(cases, first).number
    assert call(desk, "register.check-mine", first, MINE)["obstacle"] == ""
    told = call(desk, "register.check-mine", owners, {**MINE, "holder": "真正的采矿权人"})
    assert told["obstacle"] == ""
    (shown,) = told["differences"]
    assert (shown["fact"], number in shown["registered"]) == ("另一企业的同一矿山申报", True)
    assert "真正的采矿权人" in shown["applied"]
    (answered,) = call(desk, "register.check-mine", first, MINE)["differences"]
    assert answered["fact"] == shown["fact"], "whoever checks again sees it on either case"


def test_of_two_applications_at_the_same_moment_one_goes_on(desk: Desk) -> None:
    cases_of_both = [desk.case(), desk.case()]
    gate = Barrier(2)

    def check(case_id: UUID) -> str:
        gate.wait()
        return str(call(desk, "register.check-mine", case_id, MINE)["obstacle"])

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(check, cases_of_both))
    assert sorted(map(bool, told)) == [False, True]


def test_another_mine_and_one_whose_case_ended_may_apply(desk: Desk) -> None:
    first = desk.case()
    call(desk, "register.check-mine", first, MINE)
    other = {**MINE, "name": "青峦二号井", "licenceNumber": "C1500002025011120000002"}
    assert call(desk, "register.check-mine", desk.case(), other)["obstacle"] == ""
    with desk.tx() as tx:
        tx.update(cases, cases.c.id == first, status="terminated")
    assert call(desk, "register.check-mine", desk.case(), MINE)["obstacle"] == ""


def test_nobody_answers_a_commission_that_was_never_given(desk: Desk) -> None:
    with pytest.raises(NotFound, match="nobody is commissioned"):
        call(desk, "assessor.record-answer", desk.case(), {"accepted": True, "independent": True})


# ---------------------------------------------------------------- enterprises and contracts


def test_an_enterprise_is_found_by_its_credit_code(desk: Desk) -> None:
    row = desk.enterprise("青峦", "91150627MA0DEM0135")
    found = call(desk, "enterprise.find", desk.case(), {"creditCode": "91150627MA0DEM0135"})
    assert found == {"found": True, "principal": f"enterprise:{row}", "name": "青峦"}
    nobody = call(desk, "enterprise.find", desk.case(), {"creditCode": "91150725MA0DEM0218"})
    assert nobody == {"found": False, "principal": "", "name": ""}


@pytest.mark.rule("R-IM-10")
def test_a_signed_contract_is_recorded_for_its_holder(desk: Desk) -> None:
    case_id, holder = desk.case(), desk.enterprise("青峦", "91150627MA0DEM0135")
    given = {
        "number": "合〔2026〕1号",
        "year": 2026,
        "city": "150600",
        "holder": f"enterprise:{holder}",
        "mineName": "青峦煤矿",
        "isNewMine": "no",
        "completeBy": "2026-12-31",
        "signedOn": date(2026, 3, 2),
        "file": [desk.upload(case_id)],
    }
    made = call(desk, "contract.record", case_id, given)
    with desk.tx() as tx:
        (row,) = contracts_of(tx, holder)
    assert made == {"contract": str(row.id)}
    assert (row.year, row.is_new_mine, row.complete_by) == (2026, False, date(2026, 12, 31))


# ---------------------------------------------------------------- the list


def test_the_level_of_another_list_is_refused(desk: Desk) -> None:
    given = {
        "name": "青峦煤矿",
        "holder": "青峦",
        "mineral": "煤",
        "method": "underground",
        "scale": "large",
        "level": "national",
    }
    with pytest.raises(InputInvalid, match="level"):
        call(desk, "register.enter-list", desk.case(), given)


@pytest.mark.parametrize(("name", "value"), [("method", "挖"), ("scale", "巨型"), ("mineral", 7)])
def test_a_mine_told_in_unknown_words_is_refused_by_the_input(
    desk: Desk, name: str, value: Any
) -> None:
    given = {
        "name": "青峦煤矿",
        "holder": "青峦",
        "mineral": "煤",
        "method": "underground",
        "scale": "large",
        name: value,
    }
    with pytest.raises(InputInvalid, match=name) as refused:
        call(desk, "register.enter-list", desk.case(), given)
    assert refused.value.facts["input"] == name


# ---------------------------------------------------------------- inputs


def inputs(desk: Desk, given: Mapping[str, Any], **more: Any) -> Inputs:
    with desk.tx() as tx:
        return Inputs(desk.context(UUID(int=1), tx=tx, **more), given)


def test_a_reference_to_a_record_is_replaced_by_what_it_stands_for(desk: Desk) -> None:
    reference = {"$record": "…", "field": "body"}
    known = inputs(desk, {"body": reference}, resolve=lambda v: "长文" if v == reference else v)
    assert known.text("body") == "长文"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, []), ("a", ["a"]), (["a", ["b", " c "]], ["a", "b", "c"]), (["", None], [])],
)
def test_texts_are_gathered_from_nested_lists(desk: Desk, value: Any, expected: list[str]) -> None:
    assert inputs(desk, {"to": value}).texts("to") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), ("yes", True), ("no", False), (None, False)],
)
def test_yes_and_no_of_a_form_are_true_and_false(desk: Desk, value: Any, expected: bool) -> None:
    assert inputs(desk, {"flag": value}).flag("flag") is expected


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda i: i.text("x"), 7),
        (lambda i: i.text("x"), None),
        (lambda i: i.flag("x"), "vielleicht"),
        (lambda i: i.flag("x"), [1]),
        (lambda i: i.number("x"), "7"),
        (lambda i: i.day("x"), "gestern"),
        (lambda i: i.required_day("x"), None),
        (lambda i: i.texts("x"), 7),
        (lambda i: i.identity("x"), "x"),
        (lambda i: i.principal("x", "body"), "body:x"),
    ],
)
def test_an_input_of_the_wrong_kind_names_itself(desk: Desk, read: Any, value: Any) -> None:
    with pytest.raises(InputInvalid, match="the input x of 环节") as refused:
        read(inputs(desk, {"x": value}))
    assert refused.value.facts["input"] == "x"


def test_a_principal_of_another_kind_is_none(desk: Desk) -> None:
    assert inputs(desk, {"x": "person:y"}).principal("x", "enterprise") is None
