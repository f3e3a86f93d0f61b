"""Two drawings compared: what a redraw changes, in words, and nothing it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.model import Body, Kind, Loop, Node, Process, Zeebe
from engine.comparing.compare import Drawn, compare
from engine.comparing.facets import facets_of_node
from engine.comparing.model import Comparison, What
from engine.comparing.read import drawn_process
from engine.comparing.wording import FACETS, value_words
from tests.unit.semantics.mutation import blocks
from tests.unit.semantics.tiny import level
from webapp.places import data_root

NAMES = {
    "a": "受理",
    "b": "审查",
    "c": "会审",
    "x": "是否合格",
    "e": "办结",
    "s": "收件",
    "n": "退件",
}
PARAMETERS = {"review.days": 10}


def drawn(words: str, flows: str, inner: dict[str, Body] | None = None, **zeebe: Any) -> Drawn:
    """A process whose nodes have Chinese names; ``zeebe`` by node id."""
    body = level(words, flows, inner)
    nodes = {
        n.id: replace(n, **{"name": NAMES.get(n.id, n.id), **zeebe.get(n.id, {})})
        for n in body.nodes.values()
    }
    return Drawn(Process("p", "审批", Body(nodes, body.flows)), {})


def said(old: Drawn, new: Drawn) -> list[str]:
    return [change.zh for change in compare(old, new, PARAMETERS.get).changes]


STRAIGHT = drawn("s:start a b e:end", "s a b e")


def test_a_drawing_is_like_itself() -> None:
    assert said(STRAIGHT, STRAIGHT) == []


def test_a_step_put_between_two_is_one_change() -> None:
    longer = drawn("s:start a c b e:end", "s a c b e")
    assert said(STRAIGHT, longer) == ["新增人工环节“会审”（在“受理”之后、在“审查”之前）"]
    assert said(longer, STRAIGHT) == ["删去人工环节“会审”（在“受理”之后、在“审查”之前）"]


def test_a_way_that_leads_elsewhere_is_told_by_its_ends() -> None:
    old = drawn("s:start a x:xor b e:end n:end", "s a x b e, x n")
    new = drawn("s:start a x:xor b e:end n:end", "s a x b n, x e")
    assert sorted(said(old, new)) == [
        "删去连线“审查 → 办结”",
        "删去连线“是否合格 → 退件”",
        "新增连线“审查 → 退件”",
        "新增连线“是否合格 → 办结”",
    ]


PERIODS = [
    ("=working days(10)", "=working days(5)", "由 10 个工作日改为 5 个工作日"),
    ("", "P5D", "由（无）改为 5 天"),
    ("P1M", "PT36H", "由 1 个月改为 36 小时"),
    (
        '=working days(parameter("review.days"))',
        '=working days(parameter("other"))',
        "由 10（参数 review.days） 个工作日改为参数 other 个工作日",
    ),
    ("=case.due", "P5D", "由“=case.due”改为 5 天"),
]


@pytest.mark.parametrize(("before", "after", "words"), PERIODS)
def test_a_deadline_is_told_in_days(before: str, after: str, words: str) -> None:
    old = drawn("s:start a e:end", "s a e", a={"zeebe": Zeebe(due_date=before)})
    new = drawn("s:start a e:end", "s a e", a={"zeebe": Zeebe(due_date=after)})
    assert said(old, new) == [f"“受理”的期限{words}"]


def test_people_forms_and_properties_are_told_by_name() -> None:
    old = drawn("s:start a e:end", "s a e", a={"zeebe": Zeebe(candidate_groups="clerk")})
    more = Zeebe(candidate_groups="leader", form_id="opinion", properties={"rigid": "true"})
    new = drawn("s:start a e:end", "s a e", a={"zeebe": more})
    assert said(old, new) == [
        "“受理”的办理角色由“clerk”改为“leader”",
        "“受理”的表单由（无）改为“opinion”",
        "“受理”的属性 rigid 由（无）改为是",
    ]


def test_a_condition_and_the_default_exit_are_told() -> None:
    old = drawn("s:start x:xor b e:end n:end", "s x, x b if =good, x n if else, b e")
    new = drawn("s:start x:xor b e:end n:end", "s x, x b if else, x n if =bad, b e")
    assert sorted(said(old, new)) == [
        "“是否合格 → 审查”的条件由“=good”改为“else”",
        "“是否合格 → 退件”的条件由“else”改为“=bad”",
        "“是否合格”的默认出口由“退件”改为“审查”",
    ]


def test_a_step_that_was_renamed_is_told_once() -> None:
    old = drawn("s:start x:xor b e:end", "s x, x b if else, x e if =bad, b e")
    new = drawn("s:start x:xor b e:end", "s x, x b if else, x e if =bad, b e", b={"name": "初审"})
    assert said(old, new) == ["“审查”的名称由“审查”改为“初审”"]


def test_a_step_in_a_sub_process_is_compared_too() -> None:
    old = drawn("s:start u:sub e:end", "s u e", {"u": level("i:start k j:end", "i k j")})
    new = drawn("s:start u:sub e:end", "s u e", {"u": level("i:start k l j:end", "i k l j")})
    assert said(old, new) == ["新增人工环节“l”（在“k”之后、在“j”之前）"]


def test_an_id_that_a_tool_has_changed_is_the_same_step() -> None:
    old = drawn("s:start a b e:end", "s a b e")
    body = level("s:start q b e:end", "s q b e")
    nodes = {n.id: replace(n, name=NAMES.get(n.id, "受理")) for n in body.nodes.values()}
    new = Drawn(Process("p", "审批", Body(nodes, body.flows)), {})
    (told,) = said(old, new)
    assert told.startswith("“受理”的编号由 a 改为 q")


def test_a_name_that_stands_twice_tells_nothing_of_ids() -> None:
    both = {"a": {"name": "同名"}, "b": {"name": "同名"}}
    old = drawn("s:start a b e:end", "s a b e", **both)
    new = drawn("s:start c e:end", "s c e", c={"name": "同名"})
    kinds = [change.what for change in compare(old, new).changes]
    assert kinds.count(What.REMOVED) == 2
    assert kinds.count(What.ADDED) == 1


def test_what_was_only_moved_is_told_last_and_marked_least() -> None:
    old = replace(STRAIGHT, places={"a": (0, 0, 100, 80), "b": (200, 0, 100, 80)})
    changed = drawn("s:start a b e:end", "s a b e", b={"zeebe": Zeebe(due_date="P1D")})
    new = replace(changed, places={"a": (0, 50, 100, 80), "b": (200, 50, 100, 80)})
    found = compare(old, new)
    assert [c.what for c in found.changes] == [What.CHANGED, What.MOVED, What.MOVED]
    assert found.marks(old=False) == {"a": "moved", "b": "changed"}


def test_marks_name_the_elements_of_each_side() -> None:
    new = drawn("s:start a c e:end", "s a c e")
    found = compare(STRAIGHT, new)
    assert found.marks(old=True) == {"b": "removed"}
    assert found.marks(old=False) == {"c": "added"}


def test_every_facet_a_node_can_have_has_words() -> None:
    full = Zeebe(
        *(f"{n}" for n in range(9)),
        headers={"k": "v"},
        script="1",
        result_variable="r",
        called_process="c",
        called_decision="d",
        properties={"k": "v"},
    )
    node = Node("n", Kind.USER_TASK, "甲")
    facets = facets_of_node(replace(node, zeebe=full, loop=Loop(True, "=x", "y", "z", "w", "=c")))
    for facet, text in facets.items():
        assert facet.partition(":")[0] in {*FACETS, "property", "header"}
        assert all(value_words(facet, text, PARAMETERS.get))


def changes_of(found: Comparison) -> int:
    return len([c for c in found.changes if c.what is not What.MOVED])


@given(st.integers(0, 500))
def test_random_drawings_are_like_themselves_and_unlike_others(seed: int) -> None:
    one = Drawn(blocks(seed)[0][0], {})
    other = Drawn(blocks(seed + 1)[0][0], {})
    assert compare(one, one).changes == ()
    assert bool(compare(one, other).changes) == bool(compare(other, one).changes)


def test_the_variant_of_the_banner_is_told_from_its_parents() -> None:
    files = (
        data_root() / "processes" / who / "mine-application.bpmn"
        for who in ("ordos", "yijinhuoluo")
    )
    old, new = (drawn_process(path.read_bytes(), "mine-application") for path in files)
    found = compare(old, new)
    assert found.of(What.ADDED)
    assert not found.of(What.REMOVED)
    assert old.places
