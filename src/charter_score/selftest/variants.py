"""Rubrics that say the same as another in another way, or a part of it."""

from collections.abc import Callable
from fractions import Fraction

from charter_score.rubric import Criterion, CriterionKey, Rubric


def changed(rubric: Rubric, change: Callable[[Criterion], Criterion]) -> Rubric:
    """The rubric with every criterion changed."""
    sections = tuple(
        section.model_copy(
            update={"criteria": tuple(change(criterion) for criterion in section.criteria)}
        )
        for section in rubric.sections
    )
    return rubric.model_copy(update={"sections": sections})


def times(rubric: Rubric, factor: Fraction) -> Rubric:
    """The rubric with all points, and those of all levels, multiplied."""

    def multiplied(criterion: Criterion) -> Criterion:
        points = rubric.points_of(criterion) * factor
        levels = rubric.levels_of(criterion)
        if levels is None or rubric.has_parts(criterion):
            return criterion.model_copy(update={"points": points})
        multiplied_levels = {word: points * factor for word, points in levels.items()}
        return criterion.model_copy(update={"points": points, "levels": multiplied_levels})

    return changed(rubric, multiplied)


def without(rubric: Rubric, gone: set[CriterionKey]) -> Rubric:
    """The rubric without some criteria, and without the sections that are empty then."""
    sections = (
        section.model_copy(
            update={
                "criteria": tuple(c for c in section.criteria if (section.id, c.id) not in gone)
            }
        )
        for section in rubric.sections
    )
    left = tuple(section for section in sections if section.criteria)
    return rubric.model_copy(update={"sections": left})
