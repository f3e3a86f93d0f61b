"""The allow-list pass: every element and attribute of a file is known, or becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.bpmn.extensions import (
    EXTENSIONS,
    INPUT_HOSTS,
    OUTPUT_HOSTS,
    REFUSED_EXTENSIONS,
    TEMPLATE_ATTRIBUTES,
    extension_elements,
)
from engine.bpmn.features import report
from engine.bpmn.findings import Findings
from engine.bpmn.foreign import is_technical, replacement
from engine.bpmn.model import Kind
from engine.bpmn.namespaces import BOOKKEEPING, BPMN, DRAWING, ENGINES, ZEEBE, split_key
from engine.bpmn.shapes import EVENT_DEFINITIONS, SHAPES, TAG_FEATURES
from engine.bpmn.xml import Element

OWNERS = frozenset(k.value for k in Kind) | {
    "process", "sequenceFlow", "participant", "lane", "message", "signal", "error", "escalation",
    "collaboration", "dataObjectReference", "dataStoreReference", "messageFlow",
}  # fmt: skip
_SILENT = DRAWING | BOOKKEEPING
RESERVED = frozenset({"Start", "End", "Root"})
_NCNAME = re.compile(r"[^\W\d][\w.\-·]*")
LONGEST_ID = 120

# Children that mean something only when they stand alone.
_ONCE = frozenset(
    {
        "conditionExpression", "multiInstanceLoopCharacteristics", "completionCondition",
        "standardLoopCharacteristics", "loopCondition", "loopCardinality", "condition",
        "timeDate", "timeDuration", "timeCycle",
        "extensionElements",
    }
)  # fmt: skip
_MAPPING_HOSTS = {"input": INPUT_HOSTS, "output": OUTPUT_HOSTS}
_KEYED = {"properties": "name", "taskHeaders": "key"}


def check_ids(root: Element, findings: Findings) -> None:
    """Report ids that are used twice, reserved, or not names in the sense of XML."""
    seen: set[str] = set()
    for element in root.walk():
        own = element.get("id")
        if element.namespace != BPMN or not own:
            continue
        if own in seen:
            findings.add("id-duplicate", own, element.get("name"), id=own)
        seen.add(own)
        if own in RESERVED and element.tag in OWNERS:
            findings.add("id-reserved", own, element.get("name"), id=own)
        if not is_id(own):
            findings.add("id-form", own, element.get("name"), id=own, longest=LONGEST_ID)


def is_id(text: str) -> bool:
    """Whether a text may be the id of an element."""
    return len(text) <= LONGEST_ID and _NCNAME.fullmatch(text) is not None


def screen(root: Element, findings: Findings, skipped: Collection[Element]) -> None:
    """Report everything of the file that is not on the allow-list; ``skipped`` are pictures."""
    _Screen(findings, skipped).walk(root, root)


class _Screen:
    """Walks the file and remembers which element a person would point at (the owner)."""

    def __init__(self, findings: Findings, skipped: Collection[Element]) -> None:
        self._findings = findings
        self._skipped = skipped

    def walk(self, element: Element, owner: Element) -> None:
        if element in self._skipped:
            return
        owner = element if element.tag in OWNERS and element.get("id") else owner
        self._attributes(element, owner)
        self._extensions(element, owner)
        self._event_definitions(element, owner)
        self._repeated([c for c in element.named(BPMN) if c.tag in _ONCE], "tag", owner)
        for child in element.children:
            if child.namespace != BPMN:
                self._foreign(child, owner)
            elif child.tag not in {"documentation", "extensionElements"}:
                self._child(child, element, owner)

    def _child(self, child: Element, parent: Element, owner: Element) -> None:
        if child.tag not in SHAPES[parent.tag].children:
            self._add("unknown-element", child, owner, tag=child.tag, parent=parent.tag)
        elif child.tag in TAG_FEATURES:
            self._feature(_feature_of(child), child, owner)
        elif child.tag in SHAPES:
            self.walk(child, owner)

    def _attributes(self, element: Element, owner: Element) -> None:
        shape = SHAPES[element.tag]
        for key, value in element.attributes.items():
            namespace, name = split_key(key)
            if namespace:
                self._foreign_attribute(namespace, name, element, owner)
                continue
            allowed = shape.attributes.get(name, frozenset())
            if allowed is None or value.strip() in allowed:
                continue
            if name in shape.features:
                self._feature(shape.features[name], element, owner)
            else:
                facts = {"tag": element.tag, "attribute": name, "value": value[:80]}
                self._add("unknown-attribute", element, owner, **facts)

    def _event_definitions(self, element: Element, owner: Element) -> None:
        if sum(1 for _ in element.named(BPMN, *EVENT_DEFINITIONS)) > 1:
            self._feature("event/several-definitions", element, owner)

    def _repeated(self, elements: list[Element], key: str, owner: Element) -> None:
        seen: set[str] = set()
        for element in elements:
            name = element.tag if key == "tag" else element.get(key)
            if name in seen:
                self._add("element-twice", element, owner, tag=name)
            seen.add(name)

    def _extensions(self, element: Element, owner: Element) -> None:
        zeebe = [e for e in extension_elements(element) if e.namespace == ZEEBE]
        self._repeated(zeebe, "tag", owner)
        for extension in extension_elements(element):
            if extension.namespace == ZEEBE:
                self._zeebe(extension, element.tag, owner)
            elif extension.namespace == BPMN:
                facts = {"tag": extension.tag, "parent": "extensionElements"}
                self._add("unknown-element", extension, owner, **facts)
            else:
                self._foreign(extension, owner)

    def _zeebe(self, element: Element, host: str, owner: Element) -> None:
        known = EXTENSIONS.get(element.tag)
        if known is None:
            zh, en = REFUSED_EXTENSIONS.get(element.tag, ("删除它。", "Remove it."))
            facts = {"tag": element.tag, "remedy_zh": zh, "remedy_en": en}
            self._add("unsupported-extension", element, owner, **facts)
            return
        if known.hosts and host not in known.hosts:
            hosts = ", ".join(sorted(known.hosts))
            facts = {"tag": element.tag, "host": host, "hosts": hosts}
            self._add("misplaced-extension", element, owner, **facts)
            return
        for key, value in element.attributes.items():
            if key not in known.attributes:
                facts = {"tag": f"zeebe:{element.tag}", "attribute": key, "value": value[:80]}
                self._add("unknown-attribute", element, owner, **facts)
        self._binding(element, owner)
        if element.tag in _KEYED:
            self._repeated(element.children, _KEYED[element.tag], owner)
        for child in element.children:
            self._line(child, element.tag, host, owner)

    def _line(self, line: Element, holder: str, host: str, owner: Element) -> None:
        hosts = _MAPPING_HOSTS.get(line.tag)
        if hosts is None or host in hosts:
            self._zeebe(line, holder, owner)
        else:
            facts = {"tag": line.tag, "host": host, "hosts": ", ".join(sorted(hosts))}
            self._add("misplaced-extension", line, owner, **facts)

    def _binding(self, element: Element, owner: Element) -> None:
        if element.get("retries"):
            self._add("extension-noted", element, owner, tag=element.tag, attribute="retries")
        binding = element.get("bindingType")
        if binding == "latest":
            self._add("binding-latest", element, owner, binding=binding)
        elif binding not in {"", "deployment"}:
            facts = {"tag": f"zeebe:{element.tag}", "attribute": "bindingType", "value": binding}
            self._add("unknown-attribute", element, owner, **facts)

    def _foreign(self, element: Element, owner: Element) -> None:
        if element.namespace in _SILENT:
            return
        if element.namespace in ENGINES:
            self._engine(element.namespace, element.tag, "", element, owner)
            return
        facts = {"tag": element.tag, "namespace": element.namespace or "-"}
        self._add("unknown-extension", element, owner, **facts)

    def _foreign_attribute(
        self, namespace: str, name: str, element: Element, owner: Element
    ) -> None:
        if namespace in _SILENT or (namespace == ZEEBE and name in TEMPLATE_ATTRIBUTES):
            return
        if namespace in ENGINES:
            self._engine(namespace, name, element.get(f"{{{namespace}}}{name}"), element, owner)
            return
        self._add("unknown-extension", element, owner, tag=name, namespace=namespace)

    def _engine(
        self, namespace: str, name: str, value: str, element: Element, owner: Element
    ) -> None:
        facts = {"engine": ENGINES[namespace], "what": name}
        if is_technical(name):
            self._add("foreign-technical", element, owner, **facts)
        else:
            facts |= {"instead": replacement(name), "value": f" {value[:80]}" if value else ""}
            self._add("foreign-extension", element, owner, **facts)

    def _feature(self, key: str, element: Element, owner: Element) -> None:
        where = element if element.get("id") and element.tag in OWNERS else owner
        report(key, where.place, where.get("name"), self._findings)

    def _add(self, code: str, element: Element, owner: Element, **facts: str) -> None:
        self._findings.add(code, owner.place, owner.get("name"), **facts)


def _feature_of(element: Element) -> str:
    if element.tag in {"dataInputAssociation", "dataOutputAssociation"} and any(
        element.named(BPMN, "assignment", "transformation")
    ):
        return "dataAssociation/assignment"
    return TAG_FEATURES[element.tag]
