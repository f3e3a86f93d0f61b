"""The child process that fills in a Word file: its fields and the file come in, the file goes out.

Input: one line of JSON with the values, then the file.
"""

from __future__ import annotations

import json
import sys

from engine.documents.word import merged
from webapp.rendering.child import set_limits


def main() -> int:
    """Fill in the file on standard input."""
    set_limits()
    values = json.loads(sys.stdin.buffer.readline())
    sys.stdout.buffer.write(merged(sys.stdin.buffer.read(), values))
    return 0


if __name__ == "__main__":
    sys.exit(main())
