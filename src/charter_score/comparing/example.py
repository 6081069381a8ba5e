"""One review that two rubrics score differently: it says more than a rule."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import islice

from charter_score.comparing.changes import Example
from charter_score.comparing.matching import Home, Matching, place_of
from charter_score.rating import Rating
from charter_score.review import Rated, Review
from charter_score.rubric import Criterion, CriterionKey, Permission, Rubric
from charter_score.scoring import NothingObservedError, Scorer

MOST_TRIED = 200
"""How many single misses are scored in search of an example."""


def largest_difference(matching: Matching) -> Example | None:
    """The review with the largest difference among those with one miss, or one miss and one n/a."""
    old, new = Scorer(matching.old), Scorer(matching.new)
    now = {pair.old_place: pair.new_place for pair in matching.pairs}
    missed: list[tuple[CriterionKey | None, CriterionKey | None, Home]] = [
        (place_of(home), now.get(place_of(home)), home) for home in matching.old.criteria()
    ]
    missed += [(None, place_of(home), home) for home in matching.added]
    allowed = [
        pair
        for pair in matching.pairs
        if Permission.FORBIDDEN not in (pair.old.not_applicable, pair.new.not_applicable)
    ][:2]
    best: Example | None = None
    for before, after, home in islice(missed, MOST_TRIED):
        interaction = _interaction(home)
        absent = next((pair for pair in allowed if pair.old_place != before), None)
        for pair in (None, absent) if absent else (None,):
            was = _share(old, before, pair and pair.old_place, interaction)
            then = _share(new, after, pair and pair.new_place, interaction)
            if was is None or then is None or was == then:
                continue
            if best is None or abs(was - then) > abs(best.old - best.new):
                best = Example(home[1].title, pair.new.title if pair else None, was, then)
    return best


def _interaction(home: Home) -> dict[str, tuple[str, ...]]:
    """An interaction to which a criterion applies."""
    found: dict[str, tuple[str, ...]] = {}
    for condition in (home[0].applies_when, home[1].applies_when):
        for name, values in condition.items():
            found[name] = (*found.get(name, ()), *values[:1])
    return found


def _share(
    scorer: Scorer,
    missed: CriterionKey | None,
    absent: CriterionKey | None,
    interaction: Mapping[str, tuple[str, ...]],
) -> Fraction | None:
    """The share of a review in which all else was met; None where nothing was observed."""
    rubric = scorer.rubric
    ratings: dict[str, dict[str, Rated]] = {}
    for section, criterion in rubric.criteria():
        place = (section.id, criterion.id)
        word = _best_or_worst(rubric, criterion, best=place != missed)
        ratings.setdefault(section.id, {})[criterion.id] = Rated(
            rating=Rating.NOT_APPLICABLE.value if place == absent else word
        )
    try:
        return scorer.score(Review(ratings=ratings, interaction=interaction)).share
    except NothingObservedError:
        return None


def _best_or_worst(rubric: Rubric, criterion: Criterion, *, best: bool) -> str:
    words = [word for word in rubric.rating_words(criterion) if word != Rating.NOT_APPLICABLE]
    return (max if best else min)(words, key=lambda word: rubric.earns(criterion, word) or 0)
