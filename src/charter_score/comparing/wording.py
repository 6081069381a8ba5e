"""What a change says stood there before and stands there now."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from charter_score import facts
from charter_score.comparing.changes import Change, Kind, Place
from charter_score.field_types import Part
from charter_score.figures import figure_text
from charter_score.rubric import CommentRule, Criterion, FieldRule, Rubric, UpTo


def reworded(what: str, place: Place, title: str, old: str, new: str) -> Iterator[Change]:
    """That a text says something else, which touches nothing."""
    if old != new:
        yield Change(Kind.REWORDED, what, place, title, old or None, new or None)


def listed(texts: Iterable[str]) -> str:
    """Several on one line."""
    return ", ".join(texts)


def number_text(value: Fraction | None) -> str | None:
    """A number as the rubric may write it."""
    return None if value is None else figure_text(value)


def numbers_text(values: Mapping[str, Fraction | Part]) -> str:
    """Several, each after its name: points, or parts of them."""
    return listed(
        f"{name} {value if isinstance(value, Part) else figure_text(value)}"
        for name, value in values.items()
    )


def percent(value: Fraction | None) -> str | None:
    """A percentage as the rubric may write it."""
    return None if value is None else f"{figure_text(value)}%"


def scales_text(rubric: Rubric) -> str:
    """The levels of every scale."""
    return "; ".join(f"{name}: {numbers_text(levels)}" for name, levels in rubric.scales.items())


def worth_text(rubric: Rubric, criterion: Criterion) -> str:
    """The points of a criterion, its range, or what each of its levels is worth."""
    levels, numbers = rubric.worths_of_levels(criterion), criterion.range
    points = figure_text(rubric.points_of(criterion))
    if numbers is not None:
        return f"{figure_text(numbers.from_)} to {figure_text(numbers.to)} for {points}"
    if levels is None:
        return points
    stated = "" if criterion.points is None else f" of {points}"
    return f"{numbers_text(levels)}{stated}"


def limit_text(limit: UpTo | CommentRule | bool) -> str:  # noqa: FBT001 - it is the value
    """What `critical` or `comment` says."""
    if isinstance(limit, UpTo):
        return f"up to {limit.up_to}"
    return str(limit).lower()


def field_text(rule: FieldRule | None) -> str | None:
    """What a review may say in a field; None where the rubric does not declare it."""
    if rule is None:
        return None
    return "; ".join([listed(rule.values) or "any value", *facts.given(rule)])
