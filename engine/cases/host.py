"""What the token machine asks of a case: values, scopes, services, and to tell of failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import select

from engine.bpmn.model import EventKind, IoMapping, Kind, Node
from engine.cases.expressions import holds, text_or_value
from engine.cases.facts import CaseFacts, WithCase
from engine.decisions.evaluate import evaluate_decision
from engine.decisions.trail import trail_of
from engine.definitions.binding import BindingContext, BpmnError
from engine.errors import Invalid, LuchengError, NotFound
from engine.feel import FeelError, from_json
from engine.history import Act
from engine.messaging.handoffs import hand_off, sending
from engine.messaging.messages import publish_message, publish_signal
from engine.spiff.host import ScopeRef, ServiceStopped, Token
from engine.store.metadata import TENANT
from engine.store.tables import incidents, timers
from engine.timing.cycles import next_round
from engine.work_items.voices import VOICES, begin_vote, cast, is_vote, leave, result
from engine.work_items.voting import RESULT


class CaseHost(CaseFacts):
    """The :class:`~engine.spiff.host.Host` of a case: its method names say what is asked."""

    def condition(self, token: Token, expression: str) -> bool:
        return holds(expression, self.view(token), self.env)

    def revision(self) -> int:
        return self.scopes.revision

    def event_holds(self, token: Token, expression: str) -> bool:
        try:
            return holds(expression, self.view(token), replace(self.env, lenient=True))
        except FeelError as error:
            if error.code != "feel_name":  # a name that no step has given yet is no trouble
                self.raise_incident(token.node, error, token_id=token.id)
            return False

    def no_exit(self, token: Token) -> NoReturn:
        raise Invalid(
            f"“{token.node.name or token.node.id}”的出口条件都不成立，也没有默认出口",
            f"no condition on an exit of {token.node.id} holds and it has no default",
            code="no_exit",
            element=token.node.id,
        )

    def perform(self, token: Token) -> None:
        """Do the work in a savepoint: its failure rolls back that task only."""
        try:
            if token.node.kind is Kind.SCRIPT_TASK:
                self._run_script(token)  # it can write nothing that a savepoint would take back
            elif token.node.zeebe.called_decision:
                self._decide(token)  # neither can this
            else:
                with self.tx.savepoint():
                    self._do(token)
        except BpmnError as error:
            raise ServiceStopped(error.error_code) from error
        except Exception as error:
            # Whatever a binding does, the case must live on: the token stays, people are told.
            self.raise_incident(token.node, error, token_id=token.id)
            raise ServiceStopped from error

    def _run_script(self, token: Token) -> None:
        zeebe = token.node.zeebe
        self._store(token, {zeebe.result_variable: self.value(token, zeebe.script)})

    def _decide(self, token: Token) -> None:
        """Make the decision a business rule task calls, and keep how it was made."""
        zeebe = token.node.zeebe
        file = self.bundle.decision(zeebe.called_decision)
        scope = {**self.view(token), **self._mapped(token, zeebe.inputs)}
        outcome = evaluate_decision(file, zeebe.called_decision, scope, self.env)
        self._store(token, {zeebe.result_variable: outcome.result})
        element = {"element": token.node.id}
        self.decisions += [{**element, **made} for made in trail_of(outcome, file.digest)]

    def _do(self, token: Token) -> None:
        node = token.node
        if node.event.kind is EventKind.MESSAGE and not node.zeebe.task_type:
            key = node.event.correlation_key
            correlation = str(self.value(token, key)) if key else ""
            payload = self._mapped(token, node.zeebe.inputs)
            to = node.zeebe.properties.get("handOff")
            if to is None:
                publish_message(self.tx, node.event.ref, correlation, payload, self.now)
            elif (receiver := self.value(token, to)) is not None:
                handed = sending(receiver, node.event.ref, correlation, payload)
                hand_off(self.tx, self.case, node.id, handed, self.now)
        else:
            self._call_binding(token)

    def _call_binding(self, token: Token) -> None:
        task_type = token.node.zeebe.task_type
        function = self.world.bindings.get(task_type)
        if function is None:
            raise NotFound(f"没有业务功能 {task_type}", f"there is no binding {task_type}")
        inputs = self._mapped(token, token.node.zeebe.inputs)
        result = function(self._binding_context(token), inputs) or {}
        self._store(token, {k: from_json(v) for k, v in result.items()})

    def open_body(self, token: Token) -> None:
        node, outer = token.node, self.scopes.view(_outside(token))
        seen = WithCase({**outer, **self.scopes.local(token.id)}, self.facts)
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
                m.target: text_or_value(m.source, WithCase(inner, self.facts), env)
                if node.kind is Kind.CALL_ACTIVITY
                else self.value(token, m.source)
                for m in node.zeebe.outputs
            }
        elif node.kind is Kind.CALL_ACTIVITY and node.zeebe.propagate_child:
            results = dict(inner)
        else:
            results = {}
        if token.instance:
            if node.kind is Kind.CALL_ACTIVITY:  # its own variables end with it
                self.scopes.keep_only(token.id, self._of_instance(token))
            self.scopes.put_local(token.id, results)
        else:
            self.scopes.drop([token.id])
            self.scopes.put(outside, results)

    def open_loop(self, token: Token, limit: int) -> Sequence[object]:
        loop = token.node.loop
        assert loop is not None
        start: dict[str, Any] = {}
        if loop.cardinality:
            items: list[Any] = [None] * self._count(token, loop.cardinality, limit)
        else:
            items = self.value(token, loop.collection)
            start["loopItems"] = items
        if not isinstance(items, list) or len(items) > limit:
            raise Invalid(
                f"“{token.node.name}”的多实例集合须为不超过 {limit} 项的列表",
                f"the collection of {token.node.id} must be a list of at most {limit}",
                code="loop_collection",
                element=token.node.id,
            )
        if loop.output_collection:
            start[loop.output_collection] = []
        start |= begin_vote(token.node, items, self.view(token), self.env)
        self.scopes.put_local(token.id, start)
        return items

    def _count(self, token: Token, cardinality: str, limit: int) -> int:
        """How many instances there are; a whole number within the limit, or Invalid."""
        value = self.value(token, cardinality)
        text = value if isinstance(value, str) else ""
        if text.isascii() and text.isdecimal():
            value = Decimal(text)
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        if not is_number or value != int(value) or not 0 <= value <= limit:
            raise Invalid(
                f"“{token.node.name}”的多实例个数须为 0 到 {limit} 的整数",
                f"the number of instances of {token.node.id} must be from 0 to {limit}",
                code="loop_cardinality",
                element=token.node.id,
            )
        return int(value)

    def open_instance(self, token: Token, instance: UUID, index: int) -> None:
        loop = token.node.loop
        assert loop is not None
        values: dict[str, Any] = {"loopCounter": index + 1}
        if loop.element:
            values[loop.element] = self.scopes.local(token.id)["loopItems"][index]
        self.scopes.put_local(instance, values)

    def close_instance(self, token: Token, instance: UUID) -> None:
        loop = token.node.loop
        assert loop is not None
        if loop.output_collection and loop.output_element:
            inner = (ScopeRef(instance, instance=True), *token.scopes)
            scope = WithCase(self.scopes.view(inner), self.facts)
            value = text_or_value(loop.output_element, scope, self.env)
            gathered = [*self.scopes.local(token.id)[loop.output_collection], value]
            self.scopes.put_local(token.id, {loop.output_collection: gathered})
        if is_vote(token.node):
            inner = (ScopeRef(instance, instance=True), *token.scopes)
            seen = WithCase(self.scopes.view(inner), self.facts)
            voices, index = self._voice(token, instance)
            heard = cast(token.node, voices, index, seen, self.env)
            self.scopes.put_local(token.id, {VOICES: heard})

    def leave_instance(self, token: Token, instance: UUID) -> None:
        if is_vote(token.node):
            self.scopes.put_local(token.id, {VOICES: leave(*self._voice(token, instance))})

    def _voice(self, token: Token, instance: UUID) -> tuple[Sequence[Any], int]:
        voices = self.scopes.local(token.id)[VOICES]
        return voices, int(self.scopes.local(instance)["loopCounter"]) - 1

    def _agreed(self, token: Token) -> bool | None:
        voices = self.scopes.local(token.id).get(VOICES, ())
        return result(token.node, voices, self.view(token), self.env)

    def _of_instance(self, token: Token) -> set[str]:
        assert token.node.loop is not None
        return {"loopCounter", token.node.loop.element}

    def loop_decided(self, token: Token, counts: tuple[int, int, int], ended: UUID | None) -> bool:
        loop = token.node.loop
        assert loop is not None
        if is_vote(token.node):
            return self._agreed(token) is not None
        if not loop.completion_condition:
            return False
        names = (
            "numberOfInstances",
            "numberOfActiveInstances",
            "numberOfCompletedInstances",
        )
        given = {} if ended is None else self.scopes.local(ended)
        scope = {**self.view(token), **given, **dict(zip(names, counts, strict=True))}
        return holds(loop.completion_condition, scope, self.env)

    def loop_goes_on(self, token: Token, done: int) -> bool:
        repeat = token.node.repeat
        assert repeat is not None
        if not repeat.condition:
            return True
        return holds(repeat.condition, {**self.view(token), "loopCounter": done}, self.env)

    def close_loop(self, token: Token) -> None:
        loop = token.node.loop
        assert loop is not None
        gathered = dict(self.scopes.local(token.id))
        name = token.node.zeebe.properties.get(RESULT) if is_vote(token.node) else None
        agreed = {name: bool(self._agreed(token))} if name else {}
        self.scopes.drop([token.id])
        self.scopes.put(_outside(token), agreed)
        if loop.output_collection:
            name = loop.output_collection
            self.scopes.put(_outside(token), {name: gathered.get(name, [])})

    def drop_scopes(self, ids: Sequence[UUID]) -> None:
        self.scopes.drop(ids)

    def uncaught(self, token: Token, kind: str, code: str) -> None:
        if kind != EventKind.ESCALATION.value:
            error = Invalid(
                f"错误 {code} 没有处理路径", f"nobody catches error {code}", code="uncaught_error"
            )
            self.raise_incident(token.node, error, token_id=token.id)
        else:
            self.note(Act("escalation", token.node.id, content={"code": code}))

    def repeats(self, token: Token) -> bool:
        row = self.tx.get(timers, self.parts.timers[token.id])
        assert row is not None  # the case is locked, and this very timer has fired
        following = next_round(row.deadline, self.office)
        if following is not None:
            self.rounds[token.id] = following
        return following is not None

    def signal(self, token: Token, name: str) -> None:
        publish_signal(self.tx, name, self.case.id, self.now)

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


def _outside(token: Token) -> tuple[ScopeRef, ...]:
    """The scopes around a token that owns a scope itself."""
    return tuple(ref for ref in token.scopes if ref.id != token.id)


def _wording(error: Exception) -> tuple[str, str]:
    if isinstance(error, LuchengError):
        return error.code, error.zh
    return "internal", f"系统内部错误（{type(error).__name__}）"
