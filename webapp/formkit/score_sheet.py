"""The score sheet (评分表) as a form component: what a form says of it, and what is accepted.

The engine knows nothing of mines; this module plugs the sheet of ``domain.scoring`` into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from domain.scoring.catalogue import parse_catalogue
from domain.scoring.errors import Place
from domain.scoring.indicators import Catalogue, Item
from domain.scoring.sheet import Preview, preview
from engine.forms import wording
from engine.forms.component_type import ComponentType, Fault, Node, Role
from engine.forms.context import FormBroken, Scope
from engine.forms.model import Component, Json
from engine.forms.problems import Problem, Rejected
from engine.forms.types import common
from engine.forms.types.files import read_ids
from engine.forms.types.text import read_text
from engine.tenancy.chain import Kind

NAME = "scoreSheet"
MAX_ITEMS = 300
_TEXTS = ("reason", "record")
_FINDINGS = ("deductions", "additions")


def catalogue_of(node: Node) -> Catalogue:
    """The indicator catalogue the sheet is filled in against, out of the case's bundle."""
    name = node.attribute("catalogue")
    fetch = node.context.services.get("file")
    if not isinstance(name, str) or not name or fetch is None:
        raise FormBroken(
            f"评分表“{node.label}”没有评价指标",
            f"the score sheet {node.label} has no indicator catalogue",
            component=node.component.id,
        )
    return parse_catalogue(fetch(Kind.CATALOGUE, name), f"{name}.yaml")


def standing(node: Node, sheet: Mapping[str, Json]) -> Preview:
    """Where the sheet stands, with its attachments as proof and the tenant's pass line."""
    raw = node.attribute("line")
    line = common.number_limit(node, "line", raw)
    return preview(catalogue_of(node), proven(sheet), line=line)


def proven(sheet: Mapping[str, Json]) -> dict[str, Json]:
    """The sheet with ``proof`` where a row has evidence: no proof, no point."""
    items = sheet.get("items")
    if not isinstance(items, Mapping):
        return dict(sheet)
    marked = {
        name: {**row, "proof": bool(row.get("evidence"))}
        if isinstance(row, Mapping) and not row.get("not_applicable")
        else row
        for name, row in items.items()
    }
    return {**sheet, "items": marked}


def read_sheet_value(component: Component, raw: Json) -> dict[str, Json]:
    """The sheet as data of the right shape; what it says is judged by ``accept_sheet``."""
    if raw is None or raw == "":
        return {}
    items = raw.get("items", {}) if isinstance(raw, Mapping) else None
    if not isinstance(raw, Mapping) or not isinstance(items, Mapping) or len(items) > MAX_ITEMS:
        raise Rejected(wording.wrong_shape(component.name))
    rows: dict[str, Json] = {}
    faults: dict[str, list[Problem]] = {}
    for name, row in items.items():
        try:
            cleaned = _row(component, row)
        except Rejected as error:
            faults[f"items.{name}"] = list(error.problems)
        else:
            rows.update({str(name): cleaned} if cleaned else {})
    if faults:
        raise Rejected(at=faults)
    head = {name: value for name, value in raw.items() if name != "items" and value}
    return {**head, "items": rows} if head or rows else {}


def _row(component: Component, row: Json) -> dict[str, Json]:
    if not isinstance(row, Mapping):
        raise Rejected(wording.wrong_shape(component.name))
    cleaned = {name: value for name, value in row.items() if name != "proof"}
    for name in _TEXTS:
        if isinstance(cleaned.get(name), str):
            cleaned[name] = read_text(_LONG_TEXT, cleaned[name])
    if "evidence" in cleaned:
        cleaned["evidence"] = read_ids(component.name, cleaned["evidence"])
    if isinstance(cleaned.get("score"), float):
        cleaned["score"] = Decimal(repr(cleaned["score"]))
    return {name: value for name, value in cleaned.items() if not _is_blank(name, value)}


def _is_blank(name: str, value: Json) -> bool:
    """Whether a key says nothing; an empty list of findings says that there are none."""
    if value is None or value is False or value == "":
        return True
    return name not in _FINDINGS and value == []


_LONG_TEXT = Component(id="", type="textarea", label="检查记录")


def settle_sheet(component: Component, value: Json, scope: Scope) -> Json:
    """The sheet with the industry group and the mining method the form sets for it."""
    fixed = {name: scope.value(component.attributes.get(name)) for name in ("group", "variant")}
    known = {name: found for name, found in fixed.items() if found not in (None, "")}
    return {**value, **known} if value else value


def accept_sheet(node: Node, value: Json) -> Json:
    """The complete sheet, or every place where it is wrong or not filled in."""
    if not _is_begun(value):
        if node.component.required:
            raise Rejected(wording.required(node.label))
        return {}
    at: dict[str, list[Problem]] = {}
    for place, problem in _problems(node, value):
        at.setdefault(place, []).append(problem)
    if at:
        raise Rejected(at=at)
    return proven(value)


def _is_begun(value: Json) -> bool:
    return bool(value) and bool(value.get("items") or value.get("prerequisites"))


def _problems(node: Node, sheet: Mapping[str, Json]) -> Iterator[tuple[str, Problem]]:
    found = standing(node, sheet)
    items = {item.id: item for item in catalogue_of(node).items}
    for place in (*found.faults, *found.missing):
        yield place.field, _problem(place, items)
    if node.component.attributes.get("recordRequired"):
        for name in found.unrecorded:
            yield (
                f"items.{name}.record",
                Problem(
                    "missing_record",
                    f"请填写 {name} {items[name].name}的检查记录",
                    f"Enter the check record of {name}",
                ),
            )
    for name, row in sheet.get("items", {}).items():
        if any(node.context.attachment_facts(entry) is None for entry in row.get("evidence", ())):
            title = f"{name} {items[name].name}的证明材料" if name in items else name
            yield f"items.{name}.evidence", wording.no_such_file(title)


def _problem(place: Place, items: Mapping[str, Item]) -> Problem:
    """The sentence names the row, since it also stands in the summary of the page."""
    item = items.get(place.field.removeprefix("items.").partition(".")[0])
    if item is None or not place.field.startswith("items.") or item.name in place.zh:
        return Problem(place.code, place.zh, place.en)
    return Problem(place.code, f"{item.id} {item.name}：{place.zh}", f"{item.id}: {place.en}")


def check_sheet(component: Component) -> Iterator[Fault]:
    """A catalogue is named; group and method are texts, the line a number, or FEEL."""
    if not component.attributes.get("catalogue"):
        yield common.bad_attribute("catalogue", "应为评价指标的编号", "must name a catalogue")
    for name in ("catalogue", "group", "variant"):
        if not isinstance(component.attributes.get(name, ""), str):
            yield common.bad_attribute(name, "应为文字或表达式", "must be a text or an expression")
    line = component.attributes.get("line", Decimal(0))
    if not str(line).startswith("=") and common.as_number(line) is None:
        yield common.bad_attribute("line", "应为数字或表达式", "must be a number or an expression")
    yield from common.check_flags(component, "recordRequired")


def _context(_component: Component) -> str:
    return "context"


SCORE_SHEET = ComponentType(
    role=Role.INPUT,
    attributes=frozenset({"catalogue", "group", "variant", "line", "recordRequired"}),
    limits=common.REQUIRED,
    read=read_sheet_value,
    settle=settle_sheet,
    accept=accept_sheet,
    empty=dict,
    check=check_sheet,
    feel_type=_context,
    is_wide=True,
)
