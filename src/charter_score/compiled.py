"""A rubric as numbers: shares from 0 to 1 for its percentages, and what each rating is worth.

The models hold what the document says (`expected: 70`). What that means to the arithmetic stands
here, once: the engine, the lints about what ratings can come to, selftest and comparing read it.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from charter_score.rating import Rating
from charter_score.rubric import Band, Criterion, Rubric, Section


class Bound(NamedTuple):
    """The share at which a band begins, itself included or not."""

    share: Fraction
    is_included: bool

    def is_reached_by(self, share: Fraction) -> bool:
        """Whether an exact share is in the band or above it."""
        return share >= self.share if self.is_included else share > self.share

    def fewest(self, available: int) -> int:
        """The fewest of so many available units that reach the bound."""
        above, rest = divmod(self.share.numerator * available, self.share.denominator)
        return above if self.is_included and not rest else above + 1


LOWEST = Bound(Fraction(0), is_included=True)
"""Where a band begins that states no bound: at the bottom."""


def share_of(percent: Fraction) -> Fraction:
    """A percentage of a document as a share."""
    return percent / 100


def bound_of(band: Band) -> Bound:
    """Where a band begins."""
    if band.from_ is not None:
        return Bound(share_of(band.from_), is_included=True)
    return LOWEST if band.above is None else Bound(share_of(band.above), is_included=False)


def place_of(share: Fraction, bounds: Sequence[Bound]) -> int:
    """The place of the last bound that an exact share reaches (step 6); -1 for none."""
    for place in range(len(bounds) - 1, -1, -1):
        if bounds[place].is_reached_by(share):
            return place
    return -1


def band_of(rubric: Rubric, share: Fraction) -> Band | None:
    """The last band whose bound an exact share reaches."""
    place = place_of(share, [bound_of(band) for band in rubric.bands])
    return rubric.bands[place] if place >= 0 else None


def expected_share(rubric: Rubric) -> Fraction | None:
    """The share that a review should reach; None where the rubric states none."""
    return None if rubric.expected is None else share_of(rubric.expected)


def bounds_of(rubric: Rubric) -> tuple[Fraction, ...]:
    """Every share that a printed percentage must not contradict: bands' bounds, expected."""
    percents = {band.bound for band in rubric.bands} | {rubric.expected}
    return tuple(sorted(share_of(percent) for percent in percents if percent is not None))


def section_bounds_of(rubric: Rubric, section: Section) -> tuple[Fraction, ...]:
    """The same for the percentage of one section, which has a minimum of its own."""
    bounds = bounds_of(rubric)
    if section.at_least is None:
        return bounds
    return tuple(sorted({*bounds, share_of(section.at_least)}))


class Worth(NamedTuple):
    """What one rating is worth on one criterion.

    Attributes:
        rating: `met`, `not met`, `n/a` or a level in the rubric's own spelling.
        earned: Points that count; 0 where the criterion left the sums.
        available: Points that count; 0 for an n/a under the policy `excluded`.
        points: What the criterion can earn at all.
        not_applicable: Whether the rating is n/a.
        missed: Whether it missed the criterion (never for n/a).
        observed: Whether it counts as observed: it has points, and a rating other than n/a.
        lost: Points available and not earned; below 0 where a bonus earned more.
        advisory: Whether nothing hangs on the criterion: nothing to earn or lose, not critical.
    """

    rating: str
    earned: Fraction
    available: Fraction
    points: Fraction
    not_applicable: bool
    missed: bool
    observed: bool
    lost: Fraction
    advisory: bool

    @property
    def has_a_cause(self) -> bool:
        """Whether it lost or missed something, for which there can be a cause."""
        return self.missed or (self.lost > 0 and not self.not_applicable)

    @property
    def rank(self) -> tuple[Fraction, bool]:
        """What makes one rating better than another: its points, and that it does not miss."""
        return self.earned, not self.missed


def worth_of(rubric: Rubric, criterion: Criterion, rating: str) -> Worth:
    """What a rating is worth on a criterion by the rubric's rule (step 2)."""
    points = rubric.points_of(criterion)
    counted = rubric.earns(criterion, rating)
    earned, available = (Fraction(0), Fraction(0)) if counted is None else (counted, points)
    not_applicable = rating == Rating.NOT_APPLICABLE
    return Worth(
        rating,
        earned,
        available,
        points,
        not_applicable=not_applicable,
        missed=rubric.misses(criterion, rating),
        observed=points > 0 and not not_applicable,
        lost=available - earned,
        advisory=rubric.is_advisory(criterion) and not criterion.is_critical,
    )


def worths_of(rubric: Rubric, criterion: Criterion) -> tuple[Worth, ...]:
    """What each rating is worth that a reviewer may give, in the rubric's order."""
    return tuple(worth_of(rubric, criterion, rating) for rating in rubric.rating_words(criterion))


def best_of(worths: Iterable[Worth]) -> Worth:
    """The highest rating, n/a aside."""
    return max((one for one in worths if not one.not_applicable), key=lambda one: one.rank)


def worst_of(worths: Iterable[Worth]) -> Worth:
    """The lowest rating, n/a aside."""
    return min((one for one in worths if not one.not_applicable), key=lambda one: one.rank)
