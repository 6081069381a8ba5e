"""A rubric as Markdown that GitHub and others render: headings, lists, tables for bands and fields.

Every text of the rubric is escaped: it makes no heading, link, image, tag or table cell of its own,
and calls nobody.
"""

import re
from collections.abc import Iterator, Mapping

from charter_score.figures import figure_text
from charter_score.render.results.markdown import escaped
from charter_score.render.text import phrases
from charter_score.rubric import (
    Band,
    Combine,
    CommentRule,
    Criterion,
    OnCritical,
    Permission,
    Rubric,
    Section,
    UpTo,
)


def rubric_markdown(rubric: Rubric) -> str:
    """A rubric whole: its rule, its bands, its fields, every criterion with its guidance."""
    return "\n\n".join(_blocks(rubric)) + "\n"


def _blocks(rubric: Rubric) -> Iterator[str]:
    organisation = f"{escaped(rubric.organisation)}: " if rubric.organisation else ""
    yield f"# {organisation}{escaped(rubric.title)}"
    named = f"`{rubric.id}`, version {escaped(rubric.version)}"
    yield f"{named}. {escaped(rubric.source)}" if rubric.source else named
    for text in _paragraphs(rubric.description):
        yield escaped(text)
    yield "## The rule"
    yield from _rule(rubric)
    if rubric.bands:
        yield "## Bands"
        yield _table(
            ("Band", "Share", "Meaning"),
            [
                (escaped(band.name), _bound(rubric, band), escaped(band.meaning))
                for band in reversed(rubric.bands)
            ],
        )
    if rubric.fields:
        yield "## Fields of the interaction"
        yield _table(
            ("Field", "Title", "Values", "Given"),
            [
                (
                    escaped(name),
                    escaped(rule.title),
                    ", ".join(escaped(value) for value in rule.values) or "any",
                    ("required" if rule.required else "optional")
                    + (", one or several" if rule.many else ""),
                )
                for name, rule in rubric.fields.items()
            ],
        )
    for section in rubric.sections:
        yield from _section(rubric, section)


def _rule(rubric: Rubric) -> Iterator[str]:
    told = [f"{phrases.rule(rubric)}."]
    if rubric.combine is Combine.SECTION_WEIGHTS:
        told.append("Sections count by their weight.")
    expected = phrases.expected(rubric)
    if expected:
        told.append(f"Expected: {expected}.")
    if any(criterion.critical for _, criterion in rubric.criteria()):
        match rubric.on_critical:
            case OnCritical.LOWEST_BAND:
                told.append("Missing a critical criterion puts the review in the lowest band.")
            case OnCritical.ZERO:
                told.append("Missing a critical criterion sets the score to 0%.")
    yield " ".join(told)
    if rubric.rule_source:
        yield "> " + escaped(rubric.rule_source)


def _section(rubric: Rubric, section: Section) -> Iterator[str]:
    weight = "" if section.weight is None else f" (weight {figure_text(section.weight)})"
    yield f"## {escaped(section.title)}{weight}"
    when = _condition(section.applies_when)
    if when:
        yield when
    for text in _paragraphs(section.guidance):
        yield escaped(text)
    for number, criterion in enumerate(section.criteria, 1):
        yield _criterion(rubric, section, number, criterion)


def _criterion(rubric: Rubric, section: Section, number: int, criterion: Criterion) -> str:
    head = f"{number}. "
    inside = " " * len(head)
    told = ", ".join([f"`{section.id}.{criterion.id}`", *_facts(rubric, criterion)])
    blocks = [f"{head}**{escaped(criterion.title)}** ({told})"]
    when = _condition(criterion.applies_when)
    if when:
        blocks.append(inside + when)
    blocks += [inside + escaped(text) for text in _paragraphs(criterion.guidance)]
    points = [f"- *Try:* {escaped(criterion.advice)}"] if criterion.advice else []
    if criterion.source:
        points.append(f"- *Source:* {escaped(criterion.source)}")
    points = [*_looks(rubric, criterion), *points]
    if points:
        blocks.append("\n".join(inside + point for point in points))
    return "\n\n".join(blocks)


def _facts(rubric: Rubric, criterion: Criterion) -> Iterator[str]:
    """What a criterion is worth and asks for, in a few words each."""
    points = rubric.points_of(criterion)
    if rubric.is_advisory(criterion):
        yield "advisory, never scored"
    elif points and criterion.levels is None and not rubric.hide_points:
        yield phrases.points(points)
    if criterion.range is not None:
        yield rubric.choices_of(criterion)[0]
    if isinstance(criterion.critical, UpTo):
        yield f"**critical** up to {escaped(criterion.critical.up_to)}"
    elif criterion.critical:
        yield "**critical**"
    match criterion.not_applicable:
        case Permission.NEEDS_COMMENT:
            yield "n/a needs a comment"
        case Permission.FORBIDDEN:
            yield "n/a is not allowed"
        case Permission.ALLOWED:
            pass
    if criterion.comment is CommentRule.WHEN_MISSED:
        yield "a miss or lost points need a comment"
    elif criterion.comment is CommentRule.ALWAYS:
        yield "every rating needs a comment"
    elif isinstance(criterion.comment, UpTo):
        yield f"{escaped(criterion.comment.up_to)} and less need a comment"


def _looks(rubric: Rubric, criterion: Criterion) -> Iterator[str]:
    """Each level with its points, and what each rating word looks like."""
    read = rubric.rating_reader(criterion)
    looks = {read(word): text for word, text in criterion.looks_like.items()}
    levels = rubric.levels_of(criterion)
    if levels is not None:
        for word, points in levels.items():
            worth = "" if rubric.hide_points else f" ({phrases.points(points)})"
            text = f": {escaped(looks.pop(word))}" if word in looks else ""
            yield f"- **{escaped(word)}**{worth}{text}"
    for rating, text in looks.items():
        yield f"- **{escaped(str(rating))}**: {escaped(text)}"


def _condition(condition: Mapping[str, tuple[str, ...]]) -> str:
    if not condition:
        return ""
    told = " and ".join(
        f"{escaped(name)} is {' or '.join(escaped(value) for value in values)}"
        for name, values in condition.items()
    )
    return f"*Applies when {told}.*"


def _bound(rubric: Rubric, band: Band) -> str:
    if band.from_ is not None:
        return f"from {figure_text(band.from_)}%"
    if band.above is not None:
        return f"above {figure_text(band.above)}%"
    return "below that" if len(rubric.bands) > 1 else "every score"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _paragraphs(text: str) -> list[str]:
    """The lines of a longer text that hold anything."""
    return [line for line in re.split("\r\n|\r|\n", text) if line.strip()]
