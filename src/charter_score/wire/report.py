"""The shape of a report's JSON document, for checkers and for its published schema."""

import sys
from typing import Annotated, Any, Final

from pydantic import WithJsonSchema

from charter_score.wire.documents import ToolDocument

if sys.version_info >= (3, 12):
    from typing import TypedDict
else:  # pydantic cannot read the TypedDict of older versions
    from typing_extensions import TypedDict

REPORT_SCHEMA: Final = "charter-score/report/v1"

Kind = Annotated[
    str,
    WithJsonSchema(
        {
            "enum": [
                *("text", "person", "day", "month", "count", "number", "percent", "score"),
                *("difference", "of", "interval", "money"),
            ]
        }
    ),
]
"""What a column holds."""
Cell = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "number", "null"]},
                {
                    "type": "object",
                    "description": "So many of so many.",
                    "properties": {"k": {"type": "integer"}, "n": {"type": "integer"}},
                    "required": ["k", "n"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "description": "A 95% interval, in percent.",
                    "properties": {"low": {"type": "number"}, "high": {"type": "number"}},
                    "required": ["low", "high"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
"""A value of a table: percentages and differences are of 100."""


class ColumnDocument(TypedDict):
    """A column of a table: its key in each row, its heading, and what it holds."""

    id: str
    title: str
    kind: Kind


class TableDocument(TypedDict):
    """A table: its columns, and rows with a value for each."""

    id: str
    title: str
    columns: list[ColumnDocument]
    rows: list[dict[str, Cell]]


class QuoteDocument(TypedDict):
    """What people wrote, and about what."""

    about: str
    texts: list[str]


class BlockDocument(TypedDict):
    """One thing that the report says; `reviews` is the number it speaks of."""

    id: str
    title: str
    reviews: int | None
    says: list[str]
    quotes: list[QuoteDocument]
    tables: list[TableDocument]


class RubricReportDocument(TypedDict):
    """What the report says of one rubric and version; two are never mixed."""

    id: str
    version: str
    title: str
    reviews: int
    blocks: list[BlockDocument]


class ReportDocument(TypedDict):
    """The whole document; `since` and `until` are the days that its figures lie between."""

    schema: str
    tool: ToolDocument
    title: str
    since: str | None
    until: str | None
    reviews: int
    scope: list[str]
    rubrics: list[RubricReportDocument]
    method: list[str]
