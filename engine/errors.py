"""The error tree: every error names itself by a stable code and speaks Chinese and English."""

from __future__ import annotations


class LuchengError(Exception):
    """An error with a stable code, a sentence in both languages and the facts behind it.

    ``zh`` and ``en`` are complete sentences a clerk understands; ``facts`` are values a
    program may read (ids, keys, positions). No error knows HTTP: the edge maps classes to status.
    """

    code = "error"

    def __init__(self, zh: str, en: str, *, code: str | None = None, **facts: object) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        if code is not None:
            self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code}: {self.en}"


class NotFound(LuchengError):
    """What was asked for does not exist here, or belongs to another tenant."""

    code = "not_found"


class Forbidden(LuchengError):
    """The person may see this but not do that."""

    code = "forbidden"


class Conflict(LuchengError):
    """The world moved on since the caller looked; nothing was changed."""

    code = "conflict"


class Invalid(LuchengError):
    """What was given breaks a rule; ``facts['errors']`` may list {field, message}."""

    code = "invalid"


class Refused(LuchengError):
    """A file or diagram is refused; ``facts['findings']`` says what and where."""

    code = "refused"


class TooLarge(Invalid):
    """An input exceeds a limit; ``facts['limit']`` names it."""

    code = "too_large"


class Unavailable(LuchengError):
    """A resource (disk, database) cannot serve now; trying again later may succeed."""

    code = "unavailable"
