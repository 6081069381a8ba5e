"""What a change says stood there before and stands there now."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from charter_score import facts
from charter_score.comparing.changes import Change, Kind, Place
from charter_score.figures import decimal_text
from charter_score.rubric import Criterion, FieldRule, Rubric


def reworded(what: str, place: Place, title: str, old: str, new: str) -> Iterator[Change]:
    """That a text says something else, which touches nothing."""
    if old != new:
        yield Change(Kind.REWORDED, what, place, title, old or None, new or None)


def listed(texts: Iterable[str]) -> str:
    """Several on one line."""
    return ", ".join(texts)


def number_text(value: Fraction | None) -> str | None:
    """A number as the rubric may write it."""
    return None if value is None else decimal_text(value)


def numbers_text(values: Mapping[str, Fraction]) -> str:
    """Several, each after its name."""
    return listed(f"{name} {decimal_text(value)}" for name, value in values.items())


def percent(value: Fraction | None) -> str | None:
    """A percentage as the rubric may write it."""
    return None if value is None else f"{decimal_text(value)}%"


def scales_text(rubric: Rubric) -> str:
    """The levels of every scale."""
    return "; ".join(f"{name}: {numbers_text(levels)}" for name, levels in rubric.scales.items())


def worth_text(rubric: Rubric, criterion: Criterion) -> str:
    """The points of a criterion, or of each of its levels."""
    levels = rubric.levels_of(criterion)
    return decimal_text(rubric.points_of(criterion)) if levels is None else numbers_text(levels)


def field_text(rule: FieldRule | None) -> str | None:
    """What a review may say in a field; None where the rubric does not declare it."""
    if rule is None:
        return None
    return "; ".join([listed(rule.values) or "any value", *facts.given(rule)])
