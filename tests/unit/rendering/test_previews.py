"""Previews: pictures of ours, drawn within limits; nothing of the upload itself goes out."""

from __future__ import annotations

import io
import sys

import pytest
from PIL import Image

from webapp.rendering import preview
from webapp.rendering.pdf import render_pdf
from webapp.rendering.preview import WIDTH, NoPreview, draw_preview

GIVEN = {"title": "表", "made": "", "facts": [], "signatures": [], "note": "内容"}


def picture(kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3_000, 1_000), "green").save(out, kind, **more)
    return out.getvalue()


def test_a_page_of_a_pdf_becomes_a_picture() -> None:
    found = draw_preview("application/pdf", render_pdf("endorsement", GIVEN), 1)
    drawn = Image.open(io.BytesIO(found.content))
    assert (found.pages, drawn.format) == (1, "JPEG")
    assert abs(drawn.width - WIDTH) <= 1
    assert len(drawn.convert("L").getcolors(256) or ()) > 2


def test_a_photograph_is_drawn_anew_without_its_place() -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    raw = picture("JPEG", exif=exif) + b"<script>alert(1)</script>"
    assert b"SECRET-PLACE" in raw
    found = draw_preview("image/jpeg", raw, 1)
    assert b"SECRET-PLACE" not in found.content
    assert b"<script>" not in found.content
    assert Image.open(io.BytesIO(found.content)).width == WIDTH
    assert draw_preview("image/png", picture("PNG"), 9).pages == 1


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/pdf", b"%PDF-1.4 no"),
        ("image/png", b"\x89PNG\r\n\x1a\n no"),
        ("application/zip", b"PK\x03\x04"),
        ("image/jpeg", b"GIF89a"),
    ],
)
def test_what_cannot_be_drawn_is_told(media: str, body: bytes) -> None:
    with pytest.raises(NoPreview):
        draw_preview(media, body, 1)


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "CHILD", (sys.executable, "-c", "import time; time.sleep(60)"))
    with pytest.raises(NoPreview, match="took too long"):
        draw_preview("application/pdf", b"%PDF-1.4", 1, seconds=0.4)
