"""Attachments: taken in by content, kept byte for byte, given out as downloads only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from engine.actors import Actor
from engine.errors import Forbidden, Invalid, NotFound
from engine.store.tables import attachments
from engine.work_items.lists import note_reading, visible_case
from engine.work_items.sight import has_file, sight_of
from webapp.product import Product
from webapp.usecases.noted import reading

MEGABYTE = 1_048_576


@dataclass(frozen=True)
class FileKind:
    """A file type people may upload: its media type and how its bytes begin."""

    media_type: str
    starts: tuple[bytes, ...]
    offset: int = 0


KINDS: Mapping[str, FileKind] = {
    "pdf": FileKind("application/pdf", (b"%PDF-",)),
    "jpg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    "png": FileKind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "tif": FileKind("image/tiff", (b"II*\x00", b"MM\x00*")),
    "tiff": FileKind("image/tiff", (b"II*\x00", b"MM\x00*")),
    "docx": FileKind(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)
    ),
    "xlsx": FileKind(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)
    ),
    "doc": FileKind("application/msword", (b"\xd0\xcf\x11\xe0",)),
    "xls": FileKind("application/vnd.ms-excel", (b"\xd0\xcf\x11\xe0",)),
    "ofd": FileKind("application/ofd", (b"PK\x03\x04",)),
    "zip": FileKind("application/zip", (b"PK\x03\x04",)),
    "mp4": FileKind("video/mp4", (b"ftyp",), offset=4),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069/\\:*?\"<>|]")


def store_upload(
    product: Product, actor: Actor, name: str, stream: BinaryIO, limit_mb: int | None = None
) -> dict[str, object]:
    """Store a file and give its facts {id, name, size, media_type, digest}.

    Invalid names the reason: no name, a type that is not taken, content that is not of the
    type its name says. The bytes are on disk before the row exists.
    """
    if not actor.may_act:
        raise Forbidden("您没有上传的权限", "you may not upload")
    clean = clean_name(name)
    kind = KINDS.get(clean.rpartition(".")[2].lower())
    if kind is None:
        raise _refused(clean, "不接受这种文件类型", "files of this type are not taken")
    limit = (limit_mb or product.settings.upload_limit_mb) * MEGABYTE
    stored = product.blobs.put(
        actor.tenant_id, stream, limit, lambda head: _check_content(clean, kind, head)
    )
    facts: dict[str, object] = {
        "name": clean,
        "media_type": kind.media_type,
        "size": stored.size,
        "digest": stored.digest,
    }
    with product.db.tenant(actor.tenant_id) as tx:
        file_id = tx.insert(
            attachments,
            case_id=None,
            uploaded_by=actor.membership_id,
            uploaded_at=product.clock.now(),
            **facts,
        )
    return {"id": str(file_id), **facts}


def _check_content(name: str, kind: FileKind, head: bytes) -> None:
    """Raise unless a file begins as its type does."""
    if not head:
        raise _refused(name, "文件是空的", "the file is empty")
    if not head[kind.offset :].startswith(kind.starts):
        raise _refused(name, "文件内容与类型不符", "the content is not what the name says")


def clean_name(name: str) -> str:
    """The file's own name without folders, control and direction characters, at most 120 long."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = _CONTROL.sub("", plain).strip(" .")
    if not plain:
        raise Invalid("文件没有名称", "the file has no name", code="file_name")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:110]}{dot}{ending[:9]}" if dot else plain[:120]


def _refused(name: str, zh: str, en: str) -> Invalid:
    return Invalid(
        f"{name}：{zh}",
        f"{name}: {en}",
        code="file_refused",
        errors=[{"field": name, "message": zh}],
    )


def open_file(product: Product, actor: Actor, file_id: UUID) -> tuple[dict[str, object], BinaryIO]:
    """The facts and bytes of an attachment the person may see; NotFound otherwise."""
    with reading(product, actor) as tx:
        row = tx.get(attachments, file_id)
        if row is None:
            raise NotFound("附件不存在", "there is no such file")
        if row.case_id is None:
            if row.uploaded_by != actor.membership_id:
                raise NotFound("附件不存在", "there is no such file")
        else:
            case = visible_case(tx, actor, row.case_id)
            bundle = product.world.bundles.get(tx, case.bundle_id)
            if not has_file(tx, sight_of(tx, actor, case, bundle), row):
                raise NotFound("附件不存在", "there is no such file")
            note_reading(tx, actor, row.case_id, f"file:{row.name}"[:120], product.clock.now())
    facts = {"name": row.name, "media_type": row.media_type, "size": row.size}
    return facts, product.blobs.open(actor.tenant_id, row.digest)


def size_words(size: int) -> str:
    """A file size as people say it."""
    if size < MEGABYTE:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / MEGABYTE:.1f} MB"
