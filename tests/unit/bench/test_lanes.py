"""The floor writes the same rows, plain SpiffWorkflow goes the same way, and both are found out."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from bench.databases import Sqlite
from bench.lanes import LANES, Lanes, open_lanes
from bench.meter import Cost, percentile, ratios
from bench.parts.floor import floor_ratio
from bench.rows import changes
from bench.samples import review
from bench.web_nodes import hidden
from bench.world import answers
from engine.store.tables import cases, item_candidates, records


@pytest.fixture
def lanes(tmp_path: Path) -> Lanes:
    with open_lanes(Sqlite(tmp_path), review()) as opened:
        yield opened


def test_the_floor_holds_what_ours_holds_row_by_row(lanes: Lanes) -> None:
    case_id = lanes.start()
    for decision in ("agree", "agree", "agree", "back"):
        costs = lanes.complete(case_id, answers(decision))
        assert tuple(costs) == LANES
        assert all(cost.cpu > 0 for cost in costs.values())
    assert lanes.is_equal()
    assert lanes.written[0].count > 5


def test_a_row_the_floor_lacks_is_found_out(lanes: Lanes) -> None:
    case_id = lanes.start()
    lanes.town.complete(lanes.town.open_items(case_id)[0], answers())
    assert not lanes.is_equal()


def test_plain_spiffworkflow_goes_the_same_way(lanes: Lanes) -> None:
    case_id = lanes.start()
    for _ in range(4):
        lanes.complete(case_id, answers())
    assert not lanes.town.open_items(case_id)
    document = lanes.hands["naive"].state(case_id)
    assert len(document) > 10 * len(lanes.state(case_id))
    with pytest.raises(StopIteration):
        lanes.stock.complete(document, "Fill", answers())


def test_all_twenty_eight_completions_are_measured_on_both_sides(tmp_path: Path) -> None:
    found = floor_ratio(Sqlite(tmp_path), instances=1, repetitions=1)
    assert found.is_equal
    assert found.completions == 28
    assert found.over("ours", "floor").middle > 1
    assert found.over("naive", "floor").middle > 1


def test_an_act_that_completes_nothing_is_not_measured(lanes: Lanes) -> None:
    case_id = lanes.start()
    with pytest.raises(LookupError, match="Fill was not completed"):
        lanes.complete(case_id, answers(), lambda _item, _values: None)


def test_only_hidden_fields_are_sent_back_never_the_button_of_the_draft() -> None:
    page = (
        '<input type="hidden" name="_key" value="k1"><input type="text" name="f.note" value="x">'
        '<button name="_draft" value="1">暂存</button><input type="hidden" name="f.a" value="">'
    )
    assert hidden(page) == {"_key": "k1", "f.a": ""}


def test_the_net_change_names_rows_gone_altered_and_new() -> None:
    names = [column.name for column in item_candidates.columns]
    row = dict.fromkeys(names, "x")
    key = tuple(row[column.name] for column in item_candidates.primary_key)
    other = (*key[:-1], "y")
    before = {"item_candidates": {key: tuple(row.values()), other: ("gone",)}}
    after = {"item_candidates": {key: (*list(row.values())[:-1], "later"), ("new",): ("n",)}}
    found = changes([item_candidates], before, after)
    assert found.updated == [(item_candidates, key, {names[-1]: "later"})]
    assert found.deleted == {item_candidates: [other]}
    assert found.inserted == {item_candidates: [("n",)]}
    assert (found.statements, found.count) == (3, 3)


def test_the_tables_that_change_are_found_by_their_rows(lanes: Lanes) -> None:
    assert {cases, records, item_candidates} <= set(lanes.tables)
    assert "memberships" not in {table.name for table in lanes.tables}


def test_ratios_are_taken_repetition_by_repetition() -> None:
    ours = [Cost(client=2), Cost(client=9), Cost(client=4)]
    floor = [Cost(client=1), Cost(client=3, server=6), Cost(client=1)]
    found = ratios(ours, floor)
    assert (found.middle, found.low, found.high) == (2, 1, 4)
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3


def test_a_case_that_does_not_exist_has_no_rows(lanes: Lanes) -> None:
    found = lanes.eye.look([cases, records], uuid4())
    assert found == {"cases": {}, "records": {}}
