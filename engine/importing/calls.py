"""Call activities of other engines: which process, and what is handed over and taken back."""

from __future__ import annotations

from engine.bpmn.xml import Element
from engine.importing.document import Line
from engine.importing.foreign import Work, engine_of, extensions, named
from engine.importing.juel import is_marked, translate, whole_expression

_BINDING = (
    "calledElementBinding", "calledElementVersion", "calledElementVersionTag",
    "calledElementType", "sameDeployment",
)  # fmt: skip
_SIMPLE_BINDINGS = frozenset({"latest", "deployment", "key", "true", "false"})


def translate_calls(work: Work) -> None:
    """Rewrite every call whose mappings are certain; in these engines nothing goes by itself."""
    for call in work.document.bpmn("callActivity"):
        _translate_call(call, work)


def _translate_call(call: Element, work: Work) -> None:
    document = work.document
    parts = [*extensions(call, "in", "out")]
    switches = named(call, *_BINDING, "inheritVariables")
    if not (parts or switches) or document.holds(call, "calledElement"):
        return
    lines = [_line(part) for part in parts if not _is_switch(part)]
    bindings = [a for a in switches.values() if a.name in _BINDING]
    if any(line is None for line in lines) or any(
        a.value not in _SIMPLE_BINDINGS for a in bindings
    ):
        return
    called = call.get("calledElement").rpartition(":")[2]
    if is_marked(called):
        return
    inherits = "inheritVariables" in switches and switches["inheritVariables"].value == "true"
    document.extend(
        call,
        "calledElement",
        processId=called,
        propagateAllParentVariables=_flag(inherits or _is_all(parts, "in")),
        propagateAllChildVariables=_flag(_is_all(parts, "out")),
    )
    document.drop(call, "calledElement")
    for attribute in switches.values():
        document.drop(call, attribute.key)
    for part, line in zip((p for p in parts if not _is_switch(p)), lines, strict=True):
        assert line is not None
        if not document.holds(call, "ioMapping"):
            document.extend_line(call, "ioMapping", line)
            work.translated(call, engine_of(part), part.tag, part.get("target"), "zeebe:ioMapping")
    for part in parts:
        document.remove(part)
    engine = engine_of(parts[0]) if parts else next(iter(switches.values())).engine
    work.translated(call, engine, "calledElement", called, "zeebe:calledElement")


def _is_switch(part: Element) -> bool:
    """Whether it hands over everything, or the number of the case, which a call has anyway."""
    return part.get("variables") == "all" or bool(part.get("businessKey"))


def _is_all(parts: list[Element], tag: str) -> bool:
    return any(p.tag == tag and p.get("variables") == "all" for p in parts)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _line(part: Element) -> Line | None:
    if part.get("local") == "true":
        return None
    inner = part.get("source")
    if part.get("sourceExpression"):
        inner = whole_expression(part.get("sourceExpression")) or part.get("sourceExpression")
    feel = translate(inner)
    target = part.get("target")
    if feel is None or not target:
        return None
    tag = "input" if part.tag == "in" else "output"
    return Line(tag, (("source", f"={feel}"), ("target", target)))
