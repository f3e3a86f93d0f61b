"""A copy of the checkout whose diagrams can be mutated, and its tests run against them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from webapp.usecases.rules import report_rules

from . import noticing
from .surgery import without

ROOT = Path(__file__).parents[3]
PARTS = ("engine", "domain", "webapp", "tests", "processes", "forms", "tenants", "docs")
REFUSED = frozenset({"TenantRefused", "Refused"})
"""Errors of loading a tenant: its diagrams, or a scenario kept beside one, do not hold."""
SECONDS = 600


@dataclass(frozen=True, order=True)
class Placed:
    """An element of a shipped diagram that carries rules, with the tests of each rule."""

    file: str
    element: str
    name: str
    rules: tuple[str, ...]
    sections: tuple[str, ...]

    @property
    def key(self) -> str:
        """How the element is called in tests and lists."""
        return f"{self.file.removeprefix('processes/').removesuffix('.bpmn')}:{self.element}"


@dataclass(frozen=True)
class Outcome:
    """What noticed the removal: per rule the test and its error; and what was done."""

    how: str
    noticed: Mapping[str, Mapping[str, str]]
    ran: int

    @property
    def is_refused(self) -> bool:
        """Whether nobody can publish such a diagram, so that no test comes to run it."""
        errors = {seen["error"] for seen in self.noticed.values()}
        return bool(errors) and errors <= REFUSED


@cache
def rules() -> dict[str, dict[str, Any]]:
    """The table of rules, by id."""
    return {row["id"]: row for row in report_rules()}


def placed_elements() -> list[Placed]:
    """Every element of a shipped diagram that carries a realised rule, in the order of files."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in rules().values():
        for place in row["places"]:
            if place["kind"] == "diagram" and row["state"] == "realised":
                key = (place["file"], place["element"], place["name"])
                found.setdefault(key, []).append(row["id"])
    return sorted(
        Placed(*key, tuple(ids), tuple(sorted({rules()[i]["section"] for i in ids})))
        for key, ids in found.items()
    )


class Twin:
    """The copy; one element at a time is missing in it while the tests of its rules run."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self.folder = folder / "checkout"
        leave = shutil.ignore_patterns("node_modules", "frontend", "pictures")
        for part in PARTS:
            shutil.copytree(ROOT / part, self.folder / part, ignore=leave)
        shutil.copy2(ROOT / "pyproject.toml", self.folder)
        self._said = folder / "said.txt"
        self._begin(sorted(set(names)))

    def remove(self, placed: Placed, only: Mapping[str, list[str]] | None = None) -> Outcome:
        """Run the tests of the element's rules (or some of them) where the element is missing."""
        tests = only or {rule: rules()[rule]["tests"] for rule in placed.rules}
        with self._mutated(placed) as how:
            return self._ask(how, tests)

    def leave(self, tests: Mapping[str, list[str]]) -> Outcome:
        """Run these tests where nothing is missing."""
        return self._ask("left", tests)

    def close(self) -> None:
        """End the process that runs the tests; it ends when there are no more jobs."""
        self._jobs.close()
        self._process.wait(SECONDS)
        self._answers.close()

    def _begin(self, names: list[str]) -> None:
        read_jobs, write_jobs = os.pipe()
        read_answers, write_answers = os.pipe()
        words = ["-p", "tests.integration.removal.noticing", "-p", "no:cacheprovider", "--tb=no"]
        words += ["-m", "not full", "-k", "not postgresql", *names]
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        environment |= {noticing.JOBS: str(read_jobs), noticing.ANSWERS: str(write_answers)}
        for unwanted in ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER"):
            environment.pop(unwanted, None)
        with self._said.open("w") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *words],
                cwd=self.folder,
                env=environment,
                stdout=said,
                stderr=said,
                pass_fds=(read_jobs, write_answers),
            )
        os.close(read_jobs)
        os.close(write_answers)
        self._jobs, self._answers = os.fdopen(write_jobs, "w"), os.fdopen(read_answers)

    def _ask(self, how: str, tests: Mapping[str, list[str]]) -> Outcome:
        with suppress(BrokenPipeError):
            self._jobs.write(json.dumps(dict(tests)) + "\n")
            self._jobs.flush()
        answer = self._answers.readline()
        assert answer, self._said.read_text("utf-8")
        told = json.loads(answer)
        assert not told["fault"], told["fault"]
        return Outcome(how, told["noticed"], told["ran"])

    @contextmanager
    def _mutated(self, placed: Placed) -> Iterator[str]:
        path = self.folder / placed.file
        before = path.read_bytes()
        done = without(before, placed.element)
        path.write_bytes(done.source)
        try:
            yield done.how
        finally:
            path.write_bytes(before)


def names_of(elements: Iterable[Placed]) -> set[str]:
    """The names of all tests that hold a rule of one of these elements."""
    ids = {rule for placed in elements for rule in placed.rules}
    return {name for rule in ids for name in rules()[rule]["tests"]}
