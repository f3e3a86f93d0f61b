"""Scenarios that are kept beside diagrams (保留的方案): publication runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.bpmn.findings import Finding, Severity
from engine.canonical import canonical, digest
from engine.dry_run.gathering import with_called
from engine.dry_run.sandbox import try_in_child
from engine.dry_run.scenario import ScenarioUnreadable, scenarios_in
from engine.dry_run.trial import Surroundings, Trial
from engine.tenancy.chain import Kind, Resolved

Files = Mapping[tuple[str, str], Resolved]
"""The files of a bundle by kind and reference."""

_MOST_KEPT = 256
_known: dict[str, Mapping[str, Any]] = {}
"""How trials ended, by all that they are made of: the same one is played once by a process."""


def check_scenarios(
    files: Files, surroundings: Surroundings, now: datetime
) -> tuple[dict[str, Any], ...]:
    """What refuses the publication of these files: scenarios beside them that do not hold."""
    found: list[dict[str, Any]] = []
    trials: list[tuple[str, Trial]] = []
    for (kind, ref), part in files.items():
        if kind != Kind.SCENARIO:
            continue
        try:
            listed = scenarios_in(part.body)
        except ScenarioUnreadable as error:
            found.append({"process": ref, **failure(ref, part.path, error.zh, error.en).to_json()})
            continue
        source = files[Kind.PROCESS.value, ref].body
        trial = Trial(source, None, now, surroundings=surroundings)
        gathered = with_called(trial, lambda kind, name: _body(files, kind, name))
        trials += [(ref, replace(gathered, scenario=one)) for one in listed]
    for (ref, trial), answer in zip(trials, _played([t for _, t in trials]), strict=True):
        told = failed_answer(ref, trial.scenario, answer)
        if told is not None:
            found.append({"process": ref, **told.to_json()})
    return tuple(found)


def _played(trials: Sequence[Trial]) -> list[Mapping[str, Any]]:
    """How each trial ends; those not known yet are played together in one child."""
    keys = [_key(trial) for trial in trials]
    new = {key: trial for key, trial in zip(keys, trials, strict=True) if key not in _known}
    if len(_known) + len(new) > _MOST_KEPT:
        _known.clear()
        new = dict(zip(keys, trials, strict=True))
    if new:
        _known.update(zip(new, try_in_child(list(new.values())), strict=True))
    return [_known[key] for key in keys]


def _key(trial: Trial) -> str:
    """All that a trial is made of, the day included but not the hour."""
    return digest(canonical({**trial.to_json(), "now": trial.now.date().isoformat()}))


def _body(files: Files, kind: Kind, ref: str) -> bytes | None:
    found = files.get((kind.value, ref))
    return None if found is None else found.body


def failed_answer(element: str, scenario: Any, answer: Mapping[str, Any]) -> Finding | None:
    """The finding on an answer that is not as expected; None when it is."""
    name = scenario.get("name") if isinstance(scenario, dict) else None
    named = name if isinstance(name, str) and name else "（未命名）"
    if "findings" in answer:
        first = answer["findings"][0]
        return failure(element, named, first["message"], first["message_en"])
    if answer["ok"]:
        return None
    for number, state in enumerate(answer["steps"], 1):
        for failed in state.get("failed", ()):
            zh = f"第 {number} 步：{failed['message']}"
            en = f"step {number}: {failed['message_en']}"
            return failure(element, named, zh, en)
    return failure(element, named, "流程不能开始", "the procedure does not begin")


def failure(element: str, named: str, zh: str, en: str) -> Finding:
    """The finding that a scenario does not hold."""
    return Finding(
        "scenario-failed",
        Severity.ERROR,
        element,
        named,
        f"试运行方案“{named}”不符：{zh}",
        f"The scenario “{named}” does not hold: {en}",
        "改正流程图；流程确应改变的，改正方案。",
        "Correct the diagram, or the scenario where the procedure is meant to change.",
    )
