"""The XML namespaces a diagram may carry: what is BPMN, ours, drawing, bookkeeping, or foreign."""

from __future__ import annotations

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
MODELER = "http://camunda.org/schema/modeler/1.0"
CAMUNDA7 = "http://camunda.org/schema/1.0/bpmn"

DRAWING = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/DD/20100524/DI",
    }
)

# Says something about the file, the picture or the tool, nothing about execution.
BOOKKEEPING = frozenset(
    {
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
        MODELER,
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://www.signavio.com",
        "http://www.boc-group.com",
        "http://flowable.org/modeler",
        "http://activiti.com/modeler",
        "http://www.bizagi.com/bpmn20",
        "http://bpmn.sourceforge.net",
        "http://org.eclipse.bpmn2/ext",
        "http://www.bpsim.org/schemas/1.0",
        "http://www.bpsim.org/schemas/2.0",
        "http://www.trisotech.com/2014/triso/bpmn",
        "http://www.trisotech.com/2015/triso/bpmn",
        "http://www.trisotech.com/2015/triso/modeling",
    }
)

# Other engines: their extensions change what is executed and are never ignored.
ENGINES = {
    CAMUNDA7: "Camunda 7",
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://flowable.org/design": "Flowable",
    "http://operaton.org/schema/1.0/bpmn": "Operaton",
    "http://www.jboss.org/drools": "jBPM",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
}


def split_key(key: str) -> tuple[str, str]:
    """Namespace and local name of an attribute key as :mod:`engine.bpmn.xml` writes it."""
    if key.startswith("{"):
        namespace, _, name = key[1:].partition("}")
        return namespace, name
    return "", key
