"""The values of a report's tables: as a person reads them, and as JSON has them."""

from fractions import Fraction
from typing import Any

from charter_score.figures import JSON_DECIMALS, TEXT_DECIMALS, Figure, percent_text, rounded_text
from charter_score.report.model import Column, Kind, Of, Value
from charter_score.report.wording import day_title, month_title
from charter_score.stats.intervals import Interval

NONE = "–"
"""What stands for no value."""
NUMERIC = frozenset(
    [
        *(Kind.COUNT, Kind.NUMBER, Kind.PERCENT, Kind.SCORE, Kind.DIFFERENCE),
        *(Kind.OF, Kind.INTERVAL, Kind.MONEY),
    ]
)
"""Kinds of columns that hold figures."""
_MONEY_DECIMALS = 2


def text(value: Value, column: Column, bounds: tuple[Fraction, ...] = ()) -> str:
    """A value as a person reads it."""
    match value:
        case None | "":
            return NONE
        case Of():
            return f"{value.k:,} of {value.n:,}"
        case Interval():
            return "–".join(_tenths(end) for end in value) + "%"
        case str():
            return _named(value, column.kind)
        case int():
            return f"{value:,}"
        case Fraction():
            return _figure(value, column.kind, bounds, TEXT_DECIMALS)


def _named(value: str, kind: Kind) -> str:
    if kind is Kind.DAY:
        return day_title(value)
    return month_title(value) if kind is Kind.MONTH else value


def _figure(value: Fraction, kind: Kind, bounds: tuple[Fraction, ...], decimals: int) -> str:
    if kind is Kind.SCORE:
        return percent_text(value, decimals, bounds) + "%"
    if kind is Kind.PERCENT:
        return rounded_text(value * 100, decimals) + "%"
    if kind is Kind.DIFFERENCE:
        digits = rounded_text(abs(value) * 100, decimals)
        return digits if digits == "0" else ("+" if value > 0 else "−") + digits
    if kind is Kind.MONEY:
        whole, _, rest = rounded_text(value, _MONEY_DECIMALS).partition(".")
        sign = "−" if whole.startswith("-") else ""
        return f"{sign}{int(whole.lstrip('-')):,}.{rest.ljust(_MONEY_DECIMALS, '0')}"
    return rounded_text(value, decimals)


def _tenths(share: float) -> str:
    return rounded_text(Fraction(share) * 100, TEXT_DECIMALS)


def document(value: Value, column: Column, bounds: tuple[Fraction, ...] = ()) -> Any:
    """A value as JSON has it: percentages of 100, exact to two decimals."""
    match value:
        case Of():
            return {"k": value.k, "n": value.n}
        case Interval():
            low, high = (Figure(rounded_text(Fraction(end) * 100, JSON_DECIMALS)) for end in value)
            return {"low": low, "high": high}
        case Fraction():
            if column.kind is Kind.SCORE:
                return Figure(percent_text(value, JSON_DECIMALS, bounds))
            scale = 100 if column.kind in (Kind.PERCENT, Kind.DIFFERENCE) else 1
            return Figure(rounded_text(value * scale, JSON_DECIMALS))
        case _:
            return None if value == "" else value
