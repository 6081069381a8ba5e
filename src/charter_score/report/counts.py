"""Collector of what reports count: every group of reviews, month by month.

Which months a report speaks of is known once everything was seen, so each is counted apart. What is
kept grows with the groups and months, not with the reviews; of single reviews a line is kept of
the first few hundred of a month.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from charter_score.field_types import is_date
from charter_score.filters import month_of
from charter_score.outcome import LeftOut, Outcome, Scored
from charter_score.review import Review, Selection, Status
from charter_score.rubric import CriterionKey, Rubric, same_value, values_of
from charter_score.summary import RubricSummary, fields_in, group_values

MOST_LISTED = 500
"""Reviews that a report lists; beyond that it names the command that does."""
ALWAYS = ("team", "advisor", "reviewer", "channel")
"""Fields that reports group by unasked."""
RubricKey = tuple[str, str]
Values = tuple[str | None, ...]
Month = str | None
"""The month of the contact, `2016-05`; None of a review without a day."""


class ReviewLine(NamedTuple):
    """One review as reports list it."""

    id: str
    path: str
    day: str
    advisor: str | None
    reviewer: str | None
    team: str | None
    channel: str
    share: Fraction
    observed_share: Fraction
    band: str
    meets_expected: bool | None
    provisional: bool
    needs: tuple[str, ...]


@dataclass(slots=True)
class Cell:
    """The reviews of one group in one month, or in several once combined.

    `lost` is, for each criterion, the sum over reviews of the share that was lost on it; `sections`
    has how many reviews have a share of a section, and the sum of those shares.
    """

    summary: RubricSummary
    lost: dict[CriterionKey, Fraction] = field(default_factory=dict)
    sections: dict[str, tuple[int, Fraction]] = field(default_factory=dict)

    @property
    def reviews(self) -> int:
        """How many reviews this speaks of."""
        return self.summary.reviews

    def add(self, scored: Scored) -> None:
        """Count one scored review in."""
        self.summary.add(scored)
        for need in scored.result.needs:
            key = (need.section.id, need.result.criterion.id)
            self.lost[key] = self.lost.get(key, Fraction(0)) + need.share_lost
        for section in scored.result.sections:
            if section.score.share is not None:
                number, total = self.sections.get(section.section.id, (0, Fraction(0)))
                self.sections[section.section.id] = (number + 1, total + section.score.share)

    def combine(self, other: "Cell") -> None:
        """Take in another cell; it stays as it was."""
        self.summary.combine(other.summary)
        for key, lost in other.lost.items():
            self.lost[key] = self.lost.get(key, Fraction(0)) + lost
        for name, (number, total) in other.sections.items():
            known, sum_of_them = self.sections.get(name, (0, Fraction(0)))
            self.sections[name] = (known + number, sum_of_them + total)


@dataclass(slots=True)
class Waits:
    """How many days lay between two events, as often as each number; `unordered` are below 0."""

    days: Counter[int] = field(default_factory=Counter)
    unordered: int = 0

    def add(self, earlier: str | None, later: str | None) -> None:
        """Count the days from one day to another, where both are known."""
        if earlier is None or later is None or not (is_date(earlier) and is_date(later)):
            return
        days = (date.fromisoformat(later) - date.fromisoformat(earlier)).days
        if days < 0:
            self.unordered += 1
        else:
            self.days[days] += 1

    def combine(self, other: "Waits") -> None:
        """Take in others."""
        self.days.update(other.days)
        self.unordered += other.unordered


class Wait(NamedTuple):
    """Two events of a review, in words."""

    earlier: str
    later: str


WAITS = (
    Wait("contact", "review"),
    Wait("review", "seen by the advisor"),
    Wait("contact", "seen by the advisor"),
    Wait("dispute raised", "dispute decided"),
)


def counts_in_figures(review: Review) -> bool:
    """Whether a review enters means, shares, trends and comparisons.

    Practice (calibration), an advisor's own view, and contacts chosen because something went wrong
    or because somebody asked do not: they would move the figures by how often they were made.
    """
    return review.standing is Status.FINAL and review.selection is Selection.RANDOM


def day_of_contact(review: Review) -> str | None:
    """The day of the contact; None where there is none, or several."""
    days = values_of(review.interaction, "date")
    return days[0] if len(days) == 1 and is_date(days[0]) else None


@dataclass(slots=True)
class RubricCounts:
    """What is counted of the reviews of one rubric and version.

    Cells by fields, values and month; which advisor was reviewed by whom, by month; lines of single
    reviews; the days between events; and, where suppression needs it, how often values come
    together.
    """

    rubric: Rubric
    cells: dict[tuple[tuple[str, ...], Values, Month], Cell] = field(default_factory=dict)
    pairs: Counter[tuple[str, str, Month]] = field(default_factory=Counter)
    lines: dict[Month, list[ReviewLine]] = field(default_factory=dict)
    waits: dict[tuple[Month, Wait], Waits] = field(default_factory=dict)
    together: Counter[tuple[Month, tuple[Values, ...]]] = field(default_factory=Counter)

    def combine(self, other: "RubricCounts") -> None:
        """Take in later ones."""
        for key, cell in other.cells.items():
            self.cells.setdefault(key, Cell(RubricSummary(self.rubric))).combine(cell)
        self.pairs.update(other.pairs)
        for month, lines in other.lines.items():
            own = self.lines.setdefault(month, [])
            own += lines[: MOST_LISTED + 1 - len(own)]
        for wait, waits in other.waits.items():
            self.waits.setdefault(wait, Waits()).combine(waits)
        self.together.update(other.together)


@dataclass(slots=True)
class ReportCounts:
    """Collector: everything that a team's report is made of.

    `by` are the fields asked for, `counts_together` whether to count how values come together.
    """

    by: tuple[str, ...] = ()
    counts_together: bool = False
    rubrics: dict[RubricKey, RubricCounts] = field(default_factory=dict)
    spellings: dict[tuple[str, str], str] = field(default_factory=dict)
    other: Counter[str] = field(default_factory=Counter)
    """Scored reviews that enter no figure, by what they are."""
    last_day: str = ""
    first_day: str = "9999"

    @property
    def groupings(self) -> tuple[tuple[str, ...], ...]:
        """The fields of each grouping: the whole, the usual ones, those asked for."""
        asked = (fields_in(by) for by in self.by)
        return tuple(dict.fromkeys([(), *((name,) for name in ALWAYS), *asked]))

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Count one outcome in."""
        if not isinstance(outcome, Scored):
            return
        review, rubric = outcome.result.review, outcome.result.rubric
        if not counts_in_figures(review):
            self.other[kind_of(review)] += 1
            return
        day = day_of_contact(review)
        month = None if day is None else month_of(day)
        if day is not None:
            self.last_day, self.first_day = max(self.last_day, day), min(self.first_day, day)
        counts = self.rubrics.setdefault((rubric.id, rubric.version), RubricCounts(rubric))
        values_by: list[Sequence[Values]] = []
        for fields in self.groupings:
            combinations = tuple(product(*(self._values(outcome, name) for name in fields)))
            values_by.append(combinations)
            for values in combinations:
                cell = counts.cells.setdefault((fields, values, month), Cell(RubricSummary(rubric)))
                cell.add(outcome)
        if self.counts_together:
            counts.together[month, tuple(one[0] for one in values_by)] += 1
        self._add_people(counts, review, month)
        lines = counts.lines.setdefault(month, [])
        if len(lines) <= MOST_LISTED:
            lines.append(_line(outcome, day))
        for wait, earlier, later in _events(review, day):
            counts.waits.setdefault((month, wait), Waits()).add(earlier, later)

    def _values(self, scored: Scored, name: str) -> list[str | None]:
        """A review's values of a field, each in the form in which two are equal."""
        spelt = group_values(scored, name)
        for value, spelling in spelt.items():
            self._spell(name, value, spelling)
        return list(spelt)

    def _spell(self, name: str, value: str | None, spelling: str) -> None:
        if value is not None:
            known = self.spellings.get((name, value), spelling)
            self.spellings[name, value] = min(known, spelling)

    def _add_people(self, counts: RubricCounts, review: Review, month: Month) -> None:
        if review.advisor and review.reviewer:
            pair = (same_value(review.advisor), same_value(review.reviewer), month)
            counts.pairs[pair] += 1

    def combine(self, later: "ReportCounts") -> None:
        """Take in what its like saw later."""
        for key, counts in later.rubrics.items():
            self.rubrics.setdefault(key, RubricCounts(counts.rubric)).combine(counts)
        for (name, value), spelling in later.spellings.items():
            self._spell(name, value, spelling)
        self.other.update(later.other)
        self.last_day = max(self.last_day, later.last_day)
        self.first_day = min(self.first_day, later.first_day)


def combined(rubric: Rubric, cells: Iterable[Cell]) -> Cell:
    """Several cells as one; they stay as they were."""
    whole = Cell(RubricSummary(rubric))
    for cell in cells:
        whole.combine(cell)
    return whole


def kind_of(review: Review) -> str:
    """What a review is that enters no figure."""
    if review.standing is not Status.FINAL:
        return review.standing.value
    return review.selection.value


def _line(scored: Scored, day: str | None) -> ReviewLine:
    result = scored.result
    review = result.review
    return ReviewLine(
        id=scored.id,
        path=scored.path,
        day=day or "",
        advisor=review.advisor,
        reviewer=review.reviewer,
        team=review.team,
        channel=", ".join(values_of(review.interaction, "channel")),
        share=result.share,
        observed_share=result.observed_share,
        band=result.band.name if result.band else "",
        meets_expected=result.meets_expected,
        provisional=result.provisional,
        needs=tuple(need.route for need in result.needs),
    )


def _events(review: Review, day: str | None) -> Iterator[tuple[Wait, str | None, str | None]]:
    """The days between whose events reports count."""
    to_review, to_seen, from_contact, to_decision = WAITS
    yield to_review, day, review.reviewed
    yield to_seen, review.reviewed, review.acknowledged
    yield from_contact, day, review.acknowledged
    for dispute in review.disputes:
        if dispute.outcome.is_decision:
            yield to_decision, dispute.on, dispute.decided_on
