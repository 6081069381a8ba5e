"""The engine: a rubric and a review in, an exact result out.

Pure: no file, clock, terminal or float. The numbers in comments are the steps of "The arithmetic"
in docs/scoring.md. Points are scaled once per rubric to integers, which add and compare; what few
sums and ratings occur again and again is made once and shared, since nothing of it can change.

The engine trusts its input: `linting` has found a review that it cannot score.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from charter_score.rating import Rating
from charter_score.result import (
    CriterionResult,
    Mark,
    Need,
    NextBand,
    Observed,
    Outlook,
    ReviewResult,
    Score,
    SectionResult,
)
from charter_score.review import Dispute, Outcome, Rated, Review
from charter_score.rubric import Band, Combine, Criterion, OnCritical, Rubric, Section, holds

MOST_REMEMBERED = 65_536
"""Entries that a rubric's memory of sums may hold before it is emptied."""

Sums = tuple[tuple[int, int], ...]
"""Earned and available of each section, in scaled points."""


class NothingObservedError(ValueError):
    """Every criterion with points was n/a: there is nothing that a score could speak of."""


def score(rubric: Rubric, review: Review) -> ReviewResult:
    """Score one review.

    Raises:
        NothingObservedError: where no criterion with points was rated other than n/a.
        KeyError: where the review was not checked first (an unrated criterion, an unknown word).
    """
    return Scorer(rubric).score(review)


def band_of(rubric: Rubric, share: Fraction) -> Band | None:
    """The last band whose bound holds for the exact share (step 6)."""
    return next((band for band in reversed(rubric.bands) if band.holds(share)), None)


class _Rating(NamedTuple):
    """One rating of one criterion made ready: its mark, and the same in scaled integers."""

    mark: Mark
    earned: int
    available: int
    points: int
    criteria: int  # 1 where it counts as observed
    of: int  # 1 where the criterion has points
    is_need: bool
    plain: CriterionResult  # the result where the reviewer wrote nothing but the word


class _Found(NamedTuple):
    """A criterion that lost points or was critical and missed, before its share is reckoned."""

    section: Section
    result: CriterionResult
    at: int  # which of the sections that apply
    lost: int


class _Weighed(NamedTuple):
    """A need with what orders it: its scaled points, or its share under section weights."""

    weight: int | Fraction
    need: Need


class _Standing(NamedTuple):
    """What some sums come to: the score and its place among the bands (-1: no bands)."""

    score: Score
    band: int


class _Criterion:
    """A criterion made ready: what each word of a reviewer is worth."""

    __slots__ = ("_read", "_words", "criterion")

    def __init__(self, rubric: Rubric, criterion: Criterion, scale: int) -> None:
        self.criterion = criterion
        self._read = rubric.rating_reader(criterion)
        levels = rubric.levels_of(criterion)
        ratings = tuple(levels) if levels is not None else (Rating.MET, Rating.NOT_MET)
        self._words = {
            str(rating): _ready(rubric, criterion, str(rating), scale)
            for rating in (*ratings, Rating.NOT_APPLICABLE)
        }

    def rating(self, word: str) -> _Rating:
        """What a reviewer's word is worth here.

        Raises:
            KeyError: for a word that is no rating of the criterion.
        """
        return self._words.get(word) or self._words[self._read(word) or ""]


def _ready(rubric: Rubric, criterion: Criterion, rating: str, scale: int) -> _Rating:
    """The worth of one rating by the rubric's rule (step 2)."""
    points = rubric.points_of(criterion)
    counted = rubric.earns(criterion, rating)
    earned, available = (Fraction(0), Fraction(0)) if counted is None else (counted, points)
    not_applicable = rating == Rating.NOT_APPLICABLE
    mark = Mark(
        rating,
        earned,
        available,
        points,
        not_applicable=not_applicable,
        missed=rubric.misses(criterion, rating),
        observed=points > 0 and not not_applicable,
        lost=available - earned,
    )
    return _Rating(
        mark,
        int(earned * scale),
        int(available * scale),
        int(points * scale),
        criteria=int(mark.observed),
        of=int(points > 0),
        is_need=mark.lost > 0 or (criterion.critical and mark.missed),
        plain=CriterionResult(criterion, mark, Rated(rating=rating), rating, None, None),
    )


class Scorer:
    """A rubric made ready to score many reviews."""

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        self._scale = lcm(
            *(
                amount.denominator
                for _, criterion in rubric.criteria()
                for amount in (
                    rubric.levels_of(criterion) or {"": rubric.points_of(criterion)}
                ).values()
            )
        )
        self._sections = [
            (
                section,
                [_Criterion(rubric, criterion, self._scale) for criterion in section.criteria],
            )
            for section in rubric.sections
        ]
        self._weighted = rubric.combine is Combine.SECTION_WEIGHTS
        self._standings: dict[tuple[Sums, tuple[int, ...]], _Standing] = {}
        self._observed: dict[tuple[int, int, int], Observed] = {}
        self._scores: dict[tuple[int, int], Score] = {}

    def score(self, review: Review) -> ReviewResult:
        """Score one review; see `score`."""
        if not review.disputes:
            return self._score(review, {}, {})
        disputes = _disputes_by_criterion(review)
        result = self._score(review, disputes, {})
        outlooks = tuple(
            self._outlook(review, disputes, dispute)
            for dispute in review.disputes
            if dispute.outcome is Outcome.OPEN
        )
        return result._replace(outlooks=outlooks)

    def _outlook(
        self, review: Review, disputes: Mapping[tuple[str, str], Dispute], dispute: Dispute
    ) -> Outlook:
        says = {(dispute.section, dispute.criterion): dispute.says or ""}
        try:
            then = self._score(review, disputes, says)
        except NothingObservedError:
            return Outlook(dispute, None, None, None, None)
        return Outlook(dispute, then.share, then.band, then.observed_share, then.band_observed)

    def _score(
        self,
        review: Review,
        disputes: Mapping[tuple[str, str], Dispute],
        instead: Mapping[tuple[str, str], str],
    ) -> ReviewResult:
        """Score a review; `instead` holds words to score in place of those that count."""
        rubric = self.rubric
        sections: list[SectionResult] = []
        places: list[int] = []
        sums: list[tuple[int, int]] = []
        seen: list[tuple[int, int]] = []
        found: list[_Found] = []
        whole = observed_points = observed_criteria = criteria_with_points = 0
        for place, (section, ready) in enumerate(self._sections):
            if section.applies_when and not holds(section.applies_when, review.interaction):
                continue  # step 1
            rated = review.ratings.get(section.id, {})
            earned = available = seen_earned = seen_available = criteria = of = 0
            results: list[CriterionResult] = []
            for one in ready:
                criterion = one.criterion
                if criterion.applies_when and not holds(criterion.applies_when, review.interaction):
                    continue  # step 1
                own = rated[criterion.id]
                rating = one.rating(own.rating or "")
                if own.comment is None and own.evidence is None and not disputes:
                    result = rating.plain
                else:
                    key = (section.id, criterion.id)
                    rating, result = _judge(one, own, rating, disputes.get(key), instead.get(key))
                earned += rating.earned
                available += rating.available
                whole += rating.points
                of += rating.of
                if rating.criteria:
                    criteria += 1
                    seen_earned += rating.earned
                    seen_available += rating.available
                if rating.is_need:
                    lost = rating.available - rating.earned
                    found.append(_Found(section, result, len(sums), lost))
                results.append(result)
            if not results:
                continue
            sections.append(
                SectionResult(
                    section,
                    self._plain_score(earned, available),
                    self._observed_of(self._plain_score(seen_earned, seen_available), criteria, of),
                    tuple(results),
                )
            )
            places.append(place)
            sums.append((earned, available))
            seen.append((seen_earned, seen_available))
            observed_points += seen_available
            observed_criteria += criteria
            criteria_with_points += of

        if observed_criteria == 0:
            raise NothingObservedError
        standing = self._standing(sums, places)
        observed = self._standing(seen, places)
        needs = self._needs(found, sums, places)
        critical = any(one.need.result.critical_missed for one in needs)
        share, observed_share = (
            standing.score.share or Fraction(0),
            observed.score.share or Fraction(0),
        )
        by_points = share
        band, band_observed = standing.band, observed.band
        if critical:
            # Step 8: the lowest band, and 0 where the rubric says so; sections are not touched.
            band, band_observed = min(band, 0), min(band_observed, 0)
            if rubric.on_critical is OnCritical.ZERO:
                share = observed_share = Fraction(0)
        return ReviewResult(
            rubric=rubric,
            review=review,
            sections=tuple(sections),
            score=_with_share(standing.score, share),
            observed=self._observed_of(
                _with_share(observed.score, observed_share),
                observed_criteria,
                criteria_with_points,
            ),
            share=share,
            share_by_points=by_points,
            observed_share=observed_share,
            band=rubric.bands[band] if band >= 0 else None,
            band_observed=rubric.bands[band_observed] if band_observed >= 0 else None,
            meets_expected=self._meets_expected(share, critical=critical),
            little_observed=2 * observed_points < whole,
            needs=_weightiest_first(needs),
            strengths=_strengths(sections, found),
            next_band=self._next_band(band, sums, places, needs),
            outlooks=(),
        )

    def _meets_expected(self, share: Fraction, *, critical: bool) -> bool | None:
        if critical:
            return False
        return None if self.rubric.expected is None else share >= self.rubric.expected

    def _plain_score(self, earned: int, available: int) -> Score:
        """The score of plain sums (step 3)."""
        found = self._scores.get((earned, available))
        if found is None:
            share = Fraction(earned, available) if available else None
            found = Score(Fraction(earned, self._scale), Fraction(available, self._scale), share)
            _remember(self._scores, (earned, available), found)
        return found

    def _observed_of(self, score: Score, criteria: int, of: int) -> Observed:
        """How much a score rests on; one object for one score, which the memory keeps alive."""
        key = (id(score), criteria, of)
        found = self._observed.get(key)
        if found is None or found.score is not score:
            found = Observed(score, criteria, of, of - criteria)
            _remember(self._observed, key, found)
        return found

    def _standing(self, sums: Sequence[tuple[int, int]], places: Sequence[int]) -> _Standing:
        """The score and band of a whole review from the sums of its sections (steps 4 and 6).

        `places` says which sections of the rubric the sums belong to.
        """
        earned, available = sum([e for e, _ in sums]), sum([a for _, a in sums])
        key: tuple[Sums, tuple[int, ...]] = (
            (tuple(sums), tuple(places)) if self._weighted else (((earned, available),), ())
        )
        found = self._standings.get(key)
        if found is None:
            plain = self._plain_score(earned, available)
            if self._weighted:
                plain = plain._replace(share=self._weighted_share(sums, places))
            band = -1
            if plain.share is not None and self.rubric.bands:
                reached = band_of(self.rubric, plain.share)
                band = -1 if reached is None else self.rubric.bands.index(reached)
            found = _Standing(plain, band)
            _remember(self._standings, key, found)
        return found

    def _weighted_share(
        self, sums: Sequence[tuple[int, int]], places: Sequence[int]
    ) -> Fraction | None:
        """Σ weight·share / Σ weight over the sections that have anything available (step 4)."""
        counted = [
            (self._weight(place), Fraction(earned, available))
            for place, (earned, available) in zip(places, sums, strict=True)
            if available
        ]
        weights = sum((weight for weight, _ in counted), Fraction(0))
        if not weights:
            return None
        return sum((weight * share for weight, share in counted), Fraction(0)) / weights

    def _weight(self, place: int) -> Fraction:
        return self._sections[place][0].weight or Fraction(0)

    def _needs(
        self, found: Sequence[_Found], sums: Sequence[tuple[int, int]], places: Sequence[int]
    ) -> list[_Weighed]:
        """What lost points, or was critical and missed, in the rubric's order (step 9)."""
        if not found:
            return []
        if not self._weighted:
            available = sum([a for _, a in sums])
            return [
                _Weighed(
                    one.lost, Need(one.section, one.result, *self._lost_of(one.lost, available))
                )
                for one in found
            ]
        weights = sum(
            (self._weight(place) for place, (_, a) in zip(places, sums, strict=True) if a),
            Fraction(0),
        )
        needs = []
        for one in found:
            part = Fraction(0)
            if one.lost:
                inside = Fraction(one.lost, sums[one.at][1])
                part = self._weight(places[one.at]) * inside / weights
            lost = Fraction(one.lost, self._scale)
            needs.append(_Weighed(part, Need(one.section, one.result, lost, part)))
        return needs

    def _lost_of(self, lost: int, available: int) -> tuple[Fraction, Fraction]:
        """Points lost, and their share of all that was available."""
        plain = self._plain_score(lost, available)
        return plain.earned, plain.share or Fraction(0)

    def _next_band(
        self,
        present: int,
        sums: Sequence[tuple[int, int]],
        places: Sequence[int],
        needs: Sequence[_Weighed],
    ) -> NextBand | None:
        """The fewest needs that lead above the present band, critical ones always (step 10)."""
        bands = self.rubric.bands
        if present < 0 or present == len(bands) - 1 or not needs:
            return None
        by_weight = [one.need for one in sorted(needs, key=lambda one: -one.weight)]
        critical = [need for need in by_weight if need.result.critical_missed]
        others = [need for need in by_weight if not need.result.critical_missed]
        index_of = {self._sections[place][0].id: index for index, place in enumerate(places)}
        then = list(sums)
        taken: list[Need] = []
        for need in (*critical, *others):
            index = index_of[need.section.id]
            earned, available = then[index]
            then[index] = (earned + int(need.points_lost * self._scale), available)
            taken.append(need)
            if len(taken) < len(critical):
                continue
            standing = self._standing(then, places)
            if standing.band > present and standing.score.share is not None:
                return NextBand(bands[present + 1], tuple(taken), standing.score.share)
        return None


def _judge(
    one: _Criterion, own: Rated, rating: _Rating, dispute: Dispute | None, instead: str | None
) -> tuple[_Rating, CriterionResult]:
    """The rating that counts on a criterion, and its result; an upheld dispute changes it."""
    original = rating.mark.rating
    says = None
    if dispute is not None:
        asked = one.rating(dispute.says or "")
        says = asked.mark.rating
        if dispute.outcome is Outcome.UPHELD:
            rating = asked
    if instead:
        rating = one.rating(instead)
    return rating, CriterionResult(one.criterion, rating.mark, own, original, dispute, says)


def _weightiest_first(needs: Sequence[_Weighed]) -> tuple[Need, ...]:
    """Critical ones first, then the largest share, ties in the rubric's order (step 9)."""
    ordered = sorted(needs, key=lambda one: (not one.need.result.criterion.critical, -one.weight))
    return tuple([one.need for one in ordered])


def _with_share(score: Score, share: Fraction) -> Score:
    """The score with the share that counts: 0 where a missed critical criterion set it so."""
    return score if score.share is share else score._replace(share=share)


def _remember(memory: dict[Any, Any], key: object, value: object) -> None:
    """Keep what was made; a memory that has grown too large starts again."""
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[key] = value


def _strengths(
    sections: Sequence[SectionResult], needs: Sequence[_Found]
) -> tuple[SectionResult, ...]:
    """Sections in which everything observed was met (step 11)."""
    needy = {need.section.id for need in needs}
    return tuple(
        section
        for section in sections
        if section.observed.criteria and section.section.id not in needy
    )


def _disputes_by_criterion(review: Review) -> dict[tuple[str, str], Dispute]:
    """For each disputed criterion the last decided dispute, else the last open one."""
    counting: dict[tuple[str, str], Dispute] = {}
    for dispute in review.disputes:
        key = (dispute.section, dispute.criterion)
        before = counting.get(key)
        if dispute.outcome.is_decision or (
            dispute.outcome is Outcome.OPEN and (before is None or not before.outcome.is_decision)
        ):
            counting[key] = dispute
    return counting
