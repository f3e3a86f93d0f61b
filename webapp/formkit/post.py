"""The controls of a posted HTML form, by their place in the form's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from engine.forms.model import Json
from engine.forms.places import MISSING
from webapp.formkit import names


@dataclass(slots=True)
class Post:
    """The controls of one posted form; remembers which of them were asked for.

    ``uploads`` holds, by the name of their control, the ids of the attachments just stored.
    """

    controls: MultiDict[str, str]
    uploads: Mapping[str, Sequence[str]]
    prefix: str
    taken: set[str] = field(default_factory=set)

    def all(self, place: str) -> list[str]:
        """Every value posted at a place."""
        name = self.prefix + place
        self.taken.add(name)
        return self.controls.getlist(name)

    def last(self, place: str) -> Json:
        """The last value posted at a place, or MISSING."""
        values = self.all(place)
        return values[-1] if values else MISSING

    def files(self, place: str, *, several: bool = True) -> Json:
        """The attachment ids at a place: those kept and those just uploaded, or MISSING."""
        kept = self.all(place)
        name = names.upload_name(self.prefix, place)
        self.taken.add(name)
        fresh = list(self.uploads.get(name, ()))
        if not kept and not fresh:
            return MISSING
        found = [entry for entry in kept if entry] if several or not fresh else []
        return [*found, *fresh]

    def below(self, place: str) -> list[str]:
        """The names posted below a place, without the place."""
        start = f"{self.prefix}{place}."
        return [name.removeprefix(start) for name in self.controls if name.startswith(start)]
