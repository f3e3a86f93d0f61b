"""Rows of the support table: activities, gateways, flows, data and the rest."""

from __future__ import annotations

from engine.bpmn.feature import Feature, drawing, executed, noted, refused

_NOT_YET = ("引擎尚不执行该构造", "the engine does not execute it yet")
_REMOVE = ("删除它，或改用已支持的构造", "remove it, or use a construct that is executed")
_AS_SERVICE = (
    "改为服务任务并填写任务类型（taskDefinition）",
    "make it a service task with a task type (taskDefinition)",
)
_COMPENSATION = (
    "补偿要用环节办结时的变量去撤销它，而已结束范围的变量不再保留",
    "it undoes a finished step with the variables of that time, and those of a scope that is over "
    "are not kept",
)

ACTIVITIES: tuple[Feature, ...] = (
    executed("task", "任务（直接通过）", "task (passes through)"),
    executed("manualTask", "手工任务（直接通过）", "manual task (passes through)"),
    executed("userTask", "用户任务", "user task"),
    executed("serviceTask", "服务任务", "service task"),
    executed("sendTask", "发送任务（同服务任务）", "send task (as a service task)"),
    executed("receiveTask", "接收任务", "receive task"),
    executed(
        "receiveTask/instantiate",
        "启动流程的接收任务（同消息开始事件）",
        "receive task that starts the process (as a message start event)",
    ),
    refused(
        "receiveTask/instantiate-misplaced",
        "不能启动流程的接收任务",
        "receive task marked to start a process that it cannot start",
        (
            "只有最外层、没有入口、没有边界事件和循环的接收任务才启动流程",
            "only one on the top level, without entry, boundary event or loop, starts a process",
        ),
        ("删除入口，或去掉 instantiate", "remove what leads to it, or take instantiate away"),
    ),
    executed("scriptTask", "脚本任务（FEEL）", "script task (FEEL)"),
    executed(
        "businessRuleTask",
        "业务规则任务（按服务任务执行）",
        "business rule task (run as a service task)",
    ),
    executed(
        "businessRuleTask/decision",
        "业务规则任务（调用 DMN 决策）",
        "business rule task that calls a DMN decision",
    ),
    executed("callActivity", "调用活动", "call activity"),
    executed("subProcess", "嵌入子流程", "embedded sub-process"),
    executed("eventSubProcess", "事件子流程", "event sub-process"),
    executed("transaction", "事务子流程", "transaction"),
    refused(
        "adHocSubProcess",
        "临时（ad-hoc）子流程",
        "ad-hoc sub-process",
        ("步骤次序未定，无法证明流程正确", "its order of steps is open, nothing can be proved"),
        ("改画为普通子流程", "draw an ordinary sub-process"),
    ),
)

GATEWAYS: tuple[Feature, ...] = (
    executed("exclusiveGateway", "排他网关", "exclusive gateway"),
    executed("parallelGateway", "并行网关", "parallel gateway"),
    executed("inclusiveGateway", "包容网关", "inclusive gateway"),
    executed("eventBasedGateway", "事件网关", "event-based gateway"),
    executed(
        "eventBasedGateway/instantiate",
        "启动流程的事件网关（各出口同消息开始事件）",
        "event-based gateway that starts the process (each exit as a message start event)",
    ),
    refused(
        "eventBasedGateway/instantiate-misplaced",
        "不能启动流程的事件网关",
        "event-based gateway marked to start a process that it cannot start",
        (
            "只有最外层、没有入口、只通向消息捕获事件和接收任务的事件网关才启动流程",
            "only one on the top level, without entry, that leads to message catch events "
            "and receive tasks alone, starts a process",
        ),
        (
            "删除入口，或改用消息开始事件",
            "remove what leads to it, or use message start events",
        ),
    ),
    refused(
        "eventBasedGateway/parallel",
        "并行事件网关",
        "parallel event-based gateway",
        _NOT_YET,
        ("改用并行网关加接收任务", "use a parallel gateway and receive tasks"),
    ),
    refused(
        "complexGateway",
        "复杂网关",
        "complex gateway",
        ("其激活条件没有通行的执行语义", "its activation condition has no agreed execution"),
        ("改用包容网关或并行网关", "use an inclusive or a parallel gateway"),
    ),
)

MARKERS: tuple[Feature, ...] = (
    executed("multiInstance/parallel", "多实例（并行）", "multi-instance (parallel)"),
    executed("multiInstance/sequential", "多实例（顺序）", "multi-instance (sequential)"),
    executed(
        "multiInstance/cardinality",
        "按个数的多实例（loopCardinality）",
        "multi-instance by number (loopCardinality)",
    ),
    refused(
        "multiInstance/complex-behavior",
        "多实例的复杂事件行为",
        "complex multi-instance behaviour",
        _NOT_YET,
        _REMOVE,
    ),
    executed("standardLoop", "标准循环", "standard loop"),
    refused("compensationMarker", "补偿活动", "compensation activity", _COMPENSATION, _REMOVE),
    refused(
        "tokenQuantity",
        "startQuantity / completionQuantity",
        "startQuantity / completionQuantity",
        ("没有通行的执行语义", "it has no agreed execution"),
        ("删除该属性", "remove the attribute"),
    ),
)

FLOWS: tuple[Feature, ...] = (
    executed("sequenceFlow", "顺序流", "sequence flow"),
    executed("sequenceFlow/condition", "网关出口上的条件", "condition on a gateway's exit"),
    executed("sequenceFlow/default", "网关的默认出口", "default exit of a gateway"),
    executed(
        "sequenceFlow/condition-elsewhere",
        "任务或事件出口上的条件（成立的都走）",
        "condition on a flow that leaves a task or event (all that hold are taken)",
    ),
    executed(
        "sequenceFlow/default-elsewhere",
        "任务的默认出口（条件都不成立时走）",
        "default flow of a task (taken when no condition holds)",
    ),
    refused(
        "sequenceFlow/condition-not-decided",
        "并行网关或事件网关出口上的条件",
        "condition on an exit of a parallel or event-based gateway",
        ("这两种网关不判断条件（BPMN 2.0）", "these gateways evaluate none (BPMN 2.0)"),
        (
            "删除条件，或改用排他网关、包容网关",
            "remove it, or use an exclusive or inclusive gateway",
        ),
    ),
    executed(
        "implicitSplit",
        "任务或事件有多条出口（并行）",
        "several flows out of a task or event (all are taken)",
    ),
)

DATA: tuple[Feature, ...] = (
    noted(
        "dataObject",
        "数据对象",
        "data object",
        "数据对象只是图示；数据在流程变量和表单里",
        "it is a picture only; data live in variables and forms",
    ),
    refused(
        "dataStore",
        "数据存储",
        "data store",
        ("数据存储不会被读写", "it would be neither read nor written"),
        (
            "删除它；台账由服务任务读写",
            "remove it; registers are read and written by service tasks",
        ),
    ),
    noted(
        "dataAssociation",
        "数据关联",
        "data association",
        "数据关联只是图示",
        "it is a picture only",
    ),
    refused(
        "dataAssociation/assignment",
        "带赋值或转换的数据关联",
        "data association with an assignment or transformation",
        ("赋值不会被执行", "the assignment would not be executed"),
        ("改用输入输出映射（ioMapping）", "use an ioMapping"),
    ),
    noted(
        "ioSpecification",
        "空的输入输出声明（ioSpecification）",
        "ioSpecification without values",
        "没有取值，不起作用",
        "it carries no values and has no effect",
    ),
    noted("itemDefinition", "数据类型声明", "item definition", "不起作用", "it has no effect here"),
    noted(
        "interface",
        "接口与操作声明",
        "interface and operation",
        "服务由任务类型绑定，接口声明不起作用",
        "services are bound by task type; it has no effect here",
    ),
    noted("property", "BPMN 属性声明", "BPMN property", "不起作用", "it has no effect here"),
    noted(
        "monitoring",
        "审计与监视声明",
        "auditing and monitoring",
        "不起作用",
        "it has no effect here",
    ),
    refused(
        "resourceRole",
        "资源角色（performer / potentialOwner）",
        "resource role (performer, potentialOwner)",
        ("办理人由 assignmentDefinition 指定", "people are assigned by assignmentDefinition"),
        ("改填候选组或办理人", "set candidate groups or an assignee"),
    ),
    refused(
        "rendering",
        "界面声明（rendering）",
        "rendering",
        ("界面由表单决定", "the page is made from the form"),
        ("改填表单（formDefinition）", "set a form (formDefinition)"),
    ),
    refused(
        "correlation",
        "关联键声明（correlationKey / correlationProperty）",
        "correlation key or property",
        ("消息按订阅的关联键路由", "messages are routed by their subscription's key"),
        (
            "在消息上填写订阅关联键（zeebe:subscription）",
            "set the correlation key of the message (zeebe:subscription)",
        ),
    ),
)

PICTURE: tuple[Feature, ...] = (
    drawing("participant", "泳池", "pool"),
    executed("laneSet", "泳道（按编号归属）", "lanes (mapped by id)"),
    drawing("messageFlow", "消息流", "message flow"),
    drawing("textAnnotation", "文本注释、关联、分组", "text annotation, association, group"),
    refused(
        "choreography",
        "编排与会话图",
        "choreography and conversation",
        ("只执行流程图", "only processes are executed"),
        ("画成流程与泳池", "draw a process with pools"),
    ),
    refused(
        "globalTask",
        "全局任务",
        "global task",
        _NOT_YET,
        ("在流程里画任务，或调用另一流程", "draw the task in a process, or call another process"),
    ),
    refused(
        "import",
        "引入其他文件（import）",
        "import of another file",
        ("引入的文件不会被读取", "the imported file would not be read"),
        ("删除 import；用调用活动引用流程", "remove it; refer to processes by call activities"),
    ),
)
