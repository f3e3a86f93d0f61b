"""Two mines scored by hand, one for either industry group, and a total that ends on the line."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from domain.scoring.rules import score

from .builders import REGION, Sheet, does_not_apply, full_sheet, with_items

# An underground coal mine (group 1). Full points where nothing is said.
#
# 一、矿区环境  12: M01 1.5, M02 1.5, M03 0.8, M05 1.5, M07 0.5; M04 and M06 full (2 + 2)
#     got 1.5 + 1.5 + 0.8 + 2 + 1.5 + 2 + 0.5 = 9.8 of 12, nothing to convert            -> 9.80
# 二、资源开采  20: M09 two of the three underground techniques, 3 + 3 = 6; M11 one finding, 4
#     got 5 + 6 + 2 + 4 = 17 of 20                                                      -> 17.00
# 三、综合利用  18: M16 and M18 do not apply (1 + 1), M17 1.5, M19 2
#     got 3 + 2 + 2 + 2 + 1.5 + 2 + 2 = 14.5 of 16; 18 x 14.5 / 16 = 261 / 16            -> 16.3125
# 四、绿色低碳  20: M30 (constraint) does not apply (1), M26 0.5, M28 0, M36 0
#     got 2 + 0.5 + 2 + 0 + 1 + 2 + 1 + 2 + 2 + 2 + 0 + 1 = 15.5 of 19
#     20 x 15.5 / 19 = 310 / 19                                                         -> 16.31579
# 五、生态修复  18: M42 2, M43 1
#     got 3 + 2 + 5 + 3 + 2 + 1 = 16 of 18                                              -> 16.00
# 六、科技管理  12: M44 0.5, M45 1, M46 1.5, M47 0, M48 0.8
#     got 0.5 + 1 + 1.5 + 0 + 0.8 + 2 + 2 = 7.8 of 12                                   -> 7.80
#
# Total 9.8 + 17 + 16.3125 + 16.31578947… + 16 + 7.8 = 83.22828947…                      -> 83.23
COAL_MINE: Sheet = with_items(
    full_sheet(REGION, "g1", "underground"),
    {
        "M01": "1.5",
        "M02": "1.5",
        "M03": "0.8",
        "M05": "1.5",
        "M07": "0.5",
        "M09": {"additions": [{"id": "a"}, {"id": "b"}], "proof": True},
        "M11": {"deductions": [{"count": 1}], "proof": True},
        "M16": does_not_apply("没有暂不能开采利用的共伴生矿产"),
        "M17": "1.5",
        "M18": does_not_apply("固体废物中没有可提取的有价元素"),
        "M19": "2",
        "M26": "0.5",
        "M28": "0",
        "M30": does_not_apply("不产生酸性废水"),
        "M36": "0",
        "M42": "2",
        "M43": "1",
        "M44": "0.5",
        "M45": "1",
        "M46": "1.5",
        "M47": "0",
        "M48": "0.8",
    },
)

# An open-pit aggregate quarry (group 2). Full points where nothing is said.
#
# 一  12 of 12                                                                            -> 12.00
# 二  M09 two of four, 4; M11 two findings, 3:  5 + 4 + 2 + 3 = 14 of 20                   -> 14.00
# 三  M21 5, M22 0, M23 one of two, 2, M24 4:   11 of 18                                   -> 11.00
# 四  M28 does not apply (2), M36 0:            17 of 18; 20 x 17 / 18 = 170 / 9         -> 18.88889
# 五  M42 1, M43 0:  3 + 2 + 5 + 3 + 1 + 0 = 14 of 18                                      -> 14.00
# 六  M44 0, M45 0, M46 0, M47 0, M48 0.4:      0.4 + 2 + 2 = 4.4 of 12                    -> 4.40
#
# Total 12 + 14 + 11 + 18.8888… + 14 + 4.4 = 74.2888…                                     -> 74.29
QUARRY: Sheet = with_items(
    full_sheet(REGION, "g2", "open_pit"),
    {
        "M09": {"additions": [{"id": "a"}, {"id": "c"}], "proof": True},
        "M11": {"deductions": [{"count": 2}], "proof": True},
        "M22": "0",
        "M23": {"additions": [{"id": "a"}], "proof": True},
        "M24": {"additions": [{"id": "2.a"}], "proof": True},
        "M28": does_not_apply("不产生温室气体排放"),
        "M36": "0",
        "M42": "1",
        "M43": "0",
        "M44": "0",
        "M45": "0",
        "M46": "0",
        "M47": "0",
        "M48": "0.4",
    },
)

# Three parts end in thirds: 一 12 x 7 / 9 = 28/3, 四 20 x 15.6 / 18 = 52/3, 六 12 x 7 / 9 = 28/3,
# together 108/3 = 36; 二 9, 三 8 and 五 17 add 34. The total is 70, not a hair less.
THIRDS: Sheet = with_items(
    full_sheet(REGION, "g1", "underground"),
    {
        "M04": does_not_apply(),
        "M05": "0",
        "M07": does_not_apply(),
        "M09": "2",
        "M11": "0",
        "M14": "0",
        "M16": "1",
        "M17": "0",
        "M18": "0",
        "M19": "0",
        "M20": "0",
        "M25": "0",
        "M26": "0.6",
        "M28": does_not_apply(),
        "M42": "2",
        "M43": "2",
        "M44": does_not_apply(),
        "M45": does_not_apply(),
        "M47": "0",
    },
)


@pytest.mark.rule("R-IM-53", "R-NAT-37", "R-NAT-38", "R-NAT-40", "R-NAT-45")
def test_a_coal_mine_scores_what_it_scores_by_hand() -> None:
    result = score(REGION, COAL_MINE)

    assert [str(part.score) for part in result.parts] == [
        "9.80",
        "17.00",
        "16.31",
        "16.32",
        "16.00",
        "7.80",
    ]
    assert result.exact == Fraction("9.8") + 17 + Fraction(261, 16) + Fraction(310, 19) + Fraction(
        "23.8"
    )
    assert str(result.total) == "83.23"
    assert result.passed
    assert result.exempt == ("M30",)


@pytest.mark.rule("R-IM-53", "R-NAT-38", "R-NAT-40", "R-NAT-45")
def test_a_quarry_scores_what_it_scores_by_hand() -> None:
    result = score(REGION, QUARRY)

    assert [str(part.score) for part in result.parts] == [
        "12.00",
        "14.00",
        "11.00",
        "18.89",
        "14.00",
        "4.40",
    ]
    assert str(result.total) == "74.29"
    assert result.passed


@pytest.mark.rule("R-NAT-39")
def test_the_quarry_passes_the_regional_line_and_fails_the_national_one() -> None:
    result = score(REGION, QUARRY, line=Decimal(80))

    assert result.reasons == ("below_line",)


@pytest.mark.rule("R-NAT-38", "R-NAT-39")
def test_a_total_of_thirds_that_is_exactly_the_line_passes() -> None:
    thirds = (Decimal(12) * 7 / 9, Decimal(20) * Decimal("15.6") / 18, Decimal(12) * 7 / 9)
    rounded_on_the_way = sum(thirds, Decimal(9 + 8 + 17))

    result = score(REGION, THIRDS, line=Decimal(70))

    assert rounded_on_the_way < 70
    assert result.exact == 70
    assert result.passed


@pytest.mark.rule("R-NAT-39")
def test_a_total_shown_as_the_line_but_below_it_fails() -> None:
    sheet = with_items(THIRDS, {"M26": "0.599999"})

    result = score(REGION, sheet, line=Decimal(70))

    assert str(result.total) == "70.00"
    assert result.reasons == ("below_line",)
