"""Fields that reviews are grouped and chosen by, and the filter that says which reviews count.

A field is `advisor`, `reviewer`, `team`, `rubric`, `month` (of the contact) or any field of the
interaction. Two values are one where they only differ in case, spaces around them or Unicode form.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from charter_score.review import Review
from charter_score.rubric import Rubric, same_value, values_of

PEOPLE = ("advisor", "reviewer", "team")
"""Fields of a review itself whose values are people or where they work."""
USUAL_FIELDS = (*PEOPLE, "rubric", "channel", "month", "date", "reference")
"""Fields that reviews of every rubric may give."""


def field_values(review: Review, rubric: Rubric, field: str) -> tuple[str, ...]:
    """What a review gives for a field; a contact may have several values of one."""
    if field == "rubric":
        return (rubric.name,)
    if field in PEOPLE:
        name = getattr(review, field)
        return () if name is None else (name,)
    if field == "month":
        return tuple(map(month_of, values_of(review.interaction, "date")))
    return values_of(review.interaction, field)


def month_of(day: str) -> str:
    """The month of a day: `2016-05` of `2016-05-04`."""
    return day[: len("2016-05")]


def fields_given(review: Review) -> frozenset[str]:
    """The fields that a review could be grouped or chosen by because it gives them."""
    fields = {name for name in PEOPLE if getattr(review, name) is not None}
    fields |= {name for name in review.interaction if values_of(review.interaction, name)}
    return frozenset(fields | {"rubric"} | ({"month"} if "date" in fields else set()))


class ReviewFilter(NamedTuple):
    """Which reviews count: those that give one of the values of every field, in a span of days.

    `where` has each field with the values that were asked for; `since` and `until` are days of the
    contact (`2016-05-04`), both included. The empty filter takes every review.
    """

    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    since: str | None = None
    until: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it leaves nothing out."""
        return not self.where and not self.has_days

    @property
    def has_days(self) -> bool:
        """Whether it asks for days, so that a review without one is left out."""
        return self.since is not None or self.until is not None

    @property
    def advisor(self) -> str | None:
        """The one person whose reviews it takes; None where it takes those of several."""
        names = {same_value(name): name for name in dict(self.where).get("advisor", ())}
        return next(iter(names.values())) if len(names) == 1 else None

    @property
    def options(self) -> tuple[str, ...]:
        """The options of the command line that it was made of."""
        asked = {"--where": self.where, "--since": self.since, "--until": self.until}
        return tuple(option for option, value in asked.items() if value)

    def takes(self, values: Callable[[str], Sequence[str]]) -> bool:
        """Whether a review counts, by what it gives for a field."""
        return all(_is_among(field, values(field), wanted) for field, wanted in self.where) and (
            not self.has_days or any(map(self._is_in_span, values("date")))
        )

    def _is_in_span(self, day: str) -> bool:
        # Days of this form are in order as texts are.
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


NO_FILTER = ReviewFilter()


def _is_among(field: str, given: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether a value that was given is one of those wanted; a rubric may be wanted by its id."""
    same = {same_value(value) for value in given}
    if field == "rubric":
        same |= {value.partition("@")[0] for value in same}
    return not same.isdisjoint(map(same_value, wanted))
