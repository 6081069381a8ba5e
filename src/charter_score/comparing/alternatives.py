"""What one review would come to under other rules than its rubric's own, by the same engine."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from charter_score.rating import Policy
from charter_score.result import ReviewResult
from charter_score.rubric import Combine, Rubric
from charter_score.scoring import score


class OtherRule(StrEnum):
    """A rule that other standards have, in words."""

    EXCLUDED = "with n/a left out"
    AS_MET = "with n/a counted as met"
    AS_NOT_MET = "with n/a counted as not met"
    SECTIONS_ALIKE = "with every section weighing the same"
    POINTS = "with plain points, whatever the section"


class Alternative(NamedTuple):
    """The result that another rule would give."""

    rule: OtherRule
    result: ReviewResult


def alternatives(result: ReviewResult) -> Iterator[Alternative]:
    """The same ratings under each other rule that could make a difference.

    Other rules for n/a are asked where something is n/a, sections where there are several.
    """
    rubric = result.rubric
    if result.observed.not_applicable:
        for policy, rule in (
            (Policy.MET, OtherRule.AS_MET),
            (Policy.EXCLUDED, OtherRule.EXCLUDED),
            (Policy.NOT_MET, OtherRule.AS_NOT_MET),
        ):
            if policy is not rubric.not_applicable:
                yield Alternative(rule, _under(result, {"not_applicable": policy}))
    if len(result.sections) > 1:
        if rubric.combine is Combine.SECTION_WEIGHTS:
            yield Alternative(OtherRule.POINTS, _under(result, _by_points(rubric)))
        elif all(section.score.available > 0 for section in result.sections):
            yield Alternative(OtherRule.SECTIONS_ALIKE, _under(result, _by_sections(rubric)))


def _under(result: ReviewResult, update: Mapping[str, Any]) -> ReviewResult:
    return score(result.rubric.model_copy(update=dict(update)), result.review)


def _by_points(rubric: Rubric) -> dict[str, Any]:
    sections = tuple(one.model_copy(update={"weight": None}) for one in rubric.sections)
    return {"combine": Combine.POINTS, "sections": sections}


def _by_sections(rubric: Rubric) -> dict[str, Any]:
    sections = tuple(one.model_copy(update={"weight": Fraction(1)}) for one in rubric.sections)
    return {"combine": Combine.SECTION_WEIGHTS, "sections": sections}
