"""What stands in a drawing reads like the procedure: questions, answers, names of offices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .picture import DIAGRAMS, FRAMES, GATEWAYS, Picture, find, read_picture

CHINESE = re.compile(r"[\u4e00-\u9fff]")
QUESTION = "？"
RESERVED = frozenset({"Start", "End", "Root"})
DECIDING = ("exclusiveGateway", "inclusiveGateway")


@pytest.fixture(params=DIAGRAMS, ids=lambda path: path.stem)
def picture(request: pytest.FixtureRequest) -> Picture:
    path: Path = request.param
    return read_picture(path)


def test_every_gateway_with_several_exits_is_a_question(picture: Picture) -> None:
    silent = [
        node.id
        for node in picture.nodes
        if node.tag in GATEWAYS and len(picture.exits(node.id)) > 1 and node.name[-1:] != QUESTION
    ]
    assert silent == []


def test_every_exit_of_a_question_is_an_answer_of_its_own(picture: Picture) -> None:
    for node in picture.nodes:
        answers = [wire.name for wire in picture.exits(node.id)]
        if len(answers) > 1:
            assert all(CHINESE.search(answer) for answer in answers), node.id
            assert not any(answer.endswith(QUESTION) for answer in answers), node.id
            assert len(set(answers)) == len(answers), node.id


def test_a_decision_has_one_default_and_a_condition_on_every_other_exit(picture: Picture) -> None:
    for tag in DECIDING:
        for gateway in find(picture.root, f"//bpmn:{tag}"):
            exits = {wire.id for wire in picture.exits(gateway.get("id", ""))}
            if len(exits) > 1:
                with_condition = {
                    flow.get("id", "")
                    for flow in find(picture.root, "//bpmn:sequenceFlow[bpmn:conditionExpression]")
                }
                assert exits - with_condition == {gateway.get("default")}, gateway.get("id")


def test_everything_has_a_chinese_name(picture: Picture) -> None:
    nameless = [
        shape.id
        for shape in picture.shapes.values()
        if not CHINESE.search(shape.name) and not _is_join(picture, shape.id)
    ]
    assert nameless == []


def _is_join(picture: Picture, node: str) -> bool:
    return picture.shapes[node].tag in GATEWAYS and len(picture.exits(node)) == 1


def test_a_question_is_asked_only_where_there_is_a_choice(picture: Picture) -> None:
    asking = [node for node in picture.nodes if node.name.endswith(QUESTION)]
    assert all(len(picture.exits(node.id)) > 1 for node in asking)


def test_every_id_stands_once_and_none_is_reserved(picture: Picture) -> None:
    ids = [element.get("id", "") for element in find(picture.root, "//*[@id]")]
    assert len(set(ids)) == len(ids)
    assert RESERVED.isdisjoint(ids)


def test_no_two_steps_of_a_procedure_have_the_same_name(picture: Picture) -> None:
    steps = [n.name for n in picture.nodes if n.tag.endswith("Task") or n.tag == "callActivity"]
    assert len(set(steps)) == len(steps)


def test_there_is_one_pool_and_it_runs(picture: Picture) -> None:
    pools = [shape for shape in picture.shapes.values() if shape.tag == "participant"]
    processes = find(picture.root, "//bpmn:process")
    assert len(pools) == len(processes) == 1
    assert processes[0].get("isExecutable") == "true"
    assert {shape.tag for shape in picture.shapes.values()} >= FRAMES


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_file_is_named_after_its_procedure(path: Path) -> None:
    (process,) = find(read_picture(path).root, "//bpmn:process")
    assert process.get("id") == path.stem
