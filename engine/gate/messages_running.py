"""The wording of what would go wrong only while a case runs: values, times, people, size."""

from __future__ import annotations

from engine.bpmn.findings import Message, Severity

RUNNING: dict[str, Message] = {
    "kinds-mixed": Message(
        Severity.ERROR,
        "{what_zh}“{value}”里的值不能这样使用：{reason_zh}。",
        "The values in the {what_en} “{value}” do not fit: {reason_en}.",
        "改用同一类型的值；文字转数字用 number()，文字转日期用 date()。",
        "Use values of one kind; number() makes a number of a text, date() a date.",
    ),
    "kind-unfit": Message(
        Severity.ERROR,
        "{what_zh}“{value}”的结果是{is_zh}，这里需要{wanted_zh}。",
        "The {what_en} “{value}” gives a {is_en} where a {wanted_en} is needed.",
        "改写表达式。",
        "Write it another way.",
    ),
    "timer-never-waits": Message(
        Severity.WARNING,
        "“{host}”由系统立即完成，不会等到这个定时。",
        "“{host}” is done at once by the system; this timer never comes due.",
        "把定时画在等待人或消息的环节上，或删除它。",
        "Draw the timer on a step that waits for somebody, or remove it.",
    ),
    "timer-comes-too-late": Message(
        Severity.WARNING,
        "“{other}”（{due}）先到并中断该环节，这个定时（{value}）永远等不到。",
        "“{other}” ({due}) comes first and interrupts; this timer ({value}) never comes due.",
        "缩短这个定时，或把先到的改为不中断。",
        "Make this timer shorter, or let the other one not interrupt.",
    ),
    "role-unstaffed": Message(
        Severity.WARNING,
        "目前没有人担任“{role}”，办件到这里会没有人可以办理。",
        "Nobody holds “{role}” at present; a case would find nobody here.",
        "先给有关人员授予该角色。",
        "Give somebody the role first.",
    ),
    "hand-off-misplaced": Message(
        Severity.ERROR,
        "属性 handOff 只能写在抛出消息的中间事件或结束事件上。",
        "The property handOff belongs on a message throw or message end event.",
        "改为抛出消息的事件，或删除该属性。",
        "Make it a message throw event, or remove the property.",
    ),
    "hand-off-nowhere": Message(
        Severity.WARNING,
        "接收单位“{to}”不是本租户的上级或下级，或不在本系统；案卷只能导出后由对方导入。",
        "“{to}” is neither above nor below this tenant, or not here; the case file can only be "
        "exported and imported there.",
        "核对接收单位的标识。",
        "Check the name of the tenant.",
    ),
    "hand-off-unheard": Message(
        Severity.WARNING,
        "“{to}”没有流程接收消息“{message}”，移交的案卷将无人办理。",
        "No procedure of “{to}” takes the message “{message}”; nobody would act on the case file.",
        "改正消息名称，或让对方的流程以此消息开始。",
        "Correct the name of the message, or let a procedure there begin with it.",
    ),
    "variables-large": Message(
        Severity.WARNING,
        "流程有 {count} 个变量，写满时约 {size} 字节，超过办件变量的上限 {limit} 字节。",
        "The process has {count} variables of about {size} bytes when all are filled in; a case "
        "may carry {limit}.",
        "用输出映射只留下后面要用的；其余的留在办理记录里。",
        "Keep by output mappings what is needed later; the rest stays in the records.",
    ),
}
