"""Plain SpiffWorkflow as its documents show it: its parser, its serializer, one document a case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from bench.dialects import PLAIN_SPIFF, write
from bench.drawing import Drawing


class Stock:
    """One process; its cases are documents that hold specs, tasks and variables."""

    def __init__(self, drawing: Drawing) -> None:
        parser = BpmnParser()
        for each in (drawing, *drawing.called):
            parser.add_bpmn_xml(etree.fromstring(write(each, PLAIN_SPIFF)), filename=each.id)
        self._specs = parser.get_spec(drawing.id), parser.get_subprocess_specs(drawing.id)
        self._serializer = BpmnWorkflowSerializer()

    def start(self) -> bytes:
        """A new case, run to its first waiting places."""
        workflow = BpmnWorkflow(*self._specs)
        workflow.do_engine_steps()
        return self._dump(workflow)

    def complete(self, document: bytes, element: str, values: Mapping[str, Any]) -> bytes:
        """Load a case, complete one step, run on, write the case again."""
        workflow = self._serializer.from_dict(json.loads(document))
        ready = workflow.get_tasks(state=TaskState.READY, manual=True)
        task = next(t for t in ready if t.task_spec.bpmn_id == element)
        task.data.update(values)
        task.run()
        workflow.do_engine_steps()
        return self._dump(workflow)

    def tasks(self, document: bytes) -> int:
        """How many tasks a case holds, those of called processes too."""
        case = json.loads(document)
        below = sum(len(sub["tasks"]) for sub in case["subprocesses"].values())
        return len(case["tasks"]) + below

    def _dump(self, workflow: BpmnWorkflow) -> bytes:
        return json.dumps(self._serializer.to_dict(workflow)).encode()
