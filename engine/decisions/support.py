"""The table of DMN: every construct is executed, a picture, or refused by name."""

from __future__ import annotations

from engine.bpmn.feature import Feature, drawing, executed, refused

_AS_TABLE = (
    "改写为决策表或单个表达式",
    "write it as a decision table or as one literal expression",
)
_ONE_FILE = ("把它写进调用它的文件", "write it into the file that uses it")


def _boxed(tag: str, zh: str, en: str) -> Feature:
    reason = (
        "盒式表达式只执行决策表和文字表达式",
        "of boxed expressions tables and literals are run",
    )
    return refused(tag, zh, en, reason, _AS_TABLE)


DECISIONS: tuple[Feature, ...] = (
    executed("decision", "决策", "decision"),
    executed("decisionTable", "决策表", "decision table"),
    executed("literalExpression", "文字表达式（FEEL）", "literal expression (FEEL)"),
    executed("inputData", "输入数据", "input data"),
    executed("informationRequirement", "信息需求", "information requirement"),
    executed("itemDefinition", "数据类型", "item definition"),
)

TABLES: tuple[Feature, ...] = (
    executed("hitPolicy/UNIQUE", "唯一（U）", "unique (U)"),
    executed("hitPolicy/ANY", "任意（A）", "any (A)"),
    executed("hitPolicy/PRIORITY", "优先级（P）", "priority (P)"),
    executed("hitPolicy/FIRST", "首个（F）", "first (F)"),
    executed("hitPolicy/RULE ORDER", "规则次序（R）", "rule order (R)"),
    executed("hitPolicy/OUTPUT ORDER", "输出次序（O）", "output order (O)"),
    executed("hitPolicy/COLLECT", "收集（C）", "collect (C)"),
    executed("aggregation/SUM", "求和（C+）", "sum (C+)"),
    executed("aggregation/MIN", "最小（C<）", "minimum (C<)"),
    executed("aggregation/MAX", "最大（C>）", "maximum (C>)"),
    executed("aggregation/COUNT", "计数（C#）", "count (C#)"),
    executed("inputValues", "输入的允许值", "allowed input values"),
    executed("outputValues", "输出的允许值", "allowed output values"),
    executed("defaultOutputEntry", "默认输出", "default output entry"),
    refused(
        "defaultOutputEntry/list",
        "结果为列表的表的默认输出",
        "default output of a table that gives a list",
        ("没有规则匹配时的结果含义不一", "tools differ in what it gives when no rule matches"),
        (
            "删除默认输出：没有规则匹配时结果是空列表",
            "remove it: without a match the list is empty",
        ),
    ),
    refused(
        "aggregation/several-outputs",
        "多个输出列的汇总",
        "aggregation of several outputs",
        ("DMN 没有规定含义", "DMN gives it no meaning"),
        ("只留一个输出列", "keep one output"),
    ),
)

OTHERS: tuple[Feature, ...] = (
    _boxed("context", "上下文", "context"),
    _boxed("relation", "关系表", "relation"),
    _boxed("list", "列表表达式", "list expression"),
    _boxed("conditional", "条件盒", "boxed conditional"),
    _boxed("filter", "筛选盒", "boxed filter"),
    _boxed("for", "循环盒", "boxed iterator"),
    _boxed("some", "存在量词盒", "boxed quantifier “some”"),
    _boxed("every", "全称量词盒", "boxed quantifier “every”"),
    _boxed("invocation", "调用", "invocation"),
    _boxed("functionDefinition", "函数定义", "function definition"),
    refused(
        "businessKnowledgeModel",
        "业务知识模型",
        "business knowledge model",
        ("函数不执行", "functions are not executed"),
        ("改为一个被引用的决策", "make it a decision that others require"),
    ),
    refused(
        "knowledgeRequirement",
        "知识需求",
        "knowledge requirement",
        ("业务知识模型不执行", "business knowledge models are not executed"),
        ("改为引用决策", "require a decision instead"),
    ),
    refused(
        "decisionService",
        "决策服务",
        "decision service",
        ("不执行", "it is not executed"),
        ("删除它，由流程调用决策本身", "remove it; a procedure calls the decision itself"),
    ),
    refused(
        "import",
        "引入其他文件（import）",
        "import of another file",
        ("引入的文件不会被读取", "the imported file would not be read"),
        _ONE_FILE,
    ),
    refused(
        "functionItem",
        "函数类型",
        "function type",
        ("函数不执行", "functions are not executed"),
        ("删除它", "remove it"),
    ),
)

PICTURE: tuple[Feature, ...] = (
    drawing("knowledgeSource", "知识来源", "knowledge source"),
    drawing("authorityRequirement", "依据关系", "authority requirement"),
    drawing("textAnnotation", "文字批注", "text annotation"),
    drawing("association", "关联线", "association"),
    drawing("group", "分组", "group"),
    drawing("elementCollection", "元素集合", "element collection"),
    drawing("performanceIndicator", "绩效指标", "performance indicator"),
    drawing("organizationUnit", "组织单位", "organisation unit"),
    drawing("annotation", "规则批注", "annotation of rules"),
    drawing("description", "说明", "description"),
)

SECTIONS: tuple[tuple[str, str, tuple[Feature, ...]], ...] = (
    ("决策", "Decisions", DECISIONS),
    ("决策表", "Decision tables", TABLES),
    ("不执行的构造", "What is not executed", OTHERS),
    ("图示", "Picture", PICTURE),
)

FEATURES: dict[str, Feature] = {f.key: f for _, _, rows in SECTIONS for f in rows}
