"""What another rubric would make of reviews that exist: which scores move, which bands flip.

A review is carried over criterion by criterion, as the two rubrics match (`matching`), with the
ratings that count today, upheld disputes included, and scored by the same engine. Criteria that the
new rubric adds were rated by nobody: they are left out of it, and said to be.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from charter_score.comparing.matching import Matching, place_of
from charter_score.field_types import ReadOnly
from charter_score.outcome import Scored
from charter_score.rating import Rating
from charter_score.result import ReviewResult
from charter_score.review import Rated, Review, Selection, Status
from charter_score.rubric import Criterion, CriterionKey, Permission, Rubric, Section, applies
from charter_score.scoring import NothingObservedError, Scorer


class NotCarried(StrEnum):
    """Why a review says nothing about the new rubric."""

    OTHER_RUBRIC = "of another rubric"
    NOT_FINAL = "calibration or an own view, which no standard is changed for"
    UNKNOWN_RATING = "has a rating that the new rubric does not know"
    UNRATED = "has no rating where the new rubric wants one"
    NOTHING_OBSERVED = "nothing would be observed in it"


class Moved(NamedTuple):
    """One review under both rubrics."""

    scored: Scored
    before: ReviewResult
    after: ReviewResult

    @property
    def change(self) -> Fraction:
        """How far the score moves."""
        return self.after.share - self.before.share

    @property
    def band_flips(self) -> bool:
        """Whether the name of the band is another one."""
        return self.bands[0] != self.bands[1]

    @property
    def bands(self) -> tuple[str | None, str | None]:
        """The names of both bands."""
        before, after = self.before.band, self.after.band
        return (None if before is None else before.name, None if after is None else after.name)

    @property
    def expectation_flips(self) -> bool:
        """Whether it meets what is expected under one of the two only."""
        return self.before.meets_expected is not self.after.meets_expected

    @property
    def counts(self) -> bool:
        """Whether it counts in a mean: one that was drawn by chance, where reviews say how."""
        return self.before.review.selection is Selection.RANDOM


class Impact(NamedTuple):
    """What the new rubric would make of the reviews of the old.

    `added` were rated by nobody and are left out, `removed` count no more.
    """

    old: Rubric
    new: Rubric
    added: tuple[tuple[Section, Criterion], ...]
    removed: tuple[tuple[Section, Criterion], ...]
    mapped: Mapping[CriterionKey, CriterionKey]
    moved: tuple[Moved, ...]
    left_out: Mapping[NotCarried, int]

    @property
    def flips(self) -> tuple[Moved, ...]:
        """The reviews whose band or expectation flips, those that move farthest first."""
        found = [one for one in self.moved if one.band_flips or one.expectation_flips]
        return tuple(sorted(found, key=lambda one: -abs(one.change)))

    @property
    def advisors(self) -> Mapping[str, tuple[int, int]]:
        """For each advisor how many reviews there are, and of how many something flips."""
        every = Counter(one.before.review.advisor or "" for one in self.moved)
        flips = Counter(one.before.review.advisor or "" for one in self.flips)
        return {name: (number, flips[name]) for name, number in every.items()}


@dataclass
class ImpactOfReviews:
    """Collector: each review of the old rubric, scored under the new one too.

    `mapping` names criteria of the old that are others of the new, where their ids and titles do
    not say so.
    """

    old: Rubric
    old_sha256: str
    new: Rubric
    mapping: Mapping[CriterionKey, CriterionKey] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    left_out: Counter[NotCarried] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        matching = Matching(self.old, self.new)
        named = set(self.mapping.values())
        self._pairs = {
            pair.new_place: pair.old_place
            for pair in matching.pairs
            if pair.new_place not in named and pair.old_place not in self.mapping
        } | {new: old for old, new in self.mapping.items()}
        there = {place_of(home): home for home in self.new.criteria()}
        self._added = [home for place, home in there.items() if place not in self._pairs]
        kept = set(self._pairs.values())
        self._removed = [home for home in self.old.criteria() if place_of(home) not in kept]
        self._rubric = _without(self.new, {place_of(home) for home in self._added})
        self._scorer = Scorer(self._rubric)

    def add(self, scored: Scored) -> None:
        """Take in one review."""
        before = scored.result
        if scored.rubric_sha256 != self.old_sha256:
            self.left_out[NotCarried.OTHER_RUBRIC] += 1
        elif before.review.status is not Status.FINAL:
            self.left_out[NotCarried.NOT_FINAL] += 1
        else:
            after = self._under_the_new(before)
            if isinstance(after, NotCarried):
                self.left_out[after] += 1
            else:
                self.moved.append(Moved(scored, before, after))

    def _under_the_new(self, before: ReviewResult) -> ReviewResult | NotCarried:
        review = self._carried(before)
        if isinstance(review, NotCarried):
            return review
        try:
            return self._scorer.score(review)
        except NothingObservedError:
            return NotCarried.NOTHING_OBSERVED

    def _carried(self, before: ReviewResult) -> Review | NotCarried:
        """The review with the ratings that count today where the new rubric looks for them."""
        today: dict[CriterionKey, Rated] = {
            (section.section.id, one.criterion.id): one.rated.model_copy(
                update={"rating": one.worth.rating}
            )
            for section in before.sections
            for one in section.criteria
        }
        interaction = before.review.interaction
        ratings: dict[str, dict[str, Rated]] = {}
        for section, criterion in self._rubric.criteria():
            if not applies(section, criterion, interaction):
                continue
            rated = today.get(self._pairs[section.id, criterion.id])
            if rated is None or rated.rating is None:
                return NotCarried.UNRATED
            word = self._rubric.rating_reader(criterion)(rated.rating)
            forbidden = criterion.not_applicable is Permission.FORBIDDEN
            if word is None or (forbidden and word == Rating.NOT_APPLICABLE):
                return NotCarried.UNKNOWN_RATING
            ratings.setdefault(section.id, {})[criterion.id] = rated
        update = {"ratings": ReadOnly(ratings), "disputes": (), "rubric": None}
        return before.review.model_copy(update=update)

    def impact(self) -> Impact:
        """What was found."""
        return Impact(
            self.old,
            self.new,
            tuple(self._added),
            tuple(self._removed),
            {old: new for new, old in self._pairs.items() if old != new},
            tuple(self.moved),
            dict(self.left_out),
        )


def _without(rubric: Rubric, places: set[CriterionKey]) -> Rubric:
    """A rubric without some of its criteria, and without sections that hold no other."""
    sections = []
    for section in rubric.sections:
        criteria = [one for one in section.criteria if (section.id, one.id) not in places]
        if criteria:
            sections.append(section.model_copy(update={"criteria": tuple(criteria)}))
    return rubric.model_copy(update={"sections": tuple(sections)})
