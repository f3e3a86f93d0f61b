"""Verifying a signed case file with what an outsider has in hand: no database, no network."""

from __future__ import annotations

import json
from typing import IO, Any

from domain.endorsements.checkpoints import CheckpointUnreadable, checkpoints_in
from domain.endorsements.trust import TrustUnreadable, read_trust
from domain.endorsements.verdict import Verdict
from domain.endorsements.verify import verify_case_file


def verify_with_files(stream: IO[bytes], trust: bytes, checkpoints: bytes | None) -> Verdict:
    """The verdict on a file, by the contents of a trust file and a checkpoint file."""
    known = read_trust(_parsed(trust, TrustUnreadable))
    said = _parsed(checkpoints, CheckpointUnreadable) if checkpoints is not None else None
    return verify_case_file(stream, known, checkpoints_in(said) if said is not None else ())


def _parsed(content: bytes, refusal: type[Exception]) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise refusal from error
