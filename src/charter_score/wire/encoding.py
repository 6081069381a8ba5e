"""Results as the versioned JSON documents of `documents`, apart from the internal types.

Numbers are `Figure`s, the digits as they stand in the file, so no float comes near them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from fractions import Fraction
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from charter_score import __version__
from charter_score.diagnostics import Diagnostic
from charter_score.field_types import Model
from charter_score.figures import (
    JSON_DECIMALS,
    Figure,
    decimal_text,
    percent_text,
    rounded_text,
)
from charter_score.outcome import Failed, Scored, Skipped
from charter_score.result import (
    CriterionResult,
    Mark,
    Need,
    NextBand,
    Observed,
    Score,
    SectionResult,
)
from charter_score.review import Dispute, Review
from charter_score.rubric import Criterion, Rubric, Section
from charter_score.summary import (
    FEWEST_TO_COMPARE,
    Group,
    RubricSummary,
    Summary,
    mean_of,
    quantile,
)

if TYPE_CHECKING:
    from charter_score.wire.documents import (
        DiagnosticDocument,
        FailureDocument,
        RubricSummaryDocument,
        SkippedDocument,
        SummaryDocument,
        ToolDocument,
        WarningDocument,
    )

T = TypeVar("T")
Bounds = tuple[Fraction, ...]

MOST_KEPT = 8_192
"""Texts that a writer keeps before it starts again."""

RESULTS_SCHEMA = "charter-score/results/v1"
RUBRIC_SCHEMA = "charter-score/rubric/v1"


def tool() -> ToolDocument:
    """What writes the documents."""
    return {"name": "charter-score", "version": __version__}


class _Mark(NamedTuple):
    """The text of a criterion with one rating; the mark is kept, so that its `id` stays its own."""

    mark: Mark
    head: str
    tail: str
    plain: str  # where nothing was written beside the rating


class ResultWriter:
    """Writes scored reviews as `ResultDocument`s, one line each.

    A batch repeats itself: the same criteria, ratings and sums come again in every review, as the
    same objects. Their text is made once and kept with them; only what a person wrote is new.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[int, ...], tuple[tuple[object, ...], Any]] = {}
        self._marks: dict[int, _Mark] = {}

    def result(self, scored: Scored) -> str:
        """One scored review as JSON on one line."""
        found = scored.result
        rubric = found.rubric
        bounds = self._once(_bounds, rubric)
        observed = self._once(_observed, found.observed, found.score, bounds)
        sections = ", ".join([self._section(section, bounds) for section in found.sections])
        return (
            f'{{"kind": "result", "review": {_review(scored, found.review)}, '
            f'"rubric": {self._once(_rubric, rubric, scored.rubric_sha256)}, '
            f'"score": {self._once(_score, found.score, bounds)}, "observed": {observed}, '
            f'"band": {_text(found.band.name if found.band else None)}, '
            f'"band_observed": {_text(found.band_observed.name if found.band_observed else None)}, '
            f'"band_rests_on_not_applicable": {_flag(found.band_rests_on_not_applicable)}, '
            f'"little_observed": {_flag(found.little_observed)}, '
            f'"meets_expected": {_flag(found.meets_expected)}, '
            f'"critical_missed": [{_routes(found.critical_missed)}], '
            f'"provisional": {_flag(found.provisional)}, "sections": [{sections}], '
            f'"development_needs": [{", ".join([self._need(need) for need in found.needs])}], '
            f'"strengths": [{", ".join([_strength(section) for section in found.strengths])}], '
            f'"next_band": {self._next_band(found.next_band, bounds)}}}'
        )

    def _once(self, make: Callable[..., T], *parts: object) -> T:
        """What is made of some objects, made once for as long as they are the same objects."""
        key = (id(make), *map(id, parts))
        kept = self._made.get(key)
        if kept is None:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            # The parts are kept too: an id is theirs only while they live.
            kept = self._made[key] = (parts, make(*parts))
        made: T = kept[1]
        return made

    def _section(self, section: SectionResult, bounds: Bounds) -> str:
        head = self._once(_section_head, section.section, section.score, section.observed, bounds)
        criteria = ", ".join([self._criterion(one) for one in section.criteria])
        return f"{head}[{criteria}]}}"

    def _criterion(self, result: CriterionResult) -> str:
        known = self._marks.get(id(result.mark)) or self._mark(result)
        rated = result.rated
        if result.dispute is None and rated.comment is None and rated.evidence is None:
            return known.plain
        return (
            f'{known.head}"comment": {_text(rated.comment)}, "evidence": {_text(rated.evidence)}'
            f"{known.tail}{_dispute(result, result.dispute)}}}"
        )

    def _mark(self, result: CriterionResult) -> _Mark:
        """What is the same wherever a mark stands; a criterion has one for each rating."""
        head, tail = _criterion_ends(result.criterion, result.mark)
        plain = f'{head}"comment": null, "evidence": null{tail}null}}'
        made = self._marks[id(result.mark)] = _Mark(result.mark, head, tail, plain)
        return made

    def _need(self, need: Need) -> str:
        result = need.result
        head, tail = self._once(
            _need_ends, need.section, result.criterion, result.mark, need.share_lost
        )
        return f"{head}{_text(result.rated.comment)}{tail}"

    def _next_band(self, way: NextBand | None, bounds: Bounds) -> str:
        if way is None:
            return "null"
        needs = ", ".join([f'"{need.route}"' for need in way.needs])
        percent = self._once(_percent, way.share, bounds)
        return f'{{"name": {_text(way.band.name)}, "needs": [{needs}], "percent": {percent}}}'


def _text(value: str | None) -> str:
    return "null" if value is None else encode_basestring_ascii(value)


def _flag(value: bool | None) -> str:  # noqa: FBT001 - it is the value
    return "null" if value is None else "true" if value else "false"


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join([encode_basestring_ascii(value) for value in values])}]"


def _bounds(rubric: Rubric) -> Bounds:
    return rubric.bounds


def _review(scored: Scored, review: Review) -> str:
    interaction = ", ".join(
        [
            f"{_text(name)}: {_text(value) if isinstance(value, str) else _texts(value)}"
            for name, value in review.interaction.items()
        ]
    )
    actions = ", ".join(
        [
            f'{{"what": {_text(action.what)}, "who": {_text(action.who)}, '
            f'"by": {_text(action.by)}}}'
            for action in review.actions
        ]
    )
    return (
        f'{{"id": {_text(scored.id)}, "path": {_text(scored.path)}, '
        f'"sha256": "{scored.sha256}", "status": "{review.status.value}", '
        f'"advisor": {_text(review.advisor)}, "reviewer": {_text(review.reviewer)}, '
        f'"team": {_text(review.team)}, "interaction": {{{interaction}}}, '
        f'"done_well": {_texts(review.done_well)}, '
        f'"could_be_better": {_texts(review.could_be_better)}, "notes": {_text(review.notes)}, '
        f'"actions": [{actions}], "advisor_comment": {_text(review.advisor_comment)}, '
        f'"acknowledged": {_text(review.acknowledged)}}}'
    )


def _rubric(rubric: Rubric, digest: str) -> str:
    expected = "null" if rubric.expected is None else decimal_text(rubric.expected * 100)
    return (
        f'{{"id": {_text(rubric.id)}, "version": {_text(rubric.version)}, "sha256": "{digest}", '
        f'"title": {_text(rubric.title)}, "not_applicable": "{rubric.not_applicable.value}", '
        f'"combine": "{rubric.combine.value}", "expected": {expected}}}'
    )


def _score_fields(score: Score, bounds: Bounds) -> str:
    share = "null" if score.share is None else f'"{share_text(score.share)}"'
    percent = "null" if score.share is None else _percent(score.share, bounds)
    return (
        f'"earned": {decimal_text(score.earned)}, "available": {decimal_text(score.available)}, '
        f'"share": {share}, "percent": {percent}'
    )


def _score(score: Score, bounds: Bounds) -> str:
    return f"{{{_score_fields(score, bounds)}}}"


def _observed(observed: Observed, score: Score, bounds: Bounds) -> str:
    """What was observed, beside the score that it lifts."""
    uplift = "null"
    if score.share is not None and observed.score.share is not None:
        uplift = _plain_percent(score.share - observed.score.share)
    return (
        f"{{{_score_fields(observed.score, bounds)}, "
        f'"criteria": {observed.criteria}, "of": {observed.of}, '
        f'"not_applicable": {observed.not_applicable}, "uplift": {uplift}}}'
    )


def _section_head(section: Section, score: Score, observed: Observed, bounds: Bounds) -> str:
    """What stands before a section's criteria."""
    weight = "null" if section.weight is None else decimal_text(section.weight)
    nothing = observed.criteria == 0
    return (
        f'{{"id": "{section.id}", "title": {_text(section.title)}, "weight": {weight}, '
        f'"score": {_score(score, bounds)}, '
        f'"observed": {"null" if nothing else _observed(observed, score, bounds)}, '
        f'"nothing_observed": {_flag(nothing)}, "criteria": '
    )


def _criterion_ends(criterion: Criterion, mark: Mark) -> tuple[str, str]:
    """What stands before and after a criterion's comment."""
    return (
        f'{{"id": "{criterion.id}", "title": {_text(criterion.title)}, '
        f'"rating": {_text(mark.rating)}, "earned": {decimal_text(mark.earned)}, '
        f'"available": {decimal_text(mark.available)}, ',
        f', "critical": {_flag(criterion.critical)}, "disputed": ',
    )


def _dispute(result: CriterionResult, dispute: Dispute | None) -> str:
    if dispute is None:
        return "null"
    return (
        f'{{"original": {_text(result.original)}, "says": {_text(result.says)}, '
        f'"because": {_text(dispute.because)}, "on": {_text(dispute.on)}, '
        f'"outcome": "{dispute.outcome.value}", "decided_by": {_text(dispute.decided_by)}, '
        f'"decided_on": {_text(dispute.decided_on)}, "reason": {_text(dispute.reason)}}}'
    )


def _need_ends(
    section: Section, criterion: Criterion, mark: Mark, share_lost: Fraction
) -> tuple[str, str]:
    """What stands before and after a need's comment."""
    return (
        f'{{"section": "{section.id}", "criterion": "{criterion.id}", '
        f'"title": {_text(criterion.title)}, "rating": {_text(mark.rating)}, "comment": ',
        f', "advice": {_text(criterion.advice or None)}, '
        f'"points_lost": {decimal_text(mark.lost)}, "percent_lost": {_plain_percent(share_lost)}}}',
    )


def _strength(section: SectionResult) -> str:
    return (
        f'{{"section": "{section.section.id}", "title": {_text(section.section.title)}, '
        f'"criteria": {section.observed.criteria}, "of": {section.observed.of}}}'
    )


def _routes(criteria: Iterable[tuple[Section, Criterion]]) -> str:
    return ", ".join([f'"{section.id}.{criterion.id}"' for section, criterion in criteria])


def _percent(share: Fraction, bounds: Bounds) -> str:
    """A share as a percentage: two decimals, more where a bound is near."""
    return percent_text(share, JSON_DECIMALS, bounds)


def _plain_percent(share: Fraction) -> str:
    return rounded_text(share * 100, JSON_DECIMALS)


def diagnostic(found: Diagnostic) -> DiagnosticDocument:
    """One diagnostic as its document."""
    document: DiagnosticDocument = {
        "severity": found.severity.value,
        "code": found.code,
        "message": found.message,
        "path": found.path,
        "line": found.location.line if found.location else None,
        "column": found.location.column if found.location else None,
        "hint": found.hint,
    }
    if found.sheet is not None:
        document["sheet"] = found.sheet
    return document


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
        "mean_percent": _plain_figure(mean_of(rubrics[0].shares)) if len(rubrics) == 1 else None,
        "bands": bands,
        "below_expected": sum(one.below_expected for one in rubrics),
        "critical": sum(one.critical for one in rubrics),
        "provisional": sum(one.provisional for one in rubrics),
        "rubrics": [_rubric_summary(one) for one in rubrics],
        "groups": [
            {
                "by": ",".join(group.by),
                "value": _group_value(group),
                "values": dict(zip(group.by, group.values, strict=True)),
                "too_few_to_compare": one.reviews < FEWEST_TO_COMPARE,
                **_rubric_summary(one),
            }
            for by in summary.by
            for group, one in summary.groups_in_order(by)
        ],
    }


def _group_value(group: Group) -> str | None:
    """The value of a group of one field, or those of several in one text; None where none is."""
    if all(value is None for value in group.values):
        return None
    return " · ".join("–" if value is None else value for value in group.values)


def _rubric_summary(one: RubricSummary) -> RubricSummaryDocument:
    shares = one.shares
    return {
        "id": one.rubric.id,
        "version": one.rubric.version,
        "reviews": one.reviews,
        "mean_percent": _plain_figure(mean_of(shares)),
        "mean_observed_percent": _plain_figure(mean_of(one.observed_shares)),
        "median_percent": _share_figure(quantile(shares, Fraction(1, 2)), one.rubric),
        "lower_quartile_percent": _share_figure(quantile(shares, Fraction(1, 4)), one.rubric),
        "upper_quartile_percent": _share_figure(quantile(shares, Fraction(3, 4)), one.rubric),
        "least_percent": _share_figure(min(shares, default=None), one.rubric),
        "most_percent": _share_figure(max(shares, default=None), one.rubric),
        "bands": _bands(one),
        "below_expected": one.below_expected,
        "meets_expected": one.meets_expected,
        "meets_only_by_not_applicable": one.meets_only_by_not_applicable,
        "band_rests_on_not_applicable": one.rests_on_not_applicable,
        "little_observed": one.little_observed,
        "critical": one.critical,
        "provisional": one.provisional,
    }


def _share_figure(share: Fraction | None, rubric: Rubric) -> Figure | None:
    return None if share is None else Figure(_percent(share, rubric.bounds))


def _bands(one: RubricSummary) -> dict[str, int]:
    return {band.name: one.bands[band.name] for band in one.rubric.bands}


def _plain_figure(share: Fraction | None) -> Figure | None:
    return None if share is None else Figure(_plain_percent(share))


def rubric_json(rubric: Rubric) -> str:
    """A rubric with its defaults filled in, as `charter-score/rubric/v1`."""
    return f'{{"schema": {encode(RUBRIC_SCHEMA)},\n "rubric": {encode(_plain(rubric))}}}\n'


def rubrics_json(rubrics: Iterable[Rubric]) -> str:
    """Several rubrics as one JSON list of `charter-score/rubric/v1` documents."""
    return "[" + ",\n".join(rubric_json(one).rstrip("\n") for one in rubrics) + "]\n"


_PERCENTAGES = frozenset(["expected", "from_", "above"])


def _plain(value: Any) -> Any:
    """A model's values as a document would give them."""
    if isinstance(value, Model):
        return {
            name.rstrip("_"): _plain_field(name, getattr(value, name))
            for name in type(value).model_fields
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


def share_text(share: Fraction) -> str:
    """A share as a reduced `n/d`, also `1/1` and `0/1`."""
    return f"{share.numerator}/{share.denominator}"


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
