"""Takes the files and commands out of a page of docs/recipes."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).parents[3] / "docs"
_FENCE = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    """The text of a page of docs/, by its path there."""
    return (DOCS / name).read_text(encoding="utf-8")


def files_in(name: str) -> Mapping[str, str]:
    """The files a page shows, by the path that stands behind the language of their block."""
    return {path: body for _, path, body in _FENCE.findall(page(name)) if path}


def commands_in(name: str) -> list[list[str]]:
    """The commands of the page's shell blocks, as words."""
    blocks = [body for language, _, body in _FENCE.findall(page(name)) if language == "sh"]
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line]


def write_files(name: str, root: Path) -> list[Path]:
    """Write the files a page shows below a folder; returns their paths."""
    written = []
    for path, body in files_in(name).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body, encoding="utf-8")
        written.append(target)
    return written


def import_code(name: str, folder: Path) -> ModuleType:
    """The Python blocks of a page that have no path, as one module."""
    found = _FENCE.findall(page(name))
    code = [body for language, path, body in found if language == "python" and not path]
    file = folder / "code_of_a_page.py"
    file.write_text("\n".join(code), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
