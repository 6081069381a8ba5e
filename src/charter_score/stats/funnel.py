"""Funnel plots: whether a group's share differs from the whole's by more than chance would.

Sources: Spiegelhalter 2005, Funnel plots for comparing institutional performance; exact binomial
tails in place of his interpolated limits.
"""

import math
from enum import Enum
from fractions import Fraction

WARNING = Fraction(25, 1000)
"""Either tail of the limits that hold 95%."""
ALARM = Fraction(1, 1000)
"""Either tail of the limits that hold 99.8%."""
_ALWAYS_EXACT = 1_000
"""Trials up to which integers reckon without looking at a float first."""
_NEAR = 1e-3
"""How close, relative to a limit, a float must not come to decide."""


class Standing(Enum):
    """Where a group stands to the whole."""

    FAR_BELOW = -2
    BELOW = -1
    AS_EXPECTED = 0
    ABOVE = 1
    FAR_ABOVE = 2


def standing(successes: int, number: int, share: Fraction) -> Standing:
    """Where `successes` of a `number` stand to a share of the whole.

    Below (far below) where P(X ≤ k) under Bin(n, p) is less than .025 (.001), above where P(X ≥ k)
    is.
    """
    if is_tail_below(successes, number, share, WARNING):
        is_far = is_tail_below(successes, number, share, ALARM)
        return Standing.FAR_BELOW if is_far else Standing.BELOW
    failures, rest = number - successes, 1 - share  # at least k met is at most n − k not met
    if is_tail_below(failures, number, rest, WARNING):
        is_far = is_tail_below(failures, number, rest, ALARM)
        return Standing.FAR_ABOVE if is_far else Standing.ABOVE
    return Standing.AS_EXPECTED


def is_tail_below(most: int, number: int, share: Fraction, limit: Fraction) -> bool:
    """Whether P(X ≤ most) under Bin(number, share) is less than a limit, exactly.

    Integers decide. Of many trials a float is asked first, which counts only where it is further
    from the limit than its own error could ever be.
    """
    if number > _ALWAYS_EXACT and 0 < share < 1:
        near = tail(most, number, float(share))
        if abs(near - float(limit)) > _NEAR * float(limit):
            return near < float(limit)
    return exact_tail(most, number, share) < limit


def exact_tail(most: int, number: int, share: Fraction) -> Fraction:
    """P(X ≤ most) under the binomial distribution: Σ C(n, i) pⁱ (1 − p)ⁿ⁻ⁱ, as a fraction."""
    hits, whole = share.numerator, share.denominator
    misses = whole - hits
    if most >= number or not hits:
        return Fraction(1)
    if not misses:
        return Fraction(0)
    term = total = misses**number
    for i in range(most):
        term = term * (number - i) * hits // ((i + 1) * misses)  # without a rest
        total += term
    return Fraction(total, whole**number)


def tail(most: int, number: int, share: float) -> float:
    """P(X ≤ most) as a float, for drawing and for a first look; 0 < share < 1."""
    if most >= number:
        return 1.0
    odds = math.log(share) - math.log1p(-share)
    base = math.lgamma(number + 1) + number * math.log1p(-share)
    return min(
        1.0,
        math.fsum(
            math.exp(base - math.lgamma(i + 1) - math.lgamma(number - i + 1) + i * odds)
            for i in range(most + 1)
        ),
    )


def lowest_inside(number: int, share: Fraction, limit: Fraction) -> int:
    """The fewest successes of a number that are not below a limit: where a funnel's edge lies."""
    low, high = 0, number
    while low < high:
        middle = (low + high) // 2
        if is_tail_below(middle, number, share, limit):
            low = middle + 1
        else:
            high = middle
    return low
