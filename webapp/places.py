"""Where the files that travel with the program are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


@cache
def data_root() -> Path:
    """The folder that holds processes/, forms/ and tenants/.

    An installed wheel carries them inside the package; a checkout has them at its root.
    """
    shipped = PACKAGE / "shipped"
    return shipped if shipped.is_dir() else PACKAGE.parent


def bundle_folder() -> Path:
    """The folder of the built browser code."""
    return PACKAGE / "static" / "dist"


def bundle_version() -> str:
    """A short mark that changes whenever the browser code does, for cache-safe addresses."""
    stamp = bundle_folder() / ".stamp"
    return stamp.read_text()[:12] if stamp.is_file() else "unbuilt"
