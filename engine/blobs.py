"""Attachments on disk: content-addressed within the tenant, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO
from uuid import UUID

from engine.errors import NotFound, TooLarge, Unavailable

CHUNK = 1 << 16
PART = ".part-"
Keep = Callable[[str], bool]
"""Whether something speaks of the file with a digest."""


@dataclass(frozen=True)
class Stored:
    """A stored file: its SHA-256, its size and its first bytes."""

    digest: str
    size: int
    head: bytes


class LocalBlobs:
    """Files in one folder a tenant, named by their digest."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(
        self,
        tenant_id: UUID,
        stream: BinaryIO,
        limit: int,
        check: Callable[[bytes], None] | None = None,
    ) -> Stored:
        """Store a stream; TooLarge above ``limit`` bytes, Unavailable when the disk is full.

        The file is complete and flushed under its name before any row speaks of it. ``check``
        gets the first bytes and may raise before anything is kept.
        """
        folder = self._root / str(tenant_id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=PART, delete=False) as part:
                try:
                    stored = _copy(stream, part, limit, check)
                    target = self._path(tenant_id, stored.digest)
                    target.parent.mkdir(exist_ok=True)
                    os.replace(part.name, target)
                except BaseException:
                    Path(part.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            raise Unavailable("存储空间不可用", "the store cannot take the file") from error
        return stored

    def open(self, tenant_id: UUID, digest: str) -> BinaryIO:
        """The stored file; NotFound when it is missing."""
        path = self._path(tenant_id, digest)
        if not path.is_file():
            raise NotFound("附件文件不存在", "the file is missing", digest=digest)
        return path.open("rb")

    def digests(self, tenant_id: UUID) -> Iterator[str]:
        """The digests of all stored files of a tenant."""
        folder = self._root / str(tenant_id)
        for path in sorted(folder.glob("??/*")):
            if not path.name.startswith("."):
                yield path.name

    def discard(self, tenant_id: UUID, digest: str, before: datetime, keep: Keep) -> bool:
        """Remove a file that nothing speaks of and that was stored before a moment.

        It is set aside first and asked for again then: somebody may store the same bytes just now.
        """
        path = self._path(tenant_id, digest)
        aside = path.with_name(f".aside-{digest}")
        try:
            os.replace(path, aside)
            if aside.stat().st_mtime < before.timestamp() and not keep(digest):
                aside.unlink()
                return True
            os.replace(aside, path)
        except FileNotFoundError:
            pass
        return False

    def discard_parts(self, tenant_id: UUID, before: datetime) -> int:
        """Remove what writers that died left half-written before a moment; returns how many."""
        count = 0
        for part in (self._root / str(tenant_id)).glob(f"{PART}*"):
            with suppress(FileNotFoundError):
                if part.stat().st_mtime < before.timestamp():
                    part.unlink()
                    count += 1
        return count

    def _path(self, tenant_id: UUID, digest: str) -> Path:
        return self._root / str(tenant_id) / digest[:2] / digest


def _copy(
    stream: BinaryIO, part: IO[bytes], limit: int, check: Callable[[bytes], None] | None
) -> Stored:
    sha, size, head = hashlib.sha256(), 0, b""
    chunk = stream.read(CHUNK)
    if check is not None:
        check(chunk)
    while chunk:
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                f"文件超过 {limit // 1_048_576} MB", f"the file exceeds {limit} bytes", limit=limit
            )
        if len(head) < CHUNK:
            head += chunk[: CHUNK - len(head)]
        sha.update(chunk)
        part.write(chunk)
        chunk = stream.read(CHUNK)
    part.flush()
    os.fsync(part.fileno())
    return Stored(sha.hexdigest(), size, head)
