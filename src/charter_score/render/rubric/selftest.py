"""A rubric's selftest: evidence for people as lines, for programs as a versioned document."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from math import log10
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from charter_score import __version__, facts
from charter_score.compiled import best_of, bounds_of, worths_of
from charter_score.figures import JSON_DECIMALS, Figure, percent_text
from charter_score.rating import Policy, Rating
from charter_score.render.text import phrases
from charter_score.render.text.blocks import (
    Hanging,
    Labelled,
    Parts,
    WithAside,
    entry,
    heading,
    item,
    spaced,
    words,
)
from charter_score.rubric import CriterionKey, Rubric
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


def proofs(found: Selftest, path: str, sha256: str) -> Parts:
    """What was tested, what was tried, each promise with its result, and what follows for bands."""
    rubric = found.rubric
    engine = f"charter-score {__version__}, by the engine that scores reviews"
    return spaced(
        [
            heading(f"Selftest of {rubric.name}"),
            Hanging(words(facts.title(rubric))),
            Hanging(words((f"{path}, sha256 {sha256}", "faint")), hang=2),
            Hanging(words((engine, "faint")), hang=2),
        ],
        list(_scope(found.scope)),
        [
            heading("Promises"),
            *(part for proof in found.proofs for part in _proof(rubric, proof)),
        ],
        list(_limits(found)),
        list(_reaches(found)),
        list(_weakest(found)),
        [Hanging(words(_verdict(found)))],
    )


def _verdict(found: Selftest) -> tuple[str, str]:
    failed = [proof for proof in found.proofs if not proof.held]
    if failed:
        of = len(found.proofs)
        return f"{len(failed)} of {of} promises did not hold on this rubric.", "bad"
    tried = sum(1 for proof in found.proofs if proof.tried)
    return f"All held: {tried} promises tried on this rubric, none broken.", "good"


def _scope(scope: Scope) -> Iterator[RenderableType]:
    yield heading("What was tried")
    if scope.cases > 1 or not scope.all_cases:
        cases = phrases.count(scope.cases, "set")
        every = "every one that there is" if scope.all_cases else "not all that there are"
        yield Hanging(words(f"{cases} of criteria that can apply together: {every}."), 2)
    if scope.exhaustive:
        every = f"Every possible review, {_grouped(scope.possible)} in all: this is exhaustive."
        yield Hanging(words(every), 2)
    else:
        possible = _grouped(scope.possible)
        many = f"{possible} different reviews are possible, too many to try them all."
        yield Hanging(words(many), 2)
        few = f" in the {scope.largest} largest of these sets" if scope.cases > 1 else ""
        told = [
            f"{_part(scope.singles)} that differ in one rating from a plain one: from all met"
            f"{' in every set' if few else ''}, from all missed and from a mixture{few}",
            f"{_part(scope.pairs)} that differ in two ratings from all met{few}",
            f"{phrases.count(scope.drawn, 'review')} drawn with the seed {SEED}, each beside one "
            "that differs in one rating",
        ]
        yield from (item(words(one)) for one in told)
    made = (
        f"{_grouped(scope.made)} different reviews; the engine scored {_grouped(scope.scored)} "
        "times, under this rubric and under changed copies of it."
    )
    yield Hanging(words(made), 2)


def _part(tried: tuple[int, int]) -> str:
    some, of = tried
    return f"all {_grouped(of)}" if some == of else f"{_grouped(some)} of {_grouped(of)}"


def _grouped(number: int) -> str:
    if number > MOST_EXACT:
        return f"More than 10^{int((number.bit_length() - 1) * log10(2))}"
    return f"{number:,}"


def _proof(rubric: Rubric, proof: Proof) -> Iterator[RenderableType]:
    word, style = ("held", "good") if proof.tried else ("–", "faint")
    if not proof.held:
        word, style = "FAILED", "bad"
    label = words("  ", (word.ljust(8), style))
    tried = f"{_grouped(proof.tried)} tried" if proof.tried else "nothing to try"
    yield WithAside(Hanging(words(proof.promise.words), label), words((tried, "faint")))
    if proof.counterexample is not None:
        yield from _counterexample(rubric, proof.counterexample)


def _counterexample(rubric: Rubric, broken: Counterexample) -> Iterator[RenderableType]:
    yield Hanging(words(("because ", "bad"), broken.said), 10)
    yield Hanging(words(f"in a review {_described(rubric, broken.trial)}"), 10)
    if broken.other is not None:
        yield Hanging(words(f"beside one {_described(rubric, broken.other)}"), 10)


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
    return best_of(worths_of(rubric, criterion)).rating


def _limits(found: Selftest) -> Iterator[RenderableType]:
    if not found.limits:
        return
    yield heading("How many criteria may be missed")
    yield Labelled(
        [
            (words((_limit_name(found.rubric, limit), "strong")), words(_allowed(limit)))
            for limit in reversed(found.limits)
        ]
    )
    if any(criterion.critical for _, criterion in found.rubric.criteria()):
        critical = "No critical one among them: each of those may not be missed."
        yield Hanging(words(critical), 2)
    if any(len(limit.allowances) > 1 for limit in found.limits):
        tried = "" if found.scope.all_cases else " Only the sets that were tried are told of."
        yield Hanging(words(f"How many apply depends on the interaction.{tried}"), 2)
    if found.rubric.allows_na:
        yield Hanging(words(_absent(found.rubric)), 2)


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
        return f"Expected ({facts.expected(rubric)})"
    return f"{limit.band.name} ({facts.bound(limit.band)})"


def _allowed(limit: Limit) -> str:
    """`any 4 of 16; any 5 of 17 or 19`."""
    told = []
    for (any_of_them, most), group in groupby(
        limit.allowances, key=lambda one: (one.any_of_them, one.most)
    ):
        of = _ranges([one.of for one in group])
        if of == "1":
            told.append("the only one" if most else "not the only one")
        elif any_of_them == most:
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


def _reaches(found: Selftest) -> Iterator[RenderableType]:
    if not found.reaches:
        return
    yield heading("How each band is reached with the fewest misses and no n/a")
    for reach in reversed(found.reaches):
        name = words((f"{reach.band.name}: ", "strong"))
        yield entry(words(name, _reach(found.rubric, reach)))


def _weakest(found: Selftest) -> Iterator[RenderableType]:
    """What a band's meaning must be true of too."""
    if not found.weakest:
        return
    yield heading("How low one section can stand in each band, with all else met")
    for weak in found.weakest:
        share = phrases.plain_percent(weak.share)
        missed = f" ({weak.missed} missed)" if weak.missed else ""
        yield entry(words((f"{weak.band.name}: ", "strong"), f"{weak.title} at {share}{missed}"))


def _reach(rubric: Rubric, reach: Reach) -> Text:
    if reach.trial is None:
        if reach.settled:
            return words(("no review can reach it.", "warn"))
        return words(("none was found that reaches it, and not all were tried.", "warn"))
    share = phrases.percent(reach.share, rubric)
    where = _where(reach.trial.interaction)
    if not reach.missed:
        return words(f"nothing missed, {share}{where}")
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
    return words(f"{len(told)} missed{also}{sure}, {share}{where}: {'; '.join(told)}")


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
        "weakest_sections": [
            {
                "band": weak.band.name,
                "section": weak.title,
                "share": share_text(weak.share),
                "missed": weak.missed,
            }
            for weak in found.weakest
        ],
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
        else Figure(percent_text(reach.share, JSON_DECIMALS, bounds_of(rubric))),
        "review": None if reach.trial is None else _trial_document(reach.trial),
    }
