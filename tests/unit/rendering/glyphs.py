"""Which glyphs and fonts a PDF of ours shows, read from its content streams."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
FONT = re.compile(rb"/BaseFont\s*/(?:[A-Z]{6}\+)?([A-Za-z0-9-]+)")
HEX = re.compile(rb"<((?:[0-9A-F]{4})+)>")
SPOKEN = re.compile(rb"/ActualText<[0-9A-F]*>")
NUMBER = re.compile(rb"[0-7]{1,3}")
LETTERS = {110: 10, 114: 13, 116: 9, 98: 8, 102: 12}  # \n \r \t \b \f


def glyphs_in(content: bytes) -> list[int]:
    """The number of every glyph shown; 0 is the empty box for a character without one."""
    shown = [text for drawn in _drawn(content) for text in _strings(SPOKEN.sub(b"", drawn))]
    return [text[i] * 256 + text[i + 1] for text in shown for i in range(0, len(text) - 1, 2)]


def fonts_in(content: bytes) -> set[str]:
    """The fonts a PDF names."""
    return {name.decode() for name in FONT.findall(content)}


def _drawn(content: bytes) -> Iterator[bytes]:
    """The streams that show text."""
    for raw in STREAM.findall(content):
        try:
            drawn = zlib.decompress(raw)
        except zlib.error:
            continue
        if b"\nBT" in drawn and b" Tf" in drawn:
            yield drawn


def _strings(drawn: bytes) -> Iterator[bytes]:
    """The strings of a stream, written in brackets (which may hold pairs of them) or in hex."""
    at = 0
    while at < len(drawn):
        in_hex = HEX.match(drawn, at)
        if drawn[at : at + 1] == b"(":
            text, at = _bracketed(drawn, at + 1)
            yield text
        elif in_hex:
            yield bytes.fromhex(in_hex[1].decode())
            at = in_hex.end()
        else:
            at += 1


def _bracketed(drawn: bytes, at: int) -> tuple[bytes, int]:
    text, depth = bytearray(), 1
    while True:
        letter, at = drawn[at], at + 1
        if letter == ord("\\"):
            number = NUMBER.match(drawn, at)
            text.append(int(number[0], 8) if number else LETTERS.get(drawn[at], drawn[at]))
            at = number.end() if number else at + 1
            continue
        depth += (letter == ord("(")) - (letter == ord(")"))
        if not depth:
            return bytes(text), at
        text.append(letter)
