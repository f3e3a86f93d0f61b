"""The allow-list pass: every element and attribute of a decision file is known, or a finding."""

from __future__ import annotations

from engine.bpmn.findings import Findings
from engine.bpmn.messages import feature_finding
from engine.bpmn.namespaces import split_key
from engine.bpmn.xml import Element
from engine.decisions.namespaces import DMN, FEEL, SILENT, TECHNICAL
from engine.decisions.shapes import ONCE, SHAPES, SILENT_TAGS
from engine.decisions.support import FEATURES

_LANGUAGES = frozenset({"expressionLanguage", "typeLanguage"})
_DECLARED = {"decision": ("决策", "decision"), "inputData": ("输入数据", "input")}


def screen(root: Element, findings: Findings) -> None:
    """Report everything of the file that is neither read nor a picture."""
    _check_ids(root, findings)
    _Screen(findings).walk(root, root)


def _check_ids(root: Element, findings: Findings) -> None:
    seen: set[str] = set()
    for element in root.children:
        if element.tag not in _DECLARED or element.namespace not in DMN:
            continue
        own = element.get("id")
        if not own or own in seen:
            zh, en = _DECLARED[element.tag]
            facts = {"what_zh": zh, "what_en": en, "id": own}
            findings.add("decision-id", element.place, element.get("name"), **facts)
        seen.add(own)


class _Screen:
    """Walks the file and remembers the decision or input a person would point at (the owner)."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def walk(self, element: Element, owner: Element) -> None:
        owner = element if element.tag in _DECLARED else owner
        shape = SHAPES[element.tag]
        for key, value in element.attributes.items():
            self._attribute(key, value.strip(), element, owner)
        seen: set[str] = set()
        for child in element.children:
            if child.tag in seen and child.tag in ONCE:
                self._add("decision-element-twice", child, owner, tag=child.tag)
            seen.add(child.tag)
            if child.namespace not in DMN:
                self._foreign(child.namespace, child.tag, child, owner)
            elif child.tag not in shape.children:
                facts = {"tag": child.tag, "parent": element.tag}
                self._add("decision-unknown-element", child, owner, **facts)
            else:
                self._child(child, owner)

    def _child(self, child: Element, owner: Element) -> None:
        row = FEATURES.get(child.tag)
        found = None if row is None else feature_finding(row, child.place, owner.get("name"))
        if found is not None:
            self._findings.record(found)
        elif child.tag == "extensionElements":
            for extension in child.children:
                self._foreign(extension.namespace, extension.tag, extension, owner)
        elif child.tag in SHAPES and child.tag not in SILENT_TAGS:
            self.walk(child, owner)
        elif child.tag not in SILENT_TAGS:
            facts = {"tag": child.tag, "parent": owner.tag}
            self._add("decision-unknown-element", child, owner, **facts)

    def _attribute(self, key: str, value: str, element: Element, owner: Element) -> None:
        namespace, name = split_key(key)
        if namespace:
            self._foreign(namespace, name, element, owner)
        elif name not in SHAPES[element.tag].attributes:
            facts = {"tag": element.tag, "attribute": name, "value": value[:80]}
            self._add("decision-unknown-attribute", element, owner, **facts)
        elif name in _LANGUAGES and value not in FEEL and value.lower() not in FEEL:
            self._add("decision-language", element, owner, value=value[:80])

    def _foreign(self, namespace: str, tag: str, element: Element, owner: Element) -> None:
        if namespace in SILENT:
            return
        if tag in TECHNICAL.get(namespace, ()):
            self._add("decision-technical", element, owner, tag=tag)
        else:
            self._add("decision-extension", element, owner, tag=tag, namespace=namespace or "-")

    def _add(self, code: str, element: Element, owner: Element, **facts: str) -> None:
        self._findings.add(code, element.place, owner.get("name"), **facts)
