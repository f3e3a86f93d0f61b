"""Unified social credit codes (统一社会信用代码): the check characters of GB 32100 and GB 11714."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_CHECKS = "0123456789X"


def is_credit_code(code: str) -> bool:
    """Whether the code has 18 allowed characters and both its check characters are right."""
    if len(code) != 18 or any(char not in _ALPHABET for char in code):
        return False
    return check_character(code[:17]) == code[17] and _body_check(code[8:16]) == code[16]


def check_character(code: str) -> str:
    """The last character of a credit code whose first 17 are given."""
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(code, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def _body_check(code: str) -> str:
    total = sum(
        _BODY_ALPHABET.index(char) * weight
        for char, weight in zip(code, _BODY_WEIGHTS, strict=True)
    )
    return _BODY_CHECKS[-total % 11]
