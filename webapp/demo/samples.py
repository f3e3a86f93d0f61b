"""Small files that are what their names say: a page of PDF, a picture, a film's first box."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping


def sample_files(title: str) -> Mapping[str, tuple[str, bytes]]:
    """A file of every sort the answers speak of, with its name; ``title`` makes it a file of its
    own."""
    return {
        "document": (f"{title}.pdf", pdf(title)),
        "photo": (f"{title}-现场.png", png(zlib.crc32(title.encode()))),
        "film": (f"{title}-宣传片.mp4", mp4()),
    }


def pdf(title: str) -> bytes:
    """A one-page PDF; its text is ASCII, the title stands in the document's properties."""
    text = b"BT /F1 18 Tf 72 720 Td (Lucheng demonstration document) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Title <%s> >>" % ("\ufeff" + title).encode("utf-16-be").hex().encode(),
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        body
        + b"xref\n0 7\n0000000000 65535 f \n"
        + table
        + b"trailer\n<< /Size 7 /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )


def png(chance: int) -> bytes:
    """A picture of 64 by 48 points: sky, hill and ground in tones that ``chance`` decides."""
    tint = chance % 48
    rows = b""
    for y in range(48):
        sky, hill, ground = (150, 190, 220), (70 + tint, 120 + tint, 60), (130, 100 + tint, 70)
        line = b"\x00"
        for x in range(64):
            crest = 18 + abs((x * 3 + tint) % 32 - 16) // 2
            colour = sky if y < crest else hill if y < 34 else ground
            line += bytes(colour)
        rows += line
    head = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def mp4() -> bytes:
    """The boxes every film begins with, and an empty one for its content."""
    brand = b"isom" + struct.pack(">I", 512) + b"isomiso2mp41"
    return b"".join(
        struct.pack(">I", 8 + len(content)) + name + content
        for name, content in ((b"ftyp", brand), (b"free", b""), (b"mdat", b""))
    )
