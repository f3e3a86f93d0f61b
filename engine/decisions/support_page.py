"""Prints the support table of DMN as ``docs/dmn-support.md``."""

from __future__ import annotations

import sys

from engine.bpmn.support_page import sections
from engine.decisions.namespaces import DMN
from engine.decisions.support import SECTIONS

_HEAD = """\
# DMN 支持清单 · DMN support

<!-- Printed by engine.decisions.support_page from the table in engine/decisions/support.py. -->

每个构造或者按 DMN 执行，或者点名拒绝，没有第三种结果；怎么写见[决策表](decisions.md)。
Every construct is executed as DMN says, or refused by name; how to write them is told in
[decisions](decisions.md).
"""


def support_page() -> str:
    """The page, from the table the reader itself uses."""
    versions = "、".join(sorted(DMN.values()))
    read = f"读取的版本 Versions read: DMN {versions}.\n"
    return "\n".join([_HEAD, read, *sections(SECTIONS)])


if __name__ == "__main__":
    sys.stdout.write(support_page())
