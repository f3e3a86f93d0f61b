"""What is wrong with the catalogue of rules, or with a file that names a rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import Refused


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: the file, the place in it (element, key, line), a sentence in each language."""

    file: str
    place: str
    code: str
    zh: str
    en: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        return f"{where}: {self.zh} / {self.en}"


class RulebookRefused(Refused):
    """The rulebook does not hold together; ``faults`` lists every place that is wrong."""

    code = "rulebook_refused"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults]
        super().__init__(
            f"规则目录有 {len(lines)} 处错误：" + "；".join(fault.zh for fault in self.faults),
            f"{len(lines)} faults in the rulebook: " + "; ".join(lines),
            findings=lines,
        )


def refuse_if_any(faults: Iterable[Fault]) -> None:
    """Nothing when there is no fault, else one refusal that carries them all."""
    found = tuple(faults)
    if found:
        raise RulebookRefused(found)
