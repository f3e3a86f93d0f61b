"""The volume of a case (卷宗): one ZIP of everything, with its index and digests, for people.

What programs verify, the signed case file, lies in it as it is exported by itself.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from domain.documents.store import documents_of
from engine.actors import Actor
from engine.cases.command import Command
from engine.cases.expressions import HOST_FUNCTIONS
from engine.cases.records import records_of
from engine.definitions.bundles import bundle_file
from engine.documents.template import fill, read_template
from engine.errors import NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import attachments
from engine.tenancy.chain import Kind
from webapp.product import Product
from webapp.rendering.pdf import render_pdf
from webapp.usecases.documents import document_names, printed_record
from webapp.usecases.endorsement_sheet import Address, endorsement_sheet
from webapp.usecases.files import clean_name, size_words
from webapp.usecases.outside_proof import export_case
from webapp.usecases.reading import CaseView, open_view

IN_MEMORY = 8 * 1_048_576
CHUNK = 1_048_576
COVER = "cover"
FOLDER = {"document": "文书", "attachment": "附件"}
Say = Callable[[Mapping[str, Any]], str]
"""An entry of the timeline in words."""


@dataclass(frozen=True)
class Part:
    """One file of the volume: where it lies, and the bytes or the digest of a kept file."""

    name: str
    digest: str
    size: int
    content: bytes = b""
    is_kept: bool = False


@dataclass
class Gathered:
    """What the unit of work has read; rendered after it."""

    number: str
    given: dict[str, Any] = field(default_factory=dict)
    kept: list[Part] = field(default_factory=list)
    is_signed: bool = False


def export_volume(
    product: Product, actor: Actor, case_id: UUID, say: Say, address: Address
) -> tuple[str, IO[bytes]]:
    """The volume of a case for somebody who sees all of it, by the rules of the signed file.

    Gives a name for the file and a temporary file that is at its beginning.
    """
    signed_name, signed = export_case(product, actor, case_id)
    with signed, open_view(product, actor, case_id, "volume") as view:
        gathered = _gather(product, view, say)
        content = signed.read()
    parts = [*gathered.kept, _part(f"签名档案/{signed_name}", content)]
    if gathered.is_signed:
        name, sheet = endorsement_sheet(product, actor, case_id, address)
        parts.append(_part(name, sheet))
    gathered.given["files"] = [
        {"name": one.name, "size": size_words(one.size), "digest": one.digest} for one in parts
    ]
    volume = _part("卷宗.pdf", render_pdf("volume", gathered.given))
    return f"{gathered.number}-卷宗.zip", _packed(product, actor.tenant_id, [volume, *parts])


def _part(name: str, content: bytes) -> Part:
    return Part(name, hashlib.sha256(content).hexdigest(), len(content), content)


def _gather(product: Product, view: CaseView, say: Say) -> Gathered:
    command, case = view.command, view.case
    assert command is not None
    tx = command.tx
    rows = {row.id: row for row in records_of(tx, case.id)}
    found = Gathered(case.number, is_signed=bool(view.endorsements))
    found.kept = list(_kept_files(tx, case.id))
    found.given = {
        "unit": view.office.name,
        "made": f"{view.office.name}　{case.number}",
        "facts": _facts(view),
        "records": [_record(view, command, one, rows[one.id]) for one in view.records],
        "course": [
            {"at": _moment(view, e["moment"]), "what": say(e), "who": e["who"] or ""}
            for e in reversed(view.timeline)
            if e["moment"] is not None
        ],
        **_cover(tx, command, rows),
    }
    return found


def _facts(view: CaseView) -> list[list[str]]:
    case = view.case
    return [
        ["办件编号", case.number],
        ["办件名称", case.title],
        ["事项", view.bundle.title],
        ["申请人", view.applicant],
        ["提交日期", _moment(view, case.started_at)[:10]],
        ["办结日期", _moment(view, case.ended_at)[:10]],
        ["办理结果", case.outcome or case.stage],
        ["材料份数", str(len(view.records))],
        ["流程版本", f"第 {view.bundle.version} 版"],
        ["历史末端", f"第 {case.history_seq} 条 {case.history_head[:16]}"],
    ]


def _record(view: CaseView, command: Command, one: Any, row: Any) -> dict[str, Any]:
    return {
        "title": one.title,
        "who": one.who,
        "at": _moment(view, one.at),
        "digest": row.digest,
        "superseded": one.is_superseded,
        "form": printed_record(command, row),
    }


def _cover(tx: Unit, command: Command, rows: Mapping[UUID, Any]) -> dict[str, Any]:
    """Title and words of the cover by the tenant's text, if the procedure names one."""
    plain = {"title": "办件卷宗", "paragraphs": []}
    last = max(rows.values(), key=lambda row: (row.at, row.id), default=None)
    if last is None:
        return plain
    for entry in command.bundle.manifest:
        if entry["kind"] == Kind.TEMPLATE:
            body = bundle_file(tx, command.bundle.id, Kind.TEMPLATE, entry["ref"])
            template = read_template(body, HOST_FUNCTIONS)[0]
            if template is not None and template.layout == COVER:
                names = document_names(tx, command, last)
                filled = fill(template, names, replace(command.env, lenient=True))
                return {"title": filled["title"], "paragraphs": filled["paragraphs"]}
    return plain


def _kept_files(tx: Unit, case_id: UUID) -> Iterator[Part]:
    """The documents and attachments of the case, numbered so that no two names are alike."""
    issued = {row.file_id for row in documents_of(tx, case_id)}
    statement = attachments.select().where(
        attachments.c.tenant_id == TENANT, attachments.c.case_id == case_id
    )
    counts = dict.fromkeys(FOLDER, 0)
    for row in tx.all(statement.order_by(attachments.c.uploaded_at, attachments.c.id)):
        kind = "document" if row.id in issued else "attachment"
        counts[kind] += 1
        name = f"{FOLDER[kind]}/{counts[kind]:03}-{clean_name(row.name)}"
        yield Part(name, row.digest, row.size, is_kept=True)


def _moment(view: CaseView, at: datetime | None) -> str:
    if at is None:
        return ""
    return at.astimezone(view.office.calendar.zone).strftime("%Y-%m-%d %H:%M")


def _packed(product: Product, tenant_id: UUID, parts: list[Part]) -> IO[bytes]:
    """The archive; every file is read once and must have the digest the index gives."""
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller ends it
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for part in parts:
            with archive.open(_entry(part.name), "w", force_zip64=True) as target:
                sha = hashlib.sha256()
                for chunk in _chunks(product, tenant_id, part):
                    sha.update(chunk)
                    target.write(chunk)
            if sha.hexdigest() != part.digest:
                raise NotFound(f"附件 {part.name} 已损坏", f"the file {part.name} is damaged")
        index = [{"name": p.name, "size": p.size, "sha256": p.digest} for p in parts]
        text = json.dumps({"files": index}, ensure_ascii=False, indent=2)
        archive.writestr(_entry("目录.json"), text + "\n")
        sums = "".join(f"{p.digest}  {p.name}\n" for p in parts)
        archive.writestr(_entry("SHA256SUMS"), sums)
    stream.seek(0)
    return stream


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def _chunks(product: Product, tenant_id: UUID, part: Part) -> Iterator[bytes]:
    if not part.is_kept:
        yield part.content
        return
    with product.blobs.open(tenant_id, part.digest) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk
