"""What a rubric that can be scored with could do better: advice for the people who write it.

Only `check` gives it; scoring never runs any of this. Each lint has a code, a page in docs/lints,
and can be silenced by a line under the rubric's `ignore` that says why.

Two lints reckon instead of look: whether a band can be reached at all, and whether a criterion can
move one. `reach` makes that out, exactly; where it would take too long the lint says nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from fractions import Fraction
from itertools import pairwise

from charter_score.diagnostics import At, Problem, Route, Severity, Suggestions
from charter_score.linting.fairness import FAIRNESS, fairness
from charter_score.linting.reach import criteria_of, points_of, unreachable_bands, without_effect
from charter_score.linting.rubric_checks import rubric_problems
from charter_score.linting.sums import Place, TooMuchError
from charter_score.rating import Policy, same_word
from charter_score.rubric import Combine, Criterion, Rubric, Section

LINTS = (
    *FAIRNESS,
    "critical-allows-na",
    "duplicate-title",
    "expected-outside-bands",
    "levels-below-points",
    "missing-advice",
    "missing-guidance",
    "missing-source",
    "too-light",
    "two-things-at-once",
    "undeclared-field",
    "unreachable-band",
    "unused-ignore",
    "weights-mislead",
)
"""Every code that `ignore` can silence: the advice here, and the warnings of `rubric_problems`."""


def advice(rubric: Rubric) -> list[Problem]:
    """What the writer of a rubric may want to think over, as warnings; it must be without errors.

    `ignore` has not been applied yet: `without_ignored` does that.
    """
    found = [
        *_duplicate_titles(rubric),
        *_two_things(rubric),
        *_missing_texts(rubric),
        *_undeclared_fields(rubric),
        *_expected_outside_bands(rubric),
        *_misleading_weights(rubric),
        *fairness(rubric),
    ]
    undecided: set[str] = set()
    reckoned: tuple[tuple[str, Callable[[Rubric], Iterable[Problem]]], ...] = (
        ("unreachable-band", _unreachable_bands),
        ("too-light", _too_light),
    )
    for code, lint in reckoned:
        try:
            found += lint(rubric)
        except TooMuchError:
            undecided.add(code)
    triggered = {problem.code for problem in (*rubric_problems(rubric), *found)}
    return [*found, *_unused_ignores(rubric, triggered | undecided)]


def without_ignored(rubric: Rubric, problems: Iterable[Problem]) -> list[Problem]:
    """The problems that the rubric's `ignore` does not silence; errors are never silenced."""
    return [
        problem
        for problem in problems
        if problem.severity is Severity.ERROR or problem.code not in rubric.ignore
    ]


def _warning(
    code: str, message: str, route: Route, hint: str | None = None, at: At = At.VALUE
) -> Problem:
    return Problem(code, message, route, at, hint, Severity.WARNING)


def _route(place: Place) -> Route:
    return ("sections", place[0], "criteria", place[1])


# Titles and texts.


def _duplicate_titles(rubric: Rubric) -> Iterator[Problem]:
    sections: dict[str, str] = {}
    for s, section in enumerate(rubric.sections):
        first = sections.setdefault(same_word(section.title), section.id)
        if first != section.id:
            yield _duplicate(first, "section", ("sections", s))
    criteria: dict[str, tuple[Place, str]] = {}
    for place, section, criterion in criteria_of(rubric):
        name = f"{section.id}.{criterion.id}"
        found, first = criteria.setdefault(same_word(criterion.title), (place, name))
        if found != place:
            yield _duplicate(first, "criterion", _route(place))


def _duplicate(first: str, kind: str, route: Route) -> Problem:
    return _warning(
        "duplicate-title",
        f"the {kind} {first} has this title too, so people cannot tell the two apart",
        (*route, "title"),
        "say in the title what sets them apart",
    )


_QUOTED = re.compile(r'"[^"]*"|“[^“”]*”')


def asks_two_things(title: str) -> bool:
    """Whether a title joins two things with "and" or "&" as words of their own, ";" or "/".

    What stands between double quotes is one expression, and "between … and …" is one thing. A slash
    joins only words of four letters or more: n/a, 24/7 and his/her are single things.
    """
    text = _QUOTED.sub("quoted", title)
    if ";" in text.strip("; "):
        return True
    for left, right in pairwise(part.split() for part in text.split("/")):
        if left and right and min(_letters(left[-1]), _letters(right[0])) >= 4:
            return True
    ranges = 0
    words = text.casefold().split()
    for before, word in enumerate(words[:-1]):
        if word == "between":
            ranges += 1
        elif before and word in ("and", "&"):
            ranges -= 1
            if ranges < 0:
                return True
    return False


def _letters(word: str) -> int:
    return sum(character.isalpha() for character in word)


def _two_things(rubric: Rubric) -> Iterator[Problem]:
    if rubric.language.casefold().split("-")[0] != "en":
        return  # the joining words are English
    routes: list[tuple[Route, str]] = []
    for s, section in enumerate(rubric.sections):
        routes.append((("sections", s), section.title))
        routes += [(_route((s, c)), one.title) for c, one in enumerate(section.criteria)]
    for route, title in routes:
        if asks_two_things(title):
            yield _warning(
                "two-things-at-once",
                "this title joins two things: who shows only one of them cannot be rated fairly",
                (*route, "title"),
                "make two of it, or put a fixed expression between double quotes; where the "
                "standard itself joins them, say so under `ignore`",
            )


def _missing_texts(rubric: Rubric) -> Iterator[Problem]:
    everything = list(criteria_of(rubric))
    points = points_of(rubric)
    yield from _missing(
        "guidance",
        everything,
        lambda criterion: not (criterion.guidance or criterion.looks_like),
        "say what a reviewer should hear or see, so that two of them rate alike",
    )
    yield from _missing(
        "advice",
        # Only what can become a development need ever shows its advice.
        [one for one in everything if one[2].critical or points[one[0]] or deducts(rubric, one[2])],
        lambda criterion: not criterion.advice,
        "say what to practise when it was missed",
    )
    yield from _missing(
        "source",
        everything,
        lambda criterion: not criterion.source,
        "say where the standard asks for it, or that it is your own",
    )


def deducts(rubric: Rubric, criterion: Criterion) -> bool:
    """Whether a criterion can take points away."""
    return any(points < 0 for points in (rubric.levels_of(criterion) or {}).values())


def _missing(
    name: str,
    of: Sequence[tuple[Place, Section, Criterion]],
    lacks: Callable[[Criterion], bool],
    hint: str,
) -> Iterator[Problem]:
    """A warning for each criterion that lacks a text; one for all where none of them has it."""
    code = f"missing-{name}"
    hint = f"add `{name}`: {hint}"
    lacking = [one for one in of if lacks(one[2])]
    if len(lacking) == len(of) > 1:
        message = f"none of the {len(of)} criteria has `{name}`"
        yield _warning(code, message, ("sections",), hint, At.KEY)
        return
    for place, section, criterion in lacking:
        message = f"{section.id}.{criterion.id} has no `{name}`"
        yield _warning(code, message, _route(place), hint, At.KEY)


# Conditions, the expected score, weights, `ignore`.


def _undeclared_fields(rubric: Rubric) -> Iterator[Problem]:
    places: list[tuple[Route, Iterable[str]]] = []
    for s, section in enumerate(rubric.sections):
        places.append((("sections", s, "applies_when"), section.applies_when))
        places += [
            ((*_route((s, c)), "applies_when"), criterion.applies_when)
            for c, criterion in enumerate(section.criteria)
        ]
    first = {name: (*route, name) for route, names in reversed(places) for name in names}
    near = Suggestions().near
    for name, route in first.items():
        if name not in rubric.fields:
            yield _warning(
                "undeclared-field",
                "`fields` does not declare this field, so a mistyped value goes unnoticed, and "
                "what depends on it is dropped",
                route,
                near(name, rubric.fields)
                or "declare it under `fields`, with its `values` and whether it is `required`",
                At.KEY,
            )


def _expected_outside_bands(rubric: Rubric) -> Iterator[Problem]:
    if not rubric.expected or len(rubric.bands) < 2:
        return
    if all(band.from_ != rubric.expected for band in rubric.bands):
        yield _warning(
            "expected-outside-bands",
            "no band begins at `expected`, so one band can hold both reviews that meet it and "
            "reviews that do not",
            ("expected",),
            "set it to the `from` of a band, or let a band begin there",
        )


def _misleading_weights(rubric: Rubric) -> Iterator[Problem]:
    sections = rubric.sections
    if rubric.combine is not Combine.SECTION_WEIGHTS or len(sections) < 2:
        return
    weights = [section.weight or Fraction(0) for section in sections]
    counted: list[list[Fraction]] = [[] for _ in sections]
    for (s, _), points in points_of(rubric).items():
        if points:
            counted[s].append(points)
    several = any(len(points) > 1 for points in counted)
    # n/a that is left out, or a criterion that does not apply, moves points and leaves the weight.
    fixed = rubric.not_applicable is not Policy.EXCLUDED and not any(
        criterion.applies_when for _, criterion in rubric.criteria()
    )
    if fixed and len({weight / sum(of) for weight, of in zip(weights, counted, strict=True)}) == 1:
        yield _warning(
            "weights-mislead",
            "the weights stand to each other as the sections' points do, so they change no score",
            ("combine",),
            "write `combine: points` and take the weights out, or change them",
        )
        return
    if _look_like_percentages(sections, weights):
        yield _warning(
            "weights-mislead",
            "these weights look like percentages, but their sum is not 100: each counts as its "
            "part of the sum",
            ("combine",),
            "make them sum to 100",
        )
    heaviest = max(weights)
    for s, section in enumerate(sections):
        if several and len(counted[s]) == 1 and weights[s] == heaviest and not section.applies_when:
            yield _warning(
                "weights-mislead",
                f"no section weighs more than {section.id}, and all its points are in one "
                "criterion: a single rating counts for as much as any whole section",
                ("sections", s, "weight"),
                "lower the weight, or judge the section by more than one criterion",
                At.KEY,
            )


def _look_like_percentages(sections: Sequence[Section], weights: Sequence[Fraction]) -> bool:
    """Whether different weights come near to 100 and miss it, conditional sections counted or not.

    Equal weights mislead nobody: 33, 33 and 33 are thirds.
    """
    everything = sum(weights)
    always = sum(
        weight
        for weight, section in zip(weights, sections, strict=True)
        if not section.applies_when
    )
    return 90 <= everything <= 110 and 100 not in (everything, always) and len(set(weights)) > 1


def _unused_ignores(rubric: Rubric, triggered: Set[str]) -> Iterator[Problem]:
    near = Suggestions().near
    for code in rubric.ignore:
        if code in triggered:
            continue
        if code in LINTS:
            message, hint = "nothing here is silenced by this", "take it out"
        else:
            message = "there is no lint of this code"
            hint = near(code, LINTS) or "take it out: errors cannot be silenced"
        yield _warning("unused-ignore", message, ("ignore", code), hint, At.KEY)


# What the ratings can come to.


def _unreachable_bands(rubric: Rubric) -> Iterator[Problem]:
    if not rubric.bands:
        return
    for b in unreachable_bands(rubric):
        yield _warning(
            "unreachable-band",
            "no combination of ratings comes to a score in this band",
            ("bands", b, "name"),
            "move its bound or the next one, or take the band out",
        )


def _worth_key(criterion: Criterion) -> str:
    """The key under which a criterion says what it is worth."""
    if criterion.levels is not None:
        return "levels"
    return "points" if criterion.range is None else "range"


def _too_light(rubric: Rubric) -> Iterator[Problem]:
    if len(rubric.bands) < 2:
        return
    light = without_effect(rubric)
    for place, section, criterion in criteria_of(rubric):
        if place in light:
            yield _warning(
                "too-light",
                f"{section.id}.{criterion.id} cannot change the band, whatever the other ratings "
                "are",
                (*_route(place), _worth_key(criterion)),
                "give it more points, or make it advisory with `points: 0`",
                At.KEY,
            )
