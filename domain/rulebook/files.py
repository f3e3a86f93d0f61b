"""The one part of the rulebook that touches a disk: it hands the files to the pure scan."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

PROGRAMS = frozenset({"domain", "engine", "webapp", "tests"})
"""Folders whose other files are samples: a diagram there is nobody's procedure."""
SUFFIXES = frozenset({".bpmn", ".dmn", ".form", ".toml", ".yaml", ".json", ".py"})
_SKIPPED = frozenset({"node_modules", "__pycache__", "shipped", "foreign"})
"""Foreign code, compiled code, the copy of the data folders a wheel keeps in its package, and
diagrams as other tools write them."""


def read_files(folders: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Path and text of every file that can name a rule, sorted; a folder that is absent is empty.

    Keys are the names that the folders have in the report ("processes", "tests"), so that a wheel
    and a checkout report the same paths.
    """
    for name, folder in folders.items():
        suffixes = SUFFIXES - {".bpmn", ".dmn", ".form"} if name in PROGRAMS else SUFFIXES
        for path in sorted(_paths(folder, suffixes)):
            yield (
                f"{name}/{path.relative_to(folder).as_posix()}",
                path.read_text("utf-8", "replace"),
            )


def _paths(folder: Path, suffixes: frozenset[str]) -> Iterator[Path]:
    for base, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if name not in _SKIPPED]
        yield from (Path(base, name) for name in names if Path(name).suffix in suffixes)
