"""The list's status: a table of transitions, and nothing outside it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.register.rules import (
    EVENT_WORDS,
    LEVEL_WORDS,
    METHOD_WORDS,
    ON_THE_LIST,
    SCALE_WORDS,
    STATUS_WORDS,
    TRANSITIONS,
    Level,
    ListEvent,
    ListStatus,
    Method,
    Scale,
    WrongStatus,
    allowed_events,
    is_marked,
    kind_of,
    next_status,
    printed,
    status_words,
)

LISTED, RECTIFYING = ListStatus.LISTED, ListStatus.RECTIFYING
REMOVED, REAPPLYING = ListStatus.REMOVED, ListStatus.REAPPLYING
ALLOWED: dict[ListStatus | None, dict[str, ListStatus]] = {
    None: {"enter": LISTED},
    LISTED: {
        "raise": LISTED,
        "mark": LISTED,
        "clear_mark": LISTED,
        "order_rectification": RECTIFYING,
        "remove": REMOVED,
        "reassess": LISTED,
    },
    RECTIFYING: {
        "raise": RECTIFYING,
        "mark": RECTIFYING,
        "clear_mark": RECTIFYING,
        "order_rectification": RECTIFYING,
        "accept_rectification": LISTED,
        "remove": REMOVED,
        "reassess": RECTIFYING,
    },
    REMOVED: {"reapply": REAPPLYING},
    REAPPLYING: {"enter": LISTED, "end_reapplication": REMOVED},
}
EVERY_PAIR = list(itertools.product((None, *ListStatus), ListEvent))


@pytest.mark.rule("R-IM-34")
@pytest.mark.parametrize(("status", "event"), EVERY_PAIR)
def test_every_status_allows_exactly_the_events_of_the_documents(
    status: ListStatus | None, event: ListEvent
) -> None:
    expected = ALLOWED[status].get(event.value)
    if expected is not None:
        assert next_status(status, event) is expected
        return
    with pytest.raises(WrongStatus) as caught:
        next_status(status, event)
    assert caught.value.facts == {"status": status, "event": event}
    assert EVENT_WORDS[event][0] in caught.value.zh


@pytest.mark.rule("R-IM-33", "R-NAT-22")
def test_a_mine_comes_on_the_list_by_entry_alone() -> None:
    entering = {event for status, event in TRANSITIONS if status not in ON_THE_LIST
                and TRANSITIONS[status, event] in ON_THE_LIST}  # fmt: skip
    assert entering == {ListEvent.ENTER}


@pytest.mark.rule("R-NAT-4")
def test_there_is_a_national_and_a_regional_list_and_no_other() -> None:
    assert [printed(LEVEL_WORDS, level) for level in Level] == ["国家级", "自治区级"]
    assert [kind_of(LEVEL_WORDS, word) for word in ("市级", "县级", "旗县级", "盟市级")] == [
        None
    ] * 4


@given(st.lists(st.sampled_from(ListEvent), max_size=30))
def test_however_events_come_a_removed_mine_returns_only_by_applying_again(
    events: list[ListEvent],
) -> None:
    status: ListStatus | None = None
    taken: list[ListEvent] = []
    for event in events:
        if event in allowed_events(status):
            status = next_status(status, event)
            taken.append(event)
    if ListEvent.REMOVE in taken and status in ON_THE_LIST:
        after = taken[len(taken) - 1 - taken[::-1].index(ListEvent.REMOVE) :]
        assert ListEvent.REAPPLY in after
        assert ListEvent.ENTER in after


@given(st.lists(st.sampled_from(ListEvent), max_size=30))
def test_no_event_brings_a_mine_back_to_never_listed_and_every_status_has_a_way_on(
    events: list[ListEvent],
) -> None:
    status: ListStatus | None = None
    for event in events:
        if event in allowed_events(status):
            status = next_status(status, event)
    assert allowed_events(status) != frozenset()


@pytest.mark.rule("R-IM-34")
@pytest.mark.parametrize(
    ("status", "marks", "marked", "shown"),
    [
        (LISTED, (), False, "在库"),
        (LISTED, ("R-IM-37.1",), True, "在库（标注）"),
        (LISTED, ("R-IM-37.1", "R-IM-37.2"), True, "在库（标注）"),
        (RECTIFYING, (), True, "限期整改"),
        (RECTIFYING, ("R-IM-37.2",), True, "限期整改"),
        (REMOVED, ("R-IM-37.1",), False, "移出"),
        (REAPPLYING, (), False, "重新申报"),
    ],
)
def test_a_mark_lies_over_the_status_and_a_rectification_implies_one(
    status: ListStatus, marks: tuple[str, ...], marked: bool, shown: str
) -> None:
    assert is_marked(status, marks) is marked
    assert status_words(status, marks) == shown


@pytest.mark.rule("R-IM-34")
def test_a_mark_changes_no_status() -> None:
    for status in ON_THE_LIST:
        assert next_status(status, ListEvent.MARK) is status
        assert next_status(status, ListEvent.CLEAR_MARK) is status


def test_every_status_event_and_kind_has_its_words() -> None:
    assert STATUS_WORDS.keys() == set(ListStatus)
    assert EVENT_WORDS.keys() == set(ListEvent)
    assert LEVEL_WORDS.keys() == set(Level)
    assert METHOD_WORDS.keys() == set(Method)
    assert SCALE_WORDS.keys() == set(Scale)


@pytest.mark.parametrize(
    ("word", "method"),
    [
        ("露天开采", Method.OPEN_PIT),
        ("地下开采", Method.UNDERGROUND),
        ("井工开采", Method.UNDERGROUND),
        ("混合开采", Method.MIXED),
        ("露天/地下开采", Method.MIXED),
        ("钻井开采", Method.WELL),
        ("开采", None),
        ("", None),
    ],
)
def test_a_method_is_known_by_its_official_words_only(word: str, method: Method | None) -> None:
    assert kind_of(METHOD_WORDS, word) is method


def test_what_is_printed_is_read_back() -> None:
    assert all(kind_of(METHOD_WORDS, printed(METHOD_WORDS, m)) is m for m in Method)
    assert all(kind_of(SCALE_WORDS, printed(SCALE_WORDS, s)) is s for s in Scale)
    assert all(kind_of(LEVEL_WORDS, printed(LEVEL_WORDS, v)) is v for v in Level)


def test_no_word_means_two_kinds() -> None:
    for table in (METHOD_WORDS, SCALE_WORDS, LEVEL_WORDS):
        words = [word for known in table.values() for word in known]
        assert len(words) == len(set(words))
