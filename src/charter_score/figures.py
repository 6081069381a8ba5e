"""Exact figures as text: where a share becomes a percentage, and nowhere else.

A percentage that is printed never contradicts the band: it gets as many decimals as it takes to
stand to every bound as the exact share does.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from html import escape

TEXT_DECIMALS = 1
JSON_DECIMALS = 2


class Figure(str):
    """The digits of an exact number, which are written into JSON as they are."""

    __slots__ = ()


def decimal_text(value: Fraction) -> str:
    """A number with a finite decimal expansion in its shortest form: `85`, `0.5`, `-2.25`.

    Raises:
        ValueError: where the expansion does not end.
    """
    decimals = 0
    scaled = value
    while scaled.denominator != 1:
        if scaled.denominator % 2 and scaled.denominator % 5:
            raise ValueError("this fraction has no finite decimal expansion")
        scaled *= 10
        decimals += 1
    return _place_point(scaled.numerator, decimals)


FIGURE_DECIMALS = 6


def figure_text(value: Fraction) -> str:
    """A number in its shortest form; rounded to six places where no decimal can write it."""
    try:
        return decimal_text(value)
    except ValueError:
        return rounded_text(value, FIGURE_DECIMALS)


def rounded_text(value: Fraction, decimals: int) -> str:
    """A number rounded half away from zero, in its shortest form."""
    return _place_point(_rounded(value, decimals), decimals)


@lru_cache(maxsize=65536)
def percent_text(share: Fraction, decimals: int, bounds: tuple[Fraction, ...] = ()) -> str:
    """A share as a percentage without its sign, never on the wrong side of a bound.

    Rounded half away from zero to `decimals`; more of them where the rounded figure would stand to
    one of `bounds` (shares) otherwise than the exact share does. 0.8996 against 0.9 is `89.96` at
    one decimal, because `90` would say more than is true.
    """
    while True:
        rounded = _rounded(share * 100, decimals)
        shown = Fraction(rounded, 10**decimals * 100)
        if all(_side(shown, bound) == _side(share, bound) for bound in bounds):
            return _place_point(rounded, decimals)
        decimals += 1


def points_text(points: Iterable[Fraction]) -> str:
    """Points earned and available as `16 of 20`."""
    return " of ".join(figure_text(amount) for amount in points)


def html_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Plain texts as a table of HTML, for a notebook."""
    top = "".join(f"<th><bdi>{escape(cell)}</bdi></th>" for cell in head)
    lines = ("".join(f"<td><bdi>{escape(cell)}</bdi></td>" for cell in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _side(share: Fraction, bound: Fraction) -> int:
    return (share > bound) - (share < bound)


def _rounded(value: Fraction, decimals: int) -> int:
    """The value times ten to the `decimals`, rounded half away from zero to an integer."""
    scaled: Fraction = abs(value) * 10**decimals
    whole: int = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return -whole if value < 0 else whole


def _place_point(digits: int, decimals: int) -> str:
    sign = "-" if digits < 0 else ""
    text = str(abs(digits)).rjust(decimals + 1, "0")
    if decimals:
        text = f"{text[:-decimals]}.{text[-decimals:]}".rstrip("0").rstrip(".")
    return sign + text
