"""Extensions of other engines: which are mere technique, and what replaces the others here."""

from __future__ import annotations

# Transactions, retries, storage and start pages of another engine: no meaning for the procedure.
_TECHNICAL = frozenset(
    {
        "async", "asyncBefore", "asyncAfter", "exclusive", "jobPriority", "historyTimeToLive",
        "isStartableInTasklist", "versionTag", "modelerTemplate", "modelerTemplateVersion",
        "modelerTemplateIcon", "failedJobRetryTimeCycle", "diagramRelationId", "packageName",
        "version", "adHoc", "triggerable", "skipExpression",
        "formFieldValidation", "fallbackToDefaultTenant", "businessKey", "errorMessage",
        "taskPriority", "isStartable", "metaData", "import", "historyLevel", "startableInTasklist",
    }
)  # fmt: skip

_REPLACEMENTS = {
    "assignee": "zeebe:assignmentDefinition assignee",
    "candidateGroups": "zeebe:assignmentDefinition candidateGroups",
    "candidateUsers": "zeebe:assignmentDefinition candidateUsers",
    "formKey": "zeebe:formDefinition formId",
    "formRef": "zeebe:formDefinition formId",
    "formData": "zeebe:formDefinition formId",
    "formProperty": "zeebe:formDefinition formId",
    "dueDate": "zeebe:taskSchedule dueDate",
    "followUpDate": "zeebe:taskSchedule followUpDate",
    "priority": "zeebe:priorityDefinition priority",
    "class": "zeebe:taskDefinition type",
    "delegateExpression": "zeebe:taskDefinition type",
    "expression": "zeebe:taskDefinition type",
    "topic": "zeebe:taskDefinition type",
    "type": "zeebe:taskDefinition type",
    "resultVariable": "zeebe:ioMapping output",
    "inputOutput": "zeebe:ioMapping",
    "in": "zeebe:ioMapping input",
    "out": "zeebe:ioMapping output",
    "field": "zeebe:taskHeaders",
    "collection": "zeebe:loopCharacteristics inputCollection",
    "elementVariable": "zeebe:loopCharacteristics inputElement",
    "decisionRef": "zeebe:taskDefinition type",
    "properties": "zeebe:properties",
    "executionListener": "serviceTask",
    "taskListener": "serviceTask",
}


def is_technical(name: str) -> bool:
    """Whether this attribute or element of another engine says nothing about the procedure."""
    return name in _TECHNICAL


def replacement(name: str) -> str:
    """What to use here instead."""
    return _REPLACEMENTS.get(name, "zeebe:properties")
