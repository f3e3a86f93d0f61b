"""Every error has a code of its own, a status at the edge, and speaks Chinese and English."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from engine.errors import LuchengError
from webapp.http.frame import STATUS

from .project import FLOORS, all_modules, name_of, python_files, tree_of

HAN = re.compile(r"[\u4e00-\u9fff]")
UNMAPPED = {
    "BpmnError": "takes the error path of the diagram, or becomes an incident",
    "RoleRefused": "the program does not start",
}
"""Errors that meet the last row of the table, with the reason."""


def errors() -> list[type[LuchengError]]:
    all_modules()
    found: list[type[LuchengError]] = [LuchengError]
    for kind in found:
        found += kind.__subclasses__()
    return [kind for kind in dict.fromkeys(found) if kind.__module__.startswith(FLOORS)]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = Counter(kind.__dict__.get("code") for kind in errors())
    assert None not in codes
    assert {code: count for code, count in codes.items() if count > 1} == {}
    assert all(re.fullmatch(r"[a-z][a-z_]*", code) for code in codes if code)


def test_every_error_has_a_status_at_the_edge() -> None:
    kinds = [row for row, _ in STATUS]
    assert kinds[-1] is LuchengError
    last = {
        kind.__name__
        for kind in errors()
        if kind is not LuchengError and not issubclass(kind, tuple(kinds[:-1]))
    }
    assert last == set(UNMAPPED)


def test_a_row_of_the_table_is_never_hidden_by_one_above_it() -> None:
    kinds = [row for row, _ in STATUS]
    hidden = [
        kind.__name__ for place, kind in enumerate(kinds) if issubclass(kind, tuple(kinds[:place]))
    ]
    assert hidden == []


def spoken() -> Iterator[tuple[str, str, str]]:
    """Place, Chinese and English of every error that is made with both written out."""
    plain = {e.__name__ for e in errors() if e.__init__ is LuchengError.__init__}
    for path in python_files(*FLOORS):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in plain:
                for zh in _written(node.args[0]):
                    for en in _written(node.args[1]):
                        yield f"{name_of(path)}:{node.lineno}", zh, en


def _written(node: ast.expr) -> Iterator[str]:
    """The literal text of an argument, without what is filled in; nothing for a variable."""
    if isinstance(node, ast.IfExp):
        yield from _written(node.body)
        yield from _written(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        yield "".join(map(str, parts))


def test_every_error_speaks_chinese_and_english() -> None:
    sentences = list(spoken())
    assert len(sentences) > 150
    wrong = [
        (place, zh, en)
        for place, zh, en in sentences
        if re.search(r"\w", zh + en)  # else both halves are filled in
        and (not HAN.search(zh) or HAN.search(en) or not re.search(r"[a-z]{2}", en))
    ]
    assert wrong == []


def test_an_error_keeps_both_sentences_and_its_facts() -> None:
    plain = [kind for kind in errors() if kind.__init__ is LuchengError.__init__]
    assert len(plain) > 20
    for kind in plain:
        error = kind("出错了", "it failed", place="here")
        assert (error.zh, error.en, error.facts) == ("出错了", "it failed", {"place": "here"})
        assert str(error) == f"{kind.code}: it failed"
