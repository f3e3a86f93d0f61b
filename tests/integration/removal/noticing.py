"""A plugin for pytest: which rules some test notices, for one mutation after the other.

It is given by name to a pytest process in a copy of the checkout. That process collects once and
then reads jobs: the tests of every rule, as a line of JSON. Each job is run by a fork of it, which
has loaded no diagram yet, and no longer than until every rule is noticed.
"""

from __future__ import annotations

import contextlib
import json
import os
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.main import pytest_runtestloop as run_them

JOBS, ANSWERS = "REMOVAL_JOBS", "REMOVAL_ANSWERS"

_tests: dict[str, list[str]] = {}
_noticed: dict[str, dict[str, str]] = {}
_ran: list[str] = []


def _name(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _rules_of(item: pytest.Item) -> set[str]:
    return {rule for rule, names in _tests.items() if _name(item) in names}


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Answer every job by a process of its own."""
    with os.fdopen(int(os.environ[JOBS])) as jobs:
        for line in jobs:
            child = os.fork()
            if child == 0:
                _answer(session, json.loads(line))
            os.waitpid(child, 0)
    return True


def _answer(session: pytest.Session, job: dict[str, list[str]]) -> None:
    """Run what a job asks for, tell what came out, and end."""
    _tests.update(job)
    wanted = [item for item in session.items if _rules_of(item)]
    session.items = sorted(wanted, key=lambda item: ("/unit/" in item.nodeid, item.nodeid))
    fault = ""
    try:
        with contextlib.suppress(session.Interrupted, session.Failed):
            run_them(session)
    except BaseException:
        fault = traceback.format_exc()
    with contextlib.suppress(BaseException):
        session._setupstate.teardown_exact(None)
    told = {"noticed": _noticed, "ran": len(_ran), "fault": fault}
    with os.fdopen(int(os.environ[ANSWERS]), "w") as answers:
        answers.write(json.dumps(told) + "\n")
    os._exit(0)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what holds only rules that were noticed already."""
    if _rules_of(item) <= _noticed.keys():
        pytest.skip("noticed already")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    """Note who noticed, and end when everything is."""
    report: Any = yield
    if call.when == "call":
        _ran.append(item.nodeid)
    if report.failed and call.excinfo is not None:
        seen = {"test": _name(item), "error": call.excinfo.typename}
        seen["words"] = str(call.excinfo.value)[:300]
        for rule in _rules_of(item):
            _noticed.setdefault(rule, seen)
        if _noticed.keys() >= _tests.keys():
            item.session.shouldstop = "everything is noticed"
    return report
