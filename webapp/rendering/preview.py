"""Previews of uploads: drawn anew in a child process with limits; never inside a transaction."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from engine.errors import Unavailable
from webapp.places import PACKAGE

WALL_SECONDS = 20.0
WIDTH = 1_400
CHILD = (sys.executable, "-P", "-m", "webapp.rendering.preview_child")
KINDS = {
    "application/pdf": "pdf",
    "image/jpeg": "picture",
    "image/png": "picture",
    "image/tiff": "picture",
}
"""Media types there is a preview of."""


class NoPreview(Unavailable):
    """A file could not be drawn."""

    code = "no_preview"


@dataclass(frozen=True)
class Preview:
    """A JPEG of one page, and how many there are."""

    content: bytes
    pages: int


def draw_preview(media_type: str, body: bytes, page: int, seconds: float = WALL_SECONDS) -> Preview:
    """The preview of a page; NoPreview when the file is of no such type, broken or too heavy."""
    kind = KINDS.get(media_type)
    if kind is None:
        raise NoPreview("这种文件没有预览，请下载查看", "there is no preview of such a file")
    asked = json.dumps({"kind": kind, "page": page, "width": WIDTH}).encode() + b"\n"
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the file is only its input
            [*CHILD],
            input=asked + body,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"PYTHONPATH": str(Path(PACKAGE).parent), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise NoPreview("生成预览超时，请下载查看", "drawing the preview took too long") from error
    head, _, picture = done.stdout.partition(b"\n")
    if done.returncode or not picture.startswith(b"\xff\xd8\xff"):
        raise NoPreview("文件无法预览，请下载查看", "the file cannot be drawn; download it")
    return Preview(picture, int(json.loads(head)["pages"]))
