"""The months that a report speaks of, by the last contact in the data or what was asked for."""

from typing import NamedTuple

from charter_score.filters import ReviewFilter, month_of

MONTHS_IN_WINDOW = 6
"""Months that counts and lists go over unless told otherwise, the last one included."""
MOST_POINTS = 24
"""Months of a trend."""


class Window(NamedTuple):
    """The months of counts and lists, those of trends, and the days between which reviews lie."""

    months: tuple[str, ...]
    trend: tuple[str, ...]
    since: str
    until: str


def window_of(chosen: ReviewFilter, first_day: str, last_day: str) -> Window:
    """The window: six months up to the last contact or `--until`, or all from `--since` on.

    There is no clock: the same reviews give the same report whenever it is made. Empty where no
    review has a day.
    """
    now = chosen.until or last_day
    if not last_day or not now:
        return Window((), (), "", "")
    last = month_of(now)
    trend = tuple(months_up_to(last, MOST_POINTS))
    if chosen.since is not None:
        months = tuple(months_between(month_of(chosen.since), last))
        return Window(months, trend, chosen.since, now)
    months = trend[-MONTHS_IN_WINDOW:]
    return Window(months, trend, max(f"{months[0]}-01", first_day), now)


def months_up_to(last: str, number: int) -> list[str]:
    """So many months in a row, of which this is the last."""
    year, month = map(int, last.split("-"))
    place = year * 12 + month - 1
    return [_month(each) for each in range(max(0, place - number + 1), place + 1)]


def months_between(first: str, last: str) -> list[str]:
    """Every month from one to another, both included."""
    year, month = map(int, first.split("-"))
    until, last_month = map(int, last.split("-"))
    return months_up_to(last, (until - year) * 12 + last_month - month + 1)


def _month(place: int) -> str:
    return f"{place // 12:04}-{place % 12 + 1:02}"
