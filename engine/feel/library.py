"""All functions an expression may call without help from the host."""

from __future__ import annotations

from engine.feel import (
    builtins_context,
    builtins_list,
    builtins_number,
    builtins_pattern,
    builtins_range,
    builtins_text,
    builtins_time,
)
from engine.feel.build_calls import SPECIAL
from engine.feel.signatures import BUILTINS

PARTS = (
    builtins_context,
    builtins_list,
    builtins_number,
    builtins_pattern,
    builtins_range,
    builtins_text,
    builtins_time,
)
"""The modules whose import fills the register."""

BUILTIN_NAMES = frozenset(BUILTINS) | frozenset(SPECIAL)
