"""Rows of the support table: the start events of event sub-processes."""

from __future__ import annotations

from engine.bpmn.feature import Feature, executed, refused

_REMOVE = ("删除它，或改用已支持的构造", "remove it, or use a construct that is executed")
_TRIGGER = (
    "填写消息、定时、信号、错误或升级",
    "give it a message, timer, signal, error or escalation",
)

EVENT_SUB_STARTS: tuple[Feature, ...] = (
    executed("eventSubProcess/message", "消息（中断）", "message (interrupting)"),
    executed(
        "eventSubProcess/message/non-interrupting",
        "消息（非中断，可多次）",
        "message (non-interrupting, as often as it comes)",
    ),
    executed("eventSubProcess/timer", "定时（中断）", "timer (interrupting)"),
    executed(
        "eventSubProcess/timer/non-interrupting",
        "定时（非中断）",
        "timer (non-interrupting)",
    ),
    executed("eventSubProcess/signal", "信号（中断）", "signal (interrupting)"),
    executed(
        "eventSubProcess/signal/non-interrupting",
        "信号（非中断，可多次）",
        "signal (non-interrupting, as often as it comes)",
    ),
    executed("eventSubProcess/error", "错误", "error"),
    refused(
        "eventSubProcess/error/non-interrupting",
        "非中断的错误",
        "non-interrupting error",
        ("错误总是中断所在范围（BPMN 2.0）", "an error always interrupts its scope (BPMN 2.0)"),
        ("改为中断型，或改用升级", "make it interrupting, or use an escalation"),
    ),
    executed("eventSubProcess/escalation", "升级（中断）", "escalation (interrupting)"),
    executed(
        "eventSubProcess/escalation/non-interrupting",
        "升级（非中断，可多次）",
        "escalation (non-interrupting, as often as it is thrown)",
    ),
    executed("eventSubProcess/conditional", "条件（中断）", "conditional (interrupting)"),
    executed(
        "eventSubProcess/conditional/non-interrupting",
        "条件（非中断，每次变为成立）",
        "conditional (non-interrupting, each time it becomes true)",
    ),
    refused(
        "eventSubProcess/compensation",
        "补偿",
        "compensation",
        ("补偿尚不执行", "compensation is not executed yet"),
        _REMOVE,
    ),
    refused(
        "eventSubProcess/none",
        "没有触发的开始事件",
        "start event without a trigger",
        ("它永远不会开始", "it never begins"),
        _TRIGGER,
    ),
    refused(
        "eventSubProcess/several",
        "多个开始事件",
        "several start events",
        ("事件子流程只有一个开始事件（BPMN 2.0）", "it has exactly one (BPMN 2.0)"),
        ("每个触发画一个事件子流程", "draw one event sub-process for each trigger"),
    ),
)
