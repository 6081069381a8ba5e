"""What scoring a review gives: exact, frozen, and all that any output needs.

Points are fractions in the rubric's own points, shares fractions from 0 to 1. A percentage is made
only where it is printed (`figures`).
"""

from fractions import Fraction
from typing import NamedTuple

from charter_score.compiled import Worth, bounds_of
from charter_score.figures import decimal_text, html_table, percent_text
from charter_score.review import Dispute, DisputeOutcome, Rated, Review
from charter_score.rubric import Band, Criterion, Rubric, Section


class CriterionResult(NamedTuple):
    """One criterion as it was scored.

    `rated` is the reviewer's own rating with its comment; `worth` the one that counts, which an
    upheld dispute changes, `original` the rating it meant. `dispute` is the deciding one, else the
    last open one, and `says` the rating that it asks for.
    """

    criterion: Criterion
    worth: Worth
    rated: Rated
    original: str
    dispute: Dispute | None
    says: str | None

    @property
    def critical_missed(self) -> bool:
        """Whether this criterion is critical and was missed."""
        return self.criterion.is_critical and self.worth.missed

    @property
    def advisory_not_met(self) -> bool:
        """Whether this criterion is advisory and was not met."""
        return self.worth.advisory and self.worth.missed

    @property
    def is_partly_met(self) -> bool:
        """Whether it was observed, lost points, and was not missed."""
        return self.worth.observed and self.worth.lost > 0 and not self.worth.missed


class Score(NamedTuple):
    """Points earned of points available, and the share; None where nothing was available.

    Under section weights the share of a whole review is the weighted one, not earned / available.
    """

    earned: Fraction
    available: Fraction
    share: Fraction | None


class Observed(NamedTuple):
    """The score with every n/a left out, and how much that rests on.

    `criteria` of `of` criteria with points were observed, `not_applicable` of them were n/a.
    """

    score: Score
    criteria: int
    of: int
    not_applicable: int


class SectionResult(NamedTuple):
    """One section: its score, what was observed of it, its criteria in the rubric's order."""

    section: Section
    score: Score
    observed: Observed
    criteria: tuple[CriterionResult, ...]

    @property
    def nothing_observed(self) -> bool:
        """Whether no criterion with points was rated other than n/a."""
        return self.observed.criteria == 0


class Need(NamedTuple):
    """A development need: a criterion that lost points, or a critical one that was missed.

    `share_lost` is its part of the whole score, weights reckoned in.
    """

    section: Section
    result: CriterionResult
    points_lost: Fraction
    share_lost: Fraction

    @property
    def route(self) -> str:
        """`section.criterion`."""
        return f"{self.section.id}.{self.result.criterion.id}"


class NextBand(NamedTuple):
    """The way up: the band just above, the fewest needs that lead there, the share then."""

    band: Band
    needs: tuple[Need, ...]
    share: Fraction


class Outlook(NamedTuple):
    """What upholding one open dispute would make of the review.

    `share` and `observed` are None in the one case where nothing would be left observed.
    """

    dispute: Dispute
    share: Fraction | None
    band: Band | None
    observed: Fraction | None
    band_observed: Band | None


class TagResult(NamedTuple):
    """The plain sums over the criteria of one tag that apply, whatever the sections weigh."""

    id: str
    title: str
    score: Score
    observed: Observed
    missed: int
    criteria: int


class ReviewResult(NamedTuple):
    """A scored review.

    Attributes:
        share: The score that counts (0 where `on_critical: zero` set it so).
        share_by_points: The score before a missed critical criterion set it to 0.
        observed_share: The same over what was really observed.
        band: The band of `share`; the lowest where a critical criterion was missed; None where
            the rubric has no bands.
        critical_missed: The critical criteria that were missed, in the rubric's order.
        below_section_minimum: The sections whose share is below their `at_least`.
        meets_expected: None where the rubric states no expected score.
        needs: Development needs, the weightiest first.
        strengths: Sections with something observed, no need, and no advisory criterion not met.
        outlooks: One for every open dispute.
        tags: The tags with a criterion that applies, in the rubric's order.
    """

    rubric: Rubric
    review: Review
    sections: tuple[SectionResult, ...]
    score: Score
    observed: Observed
    share: Fraction
    share_by_points: Fraction
    observed_share: Fraction
    band: Band | None
    band_observed: Band | None
    critical_missed: tuple[tuple[Section, Criterion], ...]
    below_section_minimum: tuple[Section, ...]
    meets_expected: bool | None
    little_observed: bool
    needs: tuple[Need, ...]
    strengths: tuple[SectionResult, ...]
    next_band: NextBand | None
    outlooks: tuple[Outlook, ...]
    tags: tuple[TagResult, ...] = ()

    @property
    def uplift(self) -> Fraction:
        """What n/a adds to the share (or takes from it)."""
        return self.share - self.observed_share

    @property
    def band_rests_on_not_applicable(self) -> bool:
        """Whether the observed share falls in another band than the score, up or down."""
        return self.band is not self.band_observed

    def _repr_html_(self) -> str:
        """The score and its sections as a notebook shows them."""
        bounds = bounds_of(self.rubric)
        share = percent_text(self.share, 1, bounds)
        observed = percent_text(self.observed_share, 1, bounds)
        rows = [
            (
                section.section.title,
                f"{decimal_text(section.score.earned)} of {decimal_text(section.score.available)}",
                "" if section.score.share is None else f"{percent_text(section.score.share, 1)}%",
            )
            for section in self.sections
        ]
        rows.append(("Score", "", f"{share}%{f', {self.band.name}' if self.band else ''}"))
        rows.append(("Observed", "", f"{observed}%"))
        return html_table((self.review.id or "", "points", "percent"), rows)

    @property
    def provisional(self) -> bool:
        """Whether a dispute is still open."""
        return any(dispute.outcome is DisputeOutcome.OPEN for dispute in self.review.disputes)
