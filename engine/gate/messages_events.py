"""The wording of what the gate may find of events; the codes are stable."""

from __future__ import annotations

from engine.bpmn.findings import Message, Severity


def _error(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.ERROR, zh, en, remedy_zh, remedy_en)


def _warning(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.WARNING, zh, en, remedy_zh, remedy_en)


EVENTS: dict[str, Message] = {
    "event-gateway-single": _error(
        "事件网关至少要有两个出口。",
        "An event gateway needs at least two exits.",
        "直接使用捕获事件。",
        "Use the catch event alone.",
    ),
    "event-gateway-target": _error(
        "事件网关的出口“{target}”不是消息、定时、信号捕获事件或接收任务。",
        "The event gateway leads to “{target}”, which is no message, timer or signal catch event "
        "or receive task.",
        "改连到捕获事件。",
        "Connect it to a catch event.",
    ),
    "event-gateway-shared": _error(
        "事件网关之后的“{target}”还有别的入口。",
        "“{target}” behind the event gateway has another incoming flow.",
        "为别的入口另画事件。",
        "Draw another event for the other flow.",
    ),
    "event-gateway-equal": _error(
        "事件网关的两个出口等待同一个{what_zh}“{ref}”，无法区分。",
        "Two exits of the event gateway wait for the same {what_en} “{ref}”.",
        "使用不同的名称或关联键。",
        "Use different names or correlation keys.",
    ),
    "event-sub-process-tied": _error(
        "事件子流程由事件开始，不能有顺序流、边界事件或多实例标记。",
        "An event sub-process is begun by its event; it has no flows, boundary events or markers.",
        "删除与它相连的顺序流、边界事件和标记。",
        "Remove the flows, boundary events and markers.",
    ),
    "event-sub-process-equal": _error(
        "两个事件子流程等待同一个{what_zh}“{ref}”（另一个“{other}”），无法区分。",
        "Two event sub-processes wait for the same {what_en} “{ref}” (the other is “{other}”).",
        "使用不同的名称、代码或关联键，或合并为一个。",
        "Use different names, codes or correlation keys, or merge them.",
    ),
    "message-ambiguous": _warning(
        "消息“{ref}”可能同时有两处等待（另一处“{other}”），送达哪一处不确定。",
        "Two places may wait for the message “{ref}” at once (the other is “{other}”).",
        "使用不同的消息名称或关联键。",
        "Use different message names or correlation keys.",
    ),
    "start-equal": _error(
        "两个开始事件等待同一个{what_zh}“{ref}”（另一个“{other}”），每次会发起两个办件。",
        "Two start events wait for the same {what_en} “{ref}” (the other is “{other}”).",
        "合并为一个，或使用不同的名称。",
        "Merge them, or use different names.",
    ),
    "start-timer-names": _error(
        "定时开始事件在办件产生之前计算，不能使用变量：{names}。",
        "A timer start event is evaluated before there is a case; it knows no variables: {names}.",
        "使用固定的时间，或 parameter(…) 引用参数。",
        "Use a fixed time, or a parameter by parameter(…).",
    ),
    "call-without-start": _error(
        "被调用的流程“{process}”没有空开始事件，无法调用。",
        "The called process “{process}” has no none start event.",
        "在被调用的流程里画一个空开始事件。",
        "Draw a none start event in the called process.",
    ),
}
