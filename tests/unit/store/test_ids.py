"""Ids are UUIDv7 and sort in the order in which they were made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from engine.ids import new_id


def test_ids_are_version_seven_of_the_rfc() -> None:
    made = new_id()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_threads_never_get_the_same_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: [new_id() for _ in range(500)], range(16)))
    assert len({i for some in made for i in some}) == 8_000
