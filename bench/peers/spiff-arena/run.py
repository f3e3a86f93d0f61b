"""What a completion costs in SpiffWorkflow's own product, run by the Python of its checkout.

``run.py DIAGRAM`` in the folder ``spiffworkflow-backend``, on an empty SQLite database in its unit
test environment. It goes the way its own tests of the processor go:
load the case, complete the form task, save. Prints ``{"cpu_ms": …}``.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("SPIFFWORKFLOW_BACKEND_ENV", "unit_testing")
os.environ.setdefault("SPIFFWORKFLOW_BACKEND_DATABASE_TYPE", "sqlite")
os.environ.setdefault("FLASK_SESSION_SECRET_KEY", "0" * 32)
sys.path.insert(0, str(Path.cwd()))

from spiffworkflow_backend import create_app
from spiffworkflow_backend.models.db import db
from spiffworkflow_backend.services.process_instance_processor import ProcessInstanceProcessor
from spiffworkflow_backend.services.process_instance_service import ProcessInstanceService
from tests.spiffworkflow_backend.helpers.base_test import BaseTest
from tests.spiffworkflow_backend.helpers.test_data import load_test_spec

CASES = 5
VALUES = {"decision": "agree", "amount": 12, "remark": "as required"}


def main(diagram: Path) -> None:
    """Run cases to their end; the first one is not counted."""
    made = create_app()
    app = getattr(made, "app", made)
    with tempfile.TemporaryDirectory() as folder, app.app_context(), app.test_request_context():
        shutil.copy(diagram, Path(folder) / "review.bpmn")
        db.create_all()
        user = BaseTest.find_or_create_user("bench")
        model = load_test_spec("bench/review", "review.bpmn", folder)
        runs = [run_case(model, user) for _ in range(CASES)][1:]
    count = sum(completions for completions, _ in runs)
    cpu = sum(seconds for _, seconds in runs)
    print(json.dumps({"cpu_ms": cpu / count * 1e3, "note": f"{count} completions, SQLite"}))


def run_case(model: object, user: object) -> tuple[int, float]:
    """How many completions a case took, and their CPU seconds."""
    case = BaseTest().create_process_instance_from_process_model(process_model=model, user=user)
    ProcessInstanceProcessor(case).do_engine_steps(save=True)
    count, used = 0, 0.0
    while case.active_human_tasks:
        begun = time.process_time()
        human = case.active_human_tasks[0]
        processor = ProcessInstanceProcessor(case)
        task = processor.get_task_by_bpmn_identifier(
            human.task_name, processor.bpmn_process_instance
        )
        ProcessInstanceService.complete_form_task(processor, task, dict(VALUES), user, human)
        used += time.process_time() - begun
        count += 1
    return count, used


main(Path(sys.argv[1]).resolve())
