"""Deciding together: 会签 (all), 或签 (any), 票签 (ratio, weight, count), with veto.

A diagram says it by properties of a user task that runs several times: ``vote`` names the rule,
``voteYes`` is the expression that tells from a form whether its person agrees, ``voteNeeded`` the
share or number that is wanted, ``voteWeight`` what one voice counts, ``voteVeto`` whose no decides
alone, ``voteResult`` the variable that gets the outcome, ``minimumSigners`` how many have to be
asked at least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

VOTE, YES, NEEDED = "vote", "voteYes", "voteNeeded"
WEIGHT, VETO, RESULT, LEAST = "voteWeight", "voteVeto", "voteResult", "minimumSigners"
ALL, ANY, RATIO, SHARE, COUNT = "all", "any", "ratio", "weight", "count"
RULES = (ALL, ANY, RATIO, SHARE, COUNT)
COUNTED = (RATIO, SHARE, COUNT)
PROPERTIES = (YES, NEEDED, WEIGHT, VETO, RESULT, LEAST)


@dataclass(frozen=True)
class Voice:
    """One who decides with others: what his voice counts, whether his no decides, his answer."""

    weight: Decimal = Decimal(1)
    has_veto: bool = False
    yes: bool | None = None


def outcome(rule: str, needed: Decimal, voices: Sequence[Voice]) -> bool | None:
    """True once it is agreed, False once it cannot be any more, None while it is open."""
    given = [voice for voice in voices if voice.yes is not None]
    open_ones = [voice for voice in voices if voice.yes is None]
    if any(voice.has_veto and not voice.yes for voice in given):
        return False
    agreed = _outcome(rule, needed, given, open_ones)
    if agreed and any(voice.has_veto for voice in open_ones):
        return None  # who may object alone is heard before anything is agreed
    return agreed


def _outcome(
    rule: str, needed: Decimal, given: Sequence[Voice], open_ones: Sequence[Voice]
) -> bool | None:
    if rule == ANY:
        return bool(given[0].yes) if given else (None if open_ones else False)
    counts = {voice: voice.weight if rule == SHARE else Decimal(1) for voice in given}
    yes = sum((counts[voice] for voice in given if voice.yes), Decimal(0))
    rest = sum((v.weight if rule == SHARE else Decimal(1) for v in open_ones), Decimal(0))
    whole = rest + sum((counts[voice] for voice in given), Decimal(0))
    bar = {ALL: whole, RATIO: needed * whole, SHARE: needed * whole}.get(rule, needed)
    if yes >= bar and (given or not open_ones):
        return True
    return False if yes + rest < bar else None


def least_votes(properties: Mapping[str, str]) -> int:
    """How many have to be asked at least: as written, and as a fixed count needs."""
    written = [properties.get(LEAST, "1")]
    if properties.get(VOTE) == COUNT:
        written.append(properties.get(NEEDED, "1"))
    numbers = [int(text) for text in written if text.isascii() and text.isdecimal()]
    return max([1, *numbers])
