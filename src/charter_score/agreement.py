"""An agreement about quality reviews as code: what was settled with those who are reviewed.

Each clause is a field; the program keeps to it where it can and says which clause stands in the
way. It is a fence and not a lock: who writes the file can change it, which its history shows.
"""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from charter_score.field_types import (
    FROM_LIST,
    AnyText,
    MisshapenError,
    Model,
    Text,
    read_decimal,
    reported,
)

MOST_DAYS = 36_525
"""Days of a span: a hundred years."""


def _whole(value: object) -> int:
    number = read_decimal(value)
    if number.denominator != 1 or not 0 < number <= MOST_DAYS:
        raise MisshapenError("out-of-range", f"a whole number from 1 to {MOST_DAYS} is wanted here")
    return int(number)


Whole = Annotated[
    int,
    PlainValidator(reported(_whole)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_DAYS}),
]
OutputName = Literal[
    "full", "concise", "json", "json-lines", "csv", "xlsx", "parquet", "junit", "github", "gitlab",
    "markdown", "html",
]  # fmt: skip
"""The outputs that a clause may speak of, as `-f` calls them."""


class Clause(Model):
    """What all clauses have: where they stand in the agreement on paper."""

    clause: AnyText | None = Field(
        default=None, description="The number of the clause on paper, such as 4.2."
    )


class Fewest(Clause):
    """How many reviews there must be before a figure of a person is shown."""

    least: Whole = Field(description="The fewest reviews; 5 holds in any case.")


class Allowed(Clause):
    """The outputs that may hold something; every other may not."""

    allowed: Annotated[tuple[OutputName, ...], FROM_LIST] = Field(
        description="The outputs that may, by their formats; [] for none."
    )


class Days(Clause):
    """A span of days."""

    days: Whole = Field(description="How many days.")


class Agreement(Model):
    """What was agreed, `charter-score/agreement/v1`; a clause that is left out settles nothing."""

    schema_: Literal["charter-score/agreement/v1"] = Field(description="What this document is.")
    title: Text = Field(description="What the agreement is called.")
    since: Text | None = Field(default=None, description="The day from which it holds.")
    fewest_reviews: Fewest | None = Field(
        default=None, description="Reviews before a figure of a person is shown."
    )
    names: Allowed | None = Field(default=None, description="Outputs that may hold names.")
    comments: Allowed | None = Field(default=None, description="Outputs that may hold free text.")
    retention: Days | None = Field(
        default=None, description="How long a review is kept after its day."
    )
    dispute_window: Days | None = Field(
        default=None, description="How long a rating may be disputed after the advisor's day."
    )


def day_after(day: str, days: int) -> str | None:
    """The day that is so many days after another; None beyond the calendar."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return None
