"""Disputes over time: how many were upheld, whose ratings and decisions they were, how long open.

The unit is the dispute. The *overturn rate* is upheld of decided (upheld and not upheld); withdrawn
ones and those that are open are counted apart. "Now" is the last day that the reviews give, unless
another is asked for: no clock decides.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from charter_score.field_types import day_of, is_date
from charter_score.filters import month_of
from charter_score.review import DisputeOutcome, Review
from charter_score.rubric import CriterionKey, Rubric, same_value, values_of


class DisputeEntry(NamedTuple):
    """One dispute with the review that it is about; `place` is None of a whole review."""

    path: str
    id: str
    rubric: str
    place: CriterionKey | None
    title: str
    reviewer: str | None
    decided_by: str | None
    outcome: DisputeOutcome
    on: str | None
    decided_on: str | None

    @property
    def days_open(self) -> int | None:
        """Days from being raised to being decided; None where a day is missing or before it."""
        return None if self.decided_on is None else self.days_until(self.decided_on)

    def days_until(self, day: str) -> int | None:
        """Days from being raised to another day; None where that cannot be said."""
        if self.on is None or day < self.on:
            return None
        return (date.fromisoformat(day) - date.fromisoformat(self.on)).days


class Rate(NamedTuple):
    """How many of some decided disputes were upheld; `raised` counts all of them."""

    name: str
    raised: int
    decided: int
    upheld: int
    withdrawn: int
    open: int

    @property
    def overturned(self) -> Fraction | None:
        """The overturn rate; None where nothing was decided."""
        return Fraction(self.upheld, self.decided) if self.decided else None


class Spans(NamedTuple):
    """How long disputes took, in days, from the shortest to the longest."""

    days: tuple[int, ...]

    @property
    def median(self) -> Fraction | None:
        """The middle of them."""
        number = len(self.days)
        if not number:
            return None
        return Fraction(self.days[(number - 1) // 2] + self.days[number // 2], 2)


@dataclass(slots=True)
class DisputeRecord:
    """Collector: every dispute of some reviews, whatever the reviews' status."""

    entries: list[DisputeEntry] = field(default_factory=list)
    reviews: int = 0
    last_day: str | None = None

    def add(self, path: str, name: str, review: Review, rubric: Rubric) -> None:
        """Take in one review."""
        self.reviews += 1
        titles = {(s.id, c.id): c.title for s, c in rubric.criteria()}
        days = list(values_of(review.interaction, "date"))
        for dispute in review.disputes:
            raised, decided = _day(dispute.on), _day(dispute.decided_on)
            days += [day for day in (raised, decided) if day is not None]
            # Without a section and a criterion a dispute is about the whole review.
            section, criterion = dispute.section or "", dispute.criterion or ""
            place = (section, criterion) if section and criterion else None
            self.entries.append(
                DisputeEntry(
                    path,
                    name,
                    rubric.name,
                    place,
                    titles.get(place, criterion) if place is not None else "the whole review",
                    review.reviewer,
                    dispute.decided_by,
                    dispute.outcome,
                    raised,
                    decided if dispute.outcome.is_decision else None,
                )
            )
        known = [day for day in days if is_date(day)]
        if known:
            self.last_day = max(*known, self.last_day or known[0])

    def combine(self, later: "DisputeRecord") -> None:
        """Take in later ones."""
        self.entries += later.entries
        self.reviews += later.reviews
        days = [day for day in (self.last_day, later.last_day) if day is not None]
        self.last_day = max(days, default=None)

    def whole(self) -> Rate:
        """All disputes together."""
        return _rate("", self.entries)

    def whole_reviews(self) -> Rate:
        """Those about a whole review."""
        return _rate("", [entry for entry in self.entries if entry.place is None])

    def by_criterion(self) -> list[Rate]:
        """The criteria of each rubric, those with the most decided disputes first."""
        several = len({entry.rubric for entry in self.entries}) > 1
        rates = self._by(
            lambda entry: (entry.rubric, entry.place) if entry.place else None,
            lambda entry: f"{entry.title} ({entry.rubric})" if several else entry.title,
        )
        return sorted(rates, key=lambda rate: (-rate.decided, -rate.raised))

    def by_reviewer(self) -> list[Rate]:
        """Whose ratings were disputed."""
        return self._by(
            lambda entry: same_value(entry.reviewer) if entry.reviewer else None,
            lambda entry: entry.reviewer or "",
        )

    def by_decider(self) -> list[Rate]:
        """Who decided; what nobody decided yet is nobody's."""
        return self._by(
            lambda entry: (
                same_value(entry.decided_by)
                if entry.decided_by and entry.outcome.is_decision
                else None
            ),
            lambda entry: entry.decided_by or "",
        )

    def by_month(self) -> list[Rate]:
        """By the month in which they were raised."""
        rates = self._by(
            lambda entry: month_of(entry.on) if entry.on else None,
            lambda entry: month_of(entry.on or ""),
        )
        return sorted(rates, key=lambda rate: rate.name)

    def _by(
        self,
        key: Callable[[DisputeEntry], object],
        name: Callable[[DisputeEntry], str],
    ) -> list[Rate]:
        groups: dict[object, list[DisputeEntry]] = {}
        for entry in self.entries:
            if (found := key(entry)) is not None:
                groups.setdefault(found, []).append(entry)
        return [_rate(name(entries[0]), entries) for entries in groups.values()]

    def took(self) -> Spans:
        """How long those took that were decided and have both days."""
        days = [entry.days_open for entry in self.entries if entry.outcome.is_decision]
        return Spans(tuple(sorted(day for day in days if day is not None)))

    def still_open(self, until: str | None = None) -> Iterator[tuple[DisputeEntry, int | None]]:
        """The open ones with the days since, those longest open first, without a day last."""
        now = until or self.last_day
        waiting: Mapping[DisputeEntry, int | None] = {
            entry: entry.days_until(now) if now is not None else None
            for entry in self.entries
            if entry.outcome is DisputeOutcome.OPEN
        }
        yield from sorted(waiting.items(), key=lambda one: (one[1] is None, -(one[1] or 0)))


def _day(text: str | None) -> str | None:
    day = day_of(text or "")
    return day if is_date(day) else None


def _rate(name: str, entries: "list[DisputeEntry]") -> Rate:
    outcomes = [entry.outcome for entry in entries]
    return Rate(
        name,
        len(outcomes),
        sum(outcome.is_decision for outcome in outcomes),
        outcomes.count(DisputeOutcome.UPHELD),
        outcomes.count(DisputeOutcome.WITHDRAWN),
        outcomes.count(DisputeOutcome.OPEN),
    )
