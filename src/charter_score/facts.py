"""What a rubric says, in words: its titles, rules, bands, conditions and ratings, each said once.

Plain text, or the parts of it where a format dresses them one by one. It stands in the core,
because comparing two rubrics and the published schemas say the same things as the views.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from charter_score.compiled import worths_of
from charter_score.figures import figure_text
from charter_score.rating import Policy, Rating
from charter_score.rubric import (
    Band,
    CommentRule,
    Criterion,
    FieldRule,
    OnCritical,
    Permission,
    Rubric,
    Section,
    Unit,
    UpTo,
)


def title(rubric: Rubric) -> str:
    """The standard by its organisation and title."""
    return f"{rubric.organisation}: {rubric.title}" if rubric.organisation else rubric.title


def edition(rubric: Rubric) -> str:
    """The standard by its organisation, title and version."""
    return f"{title(rubric)} ({rubric.version})"


def short_edition(rubric: Rubric) -> str:
    """The standard by its title and version."""
    return f"{rubric.title} ({rubric.version})"


def points(amount: Fraction) -> str:
    """An amount with its unit: `1 point`, `0.5 points`."""
    return f"{figure_text(amount)} {'point' if amount == 1 else 'points'}"


# The rules of a whole rubric.


def standard(rubric: Rubric) -> str:
    """What speaks: a standard that states the rule for n/a itself, or only the rubric."""
    return "this standard" if rubric.rule_source else "this rubric"


def rule(rubric: Rubric) -> str:
    """What n/a counts as, in a few words."""
    match rubric.not_applicable:
        case Policy.MET:
            return "n/a counts as met"
        case Policy.EXCLUDED:
            return "n/a is left out"
        case Policy.NOT_MET:
            return "n/a counts as not met"


def expected(rubric: Rubric) -> str | None:
    """The expected score as the rubric states it: `70% or above`."""
    return None if rubric.expected is None else f"{figure_text(rubric.expected)}% or above"


def critical_rule(rubric: Rubric) -> str | None:
    """What a missed critical criterion or minimum does; None where the rubric has neither."""
    causes = []
    if any(criterion.is_critical for _, criterion in rubric.criteria()):
        causes.append("missing a critical criterion")
    if any(section.at_least is not None for section in rubric.sections):
        causes.append("a section below its minimum")
    if not causes:
        return None
    either = " or ".join(causes)
    either = either[0].upper() + either[1:]
    match rubric.on_critical:
        case OnCritical.LOWEST_BAND:
            return f"{either} puts the review in the lowest band."
        case OnCritical.ZERO:
            return f"{either} sets the score to 0%."


def same_points(rubric: Rubric) -> str | None:
    """What each criterion can earn, where all that count are worth the same and none has levels."""
    counting = [one for _, one in rubric.criteria() if not rubric.is_advisory(one)]
    amounts = {rubric.points_of(criterion) for criterion in counting} - {0}
    if len(amounts) != 1 or any(one.levels is not None or one.range for one in counting):
        return None
    return points(amounts.pop())


def spelt(rubric: Rubric) -> str:
    """How the ratings may be written: `met as Cyflawnwyd`; empty where they have no own words."""
    own = ((rating, rubric.words.of(rating)) for rating in Rating)
    return "; ".join(f"{rating} as {' or '.join(words)}" for rating, words in own if words)


def causes(rubric: Rubric) -> str:
    """Why something may have been missed, to be ticked; empty where the rubric has no causes."""
    return ", ".join(rubric.causes.values())


def unit(rubric: Rubric) -> str:
    """What one review is of, in a word."""
    return "interaction" if rubric.unit is Unit.CONTACT else rubric.unit.value


# Bands, fields, conditions.


def bound(band: Band, lowest: str = "from the bottom") -> str:
    """Where a band begins: `from 70%`, `above 90%`; `lowest` for one that states no bound."""
    if band.from_ is not None:
        return f"from {figure_text(band.from_)}%"
    return lowest if band.above is None else f"above {figure_text(band.above)}%"


def bands(rubric: Rubric) -> Iterator[tuple[Band, str]]:
    """The bands from the highest down, each with where it begins, seen from the one above."""
    lowest = "below that" if len(rubric.bands) > 1 else "every score"
    return ((band, bound(band, lowest)) for band in reversed(rubric.bands))


def given(field: FieldRule, several: str = "one or several") -> list[str]:
    """Whether a field of the interaction must be given, and whether several times."""
    return ["required" if field.required else "optional", *([several] if field.many else [])]


def condition(fields: Mapping[str, Sequence[str]]) -> str:
    """When something applies: `channel is phone or visit`; empty where it always does."""
    return " and ".join(f"{name} is {' or '.join(values)}" for name, values in fields.items())


def only_when(fields: Mapping[str, Sequence[str]]) -> str:
    """A condition as an aside; empty where there is none."""
    return f"only when {condition(fields)}" if fields else ""


# Sections and criteria.


def weighted_title(section: Section) -> str:
    """A section's title with its weight and its minimum, where it has them."""
    weight = "" if section.weight is None else f"weight {figure_text(section.weight)}"
    rules = ", ".join(filter(None, (weight, minimum(section))))
    return f"{section.title} ({rules})" if rules else section.title


def minimum(section: Section) -> str:
    """The share that a section must reach: `at least 50%`; empty where it need reach none."""
    return "" if section.at_least is None else f"at least {figure_text(section.at_least)}%"


def worth(rubric: Rubric, criterion: Criterion, *, alike: bool = False) -> str:
    """What a criterion can earn; empty where its levels say it, or nobody is to know.

    `alike` where all criteria earn the same, which is then said once (`same_points`).
    """
    amount = rubric.points_of(criterion)
    if criterion.levels is not None and not rubric.is_advisory(criterion):
        return ""
    if not amount:
        return without_points(criterion)
    if rubric.hide_points or alike:
        return ""
    return points(amount)


def without_points(criterion: Criterion) -> str:
    """What a criterion without points is; one that decides over a review is not advisory."""
    return "without points" if criterion.critical else "advisory, never scored"


def critical(criterion: Criterion) -> str:
    """What missing a criterion does; empty where it decides over nothing."""
    if isinstance(criterion.critical, UpTo):
        return f"critical: {criterion.critical.up_to}, or what is worth no more, fails the review"
    return "critical: missing it fails the review" if criterion.critical else ""


def critical_mark(criterion: Criterion) -> str:
    """The same in a word or two, for lists: `critical`, `critical up to poor`."""
    if isinstance(criterion.critical, UpTo):
        return f"critical up to {criterion.critical.up_to}"
    return "critical" if criterion.critical else ""


def tags(rubric: Rubric, criterion: Criterion) -> str:
    """The titles of a criterion's tags; empty where it has none."""
    return ", ".join(rubric.tags[tag] for tag in criterion.tags)


def on_na(criterion: Criterion) -> str:
    """What a criterion asks of an n/a; empty where it allows it."""
    match criterion.not_applicable:
        case Permission.NEEDS_COMMENT:
            return "n/a needs a comment"
        case Permission.FORBIDDEN:
            return "n/a is not allowed"
        case Permission.ALLOWED:
            return ""


def on_comment(criterion: Criterion) -> str:
    """Which ratings of a criterion need a comment; empty where none does."""
    match criterion.comment:
        case UpTo(up_to=level):
            return f"{level}, or what is worth no more, needs a comment"
        case CommentRule.ALWAYS:
            return "every rating needs a comment"
        case CommentRule.WHEN_MISSED:
            return "a rating that misses it or loses points needs a comment"
        case CommentRule.OPTIONAL:
            return ""


def asks_alike(rubric: Rubric) -> str:
    """The rule for comments as a sentence, where it is one for all criteria; else empty."""
    rules = {criterion.comment for _, criterion in rubric.criteria()}
    if rules == {CommentRule.WHEN_MISSED}:
        return "A rating that misses a criterion or loses points needs a comment."
    return "Every rating needs a comment." if rules == {CommentRule.ALWAYS} else ""


class RatingFact(NamedTuple):
    """One rating that a criterion can get.

    `word` is what forms show, `rating` what it is called in results: empty for a number that a
    range leaves open. `points` are those of a level, None where they are not to be told;
    `looks_like` may be empty.
    """

    word: str
    points: Fraction | None
    looks_like: str
    rating: str

    @property
    def worth(self) -> str:
        """Its points with their unit; empty where they are not told."""
        return "" if self.points is None else points(self.points)


def ratings(rubric: Rubric, criterion: Criterion) -> list[RatingFact]:
    """The ratings of a criterion in the rubric's order, n/a last where it is allowed.

    Of a range its two ends in one, then those numbers of which there is something to say.
    """
    read = rubric.rating_reader(criterion)
    looks = {read(word) or word: text for word, text in criterion.looks_like.items()}
    if criterion.range is not None:
        numbers, *absent = rubric.choices_of(criterion)
        described = [
            RatingFact(rating, None, text, rating)
            for rating, text in looks.items()
            if rating != Rating.NOT_APPLICABLE
        ]
        na = Rating.NOT_APPLICABLE.value
        last = [RatingFact(word, None, looks.get(na, ""), na) for word in absent]
        return [RatingFact(numbers, None, "", ""), *described, *last]
    has_points = criterion.levels is not None and not rubric.hide_points
    return [
        RatingFact(
            word,
            worth.earned if has_points and not worth.not_applicable else None,
            looks.get(worth.rating, ""),
            worth.rating,
        )
        for word, worth in zip(
            rubric.shown_words(criterion), worths_of(rubric, criterion), strict=True
        )
    ]
