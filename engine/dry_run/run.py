"""A dry run (试运行): a scenario played from its first step to its last, a state after each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine.bpmn.findings import Finding, Severity
from engine.bpmn.model import EventKind, Node, Process
from engine.cases.command import open_case
from engine.definitions.bundles import Bundle
from engine.dry_run.play import Play, is_awaiting, is_task, open_incidents
from engine.dry_run.reading import Cast, read_cast
from engine.dry_run.scenario import Act, Expected, Scenario, ScenarioUnreadable, Step, read_scenario
from engine.dry_run.stage import set_stage
from engine.dry_run.trial import Surroundings, Trial
from engine.errors import LuchengError
from engine.feel import Environment, from_json
from engine.feel.compare import same
from engine.feel.run import Run
from engine.store.metadata import TENANT
from engine.store.tables import cases, scopes


def try_scenario(trial: Trial) -> dict[str, Any]:
    """``{ok, steps}`` with a state after every step, or ``{findings}`` when nothing can be run."""
    try:
        scenario = read_scenario(trial.scenario)
    except ScenarioUnreadable as error:
        finding = Finding(error.code, Severity.ERROR, error.place, "", error.zh, error.en)
        return {"findings": [finding.to_json()]}
    cast, findings = read_cast(trial, scenario.process)
    if cast is None:
        return {"findings": [finding.to_json() for finding in findings]}
    return _play(trial, scenario, cast)


def _play(trial: Trial, scenario: Scenario, cast: Cast) -> dict[str, Any]:
    around = trial.surroundings
    merged = {**around.parameters, **scenario.parameters}
    around = Surroundings(around.tenant, around.calendar, merged, around.units)
    now = scenario.now or trial.now
    with set_stage(cast.played, cast.processes, cast.decisions, around, now) as stage:
        rehearsal = _Rehearsal(Play(stage), scenario)
        rehearsal.begin()
        states = [rehearsal.do(step) for step in scenario.steps]
    return {"ok": rehearsal.ok, "steps": states}


class _Rehearsal:
    """Does the steps of one scenario and remembers whether all went as expected."""

    def __init__(self, play: Play, scenario: Scenario) -> None:
        self.ok = True
        self._play = play
        self._scenario = scenario
        self._unbegun: LuchengError | None = None

    def begin(self) -> None:
        """Start the case, unless a message or signal of a step has to do it."""
        process = self._play.stage.bundle.process
        start = process.plain_start or _by_itself(process)
        if start is None:
            return
        try:
            self._play.begin(self._scenario.variables, start)
        except LuchengError as error:
            self._unbegun = error
            self.ok = False

    def do(self, step: Step) -> dict[str, Any]:
        """The state after a step; what went wrong with it stands under ``failed``."""
        failed: list[dict[str, str]] = []
        try:
            self._act(step)
        except LuchengError as error:
            failed.append({"message": error.zh, "message_en": error.en})
        state = self._state()
        if step.act is Act.EXPECT:
            failed += _differences(step.expected, state)
        if failed:
            self.ok = False
            state["failed"] = failed
        return state

    def _act(self, step: Step) -> None:
        start = self._start_of(step) if self._play.case_id is None else None
        if start is not None:
            self._play.begin(self._scenario.variables, start, step.variables)
            return
        play = self._play
        acts: Mapping[Act, Callable[[], None]] = {
            Act.COMPLETE: lambda: play.complete(step.name, step.variables),
            Act.MESSAGE: lambda: play.message(step.name, step.correlation, step.variables),
            Act.SIGNAL: lambda: play.signal(step.name),
            Act.ERROR: lambda: play.throw(step.name, step.at),
            Act.SET: lambda: play.put(step.variables),
            Act.ADVANCE: lambda: play.advance(step.by),
            Act.EXPECT: lambda: None,
        }
        acts[step.act]()
        play.settle()

    def _start_of(self, step: Step) -> Node | None:
        kinds = {Act.MESSAGE: EventKind.MESSAGE, Act.SIGNAL: EventKind.SIGNAL}
        kind = kinds.get(step.act)
        return None if kind is None else self._play.begins_by(kind, step.name)

    def _state(self) -> dict[str, Any]:
        state = _nothing() if self._play.case_id is None else _state_of(self._play)
        if self._unbegun is not None:
            state["incidents"].append(_trouble(self._play.stage.bundle, self._unbegun))
        return state


def _by_itself(process: Process) -> Node | None:
    """The one start event that neither waits for a message nor for a signal: its time has come."""
    told = (EventKind.MESSAGE, EventKind.SIGNAL)
    starts = [node for node in process.body.starts() if node.event.kind not in told]
    return starts[0] if len(starts) == 1 else None


def _nothing() -> dict[str, Any]:
    return {"active": [], "completed": False, "variables": {}, "incidents": [], "waiting": []}


def _trouble(bundle: Bundle, error: LuchengError) -> dict[str, str]:
    element = str(error.facts.get("element", ""))
    name = getattr(bundle.node(element), "name", "")
    return {"element": element, "name": name, "code": error.code, "message": error.zh}


def _state_of(play: Play) -> dict[str, Any]:
    """What an administrator wants to know of the case now."""
    stage = play.stage
    assert play.case_id is not None
    with stage.db.tenant(stage.tenant_id) as tx:
        case = tx.get(cases, play.case_id)
        assert case is not None
        is_open = case.status == "open"
        command = open_case(tx, stage.world, play.case_id, None) if is_open else None
        places = [] if command is None else command.machine.waiting()
        variables = tx.scalar(
            select(scopes.c.variables).where(
                scopes.c.tenant_id == TENANT, scopes.c.id == play.case_id
            )
        )
        wrong = [row for row in open_incidents(tx) if not is_awaiting(row)]
    nodes = stage.bundle.node
    tasks = [p for p in places if is_task(p)]
    events = [p for p in places if p not in tasks and p.attached_to is None]
    return {
        "active": [_shown(p.token.node) for p in tasks],
        "completed": case.status == "completed",
        "variables": variables or {},
        "incidents": [
            {
                "element": row.element,
                "name": getattr(nodes(row.element), "name", ""),
                "code": row.code,
                "message": row.message,
            }
            for row in wrong
        ],
        "waiting": [_shown(p.token.node) for p in events],
    }


def _shown(node: Node) -> dict[str, str]:
    return {"id": node.id, "name": node.name}


# --- expectations ----------------------------------------------------------------------------


def _differences(expected: Expected, state: Mapping[str, Any]) -> list[dict[str, str]]:
    found: list[tuple[str, str]] = []
    if expected.active is not None and not _is_active(expected.active, state):
        here = "、".join(a["name"] or a["id"] for a in state["active"]) or "无"
        wanted = "、".join(expected.active) or "无"
        found.append(
            (f"办理中的应为：{wanted}；实为：{here}", f"expected active: {wanted}; found: {here}")
        )
    if expected.completed is not None and expected.completed != state["completed"]:
        words = {True: ("已办结", "completed"), False: ("未办结", "not completed")}
        (zh, en), (zh2, en2) = words[expected.completed], words[state["completed"]]
        found.append((f"流程应为{zh}，实为{zh2}", f"expected {en}, found {en2}"))
    for name, value in expected.variables.items():
        held = state["variables"]
        if name not in held:
            found.append((f"没有变量 {name}", f"there is no variable {name}"))
        elif not _equal(held[name], value):
            zh = f"变量 {name} 应为 {value!r}，实为 {held[name]!r}"
            found.append((zh[:400], f"variable {name} is {held[name]!r}, not {value!r}"[:400]))
    return [{"message": zh, "message_en": en} for zh, en in found]


def _is_active(expected: Sequence[str], state: Mapping[str, Any]) -> bool:
    """Whether exactly these tasks are active, by id or name; awaited events may be named too."""
    left = Counter(expected)
    for task in state["active"]:
        if not _take(left, task):
            return False
    for event in state["waiting"]:
        _take(left, event)
    return not +left


def _take(left: Counter[str], shown: Mapping[str, str]) -> bool:
    label = next((shown[k] for k in ("id", "name") if left[shown[k]] > 0), None)
    if label is None:
        return False
    left[label] -= 1
    return True


def _equal(held: Any, wanted: Any) -> bool:
    a, b = from_json(held), from_json(wanted)
    return (a is None and b is None) or same(Run({}, Environment(), lenient=True), a, b)
