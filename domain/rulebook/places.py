"""Where rules stand: diagrams, tenant parameters, forms, catalogues, functions; and their tests.

Nothing here touches a disk: files come in as (path, text) and every place goes out with the file
and the element that names the rule. A file that cannot be read is a fault, never a silent gap.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import yaml

from domain.rulebook.faults import Fault
from domain.rulebook.source_code import MarkerNotLiteral, docstring_rules, marked_tests
from engine.bpmn.namespaces import BPMN, ZEEBE
from engine.bpmn.xml import Element, Unreadable, read_xml

MAX_CHARACTERS = 2_000_000
"""The longest file that is scanned; a shipped file is far below."""


@dataclass(frozen=True, order=True)
class Place:
    """One rule named at one element of one file.

    ``kind`` is diagram, decision, parameter, tenant, form, catalogue, code or test; ``name`` is
    what people call the element.
    """

    rule: str
    kind: str
    file: str
    element: str
    name: str


@dataclass(frozen=True)
class Scan:
    """What a set of files says about rules; ``tests`` is None when no test was among them."""

    places: tuple[Place, ...]
    tests: tuple[Place, ...] | None
    faults: tuple[Fault, ...]


class _NotReadable(Exception):
    """Carries the two sentences of a fault out of a reader."""

    def __init__(self, place: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.place, self.zh, self.en = place, zh, en


def scan_files(files: Iterable[tuple[str, str]]) -> Scan:
    """The places, tests and faults of all files; a file of no known kind says nothing."""
    places: list[Place] = []
    tests: list[Place] = []
    faults: list[Fault] = []
    has_tests = False
    for path, text in files:
        scanner = _scanner(path)
        if scanner is None:
            continue
        has_tests = has_tests or scanner is _scan_test
        try:
            if len(text) > MAX_CHARACTERS:
                raise _NotReadable("", "文件过大", "the file is too large")
            for place in dict.fromkeys(scanner(path, text)):
                (tests if place.kind == "test" else places).append(place)
        except _NotReadable as error:
            faults.append(Fault(path, error.place, "unreadable", error.zh, error.en))
    return Scan(tuple(places), tuple(tests) if has_tests else None, tuple(faults))


def _scanner(path: str) -> Callable[[str, str], Iterator[Place]] | None:
    """What reads a file of this name, or None when such a file names no rule."""
    pure = PurePosixPath(path)
    if pure.suffix == ".bpmn":
        return _scan_diagram
    if pure.suffix == ".dmn":
        return _scan_decision
    if pure.name == "tenant.toml":
        return _scan_tenant
    if pure.suffix == ".form":
        return _scan_form
    if "forms" in pure.parts[:-1] and pure.suffix in (".yaml", ".toml", ".json"):
        return _scan_catalogue
    if pure.suffix == ".py":
        return _scan_test if "tests" in pure.parts[:-1] else _scan_code
    return None


# ---------------------------------------------------------------- diagrams


def _scan_diagram(path: str, text: str) -> Iterator[Place]:
    try:
        # The byte order mark keeps a declared encoding from being applied to decoded text again.
        root = read_xml(b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass"))
    except Unreadable as error:
        raise _NotReadable(error.place, error.zh, error.en) from error
    pending = [root]
    while pending:
        element = pending.pop()
        pending.extend(reversed(element.children))
        if element.namespace == BPMN:
            for rule in _diagram_rules(element):
                yield Place(rule, "diagram", path, element.get("id"), element.get("name"))


def _diagram_rules(element: Element) -> Iterator[str]:
    for extensions in element.named(BPMN, "extensionElements"):
        for properties in extensions.named(ZEEBE, "properties"):
            for entry in properties.named(ZEEBE, "property"):
                if entry.get("name") == "rule":
                    yield from _split(entry.get("value"))


def _scan_decision(path: str, text: str) -> Iterator[Place]:
    """The rows of decision tables that give the id of a rule as one of their results."""
    try:
        root = read_xml(b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass"))
    except Unreadable as error:
        raise _NotReadable(error.place, error.zh, error.en) from error
    pending = [root]
    while pending:
        element = pending.pop()
        pending.extend(reversed(element.children))
        if element.tag == "rule":
            given = [_cell(entry) for entry in element.children if entry.tag == "outputEntry"]
            for rule in filter(_RULE_ID.fullmatch, given):
                yield Place(rule, "decision", path, element.get("id"), given[-1])


_RULE_ID = re.compile(r"R-[A-Z]+-[0-9.]+")


def _cell(entry: Element) -> str:
    return "".join(part.text for part in entry.children if part.tag == "text").strip().strip('"')


def _split(listed: str) -> list[str]:
    return [part.strip() for part in listed.split(",")]


# ---------------------------------------------------------------- tenant files, forms, catalogues


def _scan_tenant(path: str, text: str) -> Iterator[Place]:
    for keys, table in _tables(_toml(text)):
        is_parameter = keys[:1] == ("parameters",)
        element = ".".join(keys[1:] if is_parameter else keys)
        for rule in _listed(table):
            kind = "parameter" if is_parameter else "tenant"
            yield Place(rule, kind, path, element, _label(table, "title_zh", "title", "name_zh"))


def _scan_form(path: str, text: str) -> Iterator[Place]:
    for _, table in _tables(_json(text)):
        properties = table.get("properties")
        rule_text = properties.get("rule") if isinstance(properties, dict) else None
        if isinstance(rule_text, str):
            element = _label(table, "key", "id")
            for rule in _split(rule_text):
                yield Place(rule, "form", path, element, _label(table, "label", "text"))


def _scan_catalogue(path: str, text: str) -> Iterator[Place]:
    if "rules" not in text:  # most catalogues name none, and YAML is slow to read
        return
    readers = {".toml": _toml, ".json": _json, ".yaml": _yaml}
    for keys, table in _tables(readers[PurePosixPath(path).suffix](text)):
        for rule in _listed(table):
            element = _label(table, "id") or ".".join(keys)
            yield Place(rule, "catalogue", path, element, _label(table, "name", "title"))


def _listed(table: dict[str, object]) -> list[str]:
    """The texts of a key ``rules`` that is a list; any other use of the word is not ours."""
    listed = table.get("rules")
    return [rule for rule in listed if isinstance(rule, str)] if isinstance(listed, list) else []


def _label(table: dict[str, object], *keys: str) -> str:
    """The first of the keys that is a text, or its Chinese half; empty when there is none."""
    for key in keys:
        value = table.get(key)
        if isinstance(value, dict):
            value = value.get("zh")
        if isinstance(value, str):
            return value
    return ""


def _tables(document: object) -> Iterator[tuple[tuple[str, ...], dict[str, object]]]:
    """Every mapping inside a document with the keys that lead to it, in reading order."""
    pending: list[tuple[tuple[str, ...], object]] = [((), document)]
    while pending:
        keys, value = pending.pop()
        if isinstance(value, dict):
            yield keys, value
            pending.extend(((*keys, str(key)), inner) for key, inner in reversed(value.items()))
        elif isinstance(value, list):
            inner = [((*keys, str(index)), entry) for index, entry in enumerate(value)]
            pending.extend(reversed(inner))


def _toml(text: str) -> object:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _NotReadable("", f"不是有效的 TOML：{error}", f"not TOML: {error}") from error


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _NotReadable("", f"不是有效的 JSON：{error}", f"not JSON: {error}") from error


def _yaml(text: str) -> object:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise _NotReadable("", f"不是有效的 YAML：{error}", f"not YAML: {error}") from error


# ---------------------------------------------------------------- code and tests


def _scan_code(path: str, text: str) -> Iterator[Place]:
    try:
        for rule, element, name in docstring_rules(text):
            yield Place(rule, "code", path, element, name)
    except SyntaxError as error:
        raise _not_python(error) from error


def _scan_test(path: str, text: str) -> Iterator[Place]:
    try:
        for rule, element in marked_tests(text):
            yield Place(rule, "test", path, element, f"{path}::{element}" if element else path)
    except SyntaxError as error:
        raise _not_python(error) from error
    except MarkerNotLiteral as error:
        place = f"{error.line}"
        raise _NotReadable(
            place, "规则标记须直接写出编号", "a rule marker spells its ids out"
        ) from error


def _not_python(error: SyntaxError) -> _NotReadable:
    return _NotReadable(str(error.lineno or ""), "不是有效的 Python", "not Python")
