"""Documents of a case: which may be issued, issuing one, reading one.

A text of the tenant (or a Word file with merge fields) is filled in for one submission and set in a
child process; the file is kept as an attachment of the case, by digest, and noted in its history.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO
from uuid import UUID

from domain.documents.store import (
    Draft,
    begin_document,
    documents_of,
    finish_document,
    load_document,
)
from engine.actors import Actor
from engine.cases.command import OPEN, SUSPENDED, Command, lock_case
from engine.cases.expressions import HOST_FUNCTIONS
from engine.cases.records import records_of
from engine.cases.submissions import form_context
from engine.definitions.bundles import Bundle, bundle_file
from engine.definitions.documents import DOCUMENTS
from engine.documents.template import Template, evaluate, fill, read_template, written
from engine.documents.word import fields_of
from engine.errors import Forbidden, NotFound
from engine.feel import from_json
from engine.history import Act
from engine.office import Office, local_date
from engine.store.database import Unit
from engine.store.tables import attachments
from engine.tenancy.chain import Kind
from engine.tenancy.model import OUTSIDE
from engine.work_items.barring import listed
from engine.work_items.lists import note_reading, visible_case
from engine.work_items.sight import Sight, sight_of
from webapp.formkit.plain import plain_form
from webapp.product import Product
from webapp.rendering.pdf import merge_word, render_pdf
from webapp.usecases.names import people_names, principal_names
from webapp.usecases.noted import reading

MOST_TITLE = 200
MOST_BYTES = 50 * 1_048_576
MEDIA = {
    Kind.TEMPLATE: ("pdf", "application/pdf"),
    Kind.WORD: (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
}
LAYOUT_WORDS = {"letter": "通知书", "opinion": "意见书", "notice": "公示文书", "cover": "卷宗封面"}
_PLACE = re.compile(r"\{\{[^{}]*\}\}")
_PAGES = re.compile(rb"/Type\s*/Page(?![A-Za-z])")


@dataclass(frozen=True)
class Offer:
    """A document that may be issued now, upon a submission."""

    ref: str
    title: str
    step: str
    record_id: UUID


@dataclass(frozen=True)
class Issued:
    """A document that was issued."""

    id: UUID
    title: str
    number: str
    step: str
    who: str
    at: Any
    file_id: UUID
    digest: str
    pages: int | None
    ending: str


@dataclass(frozen=True)
class CaseDocuments:
    """What a person sees of the documents of a case."""

    issued: Sequence[Issued] = ()
    offers: Sequence[Offer] = ()


def case_documents(
    tx: Unit, actor: Actor, case: Any, bundle: Bundle, sight: Sight
) -> CaseDocuments:
    """The documents of a case for this person, and those he may issue."""
    rows = [row for row in documents_of(tx, case.id) if _is_seen(row, sight)]
    names = people_names(tx, {row.issued_by for row in rows})
    issued = [
        Issued(
            id=row.id,
            title=row.title,
            number=row.number,
            step=_step(bundle, row.element),
            who="" if sight.is_outside else names.get(row.issued_by, ""),
            at=row.issued_at,
            file_id=row.file_id,
            digest=row.digest,
            pages=row.pages,
            ending=MEDIA[Kind(row.kind)][0],
        )
        for row in rows
        if row.file_id is not None
    ]
    if not _may_issue(actor):
        return CaseDocuments(issued)
    done = {(row.template, row.record_id) for row in rows if row.file_id is not None}
    offers = [o for o in _offers(tx, case, bundle, sight) if (o.ref, o.record_id) not in done]
    return CaseDocuments(issued, offers)


def read_documents(product: Product, actor: Actor, case_id: UUID) -> CaseDocuments:
    """The documents of a case the person may see."""
    with reading(product, actor) as tx:
        case = visible_case(tx, actor, case_id)
        bundle = product.world.bundles.get(tx, case.bundle_id)
        note_reading(tx, actor, case_id, "documents", product.clock.now())
        return case_documents(tx, actor, case, bundle, sight_of(tx, actor, case, bundle))


def _is_seen(row: Any, sight: Sight) -> bool:
    if sight.is_outside:
        return bool(sight.is_applicant and row.for_applicant)
    return row.element not in sight.sealed


def _may_issue(actor: Actor) -> bool:
    return actor.may_act and actor.capacity not in OUTSIDE


def _offers(tx: Unit, case: Any, bundle: Bundle, sight: Sight) -> Iterator[Offer]:
    """The documents that steps name whose form was handed in; those of the case once it is over."""
    latest = {row.element: row for row in records_of(tx, case.id)}  # the last one of each stays
    for row in latest.values():
        node = bundle.node(row.element)
        if node is None or row.element in sight.sealed:
            continue
        for ref in listed(node.zeebe.properties.get(DOCUMENTS, "")):
            yield Offer(ref, _title(tx, bundle, ref), _step(bundle, row.element), row.id)
    if latest and not sight.sealed and case.status not in (OPEN, SUSPENDED):
        last = max(latest.values(), key=lambda row: (row.at, row.id))
        for ref in listed(bundle.process.zeebe.properties.get(DOCUMENTS, "")):
            if not _is_cover(tx, bundle, ref):
                yield Offer(ref, _title(tx, bundle, ref), "", last.id)


def _title(tx: Unit, bundle: Bundle, ref: str) -> str:
    """What a document is called before it is filled in."""
    kind, body = _file(tx, bundle, ref)
    template = read_template(body, HOST_FUNCTIONS)[0] if kind == Kind.TEMPLATE else None
    if template is None:
        return ref
    return _PLACE.sub("", template.title).strip() or LAYOUT_WORDS[template.layout]


def _is_cover(tx: Unit, bundle: Bundle, ref: str) -> bool:
    """Whether a document is the cover of the volume, which is made with it."""
    kind, body = _file(tx, bundle, ref)
    template = read_template(body, HOST_FUNCTIONS)[0] if kind == Kind.TEMPLATE else None
    return template is not None and template.layout == "cover"


def _step(bundle: Bundle, element: str) -> str:
    node = bundle.node(element) if element else None
    return "" if node is None else node.name


def _file(tx: Unit, bundle: Bundle, ref: str) -> tuple[Kind, bytes]:
    for entry in bundle.manifest:
        if entry["ref"] == ref and entry["kind"] in (Kind.TEMPLATE, Kind.WORD):
            kind = Kind(entry["kind"])
            return kind, bundle_file(tx, bundle.id, kind, ref)
    raise NotFound("发布包中没有此文书模板", f"the bundle holds no document {ref}")


def issue_document(
    product: Product, actor: Actor, case_id: UUID, ref: str, record_id: UUID
) -> UUID:
    """Issue a document upon a submission; doing it again gives the same document."""
    if not _may_issue(actor):
        raise Forbidden("您不能制作文书", "you may not issue documents")
    with product.db.tenant(actor.tenant_id) as tx:
        case = visible_case(tx, actor, case_id)
        bundle = product.world.bundles.get(tx, case.bundle_id)
        sight = sight_of(tx, actor, case, bundle)
        offer = next(
            (
                o
                for o in _offers(tx, case, bundle, sight)
                if (o.ref, o.record_id) == (ref, record_id)
            ),
            None,
        )
        if offer is None:
            raise NotFound("此文书现在不能制作", "this document cannot be issued now")
        command = Command(tx, product.world, case, actor, bundle)
        kind, body = _file(tx, bundle, ref)
        draft = _draft(tx, command, offer, kind, body)
        row = begin_document(tx, command.office, draft, actor.membership_id, command.now)
    if row.file_id is None:
        content = _rendered(row, body, command.office)
        _keep(product, actor, row, content)
    found: UUID = row.id
    return found


def _draft(tx: Unit, command: Command, offer: Offer, kind: Kind, body: bytes) -> Draft:
    """The document filled in for its submission."""
    record = next(row for row in records_of(tx, command.case.id) if row.id == offer.record_id)
    names, env = document_names(tx, command, record), replace(command.env, lenient=True)
    digest = next(
        e["digest"]
        for e in command.bundle.manifest
        if e["ref"] == offer.ref and e["kind"] == kind.value
    )
    template = read_template(body, HOST_FUNCTIONS)[0] if kind is Kind.TEMPLATE else None
    if template is None:
        fields = {name: written(evaluate(name, names, env)) for name in fields_of(body)}
        title, rule, shown = offer.title, "", False
        content: dict[str, Any] = {"fields": fields}
    else:
        content = {**fill(template, names, env), "layout": template.layout}
        content |= _beside(tx, command, record, template)
        title, rule, shown = content["title"], template.number, template.is_for_applicant
    return Draft(
        case_id=command.case.id,
        record_id=record.id,
        element=record.element if offer.step else "",
        template=offer.ref,
        template_digest=digest,
        kind=kind.value,
        title=title[:MOST_TITLE],
        number_rule=rule,
        for_applicant=shown,
        content=content,
    )


def document_names(tx: Unit, command: Command, record: Any) -> Mapping[str, Any]:
    """What placeholders see: the submission first, then the case's variables, then its facts."""
    known = {name: command.resolve(v) for name, v in command.scopes.view(()).items()}
    office, case = command.office, command.case
    holder = principal_names(tx, office, {case.principal})
    facts = {
        **command.facts,
        "applicant": holder.get(case.principal, ""),
        "outcome": case.outcome,
        "startedOn": local_date(office, case.started_at),
        "endedOn": local_date(office, case.ended_at) if case.ended_at else None,
    }
    return {
        **known,
        **{name: from_json(value) for name, value in (record.content or {}).items()},
        "case": facts,
        "office": {"name": office.name, "short": office.short},
        "step": _step(command.bundle, record.element),
    }


def _beside(tx: Unit, command: Command, record: Any, template: Template) -> dict[str, Any]:
    """What a layout shows beside the text: the form it rests upon, the facts of the case."""
    office, case = command.office, command.case
    names = principal_names(tx, office, {case.principal})
    found: dict[str, Any] = {
        "unit": office.name,
        "on": written(local_date(office, command.now)),
        "facts": [
            ["办件编号", case.number],
            ["办件名称", case.title],
            ["事项", command.bundle.title],
            ["申请人", names.get(case.principal, "")],
        ],
    }
    if template.layout == "opinion":
        by = people_names(tx, {record.by})
        found["form"] = printed_record(command, record)
        found["who"] = by.get(record.by, "")
    return found


def printed_record(command: Command, record: Any) -> list[dict[str, Any]]:
    """A submission as plain parts, to be printed."""
    form, node = command.bundle.forms.get(record.form), command.bundle.node(record.element)
    if form is None or node is None:
        return []
    return plain_form(form, record.content, form_context(command, node, ()))


def _rendered(row: Any, body: bytes, office: Office) -> bytes:
    if Kind(row.kind) is Kind.WORD:
        return merge_word(body, row.content["fields"])
    made = f"{office.name}　{row.template_digest[:12]}"
    return render_pdf(row.content["layout"], {**row.content, "number": row.number, "made": made})


def _keep(product: Product, actor: Actor, row: Any, content: bytes) -> None:
    """Store the file, name it on the document and note it in the history of an open case."""
    ending, media_type = MEDIA[Kind(row.kind)]
    stored = product.blobs.put(actor.tenant_id, io.BytesIO(content), MOST_BYTES)
    pages = len(_PAGES.findall(content)) if ending == "pdf" else None
    with product.db.tenant(actor.tenant_id) as tx:
        case, now = lock_case(tx, row.case_id), product.clock.now()
        file_id = tx.insert(
            attachments,
            case_id=case.id,
            name=file_name(row.number, row.title, ending),
            media_type=media_type,
            size=stored.size,
            digest=stored.digest,
            uploaded_by=actor.membership_id,
            uploaded_at=now,
        )
        is_first = finish_document(tx, row.id, file_id, stored.digest, pages)
        if is_first and case.status == OPEN:
            bundle = product.world.bundles.get(tx, case.bundle_id)
            command = Command(tx, product.world, case, actor, bundle)
            told = {"document": row.title, "number": row.number, "digest": stored.digest}
            said = {**told, "template": row.template_digest, "about": str(row.record_id)}
            command.note(Act("document.issued", row.element, None, said))
            command.keep()


def file_name(number: str, title: str, ending: str) -> str:
    """A name for the file of a document that every system can keep."""
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "", f"{title} {number}".strip())
    return f"{plain[:100]}.{ending}"


def open_document(product: Product, actor: Actor, document_id: UUID) -> tuple[str, BinaryIO]:
    """The file of a document for somebody who sees it; the reading is recorded."""
    with reading(product, actor) as tx:
        row = load_document(tx, document_id)
        case = visible_case(tx, actor, row.case_id)
        bundle = product.world.bundles.get(tx, case.bundle_id)
        if not _is_seen(row, sight_of(tx, actor, case, bundle)):
            raise NotFound("文书不存在", "there is no such document")
        note_reading(tx, actor, case.id, f"document:{row.title}"[:120], product.clock.now())
    name = file_name(row.number, row.title, MEDIA[Kind(row.kind)][0])
    return name, product.blobs.open(actor.tenant_id, row.digest)
