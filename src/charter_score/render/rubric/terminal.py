"""Rubrics for people: the list of those known, and one of them whole."""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from charter_score.figures import figure_text
from charter_score.render.text import phrases
from charter_score.render.text.blocks import (
    Hanging,
    Labelled,
    Parts,
    entry,
    heading,
    prose,
    spaced,
    words,
)
from charter_score.rubric import Band, Combine, Criterion, Permission, Rubric, Section, UpTo


def rubric_list(rubrics: Iterable[Rubric]) -> Parts:
    """The known rubrics: how to name each, whose it is, how large, its rule for n/a."""
    return spaced(
        *(list(_listed(rubric)) for rubric in rubrics),
        [Hanging(words("charter-score rubrics ID shows one."))],
    )


def _listed(rubric: Rubric) -> Iterator[RenderableType]:
    yield Hanging(words((rubric.name, "strong")))
    yield Hanging(words(_whose(rubric)), 2)
    count = sum(1 for _ in rubric.criteria())
    sections = phrases.count(len(rubric.sections), "section")
    expected = phrases.expected(rubric)
    parts = [sections, phrases.count(count, "criterion", "criteria"), phrases.rule(rubric)]
    if expected:
        parts.append(f"expected {expected}")
    yield Hanging(words((" · ".join(parts), "faint")), 2)


def _whose(rubric: Rubric) -> str:
    return f"{rubric.organisation}: {rubric.title}" if rubric.organisation else rubric.title


def one_rubric(rubric: Rubric) -> Parts:
    """A rubric whole: its rule, its bands, every criterion with its guidance."""
    head: Parts = [
        Hanging(words((f"{_whose(rubric)} ({rubric.version})", "title"))),
        Hanging(words((rubric.name, "faint"))),
    ]
    if rubric.source:
        head.append(Hanging(prose(rubric.source, "faint")))
    return spaced(
        head,
        [Hanging(prose(rubric.description))] if rubric.description else [],
        list(_rule(rubric)),
        list(_bands(rubric)),
        list(_fields(rubric)),
        *(part for section in rubric.sections for part in _section(rubric, section)),
    )


def _rule(rubric: Rubric) -> Iterator[RenderableType]:
    yield heading("The rule")
    yield Hanging(words(phrases.rule(rubric)), 2)
    if rubric.rule_source:
        yield Hanging(prose(rubric.rule_source), 2)
    if rubric.combine is Combine.SECTION_WEIGHTS:
        yield Hanging(words("sections count by their weight"), 2)


def _bands(rubric: Rubric) -> Iterator[RenderableType]:
    expected = phrases.expected(rubric)
    if rubric.bands:
        yield heading("Bands")
        yield Labelled(
            [(words(_bound(rubric, band)), _meaning(band)) for band in reversed(rubric.bands)]
        )
    if expected:
        yield Hanging(words(f"expected: {expected}"), 2)


def _bound(rubric: Rubric, band: Band) -> str:
    if len(rubric.bands) == 1:
        return "every score"
    if band.from_ is not None:
        return f"from {figure_text(band.from_)}%"
    if band.above is not None:
        return f"above {figure_text(band.above)}%"
    return "below that"


def _meaning(band: Band) -> Text:
    return words(band.name, prose(f": {band.meaning}" if band.meaning else ""))


def _fields(rubric: Rubric) -> Iterator[RenderableType]:
    if not rubric.fields:
        return
    yield heading("Fields of the interaction")
    for name, rule in rubric.fields.items():
        told = [", ".join(rule.values)] if rule.values else []
        told.append("required" if rule.required else "optional")
        if rule.many:
            told.append("several may be given")
        title = f" ({rule.title})" if rule.title else ""
        yield entry(words(f"{name}{title}: {'; '.join(told)}"))


def _section(rubric: Rubric, section: Section) -> Iterator[Parts]:
    weight = f" (weight {figure_text(section.weight)})" if section.weight is not None else ""
    head: Parts = [
        heading(f"{section.title}{weight}"),
        Hanging(words((section.id, "faint")), 2),
    ]
    if section.guidance:
        head.append(Hanging(prose(section.guidance), 2))
    yield [*head, *_condition(section.applies_when, 2)]
    for number, criterion in enumerate(section.criteria, 1):
        yield list(_criterion(rubric, number, criterion))


def _condition(condition: Mapping[str, tuple[str, ...]], indent: int) -> Iterator[RenderableType]:
    if condition:
        told = " and ".join(f"{name} is {' or '.join(value)}" for name, value in condition.items())
        yield entry(words((f"Applies when {told}.", "warn")), indent)


def _criterion(rubric: Rubric, number: int, criterion: Criterion) -> Iterator[RenderableType]:
    title = Hanging(words((criterion.title, "strong")), (f"  {number}. ", "strong"))
    hang = title.hang
    yield title
    told = [criterion.id]
    levels = rubric.levels_of(criterion)
    if not rubric.hide_points:
        if criterion.range is not None:
            told.append(rubric.choices_of(criterion)[0])
        if levels is not None:
            told.append(", ".join(f"{word} {figure_text(p)}" for word, p in levels.items()))
        elif rubric.points_of(criterion):
            told.append(phrases.points(rubric.points_of(criterion)))
    if rubric.is_advisory(criterion):
        told.append("advisory, never scored")
    if isinstance(criterion.critical, UpTo):
        told.append(f"CRITICAL up to {criterion.critical.up_to}")
    elif criterion.critical:
        told.append("CRITICAL")
    match criterion.not_applicable:
        case Permission.NEEDS_COMMENT:
            told.append("n/a needs a comment")
        case Permission.FORBIDDEN:
            told.append("n/a is not allowed")
        case Permission.ALLOWED:
            pass
    yield Hanging(words((" · ".join(told), "faint")), hang)
    yield from _condition(criterion.applies_when, hang)
    if criterion.guidance:
        yield Hanging(prose(criterion.guidance), hang)
    for word, looks in criterion.looks_like.items():
        yield entry(words((f"{word}: ", "strong"), prose(looks)), hang)
    if criterion.advice:
        yield entry(words(("Try: ", "good"), prose(criterion.advice)), hang)
    if criterion.source:
        yield Hanging(prose(criterion.source, "faint"), hang)
