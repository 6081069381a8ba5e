"""The engine: a rubric and a review in, an exact result out.

Pure: no file, clock, terminal or float. The numbers in comments are the steps of "The arithmetic"
in docs/scoring.md. Points are scaled once per rubric to integers, so sums and comparisons are of
integers; fractions appear where a share leaves the engine.

The engine trusts its input: `linting` has found a review that it cannot score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm

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


@lru_cache(maxsize=65536)
def _score_of(earned: int, available: int, scale: int) -> Score:
    """A plain score from scaled sums; few distinct ones occur, so most are made once."""
    share = Fraction(earned, available) if available else None
    return Score(Fraction(earned, scale), Fraction(available, scale), share)


@dataclass(slots=True)
class _Tally:
    """The running sums of one section, in scaled points."""

    earned: int = 0
    available: int = 0
    observed_earned: int = 0
    observed_available: int = 0
    points: int = 0
    criteria: int = 0
    of: int = 0

    def add(self, units: "_Units", mark: Mark) -> None:
        """Count one criterion in (steps 2 and 5)."""
        self.earned += units.earned
        self.available += units.available
        if units.points:
            self.points += units.points
            self.of += 1
            if mark.rating != Rating.NOT_APPLICABLE:
                self.criteria += 1
                self.observed_earned += units.earned
                self.observed_available += units.available


@dataclass(frozen=True, slots=True)
class _Units:
    """A mark's points in scaled integers."""

    earned: int
    available: int
    points: int


class _Criterion:
    """A criterion made ready: every rating's mark, in points and in scaled integers."""

    __slots__ = ("criterion", "marks", "read")

    def __init__(self, rubric: Rubric, criterion: Criterion, scale: int) -> None:
        self.criterion = criterion
        self.read = rubric.rating_reader(criterion)
        points = rubric.points_of(criterion)
        levels = rubric.levels_of(criterion)
        ratings = tuple(levels) if levels is not None else (Rating.MET, Rating.NOT_MET)
        self.marks: dict[str, tuple[Mark, _Units]] = {}
        for rating in (*ratings, Rating.NOT_APPLICABLE):
            earned = rubric.earns(criterion, rating)
            word = str(rating)
            if earned is None:
                mark = Mark(word, Fraction(0), Fraction(0), points, missed=False)
            else:
                mark = Mark(word, earned, points, points, rubric.misses(criterion, rating))
            self.marks[word] = (
                mark,
                _Units(int(mark.earned * scale), int(mark.available * scale), int(points * scale)),
            )

    def mark(self, word: str) -> tuple[Mark, _Units]:
        """What a reviewer's word is worth here."""
        return self.marks[self.read(word) or ""]


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

    def score(self, review: Review) -> ReviewResult:
        """Score one review; see `score`."""
        result = self._score(review, {})
        open_ones = [dispute for dispute in review.disputes if dispute.outcome is Outcome.OPEN]
        if not open_ones:
            return result
        return self._score(review, {}, tuple(self._outlook(review, one) for one in open_ones))

    def _outlook(self, review: Review, dispute: Dispute) -> Outlook:
        says = {(dispute.section, dispute.criterion): dispute.says or ""}
        try:
            then = self._score(review, says)
        except NothingObservedError:
            return Outlook(dispute, None, None, None, None)
        return Outlook(dispute, then.share, then.band, then.observed_share, then.band_observed)

    def _score(
        self,
        review: Review,
        instead: Mapping[tuple[str, str], str],
        outlooks: tuple[Outlook, ...] = (),
    ) -> ReviewResult:
        rubric = self.rubric
        disputes = _disputes_by_criterion(review) if review.disputes else {}
        sections: list[SectionResult] = []
        tallies: list[_Tally] = []
        for section, ready in self._sections:
            if section.applies_when and not holds(section.applies_when, review.interaction):
                continue  # step 1
            rated = review.ratings.get(section.id, {})
            tally = _Tally()
            results = []
            for one in ready:
                criterion = one.criterion
                if criterion.applies_when and not holds(criterion.applies_when, review.interaction):
                    continue  # step 1
                own = rated[criterion.id]
                key = (section.id, criterion.id)
                dispute = disputes.get(key)
                word = instead.get(key) or _scored_word(own, dispute)
                mark, units = one.mark(word)
                tally.add(units, mark)
                original = (
                    mark.rating if word == own.rating else one.mark(own.rating or "")[0].rating
                )
                says = None if dispute is None else one.mark(dispute.says or "")[0].rating
                results.append(CriterionResult(criterion, mark, own, original, dispute, says))
            if results:
                tallies.append(tally)
                sections.append(self._section(section, tally, tuple(results)))

        observed_criteria = sum(tally.criteria for tally in tallies)
        if observed_criteria == 0:
            raise NothingObservedError
        total = self._score_over(sections, [(t.earned, t.available) for t in tallies])
        seen = self._score_over(
            sections, [(t.observed_earned, t.observed_available) for t in tallies]
        )
        share, observed_share = total.share, seen.share
        if share is None or observed_share is None:  # pragma: no cover - something was observed
            raise NothingObservedError
        needs = self._needs(sections, tallies)
        critical = any(need.result.critical_missed for need in needs)
        if critical and rubric.on_critical is OnCritical.ZERO:
            share = observed_share = Fraction(0)
        band = self._band(share, critical=critical)
        of = sum(tally.of for tally in tallies)
        return ReviewResult(
            rubric=rubric,
            review=review,
            sections=tuple(sections),
            score=Score(total.earned, total.available, share),
            observed=Observed(
                Score(seen.earned, seen.available, observed_share),
                observed_criteria,
                of,
                of - observed_criteria,
            ),
            share=share,
            observed_share=observed_share,
            band=band,
            band_observed=self._band(observed_share, critical=critical),
            meets_expected=(
                False if critical else None if rubric.expected is None else share >= rubric.expected
            ),
            little_observed=(
                2 * sum(t.observed_available for t in tallies) < sum(t.points for t in tallies)
            ),
            # The sort is stable: ties stay in the rubric's order.
            needs=tuple(
                sorted(needs, key=lambda n: (not n.result.criterion.critical, -n.share_lost))
            ),
            strengths=_strengths(sections, needs),
            next_band=self._next_band(band, sections, tallies, needs),
            outlooks=outlooks,
        )

    def _section(
        self, section: Section, tally: _Tally, results: tuple[CriterionResult, ...]
    ) -> SectionResult:
        return SectionResult(
            section,
            _score_of(tally.earned, tally.available, self._scale),
            Observed(
                _score_of(tally.observed_earned, tally.observed_available, self._scale),
                tally.criteria,
                tally.of,
                tally.of - tally.criteria,
            ),
            results,
        )

    def _score_over(
        self, sections: Sequence[SectionResult], sums: Sequence[tuple[int, int]]
    ) -> Score:
        """The score of a whole review from each section's earned and available (step 4)."""
        earned, available = sum(e for e, _ in sums), sum(a for _, a in sums)
        if not self._weighted:
            return _score_of(earned, available, self._scale)
        plain = _score_of(earned, available, self._scale)
        counted = [
            (section.section.weight or Fraction(0), Fraction(e, a))
            for section, (e, a) in zip(sections, sums, strict=True)
            if a
        ]
        weights = sum((weight for weight, _ in counted), Fraction(0))
        if not weights:
            return Score(plain.earned, plain.available, None)
        weighted = sum((weight * share for weight, share in counted), Fraction(0))
        return Score(plain.earned, plain.available, weighted / weights)

    def _band(self, share: Fraction, *, critical: bool) -> Band | None:
        """The band of a share; the lowest where a critical criterion was missed (6, 8)."""
        if critical and self.rubric.bands:
            return self.rubric.bands[0]
        return band_of(self.rubric, share)

    def _needs(
        self, sections: Sequence[SectionResult], tallies: Sequence[_Tally]
    ) -> tuple[Need, ...]:
        """What lost points, or was critical and missed, in the rubric's order (step 9)."""
        found = [
            (section, tally, result)
            for section, tally in zip(sections, tallies, strict=True)
            for result in section.criteria
            if result.mark.earned < result.mark.available or result.critical_missed
        ]
        if not found:
            return ()
        if self._weighted:
            weights = sum(
                (
                    s.section.weight or 0
                    for s, t in zip(sections, tallies, strict=True)
                    if t.available
                ),
                Fraction(0),
            )
        else:
            available = sum(tally.available for tally in tallies)
        needs = []
        for section, tally, result in found:
            lost = result.mark.lost
            if not lost:
                part = Fraction(0)
            elif self._weighted:
                weight = section.section.weight or Fraction(0)
                part = weight * lost * self._scale / tally.available / weights
            else:
                part = lost * self._scale / available
            needs.append(Need(section.section, result, lost, part))
        return tuple(needs)

    def _next_band(
        self,
        band: Band | None,
        sections: Sequence[SectionResult],
        tallies: Sequence[_Tally],
        needs: Sequence[Need],
    ) -> NextBand | None:
        """The fewest needs that lead above the present band, critical ones always (step 10)."""
        bands = self.rubric.bands
        if band is None or band is bands[-1]:
            return None
        present = bands.index(band)
        by_weight = sorted(needs, key=lambda need: -need.share_lost)
        critical = [need for need in by_weight if need.result.critical_missed]
        others = [need for need in by_weight if not need.result.critical_missed]
        place = {section.section.id: index for index, section in enumerate(sections)}
        sums = [(tally.earned, tally.available) for tally in tallies]
        taken: list[Need] = []
        for need in (*critical, *others):
            index = place[need.section.id]
            earned, available = sums[index]
            sums[index] = (earned + int(need.points_lost * self._scale), available)
            taken.append(need)
            if len(taken) < len(critical):
                continue
            share = self._score_over(sections, sums).share
            reached = None if share is None else band_of(self.rubric, share)
            if share is not None and reached is not None and bands.index(reached) > present:
                return NextBand(bands[present + 1], tuple(taken), share)
        return None


def _strengths(
    sections: Sequence[SectionResult], needs: Sequence[Need]
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


def _scored_word(own: Rated, dispute: Dispute | None) -> str:
    """The word that is scored: the reviewer's, unless a dispute over it was upheld."""
    if dispute is not None and dispute.outcome is Outcome.UPHELD:
        return dispute.says or ""
    return own.rating or ""
