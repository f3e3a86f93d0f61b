"""Made-up answers to a form: what the form itself says is enough for, and nothing of any place."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine.actors import Actor
from engine.cases.command import open_case
from engine.cases.submissions import form_context
from engine.forms.initial import initial_values
from engine.office import local_date
from webapp.demo.samples import sample_files
from webapp.product import Product
from webapp.usecases.fields import fields_of
from webapp.usecases.files import store_upload

SENTENCE = "练习内容，仅供演练。"
LATER = timedelta(days=30)


def sample_answer(product: Product, actor: Actor, item: Any, number: int) -> dict[str, Any]:
    """Values for the form of an item as the person sees it; validation judges them like any."""
    with product.db.tenant(actor.tenant_id) as tx:
        command = open_case(tx, product.world, item.case_id, actor)
        token = command.machine.token(item.token_id)
        assert token is not None
        form = command.bundle.form(item.form)
        context = form_context(command, token.node, token.scopes)
        values = initial_values(form, context.variables, context.env)
        fields = fields_of(form, values, context)
        office = command.office
    today = local_date(office, product.clock.now())
    days = {"today": today.isoformat(), "later": (today + LATER).isoformat()}
    found: dict[str, Any] = {}
    for field in fields:
        if "." in field["field"] or not field["editable"]:
            continue
        shown = values.get(field["field"])
        if shown not in (None, "", []):
            continue  # what the form proposes is good enough
        value = _value(product, actor, field, days, number)
        if value is not None:
            found[field["field"]] = value
    return {**{k: v for k, v in values.items() if _is_own(k, fields, v)}, **found}


def _is_own(name: str, fields: list[dict[str, Any]], value: Any) -> bool:
    editable = {field["field"] for field in fields if field["editable"]}
    return name in editable and value not in (None, "", [])


def _value(
    product: Product, actor: Actor, field: Mapping[str, Any], days: Mapping[str, str], number: int
) -> Any:
    options = field["options"] or []
    match field["type"]:
        case "textfield":
            return f"练习{number + 1:02}"
        case "textarea":
            return SENTENCE
        case "number":
            return 1
        case "checkbox":
            return True
        case "radio" | "select":
            return options[0]["value"] if options else None
        case "checklist" | "taglist":
            return [option["value"] for option in options[:1]]
        case "datetime":
            return days["later" if number % 2 else "today"]
        case "filepicker":
            name, body = sample_files(f"练习-{number + 1:02}")["document"]
            return [str(store_upload(product, actor, name, io.BytesIO(body))["id"])]
    return None
