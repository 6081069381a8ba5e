"""Rows of a frame scored by the engine itself: where columns cannot, and to hold them against."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from charter_score.columns.layout import CriterionColumns, Layout
from charter_score.columns.reasons import REASONS
from charter_score.columns.words import is_blank, parts_of, text_of
from charter_score.compiled import bounds_of, section_bounds_of
from charter_score.errors import DocumentError
from charter_score.figures import JSON_DECIMALS, percent_text
from charter_score.library import LoadedRubric, checked_review
from charter_score.result import ReviewResult
from charter_score.rubric import Rubric
from charter_score.scoring import NothingObservedError
from charter_score.source.python_values import document_of

_SAID = "."
"""Stands for a text of which nothing but its being there decides anything."""


class RowScorer:
    """Scores rows, each a mapping from the frame's columns to their values."""

    def __init__(self, rubric: Rubric, layout: Layout) -> None:
        self._loaded = LoadedRubric(rubric, "", "")
        self._layout = layout
        conditions = {name for condition in rubric.conditions() for name in condition}
        self._fields = {
            name: column
            for name, column in layout.fields.items()
            if name in rubric.fields or name in conditions or name == "date"
        }

    def scored(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of the result; all but `not_scored` None where there is no score."""
        values, is_twice = self._values(row)
        found: dict[str, Any] = {"not_scored": None}
        codes = {"rated-twice"} if is_twice else set()
        try:
            review, loaded, _ = checked_review(
                document_of(values, "review"), lambda _: self._loaded
            )
        except DocumentError as wrong:
            codes |= {one.code for one in wrong.diagnostics if one.is_error}
        else:
            if not review.is_scored:
                codes.add(review.standing.value)
            if not codes:
                try:
                    return found | _columns(loaded.scorer.score(review))
                except NothingObservedError:
                    codes.add("nothing-observed")
        known = [code for code in REASONS if code in codes]
        found["not_scored"] = known[0] if known else min(codes)
        return found

    def _values(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        """The review of a row as a document has it, and whether something is rated twice."""
        values: dict[str, Any] = {}
        for name in ("status", "selection", "reviewed"):
            if self._layout.has(name) and not is_blank(row[name]):
                values[name] = text_of(row[name])
        for name in ("drafted_by", "reviewer"):
            if self._layout.has(name) and not is_blank(row[name]):
                values[name] = _SAID
        interaction: dict[str, Any] = {}
        for name, column in self._fields.items():
            if not is_blank(row[column]):
                rule = self._loaded.rubric.fields.get(name)
                text = text_of(row[column])
                parts = parts_of(text)
                is_many = rule is not None and rule.many and parts != [text]
                interaction[name] = parts if is_many else text
        if interaction:
            values["interaction"] = interaction
        ratings: dict[str, Any] = {}
        is_twice = False
        for section in self._layout.sections:
            rated = {one.criterion.id: _rated(one, row) for one in section.criteria}
            if section.rating is not None and not is_blank(row[section.rating]):
                is_twice = is_twice or any("rating" in one for one in rated.values())
                whole = {"rating": text_of(row[section.rating])}
                if section.comment is not None and not is_blank(row[section.comment]):
                    whole["comment"] = _SAID
                ratings[section.section.id] = whole
                continue
            ratings[section.section.id] = {name: one for name, one in rated.items() if one}
        return values | {"ratings": ratings}, is_twice


def _rated(columns: CriterionColumns, row: Mapping[str, Any]) -> dict[str, Any]:
    rated: dict[str, Any] = {}
    if columns.rating is not None and not is_blank(row[columns.rating]):
        rated["rating"] = text_of(row[columns.rating])
        if columns.comment is not None and not is_blank(row[columns.comment]):
            rated["comment"] = _SAID
        if columns.causes is not None and not is_blank(row[columns.causes]):
            rated["causes"] = parts_of(row[columns.causes])
    return rated


def _columns(result: ReviewResult) -> dict[str, Any]:
    rubric = result.rubric
    bounds = bounds_of(rubric)
    columns: dict[str, Any] = {
        "share_numerator": result.share.numerator,
        "share_denominator": result.share.denominator,
        "percent": _percent(result.share, bounds),
        "observed_numerator": result.observed_share.numerator,
        "observed_denominator": result.observed_share.denominator,
        "observed_percent": _percent(result.observed_share, bounds),
        "band": result.band.name if result.band else None,
        "band_observed": result.band_observed.name if result.band_observed else None,
        "band_rests_on_not_applicable": result.band_rests_on_not_applicable,
        "little_observed": result.little_observed,
        "meets_expected": result.meets_expected,
        "critical_missed": bool(result.critical_missed),
        "below_section_minimum": bool(result.below_section_minimum),
        "needs": len(result.needs),
    }
    for section in result.sections:
        own = section_bounds_of(rubric, section.section)
        columns[f"{section.section.id}.percent"] = _percent(section.score.share, own)
    for tag in result.tags:
        columns[f"tag.{tag.id}.percent"] = _percent(tag.score.share, bounds)
    return columns


def _percent(share: Fraction | None, bounds: tuple[Fraction, ...]) -> float | None:
    """A percentage as the number nearest to its decimals, whose shortest text they are."""
    return None if share is None else float(percent_text(share, JSON_DECIMALS, bounds))
