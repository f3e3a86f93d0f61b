"""Two drawings of one procedure compared: by what they say, then by how they are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.bpmn.model import Body, Flow, Node, Process
from engine.comparing.facets import Facets, facets_of_flow, facets_of_node, facets_of_process
from engine.comparing.matching import same_nodes
from engine.comparing.model import Change, Comparison, What
from engine.comparing.wording import KINDS, Parameter, facet_words, value_words

Places = Mapping[str, tuple[float, ...]]
"""Where each element is drawn: left, top, width, height."""


@dataclass(frozen=True)
class Drawn:
    """A process and where its elements stand on the drawing."""

    process: Process
    places: Places


def compare(old: Drawn, new: Drawn, parameter: Parameter = lambda _key: None) -> Comparison:
    """Everything in which ``new`` differs from ``old``, in the order of the new drawing.

    ``parameter`` gives the tenant's value of a parameter, so that a period reads as days.
    """
    return Comparison(tuple(_Comparing(old, new, parameter).changes()))


class _Comparing:
    def __init__(self, old: Drawn, new: Drawn, parameter: Parameter) -> None:
        self.old, self.new, self.parameter = old, new, parameter
        self.same = same_nodes(old.process, new.process)
        self.was = {new_id: old_id for old_id, new_id in self.same.items()}
        self.before = {node.id: node for node in old.process.body.walk()}
        self.after = {node.id: node for node in new.process.body.walk()}
        self.ways = _Ways(old.process), _Ways(new.process)

    def changes(self) -> Iterator[Change]:
        yield from self._process()
        for node in self.after.values():
            if node.id in self.was:
                yield from self._node(self.before[self.was[node.id]], node)
            else:
                yield self._added(node)
        for node in self.before.values():
            if node.id not in self.same:
                yield self._removed(node)
        yield from self._flows()
        yield from self._moved()

    def _process(self) -> Iterator[Change]:
        old, new = self.old.process, self.new.process
        yield from self._facets(
            facets_of_process(old), facets_of_process(new), (old.id, new.id, new.name or new.id)
        )

    def _node(self, old: Node, new: Node) -> Iterator[Change]:
        named = (old.id, new.id, old.name or new.name or new.id)
        if old.id != new.id:
            zh = f"“{named[2]}”的编号由 {old.id} 改为 {new.id}，在办的办件须指明对应关系"
            en = f"“{named[2]}” has another id: {old.id} became {new.id}"
            yield Change(What.CHANGED, new.id, old.id, named[2], zh, en, "id", old.id, new.id)
        before, after = facets_of_node(old), facets_of_node(new)
        for facets, ways in ((before, self.ways[0]), (after, self.ways[1])):
            _in_names(facets, ways, self._name)
        yield from self._facets(before, after, named)

    def _name(self, node: Node) -> str:
        """What a node is called in the new drawing: a name that changed is told once."""
        kept = self.after.get(self.same.get(node.id, "")) or node
        return kept.name or kept.id

    def _facets(
        self, before: Facets, after: Facets, named: tuple[str, str, str]
    ) -> Iterator[Change]:
        was, element, name = named
        for facet in dict.fromkeys((*before, *after)):
            old, new = before.get(facet, ""), after.get(facet, "")
            if old == new:
                continue
            zh, en = facet_words(facet)
            old_zh, old_en = value_words(facet, old, self.parameter)
            new_zh, new_en = value_words(facet, new, self.parameter)
            yield Change(
                What.CHANGED,
                element,
                was,
                name,
                f"{_quoted(name)}的{_spaced(zh)}由{_spaced(old_zh)}改为{_spaced(new_zh)}".strip(),
                f"{en} of {_quoted(name)}: {old_en} became {new_en}",
                facet,
                old,
                new,
            )

    def _added(self, node: Node) -> Change:
        zh, en = KINDS[node.kind.value]
        name = node.name or node.id
        place_zh, place_en = self._place(node, self.ways[1])
        return Change(
            What.ADDED,
            node.id,
            "",
            name,
            f"新增{zh}“{name}”{place_zh}",
            f"new {en} “{name}”{place_en}",
        )

    def _removed(self, node: Node) -> Change:
        zh, en = KINDS[node.kind.value]
        name = node.name or node.id
        place_zh, place_en = self._place(node, self.ways[0])
        return Change(
            What.REMOVED,
            "",
            node.id,
            name,
            f"删去{zh}“{name}”{place_zh}",
            f"{en} “{name}” removed{place_en}",
        )

    def _place(self, node: Node, ways: _Ways) -> tuple[str, str]:
        """Between which steps a node stands, by their names."""
        before = _names(ways.nodes[n] for n in ways.into(node.id))
        after = _names(ways.nodes[n] for n in ways.out_of(node.id))
        zh = [f"在{before}之后"] if before else []
        en = [f"after {before}"] if before else []
        if after:
            zh.append(f"在{after}之前")
            en.append(f"before {after}")
        return (f"（{'、'.join(zh)}）", f" ({', '.join(en)})") if zh else ("", "")

    def _flows(self) -> Iterator[Change]:
        """The ways between steps that both drawings have: gone, come, or said otherwise."""
        old, new = self.ways
        gone = {
            (self.same.get(source, ""), self.same.get(target, ""), nth): flow
            for (source, target, nth), flow in old.by_ends()
        }
        present = dict(new.by_ends())
        for ends, flow in present.items():
            way = self._way(flow, new)
            if ends in gone:
                was = gone[ends]
                named = (was.id, flow.id, way)
                yield from self._facets(facets_of_flow(was), facets_of_flow(flow), named)
            elif self._is_new_way(ends[0], ends[1]):
                zh, en = f"新增连线{way}", f"new flow {way}"
                yield Change(What.REWIRED, flow.id, "", way, zh, en)
        for ends, flow in gone.items():
            way = self._way(flow, old)
            is_told = ends in present or not (ends[0] and ends[1])
            if not is_told and not new.leads(ends[0], ends[1], self.was.keys()):
                zh, en = f"删去连线{way}", f"flow {way} removed"
                yield Change(What.REWIRED, "", flow.id, way, zh, en)

    def _is_new_way(self, source: str, target: str) -> bool:
        """Whether both steps were there, and no way led over what is gone now."""
        if source not in self.was or target not in self.was:
            return False
        old = self.ways[0]
        return not old.leads(self.was[source], self.was[target], self.same.keys())

    @staticmethod
    def _way(flow: Flow, ways: _Ways) -> str:
        source, target = ways.nodes[flow.source], ways.nodes[flow.target]
        return f"“{source.name or source.id} → {target.name or target.id}”"

    def _moved(self) -> Iterator[Change]:
        for old_id, new_id in self.same.items():
            before, after = self.old.places.get(old_id), self.new.places.get(new_id)
            if before and after and before != after:
                name = self.after[new_id].name or new_id
                yield Change(
                    What.MOVED, new_id, old_id, name, f"“{name}”在图上移动", f"“{name}” was moved"
                )


class _Ways:
    """The flows of all levels of a process, by their ends."""

    def __init__(self, process: Process) -> None:
        self.nodes = {node.id: node for node in process.body.walk()}
        self.flows: dict[str, Flow] = {}
        for body in _levels(process):
            self.flows.update(body.flows)
        self._out: dict[str, list[str]] = {}
        self._in: dict[str, list[str]] = {}
        for flow in self.flows.values():
            self._out.setdefault(flow.source, []).append(flow.target)
            self._in.setdefault(flow.target, []).append(flow.source)

    def by_ends(self) -> Iterator[tuple[tuple[str, str, int], Flow]]:
        """The drawn flows by their ends, several between the same two counted on."""
        seen: Counter[tuple[str, str]] = Counter()
        for flow in self.flows.values():
            if flow.is_drawn:
                yield (flow.source, flow.target, seen[flow.source, flow.target]), flow
                seen[flow.source, flow.target] += 1

    def out_of(self, node: str) -> Iterable[str]:
        """Where a node leads."""
        return self._out.get(node, ())

    def into(self, node: str) -> Iterable[str]:
        """What leads to a node."""
        return self._in.get(node, ())

    def leads(self, source: str, target: str, kept: Iterable[str]) -> bool:
        """Whether a way leads there over nothing but nodes the other drawing does not have."""
        stops, seen = set(kept), set[str]()
        todo = list(self.out_of(source))
        while todo:
            here = todo.pop()
            if here == target:
                return True
            if here not in stops and here not in seen:
                seen.add(here)
                todo += self.out_of(here)
        return False


def _levels(process: Process) -> Iterator[Body]:
    yield process.body
    for node in process.body.walk():
        if node.body is not None:
            yield node.body


def _in_names(facets: Facets, ways: _Ways, name: Callable[[Node], str]) -> None:
    """Name what a facet refers to as people know it: ids are the tool's."""
    for facet, target in (("default", None), ("attached", facets.get("attached"))):
        if facet not in facets:
            continue
        flow = ways.flows.get(facets[facet])
        node = ways.nodes.get(target or (flow.target if flow else ""))
        if node is not None:
            facets[facet] = name(node)


def _names(nodes: Iterable[Node]) -> str:
    return "、".join(dict.fromkeys(f"“{node.name or node.id}”" for node in nodes))


def _quoted(name: str) -> str:
    return name if name.startswith("“") else f"“{name}”"


def _spaced(text: str) -> str:
    """A number is set off from the words around it."""
    lead = " " if text[:1].isascii() and text[:1].isalnum() else ""
    return f"{lead}{text}{' ' if text[-1:].isascii() and text[-1:].isalnum() else ''}"
