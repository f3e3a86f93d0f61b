"""One command on one case: the host of the token machine, and the writing of what it did.

Design, section 8: lock the case, load tokens and scopes, advance within the step budget, sync
items, timers and subscriptions, append history, save with a version check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.binding import BindingContext, BpmnError
from engine.bpmn.model import EventKind, IoMapping, Kind, Node
from engine.bundles import Bundle
from engine.errors import Conflict, Invalid, LuchengError, NotFound
from engine.expressions import environment, holds, text_or_value
from engine.feel import from_json
from engine.history import Act, Chain
from engine.messages import publish_message, publish_signal
from engine.office import Office
from engine.scopes import RECORD, Scopes
from engine.spiff.host import ScopeRef, ServiceStopped, Token
from engine.spiff.machine import Machine
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, contents, incidents, records
from engine.world import World

OPEN = "open"
SUSPENDED = "suspended"


class Command:
    """A case locked for one command; use :func:`open_case`, act, then ``close``."""

    def __init__(
        self, tx: Unit, world: World, case: Any, actor: Actor | None, bundle: Bundle
    ) -> None:
        self.tx, self.world, self.case, self.actor, self.bundle = tx, world, case, actor, bundle
        self.now: datetime = world.clock.now()
        self.office: Office = world.offices.get(tx)
        self.scopes = Scopes.load(tx, case.id)
        self.chain = Chain(case.id, case.history_seq, case.history_head)
        self.env = environment(tx, self.office, self.now, self.parameter)
        self.machine: Machine
        self.new_incidents: list[UUID] = []

    # --- facts ------------------------------------------------------------------------------

    def parameter(self, key: str) -> Any:
        """A tenant parameter as it was when the case began, unless it is read at the step."""
        if self.office.is_read_at_step(key) or key not in self.case.parameters:
            return self.office.parameter(key)
        return from_json(self.case.parameters[key])

    def view(self, token: Token) -> Mapping[str, Any]:
        """The variables a token sees, and the facts of the case under ``case``."""
        return _WithCase(self.scopes.view(token.scopes), self.facts)

    @property
    def facts(self) -> dict[str, Any]:
        """The case as expressions see it."""
        return {
            "id": str(self.case.id),
            "number": self.case.number,
            "title": self.case.title,
            "principal": self.case.principal,
        }

    def value(self, token: Token, expression: str) -> Any:
        """The value of an expression or literal at a token."""
        return text_or_value(expression, self.view(token), self.env)

    def subject(self, expression: str) -> str | None:
        """What the case is about, as the process property ``subject`` says."""
        scope = _WithCase(self.scopes.view(()), self.facts)
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
        self.chain.append(self.tx, act, who, self.now)

    # --- the machine's questions (engine.spiff.host.Host) -------------------------------------

    def condition(self, token: Token, expression: str) -> bool:
        return holds(expression, self.view(token), self.env)

    def no_exit(self, token: Token) -> NoReturn:
        raise Invalid(
            f"网关“{token.node.name or token.node.id}”没有满足条件的出口",
            f"no exit of gateway {token.node.id} holds and it has no default",
            code="no_exit",
            element=token.node.id,
        )

    def perform(self, token: Token) -> None:
        node = token.node
        if node.kind is Kind.SCRIPT_TASK:
            self._store(token, {node.zeebe.result_variable: self.value(token, node.zeebe.script)})
        elif node.event.kind is EventKind.MESSAGE and not node.zeebe.task_type:
            key = (
                self.value(token, node.event.correlation_key) if node.event.correlation_key else ""
            )
            payload = self._mapped(token, node.zeebe.inputs)
            publish_message(self.tx, node.event.ref, str(key), payload, self.now)
        else:
            self._call_binding(token)

    def _call_binding(self, token: Token) -> None:
        """Run a binding in a savepoint: its failure rolls back that task only."""
        node = token.node
        try:
            with self.tx.savepoint():
                function = self.world.bindings.get(node.zeebe.task_type)
                if function is None:
                    raise NotFound(
                        f"没有业务功能 {node.zeebe.task_type}",
                        f"there is no binding {node.zeebe.task_type}",
                    )
                inputs = self._mapped(token, node.zeebe.inputs)
                result = function(self._binding_context(token), inputs) or {}
                self._store(token, {k: from_json(v) for k, v in result.items()})
        except BpmnError as error:
            raise ServiceStopped(error.error_code) from error
        except Exception as error:
            # Whatever a binding does, the case must live on: the token stays, people are told.
            self.raise_incident(token.node, error, token_id=token.id)
            raise ServiceStopped from error

    def open_body(self, token: Token) -> None:
        node, outer = token.node, self.scopes.view(_outside(token))
        seen = _WithCase({**outer, **self.scopes.local(token.id)}, self.facts)
        inputs = {m.target: text_or_value(m.source, seen, self.env) for m in node.zeebe.inputs}
        if node.kind is Kind.CALL_ACTIVITY and node.zeebe.propagate_parent:
            inputs = {**outer, **inputs}
        self.scopes.put_local(token.id, inputs)

    def close_body(self, token: Token) -> None:
        node, inner = token.node, self.scopes.local(token.id)
        outside = _outside(token)
        if node.zeebe.outputs:
            env = self.env
            results = {
                m.target: text_or_value(m.source, _WithCase(inner, self.facts), env)
                if node.kind is Kind.CALL_ACTIVITY
                else self.value(token, m.source)
                for m in node.zeebe.outputs
            }
        elif node.kind is Kind.CALL_ACTIVITY and node.zeebe.propagate_child:
            results = dict(inner)
        else:
            results = {}
        if token.instance:
            self.scopes.put_local(token.id, results)
        else:
            self.scopes.drop([token.id])
            self.scopes.put(outside, results)

    def open_loop(self, token: Token, limit: int) -> Sequence[object]:
        loop = token.node.loop
        assert loop is not None
        items = self.value(token, loop.collection)
        if not isinstance(items, list) or len(items) > limit:
            raise Invalid(
                f"“{token.node.name}”的多实例集合须为不超过 {limit} 项的列表",
                f"the collection of {token.node.id} must be a list of at most {limit}",
                code="loop_collection",
                element=token.node.id,
            )
        start: dict[str, Any] = {"loopItems": items}
        if loop.output_collection:
            start[loop.output_collection] = []
        self.scopes.put_local(token.id, start)
        return items

    def open_instance(self, token: Token, instance: UUID, index: int) -> None:
        loop = token.node.loop
        assert loop is not None
        item = self.scopes.local(token.id)["loopItems"][index]
        values: dict[str, Any] = {"loopCounter": index + 1}
        if loop.element:
            values[loop.element] = item
        self.scopes.put_local(instance, values)

    def close_instance(self, token: Token, instance: UUID) -> None:
        loop = token.node.loop
        assert loop is not None
        if loop.output_collection and loop.output_element:
            inner = (ScopeRef(instance, instance=True), *token.scopes)
            scope = _WithCase(self.scopes.view(inner), self.facts)
            value = text_or_value(loop.output_element, scope, self.env)
            gathered = [*self.scopes.local(token.id)[loop.output_collection], value]
            self.scopes.put_local(token.id, {loop.output_collection: gathered})
        self.scopes.drop([instance])

    def loop_decided(self, token: Token, counts: tuple[int, int, int]) -> bool:
        loop = token.node.loop
        assert loop is not None
        if not loop.completion_condition:
            return False
        names = (
            "numberOfInstances",
            "numberOfActiveInstances",
            "numberOfCompletedInstances",
        )
        scope = {**self.view(token), **dict(zip(names, counts, strict=True))}
        return holds(loop.completion_condition, scope, self.env)

    def close_loop(self, token: Token) -> None:
        loop = token.node.loop
        assert loop is not None
        gathered = dict(self.scopes.local(token.id))
        self.scopes.drop([token.id])
        if loop.output_collection:
            name = loop.output_collection
            self.scopes.put(_outside(token), {name: gathered.get(name, [])})

    def drop_scopes(self, ids: Sequence[UUID]) -> None:
        self.scopes.drop(ids)

    def uncaught(self, token: Token, kind: str, code: str) -> None:
        if kind == EventKind.ERROR.value:
            error = Invalid(
                f"错误 {code} 没有处理路径", f"nobody catches error {code}", code="uncaught_error"
            )
            self.raise_incident(token.node, error, token_id=token.id)
        else:
            self.note(Act("escalation", token.node.id, content={"code": code}))

    def signal(self, token: Token, name: str) -> None:
        publish_signal(self.tx, name, self.case.id, self.now)

    # --- what commands share ------------------------------------------------------------------

    def finish_item(self, token_id: UUID, values: Mapping[str, Any]) -> None:
        """Complete a person's step with the values of its form, as variables."""
        token = self.machine.token(token_id)
        if token is None:
            raise Conflict("该环节已经流转，请刷新后查看", "the case has moved on from this step")
        self._store(token, {name: from_json(value) for name, value in values.items()})
        self.machine.complete(token_id)

    def fire(self, token_id: UUID, payload: Mapping[str, Any] | None = None) -> None:
        """Let an event happen; of a payload only what the diagram maps is taken."""
        token = self.machine.fire(token_id)
        if payload and token.node.zeebe.outputs:
            self._store(token, {k: from_json(v) for k, v in payload.items()})

    def raise_incident(
        self, node: Node, error: Exception, *, token_id: UUID | None, item_id: UUID | None = None
    ) -> None:
        """Make a failure visible on the case; a second one at the same place counts up."""
        code, message = _wording(error)
        row = self.tx.one(
            select(incidents).where(
                incidents.c.tenant_id == TENANT,
                incidents.c.case_id == self.case.id,
                incidents.c.token_id == token_id,
                incidents.c.closed_at.is_(None),
            )
        )
        if row is not None:
            self.tx.update(
                incidents,
                incidents.c.id == row.id,
                attempts=row.attempts + 1,
                code=code,
                message=message,
            )
            return
        incident_id = self.tx.insert(
            incidents,
            case_id=self.case.id,
            token_id=token_id,
            item_id=item_id,
            element=node.id,
            code=code,
            message=message,
            attempts=1,
            opened_at=self.now,
        )
        self.new_incidents.append(incident_id)
        self.note(Act("incident.opened", node.id, item_id, {"code": code, "message": message}))

    def _store(self, token: Token, values: Mapping[str, Any]) -> None:
        """Take results to the variables: as mapped, else to the enclosing scope."""
        outputs = token.node.zeebe.outputs
        if outputs:
            scope = {**self.view(token), **values}
            values = {m.target: text_or_value(m.source, scope, self.env) for m in outputs}
        self.scopes.put(token.scopes, values)

    def _mapped(self, token: Token, mappings: Sequence[IoMapping]) -> dict[str, Any]:
        return {m.target: self.value(token, m.source) for m in mappings}

    def _binding_context(self, token: Token) -> BindingContext:
        zeebe = token.node.zeebe
        return BindingContext(
            tx=self.tx,
            office=self.office,
            now=self.now,
            case_id=self.case.id,
            case_number=self.case.number,
            case_title=self.case.title,
            principal=self.case.principal,
            element=token.node.id,
            element_name=token.node.name,
            headers=zeebe.headers,
            properties=zeebe.properties,
            actor=self.actor,
            resolve=self.resolve,
            file=self.file,
        )

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


class _WithCase(dict[str, Any]):
    """Variables plus ``case``, which no variable can hide."""

    def __init__(self, values: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        super().__init__(values)
        self["case"] = dict(facts)


def _outside(token: Token) -> tuple[ScopeRef, ...]:
    """The scopes around a token that owns a scope itself."""
    return tuple(ref for ref in token.scopes if ref.id != token.id)


def _wording(error: Exception) -> tuple[str, str]:
    if isinstance(error, LuchengError):
        return error.code, error.zh
    return "internal", f"系统内部错误（{type(error).__name__}）"


def lock_case(tx: Unit, case_id: UUID) -> Any:
    """The row of the case, locked until the transaction ends; NotFound for another tenant's."""
    row = tx.get(cases, case_id, lock=True)
    if row is None:
        raise NotFound("办件不存在", "there is no such case", case=str(case_id))
    return row


def open_case(tx: Unit, world: World, case_id: UUID, actor: Actor | None) -> Command:
    """Lock a running case and load its tokens; Conflict when it is over or suspended."""
    case = lock_case(tx, case_id)
    if case.status != OPEN:
        raise Conflict(
            "办件已挂起" if case.status == SUSPENDED else "办件已经办结",
            f"the case is {case.status}",
            status=case.status,
        )
    bundle = world.bundles.get(tx, case.bundle_id)
    command = Command(tx, world, case, actor, bundle)
    command.machine = Machine.load(bundle.program, case.state, command)
    return command
