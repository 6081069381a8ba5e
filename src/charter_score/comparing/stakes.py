"""What ratings are worth, and which figures they can touch."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from charter_score.comparing.changes import Figure
from charter_score.comparing.matching import Matching, Pair
from charter_score.rating import RATING_WORDS, Rating, same_word
from charter_score.rubric import Criterion, OnCritical, Rubric


class Worth(NamedTuple):
    """What a rating word earns, and whether it misses the criterion."""

    earned: Fraction
    missed: bool


def worths(rubric: Rubric, criterion: Criterion) -> dict[str, Worth]:
    """Every word that a reviewer may write, n/a aside, in its plain form."""
    levels = rubric.levels_of(criterion)
    read = rubric.rating_reader(criterion)
    words: Iterable[str] = RATING_WORDS if levels is None else map(same_word, levels)
    found = {}
    for word in words:
        rating = read(word)
        if rating is None or rating == Rating.NOT_APPLICABLE:
            continue
        earned = rubric.earns(criterion, rating) or Fraction(0)
        found[word] = Worth(earned, rubric.misses(criterion, rating))
    return found


def na_earned(rubric: Rubric, criterion: Criterion) -> Fraction:
    """What n/a earns; nothing where it leaves the sums."""
    return rubric.earns(criterion, Rating.NOT_APPLICABLE) or Fraction(0)


def criterion_stake(rubric: Rubric, criterion: Criterion) -> frozenset[Figure]:
    """The figures that the rating of a criterion can touch."""
    if rubric.points_of(criterion):
        return frozenset([Figure.SHARES])
    return critical_stake(rubric) if criterion.critical else frozenset()


def critical_stake(rubric: Rubric) -> frozenset[Figure]:
    """The figures that missing a critical criterion touches."""
    match rubric.on_critical:
        case OnCritical.ZERO:
            return frozenset([Figure.SHARES])
        case OnCritical.LOWEST_BAND:
            return frozenset([Figure.BANDS, Figure.EXPECTED])


def stake(matching: Matching, pair: Pair) -> frozenset[Figure]:
    """The figures that the rating of a criterion can touch, in either rubric."""
    return criterion_stake(matching.old, pair.old) | criterion_stake(matching.new, pair.new)
