"""Forms and contexts for tests: defaults make valid ones, a test names only what matters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from engine.feel import Environment
from engine.forms.context import FormContext
from engine.forms.model import AttachmentFacts, Form, FormFinding, Right
from engine.forms.read import inspect_form, read_form
from engine.forms.validation import Validated, validate

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=8)))
TODAY = "2026-03-02"

FILES = {
    "pdf-1": AttachmentFacts("报告.pdf", 2_000, "application/pdf"),
    "pdf-2": AttachmentFacts("附图.PDF", 3_000_000, "application/pdf"),
    "jpg-1": AttachmentFacts("现场.jpg", 9_000, "image/jpeg"),
    "exe-1": AttachmentFacts("setup.exe", 9_000, "application/octet-stream"),
}

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "radio": {"values": [{"label": "是", "value": "yes"}, {"label": "否", "value": "no"}]},
    "select": {"values": [{"label": "露天", "value": "open"}, {"label": "地下", "value": "deep"}]},
    "checklist": {"values": [{"label": "甲", "value": "a"}, {"label": "乙", "value": "b"}]},
    "taglist": {"values": [{"label": "甲", "value": "a"}, {"label": "乙", "value": "b"}]},
    "expression": {"expression": "=1 + 1"},
}


def field(kind: str, key: str = "x", **attributes: Any) -> dict[str, Any]:
    """A component that holds a value."""
    own: dict[str, Any] = {"type": kind, "id": f"id-{key}", "key": key, "label": f"字段{key}"}
    if kind == "expression":
        del own["label"]
    defaults = dict(_DEFAULTS.get(kind, {}))
    if {"valuesKey", "valuesExpression"} & set(attributes):
        defaults.pop("values", None)
    return {**own, **defaults, **attributes}


def group(*components: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
    """A group of components."""
    name = attributes.get("path", "plain")
    own = {"type": "group", "id": f"group-{name}", "label": "组", "components": list(components)}
    return {**own, **attributes}


def rows(*components: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
    """A dynamic list at ``rows``."""
    own = {"type": "dynamiclist", "id": "list-rows", "path": "rows", "label": "清单"}
    return {**own, "components": list(components), **attributes}


def body(*components: Mapping[str, Any], **head: Any) -> bytes:
    """The file of a form."""
    document = {"type": "default", "id": "sample", "schemaVersion": 19}
    return json.dumps({**document, "components": list(components), **head}).encode()


def form(*components: Mapping[str, Any]) -> Form:
    """A form read from its file."""
    return read_form(body(*components))


def findings(*components: Mapping[str, Any], **head: Any) -> tuple[FormFinding, ...]:
    """Everything wrong with a form."""
    return inspect_form(body(*components, **head)).findings


def codes(*components: Mapping[str, Any], **head: Any) -> set[str]:
    """The codes of the errors of a form."""
    found = findings(*components, **head)
    return {finding.code for finding in found if finding.severity == "error"}


def context(
    variables: Mapping[str, Any] | None = None,
    rights: Mapping[str, Right] | None = None,
    now: datetime = NOW,
) -> FormContext:
    """A step on Monday morning; functions of the host are ``parameter`` and ``unit children``."""

    def parameter(name: str) -> Decimal:
        return {"limit.least": Decimal(3), "limit.most": Decimal(9)}[name]

    return FormContext(
        env=Environment(functions={"parameter": parameter}, now=now),
        variables=variables or {},
        rights=rights or {},
        attachment_facts=FILES.get,
    )


def check(
    components: Sequence[Mapping[str, Any]] | Mapping[str, Any],
    submitted: Mapping[str, Any],
    variables: Mapping[str, Any] | None = None,
    rights: Mapping[str, Right] | None = None,
) -> Validated:
    """A submission checked."""
    parts = [components] if isinstance(components, Mapping) else components
    return validate(form(*parts), submitted, context(variables, rights))


def errors(result: Validated) -> dict[str, str]:
    """The codes of the errors by field."""
    return {error.field: error.code for error in result.errors}
