"""Archives of which every byte counts: zip files laid out in one way only, read strictly.

Members lie one after the other, stored as they are, with no time and no right of their own. Whoever
reads one expects each header to say exactly what follows from name and content, so that a byte
that is changed anywhere is found, also where other programs would not look.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from engine.errors import TooLarge

MOST_BYTES = 4 * 1_073_741_824 - 1
MOST_NAME = 200
MOST_CHUNK = 1_048_576
MOST_WHOLE = 256 * 1_048_576
"""Members that are read as a whole: facts, records, signatures."""

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_EXACT_LOCAL_MARK = 0x04034B50
_EXACT_CENTRAL_MARK = 0x02014B50
_EXACT_END_MARK = 0x06054B50
_EXACT_MARK_SIZE = 4
_EXACT_VERSION = 20
_EXACT_UTF8 = 0x0800
_EXACT_DAY = 0x21  # 1980-01-01, the first day there is


class Altered(Exception):
    """The archive is not laid out as one is written; the text says what."""


class Cut(Exception):
    """The archive ends too early."""


@dataclass(frozen=True)
class Member:
    """What the headers of an archive say of one member: name, size and sum (CRC-32)."""

    name: str
    size: int
    sum: int


def member_of(name: str, content: bytes) -> Member:
    """What the headers say of a member."""
    return Member(name, len(content), zlib.crc32(content))


def sum_of(chunks: Iterable[bytes]) -> tuple[int, int]:
    """Size and sum of a content that comes in parts."""
    size = total = 0
    for chunk in chunks:
        size, total = size + len(chunk), zlib.crc32(chunk, total)
    return size, total


class Writer:
    """Writes an archive to a stream, member after member."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._at = stream, 0
        self._members: list[tuple[Member, int]] = []

    def add(self, member: Member, chunks: Iterable[bytes]) -> None:
        """Write one member; its content must be what its header says."""
        self._members.append((member, self._at))
        self._write(_local(member))
        for chunk in chunks:
            self._write(chunk)

    def add_whole(self, name: str, content: bytes) -> None:
        """Write a member that is wholly in memory."""
        self.add(member_of(name, content), [content])

    def close(self) -> None:
        """Write the directory; without it the archive is cut."""
        self._write(_directory(self._members, self._at))

    def _write(self, content: bytes) -> None:
        self._at += len(content)
        if self._at > MOST_BYTES:
            raise TooLarge(
                "办件档案超过 4 GB，无法导出", "the case file exceeds 4 GB", limit=MOST_BYTES
            )
        self._stream.write(content)


class Reader:
    """Reads an archive strictly and once, from its beginning to its end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._at = stream, 0
        self._members: list[tuple[Member, int]] = []
        self.is_at_end = False

    def next(self) -> Member | None:
        """The next member; None after the last one, when the directory was found right."""
        start, mark = self._at, self._take(_EXACT_MARK_SIZE)
        if int.from_bytes(mark, "little") != _EXACT_LOCAL_MARK:
            self._check_directory(mark, start)
            return None
        head = mark + self._take(_LOCAL.size - _EXACT_MARK_SIZE)
        *_rest, total, size, _stored, length, _extra = _LOCAL.unpack(head)
        if not 0 < length <= MOST_NAME:
            raise Altered("the name of a member")
        try:
            name = self._take(length).decode()
        except UnicodeDecodeError as error:
            raise Altered("the name of a member") from error
        member = Member(name, size, total)
        if head + name.encode() != _local(member):
            raise Altered(f"the header of {name}")
        self._members.append((member, start))
        return member

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The content of the member that was just found; Altered unless its sum is right."""
        left, total = member.size, 0
        while left:
            chunk = self._take(min(left, MOST_CHUNK))
            left, total = left - len(chunk), zlib.crc32(chunk, total)
            yield chunk
        if total != member.sum:
            raise Altered(f"the content of {member.name}")

    def whole(self, member: Member) -> bytes:
        """The content at once, for members that are not large."""
        if member.size > MOST_WHOLE:
            raise Altered(f"the size of {member.name}")
        return b"".join(self.chunks(member))

    def _check_directory(self, mark: bytes, start: int) -> None:
        expected = _directory(self._members, start)
        found = mark + self._take(len(expected) - len(mark))
        if found != expected or self._stream.read(1):
            raise Altered("the directory")
        self.is_at_end = True

    def _take(self, count: int) -> bytes:
        found = self._stream.read(count)
        self._at += len(found)
        if len(found) < count:
            raise Cut
        return found


def has_end(stream: IO[bytes]) -> bool:
    """Whether a file ends as an archive ends: what is missing was then not cut off its end."""
    size = stream.seek(0, 2)
    if size < _END.size:
        return False
    stream.seek(size - _END.size)
    mark, *_rest, comment = _END.unpack(stream.read(_END.size))
    return bool(mark == _EXACT_END_MARK and comment == 0)


def _local(member: Member) -> bytes:
    name = member.name.encode()
    sizes = (member.sum, member.size, member.size)
    return _LOCAL.pack(_EXACT_LOCAL_MARK, *_shared(), *sizes, len(name), 0) + name


def _shared() -> tuple[int, int, int, int, int]:
    """Version, flags, method (stored), time and day of every member."""
    return _EXACT_VERSION, _EXACT_UTF8, 0, 0, _EXACT_DAY


def _directory(members: list[tuple[Member, int]], start: int) -> bytes:
    entries = b"".join(_entry(member, at) for member, at in members)
    count = len(members)
    return entries + _END.pack(_EXACT_END_MARK, 0, 0, count, count, len(entries), start, 0)


def _entry(member: Member, at: int) -> bytes:
    name = member.name.encode()
    sizes = (member.sum, member.size, member.size)
    head = (_EXACT_CENTRAL_MARK, _EXACT_VERSION, *_shared())
    return _CENTRAL.pack(*head, *sizes, len(name), 0, 0, 0, 0, 0, at) + name
