"""What a rubric says, in words: its titles, rules, bands, conditions and ratings, each said once.

Plain text, or the parts of it where a format dresses them one by one. It stands in the core,
because comparing two rubrics and the published schemas say the same things as the views.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from charter_score.compiled import worths_of
from charter_score.figures import decimal_text
from charter_score.rating import Policy
from charter_score.rubric import (
    Band,
    CommentRule,
    Criterion,
    FieldRule,
    OnCritical,
    Permission,
    Rubric,
    Section,
)


def title(rubric: Rubric) -> str:
    """The standard by its organisation and title."""
    return f"{rubric.organisation}: {rubric.title}" if rubric.organisation else rubric.title


def edition(rubric: Rubric) -> str:
    """The standard by its organisation, title and version."""
    return f"{title(rubric)} ({rubric.version})"


def short_edition(rubric: Rubric) -> str:
    """The standard by its title and version."""
    return f"{rubric.title} ({rubric.version})"


def points(amount: Fraction) -> str:
    """An amount with its unit: `1 point`, `0.5 points`."""
    return f"{decimal_text(amount)} {'point' if amount == 1 else 'points'}"


# The rules of a whole rubric.


def standard(rubric: Rubric) -> str:
    """What speaks: a standard that states the rule for n/a itself, or only the rubric."""
    return "this standard" if rubric.rule_source else "this rubric"


def rule(rubric: Rubric) -> str:
    """What n/a counts as, in a few words."""
    match rubric.not_applicable:
        case Policy.MET:
            return "n/a counts as met"
        case Policy.EXCLUDED:
            return "n/a is left out"
        case Policy.NOT_MET:
            return "n/a counts as not met"


def expected(rubric: Rubric) -> str | None:
    """The expected score as the rubric states it: `70% or above`."""
    return None if rubric.expected is None else f"{decimal_text(rubric.expected)}% or above"


def critical_rule(rubric: Rubric) -> str | None:
    """What missing a critical criterion does; None where the rubric has none."""
    if not any(criterion.critical for _, criterion in rubric.criteria()):
        return None
    match rubric.on_critical:
        case OnCritical.LOWEST_BAND:
            return "Missing a critical criterion puts the review in the lowest band."
        case OnCritical.ZERO:
            return "Missing a critical criterion sets the score to 0%."


def same_points(rubric: Rubric) -> str | None:
    """What each criterion can earn, where all that count are worth the same and none has levels."""
    counting = [one for _, one in rubric.criteria() if rubric.points_of(one)]
    amounts = {rubric.points_of(criterion) for criterion in counting}
    if len(amounts) != 1 or any(criterion.levels is not None for criterion in counting):
        return None
    return points(amounts.pop())


# Bands, fields, conditions.


def bound(band: Band, lowest: str = "from the bottom") -> str:
    """Where a band begins: `from 70%`, `above 90%`; `lowest` for one that states no bound."""
    if band.from_ is not None:
        return f"from {decimal_text(band.from_)}%"
    return lowest if band.above is None else f"above {decimal_text(band.above)}%"


def bands(rubric: Rubric) -> Iterator[tuple[Band, str]]:
    """The bands from the highest down, each with where it begins, seen from the one above."""
    lowest = "below that" if len(rubric.bands) > 1 else "every score"
    return ((band, bound(band, lowest)) for band in reversed(rubric.bands))


def given(field: FieldRule, several: str = "one or several") -> list[str]:
    """Whether a field of the interaction must be given, and whether several times."""
    return ["required" if field.required else "optional", *([several] if field.many else [])]


def condition(fields: Mapping[str, Sequence[str]]) -> str:
    """When something applies: `channel is phone or visit`; empty where it always does."""
    return " and ".join(f"{name} is {' or '.join(values)}" for name, values in fields.items())


def only_when(fields: Mapping[str, Sequence[str]]) -> str:
    """A condition as an aside; empty where there is none."""
    return f"only when {condition(fields)}" if fields else ""


# Sections and criteria.


def weighted_title(section: Section) -> str:
    """A section's title with its weight, where it has one."""
    weight = "" if section.weight is None else f" (weight {decimal_text(section.weight)})"
    return section.title + weight


def worth(rubric: Rubric, criterion: Criterion, *, alike: bool = False) -> str:
    """What a criterion can earn; empty where its levels say it, or nobody is to know.

    `alike` where all criteria earn the same, which is then said once (`same_points`).
    """
    amount = rubric.points_of(criterion)
    if not amount:
        return without_points(criterion)
    if criterion.levels is not None or rubric.hide_points or alike:
        return ""
    return points(amount)


def without_points(criterion: Criterion) -> str:
    """What a criterion without points is; one that decides over a review is not advisory."""
    return "without points" if criterion.critical else "advisory, never scored"


def on_na(criterion: Criterion) -> str:
    """What a criterion asks of an n/a; empty where it allows it."""
    match criterion.not_applicable:
        case Permission.NEEDS_COMMENT:
            return "n/a needs a comment"
        case Permission.FORBIDDEN:
            return "n/a is not allowed"
        case Permission.ALLOWED:
            return ""


def on_miss(criterion: Criterion) -> str:
    """What a criterion asks of a miss; empty where it asks for nothing."""
    if criterion.comment is CommentRule.WHEN_MISSED:
        return "a rating that misses it or loses points needs a comment"
    return ""


def asks_alike_on_miss(rubric: Rubric) -> bool:
    """Whether every criterion asks for the same on a miss, so that it can be said once."""
    asked = {on_miss(criterion) for _, criterion in rubric.criteria()}
    return len(asked) == 1 and asked != {""}


class RatingFact(NamedTuple):
    """One rating that a criterion can get.

    `points` are those of a level, None where they are not to be told; `looks_like` may be empty.
    """

    word: str
    points: Fraction | None
    looks_like: str

    @property
    def worth(self) -> str:
        """Its points with their unit; empty where they are not told."""
        return "" if self.points is None else points(self.points)


def ratings(rubric: Rubric, criterion: Criterion) -> list[RatingFact]:
    """The ratings of a criterion in the rubric's order, n/a last where it is allowed."""
    read = rubric.rating_reader(criterion)
    looks = {read(word): text for word, text in criterion.looks_like.items()}
    has_points = criterion.levels is not None and not rubric.hide_points
    return [
        RatingFact(
            worth.rating,
            worth.earned if has_points and not worth.not_applicable else None,
            looks.get(worth.rating, ""),
        )
        for worth in worths_of(rubric, criterion)
    ]
