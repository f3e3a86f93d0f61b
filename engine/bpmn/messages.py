"""The wording of what reading a diagram may find; the codes are stable."""

from __future__ import annotations

from engine.bpmn.feature import Feature, Verdict
from engine.bpmn.findings import Finding, Message, Severity


def _error(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.ERROR, zh, en, remedy_zh, remedy_en)


def _warning(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.WARNING, zh, en, remedy_zh, remedy_en)


def _info(zh: str, en: str) -> Message:
    return Message(Severity.INFO, zh, en)


READING: dict[str, Message] = {
    # what is not on the list
    "unknown-element": _error(
        "“{parent}”里的“{tag}”不在可执行清单内。",
        "“{tag}” inside “{parent}” is not on the list of what is executed.",
        "删除它，或改用已支持的构造（见支持清单）。",
        "Remove it, or use a supported construct (see the support table).",
    ),
    "unknown-attribute": _error(
        "“{tag}”的属性 {attribute}=“{value}”不在可执行清单内。",
        "The attribute {attribute}=“{value}” of “{tag}” is not on the list of what is executed.",
        "删除该属性。",
        "Remove the attribute.",
    ),
    "unknown-extension": _error(
        "不认识的扩展“{tag}”（命名空间 {namespace}）。",
        "Unknown extension “{tag}” (namespace {namespace}).",
        "删除该扩展；自有数据请放入 zeebe:properties。",
        "Remove the extension; keep data of your own in zeebe:properties.",
    ),
    "misplaced-extension": _error(
        "扩展 zeebe:{tag} 放在“{host}”上不会被执行。",
        "The extension zeebe:{tag} is not executed on “{host}”.",
        "删除它，或移到适用的元素上：{hosts}。",
        "Remove it, or move it to an element it applies to: {hosts}.",
    ),
    "extension-noted": _info(
        "扩展 zeebe:{tag} 的 {attribute} 在本系统不起作用。",
        "The attribute {attribute} of zeebe:{tag} has no effect here.",
    ),
    "unsupported-extension": _error(
        "扩展 zeebe:{tag} 尚不执行。",
        "The extension zeebe:{tag} is not executed.",
        "{remedy_zh}",
        "{remedy_en}",
    ),
    "element-twice": _error(
        "“{tag}”出现多次，含义不确定。",
        "“{tag}” occurs more than once; which one counts is not certain.",
        "只保留一个。",
        "Keep one of them.",
    ),
    "foreign-extension": _error(
        "{engine} 的扩展“{what}{value}”会改变执行，本系统不执行它。",
        "The {engine} extension “{what}{value}” changes execution and is not executed here.",
        "改用 {instead}，然后删除该扩展。",
        "Use {instead} instead, then remove the extension.",
    ),
    "foreign-technical": _warning(
        "{engine} 的技术设置“{what}”在本系统不起作用。",
        "The {engine} technical setting “{what}” has no effect here.",
        "可以删除。",
        "It may be removed.",
    ),
    # identity
    "id-missing": _error(
        "“{tag}”没有编号（id），无法执行。",
        "This “{tag}” has no id and cannot be executed.",
        "在建模器里重新画出该元素。",
        "Draw the element again in a modeller.",
    ),
    "id-duplicate": _error(
        "编号“{id}”出现多次。",
        "The id “{id}” occurs more than once.",
        "给每个元素不同的编号。",
        "Give each element an id of its own.",
    ),
    "id-form": _error(
        "编号“{id}”不是有效的标识（须以字母或下划线开头，不含空格与冒号，最长 {longest} 字）。",
        "“{id}” is not a valid id (begin with a letter or underscore, no blanks or colons, "
        "at most {longest} characters).",
        "修改编号。",
        "Change the id.",
    ),
    "id-reserved": _error(
        "编号“{id}”由系统保留。",
        "The id “{id}” is reserved.",
        "改成别的编号，例如“{id}_1”。",
        "Choose another id, for example “{id}_1”.",
    ),
    # the file
    "no-process": _error(
        "文件里没有流程。",
        "The file contains no process.",
        "在泳池里画出流程。",
        "Draw a process in a pool.",
    ),
    "empty-process": _error(
        "流程里没有任何环节。",
        "The process is empty.",
        "画出开始事件、环节和结束事件。",
        "Draw a start event, steps and an end event.",
    ),
    "several-processes": _error(
        "文件里有多个流程，无法确定执行哪一个。",
        "The file has several processes; which one to execute is not certain.",
        "每个文件只保留一个可执行流程（isExecutable=true）。",
        "Keep one executable process a file (isExecutable=true).",
    ),
    "process-not-executed": _warning(
        "文件里另一个流程不会被执行，只作图示。",
        "Another process of the file is a picture only and is not executed.",
        "需要执行时另存为单独的文件。",
        "Save it as a file of its own if it is to be executed.",
    ),
    "process-not-executable": _info(
        "流程未标为可执行；作为草稿打开，发布时置为可执行。",
        "The process is not marked executable; it opens as a draft, publication sets the mark.",
    ),
    "empty-pool": _info(
        "空泳池没有流程内容，已略去。", "The empty pool has no process content and was left out."
    ),
    "other-platform": _info(
        "该图为“{platform}”平台绘制。", "The diagram was drawn for “{platform}”."
    ),
    # flows and references
    "flow-id-added": _info(
        "顺序流没有编号，已补为“{id}”。", "A sequence flow without id was given “{id}”."
    ),
    "flow-dangling": _error(
        "顺序流的一端“{ref}”不存在。",
        "The sequence flow's end “{ref}” does not exist.",
        "把它连到一个环节上，或删除它。",
        "Connect it to an element, or remove it.",
    ),
    "flow-crosses-border": _error(
        "顺序流穿过了子流程或泳池的边界。",
        "The sequence flow crosses the border of a sub-process or pool.",
        "在边界内结束，由子流程自身连出；泳池之间用消息。",
        "End it inside and leave from the sub-process; between pools use messages.",
    ),
    "flow-list-stale": _info(
        "元素列出的顺序流“{ref}”与图不符，以顺序流的起止为准。",
        "The element lists a flow “{ref}” that is not drawn so; the flow's own ends count.",
    ),
    "reference-prefixed": _info(
        "引用“{ref}”带前缀，按“{resolved}”处理。",
        "The reference “{ref}” has a prefix and is read as “{resolved}”.",
    ),
    "reference-missing": _error(
        "引用的{what_zh}“{ref}”不存在。",
        "The {what_en} “{ref}” referred to does not exist.",
        "重新选择，或删除该引用。",
        "Choose again, or remove the reference.",
    ),
    "name-missing": _error(
        "{what_zh}没有名称，无法路由。",
        "The {what_en} has no name and cannot be routed.",
        "填写名称。",
        "Give it a name.",
    ),
    "code-missing": _error(
        "{what_zh}没有代码，无法匹配。",
        "The {what_en} has no code and cannot be matched.",
        "填写代码。",
        "Give it a code.",
    ),
    "default-not-outgoing": _error(
        "默认出口“{ref}”不是该元素的出口。",
        "The default flow “{ref}” does not leave this element.",
        "重新选择默认出口。",
        "Choose the default flow again.",
    ),
    "link-name-missing": _error(
        "链接事件没有名称。",
        "The link event has no name.",
        "填写链接名称；抛出与捕获同名即相连。",
        "Name the link; a throw and the catch of the same name belong together.",
    ),
    "link-target-missing": _error(
        "同一层里没有名为“{link}”的链接捕获事件。",
        "There is no link catch event “{link}” on this level.",
        "画出同名的链接捕获事件，或改正名称。",
        "Draw a link catch event of this name, or correct the name.",
    ),
    "link-target-twice": _error(
        "同一层里有两个名为“{link}”的链接捕获事件（另一个是“{other}”）。",
        "There are two link catch events “{link}” on this level (the other is “{other}”).",
        "只保留一个，或改用不同的名称。",
        "Keep one, or give them different names.",
    ),
    "link-throw-outgoing": _error(
        "链接抛出事件不能有出口，令牌到同名的捕获事件继续。",
        "A link throw event has no outgoing flow; the token goes on at the catch of its name.",
        "删除该出口。",
        "Remove the flow.",
    ),
    "link-catch-incoming": _error(
        "链接捕获事件不能有进入的顺序流。",
        "A link catch event has no incoming flow.",
        "删除该顺序流，或改用空中间事件。",
        "Remove the flow, or use a none intermediate event.",
    ),
    "attached-to-missing": _error(
        "边界事件没有附着在同层的活动上。",
        "The boundary event is not attached to an activity of its level.",
        "把它拖到活动的边框上。",
        "Drag it onto the border of an activity.",
    ),
    "lane-unknown-node": _warning(
        "泳道列出的环节“{ref}”不存在。",
        "The lane lists an element “{ref}” that does not exist.",
        "在建模器里重新保存该图。",
        "Save the diagram again in a modeller.",
    ),
    "lane-twice": _warning(
        "环节同时属于两个泳道，按先出现的“{lane}”处理。",
        "The element lies in two lanes; the first, “{lane}”, counts.",
        "把它放进一个泳道。",
        "Put it into one lane.",
    ),
    # normalised
    "called-element-attribute": _info(
        "被调用流程写在 calledElement 属性里，按“{process}”处理。",
        "The called process stands in the calledElement attribute; read as “{process}”.",
    ),
    "user-task-type": _info(
        "用户任务缺少 zeebe:userTask 标记，按系统待办处理。",
        "The user task lacks the zeebe:userTask mark; it is run as a work item of this system.",
    ),
    "binding-latest": _info(
        "绑定方式“{binding}”在发布时固定到当时的版本。",
        "The binding “{binding}” is fixed at publication to the version of that time.",
    ),
}


def feature_finding(row: Feature, element: str, name: str) -> Finding | None:
    """What a used feature makes of an element: an error, a note, or nothing."""
    if row.verdict is Verdict.REFUSED:
        return Finding(
            f"unsupported:{row.key}",
            Severity.ERROR,
            element,
            name,
            f"{row.zh}不能执行：{row.reason_zh}。",
            f"Not executed: {row.en}; {row.reason_en}.",
            f"{row.remedy_zh}。",
            f"{row.remedy_en[:1].upper()}{row.remedy_en[1:]}.",
        )
    if row.verdict is Verdict.NOTED:
        return Finding(
            f"noted:{row.key}",
            Severity.INFO,
            element,
            name,
            f"{row.zh}:{row.reason_zh}。",
            f"{row.en[:1].upper()}{row.en[1:]}: {row.reason_en}.",
        )
    return None
