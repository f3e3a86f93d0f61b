"""The verdict on a case file: what was found, in words, and the exit code that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Outcome(IntEnum):
    """What a case file is; the numbers are exit codes of the command."""

    INTACT = 0
    ALTERED = 1
    INCOMPLETE = 3
    UNPROVED = 4


_A, _I, _U = Outcome.ALTERED, Outcome.INCOMPLETE, Outcome.UNPROVED

WORDS: Mapping[str, tuple[Outcome, str, str]] = {
    "layout": (_A, "文件的结构被改动", "the layout of the file was changed"),
    "form": (_A, "内容不是导出时的写法", "the content is not written as it was exported"),
    "foreign": (_A, "签名的密钥不在信任文件中", "signed with a key the trust file does not know"),
    "key_time": (_A, "签名时密钥不在有效期内", "the key was not valid when it signed"),
    "signature": (_A, "清单与签名不符", "the manifest does not agree with its signature"),
    "chain": (_A, "历史记录的链条断裂", "the chain of the history is broken"),
    "content": (_A, "历史记录的内容被改动", "the content of a fact was changed"),
    "head": (_A, "历史记录的末端与清单不符", "the history ends otherwise than the manifest says"),
    "origin": (_A, "办件的基本事实与历史不符", "the case is not what its history began with"),
    "record": (_A, "办理记录被改动", "a record was changed"),
    "record_stray": (_A, "有历史中没有的办理记录", "a record that the history does not know"),
    "attachment": (_A, "附件被改动", "an attachment was changed"),
    "attachment_stray": (_A, "有办件中没有的附件", "an attachment that no record knows"),
    "endorsement": (_A, "签字与所签内容不符", "a signature does not agree with what was signed"),
    "certificate": (_A, "签字人的证书无效", "the certificate of a signer is not good"),
    "signer_key": (_A, "签字时签字人的密钥无效", "the signer's key was not valid when he signed"),
    "checkpoint_bad": (_A, "检查点不是本单位签发的", "a checkpoint is not genuine"),
    "rewritten": (_A, "与检查点记载的历史不同", "the history is another than a checkpoint says"),
    "cut": (_I, "文件的末尾缺失", "the end of the file is missing"),
    "part_missing": (_I, "文件缺少一部分", "a part of the file is missing"),
    "tail_missing": (_I, "历史记录的末尾缺失", "the end of the history is missing"),
    "record_missing": (_I, "缺少办理记录", "a record is missing"),
    "attachment_missing": (_I, "缺少附件", "an attachment is missing"),
    "later": (_I, "检查点显示此后还有历史", "a checkpoint knows of a longer history"),
    "unproved": (
        _U,
        "内容完好；办件尚未办结，没有检查点能证明此后没有别的记录",
        "intact; the case is running and no checkpoint proves that nothing follows",
    ),
}
"""What may be found: how bad it is, and its sentence in both languages."""


@dataclass(frozen=True)
class Found:
    """One thing that was found, and where."""

    code: str
    where: str = ""

    @property
    def outcome(self) -> Outcome:
        """How bad it is."""
        return WORDS[self.code][0]

    def words(self, *, chinese: bool) -> str:
        """The finding as a sentence."""
        _outcome, zh, en = WORDS[self.code]
        text = zh if chinese else en
        if not self.where:
            return text
        return f"{text}（{self.where}）" if chinese else f"{text} ({self.where})"


@dataclass(frozen=True)
class SignedBy:
    """A signature that was rightly given; ``is_void`` when its content was submitted anew."""

    name: str
    capacity: str
    step: str
    at: str
    key: str
    is_void: bool


@dataclass(frozen=True)
class Verdict:
    """What a case file is, what was found in it, and what it says of itself."""

    found: tuple[Found, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    signatures: tuple[SignedBy, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Altered outweighs incomplete, incomplete what cannot be proved."""
        return min((one.outcome for one in self.found), default=Outcome.INTACT)

    def as_json(self) -> dict[str, Any]:
        """The verdict for programs."""
        return {
            "outcome": self.outcome.name.lower(),
            "exit": int(self.outcome),
            "found": [
                {
                    "code": one.code,
                    "where": one.where,
                    "zh": one.words(chinese=True),
                    "en": one.words(chinese=False),
                }
                for one in self.found
            ],
            "case": dict(self.facts),
            "signatures": [
                {
                    "name": s.name,
                    "as": s.capacity,
                    "step": s.step,
                    "at": s.at,
                    "key": s.key,
                    "void": s.is_void,
                }
                for s in self.signatures
            ],
        }
