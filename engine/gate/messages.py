"""The wording of what the gate may find; the codes are stable."""

from __future__ import annotations

from engine.bpmn.findings import Message, Severity
from engine.gate.messages_events import EVENTS
from engine.gate.messages_office import OFFICE
from engine.gate.messages_paths import PATHS
from engine.gate.messages_running import RUNNING
from engine.gate.messages_soundness import SOUNDNESS


def _error(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.ERROR, zh, en, remedy_zh, remedy_en)


def _warning(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.WARNING, zh, en, remedy_zh, remedy_en)


STRUCTURE: dict[str, Message] = {
    "no-start": _error(
        "没有开始事件，流程无从开始。",
        "There is no start event; nothing can begin.",
        "画出一个开始事件。",
        "Draw a start event.",
    ),
    "start-incoming": _error(
        "开始事件不能有进入的顺序流。",
        "A start event cannot have an incoming flow.",
        "把回路连到开始事件之后的环节。",
        "Lead the loop to the step behind the start event.",
    ),
    "end-outgoing": _error(
        "结束事件不能有出口。",
        "An end event cannot have an outgoing flow.",
        "改用中间事件，或删除该顺序流。",
        "Use an intermediate event, or remove the flow.",
    ),
    "boundary-incoming": _error(
        "边界事件不能有进入的顺序流。",
        "A boundary event cannot have an incoming flow.",
        "把顺序流连到活动上。",
        "Connect the flow to the activity.",
    ),
    "implicit-end": _warning(
        "该环节没有出口，流程在此静默结束。",
        "This element has no outgoing flow; the path ends here without an end event.",
        "连到一个结束事件。",
        "Connect it to an end event.",
    ),
    "gateway-no-exit": _error(
        "网关没有出口。",
        "The gateway has no outgoing flow.",
        "画出出口，或删除网关。",
        "Draw its exits, or remove it.",
    ),
    "unreachable": _error(
        "从开始事件到达不了这里。",
        "This cannot be reached from a start event.",
        "把它连进流程，或删除它。",
        "Connect it to the process, or remove it.",
    ),
    "no-way-out": _error(
        "从这里走不到任何结束。",
        "No end can be reached from here.",
        "画出一条通向结束事件的路。",
        "Draw a way to an end event.",
    ),
    "loop-without-wait": _error(
        "回路里没有任何等待的环节（{elements}），会无休止地空转。",
        "The loop ({elements}) has no step that waits and would turn for ever.",
        "在回路里放一个用户任务或事件。",
        "Put a user task or an event into the loop.",
    ),
    "join-waits-for-itself": _error(
        "并行汇合的入口“{flow}”只能由汇合自身的出口到达，永远等不齐。",
        "The parallel join's input “{flow}” can only come from its own output; it never fires.",
        "回路改由排他网关汇入。",
        "Let the loop come in by an exclusive gateway.",
    ),
    "too-many-nodes": _error(
        "流程有 {count} 个环节，超过上限 {limit}。",
        "The process has {count} elements; the limit is {limit}.",
        "把一部分拆成被调用的流程。",
        "Move a part into a called process.",
    ),
    "nested-too-deep": _error(
        "子流程嵌套超过 {limit} 层。",
        "Sub-processes are nested deeper than {limit} levels.",
        "拆成被调用的流程。",
        "Move a part into a called process.",
    ),
    "condition-missing": _error(
        "网关出口没有条件，也不是默认出口。",
        "This exit of the gateway has no condition and is not the default.",
        "填写条件，或设为默认出口；由人决定时，在前一任务的表单里加选项。",
        "Give it a condition or make it the default; if a person decides, add a choice to the "
        "preceding task's form.",
    ),
    "default-with-condition": _warning(
        "默认出口上的条件不会被判断。",
        "The condition on the default exit is never evaluated.",
        "删除该条件。",
        "Remove the condition.",
    ),
    "default-missing": _warning(
        "网关没有默认出口；条件都不成立时将产生异常。",
        "The gateway has no default exit; when no condition holds, an incident is raised.",
        "指定一个默认出口。",
        "Choose a default exit.",
    ),
    "trigger-missing": _error(
        "没有选择{what_zh}。",
        "No {what_en} is chosen.",
        "选择或新建一个{what_zh}。",
        "Choose or create one.",
    ),
    "task-type-missing": _error(
        "没有填写任务类型，系统不知道执行什么。",
        "There is no task type; nothing would be executed.",
        "填写任务类型（taskDefinition type）。",
        "Set the task type (taskDefinition type).",
    ),
    "decision-and-type": _error(
        "同时填写了决策和任务类型，无法确定执行哪一个。",
        "Both a decision and a task type are given; which one to execute is not certain.",
        "只保留一个。",
        "Keep one of them.",
    ),
    "script-missing": _error(
        "脚本任务没有 FEEL 表达式。",
        "The script task has no FEEL expression.",
        "填写 zeebe:script 的 expression。",
        "Set the expression of zeebe:script.",
    ),
    "result-variable-missing": _error(
        "脚本的结果没有存放的变量。",
        "There is no variable for the result of the script.",
        "填写 resultVariable。",
        "Set resultVariable.",
    ),
    "call-missing": _error(
        "调用活动没有指定流程。",
        "The call activity names no process.",
        "选择被调用的流程。",
        "Choose the process to call.",
    ),
    "calls-itself": _error(
        "流程调用自身，永不结束。",
        "The process calls itself and would never end.",
        "改用回路。",
        "Draw a loop instead.",
    ),
    "loop-collection-missing": _error(
        "多实例没有集合，也没有个数，不知道要生成几份。",
        "The multi-instance marker has neither a collection nor a number.",
        "填写 inputCollection，例如“=departments”，或个数（loopCardinality）。",
        "Set inputCollection, for example “=departments”, or a loopCardinality.",
    ),
    "loop-output-incomplete": _error(
        "多实例的输出集合与输出元素须同时填写。",
        "Output collection and output element must be given together.",
        "补全另一项，或都删除。",
        "Add the other one, or remove both.",
    ),
    "bad-variable-name": _error(
        "“{value}”不是有效的变量名。",
        "“{value}” is not a valid variable name.",
        "以字母开头，只用字母、数字和下划线。",
        "Begin with a letter; use letters, digits and underscores.",
    ),
    "static-only": _error(
        "{what_zh}不能是表达式“{value}”。",
        "The {what_en} cannot be the expression “{value}”.",
        "填写固定的名称。",
        "Write a fixed name.",
    ),
    "element-unknown": _error(
        "属性 {property} 所列的环节“{ref}”在流程里不存在。",
        "The property {property} names “{ref}”, which does not exist in the process.",
        "改正属性 {property}。",
        "Correct the property {property}.",
    ),
    "property-misspelt": _warning(
        "属性“{property}”不起作用；是否想写“{meant}”？",
        "The property “{property}” has no effect; is “{meant}” meant?",
        "改正属性名。",
        "Correct the name of the property.",
    ),
    "signature-unknown": _error(
        "signature 只能写在用户任务上，值为 required，现为“{value}”。",
        "signature stands on a user task only, with the value required, not “{value}”.",
        "在用户任务上写 required，或删除它。",
        "Write required on a user task, or remove it.",
    ),
    "signature-in-batch": _error(
        "须签字的环节不能按批次办理：签字人要看到所签的内容。",
        "A step that is signed joins no batch: who signs sees what he signs.",
        "删除 batch 或 signature。",
        "Remove batch or signature.",
    ),
    "signature-missing": _error(
        "属性 {property} 只对须签字的环节有意义。",
        "The property {property} means something on a signed step only.",
        "加上 signature，值为 required，或删除 {property}。",
        "Add signature with the value required, or remove {property}.",
    ),
    "property-not-boolean": _error(
        "属性 {property} 只能是 true 或 false，现为“{value}”。",
        "The property {property} must be true or false, not “{value}”.",
        "改为 true 或 false。",
        "Write true or false.",
    ),
}

EXPRESSIONS: dict[str, Message] = {
    "expression-not-feel": _error(
        "{what_zh}须为 FEEL 表达式（以“=”开头），现为“{value}”。",
        "The {what_en} must be a FEEL expression (beginning with “=”), not “{value}”.",
        '写成“=…”，例如“=decision = "accept"”。',
        'Write “=…”, for example “=decision = "accept"”.',
    ),
    "expression-foreign": _error(
        "{what_zh}用的是其他引擎的表达式“{value}”。",
        "The {what_en} “{value}” is written in another engine's language.",
        "改写成 FEEL，例如 ${{x == 'y'}} 写作“=x = \"y\"”。",
        "Write it in FEEL: ${{x == 'y'}} becomes “=x = \"y\"”.",
    ),
    "expression-syntax": _error(
        "{what_zh}“{value}”有语法错误：{reason_zh}",
        "The {what_en} “{value}” has a syntax error: {reason_en}",
        "改正表达式。",
        "Correct the expression.",
    ),
    "unknown-function": _error(
        "{what_zh}调用了不存在的函数“{function}”。",
        "The {what_en} calls the unknown function “{function}”.",
        "改正函数名。",
        "Correct the function's name.",
    ),
    "unknown-name": _warning(
        "{what_zh}里的“{variable}”不知从何而来：前面的表单、脚本和映射都没有给出它。",
        "“{variable}” in the {what_en} is given by no form, script or mapping.",
        "核对名称，或在前面给出它；由调用方给出的，写进流程属性 inputs。",
        "Check the name, or supply it before; what callers give belongs in the process property "
        "inputs.",
    ),
    "unknown-parameter": _error(
        "参数“{parameter}”不在租户文件里。",
        "The parameter “{parameter}” is not in the tenant's file.",
        "改正参数名，或在租户文件里加上它。",
        "Correct the name, or add it to the tenant's file.",
    ),
    "timer-missing": _error(
        "定时没有填写时间。",
        "The timer has no time.",
        "填写日期或时长，例如“P5D”或“=working days(5)”。",
        "Set a date or a duration, for example “P5D” or “=working days(5)”.",
    ),
    "timer-bad": _error(
        "定时“{value}”无法识别。",
        "The timer “{value}” cannot be read.",
        "时长写作 P5D、PT2H，日期写作 2025-03-01T09:00:00，循环写作 R3/PT1H、R/P1D。",
        "Write a duration as P5D or PT2H, a date as 2025-03-01T09:00:00, a cycle as R3/PT1H or "
        "R/P1D.",
    ),
    "timer-out-of-bounds": _error(
        "定时“{value}”超出范围（循环至少 60 秒、1 至 100 次，时长不超过 10 年）。",
        "The timer “{value}” is out of bounds (cycles at least 60 s and 1 to 100 times, "
        "durations at most 10 years).",
        "改用范围之内的值。",
        "Use a value within the bounds.",
    ),
}

TENANT: dict[str, Message] = {
    "form-missing": _error(
        "用户任务没有表单。",
        "The user task has no form.",
        "选择一个表单（formId）。",
        "Choose a form (formId).",
    ),
    "form-unknown": _error(
        "表单“{form}”不存在。",
        "The form “{form}” does not exist.",
        "改正编号，或先建立表单。",
        "Correct the id, or make the form first.",
    ),
    "field-unknown": _error(
        "属性 {property} 所列的字段“{field}”不在表单“{form}”里。",
        "The property {property} names the field “{field}”, which the form “{form}” lacks.",
        "改正字段名。",
        "Correct the name of the field.",
    ),
    "assignment-missing": _error(
        "用户任务没有指定办理人。",
        "Nobody is assigned to the user task.",
        "填写候选组或办理人。",
        "Set candidate groups or an assignee.",
    ),
    "role-unknown": _error(
        "角色“{role}”在租户里不存在。",
        "The role “{role}” does not exist in the tenant.",
        "改正角色，或在租户文件里加上它。",
        "Correct the role, or add it to the tenant's file.",
    ),
    "deadline-missing": _warning(
        "用户任务没有办理期限。",
        "The user task has no deadline.",
        "填写期限（dueDate）。",
        "Set a due date.",
    ),
    "binding-unknown": _error(
        "系统没有任务类型“{type}”对应的功能。",
        "There is no function for the task type “{type}”.",
        "改正任务类型。",
        "Correct the task type.",
    ),
    "process-unknown": _error(
        "文件里没有流程“{process}”。",
        "The file holds no process “{process}”.",
        "改正方案里的流程编号。",
        "Correct the id of the process in the scenario.",
    ),
    "decision-unknown": _error(
        "调用的决策“{decision}”在本租户及其上级中不存在。",
        "The decision “{decision}” it calls does not exist in this tenant or above.",
        "改正决策编号，或把决策文件命名为“{decision}.dmn”放进流程文件夹。",
        "Correct the id, or put a decision file named “{decision}.dmn” beside the procedures.",
    ),
    "decision-refused": _error(
        "调用的决策“{decision}”不能执行：{zh}",
        "The decision “{decision}” it calls is not executed: {en}",
        "用 lucheng check 检查该决策文件。",
        "Look at the decision file with lucheng check.",
    ),
    "call-unknown": _error(
        "被调用的流程“{process}”不存在。",
        "The called process “{process}” does not exist.",
        "改正编号，或先发布该流程。",
        "Correct the id, or publish that process first.",
    ),
    "call-input-missing": _warning(
        "被调用的流程“{process}”需要变量“{variable}”，这里没有给出。",
        "The called process “{process}” needs the variable “{variable}”, which is not given here.",
        "在输入映射里加上它。",
        "Add it to the input mappings.",
    ),
    "call-cycle": _error(
        "调用成环：{path}。",
        "The calls go round in a circle: {path}.",
        "断开其中一个调用。",
        "Remove one of the calls.",
    ),
    "call-too-deep": _error(
        "调用超过 {limit} 层：{path}。",
        "Calls are nested deeper than {limit} levels: {path}.",
        "减少调用层数。",
        "Call fewer levels deep.",
    ),
    "rigid-missing": _error(
        "上级的刚性环节“{step}”（{ref}）被删去或改了类型。",
        "The rigid step “{step}” ({ref}) of the level above was removed or changed its type.",
        "恢复该环节。{basis}",
        "Restore the step. {basis}",
    ),
    "rigid-reassigned": _error(
        "上级的刚性环节“{step}”改了办理人。",
        "The rigid step “{step}” of the level above was reassigned.",
        "恢复办理人：{groups}。",
        "Restore the assignment: {groups}.",
    ),
    "rigid-shortened": _error(
        "上级的刚性环节“{step}”的期限被删去、缩短，或无法比较。",
        "The deadline of the rigid step “{step}” was removed, shortened, or cannot be compared.",
        "恢复期限：{due}。",
        "Restore the deadline: {due}.",
    ),
    "rigid-unmarked": _error(
        "上级的刚性环节“{step}”不再标为刚性。",
        "The rigid step “{step}” of the level above is no longer marked rigid.",
        "恢复属性 rigid=true。",
        "Restore the property rigid=true.",
    ),
}

GATE: dict[str, Message] = {
    **STRUCTURE,
    **EVENTS,
    **OFFICE,
    **PATHS,
    **EXPRESSIONS,
    **TENANT,
    **SOUNDNESS,
    **RUNNING,
}
