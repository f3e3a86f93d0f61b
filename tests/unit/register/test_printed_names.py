"""Printed names: split only where unmistakable, kept always."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.register.rules import SPLIT_REASONS, SplitReason, name_key, split_printed_name

CLEAR = [
    ("神东天隆集团有限责任公司", "武家塔露天煤矿"),
    ("中国神华能源股份有限公司", "柳塔矿"),
    ("新能矿业有限公司", "王家塔矿井"),
    ("鄂尔多斯市乌兰煤炭（集团）有限责任公司", "温家梁三号煤矿"),
    ("鄂尔多斯市昊华精煤有限责任公司", "铜匠川矿区高家梁一号矿"),
    ("内蒙古汇能集团尔林兔煤炭有限公司", "尔林兔煤矿"),
    ("内蒙古某某建材有限公司", "青石山采石场"),
    ("某某能源集团公司", "北山露天矿"),
]


@pytest.mark.parametrize(("holder", "mine"), CLEAR)
def test_a_full_company_name_before_a_mine_is_the_holder(holder: str, mine: str) -> None:
    split = split_printed_name(holder + mine)
    assert (split.holder, split.mine) == (holder, mine)
    assert not split.to_be_confirmed


@pytest.mark.parametrize(
    ("printed", "holder", "reason"),
    [
        ("内蒙古李家塔煤矿", None, SplitReason.NO_COMPANY),
        ("伊金霍洛旗新庙镇敬老院煤矿", None, SplitReason.NO_COMPANY),
        ("伊金霍洛旗新庙丁家梁煤矿", None, SplitReason.NO_COMPANY),
        ("乌兰集团满来梁煤矿", None, SplitReason.NO_COMPANY),
        ("有限公司煤矿", None, SplitReason.NO_COMPANY),
        (
            "鄂尔多斯市神伊煤炭有限责任公司",
            "鄂尔多斯市神伊煤炭有限责任公司",
            SplitReason.NO_MINE,
        ),
        (
            "伊金霍洛旗兰家塔富源煤矿有限责任公司",
            "伊金霍洛旗兰家塔富源煤矿有限责任公司",
            SplitReason.NO_MINE,
        ),
        (
            "伊金霍洛旗华能井煤矿有限公司煤矿",
            "伊金霍洛旗华能井煤矿有限公司",
            SplitReason.UNNAMED_MINE,
        ),
        ("某某煤炭有限公司一号煤矿", "某某煤炭有限公司", SplitReason.UNNAMED_MINE),
        ("某某煤炭有限公司露天煤矿", "某某煤炭有限公司", SplitReason.UNNAMED_MINE),
        ("某某煤炭有限公司第二矿", "某某煤炭有限公司", SplitReason.UNNAMED_MINE),
        ("某某煤炭有限公司选煤厂", "某某煤炭有限公司", SplitReason.UNNAMED_MINE),
        ("某某能源有限公司金峰分公司寸草塔煤矿", None, SplitReason.SEVERAL_COMPANIES),
        ("甲某煤炭有限公司乙某矿业有限公司丙山煤矿", None, SplitReason.SEVERAL_COMPANIES),
        ("", None, SplitReason.NO_COMPANY),
    ],
)
def test_what_is_not_unmistakable_waits_for_a_person(
    printed: str, holder: str | None, reason: SplitReason
) -> None:
    split = split_printed_name(printed)
    assert (split.holder, split.mine, split.reason) == (holder, None, reason)
    assert split.to_be_confirmed


def test_blanks_around_and_between_belong_to_neither_name() -> None:
    split = split_printed_name(" 某某煤炭有限公司 满来梁煤矿\u3000")
    assert (split.holder, split.mine) == ("某某煤炭有限公司", "满来梁煤矿")
    assert split.printed == " 某某煤炭有限公司 满来梁煤矿\u3000"


def test_every_reason_is_told_in_both_languages() -> None:
    assert SPLIT_REASONS.keys() == set(SplitReason)
    assert all(zh and en for zh, en in SPLIT_REASONS.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("乌兰煤炭（集团）有限责任公司", "乌兰煤炭(集团)有限责任公司"),
        ("乌兰煤炭有限公司", " 乌兰煤炭 有限公司\u3000"),
        ("ABC矿业有限公司", "ａｂｃ矿业有限公司"),
    ],
)
def test_widths_brackets_and_blanks_do_not_make_another_holder(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_one_different_character_makes_another_holder() -> None:
    assert name_key("特拉布拉煤炭有限公司") != name_key("特拉不拉煤炭有限公司")


pieces = st.sampled_from(
    [
        "内蒙古",
        "乌兰",
        "（集团）",
        "有限责任公司",
        "有限公司",
        "公司",
        "满来梁",
        "露天",
        "一号",
        "煤",
        "矿",
        " ",
    ]
)
names = st.lists(pieces | st.text(max_size=4), max_size=8).map("".join)


@given(names)
def test_the_printed_name_is_kept_whatever_is_made_of_it(printed: str) -> None:
    assert split_printed_name(printed).printed == printed


@given(names)
def test_a_clear_split_loses_and_invents_nothing(printed: str) -> None:
    split = split_printed_name(printed)
    assert split.to_be_confirmed == (split.holder is None or split.mine is None)
    if split.holder is not None and split.mine is not None:
        assert "".join((split.holder + split.mine).split()) == "".join(printed.split())


@given(names, names)
def test_a_holder_always_ends_as_a_company_and_a_mine_never_holds_one(one: str, other: str) -> None:
    split = split_printed_name(one + other)
    assert split.holder is None or split.holder.endswith("公司")
    assert split.mine is None or "公司" not in split.mine
