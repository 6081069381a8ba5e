"""The interval of a mean of few exact values, by Student's t."""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from typing import NamedTuple

from charter_score.stats.intervals import t_quantile

FEWEST_VALUES = 5
"""Values below which a mean gets no interval."""


class Interval(NamedTuple):
    """A mean and what its interval reaches from and to, at 95%."""

    mean: Fraction
    low: Fraction
    high: Fraction


def mean_interval(values: Sequence[Fraction]) -> Interval | None:
    """The mean of some values with its interval at 95%: mean ± t · s / √n.

    s² = Σ (x − mean)² / (n − 1), t the .975 quantile of Student's distribution with n − 1 degrees
    of freedom. The mean and s² are exact; the root has 15 digits and t 12. None below five
    values, and where all are equal: s would be 0, and the interval would claim to know.
    """
    number = len(values)
    if number < FEWEST_VALUES:
        return None
    mean = sum(values, Fraction(0)) / number
    squares = sum(((value - mean) ** 2 for value in values), Fraction(0))
    if not squares:
        return None
    error = Fraction(sqrt(squares / ((number - 1) * number)) * t_quantile(0.975, number - 1))
    return Interval(mean, mean - error, mean + error)
