"""A rubric's selftest: evidence for people as lines, for programs as a versioned document."""

from collections.abc import Iterable
from itertools import groupby
from math import log10
from typing import Any

from charter_score import __version__
from charter_score.figures import JSON_DECIMALS, Figure, percent_text
from charter_score.rating import Policy, Rating
from charter_score.render.text import phrases
from charter_score.render.text.layout import Line, Page, Span, Style, cells, left, span
from charter_score.rubric import CriterionKey, Permission, Rubric
from charter_score.selftest.proofs import (
    Allowance,
    Counterexample,
    Interaction,
    Limit,
    Proof,
    Reach,
    Scope,
    Selftest,
    Trial,
)
from charter_score.selftest.sampling import SEED
from charter_score.wire.encoding import encode, share_text

SCHEMA = "charter-score/selftest/v1"
MOST_EXACT = 10**15
"""Above this a number of reviews is given by its magnitude, in JSON as null."""


def proofs(found: Selftest, path: str, sha256: str, width: int) -> list[Line]:
    """What was tested, what was tried, each promise with its result, and what follows for bands."""
    rubric = found.rubric
    page = Page(width)
    page.write(Span("Selftest of ", Style.TITLE), span(rubric.name, Style.TITLE))
    organisation = f"{rubric.organisation}: " if rubric.organisation else ""
    page.write(f"{organisation}{rubric.title}")
    page.write(span(f"{path}, sha256 {sha256}", Style.FAINT), hang=2)
    page.write(
        Span(f"charter-score {__version__}, by the engine that scores reviews", Style.FAINT),
        hang=2,
    )
    _scope(page, found.scope)
    page.heading("Promises")
    for proof in found.proofs:
        _proof(page, found, proof)
    _limits(page, found)
    _reaches(page, found)
    page.blank()
    failed = [proof for proof in found.proofs if not proof.held]
    if failed:
        page.write(
            Span(
                f"{len(failed)} of {len(found.proofs)} promises did not hold on this rubric.",
                Style.BAD,
            )
        )
    else:
        tried = sum(1 for proof in found.proofs if proof.tried)
        page.write(
            Span(f"All held: {tried} promises tried on this rubric, none broken.", Style.GOOD)
        )
    return page.lines


def _scope(page: Page, scope: Scope) -> None:
    page.heading("What was tried")
    if scope.cases > 1 or not scope.all_cases:
        cases = phrases.count(scope.cases, "set")
        every = "every one that there is" if scope.all_cases else "not all that there are"
        page.write(f"{cases} of criteria that can apply together: {every}.", indent=2)
    if scope.exhaustive:
        page.write(
            f"Every possible review, {_grouped(scope.possible)} in all: this is exhaustive.",
            indent=2,
        )
    else:
        page.write(
            f"{_grouped(scope.possible)} different reviews are possible, too many to try them all.",
            indent=2,
        )
        few = f" in the {scope.largest} largest of these sets" if scope.cases > 1 else ""
        told = [
            f"{_part(scope.singles)} that differ in one rating from a plain one: from all met"
            f"{' in every set' if few else ''}, from all missed and from a mixture{few}",
            f"{_part(scope.pairs)} that differ in two ratings from all met{few}",
            f"{phrases.count(scope.drawn, 'review')} drawn with the seed {SEED}, each beside one "
            "that differs in one rating",
        ]
        for one in told:
            page.write("- " + one, indent=2, hang=4)
    page.write(
        f"{_grouped(scope.made)} different reviews; the engine scored {_grouped(scope.scored)} "
        "times, under this rubric and under changed copies of it.",
        indent=2,
    )


def _part(tried: tuple[int, int]) -> str:
    some, of = tried
    return f"all {_grouped(of)}" if some == of else f"{_grouped(some)} of {_grouped(of)}"


def _grouped(number: int) -> str:
    if number > MOST_EXACT:
        return f"More than 10^{int((number.bit_length() - 1) * log10(2))}"
    return f"{number:,}"


def _beside(
    page: Page, label: Span, column: int, *text: str | Span, end: Span | None = None
) -> None:
    """A label in a column of its own with text beside it; before it where there is no room."""
    if page.is_narrow or cells(label.text) > column:
        page.write(label, " ", *text, indent=2, hang=4, end=end)
        return
    first = len(page.lines)
    page.write(*text, indent=2 + column, end=end)
    filled = Span(left(label.text, column), label.style)
    page.lines[first] = (Span("  "), filled, *page.lines[first][1:])


def _proof(page: Page, found: Selftest, proof: Proof) -> None:
    if not proof.held:
        label = Span("FAILED", Style.BAD)
    elif proof.tried:
        label = Span("held", Style.GOOD)
    else:
        label = Span("–", Style.FAINT)
    tried = f"{_grouped(proof.tried)} tried" if proof.tried else "nothing to try"
    _beside(page, label, 8, span(proof.promise.words), end=Span(tried, Style.FAINT))
    if proof.counterexample is not None:
        _counterexample(page, found.rubric, proof.counterexample)


def _counterexample(page: Page, rubric: Rubric, broken: Counterexample) -> None:
    page.write(Span("because ", Style.BAD), span(broken.said), indent=10)
    page.write(span(f"in a review {_described(rubric, broken.trial)}"), indent=10)
    if broken.other is not None:
        page.write(span(f"beside one {_described(rubric, broken.other)}"), indent=10)


def _described(rubric: Rubric, trial: Trial) -> str:
    """A made-up review by what is not at its best in it."""
    told = [
        f"{'.'.join(place)} {word}"
        for place, word in trial.ratings.items()
        if word != _best_word(rubric, place)
    ]
    where = _where(trial.interaction)
    return f"with {', '.join(told) or 'nothing missed'}, all else met{where}"


def _where(interaction: Interaction) -> str:
    said = [f"{name} {' and '.join(values)}" for name, values in interaction.items()]
    return f" ({'; '.join(said)})" if said else ""


def _best_word(rubric: Rubric, place: CriterionKey) -> str:
    criterion = next(c for s, c in rubric.criteria() if (s.id, c.id) == place)
    levels = rubric.levels_of(criterion)
    return Rating.MET.value if levels is None else max(levels, key=lambda word: levels[word])


def _limits(page: Page, found: Selftest) -> None:
    if not found.limits:
        return
    page.heading("How many criteria may be missed")
    names = [_limit_name(found.rubric, limit) for limit in found.limits]
    column = min(max(cells(span(name).text) for name in names) + 2, 44)
    for name, limit in zip(reversed(names), reversed(found.limits), strict=True):
        _beside(page, span(name, Style.STRONG), column, span(_allowed(limit)))
    if any(criterion.critical for _, criterion in found.rubric.criteria()):
        page.write("No critical one among them: each of those may not be missed.", indent=2)
    if any(len(limit.allowances) > 1 for limit in found.limits):
        tried = "" if found.scope.all_cases else " Only the sets that were tried are told of."
        page.write(f"How many apply depends on the interaction.{tried}", indent=2)
    if any(c.not_applicable is not Permission.FORBIDDEN for _, c in found.rubric.criteria()):
        page.write(_absent(found.rubric), indent=2)


def _absent(rubric: Rubric) -> str:
    """What an n/a does to what may be missed."""
    match rubric.not_applicable:
        case Policy.MET:
            return "An n/a is no miss."
        case Policy.NOT_MET:
            return "An n/a counts as a miss."
        case Policy.EXCLUDED:
            return "Without n/a: each one takes its criterion out, and fewer may be missed then."


def _limit_name(rubric: Rubric, limit: Limit) -> str:
    if limit.band is None:
        return f"Expected ({phrases.expected(rubric)})"
    bound = limit.band.bound
    kind = "from" if limit.band.from_ is not None else "above"
    return f"{limit.band.name} ({kind} {phrases.percent(bound, rubric)})"


def _allowed(limit: Limit) -> str:
    """`any 4 of 16; any 5 of 17 or 19`."""
    told = []
    for (any_of_them, most), group in groupby(
        limit.allowances, key=lambda one: (one.any_of_them, one.most)
    ):
        of = _ranges([one.of for one in group])
        if any_of_them == most:
            told.append(f"{f'any {most}' if most else 'none'} of {of}")
        elif any_of_them:
            told.append(f"any {any_of_them} of {of}, or up to {most}, the lightest")
        else:
            told.append(f"up to {most} of {of}, the lightest")
    return "; ".join(told) or "nothing can be missed that has points"


def _ranges(numbers: Iterable[int]) -> str:
    """`16, 17 or 19 to 22`."""
    told: list[list[int]] = []
    for number in numbers:
        if told and number == told[-1][-1] + 1:
            told[-1].append(number)
        else:
            told.append([number])
    *most, last = [
        text
        for one in told
        for text in ([f"{one[0]} to {one[-1]}"] if len(one) > 2 else [str(n) for n in one])
    ]
    return f"{', '.join(most)} or {last}" if most else last


def _reaches(page: Page, found: Selftest) -> None:
    if not found.reaches:
        return
    page.heading("How each band is reached with the fewest misses and no n/a")
    for reach in reversed(found.reaches):
        page.write(
            span(f"{reach.band.name}: ", Style.STRONG),
            *_reach(found.rubric, reach),
            indent=2,
            hang=4,
        )


def _reach(rubric: Rubric, reach: Reach) -> tuple[Span, ...]:
    if reach.trial is None:
        if reach.settled:
            return (Span("no review can reach it.", Style.WARN),)
        return (Span("none was found that reaches it, and not all were tried.", Style.WARN),)
    share = phrases.percent(reach.share, rubric)
    where = _where(reach.trial.interaction)
    if not reach.missed:
        return (span(f"nothing missed, {share}{where}"),)
    titles = {(s.id, c.id): (s, c) for s, c in rubric.criteria()}
    told = []
    for place in reach.missed:
        criterion = titles[place][1]
        word = reach.trial.ratings[place]
        level = "" if criterion.levels is None else f" ({word})"
        critical = " (critical)" if criterion.critical else ""
        told.append(f"{criterion.title}{level}{critical}")
    absent = sum(word == Rating.NOT_APPLICABLE for word in reach.trial.ratings.values())
    also = f" and {absent} n/a" if absent else ""
    sure = "" if reach.settled else ", perhaps not the fewest"
    return (span(f"{len(told)} missed{also}{sure}, {share}{where}: {'; '.join(told)}"),)


# The document.


def proofs_json(found: Selftest, path: str, sha256: str) -> str:
    """The selftest as `charter-score/selftest/v1`, one promise a line."""
    document = proofs_document(found, path, sha256)
    pieces = []
    for name, value in document.items():
        if isinstance(value, list) and value:
            lines = ",\n".join(f"  {encode(one)}" for one in value)
            pieces.append(f' "{name}": [\n{lines}\n ]')
        else:
            pieces.append(f' "{name}": {encode(value)}')
    return "{" + ",\n".join(pieces).lstrip() + "}\n"


def proofs_document(found: Selftest, path: str, sha256: str) -> dict[str, Any]:
    """The selftest with ids and exact shares, for programs."""
    rubric, scope = found.rubric, found.scope
    return {
        "schema": SCHEMA,
        "tool": {"name": "charter-score", "version": __version__},
        "rubric": {
            "id": rubric.id,
            "version": rubric.version,
            "title": rubric.title,
            "path": path,
            "sha256": sha256,
        },
        "held": found.held,
        "scope": {
            "cases": scope.cases,
            "all_cases": scope.all_cases,
            "possible_reviews": scope.possible if scope.possible <= MOST_EXACT else None,
            "exhaustive": scope.exhaustive,
            "one_rating_changed": {"tried": scope.singles[0], "of": scope.singles[1]},
            "two_ratings_changed": {"tried": scope.pairs[0], "of": scope.pairs[1]},
            "drawn": scope.drawn,
            "seed": SEED,
            "reviews": scope.made,
            "scored": scope.scored,
        },
        "promises": [
            {
                "id": proof.promise.id,
                "promise": proof.promise.words,
                "held": proof.held,
                "tried": proof.tried,
                "counterexample": None
                if proof.counterexample is None
                else _counterexample_document(proof.counterexample),
            }
            for proof in found.proofs
        ],
        "limits": [
            {
                "band": None if limit.band is None else limit.band.name,
                "expected": limit.band is None,
                "may_be_missed": [_allowance_document(one) for one in limit.allowances],
            }
            for limit in found.limits
        ],
        "bands": [_reach_document(rubric, reach) for reach in found.reaches],
    }


def _counterexample_document(broken: Counterexample) -> dict[str, Any]:
    return {
        "said": broken.said,
        "review": _trial_document(broken.trial),
        "beside": None if broken.other is None else _trial_document(broken.other),
    }


def _trial_document(trial: Trial) -> dict[str, Any]:
    """A made-up review in the shape of one that is written by hand."""
    ratings: dict[str, dict[str, str]] = {}
    for (section, criterion), word in trial.ratings.items():
        ratings.setdefault(section, {})[criterion] = word
    return {
        "interaction": {name: list(values) for name, values in trial.interaction.items()},
        "ratings": ratings,
    }


def _allowance_document(one: Allowance) -> dict[str, Any]:
    return {"of": one.of, "any": one.any_of_them, "most": one.most}


def _reach_document(rubric: Rubric, reach: Reach) -> dict[str, Any]:
    return {
        "band": reach.band.name,
        "reachable": True if reach.trial is not None else False if reach.settled else None,
        "fewest": reach.trial is not None and reach.settled,
        "missed": None if reach.trial is None else [".".join(place) for place in reach.missed],
        "share": None if reach.share is None else share_text(reach.share),
        "percent": None
        if reach.share is None
        else Figure(percent_text(reach.share, JSON_DECIMALS, rubric.bounds)),
        "review": None if reach.trial is None else _trial_document(reach.trial),
    }
