"""Rows of the support table: events."""

from __future__ import annotations

from engine.bpmn.feature import Feature, executed, refused

_NOT_YET = ("引擎尚不执行该构造", "the engine does not execute it yet")
_REMOVE = ("删除它，或改用已支持的构造", "remove it, or use a construct that is executed")
_ONLY_EVENT_SUB = (
    "这种开始事件只属于事件子流程（BPMN 2.0）",
    "this start event belongs to an event sub-process (BPMN 2.0)",
)
_INTO_EVENT_SUB = ("放进一个事件子流程", "draw it inside an event sub-process")
_CONDITION = (
    "办件产生之前没有变量，条件无从判断",
    "before there is a case there are no variables to judge by",
)
_AS_MESSAGE = ("改用消息、信号或定时开始事件", "use a message, signal or timer start event")
_COMPENSATION = (
    "补偿要用环节办结时的变量去撤销它，而已结束范围的变量不再保留",
    "it undoes a finished step with the variables of that time, and those of a scope that is over "
    "are not kept",
)

STARTS: tuple[Feature, ...] = (
    executed("startEvent/none", "空开始事件", "none start event"),
    executed("startEvent/message", "消息开始事件", "message start event"),
    executed(
        "startEvent/timer",
        "定时开始事件（日期、时长、循环）",
        "timer start event (date, duration, cycle)",
    ),
    executed("startEvent/signal", "信号开始事件", "signal start event"),
    refused(
        "startEvent/conditional", "条件开始事件", "conditional start event", _CONDITION, _AS_MESSAGE
    ),
    refused(
        "startEvent/error", "错误开始事件", "error start event", _ONLY_EVENT_SUB, _INTO_EVENT_SUB
    ),
    refused(
        "startEvent/escalation",
        "升级开始事件",
        "escalation start event",
        _ONLY_EVENT_SUB,
        _INTO_EVENT_SUB,
    ),
    refused(
        "startEvent/compensation",
        "补偿开始事件",
        "compensation start event",
        _COMPENSATION,
        _REMOVE,
    ),
    refused(
        "startEvent/in-sub-process",
        "嵌入子流程中带触发的开始事件",
        "start event with a trigger in an embedded sub-process",
        ("嵌入子流程由令牌进入，触发永不发生", "a token enters it, so the trigger never happens"),
        ("改用空开始事件", "use a none start event"),
    ),
    refused(
        "startEvent/several",
        "多个空开始事件",
        "several none start events",
        ("不知道从哪一个开始", "nothing says at which of them a case begins"),
        ("合并为一个空开始事件", "merge them into one none start event"),
    ),
)

ENDS: tuple[Feature, ...] = (
    executed("endEvent/none", "空结束事件", "none end event"),
    executed("endEvent/terminate", "终止结束事件", "terminate end event"),
    executed("endEvent/error", "错误结束事件", "error end event"),
    executed("endEvent/escalation", "升级结束事件", "escalation end event"),
    executed("endEvent/message", "消息结束事件", "message end event"),
    executed("endEvent/signal", "信号结束事件", "signal end event"),
    refused(
        "endEvent/compensation", "补偿结束事件", "compensation end event", _COMPENSATION, _REMOVE
    ),
    executed("endEvent/cancel", "取消结束事件（事务内）", "cancel end event (in a transaction)"),
)

INTERMEDIATE: tuple[Feature, ...] = (
    executed("intermediateCatchEvent/timer", "定时捕获事件", "timer catch event"),
    executed("intermediateCatchEvent/message", "消息捕获事件", "message catch event"),
    executed("intermediateCatchEvent/signal", "信号捕获事件", "signal catch event"),
    refused(
        "intermediateCatchEvent/none",
        "没有触发的捕获事件",
        "catch event without a trigger",
        ("它不等待任何事情", "it waits for nothing"),
        ("填写定时、消息或信号", "give it a timer, message or signal"),
    ),
    executed("intermediateCatchEvent/conditional", "条件捕获事件", "conditional catch event"),
    executed("intermediateCatchEvent/link", "链接捕获事件", "link catch event"),
    executed("intermediateThrowEvent/none", "空中间事件", "none intermediate event"),
    executed("intermediateThrowEvent/signal", "信号抛出事件", "signal throw event"),
    executed("intermediateThrowEvent/escalation", "升级抛出事件", "escalation throw event"),
    executed("intermediateThrowEvent/message", "消息抛出事件", "message throw event"),
    executed("intermediateThrowEvent/link", "链接抛出事件", "link throw event"),
    refused(
        "intermediateThrowEvent/compensation",
        "补偿抛出事件",
        "compensation throw event",
        _COMPENSATION,
        _REMOVE,
    ),
)

BOUNDARIES: tuple[Feature, ...] = (
    executed("boundaryEvent/timer", "定时边界事件（中断）", "timer boundary event (interrupting)"),
    executed(
        "boundaryEvent/timer/non-interrupting",
        "定时边界事件（非中断）",
        "timer boundary event (non-interrupting)",
    ),
    executed(
        "boundaryEvent/message", "消息边界事件（中断）", "message boundary event (interrupting)"
    ),
    executed(
        "boundaryEvent/message/non-interrupting",
        "消息边界事件（非中断）",
        "message boundary event (non-interrupting)",
    ),
    executed(
        "boundaryEvent/signal", "信号边界事件（中断）", "signal boundary event (interrupting)"
    ),
    executed(
        "boundaryEvent/signal/non-interrupting",
        "信号边界事件（非中断）",
        "signal boundary event (non-interrupting)",
    ),
    executed("boundaryEvent/error", "错误边界事件", "error boundary event"),
    refused(
        "boundaryEvent/error/non-interrupting",
        "非中断的错误边界事件",
        "non-interrupting error boundary event",
        ("错误总是中断活动（BPMN 2.0）", "an error always interrupts its activity (BPMN 2.0)"),
        ("改为中断型，或改用升级事件", "make it interrupting, or use an escalation event"),
    ),
    executed(
        "boundaryEvent/escalation",
        "升级边界事件（中断）",
        "escalation boundary event (interrupting)",
    ),
    executed(
        "boundaryEvent/escalation/non-interrupting",
        "升级边界事件（非中断）",
        "escalation boundary event (non-interrupting)",
    ),
    refused(
        "boundaryEvent/none",
        "没有触发的边界事件",
        "boundary event without a trigger",
        ("它永远不会发生", "it never happens"),
        (
            "填写定时、消息、信号、错误或升级",
            "give it a timer, message, signal, error or escalation",
        ),
    ),
    executed(
        "boundaryEvent/conditional",
        "条件边界事件（中断）",
        "conditional boundary event (interrupting)",
    ),
    executed(
        "boundaryEvent/conditional/non-interrupting",
        "条件边界事件（非中断）",
        "conditional boundary event (non-interrupting)",
    ),
    refused(
        "boundaryEvent/compensation",
        "补偿边界事件",
        "compensation boundary event",
        _COMPENSATION,
        _REMOVE,
    ),
    executed(
        "boundaryEvent/cancel",
        "取消边界事件（事务上）",
        "cancel boundary event (on a transaction)",
    ),
    refused(
        "boundaryEvent/cancel/non-interrupting",
        "非中断的取消边界事件",
        "non-interrupting cancel boundary event",
        ("取消总是中断事务（BPMN 2.0）", "a cancel always interrupts (BPMN 2.0)"),
        ("改为中断型", "make it interrupting"),
    ),
)

DEFINITIONS: tuple[Feature, ...] = (
    executed("timer/date", "定时：日期（timeDate）", "timer by date"),
    executed("timer/duration", "定时：时长（timeDuration）", "timer by duration"),
    executed("timer/cycle", "定时：循环（timeCycle）", "timer by cycle"),
    refused(
        "timer/cycle-once",
        "只发生一次之处的循环定时",
        "timer by cycle where it can happen once only",
        (
            "令牌在此只经过一次，循环没有第二次",
            "a token passes here once, so there is no second round",
        ),
        ("改用时长或日期", "use a duration or a date"),
    ),
    refused(
        "event/several-definitions",
        "一个事件有多个触发",
        "event with several triggers",
        _NOT_YET,
        ("每个触发画一个事件", "draw one event for each trigger"),
    ),
    refused(
        "event/definition-reference",
        "引用别处的事件定义",
        "reference to an event definition elsewhere",
        (
            "导入时，文件里有的定义已写进事件；这一个不在",
            "the import writes the definitions of the file into its events; this is none of them",
        ),
        ("把事件定义直接画在事件里", "draw the definition inside the event"),
    ),
    refused(
        "event/not-in-bpmn",
        "这种位置与触发的组合",
        "this combination of position and trigger",
        ("BPMN 2.0 没有这种事件", "BPMN 2.0 has no such event"),
        _REMOVE,
    ),
)
