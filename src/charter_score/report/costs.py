"""What contacts cost by channel, and what a shift between channels would save; volumes are given.

Never reckoned from the number of reviews, which says nothing about the number of contacts.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from charter_score.field_types import (
    FROM_LIST,
    READ_ONLY,
    MisshapenError,
    Model,
    OptionalText,
    Percentage,
    Text,
    reported,
)
from charter_score.report.model import Block, Column, Kind, Table, Value
from charter_score.report.wording import count
from charter_score.rubric import Rubric, same_value
from charter_score.scalars import Number

VOLUMES_SCHEMA = "charter-score/volumes/v1"
TWICE = "A contact that has to be made twice saves nothing."


def _contacts(value: object) -> int:
    """A number of contacts: whole, not below 0."""
    text = str(value)
    is_number = isinstance(value, Number) or type(value) is int
    if is_number and text.isascii() and text.isdigit() and len(text) <= 12:
        return int(text)
    raise MisshapenError("bad-number", "takes a whole number of contacts", "for example 12000")


Contacts = Annotated[
    int, PlainValidator(reported(_contacts)), WithJsonSchema({"type": "integer", "minimum": 0})
]


class Shift(Model):
    """A part of one channel's contacts that would come by another."""

    from_: Text = Field(description="The channel that would have fewer contacts.")
    to: Text = Field(description="The channel that would have more.")
    percent: Percentage = Field(description="How many of the first channel's contacts.")


class Volumes(Model):
    """How many contacts there were by channel in a period, and shifts to reckon."""

    schema_: Literal["charter-score/volumes/v1"] = Field(description="What this document is.")
    period: OptionalText = Field(default=None, description="When: a month, a year.")
    channels: Annotated[Mapping[str, Contacts], READ_ONLY] = Field(
        description="Channel to number of contacts."
    )
    shifts: Annotated[tuple[Shift, ...], FROM_LIST] = Field(
        default=(), description="What if a part of one channel's contacts came by another?"
    )


def cost_block(rubric: Rubric, volumes: Volumes | None) -> Block | None:
    """Cost by channel and the saving of each shift; None without volumes or costs."""
    if volumes is None:
        return None
    costs = {same_value(name): cost for name, cost in rubric.channel_costs.items()}
    known = [name for name in volumes.channels if same_value(name) in costs]
    if not known:
        return None
    rows: list[tuple[Value, ...]] = []
    for name in known:
        cost, number = costs[same_value(name)], volumes.channels[name]
        rows.append((name, number, cost, cost * number))
    columns = (
        Column("channel", "Channel", Kind.TEXT),
        Column("contacts", "Contacts", Kind.COUNT),
        Column("cost", "Cost of one", Kind.MONEY),
        Column("total", "Together", Kind.MONEY),
    )
    tables = [Table("cost", "Cost by channel", columns, tuple(rows))]
    shifts = [_shift(shift, volumes, costs) for shift in volumes.shifts]
    saved = tuple(row for row in shifts if row is not None)
    if saved:
        heads = (
            Column("from", "From", Kind.TEXT),
            Column("to", "To", Kind.TEXT),
            Column("percent", "Part", Kind.PERCENT),
            Column("contacts", "Contacts", Kind.NUMBER),
            Column("saving", "Saves", Kind.MONEY),
        )
        tables.append(Table("shifts", "What a shift would save", heads, saved))
    source = rubric.channel_costs_source or ""
    told = [
        f"Prices: {source}." if source else "The rubric names no year and source of the prices."
    ]
    if volumes.period:
        told.append(f"Volumes: {volumes.period}.")
    without = [name for name in volumes.channels if name not in known]
    if without:
        told.append(f"The rubric has no cost of {count(len(without), 'channel')} in the volumes.")
    missing = len(shifts) - len(saved)
    if missing:
        told.append(f"{count(missing, 'shift')} between channels without a volume or a cost.")
    told.append(TWICE)
    return Block("cost", "What do contacts cost by channel?", tuple(told), tuple(tables))


def _shift(
    shift: Shift, volumes: Volumes, costs: Mapping[str, Fraction]
) -> tuple[Value, ...] | None:
    """A shift of s% of a channel's contacts saves s% × volume × the difference of the costs."""
    by_name = {same_value(name): number for name, number in volumes.channels.items()}
    source, target = same_value(shift.from_), same_value(shift.to)
    if source not in by_name or source not in costs or target not in costs:
        return None
    part = shift.percent / 100
    contacts = part * by_name[source]
    return (shift.from_, shift.to, part, contacts, contacts * (costs[source] - costs[target]))
