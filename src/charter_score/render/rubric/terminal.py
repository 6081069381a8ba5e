"""Rubrics for people: the list of those known, and one of them whole."""

from collections.abc import Iterable, Mapping

from charter_score.figures import decimal_text
from charter_score.render.text import phrases
from charter_score.render.text.layout import Line, Page, Span, Style, cells, left, span
from charter_score.rubric import Combine, Criterion, Permission, Rubric


def rubric_list(rubrics: Iterable[Rubric], width: int) -> list[Line]:
    """The known rubrics: how to name each, whose it is, how large, its rule for n/a."""
    page = Page(width)
    for rubric in rubrics:
        page.blank()
        page.write(span(rubric.name, Style.STRONG))
        page.write(
            f"{rubric.organisation}: {rubric.title}" if rubric.organisation else rubric.title,
            indent=2,
        )
        count = sum(1 for _ in rubric.criteria())
        sections = phrases.count(len(rubric.sections), "section")
        expected = phrases.expected(rubric)
        parts = [sections, phrases.count(count, "criterion", "criteria"), phrases.rule(rubric)]
        if expected:
            parts.append(f"expected {expected}")
        page.write(span(" · ".join(parts), Style.FAINT), indent=2)
    page.blank()
    page.write("charter-score rubrics ID shows one.")
    return page.lines


def one_rubric(rubric: Rubric, width: int) -> list[Line]:
    """A rubric whole: its rule, its bands, every criterion with its guidance."""
    page = Page(width)
    organisation = f"{rubric.organisation}: " if rubric.organisation else ""
    page.write(span(f"{organisation}{rubric.title} ({rubric.version})", Style.TITLE))
    page.write(span(rubric.name, Style.FAINT))
    if rubric.source:
        page.write(span(rubric.source, Style.FAINT))
    if rubric.description:
        page.blank()
        page.paragraphs(rubric.description)
    page.heading("The rule")
    page.write(phrases.rule(rubric), indent=2)
    if rubric.rule_source:
        page.paragraphs(rubric.rule_source, indent=2)
    if rubric.combine is Combine.SECTION_WEIGHTS:
        page.write("sections count by their weight", indent=2)
    if rubric.bands:
        page.heading("Bands")
        for band in reversed(rubric.bands):
            bound = (
                f"from {decimal_text(band.from_ * 100)}%"
                if band.from_ is not None
                else f"above {decimal_text(band.above * 100)}%"
                if band.above is not None
                else "below that"
            )
            if len(rubric.bands) == 1:
                bound = "every score"
            meaning = f": {band.meaning}" if band.meaning else ""
            page.write(Span(left(bound, 11)), span(f" {band.name}{meaning}"), indent=2, hang=14)
    expected = phrases.expected(rubric)
    if expected:
        page.write(f"expected: {expected}", indent=2)
    _fields(page, rubric)
    for section in rubric.sections:
        weight = f" (weight {decimal_text(section.weight)})" if section.weight is not None else ""
        page.heading(f"{section.title}{weight}")
        page.write(span(section.id, Style.FAINT), indent=2)
        if section.guidance:
            page.paragraphs(section.guidance, indent=2)
        _condition(page, section.applies_when, 2)
        for number, criterion in enumerate(section.criteria, 1):
            _criterion(page, rubric, number, criterion)
    return page.lines


def _fields(page: Page, rubric: Rubric) -> None:
    if not rubric.fields:
        return
    page.heading("Fields of the interaction")
    for name, rule in rubric.fields.items():
        told = [", ".join(rule.values)] if rule.values else []
        told.append("required" if rule.required else "optional")
        if rule.many:
            told.append("several may be given")
        title = f" ({rule.title})" if rule.title else ""
        page.write(f"{name}{title}: {'; '.join(told)}", indent=2, hang=4)


def _condition(page: Page, condition: Mapping[str, tuple[str, ...]], indent: int) -> None:
    if condition:
        told = " and ".join(f"{name} is {' or '.join(value)}" for name, value in condition.items())
        page.write(span(f"Applies when {told}.", Style.WARN), indent=indent, hang=indent + 2)


def _criterion(page: Page, rubric: Rubric, number: int, criterion: Criterion) -> None:
    head = Span(f"{number}. ", Style.STRONG)
    hang = 2 + cells(head.text)
    page.blank()
    page.write(head, span(criterion.title, Style.STRONG), indent=2, hang=hang)
    told = [criterion.id]
    levels = rubric.levels_of(criterion)
    if not rubric.hide_points:
        if levels is not None:
            told.append(", ".join(f"{word} {decimal_text(p)}" for word, p in levels.items()))
        elif rubric.points_of(criterion):
            told.append(phrases.points(rubric.points_of(criterion)))
    if not rubric.points_of(criterion):
        told.append("advisory, never scored")
    if criterion.critical:
        told.append("CRITICAL")
    match criterion.not_applicable:
        case Permission.NEEDS_COMMENT:
            told.append("n/a needs a comment")
        case Permission.FORBIDDEN:
            told.append("n/a is not allowed")
        case Permission.ALLOWED:
            pass
    page.write(span(" · ".join(told), Style.FAINT), indent=hang, hang=hang)
    _condition(page, criterion.applies_when, hang)
    if criterion.guidance:
        page.paragraphs(criterion.guidance, indent=hang)
    for word, looks in criterion.looks_like.items():
        page.write(span(f"{word}: ", Style.STRONG), span(looks), indent=hang, hang=hang + 2)
    if criterion.advice:
        page.write(span("Try: ", Style.GOOD), span(criterion.advice), indent=hang, hang=hang + 2)
    if criterion.source:
        page.write(span(criterion.source, Style.FAINT), indent=hang)
