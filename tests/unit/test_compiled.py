"""A rubric as numbers: where a band begins, what reaches it, and what each rating is worth."""

from fractions import Fraction

import pytest

from charter_score.compiled import LOWEST, Bound, Worth, band_of, place_of, worths_of
from documents import rubric_from

BOUNDS = [
    LOWEST,
    *(
        Bound(Fraction(percent, 100), is_included=is_included)
        for percent in (0, 50, 70, 99, 100)
        for is_included in (True, False)
    ),
]


@pytest.mark.parametrize("bound", BOUNDS)
def test_fewest_units_that_reach_a_bound(bound: Bound) -> None:
    """The fewest of so many units reach the bound, and one fewer does not."""
    for available in range(1, 21):
        fewest = bound.fewest(available)
        assert bound.is_reached_by(Fraction(fewest, available))
        assert not fewest or not bound.is_reached_by(Fraction(fewest - 1, available))


RUBRIC = """
id: r
version: "1"
title: R
sections:
  - id: s
    title: S
    criteria: [{id: a, title: A, points: 3, not_applicable: allowed}]
"""


@pytest.mark.parametrize(
    ("percent", "name"),
    [(0, "Low"), (49, "Low"), (50, "Middle"), (90, "Middle"), (91, "High"), (100, "High")],
)
def test_band_of_a_share(percent: int, name: str) -> None:
    """The band is the last one whose bound the share reaches."""
    bands = "[{name: Low}, {name: Middle, from: 50}, {name: High, above: 90}]"
    band = band_of(rubric_from(f"{RUBRIC}\nbands: {bands}"), Fraction(percent, 100))
    assert band is not None
    assert band.name == name


def test_a_share_without_a_band() -> None:
    """A rubric without bands gives none, and a share below every bound has no place."""
    assert band_of(rubric_from(RUBRIC), Fraction(1)) is None
    assert place_of(Fraction(49, 100), [Bound(Fraction(50, 100), is_included=True)]) == -1


def test_what_each_rating_is_worth() -> None:
    """Every rating that a reviewer may give, in order: n/a is not missed and not observed."""
    rubric = rubric_from(f"{RUBRIC}\nnot_applicable: excluded")
    (_, criterion), *_ = rubric.criteria()
    nothing, three = Fraction(0), Fraction(3)
    assert worths_of(rubric, criterion) == (
        Worth("met", three, three, three, False, False, True, nothing, False),
        Worth("not met", nothing, three, three, False, True, True, three, False),
        Worth("n/a", nothing, nothing, three, True, False, False, nothing, False),
    )
