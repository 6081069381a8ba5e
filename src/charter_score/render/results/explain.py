"""The arithmetic of one score, line by line and exact, with the rule behind each line.

It prints what the engine found and computes nothing of its own: every figure is one of the result.
"""

from collections.abc import Iterator
from fractions import Fraction

from charter_score.figures import decimal_text
from charter_score.outcome import Scored
from charter_score.rating import Policy
from charter_score.render.text import phrases
from charter_score.render.text.layout import Line, Page, Span, Style, cells, left, right, span
from charter_score.result import CriterionResult, ReviewResult, SectionResult
from charter_score.review import DisputeOutcome
from charter_score.rubric import Band, Combine, OnCritical, Rubric

RULES = "docs/scoring.md"


def explain(scored: Scored, width: int) -> list[Line]:
    """The lines that derive one score."""
    page = Page(width)
    result = scored.result
    rubric = result.rubric
    page.write(
        span(f"Why {phrases.percent(result.share, rubric)}: {scored.id}", Style.TITLE),
    )
    page.write(span(f"{rubric.name} · {rubric.title}"))
    _rule(page, rubric)
    for section in result.sections:
        _section(page, section, rubric)
    left_out = _left_out(result)
    if left_out:
        page.heading("Does not apply to this interaction [1]")
        for title in left_out:
            page.write(title, indent=2, hang=4)
    _total(page, result)
    _band(page, result)
    _needs(page, result)
    page.blank()
    page.write(span(f"[2] and so on: the rules of the arithmetic, {RULES}.", Style.FAINT))
    return page.lines


def _rule(page: Page, rubric: Rubric) -> None:
    page.heading("The rule for n/a [2]")
    page.write(
        f"{phrases.rule(rubric)[0].upper()}{phrases.rule(rubric)[1:]}.".replace("N/a", "n/a"),
        indent=2,
    )
    if rubric.rule_source:
        page.paragraphs(rubric.rule_source, indent=2)
    else:
        page.write(
            "The standard itself says nothing about it: this is the rubric's setting.", indent=2
        )


def _section(page: Page, section: SectionResult, rubric: Rubric) -> None:
    weight = section.section.weight
    page.heading(
        section.section.title + (f" (weight {decimal_text(weight)})" if weight is not None else "")
    )
    numbers = {criterion.id: number for number, criterion in enumerate(section.section.criteria, 1)}
    for result in section.criteria:
        how = _how(result, rubric)
        title = f"{numbers[result.criterion.id]}. {result.criterion.title}"
        figures = _sum(result)
        if (
            page.is_narrow
            or cells(title) > 38
            or 2 + 38 + 2 + cells(how) + 2 + len(figures) > page.width
        ):
            page.write(title, indent=2, hang=5)
            page.write(span(how), indent=5, end=span(figures))
        else:
            gap = page.width - 2 - 38 - 2 - cells(how) - len(figures)
            page.row(
                [
                    Span("  "),
                    span(left(title, 38)),
                    Span("  "),
                    span(how),
                    Span(" " * gap),
                    Span(figures),
                ]
            )
        if result.criterion.source:
            page.write(span(result.criterion.source, Style.FAINT), indent=5)
    share = section.score.share
    exact = "nothing available" if share is None else _exact(share, rubric)
    page.write(
        Span("Section [3]: ", Style.STRONG),
        span(
            f"{phrases.plus(r.mark.earned for r in section.criteria)} = "
            f"{decimal_text(section.score.earned)} of {decimal_text(section.score.available)}"
            f" = {exact}"
        ),
        indent=2,
        hang=4,
    )


def _sum(result: CriterionResult) -> str:
    return right(f"{decimal_text(result.mark.earned)} of {decimal_text(result.mark.available)}", 8)


def _how(result: CriterionResult, rubric: Rubric) -> str:
    """How a rating came to its points, in a few words."""
    said = result.mark.rating
    if result.mark.not_applicable:
        match rubric.not_applicable:
            case Policy.MET:
                said += ", counts as met [2]"
            case Policy.EXCLUDED:
                said += ", left out [2]"
            case Policy.NOT_MET:
                said += ", counts as not met [2]"
    if not result.mark.points:
        said += ", advisory"
    if result.critical_missed:
        said += ", CRITICAL [8]"
    if result.dispute is not None and result.dispute.outcome is DisputeOutcome.UPHELD:
        said += f" (was {result.original}; dispute upheld)"
    return said


def _fraction(share: Fraction) -> str:
    sign = "−" if share < 0 else ""
    return f"{sign}{abs(share.numerator)}/{share.denominator}"


def _exact(share: Fraction, rubric: Rubric) -> str:
    return f"{_fraction(share)} = {phrases.percent(share, rubric)}"


def _left_out(result: ReviewResult) -> list[str]:
    there = {
        (section.section.id, criterion.criterion.id)
        for section in result.sections
        for criterion in section.criteria
    }
    return [
        f"{section.title}: {criterion.title}"
        for section, criterion in result.rubric.criteria()
        if (section.id, criterion.id) not in there
    ]


def _total(page: Page, result: ReviewResult) -> None:
    rubric = result.rubric
    page.heading("Total [4]")
    zeroed = bool(result.critical_missed) and rubric.on_critical is OnCritical.ZERO
    sections = result.sections
    sums = [(section.score.earned, section.score.available) for section in sections]
    seen = [
        (section.observed.score.earned, section.observed.score.available) for section in sections
    ]
    for label, score, parts in (
        ("Score", result.score, sums),
        ("Observed [5]", result.observed.score, seen),
    ):
        shares = [
            section.score.share if label == "Score" else section.observed.score.share
            for section in sections
        ]
        page.write(
            Span(f"{label}: ", Style.STRONG),
            span(
                "; ".join(
                    _total_lines(
                        result, parts, shares, score.share, zeroed=zeroed, is_score=label == "Score"
                    )
                )
            ),
            indent=2,
            hang=4,
        )
    observed = result.observed
    were = "was" if observed.not_applicable == 1 else "were"
    exact = f"{_fraction(result.uplift)}, which is " if result.uplift else ""
    page.write(
        Span("n/a adds: " if result.uplift >= 0 else "n/a takes: ", Style.STRONG),
        span(
            f"{_fraction(result.share)} − {_fraction(result.observed_share)} = {exact}"
            f"{phrases.signed(result.uplift)} points; {observed.not_applicable} of {observed.of} "
            f"criteria {were} n/a"
        ),
        indent=2,
        hang=4,
    )


def _total_lines(
    result: ReviewResult,
    parts: list[tuple[Fraction, Fraction]],
    shares: list[Fraction | None],
    total: Fraction | None,
    *,
    zeroed: bool,
    is_score: bool,
) -> Iterator[str]:
    rubric = result.rubric
    earned = sum((e for e, _ in parts), Fraction(0))
    available = sum((a for _, a in parts), Fraction(0))
    before = total
    if zeroed:
        before = result.share_by_points if is_score else None
    equals = "" if before is None else f" = {_exact(before, rubric)}"
    plain = (
        f"({phrases.plus(e for e, _ in parts)}) of ({phrases.plus(a for _, a in parts)}) = "
        f"{decimal_text(earned)} of {phrases.points(available)}"
    )
    if rubric.combine is Combine.POINTS:
        yield plain + equals
    else:
        counted = [
            (section.section.weight or Fraction(0), share)
            for section, share in zip(result.sections, shares, strict=True)
            if share is not None
        ]
        top = " + ".join(
            f"{decimal_text(weight)} × {share.numerator}/{share.denominator}"
            for weight, share in counted
        )
        yield f"({top}) / ({phrases.plus(weight for weight, _ in counted)}){equals}"
    if zeroed:
        yield "set to 0 because a critical criterion was missed [8]"


def _band(page: Page, result: ReviewResult) -> None:
    rubric = result.rubric
    if not rubric.bands and rubric.expected is None:
        return
    page.heading("Band [6]")
    share = phrases.percent(result.share, rubric)
    if result.band is not None:
        if result.critical_missed:
            page.write(
                f"{result.band.name}: the lowest, because a critical criterion was missed [8]",
                indent=2,
                hang=4,
            )
        else:
            page.write(f"{result.band.name}: {_why_band(result.band, result)}", indent=2, hang=4)
            if result.band_observed is not None:
                observed = phrases.percent(result.observed_share, rubric)
                page.write(
                    f"On what was observed: {observed}, {result.band_observed.name}",
                    indent=2,
                    hang=4,
                )
    if rubric.expected is not None:
        wanted = decimal_text(rubric.expected * 100)
        if result.critical_missed:
            said = "not met, because a critical criterion was missed [8]"
        elif result.meets_expected:
            said = f"met, because {share} is at least {wanted}%"
        else:
            said = f"not met, because {share} is below {wanted}%"
        page.write(f"Expected score, {wanted}% or above: {said}", indent=2, hang=4)


def _why_band(band: Band, result: ReviewResult) -> str:
    share = phrases.percent(result.share, result.rubric)
    bands = result.rubric.bands
    index = bands.index(band)
    reasons = []
    if band.from_ is not None:
        reasons.append(f"{share} is at least {decimal_text(band.from_ * 100)}%")
    elif band.above is not None:
        reasons.append(f"{share} is above {decimal_text(band.above * 100)}%")
    if index + 1 < len(bands):
        higher = bands[index + 1]
        if higher.from_ is not None:
            reasons.append(f"{share} is below {decimal_text(higher.from_ * 100)}%")
        elif higher.above is not None:
            reasons.append(f"{share} is not above {decimal_text(higher.above * 100)}%")
    return " and ".join(reasons) or "the only one"


def _needs(page: Page, result: ReviewResult) -> None:
    rubric = result.rubric
    if result.needs:
        page.heading("Development needs, the weightiest first [9]")
        for need in result.needs:
            lost = f"{phrases.points(need.points_lost)}, {phrases.plain_percent(need.share_lost)}"
            page.write(
                f"{need.result.criterion.title} (lost {lost} of the score)", indent=2, hang=4
            )
    way = result.next_band
    if way is not None:
        page.heading("Next band [10]")
        named = phrases.both(need.result.criterion.title for need in way.needs)
        page.write(
            f"With {named} met: {_exact(way.share, rubric)}, past the bound of {way.band.name}",
            indent=2,
            hang=4,
        )
