"""Student's t against published values."""

from fractions import Fraction

import pytest

from charter_score.figures import rounded_text
from charter_score.stats.intervals import t_quantile
from charter_score.stats.student import mean_interval


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (19, 2.093), (30, 2.042), (120, 1.980)],
)
def test_quantiles_are_those_of_the_tables(degrees: int, quantile: float) -> None:
    """The .975 quantile, as every table of the distribution has it."""
    assert t_quantile(0.975, degrees) == pytest.approx(quantile, abs=5e-4)


def test_the_interval_of_ten_scores() -> None:
    """Ten scores: 83, from 74.3695 to 91.6305."""
    scores = [60, 95, 80, 85, 90, 75, 100, 85, 70, 90]
    found = mean_interval([Fraction(score) for score in scores])
    assert found is not None
    assert [rounded_text(figure, 4) for figure in found] == ["83", "74.3695", "91.6305"]


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [5, 5, 5, 5, 5], []])
def test_too_few_or_equal_values_have_no_interval(values: list[int]) -> None:
    """Four values, or values that are all equal, say nothing about where the mean could lie."""
    assert mean_interval([Fraction(value) for value in values]) is None
