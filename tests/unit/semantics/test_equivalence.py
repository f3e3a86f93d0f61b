"""The engine does what the semantics allows, on random processes, saved and restored at every act.

A failure names its seed; ``run_seeds([seed])`` runs it alone. Every seed that ever failed stays in
``kept_seeds.txt``. ``full`` runs many more.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.spiff.gateways import ParallelGateway
from tests.unit.semantics.equivalence import Result, run_equivalence, run_seeds
from tests.unit.semantics.eventful import CONDITIONAL, EVENTFUL
from tests.unit.semantics.mutation import WIDE

BATCH, BATCHES, MANY = 200, 4, 90
WIDE_BATCHES, EVENTFUL_BATCHES, CONDITIONAL_BATCHES = 3, 2, 1
"""Two thousand processes in all; ``full`` adds the rest."""
KEPT = Path(__file__).with_name("kept_seeds.txt")


def kept_seeds(*, is_open: bool) -> list[int]:
    lines = (line.split() for line in KEPT.read_text("utf-8").splitlines())
    found = [words for words in lines if words and words[0].isdigit()]
    return [int(words[0]) for words in found if (words[1] == "open") is is_open]


def agree(result: Result) -> None:
    known = kept_seeds(is_open=True)
    assert [failed for failed in result.failed if failed[0] not in known] == []
    assert result.approvals_skipped == 0


def test_seeds_that_ever_failed_agree_now() -> None:
    assert kept_seeds(is_open=False)
    result = run_seeds(kept_seeds(is_open=False))
    assert (result.failed, result.approvals_skipped) == ([], 0)


def test_a_seed_is_open_only_as_long_as_it_fails() -> None:
    seeds = kept_seeds(is_open=True)
    assert [seed for seed, _ in run_seeds(seeds).failed] == seeds


@pytest.mark.parametrize("batch", range(BATCHES))
def test_engine_and_semantics_agree_step_by_step(batch: int) -> None:
    result = run_equivalence(BATCH, batch * BATCH)
    agree(result)
    assert result.moves > BATCH * 8, "the processes are too short to say anything"
    assert result.joins > BATCH / 2, "too few joins were passed"
    assert result.completed > BATCH / 4, "too few came to their end"


@pytest.mark.parametrize("batch", range(WIDE_BATCHES))
def test_they_agree_on_processes_that_hold_everything(batch: int) -> None:
    result = run_equivalence(BATCH, WIDE + batch * BATCH)
    agree(result)
    assert result.moves > BATCH * 8, "the processes are too short to say anything"


@pytest.mark.parametrize("batch", range(EVENTFUL_BATCHES))
def test_they_agree_on_processes_with_event_sub_processes(batch: int) -> None:
    result = run_equivalence(BATCH, EVENTFUL + batch * BATCH)
    agree(result)
    assert result.moves > BATCH * 8, "the processes are too short to say anything"
    begun = {kind: n for kind, n in result.passed.items() if kind.startswith("startEvent/")}
    assert sum(begun.values()) > BATCH, "too few event sub-processes have begun"


@pytest.mark.parametrize("batch", range(CONDITIONAL_BATCHES))
def test_they_agree_on_processes_with_conditional_events(batch: int) -> None:
    result = run_equivalence(BATCH, CONDITIONAL + batch * BATCH)
    agree(result)
    happened = {kind: n for kind, n in result.passed.items() if "/conditional" in kind}
    assert sum(happened.values()) > BATCH / 4, "too few conditions became true"


@pytest.mark.full
@pytest.mark.parametrize("batch", range(EVENTFUL_BATCHES, 50))
def test_they_agree_on_many_more_processes_with_event_sub_processes(batch: int) -> None:
    agree(run_equivalence(BATCH, EVENTFUL + batch * BATCH))


@pytest.mark.full
@pytest.mark.parametrize("batch", range(WIDE_BATCHES, 50))
def test_they_agree_on_many_more_processes_that_hold_everything(batch: int) -> None:
    agree(run_equivalence(BATCH, WIDE + batch * BATCH))


@pytest.mark.full
@pytest.mark.parametrize("batch", range(BATCHES, BATCHES + MANY))
def test_engine_and_semantics_agree_on_many_more(batch: int) -> None:
    agree(run_equivalence(BATCH, batch * BATCH))


def test_a_join_that_lets_an_approval_slip_is_noticed_by_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ParallelGateway, "_taken", lambda _self, _level, waiting: list(waiting))
    result = run_equivalence(40, 0)
    assert result.mismatches > 5
    assert result.approvals_skipped > 5
