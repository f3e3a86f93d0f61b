"""The table of rules: from a paragraph of the sources to the step and the test, and back."""

from __future__ import annotations

from typing import Any

from domain.rulebook.catalogue import shipped_catalogue
from domain.rulebook.files import read_files
from domain.rulebook.places import scan_files
from domain.rulebook.report import rules_report
from webapp.places import PACKAGE, data_root


def report_rules() -> list[dict[str, Any]]:
    """One row a rule: sentence, source, state, places and tests."""
    root = data_root()
    folders = {name: root / name for name in ("processes", "forms", "tenants")}
    code = PACKAGE.parent
    folders |= {name: code / name for name in ("engine", "domain", "webapp")}
    tests = code / "tests"
    if tests.is_dir():
        folders["tests"] = tests
    return [dict(row) for row in rules_report(shipped_catalogue(), scan_files(read_files(folders)))]
