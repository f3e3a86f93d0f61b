"""What there is to be asked: every route, API operation, command and function of the store."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import click
from flask import Flask
from werkzeug.routing import Rule

from webapp.cli import main
from webapp.http.api.wiring import PREFIX, description

PACKAGES = ("engine", "domain", "webapp.usecases", "webapp.bindings")
SCOPES = {"Unit", "ControlUnit", "Command", "Database", "Product", "Unit | ControlUnit"}
"""Who has one of these at hand reaches rows."""


@dataclass(frozen=True)
class Reacher:
    """A public function or method that reaches rows; ``owner`` is the class of a method."""

    name: str
    call: Callable[..., Any]
    owner: type | None = None


@cache
def functions() -> tuple[Reacher, ...]:
    """Every public function and method of the floors below the pages that reaches rows."""
    found = []
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            found += _of_module(importlib.import_module(module.name))
    return tuple(found)


def _of_module(module: Any) -> Iterator[Reacher]:
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", "") != module.__name__:
            continue
        if inspect.isfunction(thing) and _reaches(thing):
            yield Reacher(f"{module.__name__}.{name}", thing)
        elif inspect.isclass(thing):
            for verb, method in vars(thing).items():
                plain = inspect.isfunction(method) and not verb.startswith("_")
                if plain and (_reaches(method) or _keeps_database(thing)):
                    yield Reacher(f"{module.__name__}.{name}.{verb}", method, thing)


def _reaches(function: Callable[..., Any]) -> bool:
    kinds = {str(p.annotation) for p in inspect.signature(function).parameters.values()}
    return bool(kinds & SCOPES)


def _keeps_database(kind: type) -> bool:
    """Whether the objects of a class were given a database when they were made."""
    return "__init__" in vars(kind) and "Database" in {
        str(p.annotation) for p in inspect.signature(vars(kind)["__init__"]).parameters.values()
    }


def routes(app: Flask) -> list[Rule]:
    """Every route of the pages."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return [rule for rule in rules if not rule.rule.startswith(PREFIX)]


def arguments(rule: str) -> list[str]:
    """The names of what stands in an address."""
    return re.findall(r"[<{](?:[^:>]*:)?([a-z_]+)[>}]", rule)


@dataclass(frozen=True)
class Operation:
    """One operation of the API as its document describes it."""

    method: str
    path: str
    query: tuple[str, ...]
    body: Any
    is_file: bool


def operations(app: Flask) -> list[Operation]:
    """Every operation of the API."""
    document = description(app)
    return [
        _operation(document, path, method, told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def _operation(document: Any, path: str, method: str, told: Any) -> Operation:
    content = told.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "")
    schema = resolved(document, content[kind]["schema"]) if content else None
    query = tuple(p["name"] for p in told.get("parameters", []) if p.get("in") == "query")
    return Operation(method.upper(), path, query, schema, kind.startswith("multipart"))


def resolved(document: Any, schema: Any, depth: int = 6) -> Any:
    """A schema with what it refers to in place."""
    if isinstance(schema, list):
        return [resolved(document, part, depth) for part in schema]
    if not isinstance(schema, dict) or depth == 0:
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return resolved(document, document["components"]["schemas"][name], depth - 1)
    return {key: resolved(document, part, depth) for key, part in schema.items()}


def commands() -> dict[str, click.Command]:
    """Every command by the words that call it."""
    return dict(_commands(main, ""))


def _commands(command: click.Command, words: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _commands(below, f"{words} {name}".strip())
    else:
        yield words, command
