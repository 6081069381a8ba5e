"""The engine: a rubric and a review in, an exact result out.

Pure: no file, clock, terminal or float. The numbers in comments are the steps of "The arithmetic"
in docs/scoring.md. Points are scaled once per rubric to integers, which add and compare; what few
sums and ratings occur again and again is made once and shared, since nothing of it can change.

The engine trusts its input: `linting` has found a review that it cannot score.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from operator import attrgetter
from typing import Any, NamedTuple

from charter_score.compiled import (
    Worth,
    bound_of,
    expected_share,
    place_of,
    share_of,
    worth_of,
)
from charter_score.result import (
    CriterionResult,
    Need,
    NextBand,
    Observed,
    Outlook,
    ReviewResult,
    Score,
    SectionResult,
    TagResult,
)
from charter_score.review import Dispute, DisputeOutcome, Rated, Review, WholeSection
from charter_score.rubric import (
    Band,
    Combine,
    Criterion,
    CriterionKey,
    OnCritical,
    Rubric,
    Section,
    holds,
)

MOST_REMEMBERED = 8_192
"""Entries that a rubric's memory of sums may hold before it is emptied."""

Amount = int | Fraction
"""Scaled points: an integer, but where a number of a range earns what the scale cannot write."""
Sums = tuple[Amount, int]
"""Earned and available, in scaled points."""
Words = tuple[str | None, ...]
"""The word that counts for each criterion of a section; None where the criterion does not apply."""


class NothingObservedError(ValueError):
    """Every criterion with points was n/a: there is nothing that a score could speak of."""


def score(rubric: Rubric, review: Review) -> ReviewResult:
    """Score one review.

    Raises:
        NothingObservedError: where no criterion with points was rated other than n/a.
        KeyError: where the review was not checked first (an unrated criterion, an unknown word).
    """
    return Scorer(rubric).score(review)


class ReadyRating(NamedTuple):
    """One rating of one criterion made ready: its worth, and the same in scaled points."""

    worth: Worth
    earned: Amount
    available: int
    points: int
    criteria: int  # 1 where it counts as observed
    of: int  # 1 where the criterion has points
    is_need: bool
    plain: CriterionResult  # the result where the reviewer wrote nothing but the word

    @property
    def lost(self) -> Amount:
        """Scaled points available and not earned."""
        return self.available - self.earned


class _Tally(NamedTuple):
    """What the ratings of one section come to, whatever was written beside them."""

    place: int  # which of the rubric's sections
    words: Words
    sums: Sums
    seen: Sums  # the same over what was observed
    points: int
    criteria: int
    of: int
    critical_missed: bool
    is_below: bool  # whether its share is below the section's minimum
    is_below_observed: bool  # whether its observed share is
    needs: tuple[tuple[int, Amount], ...]  # which of the results, and the points it lost
    is_strength: bool
    plain: SectionResult  # the result where the reviewer wrote nothing but words


class _Whole(NamedTuple):
    """What tallies come to together (steps 4 to 8)."""

    score: Score
    observed: Observed
    share: Fraction
    share_by_points: Fraction
    observed_share: Fraction
    band: int  # the place among the rubric's bands; -1: none
    band_observed: int
    fails: bool  # a critical criterion was missed, or a section is below its minimum


class _Weighed(NamedTuple):
    """A need with what orders it: its scaled points, or its share under section weights."""

    weight: Amount
    need: Need
    lost: Amount  # in scaled points
    at: int  # which of the tallies

    @property
    def is_critical(self) -> bool:
        """Whether the criterion is a critical one, missed or not."""
        return self.need.result.criterion.is_critical


class _Standing(NamedTuple):
    """What some sums come to: the score and its place among the bands (-1: no bands)."""

    score: Score
    band: int


class _Criterion:
    """A criterion made ready: what each word of a reviewer is worth."""

    __slots__ = ("_read", "_rubric", "_scale", "_words", "criterion")

    def __init__(self, rubric: Rubric, criterion: Criterion, scale: int) -> None:
        self.criterion = criterion
        self._rubric = rubric
        self._scale = scale
        self._read = rubric.rating_reader(criterion)
        self._words: dict[str, ReadyRating] = {}

    def rating(self, word: str) -> ReadyRating:
        """What a reviewer's word is worth here; made ready when it is first met.

        Raises:
            KeyError: for a word that is no rating of the criterion.
        """
        found = self._words.get(word)
        if found is None:
            meant = self._read(word)
            if meant is None:
                raise KeyError(word)
            rating = str(meant)
            found = self._words.get(rating) or made_ready(
                self._rubric, self.criterion, rating, self._scale
            )
            _remember(self._words, rating, found)
        return found


def made_ready(rubric: Rubric, criterion: Criterion, rating: str, scale: int) -> ReadyRating:
    """A rating in the integers that add."""
    worth = worth_of(rubric, criterion, rating)
    return ReadyRating(
        worth,
        _scaled(worth.earned, scale),
        int(worth.available * scale),
        int(worth.points * scale),
        criteria=int(worth.observed),
        of=int(worth.points > 0),
        is_need=worth.lost > 0 or (criterion.is_critical and worth.missed),
        plain=CriterionResult(criterion, worth, Rated(rating=rating), rating, None, None),
    )


def _scaled(points: Fraction, scale: int) -> Amount:
    """Points in units of the scale, an integer where they are whole."""
    amount = points * scale
    return amount.numerator if amount.denominator == 1 else amount


def _held(share: Fraction) -> Fraction:
    """A share as it leaves the engine: from 0 to 1, whatever deductions and bonuses make of it."""
    return min(max(share, Fraction(0)), Fraction(1))


def _amounts(rubric: Rubric, criterion: Criterion) -> Iterator[Fraction]:
    """Points that a criterion can earn; of a range those of one step."""
    points = rubric.points_of(criterion)
    yield points
    yield from (rubric.levels_of(criterion) or {}).values()
    if criterion.range is not None:
        yield points / criterion.range.to


class _Section:
    """A section made ready, with a memory of what its ratings came to.

    A month of reviews rates a section in a few ways again and again; what differs is what was
    written beside the ratings.
    """

    __slots__ = ("_at_least", "_is_conditional", "criteria", "ids", "section", "tallies")

    def __init__(self, rubric: Rubric, section: Section, scale: int) -> None:
        self.section = section
        self.criteria = [_Criterion(rubric, criterion, scale) for criterion in section.criteria]
        self.tallies: dict[Words, _Tally] = {}
        self._at_least = None if section.at_least is None else share_of(section.at_least)
        self.ids = [criterion.id for criterion in section.criteria]
        self._is_conditional = section.is_conditional

    def is_below(self, sums: Sums) -> bool:
        """Whether sums are below the section's minimum; nothing available is not (step 8)."""
        earned, available = sums
        if self._at_least is None or not available:
            return False
        return max(Fraction(earned), Fraction(0)) < self._at_least * available

    def rated(self, review: Review) -> list[Rated | None]:
        """How each criterion was rated; None where it does not apply (step 1).

        Raises:
            KeyError: where a criterion that applies has no entry.
        """
        given = review.ratings.get(self.section.id, {})
        if isinstance(given, WholeSection):
            given = dict.fromkeys(self.ids, given.rated)
        if not self._is_conditional:
            return [given[name] for name in self.ids]
        if not holds(self.section.applies_when, review.interaction):
            return [None] * len(self.ids)
        return [
            given[one.criterion.id]
            if holds(one.criterion.applies_when, review.interaction)
            else None
            for one in self.criteria
        ]


class Scorer:
    """A rubric made ready to score many reviews."""

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        self._scale = lcm(
            *(
                amount.denominator
                for _, criterion in rubric.criteria()
                for amount in _amounts(rubric, criterion)
            )
        )
        self._sections = [_Section(rubric, section, self._scale) for section in rubric.sections]
        self._weighted = rubric.combine is Combine.SECTION_WEIGHTS
        self._bounds = [bound_of(band) for band in rubric.bands]
        self._expected = expected_share(rubric)
        self._standings: dict[object, _Standing] = {}
        self._scores: dict[Sums, Score] = {}
        self._lost: dict[Sums, tuple[Fraction, Fraction]] = {}
        self._observed: dict[tuple[int, int, int], Observed] = {}

    def score(self, review: Review) -> ReviewResult:
        """Score one review; see `score`."""
        disputes = _disputes_by_criterion(review) if review.disputes else {}
        rubric = self.rubric
        tallies: list[_Tally] = []
        sections: list[SectionResult] = []
        for place, ready in enumerate(self._sections):
            rated = ready.rated(review)
            words = _words(ready, rated, disputes)
            tally = self._tally(place, words)
            if tally.plain.criteria:
                tallies.append(tally)
                sections.append(_as_written(ready, tally.plain, rated, disputes))
        whole = self._whole(tallies)
        needs = self._needs(tallies, sections)
        by_weight = sorted(needs, key=attrgetter("weight"), reverse=True)
        return ReviewResult(
            rubric=rubric,
            review=review,
            sections=tuple(sections),
            score=whole.score,
            observed=whole.observed,
            share=whole.share,
            share_by_points=whole.share_by_points,
            observed_share=whole.observed_share,
            band=self._band(whole.band),
            band_observed=self._band(whole.band_observed),
            critical_missed=_critical_missed(needs),
            below_section_minimum=tuple(
                [tally.plain.section for tally in tallies if tally.is_below]
            ),
            meets_expected=self._meets_expected(whole),
            little_observed=2 * sum([tally.seen[1] for tally in tallies])
            < sum([tally.points for tally in tallies]),
            needs=tuple(
                [one.need for one in sorted(by_weight, key=lambda one: not one.is_critical)]
            ),
            strengths=_strengths(tallies, sections),
            next_band=self._next_band(whole.band, tallies, by_weight),
            outlooks=tuple(
                [
                    self._outlook(dispute, tallies)
                    for dispute in review.disputes
                    if dispute.outcome is DisputeOutcome.OPEN and not dispute.is_over_all
                ]
            ),
            tags=self._tags(tallies) if rubric.tags else (),
        )

    def _tags(self, tallies: Sequence[_Tally]) -> tuple[TagResult, ...]:
        """The plain sums over the criteria of each tag that apply (step 12)."""
        found: list[TagResult] = []
        for tag, title in self.rubric.tags.items():
            ratings = [
                ready.rating(word)
                for tally in tallies
                for ready, word in zip(
                    self._sections[tally.place].criteria, tally.words, strict=True
                )
                if word is not None and tag in ready.criterion.tags
            ]
            if ratings:
                given = [one for one in ratings if not one.worth.not_applicable]
                found.append(
                    TagResult(
                        tag,
                        title,
                        self._plain_score(*_sums(ratings)),
                        self._observed_of(
                            self._plain_score(*_sums(given)),
                            sum([one.criteria for one in given]),
                            sum([one.of for one in ratings]),
                        ),
                        missed=sum(one.worth.missed for one in ratings),
                        criteria=len(ratings),
                    )
                )
        return tuple(found)

    def _tally(self, place: int, words: Words) -> _Tally:
        """What the ratings of one section come to (step 3), summed once for the same words."""
        ready = self._sections[place]
        known = ready.tallies.get(words)
        if known is not None:
            return known
        ratings = [
            one.rating(word)
            for one, word in zip(ready.criteria, words, strict=True)
            if word is not None
        ]
        sums = _sums(ratings)
        given = [one for one in ratings if not one.worth.not_applicable]
        observed = [one for one in given if one.criteria]
        seen = _sums(given)
        of = sum([one.of for one in ratings])
        needs = tuple([(index, one.lost) for index, one in enumerate(ratings) if one.is_need])
        not_met = any(one.plain.advisory_not_met for one in ratings)
        tally = _Tally(
            place,
            words,
            sums,
            seen,
            points=sum([one.points for one in ratings]),
            criteria=len(observed),
            of=of,
            critical_missed=any(one.plain.critical_missed for one in ratings),
            is_below=ready.is_below(sums),
            is_below_observed=ready.is_below(seen),
            needs=needs,
            is_strength=bool(observed) and not needs and not not_met,
            plain=SectionResult(
                ready.section,
                self._plain_score(*sums),
                self._observed_of(self._plain_score(*seen), len(observed), of),
                tuple([one.plain for one in ratings]),
            ),
        )
        _remember(ready.tallies, words, tally)
        return tally

    def _whole(self, tallies: Sequence[_Tally]) -> _Whole:
        """The sections together.

        Raises:
            NothingObservedError: where no criterion with points was observed.
        """
        criteria = sum([tally.criteria for tally in tallies])
        if not criteria:
            raise NothingObservedError
        places = tuple([tally.place for tally in tallies])
        score, band = self._standing([tally.sums for tally in tallies], places)
        observed, band_observed = self._standing([tally.seen for tally in tallies], places)
        share, observed_share = score.share or Fraction(0), observed.share or Fraction(0)
        by_points = share
        critical = any(tally.critical_missed for tally in tallies)
        fails = critical or any(tally.is_below for tally in tallies)
        # Step 8: the lowest band, and 0 where the rubric says so; sections are not touched.
        zero = self.rubric.on_critical is OnCritical.ZERO
        if fails:
            band, share = min(band, 0), Fraction(0) if zero else share
        if critical or any(tally.is_below_observed for tally in tallies):
            band_observed = min(band_observed, 0)
            observed_share = Fraction(0) if zero else observed_share
        return _Whole(
            _with_share(score, share),
            self._observed_of(
                _with_share(observed, observed_share),
                criteria,
                sum([tally.of for tally in tallies]),
            ),
            share,
            by_points,
            observed_share,
            band,
            band_observed,
            fails,
        )

    def _outlook(self, dispute: Dispute, tallies: Sequence[_Tally]) -> Outlook:
        """What upholding an open dispute would make of the review."""
        then = [
            self._upheld(tally, dispute) if tally.plain.section.id == dispute.section else tally
            for tally in tallies
        ]
        try:
            whole = self._whole(then)
        except NothingObservedError:
            return Outlook(dispute, None, None, None, None)
        bands = self._band(whole.band), self._band(whole.band_observed)
        return Outlook(dispute, whole.share, bands[0], whole.observed_share, bands[1])

    def _upheld(self, tally: _Tally, dispute: Dispute) -> _Tally:
        """A section's tally with what a dispute says in place of the word that counts."""
        words = tuple(
            [
                dispute.says or "" if name == dispute.criterion and word is not None else word
                for name, word in zip(self._sections[tally.place].ids, tally.words, strict=True)
            ]
        )
        return self._tally(tally.place, words)

    def _band(self, place: int) -> Band | None:
        return self.rubric.bands[place] if place >= 0 else None

    def _meets_expected(self, whole: _Whole) -> bool | None:
        if whole.fails:
            return False
        return None if self._expected is None else whole.share >= self._expected

    def _plain_score(self, earned: Amount, available: int) -> Score:
        """The score of plain sums (step 3)."""
        found = self._scores.get((earned, available))
        if found is None:
            share = _held(Fraction(earned) / available) if available else None
            found = Score(Fraction(earned) / self._scale, Fraction(available, self._scale), share)
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

    def _standing(self, sums: Sequence[Sums], places: tuple[int, ...]) -> _Standing:
        """The score and band of a whole review from the sums of its sections (steps 4 and 6).

        `places` says which sections of the rubric the sums belong to.
        """
        earned, available = sum([e for e, _ in sums]), sum([a for _, a in sums])
        key: object = (tuple(sums), places) if self._weighted else (earned, available)
        found = self._standings.get(key)
        if found is None:
            plain = self._plain_score(earned, available)
            if self._weighted:
                plain = plain._replace(share=self._weighted_share(sums, places))
            band = -1 if plain.share is None else place_of(plain.share, self._bounds)
            found = _Standing(plain, band)
            _remember(self._standings, key, found)
        return found

    def _weighted_share(self, sums: Sequence[Sums], places: Sequence[int]) -> Fraction | None:
        """Σ weight·share / Σ weight over the sections that have anything available (step 4)."""
        counted = [
            (self._weight(place), Fraction(earned) / available)
            for place, (earned, available) in zip(places, sums, strict=True)
            if available
        ]
        weights = sum((weight for weight, _ in counted), Fraction(0))
        if not weights:
            return None
        return _held(sum((weight * share for weight, share in counted), Fraction(0)) / weights)

    def _weight(self, place: int) -> Fraction:
        return self._sections[place].section.weight or Fraction(0)

    def _needs(
        self, tallies: Sequence[_Tally], sections: Sequence[SectionResult]
    ) -> list[_Weighed]:
        """What lost points, or was critical and missed, in the rubric's order (step 9)."""
        available = sum([tally.sums[1] for tally in tallies])
        weights = Fraction(0)
        if self._weighted:
            weights = sum(
                [self._weight(tally.place) for tally in tallies if tally.sums[1]], Fraction(0)
            )
        found = []
        for at, tally in enumerate(tallies):
            for index, lost in tally.needs:
                # One that was missed though it earned more than the points has lost nothing.
                points, part = self._lost_of(max(lost, 0), available)
                weight: Amount = max(lost, 0)
                if self._weighted:
                    of = tally.sums[1]
                    inside = Fraction(max(lost, 0)) / of if of else Fraction(0)
                    weight = part = self._weight(tally.place) * inside / weights
                need = Need(tally.plain.section, sections[at].criteria[index], points, part)
                found.append(_Weighed(weight, need, lost, at))
        return found

    def _lost_of(self, lost: Amount, available: int) -> tuple[Fraction, Fraction]:
        """Points lost, and their share of all that was available."""
        found = self._lost.get((lost, available))
        if found is None:
            part = Fraction(lost) / available if available else Fraction(0)
            found = Fraction(lost) / self._scale, part
            _remember(self._lost, (lost, available), found)
        return found

    def _next_band(
        self, present: int, tallies: Sequence[_Tally], by_weight: Sequence[_Weighed]
    ) -> NextBand | None:
        """The fewest needs that lead above the present band (step 10).

        Critical ones that were missed always, then those that lift a section to its minimum.
        """
        bands = self.rubric.bands
        if present < 0 or present == len(bands) - 1 or not by_weight:
            return None
        places = tuple([tally.place for tally in tallies])
        then = [tally.sums for tally in tallies]
        taken: list[Need] = []
        left: list[_Weighed] = []

        def take(one: _Weighed) -> None:
            earned, available = then[one.at]
            then[one.at] = (earned + one.lost, available)
            taken.append(one.need)

        for one in by_weight:
            if one.need.result.critical_missed:
                take(one)
            else:
                left.append(one)
        if any(self._sections[place].section.at_least is not None for place in places):
            for at, place in enumerate(places):
                for one in [one for one in left if one.at == at]:
                    if not self._sections[place].is_below(then[at]):
                        break
                    take(one)
                    left.remove(one)
        while True:
            standing = self._standing(then, places)
            if standing.band > present and standing.score.share is not None and taken:
                return NextBand(bands[standing.band], tuple(taken), standing.score.share)
            if not left:
                return None
            take(left.pop(0))


def _sums(ratings: Sequence[ReadyRating]) -> Sums:
    """Earned and available of some ratings."""
    return sum([one.earned for one in ratings]), sum([one.available for one in ratings])


def _words(
    ready: _Section, rated: Sequence[Rated | None], disputes: Mapping[CriterionKey, Dispute]
) -> Words:
    """The word that counts for each criterion: the reviewer's, unless a dispute was upheld."""
    words = [None if own is None else own.rating or "" for own in rated]
    if disputes:
        for index, one in enumerate(ready.criteria):
            dispute = disputes.get((ready.section.id, one.criterion.id))
            if dispute is None or words[index] is None:
                continue
            if dispute.outcome is DisputeOutcome.UPHELD:
                words[index] = dispute.says or ""
    return tuple(words)


def _as_written(
    ready: _Section,
    plain: SectionResult,
    rated: Sequence[Rated | None],
    disputes: Mapping[CriterionKey, Dispute],
) -> SectionResult:
    """The result of a section with what was written beside its ratings, and what is disputed."""
    results = list(plain.criteria)
    written = [own for own in rated if own is not None]
    differs = False
    for index, own in enumerate(written):
        result = results[index]
        dispute = disputes.get((ready.section.id, result.criterion.id)) if disputes else None
        if dispute is not None:
            one = next(one for one in ready.criteria if one.criterion is result.criterion)
            original = one.rating(own.rating or "").worth.rating
            says = one.rating(dispute.says or "").worth.rating
            results[index] = result._replace(
                rated=own, original=original, dispute=dispute, says=says
            )
        elif own.comment is not None or own.evidence is not None or own.causes:
            results[index] = CriterionResult(
                result.criterion, result.worth, own, result.original, None, None
            )
        else:
            continue
        differs = True
    return plain._replace(criteria=tuple(results)) if differs else plain


def _critical_missed(needs: Sequence[_Weighed]) -> tuple[tuple[Section, Criterion], ...]:
    """The critical criteria that were missed, in the order of the needs."""
    return tuple(
        [
            (one.need.section, one.need.result.criterion)
            for one in needs
            if one.need.result.critical_missed
        ]
    )


def _with_share(score: Score, share: Fraction) -> Score:
    """The score with the share that counts: 0 where a missed critical criterion set it so."""
    return score if score.share is share else score._replace(share=share)


def _remember(memory: dict[Any, Any], key: object, value: object) -> None:
    """Keep what was made; a memory that has grown too large starts again."""
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[key] = value


def _strengths(
    tallies: Sequence[_Tally], sections: Sequence[SectionResult]
) -> tuple[SectionResult, ...]:
    """Sections in which everything observed was met, advisory criteria too (step 11)."""
    return tuple(
        [section for tally, section in zip(tallies, sections, strict=True) if tally.is_strength]
    )


def _disputes_by_criterion(review: Review) -> dict[CriterionKey, Dispute]:
    """For each disputed criterion the last decided dispute, else the last open one."""
    counting: dict[CriterionKey, Dispute] = {}
    for dispute in review.disputes:
        if dispute.section is None or dispute.criterion is None:
            continue  # over the whole review
        key = (dispute.section, dispute.criterion)
        before = counting.get(key)
        if dispute.outcome.is_decision or (
            dispute.outcome is DisputeOutcome.OPEN
            and (before is None or not before.outcome.is_decision)
        ):
            counting[key] = dispute
    return counting
