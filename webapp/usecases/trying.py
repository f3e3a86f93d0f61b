"""Trying diagrams (试运行): a scenario played where nothing outside can happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.bpmn.findings import Finding, Severity
from engine.bpmn.read import read_diagram
from engine.bpmn.xml import DEFAULT_LIMITS
from engine.definitions.loading import surroundings_of, with_days_of_those_above
from engine.dry_run.gathering import Find, with_called
from engine.dry_run.kept import failed_answer, failure
from engine.dry_run.sandbox import try_in_child
from engine.dry_run.scenario import ScenarioUnreadable, scenarios_in
from engine.dry_run.trial import Surroundings, Trial
from engine.errors import LuchengError
from engine.gate.sandbox import survives
from engine.importing.run import normalised
from engine.tenancy.chain import Kind, Sources, resolve, resolve_parameters
from engine.tenancy.model import SHARED

MOST_SIBLINGS = 300
_SUFFIX = {Kind.PROCESS: ".bpmn", Kind.DECISION: ".dmn"}


def try_file(
    file: Path, scenario: Path, slug: str | None, sources: Sources, now: datetime
) -> tuple[int, dict[str, Any]]:
    """Exit status and the answer of ``lucheng try --json``.

    0 when every expectation holds, 1 when one does not, 2 when something is refused or unreadable.
    """
    source, written = _read(file), _read(scenario)
    for path, body in ((file, source), (scenario, written)):
        if body is None:
            return 2, {"findings": [_missing(path)]}
    assert source is not None
    assert written is not None
    try:
        wanted = scenarios_in(written)
    except ScenarioUnreadable as error:
        return 2, {"findings": [_unreadable(error)]}
    trials = _trials(file, source, wanted, slug, sources, now)
    answers = try_in_child(trials)
    answer = answers[0] if len(answers) == 1 else {"scenarios": answers}
    return max(map(exit_of, answers)), answer


def failing_beside(file: Path, slug: str | None, sources: Sources, now: datetime) -> list[Finding]:
    """What refuses a diagram because of the scenarios kept beside it, ``NAME.scenario.json``."""
    kept = file.with_name(f"{file.stem}.scenario.json")
    source, written = _read(file), _read(kept)
    if source is None or written is None:
        return []
    try:
        wanted = scenarios_in(written)
    except ScenarioUnreadable as error:
        return [failure(file.stem, kept.name, error.zh, error.en)]
    answers = try_in_child(_trials(file, source, wanted, slug, sources, now))
    told = (failed_answer(file.stem, s, a) for s, a in zip(wanted, answers, strict=True))
    return [finding for finding in told if finding is not None]


def exit_of(answer: Mapping[str, Any]) -> int:
    """The exit status of one answer."""
    return 2 if "findings" in answer else int(not answer["ok"])


def _trials(
    file: Path,
    source: bytes,
    scenarios: Sequence[Any],
    slug: str | None,
    sources: Sources,
    now: datetime,
) -> list[Trial]:
    may_be_read = survives(source)  # only then is it looked into here
    source = normalised(source) if may_be_read else source
    made = []
    for scenario in scenarios:
        owner = slug or _named_tenant(scenario) or _owner(file, sources)
        trial = Trial(source, scenario, now, surroundings=tenant_in(owner, sources))
        made.append(with_called(trial, _beside(file, owner, sources)) if may_be_read else trial)
    return made


def tenant_in(slug: str, sources: Sources) -> Surroundings:
    """The surroundings a tenant's files describe; bare ones for no tenant."""
    if not slug or slug == SHARED:
        return Surroundings()
    return surroundings_of(
        with_days_of_those_above(slug, sources), resolve_parameters(slug, sources)
    )


def _named_tenant(scenario: Any) -> str:
    named = scenario.get("tenant") if isinstance(scenario, dict) else None
    return named if isinstance(named, str) else ""


def _owner(file: Path, sources: Sources) -> str:
    """The tenant whose folder a file lies in; empty when it lies elsewhere."""
    try:
        slug = file.resolve().parent.name
        return sources.tenant(slug).slug
    except LuchengError:
        return ""


def _beside(file: Path, owner: str, sources: Sources) -> Find:
    """Looks for files beside a diagram first, then along the chain of its tenant."""

    def find(kind: Kind, ref: str) -> bytes | None:
        body = _named(file, f"{ref}{_SUFFIX[kind]}")
        if kind is Kind.PROCESS:
            body = _safe(body) if body is not None else _sibling_with(ref, file)
        return resolve(kind, ref, owner or SHARED, sources).body if body is None else body

    return find


def _named(file: Path, name: str) -> bytes | None:
    """The file of this name beside another; a name that leads elsewhere is nobody's."""
    return _read(file.parent / name) if Path(name).name == name else None


def _safe(body: bytes) -> bytes:
    """The normalised form of a diagram that may be read; empty, for nothing, of any other."""
    return normalised(body) if survives(body) else b""


def _sibling_with(ref: str, file: Path) -> bytes | None:
    """The normalised diagram of the same folder that holds a process, None without one.

    Each file that is read costs a child process, so only those that spell the name are.
    """
    for path in sorted(file.parent.glob("*.bpmn"))[:MOST_SIBLINGS]:
        body = _read(path) if path != file else None
        if body is None or not _spells(body, ref):
            continue
        try:
            body = _safe(body)
            processes = read_diagram(body).diagram.processes
        except LuchengError:
            continue
        if any(process.id == ref and process.executable for process in processes):
            return body
    return None


def _spells(body: bytes, ref: str) -> bool:
    """Whether the name stands in a file, in whichever of the encodings that tools write."""
    encodings = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
    return any(ref.encode(name, "replace") in body for name in encodings)


def _read(path: Path) -> bytes | None:
    try:
        if not path.is_file():
            return None
        with path.open("rb") as opened:
            return opened.read(DEFAULT_LIMITS.size + 1)
    except (OSError, ValueError):
        return None


def _missing(path: Path) -> dict[str, str]:
    name = path.name.encode("utf-8", "replace").decode()
    zh, en = f"文件 {name} 不存在或无法读取。", f"There is no such file: {name}."
    return Finding("no-file", Severity.ERROR, "1:1", "", zh, en).to_json()


def _unreadable(error: ScenarioUnreadable) -> dict[str, str]:
    return Finding(error.code, Severity.ERROR, error.place, "", error.zh, error.en).to_json()
