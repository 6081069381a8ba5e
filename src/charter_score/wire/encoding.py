"""Results as the versioned JSON documents of `documents`, apart from the internal types.

Numbers are `Figure`s, the digits as they stand in the file, so no float comes near them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from fractions import Fraction
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from charter_score import __version__
from charter_score.compiled import Worth, bounds_of, share_of
from charter_score.diagnostics import Diagnostic
from charter_score.field_types import Model, Part
from charter_score.figures import (
    JSON_DECIMALS,
    Figure,
    figure_text,
    percent_text,
    rounded_text,
)
from charter_score.filters import ReviewFilter
from charter_score.outcome import Failed, Scored, Skipped
from charter_score.result import (
    CriterionResult,
    Need,
    NextBand,
    Observed,
    Score,
    SectionResult,
    TagResult,
)
from charter_score.review import Dispute, Review
from charter_score.rubric import Criterion, Rubric, Section
from charter_score.summary import (
    PERSONS,
    Group,
    RubricSummary,
    Summary,
    TagSummary,
    mean_of,
    quantile,
)
from charter_score.wire.ours import RUBRIC_SCHEMA

if TYPE_CHECKING:
    from charter_score.wire.documents import (
        ActionDocument,
        CriterionDocument,
        DiagnosticDocument,
        DisputeDocument,
        FailureDocument,
        FilterDocument,
        NeedDocument,
        NextBandDocument,
        ObservedDocument,
        ResultDocument,
        ResultsDocument,
        ReviewDocument,
        RubricDocument,
        RubricSummaryDocument,
        ScoreDocument,
        SectionDocument,
        SkippedDocument,
        StrengthDocument,
        SummaryDocument,
        TagDocument,
        TagSummaryDocument,
        ToolDocument,
        WarningDocument,
    )

T = TypeVar("T")
Bounds = tuple[Fraction, ...]

MOST_KEPT = 8_192
"""Texts that a writer keeps before it starts again."""

RESULTS_SCHEMA: Final = "charter-score/results/v1"


def tool() -> ToolDocument:
    """What writes the documents."""
    return {"name": "charter-score", "version": __version__}


# What is written for each review is filled into templates, which is several times as fast as a
# dictionary for each. They are made of documents with holes, so the type checker holds their keys
# to the TypedDicts; the values are held to them by the tests, through the published schema.

_HOLE: Any = Figure("\0")
"""Stands in a document for text that is filled in later; encoded text holds no such character."""


def _around_holes(document: Mapping[str, object]) -> list[str]:
    """The text of a document before, between and after its holes."""
    return encode(document).split(_HOLE)


def around_parts() -> list[str]:
    """The envelope of `-f json` before, between and after its five parts, results first."""
    document: ResultsDocument = {
        "schema": RESULTS_SCHEMA,
        "tool": tool(),
        "results": _HOLE,
        "failures": _HOLE,
        "skipped": _HOLE,
        "warnings": _HOLE,
        "summary": _HOLE,
    }
    fields = ",\n ".join(f"{encode(name)}: {encode(value)}" for name, value in document.items())
    return f"{{{fields}}}\n".split(_HOLE)


def _filled(template: list[str], *texts: str) -> str:
    pieces = template.copy()
    pieces[1::2] = texts
    return "".join(pieces)


class _Mark(NamedTuple):
    """The text of a criterion with one rating; the worth is kept: its `id` stays its own."""

    worth: Worth
    to_comment: str
    to_evidence: str
    to_causes: str
    to_dispute: str
    end: str
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
        bounds = self._once(bounds_of, rubric)
        observed = self._once(_observed, found.observed, found.score, bounds)
        sections = ", ".join([self._section(section, bounds) for section in found.sections])
        return _filled(
            _RESULT,
            _review(scored, found.review),
            self._once(_rubric, rubric, scored.rubric_sha256),
            self._once(_score, found.score, bounds),
            observed,
            _text(found.band.name if found.band else None),
            _text(found.band_observed.name if found.band_observed else None),
            _flag(found.band_rests_on_not_applicable),
            _flag(found.little_observed),
            _flag(found.meets_expected),
            _routes(found.critical_missed),
            ", ".join([f'"{section.id}"' for section in found.below_section_minimum]),
            _flag(found.provisional),
            ", ".join([encode(_tag(tag, bounds)) for tag in found.tags]),
            sections,
            ", ".join([self._need(need) for need in found.needs]),
            ", ".join([_strength(section) for section in found.strengths]),
            self._next_band(found.next_band, bounds),
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
        head, end = self._once(
            _around_criteria, section.section, section.score, section.observed, bounds
        )
        criteria = ", ".join([self._criterion(one) for one in section.criteria])
        return f"{head}{criteria}{end}"

    def _criterion(self, result: CriterionResult) -> str:
        known = self._marks.get(id(result.worth)) or self._mark(result)
        rated = result.rated
        written = rated.comment is not None or rated.evidence is not None or rated.causes
        if result.dispute is None and not written:
            return known.plain
        return (
            f"{known.to_comment}{_text(rated.comment)}{known.to_evidence}{_text(rated.evidence)}"
            f"{known.to_causes}{_texts(rated.causes)}"
            f"{known.to_dispute}{_dispute(result, result.dispute)}{known.end}"
        )

    def _mark(self, result: CriterionResult) -> _Mark:
        """What is the same wherever a worth stands; a criterion has one for each rating."""
        to_comment, to_evidence, to_causes, to_dispute, end = _around_writing(
            result.criterion, result.worth
        )
        plain = f"{to_comment}null{to_evidence}null{to_causes}[]{to_dispute}null{end}"
        made = _Mark(result.worth, to_comment, to_evidence, to_causes, to_dispute, end, plain)
        if len(self._marks) >= MOST_KEPT:
            self._marks.clear()  # the numbers of a range have no end
        self._marks[id(result.worth)] = made
        return made

    def _need(self, need: Need) -> str:
        result = need.result
        head, end = self._once(
            _around_comment, need.section, result.criterion, result.worth, need.share_lost
        )
        return f"{head}{_text(result.rated.comment)}{end}"

    def _next_band(self, way: NextBand | None, bounds: Bounds) -> str:
        if way is None:
            return "null"
        needs = ", ".join([f'"{need.route}"' for need in way.needs])
        return _filled(
            _NEXT_BAND, _text(way.band.name), needs, self._once(_percent, way.share, bounds)
        )


def _text(value: str | None) -> str:
    return "null" if value is None else encode_basestring_ascii(value)


def _flag(value: bool | None) -> str:  # noqa: FBT001 - it is the value
    return "null" if value is None else "true" if value else "false"


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join([encode_basestring_ascii(value) for value in values])}]"


def _review(scored: Scored, review: Review) -> str:
    interaction = ", ".join(
        [
            f"{_text(name)}: {_text(value) if isinstance(value, str) else _texts(value)}"
            for name, value in review.interaction.items()
        ]
    )
    return _filled(
        _REVIEW,
        _text(scored.id),
        _text(scored.path),
        scored.sha256,
        review.status.value,
        _text(review.reviewed),
        review.selection.value,
        _text(review.drafted_by),
        _text(review.retain_until),
        _text(review.advisor),
        _text(review.reviewer),
        _text(review.team),
        interaction,
        _texts(review.done_well),
        _texts(review.could_be_better),
        _text(review.notes),
        ", ".join(
            [
                _filled(
                    _ACTION,
                    _text(action.what),
                    _text(action.who),
                    _text(action.by),
                    _text(action.agreed),
                    _text(action.done),
                )
                for action in review.actions
            ]
        ),
        _text(review.advisor_comment),
        _text(review.acknowledged),
    )


def _rubric(rubric: Rubric, digest: str) -> str:
    document: RubricDocument = {
        "id": rubric.id,
        "version": rubric.version,
        "sha256": digest,
        "title": rubric.title,
        "not_applicable": rubric.not_applicable.value,
        "combine": rubric.combine.value,
        "expected": None if rubric.expected is None else figure(rubric.expected),
    }
    return encode(document)


def _score_document(score: Score, bounds: Bounds) -> ScoreDocument:
    share = score.share
    return {
        "earned": figure(score.earned),
        "available": figure(score.available),
        "share": None if share is None else share_text(share),
        "percent": None if share is None else Figure(_percent(share, bounds)),
    }


def _score(score: Score, bounds: Bounds) -> str:
    return encode(_score_document(score, bounds))


def _observed_document(observed: Observed, score: Score, bounds: Bounds) -> ObservedDocument:
    """What was observed, beside the score that it lifts."""
    uplift = None
    if score.share is not None and observed.score.share is not None:
        uplift = score.share - observed.score.share
    return {
        **_score_document(observed.score, bounds),
        "criteria": observed.criteria,
        "of": observed.of,
        "not_applicable": observed.not_applicable,
        "uplift": _plain_figure(uplift),
    }


def _observed(observed: Observed, score: Score, bounds: Bounds) -> str:
    return encode(_observed_document(observed, score, bounds))


def _around_criteria(
    section: Section, score: Score, observed: Observed, bounds: Bounds
) -> list[str]:
    """What stands before and after a section's criteria."""
    nothing = observed.criteria == 0
    if section.at_least is not None:
        bounds = tuple(sorted({*bounds, share_of(section.at_least)}))
    document: SectionDocument = {
        "id": section.id,
        "title": section.title,
        "weight": None if section.weight is None else figure(section.weight),
        "score": _score_document(score, bounds),
        "observed": None if nothing else _observed_document(observed, score, bounds),
        "nothing_observed": nothing,
        "criteria": [_HOLE],
    }
    return _around_holes(document)


def _around_writing(criterion: Criterion, worth: Worth) -> list[str]:
    """What stands around a criterion's comment, its evidence and its dispute."""
    document: CriterionDocument = {
        "id": criterion.id,
        "title": criterion.title,
        "rating": worth.rating,
        "earned": figure(worth.earned),
        "available": figure(worth.available),
        "comment": _HOLE,
        "evidence": _HOLE,
        "causes": _HOLE,
        "critical": criterion.is_critical,
        "disputed": _HOLE,
    }
    return _around_holes(document)


def _tag(tag: TagResult, bounds: Bounds) -> TagDocument:
    nothing = tag.observed.criteria == 0
    return {
        "id": tag.id,
        "title": tag.title,
        "score": _score_document(tag.score, bounds),
        "observed": None if nothing else _observed_document(tag.observed, tag.score, bounds),
        "missed": tag.missed,
        "criteria": tag.criteria,
    }


def _dispute(result: CriterionResult, dispute: Dispute | None) -> str:
    if dispute is None or result.says is None:
        return "null"
    document: DisputeDocument = {
        "original": result.original,
        "says": result.says,
        "because": dispute.because,
        "on": dispute.on,
        "outcome": dispute.outcome.value,
        "decided_by": dispute.decided_by,
        "decided_on": dispute.decided_on,
        "reason": dispute.reason,
    }
    return encode(document)


def _around_comment(
    section: Section, criterion: Criterion, worth: Worth, share_lost: Fraction
) -> list[str]:
    """What stands before and after a need's comment."""
    document: NeedDocument = {
        "section": section.id,
        "criterion": criterion.id,
        "title": criterion.title,
        "rating": worth.rating,
        "comment": _HOLE,
        "advice": criterion.advice or None,
        "points_lost": figure(worth.lost),
        "percent_lost": Figure(_plain_percent(share_lost)),
    }
    return _around_holes(document)


def _strength(section: SectionResult) -> str:
    return _filled(
        _STRENGTH,
        section.section.id,
        _text(section.section.title),
        str(section.observed.criteria),
        str(section.observed.of),
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
    return {
        "kind": "skipped",
        "path": one.path,
        "id": one.id,
        "reason": one.reason,
        "because": one.because,
    }


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
        "self": summary.own,
        "targeted": summary.targeted,
        "requested": summary.requested,
        "mean_percent": _plain_figure(mean_of(rubrics[0].shares)) if len(rubrics) == 1 else None,
        "bands": bands,
        "below_expected": sum(one.below_expected for one in rubrics),
        "critical": sum(one.critical for one in rubrics),
        "below_section_minimum": sum(one.below_section_minimum for one in rubrics),
        "provisional": sum(one.provisional for one in rubrics),
        "rubrics": [_rubric_summary(one) for one in rubrics],
        "groups": [
            {
                "by": ",".join(group.by),
                "value": _group_value(group),
                "values": dict(zip(group.by, group.values, strict=True)),
                "too_few_to_compare": one.reviews < summary.fewest_for(group.by),
                **_group_summary(one, summary, group),
            }
            for by in summary.by
            for group, one in summary.groups_in_order(by)
        ],
        "filter": _filter(summary.filter),
        "filtered_out": summary.filtered_out,
    }


def _filter(chosen: ReviewFilter) -> FilterDocument | None:
    """Which reviews count, as its document; None where all do."""
    if chosen.is_empty:
        return None
    where = {field: list(values) for field, values in chosen.where}
    return {"where": where, "since": chosen.since, "until": chosen.until}


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
        "below_section_minimum": one.below_section_minimum,
        "provisional": one.provisional,
        "causes": {cause: one.causes[cause] for cause in one.rubric.causes},
        "tags": [
            _tag_summary(tag, title, one.tags[tag])
            for tag, title in one.rubric.tags.items()
            if tag in one.tags
        ],
    }


def _tag_summary(tag: str, title: str, counted: TagSummary) -> TagSummaryDocument:
    return {
        "id": tag,
        "title": title,
        "reviews": counted.shares.total(),
        "mean_percent": _plain_figure(mean_of(counted.shares)),
        "mean_observed_percent": _plain_figure(mean_of(counted.observed_shares)),
        "missed": counted.missed,
        "criteria": counted.criteria,
    }


def _group_summary(one: RubricSummary, summary: Summary, group: Group) -> RubricSummaryDocument:
    """A group's figures; none of a person where fewer reviews were agreed to say nothing."""
    document = _rubric_summary(one)
    is_person = summary.people is not None and not PERSONS.isdisjoint(group.by)
    enough = one.reviews >= summary.fewest_for(group.by)
    if not is_person or enough or summary.filter.advisor is not None:
        return document
    return {
        **document,
        "mean_percent": None,
        "mean_observed_percent": None,
        "median_percent": None,
        "lower_quartile_percent": None,
        "upper_quartile_percent": None,
        "least_percent": None,
        "most_percent": None,
    }


def _share_figure(share: Fraction | None, rubric: Rubric) -> Figure | None:
    return None if share is None else Figure(_percent(share, bounds_of(rubric)))


def _bands(one: RubricSummary) -> dict[str, int]:
    return {band.name: one.bands[band.name] for band in one.rubric.bands}


def _plain_figure(share: Fraction | None) -> Figure | None:
    return None if share is None else Figure(_plain_percent(share))


def rubric_json(rubric: Rubric) -> str:
    """A rubric with its defaults filled in, as `charter-score/rubric/v1`.

    It can be read back: what a rubric does not say and has no default is left out.
    """
    document = encode(_plain(_with_points(rubric)))
    return f'{{"schema": {encode(RUBRIC_SCHEMA)},\n "rubric": {document}}}\n'


def model_document(model: Model) -> dict[str, Any]:
    """A model as the plain document that it came from; what says nothing is left out."""
    document = _plain(model)
    return {key: value for key, value in document.items() if value not in ([], {})}


def rubrics_json(rubrics: Iterable[Rubric]) -> str:
    """Several rubrics as one JSON list of `charter-score/rubric/v1` documents."""
    return "[" + ",\n".join(rubric_json(one).rstrip("\n") for one in rubrics) + "]\n"


def _with_points(rubric: Rubric) -> Rubric:
    """The rubric with the points that a criterion has where it states none."""
    return rubric.model_copy(
        update={
            "sections": tuple(
                section.model_copy(
                    update={
                        "criteria": tuple(
                            criterion.model_copy(update={"points": rubric.points_of(criterion)})
                            if rubric.rests_on_points(criterion)
                            else criterion
                            for criterion in section.criteria
                        )
                    }
                )
                for section in rubric.sections
            )
        }
    )


def _plain(value: Any) -> Any:
    """A model's values as a document would give them."""
    if isinstance(value, Model):
        return {name: _plain(one) for name, one in _stated(value)}
    if isinstance(value, Part):
        return str(value)
    if isinstance(value, Fraction):
        return figure(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _stated(model: Model) -> Iterator[tuple[str, Any]]:
    """The fields of a model that a document would hold, with their defaults filled in."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if value is not None and value != "":
            yield field.alias or name, value


def figure(value: Fraction) -> Figure:
    """An exact number with its digits."""
    return Figure(figure_text(value))


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


def _template(document: Mapping[str, object]) -> list[str]:
    """The text of a document in pieces, every second of them for a hole."""
    first, *others = _around_holes(document)
    return [first, *(piece for text in others for piece in ("", text))]


# Ids, digests and words of ours need no escapes: their holes stand between quotes.
_WORD: Any = Figure(f'"{_HOLE}"')
_ENTRIES: Any = Figure(f"{{{_HOLE}}}")

_review_with_holes: ReviewDocument = {
    "id": _HOLE,
    "path": _HOLE,
    "sha256": _WORD,
    "status": _WORD,
    "reviewed": _HOLE,
    "selection": _WORD,
    "drafted_by": _HOLE,
    "retain_until": _HOLE,
    "advisor": _HOLE,
    "reviewer": _HOLE,
    "team": _HOLE,
    "interaction": _ENTRIES,
    "done_well": _HOLE,
    "could_be_better": _HOLE,
    "notes": _HOLE,
    "actions": [_HOLE],
    "advisor_comment": _HOLE,
    "acknowledged": _HOLE,
}
_result_with_holes: ResultDocument = {
    "kind": "result",
    "review": _HOLE,
    "rubric": _HOLE,
    "score": _HOLE,
    "observed": _HOLE,
    "band": _HOLE,
    "band_observed": _HOLE,
    "band_rests_on_not_applicable": _HOLE,
    "little_observed": _HOLE,
    "meets_expected": _HOLE,
    "critical_missed": [_HOLE],
    "below_section_minimum": [_HOLE],
    "provisional": _HOLE,
    "tags": [_HOLE],
    "sections": [_HOLE],
    "development_needs": [_HOLE],
    "strengths": [_HOLE],
    "next_band": _HOLE,
}
_action_with_holes: ActionDocument = {
    "what": _HOLE,
    "who": _HOLE,
    "by": _HOLE,
    "agreed": _HOLE,
    "done": _HOLE,
}
_strength_with_holes: StrengthDocument = {
    "section": _WORD,
    "title": _HOLE,
    "criteria": _HOLE,
    "of": _HOLE,
}
_next_band_with_holes: NextBandDocument = {"name": _HOLE, "needs": [_HOLE], "percent": _HOLE}

_REVIEW = _template(_review_with_holes)
_RESULT = _template(_result_with_holes)
_ACTION = _template(_action_with_holes)
_STRENGTH = _template(_strength_with_holes)
_NEXT_BAND = _template(_next_band_with_holes)
