"""The kind of what each built-in function gives, for the checks of publication.

A function whose result depends on its arguments is not listed: nothing is certain of it.
"""

from __future__ import annotations

from collections.abc import Mapping

_GIVES: Mapping[str, tuple[str, ...]] = {
    "string": (
        "substring", "upper case", "lower case", "trim", "substring before", "substring after",
        "string join", "day of week", "month of year",
    ),
    "number": (
        "string length", "decimal", "round half even", "round up", "round down",
        "round half up", "round half down", "floor", "ceiling", "modulo", "sqrt", "exp", "log",
        "number", "count", "day of year", "week of year",
    ),
    "boolean": (
        "is blank", "contains", "starts with", "ends with", "odd", "even", "is empty",
        "list contains", "is defined", "before", "after", "meets", "met by", "overlaps",
        "overlaps before", "overlaps after", "finishes", "finished by", "includes", "during",
        "starts", "started by", "coincides", "matches",
    ),
    "list": (
        "sublist", "append", "concatenate", "insert before", "list replace", "remove", "reverse",
        "index of", "union", "distinct values", "duplicate values", "flatten", "partition", "sort",
        "mode", "get entries", "split", "extract",
    ),
    "date": ("today", "date", "last day of month"),
    "date and time": ("now", "date and time"),
    "time": ("time",),
    "years and months duration": ("years and months duration", "duration"),
    "days and time duration": ("duration",),
    "context": ("context", "context put", "context merge"),
}  # fmt: skip
RESULTS: Mapping[str, frozenset[str]] = {
    name: frozenset(kind for kind, others in _GIVES.items() if name in others)
    for names in _GIVES.values()
    for name in names
}
