"""The table of BPMN: every feature is executed as BPMN 2.0 says, or refused by name.

One row a feature. The reader asks this table and nothing else, so turning a refusal into
execution is one changed row (and the engine that does it). ``docs/bpmn-support.md`` is printed
from it by :mod:`engine.bpmn.support_page`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What becomes of a feature."""

    EXECUTED = "executed"
    DRAWING = "drawing"  # a picture for people: kept, shown, without effect
    NOTED = "noted"  # without effect here, and the author is told
    REFUSED = "refused"


@dataclass(frozen=True)
class Feature:
    """One row: its stable key, its names, the verdict, and for a refusal the reason and remedy."""

    key: str
    zh: str
    en: str
    verdict: Verdict
    reason_zh: str = ""
    reason_en: str = ""
    remedy_zh: str = ""
    remedy_en: str = ""


def _executed(key: str, zh: str, en: str) -> Feature:
    return Feature(key, zh, en, Verdict.EXECUTED)


def _drawing(key: str, zh: str, en: str) -> Feature:
    return Feature(key, zh, en, Verdict.DRAWING)


def _noted(key: str, zh: str, en: str, reason_zh: str, reason_en: str) -> Feature:
    return Feature(key, zh, en, Verdict.NOTED, reason_zh, reason_en)


def _refused(
    key: str, zh: str, en: str, reason: tuple[str, str], remedy: tuple[str, str]
) -> Feature:
    return Feature(key, zh, en, Verdict.REFUSED, *reason, *remedy)


_NOT_YET = ("引擎尚不执行该构造", "the engine does not execute it yet")
_REMOVE = ("删除它,或改用已支持的构造", "remove it, or use a construct that is executed")
_AS_BOUNDARY = ("改用活动上的边界事件", "use a boundary event on the activity instead")
_AS_SERVICE = (
    "改为服务任务并填写任务类型(taskDefinition)",
    "make it a service task with a task type (taskDefinition)",
)
_ONLY_EVENT_SUB = (
    "这种开始事件只属于事件子流程,而事件子流程尚不执行",
    "this start event belongs to an event sub-process, which is not executed yet",
)
_CONDITION = (
    "条件事件尚不执行",
    "conditional events are not executed yet",
)
_AS_GATEWAY = (
    "在其后加一个网关,把条件放在网关的出口上",
    "put a gateway behind it and the conditions on the gateway's exits",
)
_AS_FLOW = ("用一条顺序流直接相连", "connect the two places by a sequence flow")
_COMPENSATION = ("补偿尚不执行", "compensation is not executed yet")
_CANCEL = (
    "取消事件只属于事务子流程,而事务尚不执行",
    "cancel events belong to transactions, which are not executed yet",
)

ACTIVITIES: tuple[Feature, ...] = (
    _executed("task", "任务(直接通过)", "task (passes through)"),
    _executed("manualTask", "手工任务(直接通过)", "manual task (passes through)"),
    _executed("userTask", "用户任务", "user task"),
    _executed("serviceTask", "服务任务", "service task"),
    _executed("sendTask", "发送任务(同服务任务)", "send task (as a service task)"),
    _executed("receiveTask", "接收任务", "receive task"),
    _refused(
        "receiveTask/instantiate",
        "启动流程的接收任务",
        "receive task that starts the process",
        _NOT_YET,
        ("改用消息开始事件", "use a message start event"),
    ),
    _executed("scriptTask", "脚本任务(FEEL)", "script task (FEEL)"),
    _executed(
        "businessRuleTask",
        "业务规则任务(按服务任务执行)",
        "business rule task (run as a service task)",
    ),
    _refused(
        "businessRuleTask/decision",
        "决策表业务规则任务",
        "business rule task with a decision table",
        ("决策表尚不执行", "decision tables are not executed yet"),
        _AS_SERVICE,
    ),
    _executed("callActivity", "调用活动", "call activity"),
    _executed("subProcess", "嵌入子流程", "embedded sub-process"),
    _refused(
        "eventSubProcess",
        "事件子流程",
        "event sub-process",
        _NOT_YET,
        _AS_BOUNDARY,
    ),
    _refused("transaction", "事务子流程", "transaction", _NOT_YET, _REMOVE),
    _refused(
        "adHocSubProcess",
        "临时(ad-hoc)子流程",
        "ad-hoc sub-process",
        ("步骤次序未定,无法证明流程正确", "its order of steps is open, nothing can be proved"),
        ("改画为普通子流程", "draw an ordinary sub-process"),
    ),
)

GATEWAYS: tuple[Feature, ...] = (
    _executed("exclusiveGateway", "排他网关", "exclusive gateway"),
    _executed("parallelGateway", "并行网关", "parallel gateway"),
    _executed("inclusiveGateway", "包容网关", "inclusive gateway"),
    _executed("eventBasedGateway", "事件网关", "event-based gateway"),
    _refused(
        "eventBasedGateway/instantiate",
        "启动流程的事件网关",
        "event-based gateway that starts the process",
        _NOT_YET,
        ("改用消息开始事件", "use message start events"),
    ),
    _refused(
        "eventBasedGateway/parallel",
        "并行事件网关",
        "parallel event-based gateway",
        _NOT_YET,
        ("改用并行网关加接收任务", "use a parallel gateway and receive tasks"),
    ),
    _refused(
        "complexGateway",
        "复杂网关",
        "complex gateway",
        ("其激活条件没有通行的执行语义", "its activation condition has no agreed execution"),
        ("改用包容网关或并行网关", "use an inclusive or a parallel gateway"),
    ),
)

STARTS: tuple[Feature, ...] = (
    _executed("startEvent/none", "空开始事件", "none start event"),
    _executed("startEvent/message", "消息开始事件", "message start event"),
    _executed("startEvent/timer", "定时开始事件", "timer start event"),
    _refused("startEvent/signal", "信号开始事件", "signal start event", _NOT_YET, _REMOVE),
    _refused(
        "startEvent/conditional", "条件开始事件", "conditional start event", _CONDITION, _REMOVE
    ),
    _refused(
        "startEvent/error", "错误开始事件", "error start event", _ONLY_EVENT_SUB, _AS_BOUNDARY
    ),
    _refused(
        "startEvent/escalation",
        "升级开始事件",
        "escalation start event",
        _ONLY_EVENT_SUB,
        _AS_BOUNDARY,
    ),
    _refused(
        "startEvent/compensation",
        "补偿开始事件",
        "compensation start event",
        _COMPENSATION,
        _REMOVE,
    ),
    _refused(
        "startEvent/in-sub-process",
        "嵌入子流程中带触发的开始事件",
        "start event with a trigger in an embedded sub-process",
        ("嵌入子流程由令牌进入,触发永不发生", "a token enters it, so the trigger never happens"),
        ("改用空开始事件", "use a none start event"),
    ),
    _refused(
        "startEvent/several",
        "多个开始事件",
        "several start events",
        _NOT_YET,
        ("合并为一个开始事件", "merge them into one start event"),
    ),
)

ENDS: tuple[Feature, ...] = (
    _executed("endEvent/none", "空结束事件", "none end event"),
    _executed("endEvent/terminate", "终止结束事件", "terminate end event"),
    _executed("endEvent/error", "错误结束事件", "error end event"),
    _executed("endEvent/escalation", "升级结束事件", "escalation end event"),
    _executed("endEvent/message", "消息结束事件", "message end event"),
    _refused(
        "endEvent/signal",
        "信号结束事件",
        "signal end event",
        _NOT_YET,
        ("改用信号抛出事件加空结束事件", "use a signal throw event and a none end event"),
    ),
    _refused(
        "endEvent/compensation", "补偿结束事件", "compensation end event", _COMPENSATION, _REMOVE
    ),
    _refused("endEvent/cancel", "取消结束事件", "cancel end event", _CANCEL, _REMOVE),
)

INTERMEDIATE: tuple[Feature, ...] = (
    _executed("intermediateCatchEvent/timer", "定时捕获事件", "timer catch event"),
    _executed("intermediateCatchEvent/message", "消息捕获事件", "message catch event"),
    _executed("intermediateCatchEvent/signal", "信号捕获事件", "signal catch event"),
    _refused(
        "intermediateCatchEvent/none",
        "没有触发的捕获事件",
        "catch event without a trigger",
        ("它不等待任何事情", "it waits for nothing"),
        ("填写定时、消息或信号", "give it a timer, message or signal"),
    ),
    _refused(
        "intermediateCatchEvent/conditional",
        "条件捕获事件",
        "conditional catch event",
        _CONDITION,
        _REMOVE,
    ),
    _refused("intermediateCatchEvent/link", "链接捕获事件", "link catch event", _NOT_YET, _AS_FLOW),
    _executed("intermediateThrowEvent/none", "空中间事件", "none intermediate event"),
    _executed("intermediateThrowEvent/signal", "信号抛出事件", "signal throw event"),
    _executed("intermediateThrowEvent/escalation", "升级抛出事件", "escalation throw event"),
    _executed("intermediateThrowEvent/message", "消息抛出事件", "message throw event"),
    _refused("intermediateThrowEvent/link", "链接抛出事件", "link throw event", _NOT_YET, _AS_FLOW),
    _refused(
        "intermediateThrowEvent/compensation",
        "补偿抛出事件",
        "compensation throw event",
        _COMPENSATION,
        _REMOVE,
    ),
)

BOUNDARIES: tuple[Feature, ...] = (
    _executed("boundaryEvent/timer", "定时边界事件(中断)", "timer boundary event (interrupting)"),
    _executed(
        "boundaryEvent/timer/non-interrupting",
        "定时边界事件(非中断)",
        "timer boundary event (non-interrupting)",
    ),
    _executed(
        "boundaryEvent/message", "消息边界事件(中断)", "message boundary event (interrupting)"
    ),
    _executed(
        "boundaryEvent/message/non-interrupting",
        "消息边界事件(非中断)",
        "message boundary event (non-interrupting)",
    ),
    _executed("boundaryEvent/signal", "信号边界事件(中断)", "signal boundary event (interrupting)"),
    _executed(
        "boundaryEvent/signal/non-interrupting",
        "信号边界事件(非中断)",
        "signal boundary event (non-interrupting)",
    ),
    _executed("boundaryEvent/error", "错误边界事件", "error boundary event"),
    _refused(
        "boundaryEvent/error/non-interrupting",
        "非中断的错误边界事件",
        "non-interrupting error boundary event",
        ("错误总是中断活动(BPMN 2.0)", "an error always interrupts its activity (BPMN 2.0)"),
        ("改为中断型,或改用升级事件", "make it interrupting, or use an escalation event"),
    ),
    _executed(
        "boundaryEvent/escalation",
        "升级边界事件(中断)",
        "escalation boundary event (interrupting)",
    ),
    _executed(
        "boundaryEvent/escalation/non-interrupting",
        "升级边界事件(非中断)",
        "escalation boundary event (non-interrupting)",
    ),
    _refused(
        "boundaryEvent/none",
        "没有触发的边界事件",
        "boundary event without a trigger",
        ("它永远不会发生", "it never happens"),
        (
            "填写定时、消息、信号、错误或升级",
            "give it a timer, message, signal, error or escalation",
        ),
    ),
    _refused(
        "boundaryEvent/conditional",
        "条件边界事件",
        "conditional boundary event",
        _CONDITION,
        _REMOVE,
    ),
    _refused(
        "boundaryEvent/compensation",
        "补偿边界事件",
        "compensation boundary event",
        _COMPENSATION,
        _REMOVE,
    ),
    _refused("boundaryEvent/cancel", "取消边界事件", "cancel boundary event", _CANCEL, _REMOVE),
)

DEFINITIONS: tuple[Feature, ...] = (
    _executed("timer/date", "定时:日期(timeDate)", "timer by date"),
    _executed("timer/duration", "定时:时长(timeDuration)", "timer by duration"),
    _refused(
        "timer/cycle",
        "定时:循环(timeCycle)",
        "timer by cycle",
        ("循环定时尚不执行", "repeating timers are not executed yet"),
        ("改用时长或日期", "use a duration or a date"),
    ),
    _refused(
        "event/several-definitions",
        "一个事件有多个触发",
        "event with several triggers",
        _NOT_YET,
        ("每个触发画一个事件", "draw one event for each trigger"),
    ),
    _refused(
        "event/definition-reference",
        "引用共用的事件定义",
        "reference to a shared event definition",
        _NOT_YET,
        ("把事件定义直接画在事件里", "draw the definition inside the event"),
    ),
    _refused(
        "event/not-in-bpmn",
        "这种位置与触发的组合",
        "this combination of position and trigger",
        ("BPMN 2.0 没有这种事件", "BPMN 2.0 has no such event"),
        _REMOVE,
    ),
)

MARKERS: tuple[Feature, ...] = (
    _executed("multiInstance/parallel", "多实例(并行)", "multi-instance (parallel)"),
    _executed("multiInstance/sequential", "多实例(顺序)", "multi-instance (sequential)"),
    _refused(
        "multiInstance/other-activity",
        "该类活动上的多实例",
        "multi-instance on this kind of activity",
        (
            "多实例只在用户任务、服务任务、子流程和调用活动上执行",
            "it is executed on user tasks, service tasks, sub-processes and call activities",
        ),
        ("把该活动放进多实例子流程", "put the activity into a multi-instance sub-process"),
    ),
    _refused(
        "multiInstance/cardinality",
        "按个数的多实例(loopCardinality)",
        "multi-instance by number (loopCardinality)",
        ("多实例按集合的元素生成", "instances are made one per element of a collection"),
        ("改填集合(inputCollection)", "give it an inputCollection"),
    ),
    _refused(
        "multiInstance/complex-behavior",
        "多实例的复杂事件行为",
        "complex multi-instance behaviour",
        _NOT_YET,
        _REMOVE,
    ),
    _refused(
        "standardLoop",
        "标准循环",
        "standard loop",
        _NOT_YET,
        ("用网关画出回路", "draw the loop with a gateway"),
    ),
    _refused("compensationMarker", "补偿活动", "compensation activity", _COMPENSATION, _REMOVE),
    _refused(
        "tokenQuantity",
        "startQuantity / completionQuantity",
        "startQuantity / completionQuantity",
        ("没有通行的执行语义", "it has no agreed execution"),
        ("删除该属性", "remove the attribute"),
    ),
)

FLOWS: tuple[Feature, ...] = (
    _executed("sequenceFlow", "顺序流", "sequence flow"),
    _executed("sequenceFlow/condition", "网关出口上的条件", "condition on a gateway's exit"),
    _executed("sequenceFlow/default", "网关的默认出口", "default exit of a gateway"),
    _refused(
        "sequenceFlow/condition-elsewhere",
        "任务或事件出口上的条件",
        "condition on a flow that leaves a task or event",
        ("只有网关出口上的条件会被判断", "only conditions on a gateway's exits are evaluated"),
        _AS_GATEWAY,
    ),
    _refused(
        "sequenceFlow/default-elsewhere",
        "任务的默认出口",
        "default flow of a task",
        ("只有网关的默认出口会被执行", "only a gateway's default exit is executed"),
        _AS_GATEWAY,
    ),
    _refused(
        "implicitSplit",
        "任务或事件有多条出口",
        "several flows out of a task or event",
        ("隐式分支尚不执行", "implicit splits are not executed yet"),
        ("在其后加一个并行网关", "put a parallel gateway behind it"),
    ),
)

DATA: tuple[Feature, ...] = (
    _noted(
        "dataObject",
        "数据对象",
        "data object",
        "数据对象只是图示;数据在流程变量和表单里",
        "it is a picture only; data live in variables and forms",
    ),
    _refused(
        "dataStore",
        "数据存储",
        "data store",
        ("数据存储不会被读写", "it would be neither read nor written"),
        ("删除它;台账由服务任务读写", "remove it; registers are read and written by service tasks"),
    ),
    _noted(
        "dataAssociation",
        "数据关联",
        "data association",
        "数据关联只是图示",
        "it is a picture only",
    ),
    _refused(
        "dataAssociation/assignment",
        "带赋值或转换的数据关联",
        "data association with an assignment or transformation",
        ("赋值不会被执行", "the assignment would not be executed"),
        ("改用输入输出映射(ioMapping)", "use an ioMapping"),
    ),
    _noted(
        "ioSpecification",
        "空的输入输出声明(ioSpecification)",
        "ioSpecification without values",
        "没有取值,不起作用",
        "it carries no values and has no effect",
    ),
    _noted(
        "itemDefinition", "数据类型声明", "item definition", "不起作用", "it has no effect here"
    ),
    _noted(
        "interface",
        "接口与操作声明",
        "interface and operation",
        "服务由任务类型绑定,接口声明不起作用",
        "services are bound by task type; it has no effect here",
    ),
    _noted("property", "BPMN 属性声明", "BPMN property", "不起作用", "it has no effect here"),
    _noted(
        "monitoring",
        "审计与监视声明",
        "auditing and monitoring",
        "不起作用",
        "it has no effect here",
    ),
    _refused(
        "resourceRole",
        "资源角色(performer / potentialOwner)",
        "resource role (performer, potentialOwner)",
        ("办理人由 assignmentDefinition 指定", "people are assigned by assignmentDefinition"),
        ("改填候选组或办理人", "set candidate groups or an assignee"),
    ),
    _refused(
        "rendering",
        "界面声明(rendering)",
        "rendering",
        ("界面由表单决定", "the page is made from the form"),
        ("改填表单(formDefinition)", "set a form (formDefinition)"),
    ),
    _refused(
        "correlation",
        "关联键声明(correlationKey / correlationProperty)",
        "correlation key or property",
        ("消息按订阅的关联键路由", "messages are routed by their subscription's key"),
        (
            "在消息上填写订阅关联键(zeebe:subscription)",
            "set the correlation key of the message (zeebe:subscription)",
        ),
    ),
)

PICTURE: tuple[Feature, ...] = (
    _drawing("participant", "泳池", "pool"),
    _executed("laneSet", "泳道(按编号归属)", "lanes (mapped by id)"),
    _drawing("messageFlow", "消息流", "message flow"),
    _drawing("textAnnotation", "文本注释、关联、分组", "text annotation, association, group"),
    _refused(
        "choreography",
        "编排与会话图",
        "choreography and conversation",
        ("只执行流程图", "only processes are executed"),
        ("画成流程与泳池", "draw a process with pools"),
    ),
    _refused(
        "globalTask",
        "全局任务",
        "global task",
        _NOT_YET,
        ("在流程里画任务,或调用另一流程", "draw the task in a process, or call another process"),
    ),
    _refused(
        "import",
        "引入其他文件(import)",
        "import of another file",
        ("引入的文件不会被读取", "the imported file would not be read"),
        ("删除 import;用调用活动引用流程", "remove it; refer to processes by call activities"),
    ),
)

SECTIONS: tuple[tuple[str, str, tuple[Feature, ...]], ...] = (
    ("活动", "Activities", ACTIVITIES),
    ("网关", "Gateways", GATEWAYS),
    ("开始事件", "Start events", STARTS),
    ("结束事件", "End events", ENDS),
    ("中间事件", "Intermediate events", INTERMEDIATE),
    ("边界事件", "Boundary events", BOUNDARIES),
    ("事件定义", "Event definitions", DEFINITIONS),
    ("标记", "Markers", MARKERS),
    ("顺序流", "Sequence flows", FLOWS),
    ("数据", "Data", DATA),
    ("图示与其他", "Picture and other", PICTURE),
)

FEATURES: dict[str, Feature] = {f.key: f for _, _, rows in SECTIONS for f in rows}


def feature(key: str) -> Feature:
    """The row of a feature."""
    return FEATURES[key]


def is_executed(key: str) -> bool:
    """Whether the engine executes this feature."""
    return FEATURES[key].verdict is Verdict.EXECUTED
