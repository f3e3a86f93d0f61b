"""What statuses and acts are called on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _


def N_(text: str) -> str:
    """Marks a text for the catalogues; it is translated where it is shown."""
    return text


CASE_STATUS: Mapping[str, tuple[str, str]] = {
    "open": (N_("办理中"), "now"),
    "suspended": (N_("已挂起"), "mute"),
    "completed": (N_("已办结"), "ok"),
    "withdrawn": (N_("已撤销"), "mute"),
    "terminated": (N_("已终止"), "bad"),
}
"""Status of a case: its word and its tone."""

BATCH_STATUS: Mapping[str, tuple[str, str]] = {
    "open": (N_("尚未办理"), "now"),
    "frozen": (N_("名单已冻结"), "note"),
    "running": (N_("正在办理"), "soon"),
    "done": (N_("已办理"), "ok"),
}
"""Status of a batch."""

BATCH_CASE_STATUS: Mapping[str, tuple[str, str]] = {
    "joined": (N_("待办理"), "now"),
    "queued": (N_("排队办理"), "soon"),
    "done": (N_("已办理"), "ok"),
    "failed": (N_("未办成"), "bad"),
}
"""Status of a case in a batch."""

BATCH_KINDS: Mapping[str, str] = {
    "commission": N_("委托第三方评估"),
    "spot-check": N_("实地抽查"),
    "deliberation": N_("审议"),
    "notice": N_("公示名单"),
    "listing": N_("纳入名录和公告"),
}
"""Kinds of batch that have a word of their own; another kind is called by its steps."""

FACT_KINDS: Mapping[str, str] = {
    "case.started": N_("发起办件"),
    "case.withdrawn": N_("申请人撤销"),
    "case.terminated": N_("终止办理"),
    "case.suspended": N_("挂起"),
    "case.resumed": N_("恢复办理"),
    "case.migrated": N_("改按新版流程办理"),
    "case.migratedBack": N_("撤回迁移，仍按原版流程办理"),
    "case.redated": N_("工作日历变更，期限重新计算"),
    "case.urged": N_("催办"),
    "item.open": N_("办理中"),
    "event.open": N_("等待中"),
    "item.claimed": N_("认领"),
    "item.released": N_("释放"),
    "item.transferred": N_("转办"),
    "item.delegated": N_("委派"),
    "item.handedBack": N_("委派已交回"),
    "item.takenBack": N_("委派已收回"),
    "item.added": N_("加签"),
    "item.removed": N_("减签"),
    "item.awaiting": N_("已提交，等待加签"),
    "item.signed": N_("加签意见"),
    "item.returned": N_("退回"),
    "item.recalled": N_("撤回提交"),
    "item.copied": N_("抄送"),
    "item.asked": N_("沟通：提问"),
    "item.answered": N_("沟通：答复"),
    "case.recused": N_("回避"),
    "document.issued": N_("制作文书"),
    "item.completed": N_("已办理"),
    "item.batch": N_("批量办理"),
    "item.stuck": N_("已提交，流转异常"),
    "timer.fired": N_("期限届满"),
    "timer.failed": N_("定时处理异常"),
    "incident.opened": N_("发生异常"),
    "incident.retried": N_("异常已重试"),
    "message.received": N_("收到消息"),
    "signal.received": N_("收到信号"),
    "escalation": N_("升级提醒"),
}
"""Acts in the history of a case."""

_BAD = ("item.stuck", "item.returned", "incident.opened", "timer.failed", "case.terminated")
_QUIET = (
    *("item.claimed", "item.released", "case.urged", "item.copied", "item.asked"),
    *("item.answered", "case.recused", "document.issued"),
    *("case.migrated", "case.migratedBack"),
)

DELIVERY_METHODS: Mapping[str, str] = {
    "electronic": N_("电子送达"),
    "direct": N_("直接送达"),
    "post": N_("邮寄送达"),
    "lien": N_("留置送达"),
    "notice": N_("公告送达"),
}
"""How a document was delivered."""


MESSAGE_KINDS: Mapping[str, str] = {
    "delivery": N_("送达"),
    "escalate": N_("督办提醒"),
    "overdue": N_("超期提醒"),
    "transferred": N_("转办"),
    "delegated": N_("委派"),
    "handed-back": N_("委派交回"),
    "added": N_("加签"),
    "removed": N_("减签"),
    "returned": N_("退回"),
    "recalled": N_("撤回"),
    "decided": N_("已有结果"),
    "urged": N_("催办"),
    "copied": N_("抄送"),
    "asked": N_("沟通"),
    "answered": N_("沟通答复"),
}
"""What people are told about."""

SENT_KINDS: Mapping[str, str] = {**MESSAGE_KINDS, "mail": N_("邮件"), "group": N_("通知群")}
"""What leaves by the outbox."""

MESSAGE_STATUS: Mapping[str, tuple[str, str]] = {
    "waiting": (N_("等待重试"), "soon"),
    "given_up": (N_("已停止重试"), "bad"),
}
"""Status of a message that was not sent yet."""

NOTICE_KINDS: Mapping[str, str] = {"notice": N_("公示"), "announcement": N_("公告")}
"""Kinds of notice."""

NOTICE_LINES: Mapping[str, str] = {
    "name": N_("矿山名称"),
    "holder": N_("采矿权人"),
    "place": N_("所在地"),
    "mineral": N_("主要矿种"),
    "method": N_("开采方式"),
    "scale": N_("开采规模"),
    "level": N_("级别"),
}
"""What a notice says of a case; another column is called by its own key."""

RULE_STATES: Mapping[str, tuple[str, str]] = {
    "realised": (N_("已落实"), "ok"),
    "reasoned": (N_("不由软件落实"), "mute"),
    "missing": (N_("未落实"), "bad"),
}
"""How far a rule is."""

PLACE_KINDS: Mapping[str, str] = {
    "diagram": N_("流程图"),
    "parameter": N_("参数"),
    "tenant": N_("单位设置"),
    "form": N_("表单"),
    "catalogue": N_("评价指标"),
    "decision": N_("决策表"),
    "code": N_("程序"),
}
"""Where a rule stands."""

HANDOFF_STATUS: Mapping[str, tuple[str, str]] = {
    "waiting": (N_("在途"), "soon"),
    "taken": (N_("已收到"), "ok"),
    "by_file": (N_("对方不在本系统，请导出文件"), "now"),
}
"""Whether a hand-off has come to a case of the other side."""

READING_KINDS: Mapping[str, str] = {
    "case": N_("查看办件"),
    "item": N_("查看待办"),
    "history": N_("查看办件历史"),
    "diagram": N_("查看流程图"),
    "api": N_("经接口查看办件"),
    "objection": N_("查看异议人信息"),
    "file": N_("下载附件"),
    "drawing": N_("打开流程图"),
    "list": N_("查看办件列表"),
    "batches": N_("查看批次列表"),
    "batch": N_("查看批次"),
    "incidents": N_("查看异常列表"),
}
"""What was read."""

PARAMETER_GROUPS: Mapping[str, str] = {
    "contract": N_("合同"),
    "acceptance": N_("受理"),
    "supplement": N_("补正"),
    "review": N_("初审"),
    "report": N_("上报"),
    "penalty": N_("申报条件"),
    "operation": N_("申报条件"),
    "new_mine": N_("申报条件"),
    "reserves": N_("申报条件"),
    "score": N_("评分"),
    "assessment": N_("第三方评估"),
    "ban": N_("第三方评估"),
    "region": N_("自治区核查"),
    "spot_check": N_("实地抽查"),
    "deliberation": N_("审议"),
    "coordination": N_("审议"),
    "notice": N_("公示"),
    "objection": N_("异议"),
    "listing": N_("名录"),
    "list": N_("名录"),
    "inspection": N_("监督检查"),
    "rectification": N_("整改"),
    "round": N_("遴选批次"),
    "recommendation": N_("择优推荐"),
    "panel": N_("专家论证"),
    "verification": N_("实地核查"),
    "target": N_("建设目标"),
    "period": N_("期间计算"),
}
"""Parameters by the first word of their key."""

DEMANDS: Mapping[str, str] = {
    "real-name": N_("真实姓名"),
    "evidence": N_("证明材料"),
    "contact": N_("联系方式"),
}
"""What an objection must have."""

UNITS: Mapping[str, str] = {
    "working-day": N_("个工作日"),
    "calendar-day": N_("天"),
    "month": N_("个月"),
    "year": N_("年"),
    "percent": "%",
    "points": N_("分"),
    "piece": N_("个"),
}
"""Units of parameters."""


def told(words: Mapping[str, tuple[str, str]], status: str) -> tuple[str, str]:
    """The word and tone of a status, in the language of the page."""
    text, tone = words.get(status, (status, "mute"))
    return _(text), tone


def word(words: Mapping[str, str], key: str) -> str:
    """The word for a key in the language of the page, or the key itself."""
    return str(_(words[key])) if key in words else key


def fact_words(entry: Mapping[str, Any]) -> dict[str, str]:
    """Title, outcome and state of one entry of a case's timeline."""
    kind, said = entry["kind"], word(FACT_KINDS, entry["kind"])
    if kind in ("item.open", "event.open"):
        state = "now"
    elif kind in _BAD:
        state = "bad"
    else:
        state = "note" if kind in _QUIET else "done"
    outcome = entry["answer"] if kind in ("item.completed", "item.batch") else ""
    return {
        "title": entry["step"] or said,
        "outcome": (outcome or said) if entry["step"] else "",
        "state": state,
    }


STAGES: Mapping[str, tuple[str, str]] = {
    "preparing": (N_("准备中"), "now"),
    "live": (N_("已上线"), "ok"),
    "frozen": (N_("已冻结"), "bad"),
}
"""How far a tenant is."""

GATE_CHECKS: Mapping[str, str] = {
    "procedures": N_("每个事项都能办结"),
    "roles": N_("每个角色都有人"),
    "deadlines": N_("每个期限都已确定"),
    "second-factor": N_("至少一名管理员启用两步验证"),
    "notification": N_("通知已测试"),
}
"""What has to hold before a tenant goes live."""

TABLES: Mapping[str, str] = {
    "units": N_("组织单位"),
    "roles": N_("角色"),
    "calendar": N_("工作日历"),
    "parameters": N_("参数"),
}
"""The tables of a tenant."""

COLUMN_WORDS = (
    *(N_("代码"), N_("名称"), N_("类别"), N_("上级代码"), N_("简称"), N_("英文名称"), N_("身份")),
    *(
        N_("职责"),
        N_("日期"),
        N_("上班或放假"),
        N_("事由"),
        N_("键"),
        N_("本级取值"),
        N_("上级取值"),
    ),
    *(N_("类型"), N_("计量单位"), N_("允许范围"), N_("依据"), N_("备注"), N_("上班"), N_("放假")),
    *(
        N_("经办"),
        N_("领导"),
        N_("申报"),
        N_("评估"),
        N_("专家"),
        N_("管理"),
        N_("安全"),
        N_("审计"),
    ),
    *(
        N_("整数"),
        N_("小数"),
        N_("百分比"),
        N_("文字"),
        N_("列表"),
        N_("是否"),
        N_("工作日"),
        N_("日"),
    ),
    *(N_("个月"), N_("年"), N_("分"), N_("个"), N_("月-日")),
)
"""What the columns of a tenant's tables and their choices are called."""

AUDITED: Mapping[str, str] = {
    "tenant.new": N_("开户"),
    "tenant.load": N_("装载文件"),
    "tenant.identity": N_("修改名称与界面"),
    "tenant.tables": N_("修改单位、角色、日历或参数"),
    "tenant.procedures": N_("选择事项"),
    "tenant.live": N_("上线"),
    "tenant.freeze": N_("冻结"),
    "tenant.thaw": N_("解冻"),
    "tenant.practice": N_("重置练习"),
    "people.take": N_("装载人员"),
    "people.retire": N_("停用人员"),
    "people.return": N_("启用人员"),
    "procedure.publish": N_("发布流程"),
    "incident.retry": N_("重试异常"),
    "incident.repair": N_("修正数据"),
    "case.hand-over": N_("离职转办"),
    "group.add": N_("添加通知群"),
    "group.switch": N_("启用或停用通知群"),
    "group.remove": N_("删除通知群"),
}
"""What administrators do, as the audit log tells it."""
