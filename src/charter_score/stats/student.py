"""Student's t: the interval of a mean of few values."""

from collections.abc import Sequence
from fractions import Fraction
from math import atan, cos, pi, sin, sqrt
from typing import NamedTuple

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
    of freedom. The mean and s² are exact; the root and t are rounded to 15 digits. None below five
    values, and where all are equal: s would be 0, and the interval would claim to know.
    """
    number = len(values)
    if number < FEWEST_VALUES:
        return None
    mean = sum(values, Fraction(0)) / number
    squares = sum(((value - mean) ** 2 for value in values), Fraction(0))
    if not squares:
        return None
    error = Fraction(sqrt(squares / ((number - 1) * number)) * t_quantile(number - 1))
    return Interval(mean, mean - error, mean + error)


def t_quantile(degrees: int) -> float:
    """The .975 quantile of Student's t, by halving what its distribution function leaves."""
    low, high = 0.0, 16.0
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if _inside(middle, degrees) < 0.95:
            low = middle
        else:
            high = middle


def _inside(t: float, degrees: int) -> float:
    """P(−t ≤ T ≤ t), in the closed form for whole degrees of freedom.

    Source: Abramowitz and Stegun 1964, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
    """
    angle = atan(t / sqrt(degrees))
    cosine, sine = cos(angle), sin(angle)
    term = cosine if degrees % 2 else 1.0
    total = 0.0
    for power in range(3 if degrees % 2 else 2, degrees + 1, 2):
        total += term
        term *= cosine * cosine * (power - 1) / power
    if degrees % 2:
        return 2 / pi * (angle + sine * total)
    return sine * total
