"""The forms and decisions of a draft: read and changed with it, published with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.cases.expressions import environment
from engine.decisions.read import read_decisions
from engine.errors import Invalid, LuchengError, NotFound
from engine.forms.context import FormContext
from engine.forms.model import Form
from engine.forms.read import read_form
from engine.store.database import Unit
from engine.tenancy.chain import Kind
from webapp.product import Product
from webapp.usecases.beside import Known, texts_beside, with_beside
from webapp.usecases.definitions import check_administrator, find_draft, published_files
from webapp.usecases.reachable import reachable_files
from webapp.usecases.redrawing import Opened, open_draft, save_changed
from webapp.usecases.zipping import named_in

PARTS = (Kind.FORM, Kind.DECISION)


@dataclass(frozen=True)
class Part:
    """A form or decision that a draft names; ``is_changed`` here, else as ``owner`` has it."""

    kind: str
    ref: str
    owner: str
    is_changed: bool


def list_parts(product: Product, actor: Actor, draft_id: UUID) -> list[Part]:
    """The forms and decisions the saved drawing names, each once; "" owns what is not there."""
    with _draft(product, actor, draft_id) as (_tx, draft, known):
        named = dict.fromkeys(one for one in named_in(draft.body) if one[0] in PARTS)
        changed = {(k, ref) for k in PARTS for ref in draft.beside.get(f"{k}s", {})}
    return [
        Part(
            kind, ref, known[kind, ref].slug if (kind, ref) in known else "", (kind, ref) in changed
        )
        for kind, ref in named
    ]


def read_part(
    product: Product, actor: Actor, draft_id: UUID, kind: Kind, ref: str
) -> tuple[Opened, str]:
    """The draft, and the text of a form or decision as the draft would publish it.

    A form that is named and not there yet is an empty one; NotFound for anything else.
    """
    with _draft(product, actor, draft_id) as (_tx, draft, known):
        found = known.get((kind, ref))
        is_named = (kind, ref) in set(named_in(draft.body))
    opened = open_draft(product, actor, draft_id)
    if found is not None:
        return opened, found.body.decode("utf-8", "replace")
    if not is_named or kind is not Kind.FORM:
        raise NotFound("没有这个文件", "there is no such file")
    return opened, json.dumps(_empty_form(ref), ensure_ascii=False, indent=2)


def save_part(
    product: Product, actor: Actor, draft_id: UUID, kind: Kind, ref: str, text: str, revision: int
) -> Opened:
    """The draft with this text of a form or decision, judged as a whole, one revision on.

    Refused or Invalid when it cannot be read or is of another name.
    """
    checked = texts_beside({f"{kind}s": {ref: text}})
    _check_name(kind, ref, text)

    def changed(draft: Any) -> tuple[bytes, dict[str, Any]]:
        own = {**draft.beside.get(f"{kind}s", {}), **checked[f"{kind}s"]}
        return draft.body, {**draft.beside, f"{kind}s": own}

    return save_changed(product, actor, draft_id, revision, changed)


@contextmanager
def preview_form(
    product: Product, actor: Actor, draft_id: UUID, text: str
) -> Iterator[tuple[Form, FormContext]]:
    """A form as it would be shown to whoever fills it in, without any data."""
    form = read_form(text.encode())
    with _draft(product, actor, draft_id) as (tx, _draft_row, known):
        office = product.world.offices.get(tx)

        def file(kind: str, ref: str) -> bytes:
            return known[kind, ref].body

        context = FormContext(
            env=environment(tx, office, product.clock.now(), office.parameter, lenient=True),
            services={"file": file, **product.world.form_services},
        )
        yield form, context


@contextmanager
def _draft(product: Product, actor: Actor, draft_id: UUID) -> Iterator[tuple[Unit, Any, Known]]:
    """The draft's row, and every file as the draft would have it."""
    check_administrator(actor)
    reachable = reachable_files(product, actor.tenant_id)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        draft = find_draft(tx, draft_id)
        owner = product.world.offices.get(tx).slug
        published = {**reachable, **published_files(tx, product.clock.now())}
        yield tx, draft, with_beside(published, owner, draft.procedure, draft.beside)


def _check_name(kind: Kind, ref: str, text: str) -> None:
    try:
        if kind is Kind.FORM:
            own = {json.loads(text).get("id")}
        else:
            own = set(read_decisions(text.encode()).decisions.decisions)
    except (ValueError, AttributeError, LuchengError):
        own = set()
    if ref not in own:
        raise Invalid(f"文件的编号须是 {ref}", f"the file must hold {ref}", code="part_name")


def _empty_form(ref: str) -> dict[str, Any]:
    return {
        "type": "default",
        "id": ref,
        "schemaVersion": 19,
        "executionPlatform": "Camunda Cloud",
        "executionPlatformVersion": "8.8.0",
        "components": [],
    }
