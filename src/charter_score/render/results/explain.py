"""The arithmetic of one score, line by line and exact, with the rule behind each line.

It prints what the engine found and computes nothing of its own: every figure is one of the result.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from charter_score import facts
from charter_score.comparing.alternatives import alternatives
from charter_score.compiled import band_of
from charter_score.diagnostics import joined
from charter_score.figures import figure_text
from charter_score.outcome import Scored
from charter_score.rating import Policy
from charter_score.render.text import phrases
from charter_score.render.text.blocks import (
    WIDEST_PROSE,
    CommandLines,
    Hanging,
    Parts,
    entry,
    fitted,
    fixed,
    heading,
    prose,
    spaced,
    with_aside,
    words,
)
from charter_score.render.text.console import Screen
from charter_score.result import CriterionResult, ReviewResult, SectionResult
from charter_score.review import DisputeOutcome
from charter_score.rubric import Band, Combine, OnCritical, Rubric

RULES = "docs/scoring.md"
_RULE = re.compile(r"\[([0-9]+)\]")
WIDEST_TITLE = 40
"""Columns that titles take beside their ratings; a longer one goes on below."""
NARROWEST_TEXT = 20
"""Columns that a rating wants beside its criterion."""


RULE_WORDS = {
    1: "What does not apply to the interaction is left out.",
    2: "Each rating earns what the rubric says; n/a earns what its rule for n/a says.",
    3: "A section's share is what its criteria earned, of what they could.",
    4: "The score is what all sections earned of what they could, or their weighted mean.",
    5: "Observed is the same with every n/a left out.",
    6: "The band is the last whose bound the exact share reaches; nothing is rounded before.",
    8: "A missed critical criterion decides over the band, whatever the points.",
    9: "What lost points is a need; critical first, then by what it took of the whole.",
    10: "The way to the next band: the fewest needs, the weightiest first.",
}
"""The rules that the numbers in square brackets stand for, each in a sentence."""


def explain(scored: Scored, file: str | None = None, window: str | None = None) -> Parts:
    """The view that derives one score, and says how to challenge it.

    `file` is what to call the review's file in a command, where it has one; `window` what was
    agreed about how long a rating may be disputed.
    """
    result = scored.result
    rubric = result.rubric
    head = f"Why {phrases.percent(result.share, rubric)}: {scored.id}"
    left_out = [entry(words(title)) for title in _left_out(result)]
    if left_out:
        left_out.insert(0, heading("Does not apply to this interaction [1]"))
    parts = spaced(
        [heading(head), *map(Hanging, _about(rubric))],
        list(_rule(rubric)),
        *(list(_section(section, rubric)) for section in result.sections),
        left_out,
        list(_total(result)),
        list(_band(result)),
        list(_needs(result)),
        list(_next_band(result)),
        list(_others(result)),
        list(_challenge(result, file, window)),
    )
    return spaced(parts, list(_rules(parts)))


def _about(rubric: Rubric) -> Iterator[Text]:
    yield words(f"{rubric.name} · {rubric.title}")
    if rubric.source:
        yield words((f"Source: {rubric.source}", "faint"))


def _rules(parts: Parts) -> Iterator[RenderableType]:
    """The rules that the view refers to, in their order."""
    used = {int(number) for number in _RULE.findall(Screen(WIDEST_PROSE).text(parts))}
    yield heading("The rules")
    for number in sorted(used & RULE_WORDS.keys()):
        yield Hanging(words((RULE_WORDS[number], "faint")), f"  [{number}] ".ljust(7))
    yield Hanging(words((f"In full: {RULES}.", "faint")), 2)


def _others(result: ReviewResult) -> Iterator[RenderableType]:
    """What other standards' rules would have given."""
    found = list(alternatives(result))
    if not found:
        return
    yield heading("What other rules would have given")
    for one in found:
        other = one.result
        band = f", {other.band.name}" if other.band is not None else ""
        same = "the same, " if other.share == result.share else ""
        share = phrases.percent(other.share, other.rubric)
        yield entry(words(f"{one.rule.value}: {same}", (f"{share}{band}", "strong")))
    yield entry(words("This rubric does not say so; the score stands by its own rules."))


def _challenge(
    result: ReviewResult, file: str | None, window: str | None
) -> Iterator[RenderableType]:
    """How to dispute a rating: what it takes, and the command that writes it down."""
    yield heading("If you see it otherwise")
    yield entry(
        words(
            "The arithmetic follows from the ratings. Any of them can be disputed; it stays beside "
            "the reviewer's, and somebody else than the reviewer decides and says why."
        )
    )
    if window is not None:
        yield entry(words(window))
    if file is not None:
        route = result.needs[0].route if result.needs else "SECTION.CRITERION"
        yield entry(words("To raise it:"))
        asked = ("--says", "RATING", "--because", "TEXT", "--who", "NAME")
        yield CommandLines(("charter-score", "dispute", file, route, *asked))


def _rule(rubric: Rubric) -> Iterator[RenderableType]:
    yield heading("The rule for n/a [2]")
    rule = facts.rule(rubric)
    yield Hanging(words(f"{rule[0].upper()}{rule[1:]}.".replace("N/a", "n/a")), 2)
    yield Hanging(
        prose(rubric.rule_source)
        if rubric.rule_source
        else words("The standard itself says nothing about it: this is the rubric's setting."),
        2,
    )


def _section(section: SectionResult, rubric: Rubric) -> Iterator[RenderableType]:
    yield heading(facts.weighted_title(section.section))
    numbers = {criterion.id: number for number, criterion in enumerate(section.section.criteria, 1)}
    yield _Criteria(
        [
            _Row(
                f"{numbers[result.criterion.id]}. ",
                words(result.criterion.title),
                words(_how(result, rubric)),
                words(_sum(result)),
                words((result.criterion.source, "faint")) if result.criterion.source else None,
            )
            for result in section.criteria
        ]
    )
    share = section.score.share
    exact = "nothing available" if share is None else _exact(share, rubric)
    yield entry(
        words(
            ("Section [3]: ", "strong"),
            f"{phrases.plus(r.worth.earned for r in section.criteria)} = "
            f"{figure_text(section.score.earned)} of {figure_text(section.score.available)}"
            f" = {exact}",
        )
    )


class _Row(NamedTuple):
    """One criterion in a line: its number and title, how it was rated, and its points."""

    number: str
    title: Text
    how: Text
    points: Text
    source: Text | None

    @property
    def named(self) -> Parts:
        """The title behind its number, and the source below it."""
        title = Hanging(self.title, f"  {self.number}")
        return [title, Hanging(self.source, title.hang)] if self.source else [title]


class _Criteria:
    """The criteria of a section in columns; for want of room each title on a line of its own."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self.rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A grid, or the rows stacked."""
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=WIDEST_TITLE)
        grid.add_column(ratio=1, min_width=NARROWEST_TEXT)
        fixed(grid, [row.points for row in self.rows], justify="right")
        for row in self.rows:
            grid.add_row(Group(*row.named), row.how, row.points)
        if view := fitted(grid, console, options, widest=WIDEST_PROSE):
            grid.width = min(options.max_width, WIDEST_PROSE)
            yield view
            return
        for row in self.rows:
            title, *source = row.named
            yield title
            yield with_aside(Hanging(row.how, len(row.number) + 2), row.points)
            yield from source


def _sum(result: CriterionResult) -> str:
    return f"{figure_text(result.worth.earned)} of {figure_text(result.worth.available)}"


def _how(result: CriterionResult, rubric: Rubric) -> str:
    """How a rating came to its points, in a few words."""
    said = result.worth.rating
    if result.worth.not_applicable and result.worth.points:
        match rubric.not_applicable:
            case Policy.MET:
                said += ", counts as met [2]"
            case Policy.EXCLUDED:
                said += ", left out [2]"
            case Policy.NOT_MET:
                said += ", counts as not met [2]"
    if not result.worth.points:
        plain = rubric.is_advisory(result.criterion) and not result.criterion.critical
        said += ", advisory" if plain else ", no points"
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


def _total(result: ReviewResult) -> Iterator[RenderableType]:
    rubric = result.rubric
    yield heading("Total [4]")
    zeroed = _failed(result) is not None and rubric.on_critical is OnCritical.ZERO
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
        told = _total_lines(
            result, parts, shares, score.share, zeroed=zeroed, is_score=label == "Score"
        )
        yield entry(words((f"{label}: ", "strong"), "; ".join(told)))
    observed = result.observed
    were = "was" if observed.not_applicable == 1 else "were"
    criteria = phrases.criteria_with_points(result)
    counted = f"{observed.not_applicable} of {criteria} {were} n/a"
    if (observed.not_applicable, observed.of) == (0, 1):
        counted = "the only criterion was not n/a"
    exact = f"{_fraction(result.uplift)}, which is " if result.uplift else ""
    yield entry(
        words(
            ("n/a adds: " if result.uplift >= 0 else "n/a takes: ", "strong"),
            f"{_fraction(result.share)} − {_fraction(result.observed_share)} = {exact}"
            f"{phrases.signed(result.uplift)} points; {counted}",
        )
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
    plain = f"{figure_text(earned)} of {facts.points(available)}"
    if len(parts) > 1:
        sums = (f"({phrases.plus(amounts)})" for amounts in zip(*parts, strict=True))
        plain = f"{' of '.join(sums)} = {plain}"
    if rubric.combine is Combine.POINTS:
        yield plain + equals
    else:
        counted = [
            (section.section.weight or Fraction(0), share)
            for section, share in zip(result.sections, shares, strict=True)
            if share is not None
        ]
        top = " + ".join(
            f"{figure_text(weight)} × {share.numerator}/{share.denominator}"
            for weight, share in counted
        )
        yield f"({top}) / ({phrases.plus(weight for weight, _ in counted)}){equals}"
    if zeroed:
        yield "set to 0 because a critical criterion was missed [8]"


def _band(result: ReviewResult) -> Iterator[RenderableType]:
    rubric = result.rubric
    if not rubric.bands and rubric.expected is None:
        return
    yield heading("Band [6]")
    share = phrases.percent(result.share, rubric)
    if result.band is not None:
        if because := _failed(result):
            why = f"the lowest, because {because} [8]"
            yield entry(words(f"{result.band.name}: {why}"))
        else:
            yield entry(words(f"{result.band.name}: {_why_band(result.band, result)}"))
            if result.band_observed is not None:
                observed = phrases.percent(result.observed_share, rubric)
                seen = f"On what was observed: {observed}, {result.band_observed.name}"
                yield entry(words(seen))
    if rubric.expected is not None:
        wanted = figure_text(rubric.expected)
        if because := _failed(result):
            said = f"not met, because {because} [8]"
        elif result.meets_expected:
            said = f"met, because {share} is at least {wanted}%"
        else:
            said = f"not met, because {share} is below {wanted}%"
        yield entry(words(f"Expected score, {wanted}% or above: {said}"))


def _failed(result: ReviewResult) -> str | None:
    """What put a review in the lowest band whatever its share; None for nothing."""
    if result.critical_missed:
        return "a critical criterion was missed"
    if result.below_section_minimum:
        return joined(
            f"{section.title} is below its minimum of {figure_text(section.at_least)}%"
            for section in result.below_section_minimum
            if section.at_least is not None
        )
    return None


def _why_band(band: Band, result: ReviewResult) -> str:
    share = phrases.percent(result.share, result.rubric)
    bands = result.rubric.bands
    index = bands.index(band)
    reasons = []
    if band.from_ is not None:
        reasons.append(f"{share} is at least {figure_text(band.from_)}%")
    elif band.above is not None:
        reasons.append(f"{share} is above {figure_text(band.above)}%")
    if index + 1 < len(bands):
        higher = bands[index + 1]
        if higher.from_ is not None:
            reasons.append(f"{share} is below {figure_text(higher.from_)}%")
        elif higher.above is not None:
            reasons.append(f"{share} is not above {figure_text(higher.above)}%")
    return " and ".join(reasons) or "the only one"


def _needs(result: ReviewResult) -> Iterator[RenderableType]:
    if not result.needs:
        return
    yield heading("Development needs, the weightiest first [9]")
    for need in result.needs:
        share = phrases.plain_percent(need.share_lost)
        lost = f"lost {facts.points(need.points_lost)}, {share} of the score"
        if not need.points_lost:
            lost = "critical, without points"
        yield entry(words(f"{need.result.criterion.title} ({lost})"))


def _next_band(result: ReviewResult) -> Iterator[RenderableType]:
    way = result.next_band
    if way is None:
        return
    yield heading("Next band [10]")
    named = joined(f'"{need.result.criterion.title}"' for need in way.needs)
    share = _exact(way.share, result.rubric)
    reached = (band_of(result.rubric, way.share) or way.band).name
    yield entry(words(f"With {named} met: {share}, {reached}"))
