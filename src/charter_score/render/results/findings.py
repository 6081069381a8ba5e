"""What is to be noticed in an outcome, in words that several formats share.

`remarks` are what to know before a score is relied on, `findings` the development needs with the
line where the review rates them, `reason` why an input has no score.
"""

from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from charter_score import facts
from charter_score.compiled import expected_share
from charter_score.diagnostics import Diagnostic, joined
from charter_score.figures import figure_text
from charter_score.outcome import Failed, Scored
from charter_score.render.text import phrases
from charter_score.render.text.hostile import with_breaks
from charter_score.result import CriterionResult, ReviewResult
from charter_score.review import DisputeOutcome, Selection, Status


class Caution(StrEnum):
    """What a remark is about, the gravest first."""

    CRITICAL = "critical"
    BELOW_EXPECTED = "below-expected"
    RESTS_ON_NOT_APPLICABLE = "rests-on-na"
    LITTLE_OBSERVED = "little-observed"
    PROVISIONAL = "provisional"
    CALIBRATION = "calibration"


class Remark(NamedTuple):
    """One thing to know: our words, then what the rubric calls it."""

    caution: Caution
    told: str
    names: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it on one line."""
        named = joined(f'"{name}"' for name in self.names) if self.names else ""
        return f"{self.told} {named}".rstrip()


def remarks(scored: Scored) -> Iterator[Remark]:
    """Everything to know before the score of a review is relied on."""
    result = scored.result
    if result.critical_missed:
        titles = tuple(criterion.title for _, criterion in result.critical_missed)
        yield Remark(Caution.CRITICAL, "critical, and missed:", titles)
    if result.below_section_minimum:
        titles = tuple(section.title for section in result.below_section_minimum)
        yield Remark(Caution.CRITICAL, "below the minimum of its section:", titles)
    if is_below_expected(result):
        expected = facts.expected(result.rubric)
        yield Remark(Caution.BELOW_EXPECTED, f"below what is expected ({expected})")
    if result.band_rests_on_not_applicable and result.band_observed is not None:
        share = phrases.percent(result.observed_share, result.rubric)
        told = f"the band rests on n/a; by what was observed ({share}) it would be"
        yield Remark(Caution.RESTS_ON_NOT_APPLICABLE, told, (result.band_observed.name,))
    if result.little_observed:
        seen = figure_text(result.observed.score.available)
        told = f"little was observed: {seen} of {facts.points(_points(result))}"
        yield Remark(Caution.LITTLE_OBSERVED, told)
    if result.provisional:
        disputes = result.review.disputes
        still_open = sum(one.outcome is DisputeOutcome.OPEN for one in disputes)
        are = "is" if still_open == 1 else "are"
        told = f"provisional: {phrases.count(still_open, 'dispute')} {are} open"
        yield Remark(Caution.PROVISIONAL, told)
    if result.review.status is Status.CALIBRATION:
        yield Remark(Caution.CALIBRATION, "for calibration, not counted in the summary")
    elif result.review.status is Status.SELF:
        told = "the advisor's own view, not counted in the summary"
        yield Remark(Caution.CALIBRATION, told)
    elif result.review.selection is not Selection.RANDOM:
        told = f"{result.review.selection.value}, not counted in the summary"
        yield Remark(Caution.CALIBRATION, told)


def is_below_expected(result: ReviewResult) -> bool:
    """Whether a review is below what is expected, not only for a critical criterion."""
    if not result.critical_missed:
        return result.meets_expected is False
    expected = expected_share(result.rubric)
    return expected is not None and result.share < expected


def _points(result: ReviewResult) -> Fraction:
    """The points of every criterion that applies, observed or not."""
    return sum((one.worth.points for s in result.sections for one in s.criteria), Fraction(0))


class Loss(StrEnum):
    """What kind of need a criterion is, the gravest first."""

    CRITICAL = "critical"
    NOT_MET = "not-met"
    PARTLY_MET = "partly-met"
    NOT_APPLICABLE = "not-applicable"


def loss_of(result: CriterionResult) -> Loss | None:
    """What kind of need a criterion is; None where it is none."""
    if result.critical_missed:
        return Loss.CRITICAL
    if result.worth.lost <= 0:
        return None
    if result.worth.not_applicable:
        return Loss.NOT_APPLICABLE
    return Loss.NOT_MET if result.worth.missed else Loss.PARTLY_MET


def amount_of(result: CriterionResult) -> str:
    """What a rating earned: `1 of 2 points`, or that there were none to earn."""
    worth = result.worth
    if not worth.available:
        return "without points"
    return f"{figure_text(worth.earned)} of {facts.points(worth.available)}"


class Finding(NamedTuple):
    """One need: `told` is what happened and `kind` its name, `line` where the review rates it."""

    route: str
    title: str
    kind: Loss
    told: str
    comment: str | None
    line: int
    critical: bool

    @property
    def text(self) -> str:
        """What happened, with the reviewer's comment where there is one to show."""
        return f"{self.told}: {self.comment}" if self.comment else self.told


def findings(scored: Scored, *, comments: bool) -> Iterator[Finding]:
    """The needs of a review, the weightiest first; comments only where they were asked for."""
    for need in scored.result.needs:
        result = need.result
        loss = loss_of(result)
        if loss is None:
            continue
        comment = result.rated.comment if comments else None
        yield Finding(
            route=need.route,
            title=result.criterion.title,
            kind=loss,
            told=f"{result.worth.rating}, {amount_of(result)}",
            comment=None if comment is None else with_breaks(comment),
            line=scored.lines.get((need.section.id, result.criterion.id), 1),
            critical=result.critical_missed,
        )


def reason(failed: Failed) -> Diagnostic:
    """Why an input has no score: its first error, for a warning alone stops nothing."""
    return next((one for one in failed.diagnostics if one.is_error), failed.diagnostics[0])


def titled(scored: Scored, *, names: bool) -> str:
    """A review by its id, with the advisor's name where names were asked for."""
    advisor = scored.result.review.advisor
    return f"{scored.id} ({advisor})" if names and advisor else scored.id
