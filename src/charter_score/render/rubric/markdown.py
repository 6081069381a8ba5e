"""A rubric as Markdown that GitHub and others render: headings, lists, tables for bands and fields.

Every text of the rubric is escaped: it makes no heading, link, image, tag or table cell of its own,
and calls nobody.
"""

import re
from collections.abc import Iterator, Mapping

from charter_score import facts
from charter_score.figures import figure_text
from charter_score.render.text.escaping import escaped
from charter_score.rubric import (
    Combine,
    Criterion,
    Rubric,
    Section,
)


def rubric_markdown(rubric: Rubric) -> str:
    """A rubric whole: its rule, its bands, its fields, every criterion with its guidance."""
    return "\n\n".join(_blocks(rubric)) + "\n"


def _blocks(rubric: Rubric) -> Iterator[str]:
    yield f"# {escaped(facts.title(rubric))}"
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
                (escaped(band.name), bound, escaped(band.meaning))
                for band, bound in facts.bands(rubric)
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
                    ", ".join(facts.given(rule)),
                )
                for name, rule in rubric.fields.items()
            ],
        )
    for section in rubric.sections:
        yield from _section(rubric, section)


def _rule(rubric: Rubric) -> Iterator[str]:
    told = [f"{facts.rule(rubric)}."]
    if rubric.combine is Combine.SECTION_WEIGHTS:
        told.append("Sections count by their weight.")
    expected = facts.expected(rubric)
    if expected:
        told.append(f"Expected: {expected}.")
    if critical := facts.critical_rule(rubric):
        told.append(critical)
    if causes := facts.causes(rubric):
        told.append(f"Causes of a miss, to tick: {escaped(causes)}.")
    yield " ".join(told)
    if rubric.rule_source:
        yield "> " + escaped(rubric.rule_source)
    if spelt := facts.spelt(rubric):
        yield f"Ratings may be written: {escaped(spelt)}."
    if rubric.channel_costs:
        costs = ", ".join(
            f"{escaped(name)} {figure_text(cost)}" for name, cost in rubric.channel_costs.items()
        )
        source = f" ({escaped(rubric.channel_costs_source)})" if rubric.channel_costs_source else ""
        yield f"An enquiry costs: {costs}{source}."


def _section(rubric: Rubric, section: Section) -> Iterator[str]:
    yield f"## {escaped(facts.weighted_title(section))}"
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
    yield from filter(
        None,
        (
            facts.worth(rubric, criterion),
            escaped(facts.critical_mark(criterion)).replace("critical", "**critical**", 1),
            facts.on_na(criterion),
            escaped(facts.on_comment(criterion)),
            escaped(facts.tags(rubric, criterion)),
        ),
    )


def _looks(rubric: Rubric, criterion: Criterion) -> Iterator[str]:
    """Each level with its points, and what each rating word looks like."""
    for rating in facts.ratings(rubric, criterion):
        is_listed = rating.points is not None or not rating.rating
        if rating.looks_like or is_listed or rating.rating in (rubric.levels_of(criterion) or ()):
            worth = f" ({rating.worth})" if rating.worth else ""
            text = f": {escaped(rating.looks_like)}" if rating.looks_like else ""
            yield f"- **{escaped(rating.word)}**{worth}{text}"


def _condition(condition: Mapping[str, tuple[str, ...]]) -> str:
    return f"*Applies when {escaped(facts.condition(condition))}.*" if condition else ""


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _paragraphs(text: str) -> list[str]:
    """The lines of a longer text that hold anything."""
    return [line for line in re.split("\r\n|\r|\n", text) if line.strip()]
