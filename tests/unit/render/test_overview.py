"""What a summary says in words, wherever it is shown."""

import pytest

from charter_score.outcome import Scored
from charter_score.render.overview import overview
from charter_score.summary import summarise
from documents import review_from, rubric_from, scored

RUBRIC = rubric_from(
    'id: r\nversion: "1"\ntitle: R\nscales: {s: {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4}}\n'
    "sections: [{id: s, title: S, criteria: [{id: a, title: A, levels: s}]}]"
)


def score_of(*levels: int) -> str:
    """The line on the score, of reviews at quarters of the points."""
    reviews = [review_from(f"ratings: {{s: {{a: {level}}}}}") for level in levels]
    outcomes = [Scored("r.yaml", "r", "0", "0", scored(RUBRIC, one)) for one in reviews]
    (one,) = overview(summarise(outcomes))
    return dict(one.facts)["Score"]


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ((4,), "mean 100%, median 100%, from 100% to 100% (1 review)"),
        ((1, 2, 3, 4), "mean 62.5%, median 62.5%, from 25% to 100% (4 reviews)"),
        (
            (0, 1, 2, 3, 4),
            "mean 50%, median 50%, half of them 25% to 75%, from 0% to 100% (5 reviews)",
        ),
        (
            (0, 4, 4, 4, 4),
            "mean 80%, median 100%, half of them 100% to 100%, from 0% to 100% (5 reviews)",
        ),
    ],
)
def test_quartiles_are_said_of_enough_reviews(levels: tuple[int, ...], said: str) -> None:
    """Of fewer reviews than can be compared, a middle half would be a guess."""
    assert score_of(*levels) == said
