"""Personal data on public pages: unreadable, while the rest stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.notices.masking import mask_contact, mask_line, mask_name, mask_phone, mask_text


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳娜娜", "欧阳**"),
        ("阿拉坦", "阿**"),
        ("司马", "司*"),
        ("John Smith", "J*** S****"),
        ("张", "张*"),
        ("", ""),
    ],
)
def test_of_a_name_the_surname_is_left(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("13812345678", "138****5678"), ("0477-8512345", "047*****2345"), ("8512345", "*****45")],
)
def test_of_a_number_the_middle_is_gone(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


def test_a_contact_is_masked_by_its_kind() -> None:
    assert mask_contact("wang@example.com") == "w***@example.com"
    assert mask_contact("13812345678") == "138****5678"


def test_a_text_loses_identity_numbers_mobiles_and_mail_addresses() -> None:
    text = "张三（150627199001011234，13812345678，zs@example.com）反映"
    masked = mask_text(text)
    assert masked == "张三（150***********1234，138****5678，z***@example.com）反映"


def test_what_is_not_personal_stays() -> None:
    text = (
        "统一社会信用代码 91150627MA0DEM0135，采矿许可证 C1500002011011120104242，电话 0471-6912345"
    )
    assert mask_text(text) == text


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_mobile_number_survives(number: str) -> None:
    assert number not in mask_text(f"联系电话{number}。")


def test_masking_twice_changes_nothing_more() -> None:
    once = mask_text("13812345678 zs@example.com 150627199001011234")
    assert mask_text(once) == once


def test_of_a_line_persons_are_masked_and_mines_are_not() -> None:
    line = {"name": "武家塔露天煤矿", "contactName": "王小明", "phone": "13812345678", "no": 3}
    assert mask_line(line) == {
        "name": "武家塔露天煤矿",
        "contactName": "王**",
        "phone": "138****5678",
        "no": 3,
    }
