"""A difference in words, as a clerk reads them, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from engine.errors import LuchengError
from engine.tenancy.durations import parse_duration

FACETS: Mapping[str, tuple[str, str]] = {
    "name": ("名称", "name"),
    "kind": ("类型", "type"),
    "documentation": ("说明", "description"),
    "lane": ("泳道", "lane"),
    "default": ("默认出口", "default exit"),
    "attached": ("所在的环节", "step it hangs on"),
    "interrupting": ("是否中断所在的环节", "interrupting"),
    "event": ("事件", "event"),
    "event.ref": ("事件名称", "name of the event"),
    "event.condition": ("条件", "condition"),
    "event.key": ("匹配值", "correlation key"),
    "timer": ("定时", "timer"),
    "people": ("办理角色", "roles"),
    "persons": ("候选人", "candidates"),
    "assignee": ("办理人", "assignee"),
    "due": ("期限", "deadline"),
    "follow": ("提醒时间", "reminder"),
    "priority": ("优先级", "priority"),
    "form": ("表单", "form"),
    "service": ("服务", "service"),
    "retries": ("重试次数", "retries"),
    "script": ("脚本", "script"),
    "result": ("结果变量", "result variable"),
    "calls": ("调用的流程", "called procedure"),
    "decision": ("决策表", "decision"),
    "inputs": ("输入", "inputs"),
    "outputs": ("输出", "outputs"),
    "loop": ("多人办理方式", "multi-instance"),
    "loop.over": ("多人办理的名单", "instances"),
    "loop.each": ("每人的变量", "element"),
    "loop.until": ("多人办理的完成条件", "completion condition"),
    "loop.result": ("汇总的结果", "collected result"),
    "repeat": ("循环条件", "loop condition"),
    "repeat.first": ("先判断后办理", "tests first"),
    "repeat.most": ("最多循环次数", "most rounds"),
    "condition": ("条件", "condition"),
    "pool": ("池", "pool"),
    "version": ("版本标记", "version tag"),
    "lanes": ("泳道", "lanes"),
}
KINDS: Mapping[str, tuple[str, str]] = {
    "task": ("任务", "task"),
    "userTask": ("人工环节", "user task"),
    "manualTask": ("线下环节", "manual task"),
    "serviceTask": ("服务任务", "service task"),
    "sendTask": ("发送任务", "send task"),
    "receiveTask": ("接收任务", "receive task"),
    "scriptTask": ("脚本任务", "script task"),
    "businessRuleTask": ("决策任务", "business rule task"),
    "callActivity": ("调用", "call activity"),
    "subProcess": ("子流程", "sub-process"),
    "transaction": ("事务子流程", "transaction"),
    "adHocSubProcess": ("特别子流程", "ad-hoc sub-process"),
    "exclusiveGateway": ("排他网关", "exclusive gateway"),
    "parallelGateway": ("并行网关", "parallel gateway"),
    "inclusiveGateway": ("包容网关", "inclusive gateway"),
    "eventBasedGateway": ("事件网关", "event-based gateway"),
    "complexGateway": ("复杂网关", "complex gateway"),
    "startEvent": ("开始事件", "start event"),
    "endEvent": ("结束事件", "end event"),
    "intermediateCatchEvent": ("捕获事件", "catch event"),
    "intermediateThrowEvent": ("抛出事件", "throw event"),
    "boundaryEvent": ("边界事件", "boundary event"),
    "sequenceFlow": ("连线", "flow"),
}
_VALUES: Mapping[str, tuple[str, str]] = {
    "true": ("是", "yes"),
    "false": ("否", "no"),
    "sequential": ("依次", "one after the other"),
    "parallel": ("同时", "at once"),
}
_UNITS = (("months", "个月", "months"), ("days", "天", "days"))
_WORKING = re.compile(r"=\s*working days\(\s*(?P<days>.+?)\s*\)")
_PARAMETER = re.compile(r"parameter\(\s*\"(?P<key>[^\"]+)\"\s*\)")
_TIMED = ("due", "follow", "timer")
LONGEST = 60

Parameter = Callable[[str], object]
"""The tenant's value of a parameter, or None."""


def facet_words(facet: str) -> tuple[str, str]:
    """The name of a facet; a property or header by its key."""
    if ":" in facet:
        kind, _, key = facet.partition(":")
        return (
            (f"属性 {key}", f"property {key}")
            if kind == "property"
            else (
                f"任务头 {key}",
                f"header {key}",
            )
        )
    return FACETS[facet]


def value_words(facet: str, text: str, parameter: Parameter) -> tuple[str, str]:
    """A value as people read it: periods in days, flags as yes and no, the rest as written."""
    if not text:
        return "（无）", "(none)"
    if facet == "kind":
        return KINDS[text]
    if facet in _TIMED:
        return _period(text, parameter)
    if text in _VALUES and facet not in ("name", "documentation"):
        return _VALUES[text]
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return f"“{short}”", f"“{short}”"


def _period(text: str, parameter: Parameter) -> tuple[str, str]:
    working = _WORKING.fullmatch(text.strip())
    if working is not None:
        days = _parameter(working["days"], parameter)
        return f"{days[0]} 个工作日", f"{days[1]} working days"
    named = _PARAMETER.fullmatch(text.strip().removeprefix("=").strip())
    if named is not None:
        return _parameter(text.strip().removeprefix("=").strip(), parameter)
    try:
        duration = parse_duration(text)
    except LuchengError:
        return f"“{text[:LONGEST]}”", f"“{text[:LONGEST]}”"
    zh, en = [], []
    for unit, one, other in _UNITS:
        if count := getattr(duration, unit):
            zh.append(f"{count} {one}")
            en.append(f"{count} {other}")
    if duration.seconds or not zh:
        hours = f"{duration.seconds / 3600:g}"
        zh.append(f"{hours} 小时")
        en.append(f"{hours} hours")
    return " ".join(zh), " ".join(en)


def _parameter(text: str, parameter: Parameter) -> tuple[str, str]:
    """A number, or a parameter by its key with the value it has now."""
    found = _PARAMETER.fullmatch(text)
    if found is None:
        return text, text
    value = parameter(found["key"])
    if value is None:
        return f"参数 {found['key']}", f"parameter {found['key']}"
    return f"{value}（参数 {found['key']}）", f"{value} (parameter {found['key']})"
