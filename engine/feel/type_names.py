"""The types that may follow ``instance of``."""

from __future__ import annotations

from engine.feel.nodes import TypeName
from engine.feel.reader import Reader
from engine.feel.run import Run
from engine.feel.tokens import NAME
from engine.feel.values import Range, Value, kind_of

NAMES = (
    "days and time duration",
    "years and months duration",
    "date and time",
    "Any",
    "Null",
    "boolean",
    "context",
    "date",
    "duration",
    "list",
    "number",
    "range",
    "string",
    "time",
)


def read_type(reader: Reader) -> TypeName:
    """The type that comes next."""
    reader.descend()
    name = next((name for name in NAMES if _comes_next(reader, name)), None)
    if name is None:
        reader.fail("这里应当是类型名称，如 number", "expected the name of a type such as number")
    reader.index += name.count(" ") + 1
    entry: TypeName | None = None
    fields: tuple[tuple[str, TypeName], ...] = ()
    if name in ("list", "range") and reader.accept("<"):
        entry = read_type(reader)
        reader.expect(">")
    elif name == "context" and reader.accept("<"):
        fields = _fields(reader)
    reader.depth -= 1
    return TypeName(name, entry, fields)


def _comes_next(reader: Reader, name: str) -> bool:
    return all(
        reader.peek(ahead).kind == NAME and reader.peek(ahead).text == word
        for ahead, word in enumerate(name.split(" "))
    )


def _fields(reader: Reader) -> tuple[tuple[str, TypeName], ...]:
    fields = []
    while not reader.at(">"):
        key = reader.key()
        reader.expect(":")
        fields.append((key, read_type(reader)))
        if not reader.accept(","):
            break
    reader.expect(">")
    return tuple(fields)


def is_instance(run: Run, value: Value, wanted: TypeName) -> bool:
    """Whether a value is of a type; null is of no type but Null."""
    run.step(2)
    if wanted.name == "Any":
        return value is not None
    kind = kind_of(value)
    if wanted.name == "duration":
        return kind.endswith("duration")
    if kind != ("null" if wanted.name == "Null" else wanted.name):
        return False
    entry = wanted.entry
    if entry is not None and type(value) is list:
        return all(is_instance(run, part, entry) for part in value)
    if entry is not None and type(value) is Range:
        return is_instance(run, value.start, entry) and is_instance(run, value.end, entry)
    return type(value) is not dict or all(
        key in value and is_instance(run, value[key], field) for key, field in wanted.fields
    )
