"""One file that holds many parts and knows when it is damaged.

A plain tar, so that any tool can open it in an emergency; its last member, ``manifest.json``, has
size and SHA-256 of every part; after the end of the tar a line gives the SHA-256 of all before it.
Attachments are named by their digest, so the manifest counts them only. Parts are written and read
one after the other: nothing is ever wholly in memory.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from engine.errors import Conflict, Refused

FORMAT = 1
MANIFEST = "manifest.json"
ATTACHMENTS = "attachments/"
SEAL = b"\nlucheng-archive-sha256 %s\n"
SEAL_LENGTH = len(SEAL % (b"0" * 64))
CHUNK = 1 << 20
LARGEST_MANIFEST = 16 * CHUNK


class ArchiveDamaged(Refused):
    """Bytes of the file are not those that were written; ``facts['parts']`` names where."""

    code = "archive_damaged"


class ArchiveUnfit(Refused):
    """The file is whole, but not for this: another kind, or of a newer program."""

    code = "archive_unfit"


class TargetExists(Conflict):
    """Something is there already and is never overwritten."""

    code = "target_exists"


@dataclass
class Manifest:
    """What an archive says about itself."""

    kind: str
    facts: dict[str, Any] = field(default_factory=dict)
    parts: list[dict[str, Any]] = field(default_factory=list)
    attachments: int = 0
    attachment_bytes: int = 0
    attachment_names: str = ""

    def as_json(self) -> bytes:
        """The manifest as it is written."""
        return json.dumps({"format": FORMAT, **vars(self)}, ensure_ascii=False, indent=1).encode()


class _Hashing:
    """A file whose bytes are hashed on their way."""

    def __init__(self, file: IO[bytes], limit: int | None = None) -> None:
        self._file, self._left, self.sha = file, limit, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha.update(data)
        return self._file.write(data)

    def read(self, size: int = -1) -> bytes:
        if self._left is not None:
            size = self._left if size < 0 else min(size, self._left)
        data = self._file.read(size)
        if self._left is not None:
            self._left -= len(data)
        self.sha.update(data)
        return data


class ArchiveWriter:
    """Writes an archive; it appears under its name only when it is complete and on disk."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest, folder: Path) -> None:
        self._tar, self.manifest, self._folder = tar, manifest, folder
        self._names = hashlib.sha256()

    @contextmanager
    def part(self, name: str) -> Iterator[BinaryIO]:
        """A file to write a part of unknown size to; it is added, compressed, when closed."""
        with tempfile.TemporaryFile(dir=self._folder) as scratch:
            # no time in it: the same content gives the same bytes
            with gzip.GzipFile(fileobj=scratch, mode="wb", mtime=0, compresslevel=6) as packed:
                yield cast(BinaryIO, packed)
            size = scratch.tell()
            scratch.seek(0)
            digest = self._add(f"{name}.gz", scratch, size)
        self.manifest.parts.append({"name": f"{name}.gz", "size": size, "sha256": digest})

    def attachment(self, name: str, source: IO[bytes], size: int) -> bool:
        """Add an attachment under ``<owner>/<digest>``; False when its bytes are not its name's."""
        digest = self._add(f"{ATTACHMENTS}{name}", source, size)
        self.manifest.attachments += 1
        self.manifest.attachment_bytes += size
        self._names.update(name.encode() + b"\n")
        is_whole = digest == name.rpartition("/")[2]
        if not is_whole:
            self.manifest.facts.setdefault("damaged_at_source", []).append(name)
        return is_whole

    def close(self) -> None:
        """Write the manifest; nothing can be added any more."""
        self.manifest.attachment_names = self._names.hexdigest()
        body = self.manifest.as_json()
        with tempfile.TemporaryFile(dir=self._folder) as scratch:
            scratch.write(body)
            scratch.seek(0)
            self._add(MANIFEST, scratch, len(body))

    def _add(self, name: str, source: IO[bytes], size: int) -> str:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        hashing = _Hashing(source, size)
        self._tar.addfile(member, cast(IO[bytes], hashing))
        return hashing.sha.hexdigest()


@contextmanager
def write_archive(path: Path, kind: str, facts: Mapping[str, Any]) -> Iterator[ArchiveWriter]:
    """Write an archive to a path where nothing is yet; TargetExists otherwise."""
    if path.exists():
        raise TargetExists(f"{path} 已存在，不会覆盖", f"{path} exists and is not overwritten")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            hashing = _Hashing(file)
            with tarfile.open(fileobj=cast(IO[bytes], hashing), mode="w|") as tar:
                writer = ArchiveWriter(tar, Manifest(kind, dict(facts)), path.parent)
                yield writer
                writer.close()
            file.write(SEAL % hashing.sha.hexdigest().encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


Take = Callable[[str, IO[bytes]], None]


def check_archive(path: Path, kind: str) -> Manifest:
    """The manifest of a whole archive; ArchiveDamaged, or ArchiveUnfit for another kind."""
    return read_archive(path, kind, lambda _name, _content: None)


def read_archive(path: Path, kind: str, take: Take) -> Manifest:
    """Hand every part, unpacked, to ``take`` in order, then judge the whole file.

    What was taken is to be believed only once this returns: the seal stands at the end.
    """
    found: dict[str, dict[str, Any]] = {}
    names, counts, damaged = hashlib.sha256(), [0, 0], []
    body = b""
    with _reading(path) as (file, seal):
        with tarfile.open(fileobj=cast(IO[bytes], file), mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise _damaged(path, [member.name])
                if member.name == MANIFEST:
                    body = content.read(LARGEST_MANIFEST)
                    continue
                digest = _take(take, member.name, content)
                if member.name.startswith(ATTACHMENTS):
                    own = member.name.removeprefix(ATTACHMENTS)
                    names.update(own.encode() + b"\n")
                    counts = [counts[0] + 1, counts[1] + member.size]
                    if digest != own.rpartition("/")[2]:
                        damaged.append(own)
                else:
                    found[member.name] = {"size": member.size, "sha256": digest}
        while file.read(CHUNK):
            pass
        is_sealed = seal == SEAL % file.sha.hexdigest().encode()
    manifest = _manifest(path, body)
    kept = manifest.facts.get("damaged_at_source", [])
    wrong = [name for name in damaged if name not in kept]
    wrong += [p["name"] for p in manifest.parts if found.get(p["name"]) != _without_name(p)]
    told = (manifest.attachments, manifest.attachment_bytes, manifest.attachment_names)
    if wrong or not is_sealed or told != (*counts, names.hexdigest()):
        raise _damaged(path, wrong)
    if manifest.kind != kind:
        raise ArchiveUnfit(
            f"{path.name} 不是所需的文件（{manifest.kind}）", f"{path.name} is a {manifest.kind}"
        )
    return manifest


@contextmanager
def _reading(path: Path) -> Iterator[tuple[_Hashing, bytes]]:
    """The bytes before the seal, and the seal; whatever a reader stumbles over is damage."""
    if not path.is_file():
        raise ArchiveUnfit(f"没有文件 {path}", f"there is no file {path}")
    try:
        with path.open("rb") as file:
            length = os.fstat(file.fileno()).st_size - SEAL_LENGTH
            if length < 0:
                raise _damaged(path, [])
            file.seek(length)
            seal = file.read()
            file.seek(0)
            yield _Hashing(file, length), seal
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise _damaged(path, []) from error


def _take(take: Take, name: str, content: IO[bytes]) -> str:
    hashing = _Hashing(content)
    if name.endswith(".gz"):
        with gzip.GzipFile(fileobj=cast(IO[bytes], hashing)) as unpacked:
            take(name.removesuffix(".gz"), cast(IO[bytes], unpacked))
    else:
        take(name, cast(IO[bytes], hashing))
    while hashing.read(CHUNK):
        pass
    return hashing.sha.hexdigest()


def _manifest(path: Path, body: bytes) -> Manifest:
    try:
        given = json.loads(body)
        if given.pop("format") != FORMAT:
            raise ArchiveUnfit(
                f"{path.name} 由更新版本的程序写成", f"{path.name} is of a newer program"
            )
        return Manifest(**given)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, [MANIFEST]) from error


def _without_name(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != "name"}


def _damaged(path: Path, parts: list[str]) -> ArchiveDamaged:
    where = f"：{'、'.join(parts[:5])}" if parts else ""
    return ArchiveDamaged(
        f"{path.name} 已损坏或不完整{where}", f"{path.name} is damaged or incomplete", parts=parts
    )
