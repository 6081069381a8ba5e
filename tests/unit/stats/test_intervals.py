"""Intervals agree with published figures, and hold what an interval promises."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter_score.stats.intervals import mean_interval, t_probability, t_quantile, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (9, 11, 0.5230, 0.9486),
    ],
)
def test_wilson_gives_the_published_intervals(k: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998, table I, method 3 (the last by the same formula)."""
    interval = wilson(k, n)
    assert interval is not None
    assert tuple(round(end, 4) for end in interval) == (low, high)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_its_share_and_stays_a_share(k_of_n: tuple[int, int]) -> None:
    """The share lies inside, and neither end leaves 0 to 1."""
    k, n = k_of_n
    interval = wilson(k, n)
    assert interval is not None
    assert 0 <= interval.low <= k / n <= interval.high <= 1


def test_nothing_has_no_interval() -> None:
    """Of no review there is no share."""
    assert wilson(0, 0) is None


def _shares(*percents: int) -> Counter[Fraction]:
    return Counter(Fraction(percent, 100) for percent in percents)


def test_a_mean_has_students_interval() -> None:
    """The worked figure: mean 83, from 74.3695 to 91.6305."""
    interval = mean_interval(_shares(60, 95, 80, 85, 90, 75, 100, 85, 70, 90))
    assert interval is not None
    assert [round(end * 100, 4) for end in interval] == [74.3695, 91.6305]


@pytest.mark.parametrize("values", [_shares(), _shares(80, 90, 70, 60), _shares(*[80] * 9)])
def test_a_mean_of_few_or_of_equals_has_no_interval(values: Counter[Fraction]) -> None:
    """Below five reviews, and where all scores are equal, nothing is claimed."""
    assert mean_interval(values) is None


def test_an_interval_of_shares_stays_between_0_and_1() -> None:
    """Scores near the top do not reach above 100%."""
    interval = mean_interval(_shares(100, 100, 100, 100, 40))
    assert interval is not None
    assert interval.high == 1


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    [
        (1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (5, 2.5706), (9, 2.2622),
        (10, 2.2281), (20, 2.0860), (30, 2.0423), (60, 2.0003), (120, 1.9799),
        (1_000_000, 1.9600),
    ],
)  # fmt: skip
def test_quantiles_of_t_are_those_of_the_tables(degrees: int, quantile: float) -> None:
    """Two-sided 5% points, as every statistical table prints them (Fisher and Yates, table III)."""
    assert round(t_quantile(0.975, degrees), 4) == quantile


@pytest.mark.parametrize(
    ("probability", "degrees", "quantile"),
    [(0.95, 5, 2.0150), (0.99, 10, 2.7638), (0.995, 2, 9.9248), (0.9995, 30, 3.6460)],
)
def test_other_quantiles_of_t_too(probability: float, degrees: int, quantile: float) -> None:
    """One-sided points of the same tables."""
    assert round(t_quantile(probability, degrees), 4) == quantile


@given(st.floats(0.501, 0.9999), st.integers(1, 5_000))
def test_a_quantile_is_the_inverse_of_the_distribution(probability: float, degrees: int) -> None:
    """What t stays below so often, it stays below so often."""
    value = t_quantile(probability, degrees)
    assert t_probability(value, degrees) == pytest.approx(probability, abs=1e-9)
