"""Built-in functions on contexts."""

from __future__ import annotations

from engine.feel.limits import MAX_LIST, too_long_list
from engine.feel.run import BadValue, Run
from engine.feel.signatures import builtin
from engine.feel.values import Value

Entries = dict[str, Value]


@builtin("get value", "m: context", "key: string")
def get_value(_: Run, context: Entries, key: str) -> Value:
    """The value of a key, null when there is none."""
    return context.get(key)


@builtin("get value", "context: context", "key: string")
def get_value_of_context(_: Run, context: Entries, key: str) -> Value:
    return context.get(key)


@builtin("get value", "context: context", "keys: list")
def get_value_along(run: Run, context: Entries, keys: list[Value]) -> Value:
    """The value at the end of a path of keys."""
    value: Value = context
    for key in keys:
        run.step()
        value = value.get(key) if type(value) is dict and type(key) is str else None
    return value


@builtin("get entries", "m: context")
def get_entries(run: Run, context: Entries) -> Value:
    run.step(2 * len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list")
def context_of(_: Run, entries: list[Value]) -> Value:
    """The context made of a list of {key, value}."""
    result: Entries = {}
    for entry in entries:
        key = entry.get("key") if type(entry) is dict else None
        if type(entry) is not dict or type(key) is not str or "value" not in entry:
            raise BadValue("各项应为 {key, value}", "the entries must be {key, value}")
        if key in result:
            raise BadValue(f"键“{key[:40]}”重复", f"the key '{key[:40]}' is repeated")
        result[key] = entry["value"]
    return result


@builtin("context put", "context: context", "key: string", "value: any")
def context_put(_: Run, context: Entries, key: str, value: Value) -> Value:
    return {**context, key: value}


@builtin("context put", "context: context", "keys: list", "value: any")
def context_put_along(run: Run, context: Entries, keys: list[Value], value: Value) -> Value:
    """The context with a value put at the end of a path of keys."""
    path = [key for key in keys if type(key) is str]
    if not path or len(path) != len(keys) or len(path) > 20:
        raise BadValue("键应为一至二十个文字", "the keys are one to twenty texts")
    result: Entries = dict(context)
    place = result
    for key in path[:-1]:
        inner = place.get(key)
        run.step(1 + (len(inner) if type(inner) is dict else 0))
        place[key] = deeper = dict(inner) if type(inner) is dict else {}
        place = deeper
    place[path[-1]] = value
    return result


@builtin("context merge", "contexts: list")
def context_merge(run: Run, contexts: list[Value]) -> Value:
    """One context with the entries of all; later ones win."""
    result: Entries = {}
    for context in contexts:
        if type(context) is not dict:
            raise BadValue("列表中只能是对象", "the list may hold contexts only")
        run.step(len(context))
        result.update(context)
        if len(result) > MAX_LIST:
            raise too_long_list()
    return result
