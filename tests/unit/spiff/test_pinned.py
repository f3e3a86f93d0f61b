"""What we replace of SpiffWorkflow, and what we lean on, is what it was when we read it.

A change upstream fails here by the name of the method. Read the new code, compare it with the
docstrings of ``engine/spiff/specs.py`` and ``gateways.py`` and docs/adr/0002-no-predictions.md,
run the tests of this folder, and only then write down the new mark.
"""

from __future__ import annotations

import hashlib
import inspect
from importlib.metadata import version
from typing import Any

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.StartTask import StartTask
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.workflow import Workflow

from engine.spiff import gateways, loops, specs, task, workflow
from engine.spiff.build import LevelSpec
from engine.spiff.script import NoScripts, PythonRefused

REPLACED: list[tuple[Any, str, str]] = [
    # the gate has read the diagram; the library would look for named inputs
    (TaskSpec, "test", "8a2ce71e2a56"),
    # no predictions: children appear when a token leaves
    (TaskSpec, "_predict", "e205cac4587d"),
    (TaskSpec, "_update", "6b138d31ca68"),
    # questions go to the host; no events of the library, no data
    (TaskSpec, "_run_hook", "90902266396a"),
    # no data is inherited, no data objects are read
    (BpmnTaskSpec, "_update_hook", "facd2e4174bc"),
    (BpmnTaskSpec, "_on_complete_hook", "39e47e85a77b"),
    (StartTask, "test", "735871d937e2"),
    # a flat table instead of a walk over the tree, which ends at depth 1,000
    (Workflow, "update_waiting_tasks", "258ee4cb217f"),
    (Workflow, "is_completed", "4f7a3c15bec8"),
    (Workflow, "cancel", "970d8ba9c284"),
    (BpmnWorkflow, "cancel", "65a6d8393ddb"),
    (Workflow, "_task_completed_notify", "a87c9bea38b2"),
    # no log line is made for every change of state; the level keeps a table of open tasks
    (Task, "_set_state", "86c4c1d22dc9"),
    (Task, "_add_child", "05ec96e943da"),
    # Python in a diagram has nowhere to go
    (BpmnWorkflow, "script_engine", "bb62c7c5d7de"),
    (PythonScriptEngine, "evaluate", "aaad8167dfb3"),
    (PythonScriptEngine, "execute", "5f4da9812398"),
    (PythonScriptEngine, "call_service", "9ffbe3e7be35"),
    (PythonScriptEngine, "validate", "48cbde2d656e"),
]
LEANED_ON: list[tuple[Any, str, str]] = [
    (Task, "__init__", "5d98d6df6c60"),
    (Task, "parent", "70a7622fce2f"),
    (Task, "children", "ab66856eadb4"),
    (Task, "has_state", "51bfc706797e"),
    (Task, "complete", "3ad34f7ae962"),
    (Task, "_ready", "4c051bb2c2a3"),
    (Task, "_child_added_notify", "20404a6f18bf"),
    (TaskSpec, "__init__", "df987d5843e7"),
    (TaskSpec, "_on_ready", "c0c43ec078d3"),
    (TaskSpec, "_on_ready_hook", "e58b27eadbe7"),
    (TaskSpec, "_on_complete", "95d4b21bfa42"),
    (TaskSpec, "connect", "80f6471ca883"),
    (TaskSpec, "inputs", "35dc87723b9b"),
    (TaskSpec, "outputs", "c16661a8eafe"),
    (BpmnTaskSpec, "__init__", "1345082eb723"),
    (WorkflowSpec, "__init__", "fdb80d81cf1d"),
    (Workflow, "__init__", "a179a7573948"),
    (Workflow, "get_task_from_id", "5b167c5cbfcf"),
    (BpmnBaseWorkflow, "__init__", "0ab21b97ab24"),
    (BpmnWorkflow, "__init__", "3a81d03cfd84"),
    (BpmnWorkflow, "get_task_from_id", "fb88ffd0c468"),
    (BpmnWorkflow, "top_workflow", "c52eac2ae141"),
    (BpmnWorkflow, "parent_task_id", "ad369a759b7d"),
    (BpmnSubWorkflow, "__init__", "db2b701bf21b"),
    (BpmnSubWorkflow, "_calculate_depth", "e67055a362ab"),
    (BpmnSubWorkflow, "parent_workflow", "873507ab7597"),
    (PythonScriptEngine, "__init__", "5b87a8599c23"),
]


def mark_of(owner: Any, name: str) -> str:
    """Twelve characters that change with the text of a method."""
    member = inspect.getattr_static(owner, name)
    function = getattr(member, "fget", None) or getattr(member, "__func__", member)
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:12]


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("SpiffWorkflow") == "3.2.0"


@pytest.mark.parametrize(("owner", "name", "mark"), REPLACED)
def test_a_replaced_method_is_as_it_was_read(owner: Any, name: str, mark: str) -> None:
    assert mark_of(owner, name) == mark


@pytest.mark.parametrize(("owner", "name", "mark"), LEANED_ON)
def test_a_method_we_lean_on_is_as_it_was_read(owner: Any, name: str, mark: str) -> None:
    assert mark_of(owner, name) == mark


def our_classes() -> list[type]:
    modules = (gateways, loops, specs, task, workflow)
    found = [member for m in modules for member in vars(m).values() if inspect.isclass(member)]
    return [*(k for k in found if k.__module__.startswith("engine.spiff")), LevelSpec, NoScripts]


def test_every_method_we_replace_is_in_the_list() -> None:
    listed = {(owner, name) for owner, name, _ in REPLACED}
    replaced = set()
    for kind in our_classes():
        library = [base for base in kind.__mro__ if base.__module__.startswith("SpiffWorkflow")]
        for base in (b for b in kind.__mro__ if b.__module__.startswith("engine.spiff")):
            for name in vars(base):
                owner = next((b for b in library if name in vars(b)), None)
                if owner is not None and not name.startswith("__"):
                    replaced.add((owner, name))
    assert replaced == listed


def test_the_engine_of_the_library_refuses_python() -> None:
    engine = NoScripts()
    for act in (engine.evaluate, engine.execute, engine.call_service, engine.validate):
        with pytest.raises(PythonRefused):
            act("1 + 1")
    environment: BasePythonScriptEngineEnvironment = engine.environment
    for act in (environment.evaluate, environment.execute, environment.call_service):
        with pytest.raises(PythonRefused):
            act("1 + 1", {})
