"""The child process that sets a document: a layout and its data come in, a PDF goes out.

Exit 3: there is no font with Chinese characters on this machine. The limits are set here, before
anything is read.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

MEMORY = 3 << 30
"""Of addresses, most of which are never touched: fonts are mapped, threads have their stacks."""
CPU_SECONDS = 20
NO_FONT = 3
FAMILIES = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
)
"""Fonts with Chinese characters, the best first; what one has not is taken from the next."""


def main() -> int:
    """Set the layout named on the command line with the JSON on standard input."""
    set_limits()
    import typst  # noqa: PLC0415 - under the limits

    layout, folder = Path(sys.argv[1]), sys.argv[2]
    fonts = typst.Fonts(font_paths=[folder])
    known = set(fonts.families())
    chosen = [family for family in FAMILIES if family in known]
    if not chosen:
        return NO_FONT
    given = {**json.loads(sys.stdin.buffer.read()), "fonts": chosen}
    made = typst.compile(
        str(layout),
        root=str(layout.parent),  # a layout reads its neighbours and nothing else
        font_paths=fonts,
        sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
    )
    sys.stdout.buffer.write(made)
    return 0


def set_limits() -> None:
    """Bound what this process may take, before it reads anything."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _limit(what, most)


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))


if __name__ == "__main__":
    sys.exit(main())
