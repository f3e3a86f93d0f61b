"""The glossary: every row complete, one word per idea, and none of the binding words missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

GLOSSARY = Path(__file__).resolve().parents[3] / "docs" / "glossary.md"

# The words the design binds, in both languages.
BINDING = """
tenant 租户 · procedure 事项、流程 · definition 流程定义 · version 版本 · bundle 发布包
variant 变体 · rigid step 刚性环节 · case 办件 · batch 批次 · round 遴选批次
work item 待办 · step 环节 · form 表单 · record 办理记录 · opinion 意见 · attachment 附件
incident 异常 · deadline 期限 · working day 工作日 · clock stop 停表
enterprise 企业、矿山企业 · mine 矿山 · mining-right holder 采矿权人 · indicator 评价指标
constraint item 约束性指标 · improvement item 提升性指标 · prerequisite 先决条件
score sheet 评分表 · not applicable 不涉及项 · self-assessment 自评估
preliminary review 初审 · preliminary assessment 初评 · third-party assessor 第三方评估机构
endorsement 签字背书 · tracking supervision 跟踪监管 · public notice 公示 · objection 异议
delivery 送达 · the list 名录 · mark 标注 · rectify 限期整改 · remove 移出
look-back 回头看 · random inspection 双随机抽查 · draw 抽取 · tender 公开招标
sealed bid 密封投标 · blacklist 黑名单 · hand-off 上报、移交 · signed case file 办件档案
claim 认领 · release 释放 · complete 办理 · save draft 暂存 · transfer 转办 · delegate 委派
substitute 代理 · add signer 加签 · remove signer 减签 · all sign 会签 · any signs 或签
vote 票签 · return 退回 · recall 撤回 · withdraw 撤销 · terminate 终止 · urge 催办
copy 抄送 · circulate 传阅 · ask 沟通 · suspend 挂起 · resume 恢复 · recuse 回避
"""


def table() -> list[list[str]]:
    lines = [line for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    return [row for row in table() if not row[0].startswith("**")]


def test_every_row_has_chinese_english_code_name_and_meaning(rows: list[list[str]]) -> None:
    assert [row for row in rows if len(row) != 4 or not all(row)] == []


def test_every_group_has_a_heading_in_both_languages() -> None:
    headings = [row for row in table() if row[0].startswith("**")]
    assert len(headings) > 5
    assert all(row[1].startswith("**") and row[2:] == ["", ""] for row in headings)


@pytest.mark.parametrize(("column", "language"), [(0, "Chinese"), (1, "English")])
def test_no_word_stands_for_two_ideas(rows: list[list[str]], column: int, language: str) -> None:
    words = [row[column] for row in rows]
    assert sorted(word for word in set(words) if words.count(word) > 1) == [], language


def test_code_names_are_identifiers(rows: list[list[str]]) -> None:
    names = [name for row in rows for name in row[2].split(", ")]
    assert [name for name in names if not re.fullmatch(r"`[a-z]+(_[a-z]+)*`", name)] == []


@pytest.mark.parametrize("pair", re.split(r"[·\n]", BINDING.strip()))
def test_a_binding_word_keeps_both_its_languages(rows: list[list[str]], pair: str) -> None:
    english, _, chinese = pair.strip().rpartition(" ")
    assert [chinese, english] in [row[:2] for row in rows]
