"""The shapes of the JSON documents that compare reviewers and rubrics, for checkers and schemas.

As in `documents`, fields may be added, never renamed or used for something else.
"""

import sys
from typing import Literal

from charter_score.wire.documents import Number, ToolDocument

if sys.version_info >= (3, 12):
    from typing import TypedDict
else:  # pydantic cannot read the TypedDict of older versions
    from typing_extensions import TypedDict


class NamedRubricDocument(TypedDict):
    """A rubric by its name, and the SHA-256 of its file."""

    id: str
    version: str
    title: str
    sha256: str


# ── calibrate ─────────────────────────────────────────────────────────────────────────────────────


class EstimateDocument(TypedDict):
    """A coefficient with its bootstrap interval; null where it is undefined.

    `undefined_draws` counts the draws in which it was.
    """

    value: Number | None
    low: Number | None
    high: Number | None
    undefined_draws: int


class AgreementDocument(TypedDict):
    """How far ratings agree; the coefficients are null where there are too few contacts."""

    contacts: int
    units: int
    pairs: int
    agreeing: int
    too_few: bool
    percent_agreement: EstimateDocument
    ac1: EstimateDocument | None
    alpha: EstimateDocument | None
    ordinal_alpha: EstimateDocument | None
    fleiss_kappa: Number | None


class SaidDocument(TypedDict):
    """What one reviewer said of a criterion of a contact."""

    reviewer: str
    review: str
    rating: str
    comment: str | None
    evidence: str | None


class DifferenceDocument(TypedDict):
    """One contact over which reviewers differ on a criterion."""

    reference: str
    said: list[SaidDocument]


class CriterionAgreementDocument(TypedDict):
    """One criterion: agreement on its words and on what the score sees, and who said what.

    `unseen_pairs` differ and earn the same. `cohen_kappa` is of two reviewers.
    """

    section: str
    criterion: str
    title: str
    states: AgreementDocument
    to_the_score: AgreementDocument
    unseen_pairs: int
    cohen_kappa: Number | None
    differences: list[DifferenceDocument]


class OverallDocument(TypedDict):
    """Agreement over all criteria."""

    states: AgreementDocument
    to_the_score: AgreementDocument
    unseen_pairs: int


class IntervalDocument(TypedDict):
    """A mean difference in percentage points, with its t interval at 95%."""

    mean: Number | None
    low: Number | None
    high: Number | None


class MonthDriftDocument(IntervalDocument):
    """A reviewer beside the others in one month."""

    month: str
    contacts: int


class DriftDocument(IntervalDocument):
    """A reviewer's scores beside the others' mean on the same contacts; null below five."""

    reviewer: str
    contacts: int
    months: list[MonthDriftDocument]


class ContactScoreDocument(TypedDict):
    """One review of a contact: whose, and what it came to before any dispute."""

    reviewer: str
    review: str
    path: str
    sha256: str
    share: str
    percent: Number
    band: str | None


class ContactDocument(TypedDict):
    """The scores of one contact and how many percentage points they are apart."""

    reference: str
    spread: Number
    bands_differ: bool
    scores: list[ContactScoreDocument]


class PairingDocument(TypedDict):
    """Another review held against a person's; `differing` are `section.criterion`."""

    reference: str
    review: str
    other: str
    ratings: int
    alike: int
    differing: list[str]


class SelfViewDocument(IntervalDocument):
    """Advisors' own views beside the reviewers' of the same contacts."""

    own_views: int
    pairings: list[PairingDocument]


class DraftViewDocument(TypedDict):
    """A model's drafts: `finished` by a person who says so, or beside what `others` made."""

    drafted_by: str
    ratings: int
    changed: int
    finished: list[PairingDocument]
    others: list[PairingDocument]


class RoundDocument(TypedDict):
    """The reviews of one rubric."""

    rubric: NamedRubricDocument
    reviewers: list[str]
    contacts: list[ContactDocument]
    overall: OverallDocument
    criteria: list[CriterionAgreementDocument]
    drift: list[DriftDocument]
    own_views: SelfViewDocument | None
    drafts: list[DraftViewDocument]


class AsideDocument(TypedDict):
    """How many reviews were not compared, and why."""

    why: str
    reviews: int


class BootstrapDocument(TypedDict):
    """How intervals were drawn."""

    draws: int
    seed: int
    over: Literal["contacts"]


class CalibrationDocument(TypedDict):
    """What `calibrate -f json` writes."""

    schema: Literal["charter-score/calibration/v1"]
    tool: ToolDocument
    bootstrap: BootstrapDocument
    rounds: list[RoundDocument]
    not_compared: list[AsideDocument]
    failed: int
    skipped: int


# ── verify ────────────────────────────────────────────────────────────────────────────────────────


class FieldDifferenceDocument(TypedDict):
    """A field that is not as it is recorded; null where the values are a person's own words."""

    field: str
    recorded: str | None
    recomputed: str | None


class VerificationFindingDocument(TypedDict):
    """One recorded result, review or summary that is not as it is recorded, or was not found."""

    finding: str
    path: str
    id: str | None
    message: str | None
    differences: list[FieldDifferenceDocument]


class VerificationDocument(TypedDict):
    """What `verify -f json` writes.

    `without_digest` failures and skipped reviews cannot be recomputed; `summary_compared` is false
    where not every result could be.
    """

    schema: Literal["charter-score/verification/v1"]
    tool: ToolDocument
    results_file: str
    verified: bool
    recorded: int
    same: int
    without_digest: int
    summary_compared: bool
    without_comments: bool
    findings: list[VerificationFindingDocument]


# ── rubrics impact ────────────────────────────────────────────────────────────────────────────────


class UnderDocument(TypedDict):
    """A review under one of the two rubrics."""

    share: str
    percent: Number
    band: str | None
    meets_expected: bool | None


class MovedDocument(TypedDict):
    """A review under both rubrics; `change` is in percentage points."""

    id: str
    path: str
    advisor: str | None
    before: UnderDocument
    after: UnderDocument
    change: Number
    band_flips: bool
    expectation_flips: bool


class LeftOutDocument(TypedDict):
    """How many reviews say nothing about the new rubric, and why."""

    why: str
    reviews: int


class ImpactDocument(TypedDict):
    """What `rubrics impact -f json` writes.

    `added` criteria were rated by nobody and are left out; means are null below five reviews, and
    of those that were drawn by chance. Keys of `bands` are `before → after`.
    """

    schema: Literal["charter-score/impact/v1"]
    tool: ToolDocument
    old: NamedRubricDocument
    new: NamedRubricDocument
    what_if: dict[str, str]
    mapped: dict[str, str]
    added: list[str]
    removed: list[str]
    reviews: int
    up: int
    down: int
    unmoved: int
    mean_before: Number | None
    mean_after: Number | None
    bands: dict[str, int]
    expectation_lost: int
    expectation_gained: int
    moved: list[MovedDocument]
    left_out: list[LeftOutDocument]
    failed: int


# ── subject ───────────────────────────────────────────────────────────────────────────────────────


class SubjectReviewDocument(TypedDict):
    """A review of the person's work: the document as it stands, and what it came to."""

    path: str
    id: str
    status: str | None
    share: str | None
    percent: Number | None
    band: str | None
    document: dict[str, object]


class SubjectRoleDocument(TypedDict):
    """A review in which the person had another part than being reviewed."""

    path: str
    id: str
    date: str | None
    part: str


class ThirdPartyDocument(TypedDict):
    """A free text in the person's records that names somebody else; the text is not repeated."""

    path: str
    id: str
    field: str


class SubjectDocument(TypedDict):
    """What `subject -f json` writes: one person's records."""

    schema: Literal["charter-score/subject/v1"]
    tool: ToolDocument
    name: str
    reviews_read: int
    failed: int
    as_advisor: list[SubjectReviewDocument]
    other_parts: list[SubjectRoleDocument]
    named_in: list[ThirdPartyDocument]
    names_others: list[ThirdPartyDocument]


# ── disputes ──────────────────────────────────────────────────────────────────────────────────────


class RateDocument(TypedDict):
    """Disputes of one kind; `overturned_percent` is null of a person below five decided ones."""

    raised: int
    decided: int
    upheld: int
    withdrawn: int
    open: int
    overturned_percent: Number | None


class NamedRateDocument(RateDocument):
    """Disputes about a criterion, a reviewer's ratings, by a decider, or of a month."""

    name: str


class OpenDisputeDocument(TypedDict):
    """A dispute that nobody decided yet; `days` since it was raised, where its day is given."""

    path: str
    id: str
    criterion: str | None
    on: str | None
    days: int | None


class DisputesDocument(TypedDict):
    """What `disputes -f json` writes."""

    schema: Literal["charter-score/disputes/v1"]
    tool: ToolDocument
    reviews: int
    until: str | None
    all: RateDocument
    whole_reviews: RateDocument
    criteria: list[NamedRateDocument]
    reviewers: list[NamedRateDocument]
    deciders: list[NamedRateDocument]
    months: list[NamedRateDocument]
    days_to_decide: list[int]
    median_days_to_decide: Number | None
    still_open: list[OpenDisputeDocument]
    failed: int
