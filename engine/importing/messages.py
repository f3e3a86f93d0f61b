"""The wording of what an import may change or find; the codes are stable."""

from __future__ import annotations

from engine.bpmn.findings import Message, Severity
from engine.bpmn.messages import READING


def _info(zh: str, en: str) -> Message:
    return Message(Severity.INFO, zh, en)


def _warning(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.WARNING, zh, en, remedy_zh, remedy_en)


IMPORT: dict[str, Message] = {
    # the file
    "encoding-repaired": _info(
        "文件声明的编码“{declared}”与内容不符，已按 {real} 读取并改写声明。",
        "The file says it is “{declared}” but is {real}; it was read so and now says so.",
    ),
    "beginning-repaired": _info(
        "XML 声明之前的空白已删去。",
        "Blanks before the XML declaration were removed.",
    ),
    "version-replaced": _info("XML 1.1 已改为 1.0。", "XML 1.1 was made 1.0."),
    "prefix-declared": _info(
        "前缀“{prefix}”没有声明，已补上 {namespace}。",
        "The prefix “{prefix}” was not declared; it was given {namespace}.",
    ),
    "namespace-replaced": _info(
        "BPMN 草案的命名空间“{old}”已改为正式的“{new}”。",
        "The namespace “{old}” of a draft of BPMN was replaced by the final “{new}”.",
    ),
    "not-normalised": _warning(
        "改写后的文件会超出大小限度，这一步没有改写。",
        "Rewritten, the file would exceed the limits; this was left as it is.",
        "把流程拆成几个文件。",
        "Divide the process into several files.",
    ),
    "definition-inlined": _info(
        "共用的事件定义“{definition}”已写进事件里。",
        "The shared event definition “{definition}” was written into the event.",
    ),
    "platform-replaced": _info(
        "该图为“{platform}”平台绘制，扩展已尽量改写，平台标记改为 Camunda Cloud。",
        "The diagram was drawn for “{platform}”; its extensions were rewritten where that is "
        "certain, and the mark says Camunda Cloud now.",
    ),
    "no-drawing": _info(
        "文件里没有图形信息（BPMN DI），流程可以执行，但没有图可看。",
        "The file has no drawing (BPMN DI): it can be executed, but there is no picture of it.",
    ),
    "process-named-otherwise": Message(
        Severity.ERROR,
        "文件里没有编号为“{procedure}”的流程，只有“{found}”。",
        "The file holds no process “{procedure}”, but “{found}”.",
        "把流程编号改为事项编号。",
        "Give the process the id of the procedure.",
    ),
    "process-marked": _info(
        "流程未标为可执行，已加上标记 isExecutable。",
        "The process was not marked executable; it was given the mark isExecutable.",
    ),
    # what leads elsewhere or could run
    "picture-removed": _info(
        "模板图标不是内嵌的图片，已去掉。",
        "The picture of a template was none that is inside the file; it was taken away.",
    ),
    "colour-removed": _info(
        "颜色写法不能使用，已去掉。",
        "A colour was written in a way that is not used; it was taken away.",
    ),
    "markup-removed": _info(
        "说明文字里的标记（例如脚本）已去掉，文字保留。",
        "Markup in a description, such as a script, was taken away; its words stay.",
    ),
    # ids
    "id-added": _info("“{tag}”没有编号，已补为“{id}”。", "A “{tag}” without id was given “{id}”."),
    "flow-id-added": READING["flow-id-added"],
    "id-replaced": _info(
        "编号“{old}”不能使用，已连同所有引用改为“{new}”。",
        "The id “{old}” cannot be used; it and every reference to it are “{new}” now.",
    ),
    # extensions of other engines
    "extension-translated": _info(
        "{engine} 的“{what}”（{old}）已改写为 {new}。",
        "“{what}” of {engine} ({old}) was rewritten as {new}.",
    ),
    "extension-dropped": _info(
        "{engine} 的“{what}”（{old}）在本系统没有意义，已删去。",
        "“{what}” of {engine} ({old}) means nothing here and was removed.",
    ),
    "condition-translated": _info(
        "条件“{old}”已改写为“{new}”。", "The condition “{old}” was rewritten as “{new}”."
    ),
    "expression-translated": _info(
        "“{what}”里的表达式“{old}”已改写为“{new}”。",
        "The expression “{old}” of “{what}” was rewritten as “{new}”.",
    ),
    "role-translated": _info(
        "{tag} “{old}”已改写为 zeebe:assignmentDefinition {new}。",
        "The {tag} “{old}” was rewritten as zeebe:assignmentDefinition {new}.",
    ),
    "cycle-is-duration": _info(
        "定时只触发一次，循环“{value}”已改为时长。",
        "The timer fires once, so the cycle “{value}” was made a duration.",
    ),
    "script-translated": _info(
        "脚本“{old}”已改写为 {variable} “{new}”。",
        "The script “{old}” was rewritten as {variable} “{new}”.",
    ),
    "loop-translated": _info(
        "多实例“{old}”已改写为集合“{new}”。",
        "The multi-instance by “{old}” was rewritten as the collection “{new}”.",
    ),
    "not-translated": _warning(
        "{what_zh}“{old}”不够简单，没有改写，原样保留。",
        "The {what_en} “{old}” is not simple enough to be rewritten and was left as it is.",
        "改写成 FEEL。",
        "Write it in FEEL.",
    ),
}
