"""A mapping: which column of somebody's table holds what, and how its cells are to be read.

It is a small YAML document beside the table; `charter-score map` proposes one.
"""

from collections.abc import Mapping as MappingOf
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from charter_score.field_types import (
    FROM_LIST,
    READ_ONLY,
    AnyText,
    MisshapenError,
    Model,
    OptionalText,
    OrText,
    ReadOnly,
    Text,
    choice,
    reported,
)
from charter_score.scalars import Number

MAPPING_SCHEMA = "charter-score/mapping/v1"


class Shape(StrEnum):
    """What a row of a table is: a review (wide), or one rating of a review (long)."""

    WIDE = "wide"
    LONG = "long"


class Encoding(StrEnum):
    """How a text file writes characters beyond ASCII."""

    UTF_8 = "utf-8"
    CP1252 = "cp1252"


class Dates(StrEnum):
    """In which order a table writes the parts of a day."""

    YEAR_FIRST = "year-month-day"
    DAY_FIRST = "day/month/year"
    MONTH_FIRST = "month/day/year"


class Merged(StrEnum):
    """What a merged cell among the data holds: its value in the first cell, or in all of them."""

    FIRST = "first"
    ALL = "all"


def _row_number(value: object) -> int:
    text = value.text if isinstance(value, Number) else str(value)
    if not isinstance(value, bool) and text.isascii() and text.isdigit() and 0 < len(text) <= 7:
        number = int(text)
        if number:
            return number
    raise MisshapenError(
        "bad-number", "the number of a row is wanted here, the first is 1", "for example 4"
    )


def _says_something(words: MappingOf[str, str]) -> MappingOf[str, str]:
    for word in words:
        if not word.strip():
            raise MisshapenError(
                "empty", "a blank cell is unrated, and no word can stand for it", "take it out"
            )
    return ReadOnly(words)


def _one_or_two(rows: tuple[int, ...]) -> tuple[int, ...]:
    if len(rows) > 2:
        raise MisshapenError(
            "too-many", "headings stand in one row or in two", "for example [3, 4]"
        )
    return rows


RowNumber = Annotated[
    int,
    PlainValidator(reported(_row_number)),
    WithJsonSchema({"type": "integer", "minimum": 1}),
]
Header = Annotated[
    tuple[int, ...],
    OrText(
        lambda value: (_row_number(value),),
        Annotated[tuple[RowNumber, ...], FROM_LIST, AfterValidator(reported(_one_or_two))],
        {"type": "integer", "minimum": 1},
    ),
]
Texts = Annotated[tuple[AnyText, ...], FROM_LIST]
Columns = Annotated[MappingOf[str, AnyText], READ_ONLY]


class TableMapping(Model):
    """How one table, or several alike, are read as reviews."""

    schema_: Literal["charter-score/mapping/v1"] = Field(
        description=f"Always `{MAPPING_SCHEMA}`: it says what this document is."
    )
    rubric: OptionalText = Field(
        default=None,
        description="What rows are scored against that name no rubric: an id, id@version or a path "
        "from this file.",
    )
    shape: Annotated[Shape, *choice(Shape)] | None = Field(
        default=None, description="wide: a row a review; long: a row a rating."
    )
    sheets: Texts = Field(
        default=(), description="The sheets to read; all with known headings where none is named."
    )
    header: Header = Field(
        default=(),
        description="The row with the headings, or the two rows; looked for where none is given.",
    )
    columns: Columns = Field(
        default_factory=ReadOnly,
        description="Heading to what the column holds: a column of formats.md, such as advisor, "
        "field.wait or welcome.tone.comment.",
    )
    letters: Columns = Field(
        default_factory=ReadOnly,
        description="The same by the column's letter, for headings that are blank or stand twice.",
    )
    ignore: Texts = Field(
        default=(), description="Headings, or letters, of columns that are not read."
    )
    always: Columns = Field(
        default_factory=ReadOnly,
        description="What every review of the table has, by column: team, channel, field.wait.",
    )
    words: Annotated[MappingOf[str, AnyText], AfterValidator(reported(_says_something))] = Field(
        default_factory=ReadOnly,
        description="The table's rating words, each with the rubric's: Y: met.",
    )
    leave_out: Texts = Field(
        default=(),
        description="What the first cell says of rows that are no reviews: Total, Average.",
    )
    needs: Texts = Field(
        default=(),
        description="Columns, such as id, without which a row is no review and is left out.",
    )
    end: AnyText | None = Field(
        default=None, description="What the first cell of the row says at which the table ends."
    )
    merged: Annotated[Merged, *choice(Merged)] = Field(
        default=Merged.FIRST,
        description="What a merged cell among the data stands for: its first cell, or all.",
    )
    encoding: Annotated[Encoding, *choice(Encoding)] | None = Field(
        default=None, description="How a text file is encoded: utf-8 or cp1252."
    )
    separator: Text | None = Field(
        default=None, description="What parts the cells of a text file, such as a semicolon."
    )
    decimal: Text | None = Field(
        default=None, description="What stands before decimals in ratings: a comma, or a point."
    )
    dates: Annotated[Dates, *choice(Dates)] = Field(
        default=Dates.YEAR_FIRST, description="The order of the parts of a day."
    )
