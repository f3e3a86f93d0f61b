"""The allow-list: which attributes and children of each BPMN tag are known.

What stands here is read, or harmless as written. Everything else becomes a finding
(:mod:`engine.bpmn.screen`). Whether a known feature is executed is said by the support table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.bpmn.model import ACTIVITIES, BODIES, EVENTS, GATEWAYS, Kind


@dataclass(frozen=True)
class Shape:
    """The known attributes and children of one tag.

    ``attributes`` maps a name to the values that are fine; ``None`` means any. Another value is
    a use of the feature in ``features``, or unknown when it is not there.
    """

    attributes: Mapping[str, frozenset[str] | None]
    children: frozenset[str] = frozenset()
    features: Mapping[str, str] = field(default_factory=dict)


# A child (or root element) that is by itself the use of a feature of the support table.
TAG_FEATURES: dict[str, str] = {
    "dataObject": "dataObject",
    "dataObjectReference": "dataObject",
    "dataStore": "dataStore",
    "dataStoreReference": "dataStore",
    "dataInputAssociation": "dataAssociation",
    "dataOutputAssociation": "dataAssociation",
    "ioSpecification": "ioSpecification",
    "dataInput": "ioSpecification",
    "dataOutput": "ioSpecification",
    "inputSet": "ioSpecification",
    "outputSet": "ioSpecification",
    "itemDefinition": "itemDefinition",
    "partnerEntity": "itemDefinition",
    "partnerRole": "itemDefinition",
    "resource": "itemDefinition",
    "interface": "interface",
    "endPoint": "interface",
    "interfaceRef": "interface",
    "endPointRef": "interface",
    "operationRef": "interface",
    "supportedInterfaceRef": "interface",
    "ioBinding": "interface",
    "property": "property",
    "auditing": "monitoring",
    "monitoring": "monitoring",
    "resourceRole": "resourceRole",
    "performer": "resourceRole",
    "humanPerformer": "resourceRole",
    "potentialOwner": "resourceRole",
    "rendering": "rendering",
    "correlationKey": "correlation",
    "correlationProperty": "correlation",
    "correlationSubscription": "correlation",
    "import": "import",
    "choreography": "choreography",
    "globalChoreographyTask": "choreography",
    "globalConversation": "choreography",
    "conversation": "choreography",
    "subConversation": "choreography",
    "callConversation": "choreography",
    "conversationLink": "choreography",
    "conversationAssociation": "choreography",
    "globalTask": "globalTask",
    "globalUserTask": "globalTask",
    "globalManualTask": "globalTask",
    "globalScriptTask": "globalTask",
    "globalBusinessRuleTask": "globalTask",
    "complexBehaviorDefinition": "multiInstance/complex-behavior",
    "eventDefinitionRef": "event/definition-reference",
    "messageFlow": "messageFlow",
    "participantMultiplicity": "participant",
    "textAnnotation": "textAnnotation",
    "association": "textAnnotation",
    "group": "textAnnotation",
    "category": "textAnnotation",
    "categoryValueRef": "textAnnotation",
}

EVENT_DEFINITIONS = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "linkEventDefinition": "link",
    "terminateEventDefinition": "terminate",
    "compensateEventDefinition": "compensation",
    "cancelEventDefinition": "cancel",
}

_FALSE = frozenset({"false", "0"})
_BOOLEAN = _FALSE | {"true", "1"}
_PLAIN_IMPLEMENTATION = frozenset({"", "##unspecified", "##WebService"})


def _any(*names: str) -> dict[str, frozenset[str] | None]:
    return dict.fromkeys(names)


_NODE = _any("id", "name")
_NODE_CHILDREN = frozenset({"incoming", "outgoing", "auditing", "monitoring", "categoryValueRef"})
_ROLES = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner"})
_DATA = frozenset({"ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation"})
_ACTIVITY: dict[str, frozenset[str] | None] = {
    **_NODE,
    **_any("default"),
    "isForCompensation": _FALSE,
    "startQuantity": frozenset({"1"}),
    "completionQuantity": frozenset({"1"}),
}
_ACTIVITY_FEATURES = {
    "isForCompensation": "compensationMarker",
    "startQuantity": "tokenQuantity",
    "completionQuantity": "tokenQuantity",
}
_ACTIVITY_CHILDREN = (
    _NODE_CHILDREN
    | _ROLES
    | _DATA
    | {"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"}
)
_FLOW_ELEMENTS = frozenset(k.value for k in Kind) | {
    "sequenceFlow",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
}
_ARTIFACTS = frozenset({"textAnnotation", "association", "group"})
_CONTAINER = _FLOW_ELEMENTS | _ARTIFACTS | {"laneSet"}
_EVENT_DATA = frozenset(
    {"property", "dataInput", "dataOutput", "inputSet", "outputSet"}
    | {"dataInputAssociation", "dataOutputAssociation"}
)
_EVENT_CHILDREN = _NODE_CHILDREN | set(EVENT_DEFINITIONS) | _EVENT_DATA | {"eventDefinitionRef"}

_EXTRA_ATTRIBUTES: dict[Kind, dict[str, frozenset[str] | None]] = {
    Kind.USER_TASK: {"implementation": _PLAIN_IMPLEMENTATION},
    Kind.SERVICE_TASK: {"implementation": _PLAIN_IMPLEMENTATION, "operationRef": None},
    Kind.SEND_TASK: {
        "implementation": _PLAIN_IMPLEMENTATION,
        **_any("messageRef", "operationRef"),
    },
    Kind.RECEIVE_TASK: {
        "implementation": _PLAIN_IMPLEMENTATION,
        "instantiate": _BOOLEAN,
        **_any("messageRef", "operationRef"),
    },
    Kind.BUSINESS_RULE_TASK: {"implementation": _PLAIN_IMPLEMENTATION},
    Kind.SCRIPT_TASK: _any("scriptFormat"),
    Kind.CALL_ACTIVITY: _any("calledElement"),
    Kind.SUB_PROCESS: _any("triggeredByEvent"),
    Kind.TRANSACTION: {
        "triggeredByEvent": _FALSE,
        "method": frozenset({"", "##Compensate"}),
    },
    Kind.AD_HOC: _any("triggeredByEvent", "ordering", "cancelRemainingInstances"),
    Kind.EXCLUSIVE: _any("gatewayDirection", "default"),
    Kind.PARALLEL: _any("gatewayDirection"),
    Kind.INCLUSIVE: _any("gatewayDirection", "default"),
    Kind.COMPLEX: _any("gatewayDirection", "default"),
    Kind.EVENT_BASED: {
        **_any("gatewayDirection"),
        "instantiate": _BOOLEAN,
        "eventGatewayType": frozenset({"Exclusive"}),
    },
    Kind.START: {**_any("isInterrupting"), "parallelMultiple": _FALSE},
    Kind.CATCH: {"parallelMultiple": _FALSE},
    Kind.BOUNDARY: {**_any("attachedToRef", "cancelActivity"), "parallelMultiple": _FALSE},
}
_EXTRA_CHILDREN: dict[Kind, frozenset[str]] = {
    Kind.USER_TASK: frozenset({"rendering"}),
    Kind.AD_HOC: frozenset({"completionCondition"}),
    Kind.COMPLEX: frozenset({"activationCondition"}),
}
_EXTRA_FEATURES: dict[Kind, dict[str, str]] = {
    Kind.EVENT_BASED: {"eventGatewayType": "eventBasedGateway/parallel"},
    Kind.START: {"parallelMultiple": "event/several-definitions"},
    Kind.CATCH: {"parallelMultiple": "event/several-definitions"},
    Kind.BOUNDARY: {"parallelMultiple": "event/several-definitions"},
}


def _node_shape(kind: Kind) -> Shape:
    attributes, children = dict(_NODE), _NODE_CHILDREN
    features: dict[str, str] = {}
    if kind in ACTIVITIES:
        attributes, children, features = dict(_ACTIVITY), _ACTIVITY_CHILDREN, _ACTIVITY_FEATURES
    if kind in EVENTS:
        children = _EVENT_CHILDREN
    if kind in BODIES:
        children = children | _CONTAINER
    return Shape(
        {**attributes, **_EXTRA_ATTRIBUTES.get(kind, {})},
        children | _EXTRA_CHILDREN.get(kind, frozenset()),
        {**features, **_EXTRA_FEATURES.get(kind, {})},
    )


def _shape(attributes: str, children: Iterable[str] = ()) -> Shape:
    return Shape(_any(*attributes.split()), frozenset(children))


_EXPRESSION = _shape("id language evaluatesToTypeRef")
_ROOT = frozenset(TAG_FEATURES) | {"process", "collaboration", "message", "signal", "error"}

SHAPES: dict[str, Shape] = {
    **{kind.value: _node_shape(kind) for kind in GATEWAYS | EVENTS | ACTIVITIES},
    "definitions": _shape(
        "id name targetNamespace expressionLanguage typeLanguage exporter exporterVersion",
        _ROOT | {"escalation", "relationship", "extension"},
    ),
    "process": _shape(
        "id name isExecutable processType isClosed definitionalCollaborationRef",
        _CONTAINER
        | _ROLES
        | _DATA
        | {"auditing", "monitoring"}
        | {"correlationSubscription", "supportedInterfaceRef", "ioBinding"},
    ),
    "collaboration": _shape(
        "id name isClosed",
        _ARTIFACTS
        | {"participant", "messageFlow", "correlationKey", "conversation", "subConversation"}
        | {"callConversation", "conversationLink", "conversationAssociation"},
    ),
    "participant": _shape(
        "id name processRef", {"interfaceRef", "endPointRef", "participantMultiplicity"}
    ),
    "laneSet": _shape("id name", {"lane"}),
    "childLaneSet": _shape("id name", {"lane"}),
    "lane": _shape("id name partitionElementRef", {"flowNodeRef", "childLaneSet"}),
    "flowNodeRef": _shape(""),
    "incoming": _shape(""),
    "outgoing": _shape(""),
    "sequenceFlow": _shape(
        "id name sourceRef targetRef isImmediate",
        {"conditionExpression", "auditing", "monitoring", "categoryValueRef"},
    ),
    "conditionExpression": _EXPRESSION,
    "multiInstanceLoopCharacteristics": Shape(
        {**_any("id", "isSequential"), "behavior": frozenset({"All"})},
        frozenset({"loopCardinality", "completionCondition", "complexBehaviorDefinition"}),
        {
            "behavior": "multiInstance/complex-behavior",
            "noneBehaviorEventRef": "multiInstance/complex-behavior",
            "oneBehaviorEventRef": "multiInstance/complex-behavior",
        },
    ),
    "loopCardinality": _EXPRESSION,
    "standardLoopCharacteristics": _shape("id testBefore loopMaximum", {"loopCondition"}),
    "loopCondition": _EXPRESSION,
    "completionCondition": _EXPRESSION,
    "activationCondition": _EXPRESSION,
    "timerEventDefinition": _shape("id", {"timeDate", "timeDuration", "timeCycle"}),
    "timeDate": _EXPRESSION,
    "timeDuration": _EXPRESSION,
    "timeCycle": _EXPRESSION,
    "messageEventDefinition": _shape("id messageRef", {"operationRef"}),
    "signalEventDefinition": _shape("id signalRef"),
    "errorEventDefinition": _shape("id errorRef"),
    "escalationEventDefinition": _shape("id escalationRef"),
    "conditionalEventDefinition": _shape("id", {"condition"}),
    "condition": _EXPRESSION,
    "linkEventDefinition": _shape("id name", {"source", "target"}),
    "source": _shape(""),
    "target": _shape(""),
    "terminateEventDefinition": _shape("id"),
    "compensateEventDefinition": _shape("id activityRef waitForCompletion"),
    "cancelEventDefinition": _shape("id"),
    "message": _shape("id name itemRef"),
    "signal": _shape("id name structureRef"),
    "error": _shape("id name errorCode structureRef"),
    "escalation": _shape("id name escalationCode structureRef"),
    "relationship": _shape("id type direction", {"source", "target"}),
    "extension": _shape("definition mustUnderstand"),
}
