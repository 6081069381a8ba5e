"""Intervals of a share (Wilson) and of a mean (Student's t), at 95% unless told otherwise.

What goes in is exact; what comes out is for showing beside a figure, so floats do.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95
FEWEST_FOR_MEAN = 5
"""Values below which a mean has no interval."""


class Interval(NamedTuple):
    """What a figure may be as well, from `low` to `high`."""

    low: float
    high: float


def wilson(successes: int, number: int, confidence: float = CONFIDENCE) -> Interval | None:
    """Wilson's score interval of `successes` out of a `number`; None of nothing.

    With p = k/n and z the normal quantile: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).

    Source: Wilson 1927; recommended by Newcombe 1998 (method 3) and by Brown, Cai and DasGupta
    2001, also for small n and shares near 0 or 1.
    """
    if not number:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / number
    square = z * z / number
    middle = share + square / 2
    half = z * math.sqrt(share * (1 - share) / number + square / (4 * number))
    low = 0.0 if successes == 0 else (middle - half) / (1 + square)
    high = 1.0 if successes == number else (middle + half) / (1 + square)
    return Interval(low, high)


def mean_interval(
    values: Mapping[Fraction, int], confidence: float = CONFIDENCE
) -> Interval | None:
    """Student's t interval of the mean of shares, given as how often each value occurs.

    With n values, mean m and standard deviation s (divisor n − 1): m ± t·s/√n, where t is the
    quantile for n − 1 degrees of freedom; clipped to what a share can be. None of fewer than five
    values, and where all are equal (their spread says nothing then).

    Source: Student 1908, The Probable Error of a Mean.
    """
    number = sum(values.values())
    if number < FEWEST_FOR_MEAN or len(values) < 2:
        return None
    mean = sum((value * n for value, n in values.items()), Fraction(0)) / number
    squares = sum(((value - mean) ** 2 * n for value, n in values.items()), Fraction(0))
    error = math.sqrt(squares / (number - 1) / number)
    half = t_quantile((1 + confidence) / 2, number - 1) * error
    return Interval(max(0.0, float(mean) - half), min(1.0, float(mean) + half))


@lru_cache(maxsize=1024)
def t_quantile(probability: float, degrees: int) -> float:
    """The value that Student's t with these degrees of freedom stays below so often.

    For probabilities above one half, by halving the space in which the distribution function
    (`t_probability`) takes the value.
    """
    low, high = 0.0, 1.0
    while t_probability(high, degrees) < probability:
        low, high = high, high * 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if t_probability(middle, degrees) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def t_probability(value: float, degrees: int) -> float:
    """The probability that Student's t is at most a value from 0 on.

    1 − I(x; ν/2, 1/2) / 2 with x = ν/(ν + t²) and I the regularised incomplete beta function.

    Source: Abramowitz and Stegun 1964, 26.7.1 and 26.5.27.
    """
    x = degrees / (degrees + value * value)
    return 1 - _incomplete_beta(x, degrees / 2, 0.5) / 2


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    logarithm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(logarithm + a * math.log(x) + b * math.log1p(-x))
    # The fraction converges fast on one side of the mean; the other is its mirror image.
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1 - front * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    value = d
    for m in range(1, 10_000):
        for part in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + part * d or tiny)
            c = 1 + part / c or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value
