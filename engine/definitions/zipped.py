"""A folder of files in one ZIP: written the same way every time, read under limits."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from engine.errors import Refused

MOST_FILES = 300
LARGEST_FILE = 2_000_000
LARGEST_WHOLE = 20_000_000
_LONGEST_PATH = 240
_END = struct.Struct("<4s4H2LH")
_SIGNATURE = b"PK\x05\x06"
_LONGEST_ENTRY = 46 + 4 * _LONGEST_PATH
_TIME = (1980, 1, 1, 0, 0, 0)
_PART = re.compile(r"[^\x00-\x1f\x7f\\/:]{1,120}")


class ZipRefused(Refused):
    """The file is no ZIP that is read here; ``facts['findings']`` name each entry and why."""

    code = "zip_refused"

    def __init__(self, findings: list[dict[str, str]]) -> None:
        super().__init__(
            f"压缩包不能使用：{findings[0]['message']}",
            f"the ZIP cannot be used: {findings[0]['message_en']}",
            findings=findings,
        )


def is_zip(body: bytes) -> bool:
    """Whether a file begins as ZIP files do."""
    return body[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """The files by path in one ZIP; the same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in sorted(files.items()):
            info = zipfile.ZipInfo(path, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, body)
    return made.getvalue()


def read_zip(body: bytes) -> dict[str, bytes]:
    """The files of a ZIP by path; ZipRefused when anything about it is not as it should be."""
    _check_end(body)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
            findings = list(_wrong(entries))
            if findings:
                raise ZipRefused(findings)
            return {e.filename: _content(archive, e) for e in entries if not e.is_dir()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        raise _refused(
            "", "压缩包已损坏，或用了不支持的压缩方式", f"it is damaged: {error}"
        ) from error


def _check_end(body: bytes) -> None:
    """Refuse by what the ZIP says of its size before its list of entries is read."""
    at = body.rfind(_SIGNATURE)
    if at < 0 or len(body) < at + _END.size:
        raise _refused("", "不是 ZIP 文件，或不完整", "it is no whole ZIP file")
    _, _, _, _, count, size, _, _ = _END.unpack_from(body, at)
    if count > MOST_FILES or size > MOST_FILES * _LONGEST_ENTRY:
        raise _refused("", f"文件超过 {MOST_FILES} 个", f"it holds more than {MOST_FILES} files")


def _wrong(entries: list[zipfile.ZipInfo]) -> Iterator[dict[str, str]]:
    seen: set[str] = set()
    whole = 0
    for entry in entries:
        whole += entry.file_size
        for zh, en in _faults(entry, seen):
            yield _finding(entry.filename, zh, en)
        seen.add(entry.filename.casefold())
    if len(entries) > MOST_FILES:
        yield _finding("", f"文件超过 {MOST_FILES} 个", f"more than {MOST_FILES} files")
    if whole > LARGEST_WHOLE:
        yield _finding("", "解压后过大", "it is too large when unpacked")


def _faults(entry: zipfile.ZipInfo, seen: set[str]) -> Iterator[tuple[str, str]]:
    name = entry.filename
    parts = name.removesuffix("/").split("/")
    if len(name) > _LONGEST_PATH or not all(map(_is_part, parts)):
        yield "路径不能使用", "its path cannot be used"
    if name.casefold() in seen:
        yield "同名文件不止一个", "there is another of this name"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield "是链接或特殊文件", "it is a link or a special file"
    if entry.flag_bits & 0x1:
        yield "已加密", "it is encrypted"
    if entry.file_size > LARGEST_FILE:
        yield f"超过 {LARGEST_FILE} 字节", f"it is larger than {LARGEST_FILE} bytes"


def _is_part(part: str) -> bool:
    return part not in (".", "..") and _PART.fullmatch(part) is not None


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry; no more are unpacked than it says it has."""
    with archive.open(entry) as file:
        found = file.read(LARGEST_FILE + 1)
    if len(found) > LARGEST_FILE or len(found) != entry.file_size:
        raise _refused(entry.filename, "与所称的大小不符", "it has another size than it says")
    return found


def _refused(path: str, zh: str, en: str) -> ZipRefused:
    return ZipRefused([_finding(path, zh, en)])


def _finding(path: str, zh: str, en: str) -> dict[str, Any]:
    shown = path[:_LONGEST_PATH].encode("utf-8", "replace").decode("utf-8", "replace")
    where = "".join(sign if sign.isprintable() else "�" for sign in shown)
    colon = f"{where}：" if where else ""
    return {
        "file": where,
        "message": f"{colon}{zh}",
        "message_en": f"{where}: {en}" if where else en,
    }
