"""The files of the project as tests of the architecture read them."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[3]
FLOORS = ("engine", "domain", "webapp")
DATA = ("processes", "forms", "tenants")
MADE = frozenset(
    {"node_modules", "dist", "build", "data", "__pycache__", "samples"}
)  # built, installed, or pages rendered for tests
TEXTS = frozenset(
    {
        ".bpmn",
        ".cfg",
        ".css",
        ".csv",
        ".dmn",
        ".form",
        ".html",
        ".js",
        ".json",
        ".md",
        ".mjs",
        ".po",
        ".pot",
        ".py",
        ".sh",
        ".toml",
        ".txt",
        ".yaml",
        ".yml",
    }
)


def files_of(*folders: str) -> Iterator[Path]:
    """Every file of the source tree below these folders, what is built left out."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT).parts
            hidden = any(part.startswith(".") and part != ".ci" for part in inside)
            if path.is_file() and not hidden and MADE.isdisjoint(inside):
                yield path


def all_texts() -> Iterator[Path]:
    """Every text file of the project."""
    for entry in sorted(ROOT.iterdir()):
        is_hidden = entry.name.startswith(".") and entry.name != ".ci"
        if entry.is_dir() and not is_hidden and entry.name not in MADE:
            yield from (p for p in files_of(entry.name) if p.suffix in TEXTS or not p.suffix)
        elif entry.is_file() and not is_hidden:
            yield entry


def python_files(*folders: str) -> list[Path]:
    """The Python files below these folders."""
    return [path for path in files_of(*folders) if path.suffix == ".py"]


def name_of(path: Path) -> str:
    """The path as messages and lists of exceptions write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    """The text of a file; only samples of other tools may have another encoding than UTF-8."""
    is_sample = path.parent.name == "foreign"
    return path.read_text(encoding="utf-8", errors="replace" if is_sample else "strict")


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text_of(path))


def imported_names(path: Path) -> Iterator[str]:
    """Every module a file imports, wherever in the file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@cache
def all_modules() -> tuple[ModuleType, ...]:
    """Every module of the program, imported."""
    found = []
    for floor in FLOORS:
        package = importlib.import_module(floor)
        found.append(package)
        for info in pkgutil.walk_packages(package.__path__, f"{floor}."):
            # migrations are run by alembic, the child of the gate by an interpreter of its own
            if ".migrations" not in info.name and not info.name.endswith(".gate.child"):
                found.append(importlib.import_module(info.name))
    return tuple(found)


def definitions(module: ModuleType) -> Iterator[tuple[str, Callable[..., object] | type]]:
    """The public functions and classes a module defines itself."""
    for name, member in vars(module).items():
        is_own = getattr(member, "__module__", None) == module.__name__
        is_code = inspect.isroutine(member) or inspect.isclass(member)
        if is_own and is_code and not name.startswith("_"):
            yield name, member
