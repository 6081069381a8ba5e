"""Scored reviews as rows: what tables of them have in common, in CSV, a spreadsheet or HTML.

A cell is a `Figure` where it is a number of ours, a `Percentage` where that is shown with its sign,
a `Day` where it is a day of the calendar, text where a person wrote it, a truth value, or None for
nothing.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, NamedTuple

from charter_score.compiled import bounds_of, section_bounds_of
from charter_score.field_types import is_date
from charter_score.figures import JSON_DECIMALS, Figure, figure_text, percent_text, rounded_text
from charter_score.outcome import Scored
from charter_score.result import ReviewResult
from charter_score.review import Review

Cell = str | bool | None
Row = dict[str, Cell]


class Percentage(Figure):
    """A figure in percent: 85 stands for 85%."""

    __slots__ = ()


class Day(str):
    """A day of the calendar as text: `2016-05-04`."""

    __slots__ = ()


REVIEW_COLUMNS = (
    "id",
    "path",
    "rubric",
    "version",
    "advisor",
    "reviewer",
    "team",
    "status",
    "reviewed",
    "selection",
)
KNOWN_FIELDS = ("date", "channel", "reference")
RESULT_COLUMNS = (
    "earned",
    "available",
    "share",
    "percent",
    "observed_percent",
    "uplift",
    "band",
    "band_observed",
    "band_rests_on_not_applicable",
    "little_observed",
    "meets_expected",
    "critical_missed",
    "below_section_minimum",
    "needs",
)
CRITERION_COLUMNS = (
    "id",
    "advisor",
    "reviewer",
    "team",
    "date",
    "channel",
    "section",
    "section_title",
    "criterion",
    "criterion_title",
    "rating",
    "earned",
    "available",
    "comment",
    "causes",
    "status",
    "rubric",
    "version",
)
_READ_FIRST = (
    "id",
    "advisor",
    "team",
    "date",
    "channel",
    "percent",
    "band",
    "observed_percent",
    "needs",
    "meets_expected",
    "critical_missed",
    "band_rests_on_not_applicable",
    "little_observed",
)
NUMBER_READ_FIRST = _READ_FIRST.index("critical_missed") + 1
_FIXED = (*REVIEW_COLUMNS, *KNOWN_FIELDS, *RESULT_COLUMNS)


_SPOOLED = 4_000_000
"""Bytes that wait in memory before the disk is used."""


class Waiting:
    """Rows in the order they came, plain values only, on the disk once they are many."""

    def __init__(self) -> None:
        self._file: IO[str] | None = None
        self.number = 0

    def add(self, row: Any) -> None:
        """Have a row wait."""
        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed when taken out
                _SPOOLED, mode="w+", encoding="utf-8", newline="\n"
            )
        self.number += 1
        json.dump(row, self._file)
        self._file.write("\n")

    def taken_out(self) -> Iterator[Any]:
        """The rows, once."""
        if self._file is None:
            return
        with self._file as file:
            file.seek(0)
            yield from map(json.loads, file)


class ReviewRow(NamedTuple):
    """One review: the columns every review has, its other fields, its sections' percentages.

    The keys are the titles of columns. A field and a section may share one (`interaction.percent`),
    so they are never thrown together.
    """

    cells: Row
    fields: Row
    sections: Row


class Columns:
    """Which columns a table of reviews has, which is known only once every row has been seen."""

    def __init__(self) -> None:
        self._fields: dict[str, None] = {}
        self._sections: dict[str, None] = {}

    def take_in(self, row: ReviewRow) -> None:
        """Have a column for everything in a row."""
        self._fields.update(dict.fromkeys(row.fields))
        self._sections.update(dict.fromkeys(row.sections))

    def settle(self, most: int | None = None) -> int:
        """Put the fields in order; `most` columns stay where there is a limit.

        Gives the number of columns left out: fields first, then sections.
        """
        fields, sections = sorted(self._fields), list(self._sections)
        room = len(fields) + len(sections) if most is None else max(0, most - len(_FIXED))
        sections_kept = sections[:room]
        fields_kept = fields[: room - len(sections_kept)]
        self._fields = dict.fromkeys(fields_kept)
        self._sections = dict.fromkeys(sections_kept)
        return len(fields) + len(sections) - len(fields_kept) - len(sections_kept)

    @property
    def titles(self) -> list[str]:
        """The head of the table."""
        return [*REVIEW_COLUMNS, *KNOWN_FIELDS, *self._fields, *RESULT_COLUMNS, *self._sections]

    @property
    def sections(self) -> range:
        """The places of the columns with sections' percentages."""
        first = len(_FIXED) + len(self._fields)
        return range(first, first + len(self._sections))

    def in_reading_order(self) -> list[int]:
        """The places of the columns as a person reads them: whose, when, the score, then the rest.

        The first `NUMBER_READ_FIRST` of them are what a page or a screen has room for.
        """
        places = range(len(self.titles))
        first = [self.titles.index(name) for name in _READ_FIRST]
        path = self.titles.index("path")
        taken = {*first, *self.sections, path}
        return [*first, *self.sections, *(one for one in places if one not in taken), path]

    def cells(self, row: ReviewRow) -> list[Cell]:
        """A row in the order of the columns."""
        return [
            *(row.cells[name] for name in REVIEW_COLUMNS),
            *(row.cells[name] for name in KNOWN_FIELDS),
            *(row.fields.get(name) for name in self._fields),
            *(row.cells[name] for name in RESULT_COLUMNS),
            *(row.sections.get(name) for name in self._sections),
        ]


def review_row(scored: Scored) -> ReviewRow:
    """One scored review as a row."""
    result = scored.result
    review, rubric = result.review, result.rubric
    bounds = bounds_of(rubric)
    cells: Row = {
        "id": scored.id,
        "path": scored.path,
        "rubric": rubric.id,
        "version": rubric.version,
        "advisor": review.advisor,
        "reviewer": review.reviewer,
        "team": review.team,
        "status": review.status.value,
        **_known_fields(review),
        "earned": Figure(figure_text(result.score.earned)),
        "available": Figure(figure_text(result.score.available)),
        "share": f"{result.share.numerator}/{result.share.denominator}",
        "percent": Percentage(percent_text(result.share, JSON_DECIMALS, bounds)),
        "observed_percent": Percentage(percent_text(result.observed_share, JSON_DECIMALS, bounds)),
        "uplift": Figure(rounded_text(result.uplift * 100, JSON_DECIMALS)),
        "band": result.band.name if result.band else None,
        "band_observed": result.band_observed.name if result.band_observed else None,
        "band_rests_on_not_applicable": result.band_rests_on_not_applicable,
        "little_observed": result.little_observed,
        "meets_expected": result.meets_expected,
        "critical_missed": _listed(f"{s.id}.{c.id}" for s, c in result.critical_missed),
        "below_section_minimum": _listed(one.id for one in result.below_section_minimum),
        "needs": Figure(len(result.needs)),
        "selection": review.selection.value,
        "reviewed": Day(review.reviewed) if review.reviewed else None,
    }
    others: Row = {
        f"interaction.{name}": _field(value)
        for name, value in review.interaction.items()
        if name not in KNOWN_FIELDS
    }
    return ReviewRow(cells, others, _sections(result))


def _sections(result: ReviewResult) -> Row:
    rubric = result.rubric
    shares = {
        f"{section.section.id}.percent": (
            section.score.share,
            section_bounds_of(rubric, section.section),
        )
        for section in result.sections
    }
    shares |= {f"tag.{tag.id}.percent": (tag.score.share, bounds_of(rubric)) for tag in result.tags}
    return {
        name: None if share is None else Percentage(percent_text(share, JSON_DECIMALS, bounds))
        for name, (share, bounds) in shares.items()
    }


def criterion_rows(scored: Scored) -> list[tuple[Cell, ...]]:
    """One scored review as a row for each of its criteria, in `CRITERION_COLUMNS`.

    Each has what a table is turned and added up by: people, team, day, channel and titles.
    """
    review, rubric = scored.result.review, scored.result.rubric
    fields = _known_fields(review)
    people = (review.advisor, review.reviewer, review.team, fields["date"], fields["channel"])
    standard = (review.status.value, rubric.id, rubric.version)
    return [
        (
            scored.id,
            *people,
            section.section.id,
            section.section.title,
            one.criterion.id,
            one.criterion.title,
            one.worth.rating,
            Figure(figure_text(one.worth.earned)),
            Figure(figure_text(one.worth.available)),
            one.rated.comment,
            _listed(one.rated.causes),
            *standard,
        )
        for section in scored.result.sections
        for one in section.criteria
    ]


def _known_fields(review: Review) -> Row:
    """The fields of the interaction that have columns of their own."""
    cells: Row = {name: _field(review.interaction.get(name)) for name in KNOWN_FIELDS}
    date = cells["date"]
    return {**cells, "date": Day(date)} if isinstance(date, str) and is_date(date) else cells


def _field(value: str | tuple[str, ...] | None) -> str | None:
    return value if isinstance(value, str) else _listed(value or ())


def _listed(values: Iterable[str]) -> str | None:
    return "; ".join(values) or None
