"""How low a single section can stand in a review of each band, with all else met.

A band's meaning speaks of every review in it, so whoever writes it should have seen the weakest.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from charter_score.cases import Case, cases_of
from charter_score.compiled import Worth, best_of, worst_of, worths_of
from charter_score.result import ReviewResult
from charter_score.review import Rated, Review
from charter_score.rubric import Band, CriterionKey, Rubric, Section
from charter_score.scoring import NothingObservedError, Scorer

MOST_TRIED = 200
"""Criteria of a rubric up to which it is tried: each is scored a few times for each band."""


class Weakest(NamedTuple):
    """A review of a band with one section at `share`: so many of its criteria missed, else all met.

    `title` is the section's.
    """

    band: Band
    title: str
    share: Fraction
    missed: int


def weakest_reviews(rubric: Rubric) -> list[Weakest]:
    """For each band but the lowest the section that can stand lowest in it, from the highest down.

    Criteria are missed one after the other, the heaviest first, as long as the engine leaves the
    review in the band; so where points differ much, a section might stand a little lower still.
    Critical criteria are not missed. Empty for a rubric of more than 200 criteria.
    """
    homes = list(rubric.criteria())
    if len(homes) > MOST_TRIED or len(rubric.bands) < 2:
        return []
    case = max(cases_of(rubric)[0], key=lambda one: len(one.applying))
    worths = {
        (homes[place][0].id, homes[place][1].id): worths_of(rubric, homes[place][1])
        for place in case.applying
    }
    critical = {(section.id, one.id) for section, one in homes if one.is_critical}
    best = {key: best_of(of) for key, of in worths.items()}
    worst = {key: worst_of(of) for key, of in worths.items() if key not in critical}
    scorer = Scorer(rubric)
    found = []
    for band in reversed(rubric.bands[1:]):
        each = (_lowest(scorer, case, section, best, worst, band) for section in rubric.sections)
        weak = [one for one in each if one is not None]
        if weak:
            found.append(min(weak, key=lambda one: one.share))
    return found


def _lowest(
    scorer: Scorer,
    case: Case,
    section: Section,
    best: Mapping[CriterionKey, Worth],
    worst: Mapping[CriterionKey, Worth],
    band: Band,
) -> Weakest | None:
    """The review of a band with one section as low as it goes; None where none is in the band."""
    chosen, missed = dict(best), 0
    result = _result(scorer, case, chosen)
    places = {one.name: place for place, one in enumerate(scorer.rubric.bands)}
    least = places[band.name]

    def reaches(result: ReviewResult | None) -> bool:
        return result is not None and result.band is not None and places[result.band.name] >= least

    if not reaches(result):
        return None
    own = [key for key in worst if key[0] == section.id]
    for key in sorted(own, key=lambda key: worst[key].earned - best[key].earned):
        if worst[key].earned >= best[key].earned:
            continue
        then = _result(scorer, case, {**chosen, key: worst[key]})
        if reaches(then):
            chosen[key], result, missed = worst[key], then, missed + 1
    if result is None:
        return None
    part = next((one for one in result.sections if one.section.id == section.id), None)
    if part is None or part.score.share is None:
        return None
    return Weakest(band, section.title, part.score.share, missed)


def _result(
    scorer: Scorer, case: Case, chosen: Mapping[CriterionKey, Worth]
) -> ReviewResult | None:
    """The engine's result of a made-up review; None where nothing would be observed."""
    ratings: dict[str, dict[str, Rated]] = {}
    for (section_id, criterion_id), worth in chosen.items():
        ratings.setdefault(section_id, {})[criterion_id] = Rated(rating=worth.rating)
    try:
        return scorer.score(Review(ratings=ratings, interaction=case.interaction))
    except NothingObservedError:
        return None
