"""Uploads: the value is a list of attachment ids, whose facts the caller knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.forms import wording
from engine.forms.component_type import ComponentType, Fault, Node, Role
from engine.forms.context import is_expression
from engine.forms.model import AttachmentFacts, Component, Json
from engine.forms.problems import Problem, Rejected
from engine.forms.types import common

MAX_FILES = 100
_ID = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
_UNITS = ("B", "KB", "MB", "GB")


def read_files(component: Component, raw: Json) -> list[str]:
    """Attachment ids, each once."""
    return read_ids(component.name, raw)


def read_ids(label: str, raw: Json) -> list[str]:
    """Attachment ids, each once; anything else is refused."""
    if raw is None or raw == "":
        return []
    if not isinstance(raw, list):
        raise Rejected(wording.wrong_shape(label))
    if len(raw) > MAX_FILES:
        raise Rejected(wording.too_many(label, MAX_FILES, "个文件"))
    if not all(isinstance(entry, str) and (entry == "" or _ID.match(entry)) for entry in raw):
        raise Rejected(wording.no_such_file(label))
    return list(dict.fromkeys(entry for entry in raw if entry))


def accept_files(node: Node, value: Json) -> Json:
    """The ids, each of an attachment that exists and is of an accepted type."""
    if not value:
        if node.component.required:
            raise Rejected(wording.required(node.label, "upload"))
        return []
    problems = list(_problems(node, value))
    if problems:
        raise Rejected(*problems)
    return value


def _problems(node: Node, ids: list[str]) -> Iterator[Problem]:
    label = node.label
    most = common.count_limit(node, "maxFiles", node.property("maxFiles")) or MAX_FILES
    if node.attribute("multiple") is not True:
        most = 1
    if len(ids) > most:
        yield wording.too_many(label, most, "个文件")
    accept = str(node.attribute("accept") or "")
    largest = common.count_limit(node, "maxSize", node.property("maxSize"))
    for entry in ids:
        facts = node.context.attachment_facts(entry)
        if facts is None:
            yield wording.no_such_file(label)
            continue
        if not _is_accepted(facts, accept):
            yield wording.bad_file_type(label, facts.name, accept)
        if largest is not None and facts.size > largest:
            yield wording.file_too_large(label, facts.name, size_text(largest))


def _is_accepted(facts: AttachmentFacts, accept: str) -> bool:
    """As browsers read ``accept``: extensions, media types, and ``image/*``."""
    wanted = [part.strip().lower() for part in accept.split(",") if part.strip()]
    name, media_type = facts.name.lower(), facts.media_type.lower()
    return not wanted or any(
        name.endswith(part)
        if part.startswith(".")
        else part in (media_type, "*/*")
        or (part.endswith("/*") and media_type.startswith(part.removesuffix("*")))
        for part in wanted
    )


def size_text(size: int) -> str:
    """A number of bytes as people read it: 1.5 MB."""
    amount, step = float(size), 0
    while amount >= 1024 and step < len(_UNITS) - 1:
        amount, step = amount / 1024, step + 1
    return f"{amount:.1f}".removesuffix(".0") + f" {_UNITS[step]}"


def check_files(component: Component) -> Iterator[Fault]:
    """``accept`` is text or FEEL, ``multiple`` a flag or FEEL."""
    if not isinstance(component.attributes.get("accept", ""), str):
        yield common.bad_attribute("accept", "应为文字", "must be a text")
    multiple = component.attributes.get("multiple", False)
    if not isinstance(multiple, bool) and not is_expression(multiple):
        yield common.bad_attribute("multiple", "应为 true、false 或表达式", "must be a flag")
    yield from common.check_counts(component, "maxFiles", "maxSize")


def _type(_component: Component) -> str:
    return "list<string>"


FILEPICKER = ComponentType(
    role=Role.INPUT,
    attributes=frozenset({"accept", "multiple"}),
    limits=common.REQUIRED,
    properties=frozenset({"maxFiles", "maxSize"}),
    read=read_files,
    accept=accept_files,
    empty=list,
    check=check_files,
    feel_type=_type,
)
