"""The steps of the field as element templates: the tenant's own, those above it, shared ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine.actors import Actor
from engine.errors import Invalid
from engine.importing.cleaning import PICTURE
from engine.tenancy.chain import PLACES, Kind
from webapp.product import Product
from webapp.usecases.definitions import check_administrator
from webapp.usecases.reachable import files_along


def list_templates(product: Product, actor: Actor) -> list[dict[str, Any]]:
    """The templates that hold for the tenant, by name; the nearest file of an id wins."""
    check_administrator(actor)
    found: dict[str, dict[str, Any]] = {}
    for owner, files in files_along(product, actor.tenant_id):
        for template in templates_in(files, owner):
            found.setdefault(template["id"], template)
    return sorted(found.values(), key=lambda template: str(template.get("name", "")))


def templates_in(files: Mapping[str, bytes], owner: str) -> Iterator[dict[str, Any]]:
    """Every template of an owner's files; a file holds one or several.

    Invalid names the file that is no template. A picture that is none is left out: it would be
    looked for elsewhere.
    """
    place = PLACES[Kind.STEP]
    for path, body in sorted(files.items()):
        if path.startswith(f"{place.folder.format(owner=owner)}/") and path.endswith(place.ending):
            for template in _read(path, body):
                yield _without_foreign_picture(template)


def _read(path: str, body: bytes) -> list[dict[str, Any]]:
    try:
        read = json.loads(body)
    except ValueError as error:
        raise _wrong(path) from error
    found = read if isinstance(read, list) else [read]
    if not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in found):
        raise _wrong(path)
    return found


def _wrong(path: str) -> Invalid:
    return Invalid(f"{path} 不是业务环节模板", f"{path} is no element template", file=path)


def _without_foreign_picture(template: Mapping[str, Any]) -> dict[str, Any]:
    icon = template.get("icon")
    picture = icon.get("contents") if isinstance(icon, dict) else None
    kept = dict(template)
    if not isinstance(picture, str) or not PICTURE.fullmatch(picture):
        kept.pop("icon", None)
    return kept
