"""The third-party notices: what others wrote, under which licence, with its text.

`python -m webapp.notices` prints them. The part of the browser code is written when the
bundle is built; the part of the Python packages is read from what is installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from email.message import Message
from importlib import metadata
from importlib.metadata import Distribution
from typing import cast

from webapp.places import bundle_folder

OURSELVES = "lucheng"
RULE = "=" * 78
LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^]]*)])?[^;]*(?:;(.*))?$")
EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")


def third_party_notices() -> str:
    """Everything: the Python packages first, then what is in the bundle for browsers."""
    python = [notice(one) for one in runtime_distributions(OURSELVES)]
    browser = bundle_folder() / "THIRD-PARTY-NOTICES.txt"
    bundled = [browser.read_text(encoding="utf-8")] if browser.is_file() else []
    return "\n".join(python + bundled)


def runtime_distributions(root: str) -> list[Distribution]:
    """The installed distributions that the root needs to run, itself excepted, by name."""
    found: dict[str, Distribution] = {}
    waiting: list[tuple[str, frozenset[str]]] = [(root, frozenset())]
    while waiting:
        name, extras = waiting.pop()
        for needed, wanted in requirements(metadata.distribution(name), extras):
            if needed not in found and (installed := _installed(needed)):
                found[needed] = installed
                waiting.append((needed, wanted))
    return [found[name] for name in sorted(found)]


def requirements(
    distribution: Distribution, extras: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Names and extras that a distribution asks for, given the extras asked of it.

    Conditions on platform and version are not judged: a package that they exclude
    is not installed, and what is not installed is left out anyway.
    """
    for text in distribution.requires or []:
        matched = REQUIREMENT.match(text)
        condition = EXTRA.search(matched[3] or "") if matched else None
        if matched and (condition is None or condition[1] in extras):
            wanted = frozenset(part.strip() for part in (matched[2] or "").split(",") if part)
            yield _canonical(matched[1]), wanted


def notice(distribution: Distribution) -> str:
    """Name, version, licence and the licence's own text."""
    facts = cast(Message, distribution.metadata)  # the declared type knows fewer methods
    head = f"{facts['Name']} {distribution.version} ({_licence(facts)})"
    texts = [text.strip() for text in _licence_texts(distribution)]
    return "\n".join([RULE, head, "", *texts, ""])


def _licence(facts: Message) -> str:
    classified = [
        value.rsplit(" :: ", 1)[-1]
        for value in facts.get_all("Classifier", [])
        if value.startswith("License :: OSI Approved :: ")
    ]
    free_text = facts.get("License", "").strip().partition("\n")[0]
    return facts.get("License-Expression") or ", ".join(classified) or free_text or "see its text"


def _licence_texts(distribution: Distribution) -> Iterator[str]:
    for file in distribution.files or []:
        path = file.as_posix()
        if ".dist-info/" in path and LICENCE_FILE.search(path):
            yield file.read_text(encoding="utf-8")


def _installed(name: str) -> Distribution | None:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.stdout.write(third_party_notices())
