"""What a schema cannot see in a catalogue: references, sums, counts, points that are reachable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from domain.scoring.indicators import GENERAL, Catalogue, Criterion, Item, Part, Variant
from domain.scoring.points import plain, total
from engine.tenancy.problems import Problem

_ALL = "all"


def problems_of_references(catalogue: Catalogue) -> Iterator[Problem]:
    """Names that point nowhere and ids that stand twice; sums make no sense before these."""
    say = _speaker(catalogue.source)
    yield from _doubles(catalogue, say)
    for name, variant in catalogue.variants.items():
        yield from _variant_references(catalogue, name, variant, say)
    sections = {section.id for part in catalogue.parts for section in part.sections}
    for item in catalogue.items:
        place = f"items.{item.id}"
        known = ("kind", (item.kind,), catalogue.kinds), ("section", (item.section,), sections)
        several = (
            ("groups", item.groups, catalogue.groups),
            ("methods", item.methods, catalogue.methods),
            ("variants", item.variants, catalogue.variants),
            ("not_applicable_for", item.not_applicable_for, catalogue.variants),
            ("scoring.by_variant", item.scoring.by_variant, catalogue.variants),
        )
        for key, names, there in (*known, *several):
            yield from _unknown(f"{place}.{key}", names, there, say)
        if not item.groups:
            yield say(f"{place}.groups", "不能为空", "it must not be empty")
    guided = {*catalogue.methods, GENERAL}
    yield from _unknown("record_guidance", catalogue.record_guidance, guided, say)


def problems_of_points(catalogue: Catalogue) -> Iterator[Problem]:
    """Sums, counts and scoring rules that do not come to the printed points."""
    say = _speaker(catalogue.source)
    yield from _lines_out_of_range(catalogue, say)
    for group in catalogue.groups:
        yield from _group_sums(catalogue, group, say)
    for part in catalogue.parts:
        yield from _part_counts(catalogue, part, say)
    yield from _printed_counts(catalogue, say)
    for item in catalogue.items:
        for key, zh, en in _scoring_faults(item):
            yield say(f"items.{item.id}.scoring.{key}".rstrip("."), zh, en)
        yield from _variant_gaps(catalogue, item, say)


_Say = Callable[[str, str, str], Problem]


def _speaker(source: str) -> _Say:
    def say(key: str, zh: str, en: str) -> Problem:
        return Problem(source, key, "catalogue_inconsistent", zh, en)

    return say


def _unknown(key: str, names: Iterable[str], known: Iterable[str], say: _Say) -> Iterator[Problem]:
    there = set(known)
    for name in names:
        if name not in there:
            yield say(key, f"没有定义“{name}”", f"{name} is not defined")


def _doubles(catalogue: Catalogue, say: _Say) -> Iterator[Problem]:
    sections = [section.id for part in catalogue.parts for section in part.sections]
    ids = {
        "prerequisites": [prerequisite.id for prerequisite in catalogue.prerequisites],
        "parts": [part.id for part in catalogue.parts],
        "parts.sections": sections,
        "items": [item.id for item in catalogue.items],
    }
    for key, found in ids.items():
        for name, count in Counter(found).items():
            if count > 1:
                yield say(f"{key}.{name}", "编号重复", "the id stands twice")
    for position, item in enumerate(catalogue.items, start=1):
        if item.number != position:
            yield say(
                f"items.{item.id}.number",
                f"序号应为 {position}",
                f"the number should be {position}",
            )


def _variant_references(
    catalogue: Catalogue, name: str, variant: Variant, say: _Say
) -> Iterator[Problem]:
    yield from _unknown(f"variants.{name}.groups", variant.groups, catalogue.groups, say)
    if variant.within is None:
        return
    if variant.within not in catalogue.variants:
        yield from _unknown(f"variants.{name}.within", [variant.within], catalogue.variants, say)
    elif catalogue.variants[catalogue.lineage(name)[-1]].within is not None:
        yield say(f"variants.{name}.within", "循环引用", "it leads back to itself")


def _lines_out_of_range(catalogue: Catalogue, say: _Say) -> Iterator[Problem]:
    standard = catalogue.standard
    for key in ("pass_line", "pass_line_alternative"):
        if (line := getattr(standard, key)) is not None and line > standard.total:
            yield say(f"standard.{key}", "超过总分", "it exceeds the total")
    if standard.part_floor is not None and standard.part_floor > 100:
        yield say("standard.part_floor", "应为百分比，至多100", "a percentage, at most 100")
    if (whole := total(part.points for part in catalogue.parts)) != standard.total:
        yield say(
            "standard.total",
            f"各大类分值合计为 {plain(whole)}",
            f"the parts add up to {plain(whole)}",
        )


def _group_sums(catalogue: Catalogue, group: str, say: _Say) -> Iterator[Problem]:
    items = [item for item in catalogue.items if group in item.groups]
    for part in catalogue.parts:
        got = total(item.points for item in items if item.part == part.id)
        if got != part.points:
            yield say(
                f"parts.{part.id}.points",
                f"{group} 组各指标分值合计为 {plain(got)}",
                f"the items of {group} add up to {plain(got)}",
            )


def _part_counts(catalogue: Catalogue, part: Part, say: _Say) -> Iterator[Problem]:
    items = [item for item in catalogue.items if item.part == part.id]
    for section in part.sections:
        got = total(item.points for item in items if item.section == section.id)
        if got != section.points:
            yield say(
                f"parts.{part.id}.sections.{section.id}.points",
                f"各指标分值合计为 {plain(got)}",
                f"its items add up to {plain(got)}",
            )
    for group, printed in part.item_counts.items():
        key = f"parts.{part.id}.item_counts.{group}"
        if group != _ALL and group not in catalogue.groups:
            yield say(key, "没有定义这个组", "the group is not defined")
            continue
        count = sum(group == _ALL or group in item.groups for item in items)
        if count != printed:
            yield say(key, f"实有 {count} 项", f"there are {count} items")


def _printed_counts(catalogue: Catalogue, say: _Say) -> Iterator[Problem]:
    printed = catalogue.standard.counts
    if printed is None:
        return
    constraint = sum(item.constraint for item in catalogue.items)
    found = {
        "items": len(catalogue.items),
        "constraint": constraint,
        "improvement": len(catalogue.items) - constraint,
    }
    for key, count in found.items():
        if getattr(printed, key) != count:
            yield say(f"standard.counts.{key}", f"实有 {count} 项", f"there are {count} of them")


def _scoring_faults(item: Item) -> Iterator[tuple[str, str, str]]:
    """(key, zh, en) for each way in which the rule does not come to the item's points."""
    rule = item.scoring
    needs = {
        "per_finding": rule.type == "deduct",
        "items": rule.type in ("deduct_items", "additive", "tiered"),
    }
    given = {
        "per_finding": rule.per_finding is not None,
        "items": bool(rule.criteria or rule.by_variant),
    }
    for key, needed in needs.items():
        if needed != given[key]:
            yield key, f"与类型 {rule.type} 不符", f"it does not fit the type {rule.type}"
            return
    if rule.per_finding is not None and rule.per_finding > item.points:
        yield "per_finding", "超过该项分值", "it exceeds the item's points"
    if rule.by_variant and rule.type != "additive":
        yield "by_variant", "只用于 additive", "only for the type additive"
    if rule.cap is not None and rule.cap != item.points:
        yield "cap", "应等于该项分值", "it must equal the item's points"
    yield from _list_faults(item)


def _list_faults(item: Item) -> Iterator[tuple[str, str, str]]:
    lists: Mapping[str, tuple[Criterion, ...]] = item.scoring.by_variant or {
        "": item.scoring.criteria
    }
    for name, lines in lists.items():
        key = f"by_variant.{name}" if name else "items"
        if len({line.id for line in lines}) != len(lines):
            yield key, "编号重复", "an id stands twice"
        most = _most(item.scoring.type, lines)
        short = item.scoring.type in ("additive", "tiered") and most < item.points
        over = item.scoring.type in ("deduct_items", "tiered") and most > item.points
        if short or over:
            yield key, f"合计为 {plain(most)}", f"its lines come to {plain(most)}"


def _most(kind: str, lines: tuple[Criterion, ...]) -> Decimal:
    if kind != "tiered":
        return total(line.most for line in lines)
    ways = {line.option for line in lines}
    return max(total(line.most for line in lines if line.option == way) for way in ways)


def _variant_gaps(catalogue: Catalogue, item: Item, say: _Say) -> Iterator[Problem]:
    """A mining method that the item neither has a text for nor is excused from."""
    for told in (set(item.variants), set(item.scoring.by_variant)):
        sorts = {catalogue.variants[name].by for name in told}
        for name, variant in catalogue.variants.items():
            if variant.by not in sorts or not _may_meet(item, variant):
                continue
            lineage = catalogue.lineage(name)
            near = any(known in lineage or name in catalogue.lineage(known) for known in told)
            if not near and not any(wide in item.not_applicable_for for wide in lineage):
                yield say(
                    f"items.{item.id}.variants.{name}",
                    "既无评分说明，也未列为不涉及",
                    "neither a text for this variant nor an excuse",
                )


def _may_meet(item: Item, variant: Variant) -> bool:
    return not variant.groups or not set(variant.groups).isdisjoint(item.groups)
