"""Starting a procedure: what the person may start, and the form that is filled in before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.cases.expressions import environment
from engine.cases.lifecycle import person_start
from engine.cases.submissions import rights_of
from engine.definitions.bundles import bundle_file
from engine.errors import Forbidden
from engine.forms.context import FormContext
from engine.forms.model import AttachmentFacts, Form
from engine.store.database import Unit
from engine.store.tables import attachments
from webapp.product import Product


@dataclass(frozen=True)
class Startable:
    """A procedure the person may start; ``has_form`` when something is filled in before."""

    id: str
    title: str
    title_en: str
    has_form: bool


@dataclass(frozen=True)
class StartForm:
    """The form of a start event with what it is filled in against; its unit of work is open."""

    procedure: Mapping[str, Any]
    form: Form
    context: FormContext


def may_start(actor: Actor, procedure: Mapping[str, Any]) -> bool:
    """Whether the person may start a procedure."""
    return actor.may_act and any(actor.has_role(role) for role in procedure["starters"])


def startable(product: Product, actor: Actor) -> list[Startable]:
    """The procedures a person may start, in the order of the tenant's file.

    Those that only messages, signals or times begin are none of them.
    """
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
        offered = [p for p in office.facts["procedures"] if may_start(actor, p)]
        starts = [
            product.world.bundles.active(tx, p["id"], now).process.plain_start for p in offered
        ]
        return [
            Startable(p["id"], p["title"], p["title_en"], bool(start.zeebe.form_id))
            for p, start in zip(offered, starts, strict=True)
            if start is not None
        ]


@contextmanager
def open_start_form(product: Product, actor: Actor, procedure: str) -> Iterator[StartForm]:
    """The form that is filled in before a procedure starts; Forbidden for those who may not."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
        offered = office.procedure(procedure)
        if not may_start(actor, offered):
            raise Forbidden("您没有发起此事项的权限", "you may not start this procedure")
        now = product.clock.now()
        bundle = product.world.bundles.active(tx, procedure, now)
        start = person_start(bundle)
        context = FormContext(
            env=environment(tx, office, now, office.parameter, lenient=True),
            rights=rights_of(start),
            attachment_facts=lambda file_id: _facts(tx, actor, file_id),
            services={
                "file": lambda kind, ref: bundle_file(tx, bundle.id, kind, ref),
                **product.world.form_services,
            },
        )
        yield StartForm(offered, bundle.form(start.zeebe.form_id), context)


def _facts(tx: Unit, actor: Actor, file_id: str) -> AttachmentFacts | None:
    """What is known of an upload of this person that belongs to no case yet."""
    try:
        row = tx.get(attachments, UUID(file_id))
    except ValueError:
        return None
    if row is None or row.case_id is not None or row.uploaded_by != actor.membership_id:
        return None
    return AttachmentFacts(name=row.name, size=row.size, media_type=row.media_type)
