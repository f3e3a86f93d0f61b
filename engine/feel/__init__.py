"""FEEL: the language of all expressions in diagrams, forms, decision tables and tenant files."""

from engine.feel.errors import FeelError, FeelSyntaxError
from engine.feel.expression import (
    Expression,
    compile_expression,
    evaluate_condition,
    evaluate_text,
    evaluate_unary,
)
from engine.feel.json_values import from_json, to_json
from engine.feel.limits import COMMAND_STEPS
from engine.feel.run import Allowance, Environment
from engine.feel.values import Months, Range

__all__ = [
    "COMMAND_STEPS",
    "Allowance",
    "Environment",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Months",
    "Range",
    "compile_expression",
    "evaluate_condition",
    "evaluate_text",
    "evaluate_unary",
    "from_json",
    "to_json",
]
