"""Rubrics for people: the list of those known, and one of them whole."""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from charter_score import facts
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
from charter_score.rubric import Band, Combine, Criterion, Rubric, Section


def rubric_list(rubrics: Iterable[Rubric]) -> Parts:
    """The known rubrics: how to name each, whose it is, how large, its rule for n/a."""
    return spaced(
        *(list(_listed(rubric)) for rubric in rubrics),
        [Hanging(words("charter-score rubrics ID shows one."))],
    )


def _listed(rubric: Rubric) -> Iterator[RenderableType]:
    yield Hanging(words((rubric.name, "strong")))
    yield Hanging(words(facts.title(rubric)), 2)
    count = sum(1 for _ in rubric.criteria())
    sections = phrases.count(len(rubric.sections), "section")
    expected = facts.expected(rubric)
    parts = [sections, phrases.count(count, "criterion", "criteria"), facts.rule(rubric)]
    if expected:
        parts.append(f"expected {expected}")
    yield Hanging(words((" · ".join(parts), "faint")), 2)


def one_rubric(rubric: Rubric) -> Parts:
    """A rubric whole: its rule, its bands, every criterion with its guidance."""
    head: Parts = [
        Hanging(words((facts.edition(rubric), "title"))),
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
    yield Hanging(words(facts.rule(rubric)), 2)
    if rubric.rule_source:
        yield Hanging(prose(rubric.rule_source), 2)
    if rubric.combine is Combine.SECTION_WEIGHTS:
        yield Hanging(words("sections count by their weight"), 2)
    if critical := facts.critical_rule(rubric):
        yield Hanging(words(critical[0].lower() + critical[1:].rstrip(".")), 2)
    if spelt := facts.spelt(rubric):
        yield Hanging(words("ratings may be written: ", prose(spelt)), 2)
    if causes := facts.causes(rubric):
        yield Hanging(words("causes of a miss, to tick: ", prose(causes)), 2)


def _bands(rubric: Rubric) -> Iterator[RenderableType]:
    expected = facts.expected(rubric)
    if rubric.bands:
        yield heading("Bands")
        yield Labelled([(words(bound), _meaning(band)) for band, bound in facts.bands(rubric)])
    if expected:
        yield Hanging(words(f"expected: {expected}"), 2)


def _meaning(band: Band) -> Text:
    return words(band.name, prose(f": {band.meaning}" if band.meaning else ""))


def _fields(rubric: Rubric) -> Iterator[RenderableType]:
    if not rubric.fields:
        return
    yield heading("Fields of the interaction")
    for name, rule in rubric.fields.items():
        told = [", ".join(rule.values)] if rule.values else []
        told += facts.given(rule, "several may be given")
        title = f" ({rule.title})" if rule.title else ""
        yield entry(words(f"{name}{title}: {'; '.join(told)}"))


def _section(rubric: Rubric, section: Section) -> Iterator[Parts]:
    head: Parts = [
        heading(facts.weighted_title(section)),
        Hanging(words((section.id, "faint")), 2),
    ]
    if section.guidance:
        head.append(Hanging(prose(section.guidance), 2))
    yield [*head, *_condition(section.applies_when, 2)]
    for number, criterion in enumerate(section.criteria, 1):
        yield list(_criterion(rubric, number, criterion))


def _condition(condition: Mapping[str, tuple[str, ...]], indent: int) -> Iterator[RenderableType]:
    if condition:
        yield entry(words((f"Applies when {facts.condition(condition)}.", "warn")), indent)


def _criterion(rubric: Rubric, number: int, criterion: Criterion) -> Iterator[RenderableType]:
    title = Hanging(words((criterion.title, "strong")), (f"  {number}. ", "strong"))
    hang = title.hang
    yield title
    ratings = facts.ratings(rubric, criterion)
    levels = [(one.word, one.points) for one in ratings if one.points is not None]
    told = [
        criterion.id,
        ", ".join(f"{word} {figure_text(points)}" for word, points in levels),
        "" if criterion.range is None else ratings[0].word,
        facts.worth(rubric, criterion),
        facts.critical_mark(criterion).replace("critical", "CRITICAL", 1),
        facts.on_na(criterion),
        facts.on_comment(criterion),
        facts.tags(rubric, criterion),
    ]
    yield Hanging(words((" · ".join(filter(None, told)), "faint")), hang)
    yield from _condition(criterion.applies_when, hang)
    if criterion.guidance:
        yield Hanging(prose(criterion.guidance), hang)
    for rating in ratings:
        if rating.looks_like:
            yield entry(words((f"{rating.word}: ", "strong"), prose(rating.looks_like)), hang)
    if criterion.advice:
        yield entry(words(("Try: ", "good"), prose(criterion.advice)), hang)
    if criterion.source:
        yield Hanging(prose(criterion.source, "faint"), hang)
