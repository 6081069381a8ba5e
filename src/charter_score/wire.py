"""Results as the versioned JSON documents of `documents`, apart from the internal types.

Numbers are `Figure`s, the digits as they stand in the file, so no float comes near them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any

from charter_score import __version__
from charter_score.diagnostics import Diagnostic
from charter_score.figures import (
    JSON_DECIMALS,
    Figure,
    decimal_text,
    percent_text,
    rounded_text,
)
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.result import CriterionResult, Observed, Score, SectionResult
from charter_score.review import Dispute, Review
from charter_score.rubric import Rubric
from charter_score.summary import RubricSummary, Summary, mean_of

if TYPE_CHECKING:
    from charter_score.documents import (
        CriterionDocument,
        DiagnosticDocument,
        DisputeDocument,
        FailureDocument,
        ObservedDocument,
        ResultDocument,
        ReviewDocument,
        RubricDocument,
        ScoreDocument,
        SectionDocument,
        SkippedDocument,
        SummaryDocument,
        ToolDocument,
        WarningDocument,
    )

RESULTS_SCHEMA = "charter-score/results/v1"
RUBRIC_SCHEMA = "charter-score/rubric/v1"


def results_json(outcomes: Iterable[Outcome], summary: Summary) -> Iterator[str]:
    """The whole `-f json` document in pieces, one line an entry, in the order of the outcomes."""
    everything = list(outcomes)
    yield f'{{"schema": {encode(RESULTS_SCHEMA)},\n'
    yield f' "tool": {encode(_tool())},\n'
    yield from _list("results", (result(one) for one in everything if isinstance(one, Scored)))
    yield from _list("failures", (failure(one) for one in everything if isinstance(one, Failed)))
    yield from _list("skipped", (skipped(one) for one in everything if isinstance(one, Skipped)))
    yield from _list("warnings", (warning(one) for one in warnings_of(everything)))
    yield f' "summary": {encode(summary_document(summary))}}}\n'


def results_json_lines(outcomes: Iterable[Outcome], summary: Summary) -> Iterator[str]:
    """The `-f json-lines` document: outcomes in order, then warnings, the summary last."""
    warnings: list[Diagnostic] = []
    for outcome in outcomes:
        match outcome:
            case Scored():
                yield encode(result(outcome)) + "\n"
            case Failed():
                yield encode(failure(outcome)) + "\n"
            case Skipped():
                yield encode(skipped(outcome)) + "\n"
        warnings += warnings_of([outcome])
    for one in warnings:
        yield encode(warning(one)) + "\n"
    yield encode(summary_document(summary)) + "\n"


def warnings_of(outcomes: Iterable[Outcome]) -> list[Diagnostic]:
    """The warnings of everything that was not a failure, each once, in order."""
    found: dict[Diagnostic, None] = {}
    for outcome in outcomes:
        if not isinstance(outcome, Failed):
            found.update(dict.fromkeys(outcome.warnings))
    return list(found)


def _list(name: str, entries: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    before = f' "{name}": ['
    any_entry = False
    for entry in entries:
        yield before + "\n  " + encode(entry)
        before = ","
        any_entry = True
    yield "\n ],\n" if any_entry else before + "],\n"


def _tool() -> ToolDocument:
    return {"name": "charter-score", "version": __version__}


def result(scored: Scored) -> ResultDocument:
    """One scored review as its document."""
    found = scored.result
    bounds = found.rubric.bounds
    next_band = found.next_band
    return {
        "kind": "result",
        "review": _review(scored, found.review),
        "rubric": _rubric(found.rubric, scored.rubric_sha256),
        "score": _score(found.score, bounds),
        "observed": _observed(found.observed, found.uplift, bounds),
        "band": found.band.name if found.band else None,
        "band_observed": found.band_observed.name if found.band_observed else None,
        "band_rests_on_not_applicable": found.band_rests_on_not_applicable,
        "little_observed": found.little_observed,
        "meets_expected": found.meets_expected,
        "critical_missed": [
            f"{section.id}.{criterion.id}" for section, criterion in found.critical_missed
        ],
        "provisional": found.provisional,
        "sections": [_section(section, bounds) for section in found.sections],
        "development_needs": [
            {
                "section": need.section.id,
                "criterion": need.result.criterion.id,
                "title": need.result.criterion.title,
                "rating": need.result.mark.rating,
                "comment": need.result.rated.comment,
                "advice": need.result.criterion.advice or None,
                "points_lost": figure(need.points_lost),
                "percent_lost": Figure(rounded_text(need.share_lost * 100, JSON_DECIMALS)),
            }
            for need in found.needs
        ],
        "strengths": [
            {
                "section": section.section.id,
                "title": section.section.title,
                "criteria": section.observed.criteria,
                "of": section.observed.of,
            }
            for section in found.strengths
        ],
        "next_band": None
        if next_band is None
        else {
            "name": next_band.band.name,
            "needs": [need.route for need in next_band.needs],
            "percent": percent(next_band.share, bounds),
        },
    }


def _review(scored: Scored, review: Review) -> ReviewDocument:
    return {
        "id": scored.id,
        "path": scored.path,
        "sha256": scored.sha256,
        "status": review.status.value,
        "advisor": review.advisor,
        "reviewer": review.reviewer,
        "team": review.team,
        "interaction": {
            name: value if isinstance(value, str) else list(value)
            for name, value in review.interaction.items()
        },
        "done_well": list(review.done_well),
        "could_be_better": list(review.could_be_better),
        "notes": review.notes,
        "actions": [
            {"what": action.what, "who": action.who, "by": action.by} for action in review.actions
        ],
        "advisor_comment": review.advisor_comment,
        "acknowledged": review.acknowledged,
    }


def _rubric(rubric: Rubric, digest: str) -> RubricDocument:
    return {
        "id": rubric.id,
        "version": rubric.version,
        "sha256": digest,
        "title": rubric.title,
        "not_applicable": rubric.not_applicable.value,
        "combine": rubric.combine.value,
        "expected": None if rubric.expected is None else figure(rubric.expected * 100),
    }


def _score(score: Score, bounds: tuple[Fraction, ...]) -> ScoreDocument:
    return {
        "earned": figure(score.earned),
        "available": figure(score.available),
        "share": share_text(score.share),
        "percent": None if score.share is None else percent(score.share, bounds),
    }


def _observed(
    observed: Observed, uplift: Fraction | None, bounds: tuple[Fraction, ...]
) -> ObservedDocument:
    return {
        **_score(observed.score, bounds),
        "criteria": observed.criteria,
        "of": observed.of,
        "not_applicable": observed.not_applicable,
        "uplift": None if uplift is None else Figure(rounded_text(uplift * 100, JSON_DECIMALS)),
    }


def _section(section: SectionResult, bounds: tuple[Fraction, ...]) -> SectionDocument:
    share, observed = section.score.share, section.observed.score.share
    weight = section.section.weight
    return {
        "id": section.section.id,
        "title": section.section.title,
        "weight": None if weight is None else figure(weight),
        "score": _score(section.score, bounds),
        "observed": None
        if section.nothing_observed or share is None or observed is None
        else _observed(section.observed, share - observed, bounds),
        "nothing_observed": section.nothing_observed,
        "criteria": [_criterion(criterion) for criterion in section.criteria],
    }


def _criterion(result: CriterionResult) -> CriterionDocument:
    return {
        "id": result.criterion.id,
        "title": result.criterion.title,
        "rating": result.mark.rating,
        "earned": figure(result.mark.earned),
        "available": figure(result.mark.available),
        "comment": result.rated.comment,
        "evidence": result.rated.evidence,
        "critical": result.criterion.critical,
        "disputed": None if result.dispute is None else _dispute(result, result.dispute),
    }


def _dispute(result: CriterionResult, dispute: Dispute) -> DisputeDocument:
    return {
        "original": result.original,
        "says": result.says or "",
        "because": dispute.because,
        "on": dispute.on,
        "outcome": dispute.outcome.value,
        "decided_by": dispute.decided_by,
        "decided_on": dispute.decided_on,
        "reason": dispute.reason,
    }


def diagnostic(found: Diagnostic) -> DiagnosticDocument:
    """One diagnostic as its document."""
    return {
        "severity": found.severity.value,
        "code": found.code,
        "message": found.message,
        "path": found.path,
        "line": found.location.line if found.location else None,
        "column": found.location.column if found.location else None,
        "hint": found.hint,
    }


def warning(found: Diagnostic) -> WarningDocument:
    """One warning as its document."""
    return {"kind": "warning", **diagnostic(found)}


def failure(failed: Failed) -> FailureDocument:
    """One failure as its document."""
    return {
        "kind": "failure",
        "path": failed.path,
        "diagnostics": [diagnostic(one) for one in failed.diagnostics],
    }


def skipped(one: Skipped) -> SkippedDocument:
    """One skipped review as its document."""
    return {"kind": "skipped", "path": one.path, "id": one.id, "reason": one.reason}


def summary_document(summary: Summary) -> SummaryDocument:
    """A summary as its document."""
    rubrics = summary.in_order()
    bands: dict[str, int] = {}
    for one in rubrics:
        for name, count in _bands(one).items():
            bands[name] = bands.get(name, 0) + count
    return {
        "kind": "summary",
        "reviews": summary.reviews,
        "scored": summary.scored,
        "failed": summary.failed,
        "skipped": summary.skipped,
        "calibration": summary.calibration,
        "mean_percent": _mean(rubrics[0].shares) if len(rubrics) == 1 else None,
        "bands": bands,
        "below_expected": sum(one.below_expected for one in rubrics),
        "critical": sum(one.critical for one in rubrics),
        "provisional": sum(one.provisional for one in rubrics),
        "rubrics": [
            {
                "id": one.rubric.id,
                "version": one.rubric.version,
                "reviews": one.reviews,
                "mean_percent": _mean(one.shares),
                "mean_observed_percent": _mean(one.observed_shares),
                "bands": _bands(one),
                "below_expected": one.below_expected,
                "critical": one.critical,
                "provisional": one.provisional,
            }
            for one in rubrics
        ],
    }


def _bands(one: RubricSummary) -> dict[str, int]:
    return {band.name: one.bands[band.name] for band in one.rubric.bands}


def _mean(shares: Any) -> Figure | None:
    mean = mean_of(shares)
    return None if mean is None else Figure(rounded_text(mean * 100, JSON_DECIMALS))


def rubric_json(rubric: Rubric) -> str:
    """A rubric with its defaults filled in, as `charter-score/rubric/v1`."""
    return f'{{"schema": {encode(RUBRIC_SCHEMA)},\n "rubric": {encode(_plain(rubric))}}}\n'


def rubrics_json(rubrics: Iterable[Rubric]) -> str:
    """Several rubrics as one JSON list of `charter-score/rubric/v1` documents."""
    return "[" + ",\n".join(rubric_json(one).rstrip("\n") for one in rubrics) + "]\n"


_PERCENTAGES = frozenset(["expected", "from_", "above"])


def _plain(value: Any) -> Any:
    """A model's values as a document would give them."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            one.name.rstrip("_"): _plain_field(one.name, getattr(value, one.name))
            for one in fields(value)
        }
    if isinstance(value, Fraction):
        return figure(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _plain_field(name: str, value: Any) -> Any:
    if name in _PERCENTAGES and isinstance(value, Fraction):
        return figure(value * 100)
    return _plain(value)


def figure(value: Fraction) -> Figure:
    """An exact number with its digits."""
    return Figure(decimal_text(value))


def percent(share: Fraction, bounds: tuple[Fraction, ...]) -> Figure:
    """A share as the percentage of the JSON documents: two decimals, more where a bound is near."""
    return Figure(percent_text(share, JSON_DECIMALS, bounds))


def share_text(share: Fraction | None) -> str | None:
    """A share as a reduced `n/d`, also `1/1` and `0/1`."""
    return None if share is None else f"{share.numerator}/{share.denominator}"


def encode(value: Any) -> str:
    """A document as JSON on one line, in ASCII, with every figure's digits as they are."""
    if isinstance(value, str):
        if isinstance(value, Figure):
            return str(value)
        return encode_basestring_ascii(value)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(
                f"{encode_basestring_ascii(key)}: {encode(one)}" for key, one in value.items()
            )
            + "}"
        )
    return "[" + ", ".join(encode(one) for one in value) + "]"
