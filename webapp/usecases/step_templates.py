"""The steps of the field as element templates: the tenant's own, those above it, shared ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.actors import Actor
from engine.errors import Invalid
from engine.store.control import tenants
from engine.tenancy.model import SHARED
from webapp.places import data_root
from webapp.product import Product
from webapp.usecases.definitions import check_administrator

FOLDER = "element-templates"
_PICTURE = re.compile(r"data:image/(svg\+xml|png)[;,][\w%+/=;,.:~'()!*-]*", re.ASCII)


def list_templates(product: Product, actor: Actor) -> list[dict[str, Any]]:
    """The templates that hold for the tenant, each as its file has it; the nearest file of an id
    wins. A picture that is none is left out: it would be looked for elsewhere."""
    check_administrator(actor)
    with product.db.control(read_only=True) as control:
        rows = {row.id: row for row in control.all(select(tenants))}
    found: dict[str, dict[str, Any]] = {}
    here = rows.get(actor.tenant_id)
    while here is not None:
        _add(found, here.slug)
        here = rows.get(here.parent_id)
    _add(found, SHARED)
    return sorted(found.values(), key=lambda template: str(template.get("name", "")))


def templates_in(folder: Path) -> Iterator[dict[str, Any]]:
    """Every template of a folder's files; a file holds one or several. Invalid names the file
    that is no template."""
    for path in sorted(folder.glob("*.json")):
        for template in _read(path):
            yield _without_foreign_picture(template)


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _wrong(path) from error
    found = read if isinstance(read, list) else [read]
    if not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in found):
        raise _wrong(path)
    return found


def _wrong(path: Path) -> Invalid:
    return Invalid(
        f"{path.name} 不是业务环节模板", f"{path.name} is no element template", file=path.name
    )


def _add(found: dict[str, dict[str, Any]], owner: str) -> None:
    for template in templates_in(data_root() / "processes" / owner / FOLDER):
        found.setdefault(str(template["id"]), template)


def _without_foreign_picture(template: Mapping[str, Any]) -> dict[str, Any]:
    icon = template.get("icon", {}).get("contents", "")
    kept = dict(template)
    if not _PICTURE.fullmatch(icon):
        kept.pop("icon", None)
    return kept
