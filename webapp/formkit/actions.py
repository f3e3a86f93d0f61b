"""The buttons that change a form without submitting it: rows and files, added and removed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from engine.forms.context import FormContext, Scope
from engine.forms.initial import blank_row
from engine.forms.model import MAX_ROWS, Component, Form, Json
from webapp.formkit import names

REFRESH = "refresh"
_VERBS = frozenset({REFRESH, "add", "remove", "remove-file"})


@dataclass(frozen=True, slots=True)
class FormAct:
    """A change of the form: ``add`` a row to the list at ``place``, ``remove`` the row at
    ``place``, ``remove-file`` the attachment ``subject``, ``refresh`` (show it again)."""

    verb: str
    place: str = ""
    subject: str = ""


def act_of(controls: MultiDict[str, str], *, prefix: str = names.PREFIX) -> FormAct | None:
    """The change somebody asked for; None when the post is a submission."""
    raw = controls.get(names.act_name(prefix))
    if raw is None:
        return None
    verb, _, rest = raw.partition(":")
    place, _, subject = rest.partition(":")
    return FormAct(verb, place, subject) if verb in _VERBS else FormAct(REFRESH)


def apply_act(
    form: Form, values: Mapping[str, Json], act: FormAct, context: FormContext
) -> dict[str, Json]:
    """The values after the change; an act that fits nothing changes nothing."""
    changed = copy.deepcopy(dict(values))
    if act.verb == "add":
        _add_row(form, changed, act.place, context)
    elif act.verb == "remove":
        place, _, number = act.place.rpartition(".")
        rows = _at(changed, place)
        if isinstance(rows, list) and number.isdecimal() and int(number) < len(rows):
            del rows[int(number)]
    elif act.verb == "remove-file":
        files = _at(changed, act.place)
        if isinstance(files, list) and act.subject in files:
            files.remove(act.subject)
    return changed


def _add_row(form: Form, values: dict[str, Json], place: str, context: FormContext) -> None:
    rows = _at(values, place)
    component = _list_at(form, place)
    if component is None or not isinstance(rows, list) or len(rows) >= MAX_ROWS:
        return
    names_seen = {**context.variables, **values}
    rows.append(blank_row(component, Scope.of(context.env, names_seen), len(rows)))


def _list_at(form: Form, place: str) -> Component | None:
    address = ".".join(part for part in place.split(".") if not part.isdecimal())
    found = (c for c in form.walk() if c.type == "dynamiclist" and c.address == address)
    return next(found, None)


def _at(values: Json, place: str) -> Json:
    for part in place.split("."):
        if isinstance(values, list) and part.isdecimal() and int(part) < len(values):
            values = values[int(part)]
        elif isinstance(values, dict):
            values = values.get(part)
        else:
            return None
    return values
