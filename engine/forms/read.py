"""Reads a form-js schema: a form, and everything that is wrong with it, component by component."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from engine.canonical import digest
from engine.errors import Refused
from engine.forms.check import check_form
from engine.forms.component_type import ComponentType, Fault, Role
from engine.forms.model import (
    MAX_BYTES,
    MAX_COMPONENTS,
    MAX_DEPTH,
    SCHEMA_VERSIONS,
    Component,
    Form,
    FormFinding,
    Json,
)
from engine.forms.registry import component_types
from engine.forms.shape import check_place, check_shape, unknown_type

_HEAD = frozenset(
    {
        "type",
        "id",
        "components",
        "schemaVersion",
        "executionPlatform",
        "executionPlatformVersion",
        "exporter",
        "versionTag",
        "properties",
    }
)


class FormRefused(Refused):
    """A form file cannot be used; ``facts['findings']`` says what and where."""

    code = "form_refused"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a file: a form unless an error stands among the findings."""

    form: Form | None
    findings: tuple[FormFinding, ...]


def inspect_form(body: bytes, functions: frozenset[str] = frozenset()) -> Reading:
    """The form and all findings; ``functions`` are the host functions its FEEL may call."""
    form, findings = _read(body)
    if form is not None:
        findings = [*findings, *check_form(form, functions)]
    failed = any(finding.severity == "error" for finding in findings)
    return Reading(None if failed else form, tuple(findings))


@lru_cache(maxsize=256)
def read_form(body: bytes) -> Form:
    """The form of a published file, whose expressions were checked when it was published."""
    form, findings = _read(body)
    errors = [finding for finding in findings if finding.severity == "error"]
    if form is None or errors:
        raise FormRefused(
            f"表单不能使用：{errors[0].zh}",
            f"the form cannot be used: {errors[0].en}",
            findings=[finding.as_json() for finding in findings],
        )
    return form


def _read(body: bytes) -> tuple[Form | None, list[FormFinding]]:
    try:
        document = _parse(body)
    except _Unreadable as error:
        return None, [FormFinding("", "", error.code, error.zh, error.en)]
    reader = _Reader()
    form = reader.form(document, digest(body))
    return form, reader.findings


class _Unreadable(Exception):
    """The file is no form at all."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


def _parse(body: bytes) -> Mapping[str, Json]:
    if len(body) > MAX_BYTES:
        raise _Unreadable(
            "too_large",
            f"表单文件超过 {MAX_BYTES // 1024} KB",
            f"the file is larger than {MAX_BYTES // 1024} KB",
        )
    try:
        document = json.loads(
            body.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise _Unreadable(
            "not_json", f"文件不是有效的 JSON（{error}）", f"the file is not valid JSON ({error})"
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("components"), list):
        raise _Unreadable(
            "not_a_form",
            "文件不是 form-js 表单：缺少 components",
            "the file is not a form-js form: it has no components",
        )
    return document


def _refuse_constant(text: str) -> Json:
    raise ValueError(f"{text} is not JSON")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name!r} stands twice in one object")
        found[name] = value
    return found


@dataclass
class _Reader:
    """Collects findings while components are read."""

    findings: list[FormFinding] = field(default_factory=list)
    count: int = 0

    def form(self, document: Mapping[str, Json], fingerprint: str) -> Form:
        form_id = document.get("id")
        if not isinstance(form_id, str) or not form_id:
            self._of_form("missing_id", "表单没有 id", "the form has no id")
        if document.get("type", "default") != "default":
            self._of_form("not_a_form", "表单类型应为 default", "the type must be default")
        version = document.get("schemaVersion", 1)
        if not isinstance(version, int) or version not in SCHEMA_VERSIONS:
            newest = SCHEMA_VERSIONS[-1]
            self._of_form(
                "bad_schema_version",
                f"不支持表单版本 {version}，最高为 {newest}",
                f"schema version {version} is not supported, the newest is {newest}",
            )
            version = SCHEMA_VERSIONS[-1]
        for name in sorted(set(document) - _HEAD):
            self._of_form(
                "unknown_attribute", f"不支持表单属性 {name}", f"unknown form attribute {name}"
            )
        head = {n: v for n, v in document.items() if n not in ("components", "id", "schemaVersion")}
        return Form(
            id=form_id if isinstance(form_id, str) else "",
            schema_version=version,
            components=self._components(document["components"], "", "", 1),
            digest=fingerprint,
            properties=MappingProxyType(head),
        )

    def _of_form(self, code: str, zh: str, en: str) -> None:
        self.findings.append(FormFinding("", "", code, zh, en))

    def _components(self, raw: Json, address: str, slot: str, depth: int) -> tuple[Component, ...]:
        if depth > MAX_DEPTH:
            self._of_form(
                "too_deep",
                f"组件嵌套超过 {MAX_DEPTH} 层",
                f"components are nested deeper than {MAX_DEPTH}",
            )
            return ()
        if not isinstance(raw, list):
            self._of_form("not_a_form", "components 应为列表", "components must be a list")
            return ()
        found = (self._component(entry, address, slot, depth) for entry in raw)
        return tuple(component for component in found if component is not None)

    def _component(self, raw: Json, address: str, slot: str, depth: int) -> Component | None:
        self.count += 1
        if self.count > MAX_COMPONENTS:
            if self.count == MAX_COMPONENTS + 1:
                self._of_form(
                    "too_many_components",
                    f"组件超过 {MAX_COMPONENTS} 个",
                    f"there are more than {MAX_COMPONENTS} components",
                )
            return None
        if not isinstance(raw, dict):
            self._of_form("not_a_form", "组件应为对象", "a component must be an object")
            return None
        name = str(raw.get("id") or f"component-{self.count}")
        place = _Place(name, raw, address, slot)
        kind = component_types().get(str(raw.get("type")))
        if kind is None:
            self._add(place, [unknown_type(raw.get("type"))])
            return None
        self._add(place, check_shape(raw, kind))
        component = place.component(kind)
        self._add(place, check_place(component, raw, kind))
        if kind.role not in (Role.GROUP, Role.LIST):
            return component
        inner = "" if kind.role is Role.LIST else component.slot
        children = self._components(raw.get("components", []), component.address, inner, depth + 1)
        return place.component(kind, children)

    def _add(self, place: _Place, faults: Iterator[Fault] | list[Fault]) -> None:
        label = place.raw.get("label")
        for fault in faults:
            self.findings.append(
                FormFinding(
                    place.id,
                    label if isinstance(label, str) else "",
                    fault.code,
                    fault.zh,
                    fault.en,
                    fault.severity,
                )
            )


@dataclass(frozen=True)
class _Place:
    """A component's JSON and where it stands."""

    id: str
    raw: Mapping[str, Json]
    address: str
    slot: str

    def component(self, kind: ComponentType, children: tuple[Component, ...] = ()) -> Component:
        own = self._text("key") if kind.holds_value else self._text("path")
        conditional, layout = self._mapping("conditional"), self._mapping("layout")
        hide, row, columns = conditional.get("hide"), layout.get("row"), layout.get("columns")
        limits = self._mapping("validate")
        return Component(
            id=self.id,
            type=str(self.raw["type"]),
            address=".".join(part for part in (self.address, own) if part),
            slot=".".join(part for part in (self.slot, own) if part),
            key=self._text("key"),
            path=self._text("path"),
            label=self._text("label"),
            description=self._text("description"),
            required=limits.get("required") is True,
            hide=hide if isinstance(hide, str) else "",
            read_only=self._flag("readonly"),
            disabled=self._flag("disabled"),
            row=row if isinstance(row, str) else "",
            columns=columns if isinstance(columns, int) else None,
            attributes=MappingProxyType(
                {n: v for n, v in self.raw.items() if n in kind.attributes}
            ),
            limits=limits,
            properties=MappingProxyType(
                {n: v for n, v in self._mapping("properties").items() if isinstance(v, str)}
            ),
            children=children,
        )

    def _text(self, name: str) -> str:
        value = self.raw.get(name)
        return value if isinstance(value, str) else ""

    def _flag(self, name: str) -> bool | str:
        value = self.raw.get(name)
        return value if isinstance(value, bool | str) else False

    def _mapping(self, name: str) -> Mapping[str, Any]:
        value = self.raw.get(name)
        return MappingProxyType(value if isinstance(value, dict) else {})
