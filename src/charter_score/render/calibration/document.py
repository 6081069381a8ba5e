"""A calibration as a versioned JSON document, and as the sheets of a workbook."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from charter_score.calibration.findings import (
    Calibration,
    CriterionAgreement,
    Drift,
    Pairing,
    ScoreSpread,
)
from charter_score.calibration.reviews import Aside, Side
from charter_score.compiled import bounds_of
from charter_score.figures import JSON_DECIMALS, Figure, percent_text, rounded_text
from charter_score.render.calibration.view import UNDEFINED
from charter_score.render.sheets import Cell, Sheet
from charter_score.stats.agreement import DRAWS, SEED, Agreement, Estimate
from charter_score.stats.student import Interval
from charter_score.wire.encoding import encode, share_text, tool
from charter_score.wire.fairness import (
    AgreementDocument,
    CalibrationDocument,
    ContactDocument,
    CriterionAgreementDocument,
    DraftViewDocument,
    DriftDocument,
    EstimateDocument,
    IntervalDocument,
    NamedRubricDocument,
    PairingDocument,
    RoundDocument,
    SelfViewDocument,
)

PLACES = 6
"""Decimals of a coefficient."""


def calibration_json(
    calibrations: Sequence[Calibration],
    aside: Mapping[Aside, int],
    *,
    comments: bool,
    failed: int,
    skipped: int,
) -> str:
    """The document as text, one round a line."""
    document = calibration_document(
        calibrations, aside, comments=comments, failed=failed, skipped=skipped
    )
    return encode(document) + "\n"


def calibration_document(
    calibrations: Sequence[Calibration],
    aside: Mapping[Aside, int],
    *,
    comments: bool,
    failed: int,
    skipped: int,
) -> CalibrationDocument:
    """`charter-score/calibration/v1`."""
    return {
        "schema": "charter-score/calibration/v1",
        "tool": tool(),
        "bootstrap": {"draws": DRAWS, "seed": SEED, "over": "contacts"},
        "rounds": [_round(one, comments=comments) for one in calibrations],
        "not_compared": [
            {"why": why.value, "reviews": aside[why]} for why in Aside if aside.get(why)
        ],
        "failed": failed,
        "skipped": skipped,
    }


def _round(one: Calibration, *, comments: bool) -> RoundDocument:
    rubric: NamedRubricDocument = {
        "id": one.rubric.id,
        "version": one.rubric.version,
        "title": one.rubric.title,
        "sha256": one.sha256,
    }
    return {
        "rubric": rubric,
        "reviewers": list(one.reviewers),
        "contacts": [_contact(spread) for spread in one.scores],
        "overall": {
            "states": _agreement(one.overall.three),
            "to_the_score": _agreement(one.overall.two),
            "unseen_pairs": one.overall.unseen,
        },
        "criteria": [_criterion(found, comments=comments) for found in one.criteria],
        "drift": [_drift(drift) for drift in one.drifts],
        "own_views": _own_views(one),
        "drafts": _drafts(one),
    }


def _places(value: Fraction | None) -> Figure | None:
    return None if value is None else Figure(rounded_text(value, PLACES))


def _points(value: Fraction | None) -> Figure | None:
    """A difference of shares in percentage points."""
    return None if value is None else Figure(rounded_text(value * 100, JSON_DECIMALS))


def _estimate(found: Estimate) -> EstimateDocument:
    return {
        "value": _places(found.value),
        "low": _places(found.low),
        "high": _places(found.high),
        "undefined_draws": found.undefined,
    }


def _agreement(found: Agreement) -> AgreementDocument:
    return {
        "contacts": found.contacts,
        "units": found.units,
        "pairs": found.pairs,
        "agreeing": found.agreeing,
        "too_few": found.too_few,
        "percent_agreement": _estimate(found.percent),
        "ac1": None if found.ac1 is None else _estimate(found.ac1),
        "alpha": None if found.alpha is None else _estimate(found.alpha),
        "ordinal_alpha": None if found.ordinal is None else _estimate(found.ordinal),
        "fleiss_kappa": _places(found.fleiss),
    }


def _criterion(found: CriterionAgreement, *, comments: bool) -> CriterionAgreementDocument:
    return {
        "section": found.section.id,
        "criterion": found.criterion.id,
        "title": found.criterion.title,
        "states": _agreement(found.states),
        "to_the_score": _agreement(found.two),
        "unseen_pairs": found.unseen,
        "cohen_kappa": _places(found.cohen),
        "differences": [
            {
                "reference": one.reference,
                "said": [
                    {
                        "reviewer": word.reviewer,
                        "review": word.side.scored.id,
                        "rating": word.rated.worth.rating,
                        "comment": word.rated.rated.comment if comments else None,
                        "evidence": word.rated.rated.evidence if comments else None,
                    }
                    for word in one.words
                ],
            }
            for one in found.differences
        ],
    }


def _interval(found: Interval | None, mean: Fraction | None) -> IntervalDocument:
    return {
        "mean": _points(mean),
        "low": None if found is None else _points(found.low),
        "high": None if found is None else _points(found.high),
    }


def _drift(drift: Drift) -> DriftDocument:
    return {
        "reviewer": drift.reviewer,
        "contacts": drift.number,
        **_interval(drift.interval, drift.mean),
        "months": [
            {
                "month": month.month,
                "contacts": month.number,
                **_interval(month.interval, month.interval.mean),
            }
            for month in drift.months
        ],
    }


def _percent(side: Side) -> Figure:
    result = side.result
    return Figure(percent_text(result.share, JSON_DECIMALS, bounds_of(result.rubric)))


def _contact(spread: ScoreSpread) -> ContactDocument:
    return {
        "reference": spread.reference,
        "spread": Figure(rounded_text(spread.spread * 100, JSON_DECIMALS)),
        "bands_differ": len(spread.bands) > 1,
        "scores": [
            {
                "reviewer": who,
                "review": side.scored.id,
                "path": side.scored.path,
                "sha256": side.scored.sha256,
                "share": share_text(side.result.share),
                "percent": _percent(side),
                "band": side.result.band.name if side.result.band is not None else None,
            }
            for who, side in spread.sides
        ],
    }


def _pairing(one: Pairing) -> PairingDocument:
    return {
        "reference": one.reference,
        "review": one.person.scored.id,
        "other": one.other.scored.id,
        "ratings": one.ratings,
        "alike": one.alike,
        "differing": [".".join(place) for place in one.differing],
    }


def _own_views(one: Calibration) -> SelfViewDocument | None:
    found = one.selves
    if found is None:
        return None
    return {
        "own_views": found.number,
        **_interval(found.interval, found.mean),
        "pairings": [_pairing(pairing) for pairing in found.pairings],
    }


def _drafts(one: Calibration) -> list[DraftViewDocument]:
    return [
        {
            "drafted_by": found.model,
            "ratings": sum(pairing.ratings for pairing in found.finished),
            "changed": sum(len(pairing.differing) for pairing in found.finished),
            "finished": [_pairing(pairing) for pairing in found.finished],
            "others": [_pairing(pairing) for pairing in found.others],
        }
        for found in one.drafts
    ]


# The workbook.


def calibration_sheets(calibrations: Sequence[Calibration], *, comments: bool) -> list[Sheet]:
    """Criteria, who said what, scores and reviewers, each a sheet over all rubrics."""
    criteria: list[Sequence[Cell]] = []
    said: list[Sequence[Cell]] = []
    scores: list[Sequence[Cell]] = []
    drifts: list[Sequence[Cell]] = []
    for one in calibrations:
        name = one.rubric.name
        for found in one.criteria:
            states = found.states
            criteria.append(
                (
                    name,
                    found.section.title,
                    found.criterion.title,
                    Figure(states.contacts),
                    Figure(states.pairs),
                    Figure(states.agreeing),
                    *_cells(states.percent, states),
                    *_cells(states.ac1, states),
                    *_cells(states.alpha, states),
                    Figure(found.two.agreeing),
                    Figure(found.unseen),
                )
            )
            said += [
                (
                    name,
                    found.section.title,
                    found.criterion.title,
                    difference.reference,
                    word.reviewer,
                    word.rated.worth.rating,
                    word.rated.rated.comment if comments else None,
                    word.rated.rated.evidence if comments else None,
                )
                for difference in found.differences
                for word in difference.words
            ]
        for spread in one.scores:
            apart = _points(spread.spread)
            scores += [
                (
                    name,
                    spread.reference,
                    who,
                    side.scored.id,
                    _percent(side),
                    side.result.band.name if side.result.band is not None else None,
                    apart,
                )
                for who, side in spread.sides
            ]
        for drift in one.drifts:
            low_high = (drift.interval.low, drift.interval.high) if drift.interval else (None, None)
            drifts.append(
                (
                    name,
                    drift.reviewer,
                    Figure(drift.number),
                    _points(drift.mean) if drift.mean is not None else "too few to compare",
                    *map(_points, low_high),
                )
            )
    return [
        Sheet("Criteria", _CRITERIA, criteria),
        Sheet("Who said what", _SAID, said),
        Sheet("Scores", _SCORES, scores),
        Sheet("Reviewers", _REVIEWERS, drifts),
    ]


_RUBRIC = ("Rubric", 28)
_CRITERIA = (
    _RUBRIC,
    ("Section", 22),
    ("Criterion", 38),
    ("Contacts", 10),
    ("Pairs", 8),
    ("Pairs alike", 10),
    *((f"{name}{part}", 12) for name in ("Alike", "AC1", "Alpha") for part in ("", " from", " to")),
    ("Pairs alike to the score", 14),
    ("Pairs that the score cannot see", 16),
)
_SAID = (
    _RUBRIC,
    ("Section", 22),
    ("Criterion", 38),
    ("Contact", 18),
    ("Reviewer", 20),
    ("Rating", 14),
    ("Comment", 48),
    ("Evidence", 16),
)
_SCORES = (
    _RUBRIC,
    ("Contact", 18),
    ("Reviewer", 20),
    ("Review", 24),
    ("Percent", 10),
    ("Band", 26),
    ("Points apart", 12),
)
_REVIEWERS = (
    _RUBRIC,
    ("Reviewer", 20),
    ("Contacts", 10),
    ("Points from the others", 22),
    ("From", 10),
    ("To", 10),
)


def _cells(found: Estimate | None, states: Agreement) -> tuple[Cell, Cell, Cell]:
    """A coefficient and its interval, or why there is none."""
    if found is None or found.value is None:
        if not states.pairs:
            return None, None, None
        return ("too few" if found is None else UNDEFINED), None, None
    return _places(found.value), _places(found.low), _places(found.high)
