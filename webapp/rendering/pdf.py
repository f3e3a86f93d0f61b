"""Documents set in a child process: a PDF from one of the product's layouts, a Word file with its
fields filled in; never inside a transaction."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.errors import Unavailable
from webapp.places import PACKAGE, bundle_folder
from webapp.rendering.child import NO_FONT

LAYOUTS = PACKAGE / "layouts"
FONTS = bundle_folder() / "fonts"
"""Noto Sans SC, built in from a package; fonts of the machine only stand behind it."""
WALL_SECONDS = 40.0
CHILD = (sys.executable, "-P", "-m", "webapp.rendering.child")
WORD_CHILD = (sys.executable, "-P", "-m", "webapp.rendering.word_child")


class NoPdf(Unavailable):
    """A document could not be set."""

    code = "no_pdf"


def render_pdf(layout: str, given: Mapping[str, Any], wall_seconds: float = WALL_SECONDS) -> bytes:
    """The PDF of a layout with this data, whose texts are text and nothing else.

    NoPdf says why there is none: no Chinese font on this machine, or the limits.
    """
    command = [*CHILD, str(LAYOUTS / f"{layout}.typ"), str(FONTS)]
    done = _run(command, json.dumps(given, ensure_ascii=False).encode(), wall_seconds)
    if done.returncode == NO_FONT:
        raise NoPdf(
            "服务器上没有中文字体，请安装 Noto Sans CJK SC",
            "there is no font with Chinese characters; install Noto Sans CJK SC",
        )
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise NoPdf("生成 PDF 失败", "the PDF could not be set")
    return done.stdout


def merge_word(body: bytes, values: Mapping[str, str], wall_seconds: float = WALL_SECONDS) -> bytes:
    """A Word file with its merge fields filled in; NoPdf when that cannot be done."""
    line = json.dumps(dict(values), ensure_ascii=False).encode() + b"\n"
    done = _run([*WORD_CHILD], line + body, wall_seconds)
    if done.returncode or not done.stdout.startswith(b"PK"):
        raise NoPdf("生成 Word 文书失败", "the Word file could not be filled in")
    return done.stdout


def _run(command: list[str], given: bytes, seconds: float) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - a fixed command; the data is only its input
            command,
            input=given,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"PYTHONPATH": _root(), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise NoPdf("生成 PDF 超时，请稍后再试", "setting the PDF took too long") from error


def _root() -> str:
    return str(Path(PACKAGE).parent)
