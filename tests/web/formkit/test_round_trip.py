"""Whatever a form shows, posting it unchanged gives the same values back."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.forms.resolve import resolve
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
