"""The data types of a decision file: FEEL's own, and those it defines."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.xml import Element
from engine.decisions.cells import Cells
from engine.decisions.model import ANY_TYPE, DataType

_BUILT_IN: Mapping[str, DataType] = {
    "Any": ANY_TYPE,
    "string": DataType("string", "string"),
    "number": DataType("number", "number"),
    "boolean": DataType("boolean", "boolean"),
    "date": DataType("date", "date"),
    "time": DataType("time", "time"),
    "dateTime": DataType("dateTime", "date and time"),
    "date and time": DataType("date and time", "date and time"),
    "dayTimeDuration": DataType("dayTimeDuration", "days and time duration"),
    "days and time duration": DataType("days and time duration", "days and time duration"),
    "yearMonthDuration": DataType("yearMonthDuration", "years and months duration"),
    "years and months duration": DataType("years and months duration", "years and months duration"),
    "context": DataType("context", "context"),
    "list": DataType("list", "list"),
    # names that older modellers write
    "integer": DataType("integer", "number", is_whole=True),
    "long": DataType("long", "number", is_whole=True),
    "double": DataType("double", "number"),
}
MAX_DEPTH = 20
_ALLOWED = ("类型的允许值", "allowed values of the type")


class Types:
    """Finds types by the names of a file; what does not exist is reported where it is used."""

    def __init__(self, root: Element, cells: Cells) -> None:
        self._cells = cells
        self._defined = {e.get("name"): e for e in cells.children(root, "itemDefinition")}
        self._known: dict[str, DataType] = dict(_BUILT_IN)
        self._open: list[str] = []

    def check_all(self) -> None:
        """Read every definition, so that a faulty one is told though nothing uses it."""
        for name, element in self._defined.items():
            self.find(name, element, name)

    def of(self, element: Element | None, owner: str) -> DataType:
        """The type that an element's ``typeRef`` names; any where it names none."""
        if element is None:
            return ANY_TYPE
        return self.find(element.get("typeRef"), element, owner)

    def find(self, ref: str, element: Element, owner: str) -> DataType:
        """The type of this name; prefixes such as ``feel:`` say nothing more."""
        name = ref.rpartition(":")[2].strip()
        if not name:
            return ANY_TYPE
        if name in self._open or len(self._open) > MAX_DEPTH:
            self._cells.findings.add("decision-type-cycle", element.place, owner, type=name)
            return ANY_TYPE
        if name in self._defined and name not in self._known:
            self._open.append(name)
            self._known[name] = self._read(self._defined[name], owner)
            self._open.pop()
        if name not in self._known:
            self._cells.findings.add("decision-type", element.place, owner, type=name[:80])
            return ANY_TYPE
        return self._known[name]

    def _read(self, element: Element, owner: str) -> DataType:
        cells, name = self._cells, element.get("name")
        written = cells.child(element, "typeRef")
        base = self.find("" if written is None else written.text.strip(), element, owner)
        limited = cells.child(element, "allowedValues") or cells.child(element, "typeConstraint")
        allowed = cells.tests(limited, name, _ALLOWED)
        parts = tuple(
            (part.get("name"), self._read(part, owner))
            for part in cells.children(element, "itemComponent")
        )
        is_list = element.get("isCollection") in {"true", "1"}
        return DataType(
            name=name,
            kind="context" if parts else "list" if is_list and base.is_list else base.kind,
            is_list=is_list or base.is_list,
            is_whole=base.is_whole,
            allowed=base.allowed if allowed is None else (*base.allowed, allowed),
            parts=parts or base.parts,
        )
