"""No text becomes Python: not in our files, and not while a case runs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engine.cases.lifecycle import start_case
from engine.store.database import Database
from engine.timing.clock import FrozenClock
from tests.process.town import FlatSources, Town, build_town

from .project import FLOORS, ROOT, name_of, python_files, tree_of

RUNNERS = {"eval", "exec", "compile", "__import__", "execfile"}
CODE_OF_A_FILE = ("/", "<frozen")
_heard: list[tuple[Any, ...]] | None = None


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    """Keep every text that is compiled and every code object that runs, files of modules aside."""
    if _heard is None or event not in ("compile", "exec"):
        return
    source = arguments[1] if event == "compile" else arguments[0].co_filename
    if not str(source).startswith(CODE_OF_A_FILE) and not str(source)[1:].startswith(":\\"):
        _heard.append((event, source, arguments[0]))


@contextmanager
def listening() -> Iterator[list[tuple[Any, ...]]]:
    """The texts that became code meanwhile; a hook stays for the life of the process."""
    global _heard  # noqa: PLW0603 - audit hooks cannot be removed, only made deaf
    if not getattr(sys, "_lucheng_hears", False):
        sys.addaudithook(_hear)
        sys._lucheng_hears = True  # type: ignore[attr-defined]
    _heard = []
    try:
        yield _heard
    finally:
        _heard = None


def walk(town: Town, text: str) -> str:
    """Run a case through a return to its end; ``text`` is what people type."""
    case = start_case(town.db, town.world, town["applicant"], "walking", {})["id"]
    for decision in ("again", "agree"):
        town.complete("applicant", "Fill", subject=text, amount="12", plannedOn="2026-03-20")
        town.complete("officer", "OpinionA", opinion="agree")
        town.complete("other", "OpinionB", opinion="disagree", remark=text)
        reason = {"reason": text} if decision == "again" else {}
        town.complete("leader", "Decide", decision=decision, **reason)
    return str(town.case(case).status)


def test_our_files_run_no_text() -> None:
    files = [*python_files(*FLOORS), ROOT / "hatch_build.py"]
    found = [
        f"{name_of(path)}:{node.lineno}: {node.id}"
        for path in files
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Name) and node.id in RUNNERS
    ]
    assert found == []


def test_no_text_becomes_code_while_a_case_is_published_and_run(
    sqlite: Database, clock: FrozenClock
) -> None:
    # the database library writes helpers for its own classes when it meets them first
    walk(build_town(sqlite, clock), "先走一遍")
    with listening() as heard:
        town = build_town(sqlite, clock, FlatSources(slug="second"))
        ended = walk(town, "__import__('os').getcwd()")
    assert ended == "completed"
    assert heard == []


@pytest.mark.parametrize("text", ["1 + 1", "__import__('os')"])
def test_a_text_that_becomes_code_is_heard(text: str) -> None:
    with listening() as heard:
        eval(text)
    assert {event for event, *_ in heard} == {"compile", "exec"}
