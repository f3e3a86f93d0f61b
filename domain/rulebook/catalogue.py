"""The catalogue of rules: ``rules.toml`` read and checked, as frozen values."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from domain.rulebook.faults import Fault, refuse_if_any

FILE = "domain/rules.toml"
RULE_ID = r"R-(NAT|IM|ORD|YJ|GEN)-[1-9]\d*(\.[1-9]\d*)?"


@dataclass(frozen=True)
class Bilingual:
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Source:
    """The paragraph of a document a rule was taken from."""

    document: str
    section: str


@dataclass(frozen=True)
class Rule:
    """A rule or numbered condition; without ``reason`` it must have its place."""

    id: str
    section: str
    sources: tuple[Source, ...]
    sentence: Bilingual
    reason: Bilingual | None = None

    @property
    def is_condition(self) -> bool:
        """Whether this is one of the numbered conditions of marking, rectifying or removing."""
        return "." in self.id


@dataclass(frozen=True)
class Catalogue:
    """Every rule by id, with the names of documents and sections."""

    documents: Mapping[str, Bilingual]
    sections: Mapping[str, Bilingual]
    rules: Mapping[str, Rule]

    def printed_source(self, rule: Rule) -> str:
        """Where the rule is printed, in full: document titles and paragraphs."""
        return "；".join(
            f"{self.documents[source.document].zh} {source.section}" for source in rule.sources
        )


_ZH = validate.Regexp(r"^[^。]+。$", error="one Chinese sentence that ends in 。")
_EN = validate.Regexp(r"^.*[^.]\.$", error="one English sentence that ends in a full stop")


class _NameSchema(Schema):
    zh = fields.String(required=True, validate=validate.Length(min=1, max=120))
    en = fields.String(required=True, validate=validate.Length(min=1, max=160))


class _RuleSchema(Schema):
    section = fields.String(required=True)
    source = fields.String(required=True, validate=validate.Length(min=1, max=120))
    zh = fields.String(required=True, validate=_ZH)
    en = fields.String(required=True, validate=_EN)
    reason_zh = fields.String(validate=_ZH)
    reason_en = fields.String(validate=_EN)


class _FileSchema(Schema):
    document = fields.Dict(fields.String(), fields.Nested(_NameSchema), required=True)
    section = fields.Dict(fields.String(), fields.Nested(_NameSchema), required=True)
    rule = fields.Dict(
        fields.String(validate=validate.Regexp(f"^{RULE_ID}$", error="not the id of a rule")),
        fields.Nested(_RuleSchema),
        required=True,
    )


@cache
def shipped_catalogue() -> Catalogue:
    """The project's own catalogue."""
    return read_catalogue((files("domain") / "rules.toml").read_text("utf-8"))


def read_catalogue(text: str) -> Catalogue:
    """The catalogue a text holds, or :class:`RulebookRefused` with every fault."""
    loaded = _load(text)
    catalogue = Catalogue(
        documents=_names(loaded["document"]),
        sections=_names(loaded["section"]),
        rules=MappingProxyType({key: _rule(key, raw) for key, raw in loaded["rule"].items()}),
    )
    refuse_if_any((*_state_faults(loaded["rule"]), *_name_faults(catalogue)))
    return catalogue


def _load(text: str) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = _FileSchema().load(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        refuse_if_any([_fault("", "toml", f"不是有效的 TOML：{error}", f"not TOML: {error}")])
        raise
    except ValidationError as error:
        refuse_if_any(
            _fault(place, "value", f"不合要求：{message}", f"refused: {message}")
            for place, message in _flat(error.messages)
        )
        raise
    return loaded


def _flat(messages: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every message with the dotted place it belongs to."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            # marshmallow says "key" and "value" for the two halves of a mapping's entry
            step = "" if key in ("key", "value") else f".{key}"
            yield from _flat(inner, (place + step).removeprefix("."))
    elif isinstance(messages, list):
        for message in messages:
            yield from _flat(message, place)
    else:
        yield place, str(messages)


def _fault(place: str, code: str, zh: str, en: str) -> Fault:
    return Fault(FILE, place, code, zh, en)


def _names(raw: Mapping[str, Mapping[str, str]]) -> Mapping[str, Bilingual]:
    return MappingProxyType({key: Bilingual(**names) for key, names in raw.items()})


def _rule(key: str, raw: Mapping[str, str]) -> Rule:
    reason = (raw.get("reason_zh"), raw.get("reason_en"))
    parts = (part.strip().partition(" ") for part in raw["source"].split(";"))
    return Rule(
        id=key,
        section=raw["section"],
        sources=tuple(Source(document, section) for document, _, section in parts),
        sentence=Bilingual(raw["zh"], raw["en"]),
        reason=Bilingual(reason[0], reason[1]) if reason[0] and reason[1] else None,
    )


def _state_faults(raw_rules: Mapping[str, Mapping[str, str]]) -> Iterator[Fault]:
    for key, raw in raw_rules.items():
        reasons = ("reason_zh" in raw) + ("reason_en" in raw)
        if reasons == 1:
            yield _fault(
                f"rule.{key}",
                "half_a_reason",
                "理由须中英文齐备",
                "a reason needs both languages",
            )


def _name_faults(catalogue: Catalogue) -> Iterator[Fault]:
    for rule in catalogue.rules.values():
        for zh, en, name in _undefined(catalogue, rule):
            yield _fault(
                f"rule.{rule.id}", "unknown_name", f"未定义的{zh}“{name}”", f"no {en} named {name}"
            )


def _undefined(catalogue: Catalogue, rule: Rule) -> Iterator[tuple[str, str, str]]:
    if rule.section not in catalogue.sections:
        yield "章节", "section", rule.section
    for source in rule.sources:
        if source.document not in catalogue.documents or not source.section:
            yield "文件", "document with a section", f"{source.document} {source.section}".strip()
