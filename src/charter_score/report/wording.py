"""Figures and small phrases of reports, and how much so many reviews carry."""

from collections.abc import Iterable
from enum import Enum
from fractions import Fraction

from charter_score.compiled import bounds_of
from charter_score.figures import TEXT_DECIMALS, percent_text, rounded_text
from charter_score.rubric import Rubric
from charter_score.stats.funnel import Standing
from charter_score.stats.intervals import Interval
from charter_score.summary import FEWEST_TO_COMPARE

FEWEST_IN_FUNNEL = 20
"""Reviews below which a group is compared with nobody."""
TOO_FEW = "too few to compare"
FOR_COACHING = "for coaching, not for comparison"
STANDINGS = {
    Standing.FAR_BELOW: "worth a talk",
    Standing.BELOW: "worth a talk",
    Standing.AS_EXPECTED: "as expected of the whole",
    Standing.ABOVE: "worth learning from",
    Standing.FAR_ABOVE: "worth learning from",
}
"""What is said of a group that a funnel compares with the whole."""


class Carries(Enum):
    """What a number of reviews carries, the least first."""

    NOTHING = "no reviews"
    RECORD = TOO_FEW
    COACHING = FOR_COACHING
    COMPARISON = ""

    @property
    def told(self) -> str:
        """What is said of a group with so many reviews; nothing where they carry all."""
        return str(self.value)


def carries(reviews: int, fewest: int = FEWEST_TO_COMPARE) -> Carries:
    """How much may be said of so many reviews, where a figure needs the `fewest`."""
    if not reviews:
        return Carries.NOTHING
    if reviews < fewest:
        return Carries.RECORD
    return Carries.COACHING if reviews < FEWEST_IN_FUNNEL else Carries.COMPARISON


def percent(share: Fraction, rubric: Rubric) -> str:
    """A share that somebody has, never on the wrong side of a bound: `84.2%`."""
    return percent_text(share, TEXT_DECIMALS, bounds_of(rubric)) + "%"


def plain_percent(share: Fraction) -> str:
    """A mean or a share of reviews, plainly rounded."""
    return rounded_text(share * 100, TEXT_DECIMALS) + "%"


def points(difference: Fraction) -> str:
    """A difference of shares in percentage points, without its sign."""
    text = rounded_text(abs(difference) * 100, TEXT_DECIMALS)
    return f"{text} point" if text == "1" else f"{text} points"


def between(interval: Interval) -> str:
    """An interval of shares: `74.4% to 91.6%`."""
    return " to ".join(f"{tenths(end)}%" for end in interval)


def tenths(share: float) -> str:
    """A float share as a percentage with at most one decimal."""
    return rounded_text(Fraction(share) * 100, TEXT_DECIMALS)


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """Words as people list them: `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def month_title(month: str) -> str:
    """A month as people write it, short: `May 2016`."""
    year, number = month.split("-")
    return f"{_MONTHS[int(number) - 1]} {int(year)}"


def day_title(day: str) -> str:
    """A day as people write it, short: `4 May 2016`."""
    year, month, number = day.split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {int(year)}"


def percent_number(share: Fraction) -> float:
    """A share in percent as a float, for drawing."""
    return round(float(share * 100), 2)
