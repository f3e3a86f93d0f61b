"""The wording of what reading a decision file may find; the codes are stable."""

from __future__ import annotations

from engine.bpmn.findings import Message, Severity


def _error(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.ERROR, zh, en, remedy_zh, remedy_en)


def _warning(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.WARNING, zh, en, remedy_zh, remedy_en)


READING: dict[str, Message] = {
    "decision-unknown-element": _error(
        "“{parent}”里的“{tag}”不在可执行清单内。",
        "“{tag}” inside “{parent}” is not on the list of what is executed.",
        "删除它，或改用已支持的构造。",
        "Remove it, or use a supported construct.",
    ),
    "decision-unknown-attribute": _error(
        "“{tag}”的属性 {attribute}=“{value}”不在可执行清单内。",
        "The attribute {attribute}=“{value}” of “{tag}” is not on the list of what is executed.",
        "删除该属性。",
        "Remove the attribute.",
    ),
    "decision-extension": _error(
        "不认识的扩展“{tag}”（命名空间 {namespace}）可能改变结果。",
        "The unknown extension “{tag}” (namespace {namespace}) may change what is decided.",
        "删除该扩展。",
        "Remove the extension.",
    ),
    "decision-technical": _warning(
        "其他引擎的技术设置“{tag}”在本系统不起作用。",
        "The technical setting “{tag}” of another engine has no effect here.",
        "可以删除。",
        "It may be removed.",
    ),
    "decision-element-twice": _error(
        "“{tag}”出现多次，含义不确定。",
        "“{tag}” occurs more than once; which one counts is not certain.",
        "只保留一个。",
        "Keep one of them.",
    ),
    "decision-language": _error(
        "表达式语言“{value}”不执行，只执行 FEEL。",
        "The expression language “{value}” is not executed, only FEEL is.",
        "把表达式改写为 FEEL，并删除 expressionLanguage。",
        "Write the expression in FEEL and remove expressionLanguage.",
    ),
    "decision-id": _error(
        "{what_zh}没有编号（id），或编号“{id}”重复。",
        "This {what_en} has no id, or its id “{id}” is used twice.",
        "给它一个自己的编号。",
        "Give it an id of its own.",
    ),
    "decision-none": _error(
        "文件里没有决策。",
        "The file contains no decision.",
        "画出一个决策。",
        "Draw a decision.",
    ),
    "decision-too-many": _error(
        "文件有 {count} 个决策，超过上限 {limit}。",
        "The file has {count} decisions; the limit is {limit}.",
        "分成几个文件。",
        "Split the file.",
    ),
    "decision-empty": _error(
        "该决策没有内容。",
        "This decision has no content.",
        "填写决策表或表达式。",
        "Give it a decision table or an expression.",
    ),
    "decision-reference": _error(
        "引用的“{ref}”不在本文件中。",
        "“{ref}”, which is required, is not in this file.",
        "重新连接，或删除该连线。",
        "Connect it again, or remove the line.",
    ),
    "decision-cycle": _error(
        "决策互相依赖成环：{path}。",
        "The decisions require each other in a circle: {path}.",
        "去掉其中一条连线。",
        "Remove one of the lines.",
    ),
    "decision-expression-missing": _error(
        "{what_zh}没有填写。",
        "The {what_en} is empty.",
        "填写 FEEL 表达式。",
        "Write a FEEL expression.",
    ),
    "decision-expression": _error(
        "{what_zh}“{value}”不是有效的 FEEL：{reason_zh}",
        "The {what_en} “{value}” is not valid FEEL: {reason_en}",
        "改正表达式。",
        "Correct the expression.",
    ),
    "decision-hit-policy": _error(
        "命中策略“{value}”不存在。",
        "There is no hit policy “{value}”.",
        "选择 U、A、P、F、R、O、C 之一。",
        "Choose one of U, A, P, F, R, O, C.",
    ),
    "decision-aggregation": _error(
        "汇总方式“{value}”只在收集（C）策略下用，且须为 SUM、MIN、MAX、COUNT 之一。",
        "The aggregation “{value}” needs the hit policy collect and is SUM, MIN, MAX or COUNT.",
        "改用收集策略，或删除汇总方式。",
        "Use the hit policy collect, or remove the aggregation.",
    ),
    "decision-columns": _error(
        "决策表没有{what_zh}列。",
        "The decision table has no {what_en} column.",
        "加上一列。",
        "Add a column.",
    ),
    "decision-rules": _error(
        "决策表没有规则。",
        "The decision table has no rule.",
        "写下规则。",
        "Write its rules.",
    ),
    "decision-cells": _error(
        "规则 {rule} 有 {count} 个{what_zh}单元格，应有 {expected} 个。",
        "Rule {rule} has {count} {what_en} cells where {expected} are needed.",
        "在建模器里重新保存该表。",
        "Save the table again in a modeller.",
    ),
    "decision-too-large": _error(
        "决策表有 {count} 个单元格，超过上限 {limit}。",
        "The decision table has {count} cells; the limit is {limit}.",
        "拆成几张表。",
        "Split the table.",
    ),
    "decision-output-name": _error(
        "有多个输出列时，每列要有不同的名称（“{value}”不行）。",
        "With several outputs each needs a name of its own (“{value}” will not do).",
        "填写输出列的名称（name）。",
        "Fill in the name of the output.",
    ),
    "decision-order": _error(
        "按优先级或输出次序的表，至少有一个输出列要列出允许值（次序即优先级）。",
        "A table by priority or output order needs an output with listed values, best first.",
        "在输出列填写允许值，重要的在前。",
        "List the output's allowed values, the most important first.",
    ),
    "decision-result-empty": _warning(
        "规则 {rule} 的输出“{column}”没有填写，结果为空。",
        "Rule {rule} gives no value for “{column}”; it will be null.",
        "填写结果，或写 null。",
        "Write a value, or null.",
    ),
    "decision-type": _error(
        "数据类型“{type}”不存在。",
        "There is no data type “{type}”.",
        "选用 FEEL 的类型，或在文件中定义它。",
        "Use a type of FEEL, or define it in the file.",
    ),
    "decision-type-cycle": _error(
        "数据类型“{type}”引用了自身，或层层引用过深。",
        "The data type “{type}” refers to itself, or its definitions are nested too deeply.",
        "改正类型定义。",
        "Correct the definition.",
    ),
    "decision-result-refused": _error(
        "规则 {rule} 的结果“{value}”不在输出“{column}”的允许值之内。",
        "The result “{value}” of rule {rule} is not among the allowed values of “{column}”.",
        "改正结果，或补上允许值。",
        "Correct the result, or add it to the allowed values.",
    ),
    "decision-overlap": _warning(
        "命中策略为唯一（U），但规则 {first} 与规则 {second} 会同时匹配，例如 {example}。",
        "The hit policy is unique, but rules {first} and {second} both match {example}.",
        "缩小其中一条规则，或改用别的命中策略。",
        "Narrow one of them, or use another hit policy.",
    ),
    "decision-gap": _warning(
        "没有规则适用于 {example}，结果会为空。",
        "No rule matches {example}; the result would be null.",
        "补上规则，或填写默认输出。",
        "Add a rule, or a default output.",
    ),
}
