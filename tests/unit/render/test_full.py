"""Sentences of the full view that must be true of every review."""

import pytest

from charter_score.outcome import Scored
from charter_score.render.full import full
from documents import review_from, rubric_from, scored

RUBRIC = """
id: r
version: "1"
title: R
on_critical: {effect}
bands: [{{name: Low}}, {{name: High, from: {bound}}}]
sections:
  - id: s
    title: S
    criteria:
      - {{id: a, title: A, points: 8}}
      - {{id: b, title: B, points: 1}}
      - {{id: c, title: C, points: 1, critical: true}}
"""


def shown(a: str, b: str, c: str, *, effect: str = "lowest_band", bound: int = 70) -> str:
    """The whole view of a review with these ratings, on one line."""
    rubric = rubric_from(RUBRIC.format(effect=effect, bound=bound))
    review = review_from(f"ratings: {{s: {{a: {a}, b: {b}, c: {c}}}}}")
    outcome = Scored("r.yaml", "r", "0", "0", scored(rubric, review))
    lines = full(outcome, 80)
    return " ".join("".join(span.text for span in line).strip() for line in lines)


@pytest.mark.parametrize(
    ("effect", "a", "said"),
    [
        ("lowest_band", "met", '"C" was missed, so the band is "Low" although the points are 90%.'),
        (
            "lowest_band",
            "not met",
            '"C" was missed, and the band is "Low", as it is by the points alone.',
        ),
        ("zero", "met", '"C" was missed, so the score is 0% although without it it would be 90%.'),
    ],
)
def test_a_missed_critical_criterion_is_blamed_for_what_it_did(
    effect: str, a: str, said: str
) -> None:
    """Where the points alone give the same band, nothing happened "although" of them."""
    assert said in shown(a, "met", "not met", effect=effect)


def test_a_score_of_nothing_is_not_blamed_on_a_critical_criterion() -> None:
    """Where no point was earned anyway, the score is 0% with the rule and without."""
    said = '"C" was missed, and the score is 0%, as it is by the points alone.'
    assert said in shown("not met", "not met", "not met", effect="zero")


@pytest.mark.parametrize(
    ("c", "said"), [("met", "both needs would make"), ("not met", "all 3 needs would make")]
)
def test_two_needs_are_both_needs(c: str, said: str) -> None:
    """Two needs that are wanted together are "both", three are "all 3"."""
    assert said in shown("not met", "not met", c, bound=100)
