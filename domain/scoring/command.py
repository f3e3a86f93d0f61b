"""``lucheng score``: a sheet file scored by a catalogue, as an exit code and a JSON object."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from domain.scoring.catalogue import load_catalogue
from domain.scoring.errors import CatalogueRefused, LineInvalid, Place, SheetInvalid
from domain.scoring.indicators import Catalogue
from domain.scoring.points import NotPoints, read_points
from domain.scoring.rules import score
from domain.scoring.sheet_file import MAX_BYTES, parse_sheet
from engine.errors import Invalid, LuchengError

SCORED = 0
REFUSED = 2

FindCatalogue = Callable[[str], Path | None]


def run(
    catalogue: str, sheet_path: str, line: str | None, find_catalogue: FindCatalogue
) -> tuple[int, dict[str, object]]:
    """(0, the result) for a sheet that can be scored, passed or not; else (2, the faults by place).

    ``catalogue`` is an id that ``find_catalogue`` knows, or a file.
    """
    try:
        found = _catalogue(catalogue, find_catalogue)
        least = None if line is None else _line(line)
        result = score(found, _sheet(sheet_path), line=least)
    except (SheetInvalid, CatalogueRefused, LineInvalid, _Unreadable) as error:
        return REFUSED, _told(error)
    return SCORED, result.as_json()


class _Unreadable(Invalid):
    """A file the command was given cannot be read."""

    code = "file_unreadable"

    def __init__(self, place: str, zh: str, en: str) -> None:
        super().__init__(zh, en, errors=[Place(place, self.code, zh, en).as_dict()])


def _catalogue(name: str, find_catalogue: FindCatalogue) -> Catalogue:
    path = find_catalogue(name) or Path(name)
    if not _is_file(path):
        raise _Unreadable(
            "catalogue",
            f"没有指标体系“{name}”，也没有这个文件",
            f"{name} is neither a known catalogue nor a file",
        )
    return load_catalogue(path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name no file system takes
        return False


def _sheet(name: str) -> object:
    try:
        with Path(name).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _Unreadable("sheet", f"无法读取 {name}", f"{name} cannot be read") from error
    return parse_sheet(raw)


def _line(text: str) -> Decimal:
    try:
        return read_points(text)
    except NotPoints as error:
        raise LineInvalid(f"达标线{error.zh}", f"the pass line: {error.en}") from error


def _told(error: LuchengError) -> dict[str, object]:
    return {
        "code": error.code,
        "message": error.zh,
        "message_en": error.en,
        "errors": error.facts.get("errors", []),
    }
