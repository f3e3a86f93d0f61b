"""What one command on one case knows: its rows, its variables, the tenant, the moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.cases.expressions import environment, text_or_value
from engine.cases.parts import CaseParts, ask_parts, load_parts
from engine.cases.scopes import RECORD, Scopes
from engine.definitions.bundles import Bundle
from engine.errors import Conflict, NotFound
from engine.feel import from_json
from engine.history import SEALED, Act, Chain, seal
from engine.office import Office
from engine.spiff.host import Token
from engine.spiff.machine import Machine
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.prepared import Answer
from engine.store.tables import cases, contents, records
from engine.tenancy.stage import check_not_frozen
from engine.world import World


@dataclass(frozen=True)
class CaseAsked:
    """A case and what a command needs to know of it, asked for at once: one round trip."""

    case: Answer
    settings: Answer
    parts: Answer

    @classmethod
    def of(cls, tx: Unit, world: World, case_id: UUID) -> CaseAsked:
        """Ask; the case is locked before the rest is read."""
        case = tx.ask_for(cases, case_id, lock=True)
        return cls(case, world.offices.ask(tx), ask_parts(tx, case_id))


class CaseFacts:
    """A case as one command sees it; what it changes is written when the command is closed."""

    def __init__(
        self,
        tx: Unit,
        world: World,
        case: Any,
        actor: Actor | None,
        bundle: Bundle,
        asked: CaseAsked | None = None,
    ) -> None:
        self.tx, self.world, self.case, self.actor, self.bundle = tx, world, case, actor, bundle
        self.now: datetime = world.clock.now()
        self.office: Office = world.offices.get(tx, asked.settings if asked else None)
        open_rows = asked.parts if asked else None
        self.parts = load_parts(tx, case.id, open_rows) if case.rev else CaseParts()
        self.rev: int = case.rev
        self.scopes = Scopes(case.id, self.parts.variables)
        self.status: str = case.status
        self.chain = Chain(case.id, case.history_seq, case.history_head)
        self.env = environment(tx, self.office, self.now, self.parameter)
        self.machine: Machine
        self.new_incidents: list[UUID] = []
        self.rounds: dict[UUID, dict[str, Any]] = {}  # next deadlines of cycles, by token id
        self.files: dict[UUID, Any] = {}  # the files that forms of this command have accepted
        self.new_files: set[UUID] = set()  # those of them that no case has yet
        self.own_files: dict[UUID, Any] | None = None  # those of the case, once a form asked
        self.records: list[list[str]] = []  # id and digest of what was submitted
        self.decisions: list[dict[str, Any]] = []  # how decisions of this command were made

    def parameter(self, key: str) -> Any:
        """A tenant parameter as it was when the case began, unless it is read at the step."""
        if self.office.is_read_at_step(key) or key not in self.case.parameters:
            return self.office.parameter(key)
        return from_json(self.case.parameters[key])

    def view(self, token: Token) -> Mapping[str, Any]:
        """The variables a token sees, and the facts of the case under ``case``."""
        return WithCase(self.scopes.view(token.scopes), self.facts)

    @property
    def facts(self) -> dict[str, Any]:
        """The case as expressions see it."""
        return {
            "id": str(self.case.id),
            "number": self.case.number,
            "title": self.case.title,
            "principal": self.case.principal,
            "handedBy": self.case.handed_by,
            "handedNumber": self.case.handed_number,
        }

    def value(self, token: Token, expression: str) -> Any:
        """The value of an expression or literal at a token."""
        return text_or_value(expression, self.view(token), self.env)

    def subject(self, expression: str) -> str | None:
        """What the case is about, as the process property ``subject`` says."""
        scope = WithCase(self.scopes.view(()), self.facts)
        value = text_or_value(expression, scope, self.env)
        return value if isinstance(value, str) and value else None

    def resolve(self, value: Any) -> Any:
        """The value behind a reference to a record; anything else as it is."""
        if not (isinstance(value, Mapping) and RECORD in value):
            return value
        row = self.tx.get(records, UUID(value[RECORD]))
        if row is None or row.case_id != self.case.id:
            raise NotFound("引用的办理记录不存在", "the referenced record does not exist")
        return row.content.get(value["field"])

    def note(self, act: Act) -> None:
        """Append a fact to the history of the case."""
        who = (None, "系统") if self.actor is None else (self.actor.membership_id, self.actor.label)
        if self.actor is not None and self.actor.stands_for is not None:
            absent = {"for": str(self.actor.stands_for.membership_id)}
            act = Act(act.kind, act.element, act.item_id, {**(act.content or {}), **absent})
        self.chain.append(self.tx, act, who, self.now)

    def keep(self) -> None:
        """Write the end of the history to the case, and nothing else."""
        self._write({})

    def conclude(self, act: Act, **changes: Any) -> None:
        """Append what was done, sealed with what the case is now, and write ``changes`` to it."""
        check_not_frozen(self.office.stage)
        state = changes.get("state", self.case.state)
        named = {name: changes.get(name, getattr(self.case, name)) for name in SEALED}
        content = {**(act.content or {}), "seal": seal(named, state, self.scopes.plain())}
        self.note(Act(act.kind, act.element, act.item_id, content))
        self._write(changes)
        self.status = changes.get("status", self.case.status)

    def _write(self, changes: Mapping[str, Any]) -> None:
        end = {"history_seq": self.chain.seq, "history_head": self.chain.head}
        of_this_revision = {"id": self.case.id, "rev": self.rev}
        self.rev += 1
        count = self.tx.change_now(cases, of_this_revision, **changes, rev=self.rev, **end)
        if count != 1:
            raise Conflict("办件已被他人更新，请刷新", "the case was changed by someone else")

    def file(self, kind: str, ref: str) -> bytes:
        """The body of a file of the case's bundle; NotFound when it holds none."""
        for entry in self.bundle.manifest:
            if entry["kind"] == kind and entry["ref"] == ref:
                body: bytes = self.tx.scalar(
                    select(contents.c.body).where(
                        contents.c.tenant_id == TENANT, contents.c.digest == entry["digest"]
                    )
                )
                return body
        raise NotFound(f"发布包中没有 {kind} {ref}", f"the bundle holds no {kind} {ref}")


class WithCase(dict[str, Any]):
    """Variables plus ``case``, which no variable can hide."""

    def __init__(self, values: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        super().__init__(values)
        self["case"] = dict(facts)
