"""Whatever a form shows, posting it unchanged gives the same values back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.forms.resolve import resolve
from engine.forms.validation import validate
from webapp.formkit.posted import parse_form_post
from webapp.formkit.render import render_form

from .browser import posted
from .samples import FILES, REVIEW, SHEET, form_context, form_of, render_context

CONTEXT = form_context()
PAGE = render_context(CONTEXT)

line = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20)
lines = st.lists(line, max_size=4).map("\n".join).map(lambda text: text.replace("\n", "\r\n"))
typed = line | st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str)
days = st.dates().map(lambda day: day.isoformat()) | st.just("") | st.just("明天")


def some(*values: str) -> st.SearchStrategy[list[str]]:
    return st.sets(st.sampled_from(values)).map(sorted)


reviews = st.fixed_dictionaries(
    {
        "unit": line,
        "area": typed,
        "verdict": st.just("fail"),
        "why": lines,
        "seen": some("licence", "right"),
        "day": days,
        "files": some(*FILES),
        "faults": st.lists(
            st.fixed_dictionaries({"what": line, "grave": st.booleans()}), max_size=4
        ),
        "contact": st.fixed_dictionaries(
            {"name": line, "role": st.sampled_from(["head", "other", None])}
        ),
        "sure": st.booleans(),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=reviews)
def test_a_form_posts_what_it_shows(values: dict[str, Any]) -> None:
    form = form_of(REVIEW)

    html = str(render_form(form, values, (), PAGE))

    again = parse_form_post(form, posted(html))
    assert again == values
    assert resolve(form, again, CONTEXT).values == resolve(form, values, CONTEXT).values


EVERYTHING: list[dict[str, Any]] = [
    {"type": "taglist", "id": "tags", "key": "a.tags", "label": "标签", "valuesKey": "tags"},
    {
        "type": "select",
        "id": "pick",
        "key": "a.pick",
        "label": "数",
        "valuesExpression": "=[1, 2.5]",
    },
    {"type": "datetime", "id": "time", "key": "time", "label": "时间", "subtype": "time"},
    {"type": "datetime", "id": "when", "key": "when", "label": "时刻", "subtype": "datetime"},
    {
        "type": "number",
        "id": "money",
        "key": "money",
        "label": "金额",
        "serializeToString": True,
    },
    {
        "type": "dynamiclist",
        "id": "outer",
        "path": "outer",
        "label": "外",
        "components": [
            {"type": "textfield", "id": "n", "key": "n", "label": "名"},
            {
                "type": "dynamiclist",
                "id": "inner",
                "path": "inner",
                "label": "内",
                "components": [
                    {"type": "number", "id": "m", "key": "m", "label": "数"},
                    {
                        "type": "filepicker",
                        "id": "fs",
                        "key": "fs",
                        "label": "件",
                        "multiple": True,
                    },
                ],
            },
        ],
    },
]
inner_rows = st.lists(
    st.fixed_dictionaries(
        {"m": st.none() | st.integers(-(10**9), 10**9).map(Decimal), "fs": some(*FILES)}
    ),
    max_size=3,
)
everything = st.fixed_dictionaries(
    {
        "a": st.fixed_dictionaries(
            {
                "tags": some("x", "y"),
                "pick": st.sampled_from([None, Decimal(1), Decimal("2.5")]),
            }
        ),
        "time": st.none() | st.just("09:30+08:00") | st.just("23:59+08:00"),
        "when": st.none()
        | st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1)).map(
            lambda moment: f"{moment:%Y-%m-%dT%H:%M}+08:00"
        ),
        "money": st.none() | st.just("12345678901234567890.5"),
        "outer": st.lists(st.fixed_dictionaries({"n": line, "inner": inner_rows}), max_size=3),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=everything)
def test_stored_values_survive_being_shown_and_posted(values: dict[str, Any]) -> None:
    form, context = form_of(EVERYTHING), form_context({"tags": ["x", "y"]})

    html = str(render_form(form, values, (), render_context(context)))
    checked = validate(form, parse_form_post(form, posted(html)), context)

    assert checked.errors == ()
    assert checked.values == resolve(form, values, context).values


proof = st.fixed_dictionaries(
    {},
    optional={
        "record": line.filter(lambda text: bool(text.strip())),
        "evidence": some(*FILES).filter(bool),
    },
)
counts = st.integers(0, 99) | st.sampled_from(["三", "-1", "1.5"])
points = st.sampled_from(["0", "1.5", "2", "很多"])


def row(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A row of the sheet: one way to score it, a reason why it does not apply, or nothing."""
    ways: list[st.SearchStrategy[dict[str, Any]]] = [
        st.fixed_dictionaries({name: way}) for name, way in choices.items()
    ]
    excuse = st.fixed_dictionaries(
        {"not_applicable": st.just(True), "reason": line.filter(lambda text: bool(text.strip()))}
    )
    return st.builds(lambda a, b: {**a, **b}, st.one_of(*ways, excuse), proof)


named = st.sampled_from([[], [{"id": "a"}], [{"id": "a"}, {"id": "b"}]])
sheets = st.fixed_dictionaries(
    {
        "prerequisites": st.dictionaries(
            st.sampled_from(["MP1", "MP5"]), st.booleans(), min_size=1
        ),
        "items": st.fixed_dictionaries(
            {},
            optional={
                "M01": row(deductions=named),
                "M02": row(deductions=counts.map(lambda n: [{"count": n}]), score=points),
                "M08": row(score=st.sampled_from(["5", "0"])),
                "M09": row(additions=named, score=points),
                "M45": row(
                    additions=st.integers(1, 9).map(lambda n: [{"id": "a", "count": n}]),
                ),
            },
        ).filter(bool),
    }
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sheet=sheets)
def test_a_score_sheet_posts_what_it_shows(sheet: dict[str, Any]) -> None:
    form = form_of(SHEET)

    html = str(render_form(form, {"sheet": sheet}, (), PAGE))

    assert parse_form_post(form, posted(html)) == {"sheet": sheet}
