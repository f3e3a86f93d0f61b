"""What a tenant's files say, as frozen values: nothing here reads a file or a clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

ParameterValue = Decimal | str | bool | tuple[str, ...]

SLUG_PATTERN = r"^[a-z][a-z0-9-]{1,39}$"
CODE_PATTERN = r"^[a-z0-9][a-z0-9]*([.-][a-z0-9]+)*$"
KEY_PATTERN = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"

SHARED = "shared"
"""The owner that stands above every tenant; it is a folder, never a tenant."""

LEVELS = ("national", "region", "city", "banner")


class Capacity(StrEnum):
    """In what standing a person acts; it decides what kinds of act are open at all."""

    OFFICER = "officer"
    LEADER = "leader"
    APPLICANT = "applicant"
    ASSESSOR = "assessor"
    EXPERT = "expert"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SECURITY = "security"
    PLATFORM = "platform"


ADMINISTERING = (Capacity.ADMIN, Capacity.SECURITY, Capacity.AUDITOR)
"""Those whom a tenant that separates duties keeps apart: no account holds two of them."""


COMMISSIONED = (Capacity.ASSESSOR, Capacity.EXPERT)
"""Those who work for the authority from outside, case by case."""
OUTSIDE = (Capacity.APPLICANT, *COMMISSIONED)
"""Those who are not of the authority."""


class ParameterKind(StrEnum):
    """How a parameter's value is written and compared."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    TEXT = "text"
    LIST = "list"
    BOOL = "bool"


NUMBER_KINDS = frozenset({ParameterKind.INTEGER, ParameterKind.DECIMAL, ParameterKind.PERCENT})

UNITS_OF_MEASURE = (
    "",
    "working-day",
    "calendar-day",
    "month",
    "year",
    "percent",
    "points",
    "piece",
    "month-day",
)


@dataclass(frozen=True)
class Names:
    """A tenant's full name in Chinese and English and the short Chinese form."""

    zh: str
    en: str
    short: str


@dataclass(frozen=True)
class Validity:
    """The rule set is in force from its first day for a number of years, ``until`` excluded."""

    valid_from: dt.date
    years: int
    document: str

    @property
    def until(self) -> dt.date:
        """The first day on which the rule set is no longer in force."""
        try:
            return self.valid_from.replace(year=self.valid_from.year + self.years)
        except ValueError:  # issued on 29 February
            return dt.date(self.valid_from.year + self.years, 3, 1)

    def in_force(self, day: dt.date) -> bool:
        """Whether the rule set binds on this day."""
        return self.valid_from <= day < self.until


@dataclass(frozen=True)
class Role:
    """A role of the tenant; a person holds it within one unit."""

    code: str
    name_zh: str
    name_en: str
    capacity: Capacity
    description: str = ""


@dataclass(frozen=True)
class Procedure:
    """A procedure the tenant offers: who may start it and how its cases are numbered."""

    id: str
    title_zh: str
    title_en: str
    starters: tuple[str, ...]
    number: str


@dataclass(frozen=True)
class Bounds:
    """What a value, here and in every lower tenant, must keep to; ``None`` is no bound.

    ``low`` and ``high`` hold numbers in; ``choices`` holds a text, or each member of a list, in.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ParameterEntry:
    """A parameter as one file writes it; what is ``None`` is inherited from the parent."""

    key: str
    value: ParameterValue
    kind: ParameterKind | None = None
    unit: str | None = None
    title_zh: str | None = None
    title_en: str | None = None
    bounds: Bounds = Bounds()
    legal_basis: str | None = None
    note: str | None = None
    to_be_confirmed: bool = False
    at_step: bool | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unit:
    """An organisation unit: a division, a department, a bureau, an office."""

    code: str
    name: str
    kind: str
    parent: str
    short: str


@dataclass(frozen=True)
class OfficeHours:
    """When the counter opens and closes; the close is the end of periods told by office hour."""

    opens: dt.time = dt.time(8, 30)
    closes: dt.time = dt.time(17, 30)


@dataclass(frozen=True)
class DayException:
    """One day the tenant declares working or off, against the national calendar."""

    day: dt.date
    working: bool
    reason: str


@dataclass(frozen=True)
class CalendarFile:
    """A tenant's own calendar; ``complete_years`` are years its exceptions fully describe."""

    exceptions: tuple[DayException, ...] = ()
    complete_years: frozenset[int] = frozenset()
    office_hours: OfficeHours | None = None


@dataclass(frozen=True)
class Branding:
    """How the tenant's pages name themselves."""

    title_zh: str
    title_en: str
    colour: str
    footer: str = ""


@dataclass(frozen=True)
class Seal:
    """An official seal and the unit that keeps it."""

    code: str
    name: str
    unit: str


@dataclass(frozen=True)
class TenantFile:
    """Everything the files of one tenant say about it."""

    slug: str
    names: Names
    level: str
    parent: str
    zone: str
    validity: Validity
    branding: Branding
    roles: tuple[Role, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    seals: tuple[Seal, ...] = ()
    units: tuple[Unit, ...] = ()
    calendar: CalendarFile = CalendarFile()
    parameters: Mapping[str, ParameterEntry] = field(default_factory=lambda: MappingProxyType({}))
    separates_duties: bool = False

    def role(self, code: str) -> Role | None:
        """The role with this code, if the tenant has it."""
        return next((role for role in self.roles if role.code == code), None)

    def procedure(self, procedure_id: str) -> Procedure | None:
        """The procedure with this id, if the tenant offers it."""
        return next((item for item in self.procedures if item.id == procedure_id), None)
