"""What ratings can add up to: distinct sums of integers, and the bands that they come to.

Every rating of every criterion is gone over by keeping the distinct sums that come about. That is
exact, and quick because few sums are distinct; where too many are (`MOST_SUMS`, `MOST_WORK`) it is
given up.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

from charter_score.compiled import Bound, bound_of
from charter_score.rubric import Band

MOST_WORK = 5_000_000
"""The most sums that one lint makes, about a second of work; beyond it, it says nothing."""

MOST_SUMS = 250_000
"""The most distinct sums that are kept at a time, some 20 MB."""

Place = tuple[int, int]
"""A criterion: the number of its section and its own in it."""


class TooMuchError(Exception):
    """The sums are too many to be gone over in reasonable time."""


class Work:
    """Counts what is done, so that no rubric keeps `check` waiting; the same on every machine."""

    def __init__(self) -> None:
        self._left = MOST_WORK

    def spend(self, sums: int) -> None:
        """Count sums in.

        Raises:
            TooMuchError: where they are too many.
        """
        self._left -= sums
        if self._left < 0:
            raise TooMuchError


class Step(NamedTuple):
    """What one rating adds to the sums of a review, in units of which all of them are whole."""

    earned: int
    available: int
    observed: bool
    missed: bool


Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """What adds one of its steps to the sums, so many times over.

    `places` are the criteria it stands for: those whose ratings add the same, or a whole section.
    """

    steps: Steps
    copies: int
    places: frozenset[Place]


class Sums(NamedTuple):
    """All that some criteria can come to while no critical one is missed.

    `seen` goes from what is available to the sums earned, where something with points was
    observed. `unseen` is the one (earned, available) where nothing was, which is no review by
    itself; None where some n/a is forbidden.
    """

    seen: Mapping[int, Set[int]]
    unseen: tuple[int, int] | None


_NOTHING = Sums({}, (0, 0))


def _width(amount: int) -> int:
    """How many small numbers one as large as this is worth, in time and in memory."""
    return 1 + amount.bit_length() // 256


def _plus(sums: Sums, steps: Steps, work: Work) -> Sums:
    """The sums with one more criterion counted in."""
    passing = [step for step in steps if not step.missed]
    seen: dict[int, set[int]] = {}
    for available, earned in sums.seen.items():
        for step in passing:
            work.spend(len(earned) * _width(available))
            more = seen.setdefault(available + step.available, set())
            more.update([one + step.earned for one in earned])
    unseen = None
    if sums.unseen is not None:
        for step in passing:
            one, available = sums.unseen[0] + step.earned, sums.unseen[1] + step.available
            if step.observed:
                seen.setdefault(available, set()).add(one)
            else:
                unseen = (one, available)  # all ratings that observe nothing add the same
    if sum(len(earned) * _width(available) for available, earned in seen.items()) > MOST_SUMS:
        raise TooMuchError
    return Sums(seen, unseen)


def all_of(items: Iterable[Item], work: Work, sums: Sums = _NOTHING) -> Sums:
    """The sums with all these items counted in."""
    for item in items:
        for _ in range(item.copies):
            sums = _plus(sums, item.steps, work)
    return sums


def each_without_itself(
    items: Sequence[Item], wanted: Set[Place], work: Work, sums: Sums = _NOTHING
) -> Iterator[tuple[Item, Sums]]:
    """Each item that is wanted, and what everything but one copy of it can come to.

    Each half is counted in once for all of the other half: n·log n additions, not n².
    """
    if not any(item.places & wanted for item in items):
        return
    if len(items) == 1:
        (item,) = items
        yield item, all_of([replace(item, copies=item.copies - 1)], work, sums)
        return
    half = len(items) // 2
    for those, others in ((items[:half], items[half:]), (items[half:], items[:half])):
        yield from each_without_itself(those, wanted, work, all_of(others, work, sums))


def bands_of(sums: Sums, bands: Sequence[Band], work: Work) -> set[int]:
    """The bands of the reviews that come to these sums."""
    bounds = [bound_of(band) for band in bands[1:]]
    found: set[int] = set()
    for available, earned in sums.seen.items():
        work.spend(len(earned))
        marks = [bound.fewest(available) for bound in bounds]
        found.update(bisect_right(marks, one) for one in earned)
    return found


def moves(others: Sums, steps: Steps, bands: Sequence[Band], work: Work) -> bool:
    """Whether these steps, with some ratings of all the others, lead to different bands."""
    bounds = [bound_of(band) for band in bands[1:]]
    reviews: list[tuple[int, Set[int], Steps]] = [
        (available, earned, steps) for available, earned in others.seen.items()
    ]
    if others.unseen is not None:
        alone, available = others.unseen
        reviews.append((available, {alone}, tuple(step for step in steps if step.observed)))
    return any(
        _crosses(bound, available, earned, some, work)
        for available, earned, some in reviews
        if len(some) > 1
        for bound in bounds
    )


def _crosses(bound: Bound, available: int, earned: Set[int], steps: Steps, work: Work) -> bool:
    """Whether, from one of these sums, one step reaches the bound and another does not."""
    # What must have been earned before a step for it to reach the bound; a miss never does.
    never = max(available, *earned) + 1
    needed = [
        never if step.missed else bound.fewest(available + step.available) - step.earned
        for step in steps
    ]
    least, most = min(needed), max(needed)
    work.spend(len(earned))
    return any(least <= one < most for one in earned)
