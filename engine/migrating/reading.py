"""What the steps ahead of a case read that it does not have and that nothing ahead gives."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine.bpmn.model import Body, Node
from engine.feel import FeelError, compile_expression
from engine.forms.describe import names_used
from engine.forms.model import Form
from engine.gate.context import HOST_FUNCTIONS, GateContext
from engine.gate.names import given_by
from engine.gate.places import Place, places
from engine.migrating.model import Drawing, Reason, below, label
from engine.migrating.reasons import reason
from engine.migrating.skipping import ahead_of
from engine.spiff.standing import Level


class Reading:
    """Answers for the cases that go from one drawing to another."""

    def __init__(
        self,
        old: Drawing,
        new: Drawing,
        forms: tuple[Mapping[str, Form], Mapping[str, Form]],
        context: GateContext,
    ) -> None:
        self.new, self.context = new, context
        self._before = {(place.element, place.text) for place in _places(old)}
        self._same_forms = {
            ref for ref, form in forms[1].items() if ref in forms[0] and forms[0][ref] == form
        }
        self._forms = forms[1]
        self._old_forms = {n.id: n.zeebe.form_id for n in old.nodes()}
        self._reads = self._all_reads()

    def missing(self, standing: Level, variables: Collection[str]) -> Iterator[Reason]:
        """What is read for the first time on the new drawing and cannot be there."""
        ahead = list(self._ahead(standing))
        given: set[str] = set(variables) | {"case", *self.context.variables}
        for node in ahead:
            for name in given_by(node, self.context):
                if name is None:
                    return  # values from outside: any name may come to be
                given.add(name)
        for element in dict.fromkeys(self._elements(ahead)):
            names = self._reads.get(element, frozenset()) - given
            if names:
                named = label(self.new.node(element), element)
                yield reason("no_variable", element, named, "、".join(sorted(names)))

    def _elements(self, ahead: list[Node]) -> Iterator[str]:
        for node in ahead:
            yield node.id
            yield from node.outgoing

    def _ahead(self, standing: Level) -> Iterator[Node]:
        """The nodes that a case may still come to, on every level."""
        body = self.new.level(standing.name)
        assert body is not None
        here = {stand.node for stand in standing.stands if stand.node}
        for name in ahead_of(body, here):
            yield body.nodes[name]
            yield from self._inside(standing.name, body.nodes[name], set())
        for node in body.nodes.values():
            if node.by_event:
                yield from self._inside(standing.name, node, set())

    def _inside(self, level: str, node: Node, seen: set[str]) -> Iterator[Node]:
        name = below(level, node)
        body: Body | None = self.new.level(name) if name else None
        if body is None or name in seen or name == level:
            return
        seen.add(name)
        for inner in body.nodes.values():
            yield inner
            yield from self._inside(name, inner, seen)

    def _all_reads(self) -> dict[str, frozenset[str]]:
        """The names that an element reads where the old drawing did not say the same."""
        found: dict[str, frozenset[str]] = {}
        for place in _places(self.new):
            told = (place.element, place.text)
            if told in self._before or not place.text.startswith("=") or place.open_world:
                continue
            names = _names(place.text) - place.local
            found[place.element] = found.get(place.element, frozenset()) | names
        for node in self.new.nodes():
            ref = node.zeebe.form_id
            is_same = ref in self._same_forms and self._old_forms.get(node.id) == ref
            if ref in self._forms and not is_same:
                read = names_used(self._forms[ref], HOST_FUNCTIONS)
                found[node.id] = found.get(node.id, frozenset()) | read
        return found


def _places(drawing: Drawing) -> Iterator[Place]:
    for process in drawing.processes.values():
        yield from places(process)


def _names(text: str) -> frozenset[str]:
    try:
        return compile_expression(text[1:].strip(), functions=HOST_FUNCTIONS).names
    except FeelError:
        return frozenset()  # the gate tells of what cannot be read
