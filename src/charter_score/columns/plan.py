"""A rubric as whole numbers for columns: what each rating adds, and how large it all can become."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from charter_score.columns.integers import TooLargeError
from charter_score.columns.words import RatingWord
from charter_score.figures import JSON_DECIMALS, percent_text

NOT_APPLYING = 0
"""The code of a criterion that does not exist for a review."""
MOST_SUMS = 4_096
"""Different sums of points that are looked at one by one."""
MOST_DECIMALS = 12


class Mark(NamedTuple):
    """What one rating adds to every sum; several words may stand for it."""

    earned: Fraction
    available: Fraction
    seen_earned: Fraction
    seen_available: Fraction
    points: Fraction
    observed: int
    need: int
    critical: int
    is_absent: bool
    needs_comment: bool

    @classmethod
    def of(cls, word: RatingWord) -> "Mark":
        """The mark of a word that is a rating."""
        ready = word.ready
        assert ready is not None  # noqa: S101 - asked for ratings alone
        worth = ready.worth
        seen = not worth.not_applicable
        return cls(
            worth.earned,
            worth.available,
            worth.earned if seen else Fraction(0),
            worth.available if seen else Fraction(0),
            worth.points,
            ready.criteria,
            int(ready.is_need),
            int(ready.plain.critical_missed),
            worth.not_applicable,
            word.needs_comment,
        )

    @property
    def amounts(self) -> tuple[Fraction, ...]:
        """Everything in points."""
        return self[:5]


def unit_of(marks: Iterable[Mark]) -> Fraction:
    """The greatest amount of which every amount of some marks is a whole multiple."""
    amounts = [amount for mark in marks for amount in mark.amounts if amount]
    if not amounts:
        return Fraction(1)
    below = lcm(*(amount.denominator for amount in amounts))
    return Fraction(gcd(*(int(amount * below) for amount in amounts)), below)


def possible_sums(choices: Sequence[Iterable[int]]) -> frozenset[int] | None:
    """Every sum of one of each; None where there are too many to look at."""
    found = {0}
    for each in choices:
        found = {one + other for one in found for other in set(each)}
        if len(found) > MOST_SUMS:
            return None
    return frozenset(found)


def decimals_needed(
    denominators: frozenset[int] | None, most: int, bounds: Sequence[Fraction]
) -> int:
    """Decimals after which no percentage of these denominators contradicts a bound.

    Shares are n/d for any whole n up to d. What can be closest to a bound without being it decides.

    Raises:
        TooLargeError: where no number that 64 bits hold has so many.
    """
    decimals = JSON_DECIMALS
    for bound in bounds:
        while (bound * 100 * 10**decimals).denominator != 1:
            decimals += 1
            if decimals > MOST_DECIMALS:
                raise TooLargeError
    while not all(_is_told_apart(denominators, most, bound, decimals) for bound in bounds):
        decimals += 1
        if decimals > MOST_DECIMALS:
            raise TooLargeError
    return decimals


def _is_told_apart(
    denominators: frozenset[int] | None, most: int, bound: Fraction, decimals: int
) -> bool:
    """Whether every share but the bound itself is rounded to something else."""
    if denominators is None:
        return bool(2 * 10 ** (decimals + 2) > most * bound.denominator)
    for denominator in denominators:
        exact = bound * denominator
        nearest = (-(-exact.numerator // exact.denominator) - 1, exact.__floor__() + 1)
        for numerator in nearest:
            if denominator and 0 <= numerator <= denominator:
                shown = percent_text(Fraction(numerator, denominator), decimals)
                if Fraction(shown) == bound * 100:
                    return False
    return True
