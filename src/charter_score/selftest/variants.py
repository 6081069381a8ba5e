"""Rubrics that say the same as another in another way, or a part of it."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from charter_score.rubric import Criterion, CriterionKey, Rubric


def changed(rubric: Rubric, change: Callable[[Criterion], Criterion]) -> Rubric:
    """The rubric with every criterion changed."""
    sections = tuple(
        replace(section, criteria=tuple(change(criterion) for criterion in section.criteria))
        for section in rubric.sections
    )
    return replace(rubric, sections=sections)


def times(rubric: Rubric, factor: Fraction) -> Rubric:
    """The rubric with all points, and those of all levels, multiplied."""

    def multiplied(criterion: Criterion) -> Criterion:
        levels = rubric.levels_of(criterion)
        if levels is None:
            return replace(criterion, points=rubric.points_of(criterion) * factor)
        return replace(criterion, levels={word: one * factor for word, one in levels.items()})

    return changed(rubric, multiplied)


def without(rubric: Rubric, gone: set[CriterionKey]) -> Rubric:
    """The rubric without some criteria, and without the sections that are empty then."""
    sections = (
        replace(
            section, criteria=tuple(c for c in section.criteria if (section.id, c.id) not in gone)
        )
        for section in rubric.sections
    )
    return replace(rubric, sections=tuple(section for section in sections if section.criteria))
