"""Advice on rubrics: each lint against its page in the docs, and what is reckoned against force."""

import random
import re
from collections.abc import Iterable, Iterator
from itertools import chain, combinations, product
from math import prod
from pathlib import Path

import pytest

from charter_score.diagnostics import Problem, Route, Severity
from charter_score.library import load_rubric
from charter_score.linting import sums
from charter_score.linting.advice import LINTS, advice, asks_two_things, without_ignored
from charter_score.linting.rubric_checks import rubric_problems
from charter_score.pipeline import Job, Scoring
from charter_score.review import Rated, Review
from charter_score.rubric import Criterion, Interaction, Rubric, holds, same_value
from charter_score.scoring import NothingObservedError, Scorer
from documents import rubric_from
from effort import some
from random_documents import rubric as random_rubric
from random_documents import to_yaml

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "lints"
SHIPPED = [*(ROOT / "rubrics").glob("*.yaml"), ROOT / "examples" / "small" / "benefits-call.yaml"]

HEAD = 'id: r\nversion: "1"\ntitle: R\n'
TEXTS = "guidance: G, advice: A, source: S"


def examples(code: str, heading: str) -> list[str]:
    """The YAML blocks under one heading of a lint's page."""
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    under = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert under is not None
    return re.findall(r"^```yaml\n(.*?)^```$", under[1], re.MULTILINE | re.DOTALL)


def only_example(code: str, heading: str) -> str:
    """The only YAML block under a heading."""
    (only,) = examples(code, heading)
    return only


def section(*criteria: str, more: str = "") -> str:
    """A rubric's only section, with criteria of all texts, given by their other fields."""
    own = ", ".join(
        f"{{id: c{c}, title: C{c}, {TEXTS}{', ' * bool(fields)}{fields}}}"
        for c, fields in enumerate(criteria)
    )
    return f"{more}sections: [{{id: s, title: S, criteria: [{own}]}}]"


def bands(*bounds: str) -> str:
    """The lowest band, and one for each of these bounds."""
    own = [f"{{name: B{b}, {bound}}}" for b, bound in enumerate(bounds, 1)]
    return f"bands: [{', '.join(['{name: B0}', *own])}]\n"


def weighted(*sections: tuple[str, int]) -> str:
    """Weighted sections, each given by its weight (and other fields) and number of criteria."""
    own = (
        f"  - {{id: s{s}, title: S{s}, weight: {weight}, criteria: ["
        + ", ".join(f"{{id: c{c}, title: C{s}-{c}, {TEXTS}}}" for c in range(number))
        + "]}\n"
        for s, (weight, number) in enumerate(sections)
    )
    return "combine: section_weights\nsections:\n" + "".join(own)


def found(text: str) -> list[Problem]:
    """What `check` says of a rubric, `ignore` applied."""
    rubric = rubric_from(text)
    return without_ignored(rubric, [*rubric_problems(rubric), *advice(rubric)])


def codes(text: str) -> list[str]:
    """The codes of what `check` says of a rubric."""
    return [problem.code for problem in found(text)]


def routes(text: str) -> list[tuple[str, Route]]:
    """The codes and the places of what `check` says of a rubric."""
    return [(problem.code, problem.route) for problem in found(text)]


# The pages.


def test_every_lint_has_a_page() -> None:
    """There is a page for each code that can be silenced, no other, and the list names them all."""
    pages = {path.stem for path in PAGES.glob("*.md")} - {"README"}
    listed = re.findall(
        r"^\| \[([a-z-]+)\]", (PAGES / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert pages == set(LINTS)
    assert listed == sorted(LINTS)


@pytest.mark.parametrize("code", LINTS)
def test_bad_example(code: str) -> None:
    """Every bad example of a page triggers the lint of the page and no other, as warnings."""
    for text in examples(code, "Bad"):
        problems = found(text)
        assert {problem.code for problem in problems} == {code}
        assert {problem.severity for problem in problems} == {Severity.WARNING}
        assert all(problem.hint for problem in problems)


@pytest.mark.parametrize("code", LINTS)
def test_good_example(code: str) -> None:
    """There is nothing to say of a page's good example."""
    for text in examples(code, "Good"):
        assert found(text) == []


@pytest.mark.parametrize("code", LINTS)
def test_silenced_example(code: str) -> None:
    """The `ignore` that a page shows silences its bad examples."""
    silence = only_example(code, "Silence it")
    for text in examples(code, "Bad"):
        silenced = text.replace("ignore:\n", silence) if "ignore:" in text else text + silence
        assert found(silenced) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_rubric(path: Path) -> None:
    """There is nothing to say of a rubric that ships."""
    assert found(path.read_text(encoding="utf-8")) == []


# Silencing.


def test_errors_are_not_silenced() -> None:
    """An `ignore` takes out warnings of its code and leaves errors where they are."""
    rubric = rubric_from(HEAD + section("", more="ignore: {duplicate-id: Why, zero-points: Why}\n"))
    error = Problem("duplicate-id", "twice", ("sections", 0, "id"))
    warning = Problem("zero-points", "none", ("sections",), severity=Severity.WARNING)
    other = Problem("too-light", "light", ("sections",), severity=Severity.WARNING)
    assert without_ignored(rubric, [error, warning, other]) == [error, other]


def test_unused_ignores() -> None:
    """What silences nothing is said at its code; an unknown code is met with the one meant."""
    text = "ignore: {duplicate-title: Why, duplicate-titel: Why, duplicate-id: Why}\n"
    problems = found(HEAD + section("", more=text))
    assert [(one.code, one.route) for one in problems] == [
        ("unused-ignore", ("ignore", "duplicate-title")),
        ("unused-ignore", ("ignore", "duplicate-titel")),
        ("unused-ignore", ("ignore", "duplicate-id")),
    ]
    assert problems[0].hint == "take it out"
    assert problems[1].hint == "did you mean `duplicate-title`?"


def test_used_ignores() -> None:
    """An `ignore` that silences a warning given when scoring, too, is a used one."""
    text = "ignore: {critical-allows-na: Why}\n"
    assert codes(HEAD + section("critical: true", more=text)) == []
    assert codes(HEAD + section("critical: true, not_applicable: forbidden", more=text)) == [
        "unused-ignore"
    ]


def test_scoring_gives_no_advice(tmp_path: Path) -> None:
    """A rubric that is scored with shows its warnings unless silenced, and never any advice."""
    path = tmp_path / "rubric.yaml"
    path.write_text(HEAD + "sections: [{id: s, title: S, criteria: [{id: a, title: A and B}]}]")
    assert load_rubric(path).warnings == ()
    path.write_text(HEAD + section("critical: true"))
    assert [one.code for one in load_rubric(path).warnings] == ["critical-allows-na"]
    path.write_text(HEAD + section("critical: true", more="ignore: {critical-allows-na: Why}\n"))
    assert load_rubric(path).warnings == ()


def test_check_gives_advice(tmp_path: Path) -> None:
    """`check` shows a rubric's warnings and the advice on it, in order of place."""
    path = tmp_path / "rubric.yaml"
    path.write_text(
        HEAD + "ignore: {missing-source: Why}\nsections:\n  - id: s\n    title: S and T\n"
        "    criteria:\n      - {id: a, title: A, critical: true, guidance: G, advice: A}\n"
    )
    (checked,) = Scoring(Job([str(path)])).checked()
    assert checked.is_read
    assert [(one.code, one.location) for one in checked.diagnostics] == [
        ("two-things-at-once", (7, 12)),
        ("critical-allows-na", (9, 27)),
    ]


# Titles and texts.


@pytest.mark.parametrize(
    "title",
    [
        "Greets and thanks",
        "Meet AND Greet",
        "Calm & friendly",
        "Apology for a wait; data protection",
        "Greeting/introduction",
        "Greeting / introduction",
        'Explains "terms and conditions" and fees',
        "Answers between 9 and 5 and calls back",
    ],
)
def test_two_things(title: str) -> None:
    """A title that joins two things is seen to."""
    assert asks_two_things(title)


@pytest.mark.parametrize(
    "title",
    [
        "Understands",
        "Standard andante",
        "And finally",
        "First and",
        "Ends well;",
        "Q&A",
        "Uses n/a rightly",
        "Says his/her name",
        "Open 24/7",
        'Explains "terms and conditions"',
        "Explains “terms & conditions; fees/charges”",
        "Answers between 9 and 5",
        "Drag-and-drop",
        "Greets, thanks",
    ],
)
def test_one_thing(title: str) -> None:
    """A title that names one thing is left alone."""
    assert not asks_two_things(title)


@pytest.mark.parametrize(("language", "number"), [("en", 2), ("EN-nz", 2), ("cy", 0), ("enm", 0)])
def test_two_things_in_english(language: str, number: int) -> None:
    """Titles of sections and criteria are looked at where the rubric is in English."""
    text = (
        f"language: {language}\nsections: "
        f"[{{id: s, title: S and T, criteria: [{{id: a, title: A & B, {TEXTS}}}]}}]"
    )
    assert (
        routes(HEAD + text)
        == [
            ("two-things-at-once", ("sections", 0, "title")),
            ("two-things-at-once", ("sections", 0, "criteria", 0, "title")),
        ][:number]
    )


def test_duplicate_titles() -> None:
    """One title is said at its second place: among sections, and among all criteria."""
    text = (
        f"sections: [{{id: s, title: Tone, criteria: [{{id: a, title: Tone, {TEXTS}}}]}}, "
        f"{{id: t, title: ' TONE ', criteria: [{{id: a, title: tone, {TEXTS}}}]}}]"
    )
    problems = found(HEAD + text)
    assert [(one.code, one.route) for one in problems] == [
        ("duplicate-title", ("sections", 1, "title")),
        ("duplicate-title", ("sections", 1, "criteria", 0, "title")),
    ]
    assert "s.a" in problems[1].message


def test_missing_texts() -> None:
    """A text is missing at its criterion; where all lack it, that is said once."""
    first: Route = ("sections", 0, "criteria", 0)
    second: Route = ("sections", 0, "criteria", 1)
    head = HEAD + "sections: [{id: s, title: S, criteria: ["
    bare = "{id: a, title: A}"
    assert routes(f"{head}{bare}]}}]") == [
        ("missing-guidance", first),
        ("missing-advice", first),
        ("missing-source", first),
    ]
    assert routes(f"{head}{bare}, {{id: b, title: B}}]}}]") == [
        ("missing-guidance", ("sections",)),
        ("missing-advice", ("sections",)),
        ("missing-source", ("sections",)),
    ]
    some = "{id: a, title: A, guidance: G, advice: A, source: S}, {id: b, title: B, "
    assert routes(f"{head}{some}advice: A, source: S}}]}}]") == [("missing-guidance", second)]
    assert routes(f"{head}{some}looks_like: {{met: M}}, source: S}}]}}]") == [
        ("missing-advice", second)
    ]
    assert routes(f"{head}{some}guidance: G, source: S, points: 0}}]}}]") == []
    needed = "guidance: G, source: S, points: 0, critical: true, not_applicable: forbidden"
    assert routes(f"{head}{some}{needed}}}]}}]") == [("missing-advice", second)]


# Conditions, the expected score, weights.


def test_undeclared_field() -> None:
    """A field is said once, where it first stands, with the one that was meant."""
    on = "applies_when: {chanel: phone}"
    text = section("", on, on, more="fields: {channel: {required: true}}\n")
    (problem,) = found(HEAD + text)
    assert problem.code == "undeclared-field"
    assert problem.route == ("sections", 0, "criteria", 1, "applies_when", "chanel")
    assert problem.hint == "did you mean `channel`?"


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("expected: 70\n" + bands("from: 70"), False),
        ("expected: 71\n" + bands("from: 70"), True),
        ("expected: 70\n" + bands("above: 70"), True),
        ("expected: 90\n" + bands("from: 70", "from: 90"), False),
        ("expected: 0\n" + bands("from: 70"), False),
        (bands("from: 70"), False),
        ("expected: 71\n" + bands(), False),
        ("expected: 71\n", False),
    ],
)
def test_expected_outside_bands(text: str, *, outside: bool) -> None:
    """The expected score is where a band begins, itself in it; or there is nothing to hold to."""
    assert ("expected-outside-bands" in codes(HEAD + section(*[""] * 100, more=text))) == outside


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (weighted(("20", 1), ("40", 2)), 1),  # as the points
        (weighted(("20", 2), ("40", 4), ("20", 2)), 1),
        ("not_applicable: excluded\n" + weighted(("20", 2), ("40", 4)), 0),  # n/a moves points
        (weighted(("20", 2), ("40", 2)), 0),
        (weighted(("50", 2), ("45", 2)), 1),  # percentages?
        (weighted(("50", 2), ("50", 3)), 0),
        (weighted(("33", 2), ("33", 3), ("33", 2)), 0),
        (weighted(("50", 2), ("61", 2)), 0),
        (weighted(("60", 2), ("40", 2), ("5, applies_when: {f: v}", 2)), 0),
        (weighted(("60", 2), ("35", 2), ("5, applies_when: {f: v}", 2)), 0),
        (weighted(("60", 2), ("30", 2), ("5, applies_when: {f: v}", 2)), 1),
        (weighted(("60", 1), ("40", 2)), 1),  # one rating
        (weighted(("50", 1), ("50", 2)), 1),
        (weighted(("40", 1), ("60", 2)), 0),
        (weighted(("60", 1), ("40", 1)), 0),
        (weighted(("60, applies_when: {f: v}", 1), ("40", 2)), 0),
        (weighted(("95", 1), ("10", 2)), 2),
    ],
)
def test_weights(text: str, number: int) -> None:
    """Weights that change nothing, or look like percentages, or hang on one rating mislead."""
    assert codes(HEAD + "fields: {f: {}}\n" + text) == ["weights-mislead"] * number


def test_weights_beside_conditions() -> None:
    """Weights in the proportion of the points change a score where criteria have conditions."""
    text = weighted(("20", 2), ("40", 4)).replace("{id: c1,", "{id: c1, applies_when: {f: v},", 1)
    assert codes(HEAD + "fields: {f: {}}\n" + text) == []


# What is reckoned.


def reckoned(text: str) -> list[tuple[str, Route]]:
    """The bands that cannot be reached and the criteria that are too light."""
    return [one for one in routes(HEAD + text) if one[0] in ("unreachable-band", "too-light")]


def test_place_of_what_is_reckoned() -> None:
    """A band is said at its name, a criterion at its points, at its levels or as a whole."""
    text = section("points: 100", "points: 1", "levels: {a: 1, b: 0}", "", more=bands("from: 60"))
    assert reckoned(text + "\n") == [
        ("too-light", ("sections", 0, "criteria", 1, "points")),
        ("too-light", ("sections", 0, "criteria", 2, "levels")),
        ("too-light", ("sections", 0, "criteria", 3, "points")),
    ]
    assert reckoned(section("", more=bands("from: 40", "from: 50"))) == [
        ("unreachable-band", ("bands", 1, "name"))
    ]


def test_missing_a_critical_criterion_counts() -> None:
    """Missing a critical criterion reaches the lowest band, so no other rating need do so."""
    levels = "levels: {good: 3, fair: 2}, not_applicable: forbidden"
    more = bands("from: 60")
    assert reckoned(section(levels, more=more)) == [
        ("unreachable-band", ("bands", 0, "name")),
        ("too-light", ("sections", 0, "criteria", 0, "levels")),
    ]
    assert reckoned(section(f"{levels}, critical: true", more=more)) == []


def test_advice_sees_conditions_together() -> None:
    """A band counts as reached where values that one review can give together lead there."""
    two = ("applies_when: {f: a}", "applies_when: {f: b}")
    half = bands("from: 40", "from: 60")  # a half is only made by two criteria
    for rule, reached in (
        ("{values: [a, b]}", False),
        ("{values: [a, b], many: true}", True),
        ("{values: [a, b], required: true}", False),
    ):
        found_here = reckoned(section(*two, more=f"fields: {{f: {rule}}}\n{half}"))
        assert (("unreachable-band", ("bands", 1, "name")) not in found_here) == reached


def test_a_review_observes_something() -> None:
    """All n/a is no review, so a share that only it comes to is not reached."""
    levels = "levels: {good: 3, fair: 2}"
    text = section(levels, more="not_applicable: not_met\n" + bands("from: 10"))
    assert ("unreachable-band", ("bands", 0, "name")) in reckoned(text)
    again = section(levels, levels, more="not_applicable: not_met\n" + bands("from: 35"))
    assert reckoned(again) == []


def test_what_never_applies_is_not_to_blame() -> None:
    """A criterion that no review can have is not called light, nor a band of a rubric of such."""
    rule = "fields: {f: {values: [a, b]}}\n"
    never = (
        f"{rule}{bands('from: 50')}sections:\n"
        "  - {id: s, title: S, applies_when: {f: a}, criteria: "
        f"[{{id: a, title: A, applies_when: {{f: b}}, {TEXTS}}}]}}\n"
    )
    always = f"  - {{id: t, title: T, criteria: [{{id: a, title: B, {TEXTS}}}]}}\n"
    assert reckoned(never) == []
    assert reckoned(never + always) == []


def test_what_cannot_be_reckoned_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many sums nothing is said, nor is an `ignore` of it called unused."""
    ignored = "ignore: {unreachable-band: Why, too-light: Why}\n"
    text = section(*["points: 10"] * 3, "points: 0.5", more=bands("from: 70"))
    assert [code for code, _ in reckoned(text)] == ["too-light"]
    assert codes(HEAD + ignored + text) == ["unused-ignore"]
    for limit in ("MOST_WORK", "MOST_SUMS"):
        with monkeypatch.context() as patch:
            patch.setattr(sums, limit, 3)
            assert reckoned(text) == []
            assert codes(HEAD + ignored + text) == []


def test_large_rubrics_are_given_up() -> None:
    """A rubric with more sums than can be gone over is left alone, in about a second."""
    points = [f"points: {n * n % 997}.{n % 89:02}" for n in range(1, 400)]
    assert reckoned(section(*points, more=bands("from: 70"))) == []


@pytest.mark.at_length
@pytest.mark.parametrize("start", some(range(0, 1200, 50), 2))
def test_reckoning_agrees_with_force(start: int) -> None:
    """Bands and criteria are judged as by scoring every review that a small rubric allows."""
    checked = 0
    for seed in range(start, start + 50):
        rubric = rubric_from(to_yaml(random_rubric(random.Random(seed))))
        wanted = by_force(rubric)
        if wanted is not None:
            checked += 1
            kinds = ("unreachable-band", "too-light")
            routes_of = {one.route[:-1] for one in advice(rubric) if one.code in kinds}
            assert routes_of <= wanted, seed
            assert routes_of == wanted or is_left_alone(rubric), seed
    assert checked > 5


def is_left_alone(rubric: Rubric) -> bool:
    """Whether advice says no more than it is sure of: minimums, ranges, bonuses on no points."""
    return any(section.at_least is not None for section in rubric.sections) or any(
        criterion.range is not None
        or (not rubric.points_of(criterion) and not rubric.is_advisory(criterion))
        for _, criterion in rubric.criteria()
    )


MOST_REVIEWS = 2000
Banded = dict[tuple[str, ...], int]


def by_force(rubric: Rubric) -> set[Route] | None:
    """The bands without a review and the criteria that move none; None if there are too many."""
    readings = {tuple(applying(rubric, one)): one for one in interactions(rubric)}
    words = {
        route: rubric.rating_words(criterion_at(rubric, route))
        for routes in readings
        for route in routes
    }
    if sum(prod(len(words[route]) for route in routes) for routes in readings) > MOST_REVIEWS:
        return None
    scorer = Scorer(rubric)
    reached: set[int] = set()
    applied: set[Route] = set()
    moving: set[Route] = set()
    for routes, interaction in readings.items():
        banded = bands_by_rating(
            scorer, routes, product(*(words[route] for route in routes)), interaction
        )
        reached.update(banded.values())
        if banded:
            applied.update(one for one in routes if rubric.points_of(criterion_at(rubric, one)))
        moving.update(route for place, route in enumerate(routes) if moves(banded, place))
    missing = {("bands", b) for b in range(len(rubric.bands)) if b not in reached}
    light = applied - moving
    return (missing if reached else set()) | (light if len(rubric.bands) > 1 else set())


def criterion_at(rubric: Rubric, route: Route) -> Criterion:
    """The criterion at a route such as `("sections", 0, "criteria", 1)`."""
    return rubric.sections[int(route[1])].criteria[int(route[3])]


def applying(rubric: Rubric, interaction: Interaction) -> Iterator[Route]:
    """Where the criteria stand that apply to an interaction."""
    for s, own in enumerate(rubric.sections):
        for c, criterion in enumerate(own.criteria):
            if holds(own.applies_when, interaction) and holds(criterion.applies_when, interaction):
                yield ("sections", s, "criteria", c)


def interactions(rubric: Rubric) -> Iterator[Interaction]:
    """Every interaction that tells the conditions apart; random rubrics declare their fields."""
    pools: dict[str, set[str]] = {}
    for condition in chain(
        (own.applies_when for own in rubric.sections),
        (criterion.applies_when for _, criterion in rubric.criteria()),
    ):
        for name, values in condition.items():
            pools.setdefault(name, {"none of these"}).update(map(same_value, values))
    choices = []
    for name, pool in pools.items():
        rule = rubric.fields[name]
        known = sorted(map(same_value, rule.values) if rule.values else pool)
        sizes = range(rule.required, (len(known) if rule.many else 1) + 1)
        choices.append([one for size in sizes for one in combinations(known, size)])
    for values_of_each in product(*choices):
        yield dict(zip(pools, values_of_each, strict=True))


def bands_by_rating(
    scorer: Scorer,
    routes: tuple[Route, ...],
    ratings_of_all: Iterable[tuple[str, ...]],
    interaction: Interaction,
) -> Banded:
    """The band of every review of these criteria, by its ratings; reviews of nothing left out."""
    rubric = scorer.rubric
    banded: Banded = {}
    for words in ratings_of_all:
        ratings: dict[str, dict[str, Rated]] = {}
        for route, word in zip(routes, words, strict=True):
            own = ratings.setdefault(rubric.sections[int(route[1])].id, {})
            own[criterion_at(rubric, route).id] = Rated(rating=word)
        try:
            result = scorer.score(Review(ratings=ratings, interaction=interaction))
        except NothingObservedError:
            continue
        banded[words] = 0 if result.band is None else rubric.bands.index(result.band)
    return banded


def moves(banded: Banded, place: int) -> bool:
    """Whether two reviews that differ in nothing but one rating are in different bands."""
    first: dict[tuple[str, ...], int] = {}
    return any(
        first.setdefault(words[:place] + words[place + 1 :], band) != band
        for words, band in banded.items()
    )
