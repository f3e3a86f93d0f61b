"""The Camunda 8 (`zeebe:`) extensions: which are executed, on which elements, and their reading."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.model import IoMapping, Zeebe
from engine.bpmn.namespaces import BPMN, ZEEBE
from engine.bpmn.xml import Element

_SERVICES = frozenset({"serviceTask", "sendTask", "businessRuleTask"})
_BODIES = frozenset({"callActivity", "subProcess", "transaction", "adHocSubProcess"})
_THROWS = frozenset({"endEvent", "intermediateThrowEvent"})
_CATCHES = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
_USER = frozenset({"userTask"})
_ANYWHERE: frozenset[str] = frozenset()

# Where each direction of a mapping is executed; of events only those with a message.
INPUT_HOSTS = _SERVICES | _BODIES | _THROWS
OUTPUT_HOSTS = _SERVICES | _BODIES | _CATCHES | {"userTask", "scriptTask", "receiveTask"}


@dataclass(frozen=True)
class Extension:
    """One allowed extension: the tags that carry it (empty: any), attributes, child tag."""

    hosts: frozenset[str]
    attributes: frozenset[str] = frozenset()
    child: str = ""


def _extension(hosts: frozenset[str], attributes: str = "", child: str = "") -> Extension:
    return Extension(hosts, frozenset(attributes.split()), child)


EXTENSIONS: dict[str, Extension] = {
    "userTask": _extension(_USER),
    "formDefinition": _extension(_USER | {"startEvent"}, "formId bindingType versionTag"),
    "assignmentDefinition": _extension(_USER, "assignee candidateGroups candidateUsers"),
    "taskSchedule": _extension(_USER, "dueDate"),
    "priorityDefinition": _extension(_USER, "priority"),
    "taskDefinition": _extension(_SERVICES | _THROWS, "type retries"),
    "taskHeaders": _extension(_SERVICES | _THROWS, "", "header"),
    "header": _extension(frozenset({"taskHeaders"}), "key value"),
    "ioMapping": _extension(INPUT_HOSTS | OUTPUT_HOSTS, "", "input output"),
    "input": _extension(frozenset({"ioMapping"}), "source target"),
    "output": _extension(frozenset({"ioMapping"}), "source target"),
    "script": _extension(frozenset({"scriptTask"}), "expression resultVariable"),
    "calledElement": _extension(
        frozenset({"callActivity"}),
        "processId propagateAllParentVariables propagateAllChildVariables bindingType versionTag",
    ),
    "calledDecision": _extension(
        frozenset({"businessRuleTask"}), "decisionId resultVariable bindingType versionTag"
    ),
    "loopCharacteristics": _extension(
        frozenset({"multiInstanceLoopCharacteristics"}),
        "inputCollection inputElement outputCollection outputElement",
    ),
    "subscription": _extension(frozenset({"message"}), "correlationKey"),
    "versionTag": _extension(frozenset({"process"}), "value"),
    "properties": _extension(_ANYWHERE, "", "property"),
    "property": _extension(frozenset({"properties"}), "name value"),
}

# Attributes of the zeebe namespace on BPMN elements: marks of element templates.
TEMPLATE_ATTRIBUTES = frozenset(
    {"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"}
)

# Known extensions that are refused by name, with what to do instead.
REFUSED_EXTENSIONS: dict[str, tuple[str, str]] = {
    "executionListeners": ("改画为服务任务。", "Draw a service task instead."),
    "taskListeners": ("改画为服务任务。", "Draw a service task instead."),
    "userTaskForm": (
        "把表单存为 .form 文件，用 formId 引用。",
        "Save the form as a .form file and refer to it by formId.",
    ),
    "linkedResources": ("删除它。", "Remove it."),
    "adHoc": ("改画为普通子流程。", "Draw an ordinary sub-process."),
    "conditionalFilter": ("删除它。", "Remove it."),
    "jobPriorityDefinition": ("删除它。", "Remove it."),
    "publishMessage": ("删除它。", "Remove it."),
}


def extension_elements(element: Element) -> tuple[Element, ...]:
    """The direct children of the element's ``extensionElements``."""
    holders = element.named(BPMN, "extensionElements")
    return tuple(child for holder in holders for child in holder.children)


def read_zeebe(element: Element, called_process: str = "") -> Zeebe:
    """All Camunda 8 extensions of one element; what is misplaced is reported by the screen.

    ``called_process`` is the process named by BPMN's own attribute, used when no extension is.
    """
    found = {e.tag: e for e in extension_elements(element) if e.namespace == ZEEBE}

    def attribute(tag: str, name: str) -> str:
        return found[tag].get(name) if tag in found else ""

    def mappings(direction: str) -> tuple[IoMapping, ...]:
        lines = found["ioMapping"].named(ZEEBE, direction) if "ioMapping" in found else ()
        return tuple(IoMapping(line.get("source"), line.get("target")) for line in lines)

    script = "script" if "script" in found else "calledDecision"
    return Zeebe(
        form_id=attribute("formDefinition", "formId"),
        assignee=attribute("assignmentDefinition", "assignee"),
        candidate_groups=attribute("assignmentDefinition", "candidateGroups"),
        candidate_users=attribute("assignmentDefinition", "candidateUsers"),
        due_date=attribute("taskSchedule", "dueDate"),
        follow_up_date=attribute("taskSchedule", "followUpDate"),
        priority=attribute("priorityDefinition", "priority"),
        task_type=attribute("taskDefinition", "type"),
        retries=attribute("taskDefinition", "retries"),
        headers=_pairs(found.get("taskHeaders"), "header", "key"),
        inputs=mappings("input"),
        outputs=mappings("output"),
        script=attribute("script", "expression"),
        result_variable=attribute(script, "resultVariable"),
        called_process=attribute("calledElement", "processId") or called_process,
        called_decision=attribute("calledDecision", "decisionId"),
        propagate_parent=attribute("calledElement", "propagateAllParentVariables") != "false",
        propagate_child=attribute("calledElement", "propagateAllChildVariables") != "false",
        properties=_pairs(found.get("properties"), "property", "name"),
    )


def _pairs(holder: Element | None, tag: str, key: str) -> dict[str, str]:
    lines = holder.named(ZEEBE, tag) if holder is not None else ()
    return {line.get(key): line.attributes.get("value", "") for line in lines}
