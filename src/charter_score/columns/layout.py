"""Which columns of a wide frame hold what: ratings, what stands beside them, fields, all others."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic
from charter_score.errors import DocumentError
from charter_score.rubric import Criterion, Rubric, Section

FRAME = "frame"
"""What a diagnostic of a frame has for its path."""
REVIEW_COLUMNS = (
    *("id", "rubric", "status", "advisor", "reviewer", "team", "reviewed", "selection"),
    *("drafted_by", "reason", "notes"),
)
KNOWN_FIELDS = ("date", "channel", "reference")
FIELD = "field."
RESULT_COLUMNS = (
    "not_scored",
    "share_numerator",
    "share_denominator",
    "percent",
    "observed_numerator",
    "observed_denominator",
    "observed_percent",
    "band",
    "band_observed",
    "band_rests_on_not_applicable",
    "little_observed",
    "meets_expected",
    "critical_missed",
    "below_section_minimum",
    "needs",
)


class CriterionColumns(NamedTuple):
    """The columns of one criterion, by their names; None where the frame has none."""

    section: Section
    criterion: Criterion
    rating: str | None
    comment: str | None
    causes: str | None


class SectionColumns(NamedTuple):
    """The columns of one section: what is said of it in one go, and its criteria."""

    section: Section
    rating: str | None
    comment: str | None
    criteria: tuple[CriterionColumns, ...]


class Layout(NamedTuple):
    """What the columns of a frame hold. `carried` ones are in the result as they are."""

    sections: tuple[SectionColumns, ...]
    fields: dict[str, str]
    carried: tuple[str, ...]
    columns: tuple[str, ...]

    def criteria(self) -> Iterator[CriterionColumns]:
        """The columns of each criterion, in the rubric's order."""
        for section in self.sections:
            yield from section.criteria

    def has(self, name: str) -> str | None:
        """A column of the review itself, if the frame has it."""
        return name if name in self.columns else None


def result_columns(rubric: Rubric) -> tuple[str, ...]:
    """The columns that scoring adds, in their order."""
    return (
        *RESULT_COLUMNS,
        *(f"{section.id}.percent" for section in rubric.sections),
        *(f"tag.{tag}.percent" for tag in rubric.tags),
    )


def layout_of(rubric: Rubric, columns: Sequence[str]) -> Layout:
    """What each column holds.

    Raises:
        DocumentError: where a criterion has no column, a name stands twice or is one of the result,
            or a name has the form of a rating and the rubric knows no such criterion.
    """
    there = set(columns)
    used: set[str] = set()

    def column(name: str) -> str | None:
        if name not in there:
            return None
        used.add(name)
        return name

    sections = []
    for section in rubric.sections:
        names_review = section.id in (*REVIEW_COLUMNS, *KNOWN_FIELDS)
        criteria = []
        for criterion in section.criteria:
            name = f"{section.id}.{criterion.id}"
            parts = [column(f"{name}.{part}") for part in ("comment", "causes")]
            column(f"{name}.evidence")
            criteria.append(CriterionColumns(section, criterion, column(name), *parts))
        whole = None if names_review else column(section.id)
        comment = column(f"{section.id}.comment")
        sections.append(SectionColumns(section, whole, comment, tuple(criteria)))
    fields = {name: name for name in KNOWN_FIELDS if name in there}
    fields |= {name.removeprefix(FIELD): name for name in columns if name.startswith(FIELD)}
    layout = Layout(
        tuple(sections), fields, tuple(name for name in columns if name not in used), tuple(columns)
    )
    found = list(_wrong(rubric, layout))
    if found:
        raise DocumentError(found)
    return layout


def _wrong(rubric: Rubric, layout: Layout) -> Iterator[Diagnostic]:
    for name, number in Counter(layout.columns).items():
        if number > 1:
            place = layout.columns.index(name) + 1
            yield _problem(
                "duplicate-column",
                f"{number} columns have the name of column {place}",
                "a frame has each column once",
            )
    for part in layout.sections:
        lacking = [
            f"`{part.section.id}.{one.criterion.id}`" for one in part.criteria if not one.rating
        ]
        is_optional = part.rating is not None or part.section.is_conditional
        if lacking and not is_optional:
            yield _problem(
                "missing-column",
                f"there is no column {', '.join(lacking)}",
                "give every criterion a column; a blank cell in it is unrated",
            )
    results = set(result_columns(rubric))
    sections = {section.id for section in rubric.sections}
    for place, name in enumerate(layout.columns, start=1):
        if name in results:
            yield _problem(
                "result-column",
                f"column {place} has the name of a column of the result: `{name}`",
                "score the table as it was before, or rename the column",
            )
        elif name in layout.carried and not name.startswith(FIELD):
            section = name.split(".", 1)[0]
            if "." in name and section in sections:
                yield _problem(
                    "unknown-column",
                    f"column {place} looks like a rating in `{section}`, which has no "
                    "such criterion",
                    "correct its name, or take the column out",
                )


def _problem(code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(code, message, FRAME, hint=hint)
