"""Integer columns with the bounds that their values cannot leave, so that none overflows unseen.

Not every engine of frames raises where 64 bits do not hold a sum (Polars wraps silently). So each
step of the arithmetic carries the least and the greatest value that it can have, and a step that
might not fit is refused before anything is computed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import narwhals as nw

MOST = 2**63 - 1


class TooLargeError(OverflowError):
    """An amount might not fit into 64 bits."""


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer column, and what its values cannot be below or above.

    Raises:
        TooLargeError: where the bounds do not fit into 64 bits.
    """

    column: nw.Expr
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low < -MOST or self.high > MOST:
            raise TooLargeError

    def __add__(self, other: "Integer") -> "Integer":
        return Integer(self.column + other.column, self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Integer") -> "Integer":
        return Integer(self.column - other.column, self.low - other.high, self.high - other.low)

    def __mul__(self, other: "Integer | int") -> "Integer":
        if isinstance(other, int):
            if other == 1:
                return self
            other = constant(other)
        corners = [one * two for one in (self.low, self.high) for two in (other.low, other.high)]
        return Integer(self.column * other.column, min(corners), max(corners))

    def __lt__(self, other: "Integer") -> nw.Expr:
        return self.column < other.column

    def __le__(self, other: "Integer") -> nw.Expr:
        return self.column <= other.column

    def __gt__(self, other: "Integer") -> nw.Expr:
        return self.column > other.column

    def __ge__(self, other: "Integer") -> nw.Expr:
        return self.column >= other.column

    def equals(self, other: "Integer") -> nw.Expr:
        """Whether both are the same number."""
        return self.column == other.column

    @property
    def constant(self) -> int | None:
        """Its one value, where it can have no other."""
        return self.low if self.low == self.high else None

    def within(self, low: int, high: int) -> "Integer":
        """The same column, known to be within closer bounds."""
        return Integer(self.column, max(self.low, low), min(self.high, high))

    def at_least(self, least: int) -> "Integer":
        """The column, or `least` where it is below."""
        if self.low >= least:
            return self
        if self.high <= least:
            return constant(least)
        least_ = constant(least)
        chosen = nw.when(self.column < least_.column).then(least_.column).otherwise(self.column)
        return Integer(chosen, least, self.high)

    def at_most(self, other: "Integer") -> "Integer":
        """The column, or the other one where that is less."""
        if self.high <= other.low:
            return self
        chosen = nw.when(self.column > other.column).then(other.column).otherwise(self.column)
        return Integer(chosen, min(self.low, other.low), min(self.high, other.high))


def constant(value: int) -> Integer:
    """The same number in every row."""
    if not -MOST <= value <= MOST:
        raise TooLargeError
    return Integer(nw.lit(value, dtype=nw.Int64()), value, value)


def counted(condition: nw.Expr) -> Integer:
    """1 where a condition holds, else 0."""
    one, none = constant(1), constant(0)
    return Integer(nw.when(condition).then(one.column).otherwise(none.column), 0, 1)


def total(parts: Iterable[Integer]) -> Integer:
    """The sum of some columns; what is constant is added up here."""
    given = list(parts)
    fixed = sum(part.low for part in given if part.constant is not None)
    moving = [part for part in given if part.constant is None]
    if not moving:
        return constant(fixed)
    summed = reduce(add, moving)
    return summed + constant(fixed) if fixed else summed


def weighed(parts: Iterable[tuple[int, Integer]]) -> Integer:
    """The sum of some columns, each so many times."""
    return total(part * times for times, part in parts if times)


class Stages:
    """A frame that gets columns stage by stage, so that no sum is worked out twice.

    What is `kept` can be used once the stage is `settled`.
    """

    def __init__(self, frame: Any) -> None:
        self.frame = frame
        self._waiting: dict[str, nw.Expr] = {}
        self._number = 0
        some = nw.col(frame.collect_schema().names()[0])
        self.never = some.is_null() & ~some.is_null()
        """A condition that holds in no row, as long as the frame."""

    def keep(self, value: Integer) -> Integer:
        """An integer as a column of its own; a constant needs none."""
        if value.constant is not None:
            return value
        return Integer(self.keep_as_is(value.column), value.low, value.high)

    def keep_as_is(self, expression: nw.Expr) -> nw.Expr:
        """Any expression as a column of its own."""
        name = f"n{self._number}"
        self._number += 1
        self._waiting[name] = expression
        return nw.col(name)

    def settle(self) -> None:
        """Make what was kept."""
        if self._waiting:
            columns = [expression.alias(name) for name, expression in self._waiting.items()]
            self.frame = self.frame.with_columns(*columns)
            self._waiting = {}
