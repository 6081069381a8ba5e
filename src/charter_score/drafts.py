"""How far a draft is, and between which scores and bands it can still end.

What is not rated yet can become the worst or the best of its ratings, or n/a; what hangs on an
interaction field that is not given yet is counted both ways. The engine scores every end.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from charter_score.cases import Case, cases_of
from charter_score.compiled import Worth, worth_of, worths_of
from charter_score.result import ReviewResult
from charter_score.review import Rated, Review, Status
from charter_score.rubric import (
    Band,
    Combine,
    Criterion,
    CriterionKey,
    Rubric,
    Section,
    applies,
    values_of,
)
from charter_score.scoring import NothingObservedError, Scorer

_MOST_STEPS = 64
"""Steps in which the extreme of a ratio is found; it takes two or three."""


class End(NamedTuple):
    """Where a draft can end: a share, and a band (None where the rubric has none)."""

    share: Fraction
    band: Band | None


class DraftOutlook(NamedTuple):
    """How far a draft is, and where it can end.

    `rated` of the `of` criteria that apply as the interaction stands are rated. `lowest` and
    `highest` are None where nothing can be observed, or there are too many cases to look at each.
    """

    rated: int
    of: int
    lowest: End | None
    highest: End | None
    rubric: Rubric


def outlook_of(scorer: Scorer, review: Review) -> DraftOutlook:
    """The outlook of a draft without errors."""
    rubric = scorer.rubric
    given = {name: values_of(review.interaction, name) for name in review.interaction}
    cases, are_all = cases_of(rubric, {name: values for name, values in given.items() if values})
    rated = [
        (own := review.rated(section.id, criterion.id)) is not None and own.rating is not None
        for section, criterion in rubric.criteria()
        if applies(section, criterion, review.interaction)
    ]
    ends = [end for case in cases for end in _ends(scorer, review, case)] if are_all else []
    if not ends:
        return DraftOutlook(sum(rated), len(rated), None, None, rubric)
    shares = [end.share for end in ends]
    bands = sorted((end.band for end in ends if end.band is not None), key=rubric.bands.index)
    low, high = (bands[0], bands[-1]) if bands else (None, None)
    lowest, highest = End(min(shares), low), End(max(shares), high)
    return DraftOutlook(sum(rated), len(rated), lowest, highest, rubric)


def _ends(scorer: Scorer, review: Review, case: Case) -> Iterator[ReviewResult]:
    """The results of a draft at its ends, in one case of what is not given yet."""
    rubric = scorer.rubric
    homes = list(rubric.criteria())
    still: dict[CriterionKey, Sequence[Worth]] = {}
    for place in case.applying:
        section, criterion = homes[place]
        still[section.id, criterion.id] = _still_possible(rubric, review, section, criterion)
    interaction = {**review.interaction, **case.interaction}
    for chosen in _choices(rubric, still):
        ratings: dict[str, dict[str, Rated]] = {}
        for (section_id, criterion_id), worth in chosen.items():
            ratings.setdefault(section_id, {})[criterion_id] = Rated(rating=worth.rating)
        final = review.model_copy(
            update={"ratings": ratings, "interaction": interaction, "status": Status.FINAL}
        )
        try:
            yield scorer.score(final)
        except NothingObservedError:
            continue


def _still_possible(
    rubric: Rubric, review: Review, section: Section, criterion: Criterion
) -> Sequence[Worth]:
    """The ratings that a criterion can still get: the one that it has, or any."""
    own = review.rated(section.id, criterion.id)
    rating = None
    if own is not None and own.rating is not None:
        rating = rubric.rating_reader(criterion)(own.rating)
    return worths_of(rubric, criterion) if rating is None else [worth_of(rubric, criterion, rating)]


def _choices(
    rubric: Rubric, still: Mapping[CriterionKey, Sequence[Worth]]
) -> Iterator[dict[CriterionKey, Worth]]:
    """Ratings for all that applies, among which are those of the lowest and the highest score."""
    for sign in (1, -1):
        plain = {key: _extreme(worths, sign, Fraction(0)) for key, worths in still.items()}
        given = {
            key: _extreme([one for one in worths if not one.not_applicable] or worths, sign)
            for key, worths in still.items()
        }
        yield plain
        yield given  # so that something is observed
        if rubric.combine is Combine.POINTS:
            yield _extreme_of_all(still, sign)
            continue
        chosen: dict[CriterionKey, Worth] = {}
        left_out: dict[str, dict[CriterionKey, Worth]] = {}
        for section in rubric.sections:
            own = {key: worths for key, worths in still.items() if key[0] == section.id}
            chosen |= _extreme_of_all(own, sign)
            absent = {
                key: worth for key, worths in own.items() for worth in worths if not worth.available
            }
            if own and absent.keys() == own.keys():
                left_out[section.id] = absent
        yield chosen
        # Sections that can leave the sum altogether: without those that stand in the way.
        order = sorted(left_out, key=lambda name: sign * _share(chosen, name))
        for number in range(1, len(order) + 1):
            yield chosen | {
                key: worth for name in order[:number] for key, worth in left_out[name].items()
            }


def _share(chosen: Mapping[CriterionKey, Worth], section_id: str) -> Fraction:
    """The share of a section as rated; 0 where nothing is available."""
    worths = [worth for key, worth in chosen.items() if key[0] == section_id]
    earned, available = (
        sum((worth.earned for worth in worths), Fraction(0)),
        sum((worth.available for worth in worths), Fraction(0)),
    )
    return earned / available if available else Fraction(0)


def _extreme_of_all(
    still: Mapping[CriterionKey, Sequence[Worth]], sign: int
) -> dict[CriterionKey, Worth]:
    """The ratings that make earned / available the highest (`sign` 1) or lowest (-1).

    The method of Dinkelbach (1967): the ratio is the best where no choice makes earned − ratio ×
    available any better.
    """
    ratio = Fraction(0)
    chosen: dict[CriterionKey, Worth] = {}
    for _ in range(_MOST_STEPS):
        chosen = {key: _extreme(worths, sign, ratio) for key, worths in still.items()}
        available = sum((worth.available for worth in chosen.values()), Fraction(0))
        if not available:
            break
        earned = sum((worth.earned for worth in chosen.values()), Fraction(0))
        if earned / available == ratio:
            break
        ratio = earned / available
    return chosen


def _extreme(worths: Sequence[Worth], sign: int, ratio: Fraction = Fraction(0)) -> Worth:
    """The best (`sign` 1) or worst (-1) of some ratings beside a ratio; a miss is worse."""
    return max(
        worths,
        key=lambda worth: (
            sign * (worth.earned - ratio * worth.available),
            sign * -worth.missed,
            not worth.not_applicable,
        ),
    )
