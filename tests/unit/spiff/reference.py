"""What a procedure of blocks should do, told without tokens and gateways.

A running block knows what waits inside it and when it is done; a parallel block is done when all
its branches are. So a join that lets an approval slip cannot be imitated here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.unit.spiff.blocks import Block

Place = tuple[tuple[int, ...], str]
"""Where something waits: the instances around it, outermost first, and the node's id."""
Waiting = tuple[Place, Callable[[], None]]
Truths = Mapping[str, bool]


class Running:
    """A block at work; this one is a task."""

    done = False

    def __init__(self, block: Block, level: Level, truths: Truths) -> None:
        self.block, self.level, self.truths = block, level, truths

    def begin(self, block: Block) -> Running:
        return KINDS[block.kind](block, self.level, self.truths)

    def places(self, path: tuple[int, ...]) -> Iterator[Waiting]:
        yield (path, self.block.id), self.finish

    def finish(self) -> None:
        self.done = True

    def settle(self) -> None:
        """Go on as far as nobody is needed."""


class Several(Running):
    """Blocks side by side: done when all that were begun are."""

    def __init__(self, block: Block, level: Level, truths: Truths) -> None:
        super().__init__(block, level, truths)
        self.running = [self.begin(part) for part in self.chosen()]
        self.settle()

    def chosen(self) -> list[Block]:
        return list(self.block.parts)

    def places(self, path: tuple[int, ...]) -> Iterator[Waiting]:
        for part in self.running:
            yield from part.places(path)

    def settle(self) -> None:
        for part in self.running:
            part.settle()
        self.running = [part for part in self.running if not part.done]
        self.done = not self.running


class Exclusive(Several):
    def chosen(self) -> list[Block]:
        *some, last = self.block.parts
        taken = (p for n, p in enumerate(some) if self.truths[f"{self.block.id}_{n}"])
        return [next(taken, last)]


class Inclusive(Several):
    def chosen(self) -> list[Block]:
        *some, last = self.block.parts
        taken = [p for n, p in enumerate(some) if self.truths[f"{self.block.id}_{n}"]]
        return taken or [last]


class Sequence(Several):
    def chosen(self) -> list[Block]:
        self.following = list(self.block.parts)
        return []

    def settle(self) -> None:
        super().settle()
        while self.done and self.following:
            self.running = [self.begin(self.following.pop(0))]
            super().settle()


class Repeated(Several):
    def settle(self) -> None:
        super().settle()
        while self.done and self.truths[self.block.id]:
            self.running = [self.begin(self.block.parts[0])]
            super().settle()


class Level(Several):
    """A sub-process or the whole: its reminders run beside it and belong to it."""

    def __init__(self, block: Block, level: Level | None, truths: Truths) -> None:
        self.beside: list[Running] = []
        super().__init__(block, self, truths)

    def places(self, path: tuple[int, ...]) -> Iterator[Waiting]:
        yield from super().places(path)
        for part in self.beside:
            yield from part.places(path)

    def settle(self) -> None:
        for part in list(self.beside):
            part.settle()
        super().settle()
        self.beside = [part for part in self.beside if not part.done]
        self.done = self.done and not self.beside


class Each(Running):
    def __init__(self, block: Block, level: Level, truths: Truths) -> None:
        super().__init__(block, level, truths)
        self.instances: dict[int, Running] = {}
        self.begun = self.finished = 0
        for _ in range(min(1, block.count) if block.sequential else block.count):
            self._begin_next()
        self.settle()

    def _begin_next(self) -> None:
        kind: Any = Level if self.block.parts else Running
        self.instances[self.begun] = kind(self.block, self.level, self.truths)
        self.begun += 1

    def places(self, path: tuple[int, ...]) -> Iterator[Waiting]:
        for index, instance in self.instances.items():
            yield from instance.places((*path, index))

    def settle(self) -> None:
        for index, instance in list(self.instances.items()):
            instance.settle()
            if instance.done:
                del self.instances[index]
                self.finished += 1
        if self.finished >= min(self.block.quorum, self.block.count):
            self.done = True
        elif not self.instances:
            self._begin_next()


class Edge(Running):
    def __init__(self, block: Block, level: Level, truths: Truths) -> None:
        super().__init__(block, level, truths)
        self.held = self.begin(block.parts[0])
        self.happened = False
        self.settle()

    def places(self, path: tuple[int, ...]) -> Iterator[Waiting]:
        yield from self.held.places(path)
        if not self.happened:
            yield (path, self.block.id), self._happen

    def _happen(self) -> None:
        follows = self.begin(self.block.parts[1])
        if self.block.kind == "guard":
            self.happened, self.held = True, follows
        else:
            self.level.beside.append(follows)

    def settle(self) -> None:
        self.held.settle()
        self.done = self.held.done


class Race(Running):
    def __init__(self, block: Block, level: Level, truths: Truths) -> None:
        super().__init__(block, level, truths)
        self.winner: Running | None = None

    def places(self, path: tuple[int, ...]) -> Iterator[Waiting]:
        if self.winner is not None:
            yield from self.winner.places(path)
            return
        for number in range(len(self.block.parts)):
            yield (path, f"{self.block.id}_{number}"), lambda n=number: self._win(n)

    def _win(self, number: int) -> None:
        self.winner = self.begin(self.block.parts[number])

    def settle(self) -> None:
        if self.winner is not None:
            self.winner.settle()
            self.done = self.winner.done


KINDS: dict[str, Any] = {
    "task": Running,
    "seq": Sequence,
    "and": Several,
    "xor": Exclusive,
    "or": Inclusive,
    "loop": Repeated,
    "sub": Level,
    "call": Level,
    "each": Each,
    "guard": Edge,
    "remind": Edge,
    "race": Race,
}


class Reference:
    """A whole procedure at work."""

    def __init__(self, block: Block, truths: Truths) -> None:
        self.whole = Level(Block("sub", "", (block,)), None, truths)

    def places(self) -> list[Place]:
        """What waits, sorted."""
        return sorted(place for place, _ in self.whole.places(()))

    def act(self, place: Place) -> None:
        """Let a person or an event act at a place."""
        next(act for found, act in self.whole.places(()) if found == place)()
        self.whole.settle()
