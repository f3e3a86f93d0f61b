"""Compiling the texts of a decision file; what is no FEEL becomes a finding on its element."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.findings import Findings
from engine.bpmn.xml import Element
from engine.feel import Expression, FeelError, compile_expression
from engine.feel.expression import UnaryTests, compile_unary

Names = tuple[str, str]
"""What an expression is called in Chinese and English."""


@dataclass(frozen=True)
class Cells:
    """Reads expressions of one file: in its namespace, with the functions diagrams have."""

    namespace: str
    functions: frozenset[str]
    findings: Findings

    def child(self, element: Element, tag: str) -> Element | None:
        """The first child with this tag."""
        return element.first(self.namespace, tag)

    def children(self, element: Element, *tags: str) -> list[Element]:
        """All children with these tags."""
        return list(element.named(self.namespace, *tags))

    def text(self, element: Element | None) -> str:
        """The text inside an element's ``text``."""
        inner = None if element is None else self.child(element, "text")
        return "" if inner is None else inner.text.strip()

    def expression(self, element: Element, owner: str, what: Names) -> Expression | None:
        """The expression an element holds; None when it is empty or was reported."""
        text = self.text(element)
        if not text:
            return None
        try:
            return compile_expression(text, functions=self.functions)
        except FeelError as error:
            self._report(element, owner, what, text, error)
            return None

    def needed(self, element: Element, owner: str, what: Names) -> Expression | None:
        """An expression that may not be empty."""
        if not self.text(element):
            facts = {"what_zh": what[0], "what_en": what[1]}
            self.findings.add("decision-expression-missing", element.place, owner, **facts)
        return self.expression(element, owner, what)

    def tests(self, element: Element | None, owner: str, what: Names) -> UnaryTests | None:
        """The unary tests an element holds; None where everything passes or it was reported."""
        text = self.text(element)
        if element is None or text in ("", "-"):
            return None
        try:
            return compile_unary(text, functions=self.functions)
        except FeelError as error:
            self._report(element, owner, what, text, error)
            return None

    def _report(
        self, element: Element, owner: str, what: Names, text: str, error: FeelError
    ) -> None:
        facts = {"what_zh": what[0], "what_en": what[1], "value": text[:80]}
        reasons = {"reason_zh": error.zh, "reason_en": error.en}
        self.findings.add("decision-expression", element.place, owner, **facts, **reasons)
