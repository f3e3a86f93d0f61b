"""The wording of what the gate may find about the ways out of a step, links and repetition."""

from __future__ import annotations

from engine.bpmn.findings import Message, Severity


def _error(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.ERROR, zh, en, remedy_zh, remedy_en)


def _warning(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.WARNING, zh, en, remedy_zh, remedy_en)


PATHS: dict[str, Message] = {
    "exits-all-conditional": _warning(
        "每条出口都有条件，没有默认出口；条件都不成立时将产生异常。",
        "Every exit has a condition and none is the default; when no condition holds, an incident "
        "is raised.",
        "指定一条默认出口，或让一条出口不带条件。",
        "Make one exit the default, or leave one without a condition.",
    ),
    "loop-counted-twice": _error(
        "多实例既有个数又有集合，不知道以哪个为准。",
        "The multi-instance marker has both a number and a collection.",
        "只保留一个：要用到元素的填集合，否则填个数。",
        "Keep one: a collection where its elements are used, else the number.",
    ),
    "rigid-bypassed": _error(
        "上级的刚性环节“{step}”可以被绕过：不经过它也能到“{later}”。",
        "The rigid step “{step}” of the level above can be gone round: “{later}” is reached "
        "without it.",
        "去掉绕过该环节的路径，或让这条路径也经过它。",
        "Remove the way round the step, or lead it through the step.",
    ),
    "loop-cardinality-bad": _error(
        "多实例个数“{value}”不是 0 到 {limit} 的整数，也不是表达式。",
        "The number of instances “{value}” is neither a whole number from 0 to {limit} nor an "
        "expression.",
        "填写整数，或以“=”开头的表达式。",
        "Write a whole number, or an expression that begins with “=”.",
    ),
    "loop-endless": _error(
        "循环既没有条件也没有最多次数，永远不会结束。",
        "The loop has neither a condition nor a maximum and never ends.",
        "填写循环条件（loopCondition）或最多次数（loopMaximum）。",
        "Set a loopCondition or a loopMaximum.",
    ),
    "loop-maximum-bad": _error(
        "循环的最多次数“{value}”不是正整数。",
        "The maximum of the loop, “{value}”, is not a positive whole number.",
        "填写正整数。",
        "Write a positive whole number.",
    ),
    "cancel-boundary-elsewhere": _error(
        "取消边界事件只能附着在事务子流程上。",
        "A cancel boundary event belongs on a transaction.",
        "附着到事务子流程，或改用错误边界事件。",
        "Attach it to a transaction, or use an error boundary event.",
    ),
    "cancel-end-elsewhere": _error(
        "取消结束事件只能直接画在事务子流程里。",
        "A cancel end event stands directly inside a transaction.",
        "移到事务子流程里，或改用错误结束事件。",
        "Move it into a transaction, or use an error end event.",
    ),
    "cancel-not-caught": _error(
        "所在的事务没有取消边界事件，取消之后无处可去。",
        "Its transaction has no cancel boundary event, so there is no way on.",
        "在事务的边框上画一个取消边界事件。",
        "Draw a cancel boundary event on the border of the transaction.",
    ),
}
