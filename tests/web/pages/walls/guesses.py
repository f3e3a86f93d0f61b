"""What an outsider writes into every place: ids, rows, numbers and names of the other tenant."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import io
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.bpmn.model import Diagram, Node, Process
from engine.cases.command import Command
from engine.cases.facts import CaseAsked
from engine.definitions.bundles import Bundle, Bundles
from engine.forms.model import Form
from engine.office import Office, Offices
from engine.spiff.machine import Machine
from engine.store.database import Database, Unit
from engine.timing.clock import Clock
from engine.world import World as Engine
from webapp.product import Product

from .rows import Estate

TABLES: Mapping[str, str] = {
    "absence": "absences",
    "act": "batch_acts",
    "assignment": "assignments",
    "attachment": "attachments",
    "batch": "batches",
    "bid": "bids",
    "body": "assignments",
    "bundle": "bundles",
    "by": "memberships",
    "case": "cases",
    "copy": "copies",
    "document": "issued_documents",
    "draft": "definition_drafts",
    "draw": "draws",
    "enterprise": "mines",
    "entry": "list_entries",
    "fact": "published_facts",
    "file": "attachments",
    "finding": "findings",
    "group": "notification_channels",
    "handoff": "handoffs",
    "holder": "memberships",
    "incident": "incidents",
    "inspection": "inspections",
    "item": "work_items",
    "member": "memberships",
    "membership": "memberships",
    "message": "outbox",
    "migration": "migrations",
    "mine": "mines",
    "notice": "notices",
    "notification": "notifications",
    "objection": "objections",
    "opening": "openings",
    "owner": "memberships",
    "people": "memberships",
    "person": "memberships",
    "provider": "identity_providers",
    "question": "questions",
    "record": "records",
    "ref": "timers",
    "rehearsal": "rehearsals",
    "round": "rounds",
    "row": "cases",
    "scope": "scopes",
    "subject": "mines",
    "tender": "tenders",
    "timer": "timers",
    "to": "memberships",
    "token": "timers",
}
"""What a word in the name of a place means: the table whose ids and rows go there."""


class NoRecipe(AssertionError):
    """A place that nobody knows what to write into."""


def table_of(name: str) -> str:
    """The table a name speaks of; empty when it speaks of none."""
    word = name.removesuffix("_id").removesuffix("_ids")
    for one in (word, word.removesuffix("s"), word.removesuffix("es"), word.rpartition("_")[2]):
        if one in TABLES:
            return TABLES[one]
    return ""


class Guesses:
    """Values of one tenant for the places of the interfaces; ``turn`` chooses among the rows."""

    def __init__(
        self, estate: Estate, own: Mapping[Any, Any], slug: str, turn: int, actor: Actor
    ) -> None:
        self._estate, self._own, self._slug, self._turn = estate, own, slug, turn
        self._actor = actor

    # ------------------------------------------------------------ places of text

    def place(self, name: str) -> str:
        """What stands in an address; NoRecipe when it names rows and nobody knows which."""
        means_none = name.endswith("_id") and not table_of(name) and name not in self._words
        if means_none and name != "access_id":
            raise NoRecipe(f"nobody knows which rows {name} means")
        return self.text(name)

    def text(self, name: str) -> str:
        """What stands in a field, an address or a query under this name."""
        table = table_of(name)
        if name in ("slug", "tenant"):
            return self._slug
        if name in self._words:
            return self._words[name]
        if table and self._estate.rows.get(table):
            return str(self._estate.id(table, self._turn))
        if name in ("number", "search", "q", "code", "case_name"):
            return str(self._estate.row("cases", self._turn).number)
        return "外人所写"

    @property
    def _words(self) -> Mapping[str, str]:
        case = self._estate.row("cases", self._turn)
        return {
            "key": str(self._estate.id("list_entries", self._turn)),
            "procedure": case.procedure,
            "process": case.procedure,
            "process_id": case.procedure,
            "kind": "number",
            "side": "v1",
            "revision": "1",
            "cursor": "",
            "next": "/",
            "language": "en",
            "filename": "house.css",
        }

    def body(self, schema: Any, name: str = "") -> Any:
        """A JSON body as a schema wants it."""
        kind = schema.get("type") if isinstance(schema, dict) else None
        kind = next((k for k in kind if k != "null"), None) if isinstance(kind, list) else kind
        if "enum" in (schema or {}):
            return next(one for one in schema["enum"] if one is not None)
        if kind == "object" or "properties" in (schema or {}):
            return {key: self.body(part, key) for key, part in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.body(schema["items"], name)]
        if kind in ("integer", "number"):
            return 1
        if kind == "boolean":
            return True
        if schema.get("format") == "date-time":
            return "2027-03-02T00:00:00+08:00"
        if schema.get("format") == "date":
            return "2027-03-02"
        return self.text(name)

    # ------------------------------------------------------------ places of values

    def wanted(self, call: Callable[..., Any]) -> set[Any]:
        """The types of what a function takes."""
        hints = {name: hint for name, hint in hints_of(call).items() if name != "return"}
        parts = [kind for hint in hints.values() for kind in (hint, *typing.get_args(hint))]
        return {kind for kind in parts if isinstance(kind, type)}

    def arguments(self, call: Callable[..., Any]) -> dict[str, Any]:
        """A value for every parameter; NoRecipe names the one nobody knows."""
        hints = hints_of(call)
        given = {}
        for name, parameter in inspect.signature(call).parameters.items():
            if name == "self" or parameter.kind is parameter.VAR_KEYWORD:
                continue
            if parameter.kind is parameter.VAR_POSITIONAL:
                continue
            try:
                given[name] = self.value(name, hints.get(name, Any))
            except NoRecipe as error:
                raise NoRecipe(f"{call.__module__}.{call.__qualname__}: {error}") from error
        return given

    def value(self, name: str, hint: Any, depth: int = 5) -> Any:
        """A value of a type for a place of this name."""
        if name == "tenant_id":
            return self._actor.tenant_id  # the unit of work is the outsider's own
        if hint in self._own:
            return self._own[hint]
        origin = typing.get_origin(hint)
        if origin in (typing.Union, types.UnionType):
            return self._choice(name, typing.get_args(hint), depth)
        if origin is not None:
            return self._gathered(name, origin, typing.get_args(hint), depth)
        if hint in (Any, object):
            return self._any(name)
        if isinstance(hint, type):
            return self._of_type(name, hint, depth)
        raise NoRecipe(f"{name}: {hint}")

    def _choice(self, name: str, kinds: Any, depth: int) -> Any:
        for kind in kinds:
            if kind is not type(None):
                try:
                    return self.value(name, kind, depth)
                except NoRecipe:
                    continue
        return None

    def _gathered(self, name: str, origin: Any, inner: Any, depth: int) -> Any:
        if origin is typing.Literal:
            return inner[0]
        if origin is Callable or origin.__name__ == "Callable":
            return lambda *_given, **_named: self._any(name)
        if issubclass(origin, Mapping):
            if not inner or inner[1] in (Any, str):
                return {} if inner and inner[0] is not str else {"key": str(self._any(name))}
            return {self.value(name, inner[0], depth): self.value(name, inner[1], depth)}
        if origin is tuple and inner and inner[-1] is not Ellipsis:
            return tuple(self.value(name, part, depth) for part in inner)
        if origin is type:
            return inner[0]
        one = self.value(name, inner[0] if inner else Any, depth)
        return {tuple: tuple, set: set, frozenset: frozenset}.get(origin, list)([one])

    def _any(self, name: str) -> Any:
        if name in ("now", "at", "moment"):
            return self._own[datetime]
        table = table_of(name)
        return (
            self._estate.row(table, self._turn) if table else self._estate.row("cases", self._turn)
        )

    def _of_type(self, name: str, hint: type, depth: int) -> Any:
        plain = self._plain(name)
        for kind, value in plain.items():
            if hint is kind:
                return value
        if issubclass(hint, enum.Enum):
            return next(iter(hint))
        if issubclass(hint, BaseException):
            return hint("说明", "told") if issubclass(hint, Exception) else hint()
        if issubclass(hint, io.IOBase) or hint.__name__ in ("BinaryIO", "IO"):
            return io.BytesIO(b"%PDF-1.4")
        if getattr(hint, "_is_protocol", False):
            return lambda *_given, **_named: None
        if dataclasses.is_dataclass(hint) or hasattr(hint, "_fields") or _is_ours(hint):
            return self._built(hint, depth)
        raise NoRecipe(f"{name}: {hint.__name__}")

    def _built(self, hint: type, depth: int) -> Any:
        if depth == 0:
            return None  # so far within nobody looks before the rows are asked for
        hints = hints_of(hint if dataclasses.is_dataclass(hint) else hint.__init__)
        parts = inspect.signature(hint).parameters
        return hint(**{name: self.value(name, hints.get(name, Any), depth - 1) for name in parts})

    def _plain(self, name: str) -> Mapping[Any, Any]:
        table = table_of(name)
        an_id = (
            self._estate.id(table or "cases", self._turn)
            if _has_id(self._estate, table)
            else (self._estate.row(table, self._turn)[1])
        )
        return {
            UUID: an_id,
            str: f"person:{an_id}" if name in ("principals", "candidates") else self.text(name),
            int: 1,
            bool: True,
            float: 1.0,
            bytes: b"%PDF-1.4",
            Decimal: Decimal(1),
            date: date(2026, 3, 2),
            timedelta: timedelta(days=30),
            Path: Path("x"),
            dict: {},
        }


def _has_id(estate: Estate, table: str) -> bool:
    return not table or hasattr(estate.row(table), "id")


def _is_ours(kind: type) -> bool:
    """Whether a class says itself what it is made from."""
    return kind.__module__.partition(".")[0] in ("engine", "domain", "webapp")


def hints_of(thing: Any) -> dict[str, Any]:
    """The types of what a function or class takes, also those that are only named for checkers."""
    try:
        return typing.get_type_hints(thing)
    except NameError:
        return {}


def forged(product: Product, actor: Actor, tx: Unit, estate: Estate, turn: int) -> Command:
    """A command on a case of the other tenant, as if it had been opened: with its own row, bundle
    and tokens, but in the outsider's unit of work."""
    case = estate.row("cases", turn)
    with product.db.tenant(estate.tenant_id, read_only=True) as owner:
        bundle = product.world.bundles.get(owner, case.bundle_id)
    asked = CaseAsked.of(tx, product.world, case.id)
    command = Command(tx, product.world, case, actor, bundle, asked)
    command.machine = Machine.load(bundle.program, case.state, command)
    return command


def own_values(product: Product, actor: Actor) -> dict[Any, Any]:
    """What an outsider brings along: his own person and office, and the parts of the program."""
    with product.db.tenant(actor.tenant_id, read_only=True) as reading:
        office = product.world.offices.get(reading)
    return {
        Product: product,
        Engine: product.world,
        Database: product.db,
        Clock: product.clock,
        Actor: actor,
        Office: office,
        Offices: product.world.offices,
        Bundles: product.world.bundles,
        datetime: product.clock.now(),
        type(product.settings): product.settings,
        type(product.blobs): product.blobs,
    }


def drawn(product: Product, estate: Estate, turn: int) -> dict[Any, Any]:
    """What the other tenant has published, as a case of it holds it."""
    with product.db.tenant(estate.tenant_id, read_only=True) as owner:
        bundle = product.world.bundles.get(owner, estate.row("cases", turn).bundle_id)
    node = next(node for node in bundle.process.body.walk() if node.zeebe.form_id)
    return {
        Bundle: bundle,
        Process: bundle.process,
        Node: node,
        Form: next(iter(bundle.forms.values())),
        Diagram: next(iter(bundle.diagrams.values())),
    }


__all__ = ["Guesses", "NoRecipe", "drawn", "forged", "own_values", "table_of"]
