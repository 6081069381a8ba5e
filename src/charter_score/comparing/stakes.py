"""What ratings are worth, and which figures they can touch."""

from collections.abc import Iterable
from fractions import Fraction

from charter_score.comparing.changes import Figure
from charter_score.comparing.matching import Matching, Pair
from charter_score.compiled import Worth, worth_of
from charter_score.rating import Rating, same_word
from charter_score.rubric import Criterion, OnCritical, Rubric


def worths(rubric: Rubric, criterion: Criterion) -> dict[str, Worth]:
    """Every word that a reviewer may write, n/a aside, in its plain form."""
    levels = rubric.worths_of_levels(criterion)
    read = rubric.rating_reader(criterion)
    words: Iterable[str] = rubric.words_for_ratings if levels is None else map(same_word, levels)
    if criterion.range is not None:
        words = rubric.rating_words(criterion)
    found = {}
    for word in words:
        rating = read(word)
        if rating is None or rating == Rating.NOT_APPLICABLE:
            continue
        found[word] = worth_of(rubric, criterion, rating)
    return found


def na_earned(rubric: Rubric, criterion: Criterion) -> Fraction:
    """What n/a earns; nothing where it leaves the sums."""
    return worth_of(rubric, criterion, Rating.NOT_APPLICABLE).earned


def criterion_stake(rubric: Rubric, criterion: Criterion) -> frozenset[Figure]:
    """The figures that the rating of a criterion can touch."""
    if not rubric.is_advisory(criterion):
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
