"""What explain says is true as it is printed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter_score.outcome import Scored
from charter_score.render.results.explain import explain
from charter_score.render.text.console import Screen
from documents import review_from, rubric_from, scored

RATINGS = st.lists(st.sampled_from(["met", "not met", "n/a"]), min_size=23, max_size=23)


def explained(ratings: list[str], policy: str = "met") -> str:
    """The derivation of a review of as many criteria, on one line."""
    criteria = ", ".join(f"{{id: c{n}, title: T}}" for n in range(len(ratings)))
    rubric = rubric_from(
        f'id: r\nversion: "1"\ntitle: R\nnot_applicable: {policy}\n'
        f"sections: [{{id: s, title: S, criteria: [{criteria}]}}]"
    )
    given_ones = ", ".join(f"c{n}: {rating}" for n, rating in enumerate(ratings))
    result = scored(rubric, review_from(f"ratings: {{s: {{{given_ones}}}}}"))
    view = explain(Scored("r.yaml", "r", "0", "0", result))
    return " ".join(Screen().text(view).split())


def fraction(text: str) -> Fraction:
    """A number as explain writes it."""
    return Fraction(text.replace("−", "-"))


@given(RATINGS.filter(lambda ratings: set(ratings) != {"n/a"}), st.sampled_from(["met", "not_met"]))
def test_what_n_a_adds_is_an_equation_that_holds(ratings: list[str], policy: str) -> None:
    """Rounded parts need not add up, so the parts are exact."""
    text = explained(ratings, policy)
    said = text.partition("n/a adds: ")[2] or text.partition("n/a takes: ")[2]
    parts, _, rest = said.partition(" = ")
    score, observed = parts.split(" − ")
    difference = fraction(rest.split(",")[0]) if "which is" in rest else Fraction(0)
    assert fraction(score) - fraction(observed) == difference
    assert ("n/a takes: " in text) is (difference < 0)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("met", "n/a adds: 2/3 − 1/2 = 1/6, which is +16.7 points; 1 of 3 criteria was n/a"),
        ("not_met", "n/a takes: 1/3 − 1/2 = −1/6, which is −16.7 points; 1 of 3 criteria was n/a"),
        ("excluded", "n/a adds: 1/2 − 1/2 = 0 points; 1 of 3 criteria was n/a"),
    ],
)
def test_what_n_a_adds(policy: str, said: str) -> None:
    """With its sign, and in points as every view says it."""
    assert said in explained(["met", "not met", "n/a"], policy)
