"""The child process that draws a preview: a file comes in, a picture of ours goes out.

Input: one line of JSON {kind, page, width}, then the file. Output: one line of JSON {pages}, then a
JPEG. Nothing of the file itself goes out: every pixel is drawn anew, marks and places are left.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from webapp.rendering.child import set_limits

MOST_PIXELS = 60_000_000
QUALITY = 82


def main() -> int:
    """Draw the page that is asked for."""
    set_limits()
    asked = json.loads(sys.stdin.buffer.readline())
    body = sys.stdin.buffer.read()
    picture, pages = (_of_pdf if asked["kind"] == "pdf" else _of_picture)(body, asked)
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=QUALITY)
    sys.stdout.buffer.write(json.dumps({"pages": pages}).encode() + b"\n" + out.getvalue())
    return 0


def _of_pdf(body: bytes, asked: dict[str, Any]) -> tuple[Any, int]:
    import pypdfium2  # noqa: PLC0415 - under the limits

    document = pypdfium2.PdfDocument(body)
    pages = len(document)
    page = document[min(max(asked["page"], 1), pages) - 1]
    width, height = page.get_size()
    scale = min(asked["width"] / max(width, 1), (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    return page.render(scale=scale, may_draw_forms=False).to_pil(), pages


def _of_picture(body: bytes, asked: dict[str, Any]) -> tuple[Any, int]:
    from PIL import Image, ImageOps  # noqa: PLC0415 - under the limits

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    opened = Image.open(io.BytesIO(body), formats=("JPEG", "PNG", "TIFF"))
    opened.draft("RGB", (asked["width"], asked["width"]))
    pages = getattr(opened, "n_frames", 1)
    opened.seek(min(max(asked["page"], 1), pages) - 1)
    picture = ImageOps.exif_transpose(opened)
    picture.thumbnail((asked["width"], asked["width"] * 4))
    return picture, pages


if __name__ == "__main__":
    sys.exit(main())
