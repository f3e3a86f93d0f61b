"""Rules named in Python: markers on tests, and the ``Rules:`` line of a docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_RULES_LINE = re.compile(r"^Rules: (?P<ids>[^\n]+)\.$", re.MULTILINE)
_MARK = re.compile(r"\.\s*rule\s*\(")
_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class MarkerNotLiteral(ValueError):
    """A rule marker computes its ids, so a reader cannot find them."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def docstring_rules(text: str) -> Iterator[tuple[str, str, str]]:
    """Rule, dotted name and first docstring line of every definition with a ``Rules:`` line.

    The line stands alone and ends in a full stop: ``Rules: R-NAT-4, R-IM-34.``
    """
    if "Rules: " not in text:  # most files, and reading them as Python is what costs
        return
    tree = ast.parse(text)
    yield from _docstring_of(tree, "")
    for name, scope in _scopes(tree, ""):
        yield from _docstring_of(scope, name)


def _docstring_of(node: ast.Module | _Scope, name: str) -> Iterator[tuple[str, str, str]]:
    docstring = ast.get_docstring(node)
    for line in _RULES_LINE.finditer(docstring or ""):
        for rule in line["ids"].split(","):
            yield rule.strip(), name, (docstring or "").partition("\n")[0]


def _scopes(node: ast.AST, prefix: str) -> Iterator[tuple[str, _Scope]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _SCOPES):
            name = f"{prefix}{child.name}"
            yield name, child
            yield from _scopes(child, f"{name}.")
        else:
            yield from _scopes(child, prefix)


def marked_tests(text: str) -> Iterator[tuple[str, str]]:
    """Rule and test of every ``pytest.mark.rule("…")``; a mark outside a test names no test.

    A test is named as pytest does, class and function parted by ``::``.
    """
    if not _MARK.search(text):
        return
    for test, call in _marks(ast.parse(text), ""):
        if call.keywords or not call.args:
            raise MarkerNotLiteral(call.lineno)
        for argument in call.args:
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                raise MarkerNotLiteral(call.lineno)
            yield argument.value, test


def _marks(node: ast.AST, test: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _SCOPES):
            yield from _marks(child, f"{test}::{child.name}" if test else child.name)
            continue
        if isinstance(child, ast.Call) and _is_rule_mark(child.func):
            yield test, child
        yield from _marks(child, test)


def _is_rule_mark(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "rule"
        and isinstance(function.value, ast.Attribute)
        and function.value.attr == "mark"
    )
