"""What is wrong with a tenant's files, told all at once and by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import Refused


@dataclass(frozen=True, order=True)
class Problem:
    """One fault: the file, the key or line in it, and a sentence in both languages."""

    file: str
    key: str
    code: str
    zh: str
    en: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}: {self.zh} / {self.en}"


class TenantRefused(Refused):
    """A tenant's files are refused; ``problems`` lists every fault with its place."""

    code = "tenant_refused"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems]
        super().__init__(
            f"租户文件有 {len(lines)} 处错误：" + "；".join(p.zh for p in self.problems),
            f"{len(lines)} faults in the tenant's files: " + "; ".join(lines),
            errors=[
                {"field": f"{p.file}#{p.key}", "code": p.code, "message": p.zh, "message_en": p.en}
                for p in self.problems
            ],
        )


def refuse_if_any(problems: Iterable[Problem]) -> None:
    """Nothing when there is no problem, else one refusal that carries them all."""
    found = tuple(problems)
    if found:
        raise TenantRefused(found)
