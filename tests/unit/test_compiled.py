"""A rubric as numbers: where a band begins, and how much it takes to get there."""

from fractions import Fraction

import pytest

from charter_score.compiled import LOWEST, Bound

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
