"""From trees to closures: calls of built-in and host functions."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from engine.feel.arithmetic import check_range
from engine.feel.build import Builder, Eval, makes
from engine.feel.errors import FeelError, syntax_error
from engine.feel.limits import MAX_LIST, checked_list, checked_text, too_long_list
from engine.feel.nodes import Call, Name, Node, Path
from engine.feel.run import BadValue, Missing, Run
from engine.feel.signatures import BUILTINS, Order, Overload
from engine.feel.values import Value, admit_counted

HOST_COST = 200
"""What a host function costs: it may ask the database."""

SPECIAL = {"is defined": "value", "get or else": "value, default"}
"""Functions whose first argument may be missing, with their parameters."""


@makes(Call)
def _call(builder: Builder, node: Call) -> Eval:
    if node.function in builder.functions:
        return _host_call(builder, node)
    if node.function in SPECIAL:
        return _special_call(builder, node)
    arguments = [builder.build(argument) for argument in node.arguments]
    labels = [builder.label(argument) for argument in node.arguments]
    fitting = [
        (overload, order)
        for overload in BUILTINS[node.function]
        if (order := overload.order(len(arguments), node.names)) is not None
    ]
    if not fitting:
        raise _wrong_arguments(builder, node)
    name = node.function

    def evaluate(run: Run) -> Value:
        given = [argument(run) for argument in arguments]
        for overload, order in fitting:
            values = overload.values(order, given)
            if values is not None:
                return _perform(run, name, overload, values)
        if run.lenient:
            values = _converted(*fitting[0], given)
            return None if values is None else _perform(run, name, fitting[0][0], values)
        return _refuse(run, name, fitting[0], given, labels)

    return evaluate


def _wrong_arguments(builder: Builder, node: Call) -> FeelError:
    name = node.function
    known = [SPECIAL[name]] if name in SPECIAL else [o.shape for o in BUILTINS[name]]
    shapes = " / ".join(f"{name}({shape})" for shape in known)
    return syntax_error(
        f"参数不符，应为：{shapes}",
        f"the arguments do not fit; write {shapes}",
        builder.text,
        node.start,
        code="feel_arguments",
    )


def _perform(run: Run, name: str, overload: Overload, values: Sequence[Value]) -> Value:
    """The result of a function whose arguments have been checked, paid for by their size."""
    run.step(overload.cost + 2 * len(values) + sum(map(_weight, values)))
    try:
        result = overload.function(run, *values)
        check_range(result)
    except BadValue as bad:
        return run.wrong(
            bad.code, f"函数{name}：{bad.zh}", f"function {name}: {bad}", function=name
        )
    except (ArithmeticError, ValueError):
        return run.wrong(
            "feel_value",
            f"函数{name}：参数超出范围",
            f"function {name}: an argument is out of range",
            function=name,
        )
    if type(result) is str:
        run.step(len(result) // 16)
        return checked_text(result)
    if type(result) is list:
        return checked_list(result)
    if type(result) is dict and len(result) > MAX_LIST:
        raise too_long_list()
    return result


def _weight(value: Value) -> int:
    if type(value) is str:
        return len(value) // 64
    return len(value) if type(value) is list or type(value) is dict else 0


def _converted(overload: Overload, order: Order, given: Sequence[Value]) -> list[Value] | None:
    """The arguments with [x] and x turned into one another where that helps, as FEEL demands."""
    values = list(given)
    for place, index in enumerate(order):
        parameter = overload.parameter(place)
        if index is None or parameter.takes(values[index]):
            continue
        value = values[index]
        if value is not None and list in parameter.types:
            values[index] = [value]
        elif type(value) is list and len(value) == 1 and parameter.takes(value[0]):
            values[index] = value[0]
        else:
            return None
    return overload.values(order, values)


def _refuse(
    run: Run,
    name: str,
    fitting: tuple[Overload, Order],
    given: Sequence[Value],
    labels: Sequence[str],
) -> Value:
    overload, order = fitting
    for place, index in enumerate(order):
        if index is not None and not overload.parameter(place).takes(given[index]):
            return run.unfit(labels[index], given[index], overload.parameter(place).wanted)
    return run.wrong("feel_type", f"函数{name}的参数不符", f"function {name}: wrong arguments")


# --- what asks whether something is there -----------------------------------------------------


def _special_call(builder: Builder, node: Call) -> Eval:
    wanted = 1 if node.function == "is defined" else 2
    if len(node.arguments) != wanted or node.names:
        raise _wrong_arguments(builder, node)
    first = builder.build(node.arguments[0])
    if node.function == "is defined":
        return _is_defined(builder, node.arguments[0])
    fallback = builder.build(node.arguments[1])

    def get_or_else(run: Run) -> Value:
        value = leniently(run, first)
        return fallback(run) if value is None else value

    return get_or_else


def leniently(run: Run, expression: Eval) -> Value:
    """The value of an expression, null when something in it is missing."""
    before, run.lenient = run.lenient, True
    try:
        return expression(run)
    finally:
        run.lenient = before


def _is_defined(builder: Builder, node: Node) -> Eval:
    """Whether a variable or entry exists, be it null; of anything else, whether it is a value."""
    if isinstance(node, Name):
        name = node.name

        def named(run: Run) -> Value:
            run.step()
            try:
                run.lookup(name)
            except Missing:
                return False
            return True

        return named
    if isinstance(node, Path):
        base, key = builder.build(node.base), node.key

        def keyed(run: Run) -> Value:
            run.step()
            value = leniently(run, base)
            return key in value if type(value) is dict else False

        return keyed
    expression = builder.build(node)
    return lambda run: leniently(run, expression) is not None


# --- host functions ---------------------------------------------------------------------------


def _host_call(builder: Builder, node: Call) -> Eval:
    name = node.function
    if node.names:
        raise syntax_error(
            f"函数{name}的参数按位置给出",
            f"the arguments of {name} are given by position",
            builder.text,
            node.start,
            code="feel_arguments",
        )
    arguments = [builder.build(argument) for argument in node.arguments]

    def evaluate(run: Run) -> Value:
        run.step(HOST_COST)
        given = [argument(run) for argument in arguments]
        function = run.env.functions.get(name)
        if function is None:
            raise FeelError(
                f"这里不能使用函数{name}",
                f"the function {name} is not available here",
                code="feel_unknown_function",
                function=name,
            )
        try:
            inspect.signature(function).bind(*given)
        except TypeError:
            raise FeelError(
                f"函数{name}不接受{len(given)}个参数",
                f"the function {name} does not take {len(given)} arguments",
                code="feel_arguments",
            ) from None
        value, nodes = admit_counted(function(*given))
        run.step(nodes // 4)
        return value

    return evaluate
