"""What the gates decided, in words that several formats share."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from charter_score.diagnostics import joined
from charter_score.gates import Conclusion, Gate, Verdict, Violation
from charter_score.render.text.phrases import count
from charter_score.summary import Summary

OPTIONS = {
    Gate.EXPECTATION: "--gate",
    Gate.SHARE: "--fail-under",
    Gate.NOT_APPLICABLE: "--max-not-applicable",
    Gate.ACCOUNTABILITY: "--accountable",
    Gate.MEAN: "--fail-under-mean",
    Gate.EARLIER_RUN: "--baseline",
}
"""The option that asks for each gate, which is what people know a gate by."""


def sentence(verdict: Verdict, conclusion: Conclusion) -> str:
    """A verdict as a sentence, true beside inputs that could not be scored too."""
    scored = conclusion is not Conclusion.NOT_SCORED
    if verdict.passed:
        says = "passes" if scored else "passes for what was scored"
    else:
        says = "fails" if scored else "also fails"
    return f"{OPTIONS[verdict.gate]} {says}: {verdict.text}."


def not_scored(summary: Summary) -> str | None:
    """What keeps a run from a verdict: there was no review, or some could not be scored."""
    if not summary.reviews:
        if summary.filtered_out:
            return f"{joined(summary.filter.options)} left every review out."
        return "no review was found."
    if summary.failed:
        return f"{count(summary.failed, 'input')} could not be scored."
    return None


def filtered_out(summary: Summary) -> str | None:
    """How many reviews the filter left out; None where there is no filter."""
    if summary.filter.is_empty:
        return None
    told = f"{count(summary.filtered_out, 'review')} left out by {joined(summary.filter.options)}"
    if summary.undated:
        told += f", {summary.undated} of them without a day"
    return told


class Failure(NamedTuple):
    """One thing that a gate fails: the gate's option, why, and the file where there is one.

    `mark` stays the same while it is the same thing, whatever the figures are.
    """

    option: str
    text: str
    path: str | None
    mark: str


def failures(verdicts: Sequence[Verdict]) -> Iterator[Failure]:
    """Everything that gates fail: each review, or the batch where a gate names none."""
    for verdict in verdicts:
        if verdict.passed:
            continue
        option = OPTIONS[verdict.gate]
        for violation in verdict.violations:
            yield Failure(option, _told(violation), violation.path, violation.name)
        if not verdict.violations:
            yield Failure(option, verdict.text, None, "")


def _told(violation: Violation) -> str:
    if violation.path == violation.name:
        return violation.detail
    return f"{violation.name}: {violation.detail}"
