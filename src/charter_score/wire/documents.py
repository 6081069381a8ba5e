"""The shapes of the JSON documents that charter-score writes, for checkers and for the schema.

Fields may be added, never renamed or used for something else. `encoding` makes these documents and
the type checker holds its keys to them; only `schemas` needs them when the program runs.
"""

import sys
from typing import Annotated, Literal

from pydantic import PlainValidator, WithJsonSchema

from charter_score.figures import Figure

if sys.version_info >= (3, 12):
    from typing import NotRequired, TypedDict
else:  # pydantic cannot read the TypedDict of older versions
    from typing import NotRequired

    from typing_extensions import TypedDict


Number = Annotated[Figure, PlainValidator(Figure), WithJsonSchema({"type": "number"})]


class ScoreDocument(TypedDict):
    """Points earned of available; the share as a reduced `n/d`, and as a percentage."""

    earned: Number
    available: Number
    share: str | None
    percent: Number | None


class ObservedDocument(ScoreDocument):
    """The score with n/a left out; `of` criteria with points, `uplift` in percentage points."""

    criteria: int
    of: int
    not_applicable: int
    uplift: Number | None


class DisputeDocument(TypedDict):
    """The dispute that decides over a rating; `original` is the reviewer's."""

    original: str
    says: str
    because: str | None
    on: str | None
    outcome: str
    decided_by: str | None
    decided_on: str | None
    reason: str | None


class CriterionDocument(TypedDict):
    """One criterion as it was scored."""

    id: str
    title: str
    rating: str
    earned: Number
    available: Number
    comment: str | None
    evidence: str | None
    causes: list[str]
    critical: bool
    disputed: DisputeDocument | None


class SectionDocument(TypedDict):
    """One section; `observed` is null when nothing in it was observed."""

    id: str
    title: str
    weight: Number | None
    score: ScoreDocument
    observed: ObservedDocument | None
    nothing_observed: bool
    criteria: list[CriterionDocument]


class ActionDocument(TypedDict):
    """Something agreed."""

    what: str
    who: str | None
    by: str | None
    agreed: str | None
    done: str | None


class ReviewDocument(TypedDict):
    """The review as it was read, without its ratings."""

    id: str
    path: str
    sha256: str
    status: str
    reviewed: str | None
    selection: str
    drafted_by: str | None
    retain_until: str | None
    advisor: str | None
    reviewer: str | None
    team: str | None
    interaction: dict[str, str | list[str]]
    done_well: list[str]
    could_be_better: list[str]
    notes: str | None
    actions: list[ActionDocument]
    advisor_comment: str | None
    acknowledged: str | None


class RubricDocument(TypedDict):
    """The rubric that was scored against."""

    id: str
    version: str
    sha256: str
    title: str
    not_applicable: str
    combine: str
    expected: Number | None


class NeedDocument(TypedDict):
    """A development need."""

    section: str
    criterion: str
    title: str
    rating: str
    comment: str | None
    advice: str | None
    points_lost: Number
    percent_lost: Number


class StrengthDocument(TypedDict):
    """A section in which everything observed was met: `criteria` of `of` were observed."""

    section: str
    title: str
    criteria: int
    of: int


class NextBandDocument(TypedDict):
    """The way to the band just above."""

    name: str
    needs: list[str]
    percent: Number


class TagDocument(TypedDict):
    """The plain sums of one tag's criteria that apply; `observed` is null where nothing was."""

    id: str
    title: str
    score: ScoreDocument
    observed: ObservedDocument | None
    missed: int
    criteria: int


class ResultDocument(TypedDict):
    """One scored review."""

    kind: Literal["result"]
    review: ReviewDocument
    rubric: RubricDocument
    score: ScoreDocument
    observed: ObservedDocument
    band: str | None
    band_observed: str | None
    band_rests_on_not_applicable: bool
    little_observed: bool
    meets_expected: bool | None
    critical_missed: list[str]
    below_section_minimum: list[str]
    provisional: bool
    tags: list[TagDocument]
    sections: list[SectionDocument]
    development_needs: list[NeedDocument]
    strengths: list[StrengthDocument]
    next_band: NextBandDocument | None


class DiagnosticDocument(TypedDict):
    """Something wrong, and where; in a sheet of a workbook line and column are row and column."""

    severity: Literal["error", "warning"]
    code: str
    message: str
    path: str
    sheet: NotRequired[str]
    line: int | None
    column: int | None
    hint: str | None


class WarningDocument(DiagnosticDocument):
    """A warning; as a line of json-lines it has its kind."""

    kind: Literal["warning"]


class FailureDocument(TypedDict):
    """An input that could not be scored."""

    kind: Literal["failure"]
    path: str
    diagnostics: list[DiagnosticDocument]


class SkippedDocument(TypedDict):
    """A review that is not to be scored."""

    kind: Literal["skipped"]
    path: str
    id: str
    reason: str
    because: str | None


class RubricSummaryDocument(TypedDict):
    """What the scored reviews of one rubric say together."""

    id: str
    version: str
    reviews: int
    mean_percent: Number | None
    mean_observed_percent: Number | None
    median_percent: Number | None
    lower_quartile_percent: Number | None
    upper_quartile_percent: Number | None
    least_percent: Number | None
    most_percent: Number | None
    meets_expected: int
    meets_only_by_not_applicable: int
    band_rests_on_not_applicable: int
    little_observed: int
    bands: dict[str, int]
    below_expected: int
    critical: int
    below_section_minimum: int
    provisional: int
    causes: dict[str, int]
    tags: list["TagSummaryDocument"]


class TagSummaryDocument(TypedDict):
    """What the criteria with one tag come to over reviews; `missed` counts single criteria."""

    id: str
    title: str
    reviews: int
    mean_percent: Number | None
    mean_observed_percent: Number | None
    missed: int
    criteria: int


class GroupDocument(RubricSummaryDocument):
    """What the reviews of one rubric with one value of a field say together.

    Where fields cross, `by` names them with commas between and `values` has the value of each.
    """

    by: str
    value: str | None
    values: dict[str, str | None]
    too_few_to_compare: bool


class FilterDocument(TypedDict):
    """Which reviews count: the values wanted of each field, and the days of the contact."""

    where: dict[str, list[str]]
    since: str | None
    until: str | None


class SummaryDocument(TypedDict):
    """Counts over everything found; means only where there is one rubric."""

    kind: Literal["summary"]
    reviews: int
    scored: int
    failed: int
    skipped: int
    calibration: int
    self: int
    targeted: int
    requested: int
    mean_percent: Number | None
    bands: dict[str, int]
    below_expected: int
    critical: int
    below_section_minimum: int
    provisional: int
    rubrics: list[RubricSummaryDocument]
    groups: list[GroupDocument]
    filter: FilterDocument | None
    filtered_out: int


class ToolDocument(TypedDict):
    """What wrote the document."""

    name: Literal["charter-score"]
    version: str


class ResultsDocument(TypedDict):
    """The envelope of `-f json`."""

    schema: Literal["charter-score/results/v1"]
    tool: ToolDocument
    results: list[ResultDocument]
    failures: list[FailureDocument]
    skipped: list[SkippedDocument]
    warnings: list[WarningDocument]
    summary: SummaryDocument
