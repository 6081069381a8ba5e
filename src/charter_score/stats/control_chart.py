"""Control charts of single values over time (XmR): what is usual, and what is not.

Exact arithmetic throughout: whether a point lies outside is never a matter of rounding.

Sources: Wheeler, Understanding Variation (1993); NHS England, Making Data Count.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

FEWEST_POINTS = 6
"""Points below which there are no limits."""
LOCKED_AFTER = 12
"""Points that the limits are made from; fewer give trial limits."""
LONG_RUN = 8
"""Points in a row on one side of the mean that are a signal."""
_SCALE = Fraction(266, 100)
"""3 / 1.128: three standard deviations, by the mean range of two neighbours."""


class Limits(NamedTuple):
    """Between which values a process usually stays; `trial` while there are few points."""

    low: Fraction
    high: Fraction
    trial: bool


class Signal(NamedTuple):
    """Something that chance alone hardly does.

    `places` are those of the points (from 0): one outside the limits, or a long run on one side of
    the mean; `above` says on which.
    """

    places: tuple[int, ...]
    above: bool
    is_run: bool


class Chart(NamedTuple):
    """Values over time with their usual middle and limits; both None where there are too few.

    The limits are None too where the values hardly move.
    """

    values: tuple[Fraction, ...]
    mean: Fraction | None
    moving_range: Fraction | None
    limits: Limits | None
    signals: tuple[Signal, ...]


def xmr(values: Sequence[Fraction]) -> Chart:
    """The XmR chart of values in the order of time.

    Mean ± 2.66 × the mean of the ranges between neighbours, both from the first twelve points (all
    while there are fewer, and then the limits are on trial). No limits below six points, nor where
    the mean range is 0.
    """
    values = tuple(values)
    if len(values) < FEWEST_POINTS:
        return Chart(values, None, None, None, ())
    base = values[:LOCKED_AFTER]
    mean = sum(base, Fraction(0)) / len(base)
    ranges = [abs(later - earlier) for earlier, later in pairwise(base)]
    moving_range = sum(ranges, Fraction(0)) / len(ranges)
    if not moving_range:
        return Chart(values, mean, moving_range, None, ())
    width = _SCALE * moving_range
    limits = Limits(mean - width, mean + width, trial=len(values) < LOCKED_AFTER)
    outside = [
        Signal((place,), above=value > mean, is_run=False)
        for place, value in enumerate(values)
        if not limits.low <= value <= limits.high
    ]
    return Chart(values, mean, moving_range, limits, (*outside, *_long_runs(values, mean)))


def _long_runs(values: Sequence[Fraction], mean: Fraction) -> list[Signal]:
    """Each run of eight points or more on one side of the mean; one on the mean ends it."""
    runs: list[Signal] = []
    run: list[int] = []
    for place in range(len(values) + 1):
        side = _side(values[place], mean) if place < len(values) else 0
        if run and side != _side(values[run[0]], mean):
            if len(run) >= LONG_RUN:
                runs.append(Signal(tuple(run), above=values[run[0]] > mean, is_run=True))
            run = []
        if side:
            run.append(place)
    return runs


def _side(value: Fraction, mean: Fraction) -> int:
    return (value > mean) - (value < mean)
