"""ZIPs from elsewhere: what is no plain folder of small files is refused by name."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest

from engine.definitions.zipped import (
    LARGEST_FILE,
    LARGEST_WHOLE,
    MOST_FILES,
    ZipRefused,
    is_zip,
    read_zip,
    write_zip,
)

FOLDER = {
    "a.bpmn": b"<a/>",
    "forms/b.form": "表".encode(),
    ".camunda/element-templates/c.json": b"",
}


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A ZIP with these entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, body in entries:
            archive.writestr(entry, body)
    return made.getvalue()


def link() -> bytes:
    """A ZIP with a symbolic link."""
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped((info, b"/etc/passwd"))


def twice() -> bytes:
    """A ZIP that holds a name in two cases."""
    return zipped(("A.bpmn", b"1"), ("a.BPMN", b"2"))


def locked() -> bytes:
    """A ZIP whose entry says that it is encrypted."""
    body = bytearray(zipped(("a.bpmn", b"1")))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(signature) + place] |= 1
    return bytes(body)


def lying() -> bytes:
    """A ZIP that says it unpacks to less than it does."""
    body = bytearray(zipped(("a.bpmn", b"0" * 5000)))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", body, body.index(signature) + place, 10)
    return bytes(body)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "above": (lambda: zipped(("../a.bpmn", b"")), "路径"),
    "absolute": (lambda: zipped(("/etc/a.bpmn", b"")), "路径"),
    "backslash": (lambda: zipped(("..\\a.bpmn", b"")), "路径"),
    "drive": (lambda: zipped(("c:a.bpmn", b"")), "路径"),
    "control": (lambda: zipped(("a\nb.bpmn", b"")), "路径"),
    "long": (lambda: zipped(("x/" * 200 + "a.bpmn", b"")), "路径"),
    "link": (link, "链接"),
    "twice": (twice, "同名"),
    "locked": (locked, "加密"),
    "lying": (lying, ""),
    "bomb": (lambda: zipped(("a.bpmn", bytes(LARGEST_FILE + 1))), "超过"),
    "bombs": (
        lambda: zipped(
            *((f"{n}.bpmn", bytes(LARGEST_FILE)) for n in range(LARGEST_WHOLE // LARGEST_FILE + 1))
        ),
        "解压后过大",
    ),
    "many": (lambda: zipped(*((f"{n}.bpmn", b"") for n in range(MOST_FILES + 1))), "超过"),
    "cut": (lambda: zipped(("a.bpmn", b"1" * 100))[:-30], ""),
    "damaged": (lambda: zipped(("a.bpmn", bytes(range(200)))).replace(b"\x64\x65", b"ZZ", 1), ""),
    "text": (lambda: b"PK\x03\x04 is how it begins", "不是 ZIP"),
    "empty": (lambda: b"", "不是 ZIP"),
}


def test_a_folder_comes_back_and_is_written_the_same_every_time() -> None:
    body = write_zip(FOLDER)
    assert is_zip(body)
    assert read_zip(body) == FOLDER
    assert write_zip(dict(reversed(FOLDER.items()))) == body


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_plain_folder_is_refused_by_name(name: str) -> None:
    make, why = HOSTILE[name]
    with pytest.raises(ZipRefused) as refused:
        read_zip(make())
    findings = refused.value.facts["findings"]
    assert isinstance(findings, list)
    assert any(why in found["message"] for found in findings)
    assert all(found["message"].isprintable() for found in findings)


def test_a_list_of_far_too_many_files_is_not_even_read() -> None:
    body = bytearray(zipped(("a.bpmn", b"")))
    end = body.rindex(b"PK\x05\x06")
    struct.pack_into("<2H", body, end + 8, 50_000, 50_000)
    with pytest.raises(ZipRefused, match="more than"):
        read_zip(bytes(body))
