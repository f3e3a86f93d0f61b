"""The allow-list: which attributes and children of each DMN tag are known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """The known attributes and children of one tag."""

    attributes: frozenset[str]
    children: frozenset[str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _shape(attributes: str, children: str = "") -> Shape:
    named = f"id name label {attributes}"
    told = f"description extensionElements {children}"
    return Shape(_words(named), _words(told))


BOXED = (
    "context relation list conditional filter for some every invocation functionDefinition "
    "decisionTable literalExpression"
)
_LINKS = "informationRequirement knowledgeRequirement authorityRequirement"
_PICTURE = (
    "knowledgeSource textAnnotation association group elementCollection performanceIndicator "
    "organizationUnit"
)

SHAPES: dict[str, Shape] = {
    "definitions": _shape(
        "namespace exporter exporterVersion expressionLanguage typeLanguage",
        "decision inputData itemDefinition businessKnowledgeModel decisionService import "
        f"{_PICTURE}",
    ),
    "decision": _shape(
        "",
        f"question allowedAnswers variable {_LINKS} supportedObjective decisionMaker "
        f"impactedPerformanceIndicator decisionOwner usingProcess usingTask {BOXED}",
    ),
    "question": _shape(""),
    "allowedAnswers": _shape(""),
    "variable": _shape("typeRef"),
    "inputData": _shape("", "variable"),
    "informationRequirement": _shape("", "requiredInput requiredDecision"),
    "requiredInput": _shape("href"),
    "requiredDecision": _shape("href"),
    "itemDefinition": _shape(
        "isCollection typeLanguage",
        "typeRef allowedValues typeConstraint itemComponent functionItem",
    ),
    "itemComponent": _shape(
        "isCollection typeLanguage",
        "typeRef allowedValues typeConstraint itemComponent functionItem",
    ),
    "typeRef": _shape(""),
    "allowedValues": _shape("expressionLanguage", "text"),
    "typeConstraint": _shape("expressionLanguage", "text"),
    "literalExpression": _shape("expressionLanguage typeRef", "text importedValues"),
    "decisionTable": _shape(
        "typeRef hitPolicy aggregation preferredOrientation outputLabel",
        "input output annotation rule",
    ),
    "input": _shape("", "inputExpression inputValues"),
    "inputExpression": _shape("expressionLanguage typeRef", "text importedValues"),
    "inputValues": _shape("expressionLanguage", "text"),
    "output": _shape("typeRef", "outputValues defaultOutputEntry"),
    "outputValues": _shape("expressionLanguage", "text"),
    "defaultOutputEntry": _shape("expressionLanguage typeRef", "text importedValues"),
    "rule": _shape("", "inputEntry outputEntry annotationEntry"),
    "inputEntry": _shape("expressionLanguage", "text"),
    "outputEntry": _shape("expressionLanguage typeRef", "text importedValues"),
    "text": _shape(""),
}

# Said for people or by tools; what stands inside is not looked at.
SILENT_TAGS = _words(
    f"description extensionElements annotation annotationEntry authorityRequirement {_PICTURE} "
    "supportedObjective impactedPerformanceIndicator decisionMaker decisionOwner usingProcess "
    "usingTask question allowedAnswers"
)

# These count once: a second one would leave open which of them holds.
ONCE = _words(
    "variable inputExpression inputValues outputValues defaultOutputEntry text typeRef "
    "allowedValues typeConstraint requiredInput requiredDecision"
)
