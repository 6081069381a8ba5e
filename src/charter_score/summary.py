"""Many outcomes as one summary. `combine` is associative, so parts can be summed anywhere.

Two rubrics are never mixed: each has a summary of its own, and only plain counts go over all.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import NamedTuple, TypeVar

from charter_score.compiled import expected_share, worth_of
from charter_score.figures import html_table, percent_text
from charter_score.filters import NO_FILTER, ReviewFilter, field_values, fields_given
from charter_score.outcome import Failed, LeftOut, Outcome, Scored, Skipped
from charter_score.rating import LONGEST_WORD
from charter_score.result import TagResult
from charter_score.review import Review, Selection, Status
from charter_score.rubric import CriterionKey, Rubric, normal_value, same_value

K = TypeVar("K")


def mean_of(shares: Counter[Fraction]) -> Fraction | None:
    """The arithmetic mean of exact shares; None of none."""
    count = shares.total()
    return sum((share * n for share, n in shares.items()), Fraction(0)) / count if count else None


def quantile(shares: Counter[Fraction], part: Fraction) -> Fraction | None:
    """The share below which a part (0 to 1) of the shares lies, between neighbours linearly.

    Source: Hyndman and Fan, Sample Quantiles in Statistical Packages (1996), definition 7, which
    gives the usual median at one half.
    """
    count = shares.total()
    if not count:
        return None
    place = (count - 1) * part
    low = place.numerator // place.denominator
    ordered = sorted(shares)
    below = _nth(shares, ordered, low)
    above = _nth(shares, ordered, min(low + 1, count - 1))
    return below + (above - below) * (place - low)


def _nth(shares: Counter[Fraction], ordered: Iterable[Fraction], n: int) -> Fraction:
    """The share at a place (from 0) among all in order."""
    for share in ordered:
        n -= shares[share]
        if n < 0:
            return share
    raise IndexError(n)


class ByCriterion(NamedTuple):
    """How often each criterion was observed, of these missed or met in part, and how often n/a."""

    observed: Counter[CriterionKey]
    missed: Counter[CriterionKey]
    partly: Counter[CriterionKey]
    not_applicable: Counter[CriterionKey]


@dataclass
class TagSummary:
    """What the criteria with one tag come to over reviews; `missed` counts single criteria."""

    shares: Counter[Fraction] = field(default_factory=Counter)
    observed_shares: Counter[Fraction] = field(default_factory=Counter)
    missed: int = 0
    criteria: int = 0

    def add(self, tag: TagResult) -> None:
        """Count the tag of one review in."""
        if tag.score.share is not None:
            self.shares[tag.score.share] += 1
        if tag.observed.score.share is not None:
            self.observed_shares[tag.observed.score.share] += 1
        self.missed += tag.missed
        self.criteria += tag.criteria

    def combine(self, other: "TagSummary") -> None:
        """Take another count of the same tag in."""
        self.shares.update(other.shares)
        self.observed_shares.update(other.observed_shares)
        self.missed += other.missed
        self.criteria += other.criteria


@dataclass
class RubricSummary:
    """What all scored reviews of one rubric say together; calibration reviews are left out.

    `ratings` holds how often each criterion got each rating (as it counts, after disputes).
    """

    rubric: Rubric
    shares: Counter[Fraction] = field(default_factory=Counter)
    observed_shares: Counter[Fraction] = field(default_factory=Counter)
    bands: Counter[str] = field(default_factory=Counter)
    below_expected: int = 0
    meets_expected: int = 0
    meets_only_by_not_applicable: int = 0
    rests_on_not_applicable: int = 0
    little_observed: int = 0
    critical: int = 0
    below_section_minimum: int = 0
    provisional: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    tags: dict[str, TagSummary] = field(default_factory=dict)
    ratings: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @property
    def reviews(self) -> int:
        """How many scored reviews this speaks of."""
        return self.shares.total()

    def add(self, scored: Scored) -> None:
        """Count one scored review in."""
        result = scored.result
        self.shares.update((result.share,))
        self.observed_shares.update((result.observed_share,))
        if result.band is not None:
            self.bands[result.band.name] += 1
        self.below_expected += result.meets_expected is False
        self.meets_expected += result.meets_expected is True
        expected = expected_share(result.rubric)
        self.meets_only_by_not_applicable += (
            result.meets_expected is True
            and expected is not None
            and result.observed_share < expected
        )
        self.rests_on_not_applicable += result.band_rests_on_not_applicable
        self.little_observed += result.little_observed
        self.critical += bool(result.critical_missed)
        self.below_section_minimum += bool(result.below_section_minimum)
        if result.rubric.causes:
            self.causes.update(
                cause
                for section in result.sections
                for criterion in section.criteria
                for cause in criterion.rated.causes
            )
        for tag in result.tags:
            self.tags.setdefault(tag.id, TagSummary()).add(tag)
        self.provisional += result.provisional
        self.ratings.update(
            [
                (section.section.id, result.criterion.id, result.worth.rating)
                for section in result.sections
                for result in section.criteria
            ]
        )

    def by_criterion(self) -> ByCriterion:
        """How often each criterion with points was observed, missed, met in part and n/a."""
        counts = ByCriterion(Counter(), Counter(), Counter(), Counter())
        criteria = {(section.id, one.id): one for section, one in self.rubric.criteria()}
        for (*place, rating), number in sorted(self.ratings.items()):
            key = (place[0], place[1])
            worth = worth_of(self.rubric, criteria[key], rating)
            if worth.observed:
                counts.observed[key] += number
                if worth.lost > 0:
                    (counts.missed if worth.missed else counts.partly)[key] += number
            elif worth.points:
                counts.not_applicable[key] += number
        return counts

    def combine(self, other: "RubricSummary") -> None:
        """Take another summary of the same rubric in."""
        for counter, more in (
            (self.shares, other.shares),
            (self.observed_shares, other.observed_shares),
        ):
            counter.update(more)
        self.bands.update(other.bands)
        self.below_expected += other.below_expected
        self.meets_expected += other.meets_expected
        self.meets_only_by_not_applicable += other.meets_only_by_not_applicable
        self.rests_on_not_applicable += other.rests_on_not_applicable
        self.little_observed += other.little_observed
        self.critical += other.critical
        self.below_section_minimum += other.below_section_minimum
        self.causes.update(other.causes)
        for tag, counted in other.tags.items():
            self.tags.setdefault(tag, TagSummary()).combine(counted)
        self.provisional += other.provisional
        self.ratings.update(other.ratings)


class Group(NamedTuple):
    """Some reviews of one rubric that have a value in common in each of some fields.

    `by` names the fields, several where groups cross; `values` has the value of each, None where
    there is none.
    """

    by: tuple[str, ...]
    values: tuple[str | None, ...]
    rubric: tuple[str, str]


def fields_in(by: str) -> tuple[str, ...]:
    """The fields that are grouped by together: `team,month` crosses two."""
    return tuple(dict.fromkeys(name.strip() for name in by.split(",")))


FEWEST_TO_COMPARE = 5
"""Reviews below which a group says nothing that could be compared."""
PERSONS = frozenset(["advisor", "reviewer"])
"""Fields whose groups are persons."""


class FewestOfPeople(NamedTuple):
    """How many reviews a figure of a person needs at least, and where that was agreed."""

    least: int
    agreed: str

    @property
    def told(self) -> str:
        """What was agreed, and where, in a sentence."""
        fewest = fewest_for(self, PERSONS)
        return f"{self.agreed}: no figure of a person below {fewest} reviews."


def fewest_for(people: FewestOfPeople | None, fields: Iterable[str]) -> int:
    """Reviews that a group of these fields has at least, or else no figure is shown of it."""
    if people is None or PERSONS.isdisjoint(fields):
        return FEWEST_TO_COMPARE
    return max(FEWEST_TO_COMPARE, people.least)


def group_values(scored: Scored, by: str) -> dict[str | None, str]:
    """What a review is grouped under: a person, team, rubric, month, or an interaction field.

    Each value in the form in which two are equal, with how it is spelt; None where there is none.
    """
    if by == "rubric":  # two of which may differ in case alone
        return {scored.result.rubric.name: scored.result.rubric.name}
    spellings: dict[str | None, str] = {}
    for value in field_values(scored.result.review, scored.result.rubric, by):
        same, spelt = same_value(value), normal_value(value)
        spellings[same] = min(spelt, spellings.get(same, spelt))
    return spellings or {None: ""}


@dataclass
class Summary:
    """Counts over everything that was found, and one summary for each rubric (id, version).

    `by` names what reviews are grouped by, each on its own: a field, or several with commas between
    them, which cross. A review with several values of a field is in several groups. Values that
    only differ in case, spaces around them or Unicode form are one; `spellings` has, by field and
    value, the smallest spelling met. `fields` are the names of those that reviews could have been
    grouped or chosen by. `people` is what was agreed about figures of persons. `unlisted` of the
    `failed` are folders that could not be listed.

    What the `filter` leaves out is no review here: `filtered_out` counts it, `undated` those among
    them that have no day where the filter asks for days.
    """

    by: tuple[str, ...] = ()
    filter: ReviewFilter = NO_FILTER
    people: FewestOfPeople | None = None
    filtered_out: int = 0
    undated: int = 0
    groups: dict[Group, "RubricSummary"] = field(default_factory=dict)
    spellings: dict[tuple[str, str], str] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    scored: int = 0
    failed: int = 0
    unlisted: int = 0
    skipped: int = 0
    calibration: int = 0
    own: int = 0
    targeted: int = 0
    requested: int = 0
    rubrics: dict[tuple[str, str], RubricSummary] = field(default_factory=dict)

    @property
    def reviews(self) -> int:
        """Everything found: scored, failed and skipped."""
        return self.scored + self.failed + self.skipped

    def fewest_for(self, fields: Iterable[str]) -> int:
        """Reviews that a group of these fields has at least, or else no figure is shown of it."""
        return fewest_for(self.people, fields)

    def _repr_html_(self) -> str:
        """How many reviews there were, and each rubric's mean, as a notebook shows them."""
        rows = [
            ("Reviews", str(self.reviews)),
            ("Scored", str(self.scored)),
            ("Could not be scored", str(self.failed)),
            ("Drafts or void", str(self.skipped)),
        ]
        for (rubric, version), found in sorted(self.rubrics.items()):
            if (mean := mean_of(found.shares)) is not None:
                rows.append((f"Mean, {rubric}@{version}", f"{percent_text(mean, 1)}%"))
        return html_table(("", ""), rows)

    @property
    def is_blind(self) -> bool:
        """Whether all that is known is that folders could not be listed."""
        return 0 < self.unlisted == self.reviews

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Count one outcome in."""
        match outcome:
            case LeftOut():
                if (unchosen := outcome.unchosen) is not None:
                    self.filtered_out += 1
                    self.undated += self.filter.has_days and not unchosen.has_day
                    self.fields |= unchosen.fields
            case Scored():
                self.scored += 1
                if self.by or not self.filter.is_empty:
                    self.fields |= fields_given(outcome.result.review)
                if not self._counts(outcome.result.review):
                    return
                rubric = outcome.result.rubric
                key = (rubric.id, rubric.version)
                self.rubrics.setdefault(key, RubricSummary(rubric)).add(outcome)
                for by in self.by:
                    self._add_to_groups(fields_in(by), outcome)
            case Failed():
                self.failed += 1
                self.unlisted += outcome.is_unlisted
            case Skipped():
                self.skipped += 1

    def _counts(self, review: Review) -> bool:
        """Whether a scored review says something of a team; one that does not is counted apart."""
        match review.status, review.selection:
            case Status.CALIBRATION, _:
                self.calibration += 1
            case Status.SELF, _:
                self.own += 1
            case _, Selection.TARGETED:
                self.targeted += 1
            case _, Selection.REQUESTED:
                self.requested += 1
            case _:
                return True
        return False

    def _add_to_groups(self, by: tuple[str, ...], scored: Scored) -> None:
        """Count a review into every group of some fields that it belongs to."""
        rubric = scored.result.rubric
        values = [group_values(scored, name) for name in by]
        for name, spellings in zip(by, values, strict=True):
            for value, spelling in spellings.items():
                self._spelt(name, value, spelling)
        for combination in product(*values):
            group = Group(by, combination, (rubric.id, rubric.version))
            self.groups.setdefault(group, RubricSummary(rubric)).add(scored)

    def _spelt(self, by: str, value: str | None, spelling: str) -> None:
        """Take note of a spelling. The smallest counts, so the order of reviews does not."""
        if value is not None:
            known = self.spellings.get((by, value), spelling)
            self.spellings[by, value] = min(known, spelling)

    def combine(self, other: "Summary") -> None:
        """Take another summary in; the order of taking in changes nothing."""
        self.scored += other.scored
        self.failed += other.failed
        self.unlisted += other.unlisted
        self.skipped += other.skipped
        self.calibration += other.calibration
        self.filtered_out += other.filtered_out
        self.undated += other.undated
        self.own += other.own
        self.targeted += other.targeted
        self.requested += other.requested
        _combine(self.rubrics, other.rubrics)
        _combine(self.groups, other.groups)
        for (by, value), spelling in other.spellings.items():
            self._spelt(by, value, spelling)
        self.fields |= other.fields

    def in_order(self) -> list[RubricSummary]:
        """The rubrics' summaries by id and version."""
        return [self.rubrics[key] for key in sorted(self.rubrics)]

    def groups_in_order(self, by: str) -> list[tuple[Group, RubricSummary]]:
        """The groups of a field, or of several, by value as it is spelt; without a value last."""
        fields = fields_in(by)
        groups = [
            (self._as_spelt(group), summary)
            for group, summary in self.groups.items()
            if group.by == fields
        ]
        return sorted(groups, key=lambda pair: _place(pair[0]))

    def _as_spelt(self, group: Group) -> Group:
        """A group with its values as they are spelt."""
        pairs = zip(group.by, group.values, strict=True)
        values = (value and self.spellings[field, value] for field, value in pairs)
        return group._replace(values=tuple(values))

    def ungrouped(self) -> list[str]:
        """The fields asked for that no review gives, though there are reviews to group."""
        if not self.groups:
            return []
        given = {
            field
            for group in self.groups
            for field, value in zip(group.by, group.values, strict=True)
            if value is not None
        }
        asked = dict.fromkeys(field for by in self.by for field in fields_in(by))
        return [field for field in asked if field not in given]

    def unmatched(self) -> list[str]:
        """The fields that the filter asks for and no review gives, though reviews were left out."""
        asked = self.filter.where if self.filtered_out else ()
        return [field for field, _ in asked if field not in self.fields]


def _place(group: Group) -> tuple[object, ...]:
    """Where a group stands among others of the same fields."""
    places = ((value is None, *as_people_sort(value or "")) for value in group.values)
    return (*places, group.rubric)


def as_people_sort(text: str) -> tuple[object, ...]:
    """Where a text stands among others: numbers by size, letters whatever their case and accents.

    `Advisor 2` comes before `Advisor 10`, and `É` beside `E`. The text itself comes last, so that
    no two texts share a place.
    """
    plain = unicodedata.normalize("NFD", text[:LONGEST_WORD])
    plain = "".join(one for one in plain if not unicodedata.combining(one)).casefold()
    pieces = [
        # A number by its digits: the longer one is larger, and no limit of `int` is met.
        (1, len(digits := piece.lstrip("0")), digits) if number % 2 else (0, 0, piece)
        for number, piece in enumerate(_DIGITS.split(plain))
    ]
    return (pieces, text)


_DIGITS = re.compile("([0-9]+)")


def _combine(own: dict[K, RubricSummary], other: dict[K, RubricSummary]) -> None:
    for key, part in other.items():
        # A new one to add to: the other summary stays as it was.
        own.setdefault(key, RubricSummary(part.rubric)).combine(part)
