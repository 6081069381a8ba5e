"""Work grows with the size of what is given, never faster: twice the size, about twice the steps.

No clock is asked: `steps` counts what Python does.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from fractions import Fraction
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest

from charter_score import library as library_module
from charter_score.calibration.findings import calibration_of
from charter_score.calibration.reviews import ContactReviews
from charter_score.cli.asked import Asked
from charter_score.cli.formats import Format, Look, renderer
from charter_score.comparing.changes import Carry, RubricChanges
from charter_score.comparing.criteria import CriteriaChanges
from charter_score.comparing.matching import Matching
from charter_score.comparing.rules import rule_changes
from charter_score.diagnostics import START, At, Diagnostic, Problem, Severity
from charter_score.errors import DocumentError
from charter_score.filling.form_writer import review_form
from charter_score.filling.template import review_template
from charter_score.filling.web_form import web_form
from charter_score.gates import Baseline, EarlierReview, Gates, conclusion_of
from charter_score.library import Library, LoadedRubric, RubricReferenceError, load_rubric
from charter_score.limits import MOST_FIELDS
from charter_score.linting import sums
from charter_score.linting.advice import advice
from charter_score.linting.reach import without_effect
from charter_score.linting.review_checks import ReviewLinter
from charter_score.linting.rubric_checks import rubric_problems
from charter_score.linting.sums import TooMuchError
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.pipeline import Job
from charter_score.records import NameFinder
from charter_score.render.results.batch import BatchRenderer, Closing
from charter_score.render.results.explain import explain
from charter_score.render.rubric.changes import changes_json, rubric_changes
from charter_score.render.rubric.markdown import rubric_markdown
from charter_score.render.rubric.score_sheet import score_sheet
from charter_score.render.rubric.terminal import one_rubric
from charter_score.render.text.console import Screen
from charter_score.review import Review
from charter_score.rubric import Rubric
from charter_score.samples.drawing import ListedContact, Request, draw
from charter_score.scoring import Scorer
from charter_score.source.document import Document
from charter_score.source.reading import read_document
from charter_score.source.recorded_results import Recorded
from charter_score.source.validation import validate
from charter_score.verifying import Verifier
from charter_score.wire.encoding import rubric_json
from charter_score.wire.schemas import schema_text
from documents import review_from, rubric_from, values_from, with_changes
from effort import some
from steps import ROOM, assert_grows_with_size, steps_of

Prepare = Callable[[int], Callable[[], object]]


def unknown_keys(number: int) -> str:
    """A review of nothing but keys that nobody knows."""
    return "".join(f"key{index}: x\n" for index in range(number))


def every_key_told(document: Document) -> None:
    """Look up the place of every key of a document for a diagnostic each."""
    assert isinstance(document.value, dict)
    for key in document.value:
        document.diagnostic(Problem("a-code", "a message", (key,), At.KEY, None, Severity.ERROR))


def many_diagnostics(size: int) -> Callable[[], object]:
    """As many diagnostics as lines."""
    document = read_document(unknown_keys(size).encode(), "test.yaml")
    return lambda: every_key_told(document)


def diagnostics_before_blank_lines(size: int) -> Callable[[], object]:
    """Some diagnostics, and a hundred times as many blank lines behind them."""
    text = unknown_keys(size) + "\n" * (100 * size)
    document = read_document(text.encode(), "test.yaml")
    return lambda: every_key_told(document)


def refused_by_the_reader(text: str) -> Prepare:
    """A text so many times over, in which the reader finds something each time."""

    def prepare(size: int) -> Callable[[], object]:
        data = "".join(text.format(index) for index in range(size)).encode()

        def read() -> None:
            with pytest.raises(DocumentError):
                read_document(data, "test.yaml")

        return read

    return prepare


@pytest.mark.parametrize(
    ("prepare", "size"),
    [
        pytest.param(many_diagnostics, 100, id="many diagnostics"),
        pytest.param(diagnostics_before_blank_lines, 50, id="blank lines behind them"),
        pytest.param(refused_by_the_reader("&a k{}: x\n"), 100, id="anchors"),
        pytest.param(refused_by_the_reader("a: 1\n"), 100, id="keys given twice"),
        pytest.param(refused_by_the_reader("k{}: !a x\n"), 100, id="tags"),
    ],
)
def test_reading(prepare: Prepare, size: int) -> None:
    """However much is wrong with a document, telling it takes no more than its size asks."""
    assert_grows_with_size(prepare, size)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("line", ["# a comment", "", "  # deeper"])
def test_a_long_head_of_comments(line: str, end: str) -> None:
    """Comments before a document are passed over once, whatever ends their lines.

    A pattern that can take a CRLF for one line end or for two tries both at every line: thirty
    lines would take longer than anybody waits.
    """
    text = (line + end) * 2_000 + "a: b" + end
    assert read_document(text.encode(), "test.yaml").value == {"a": "b"}


# Rubrics.

TEXTS = (
    'guidance: "Hear it and see it.", advice: Practise it., source: "The standard, 2", '
    "looks_like: {met: It is seen., not met: It is not.}"
)


def rubric_text(sections: int, criteria: int, *, change: str = "", weighted: bool = False) -> str:
    """A rubric of so many sections of so many criteria, no two of them worth the same.

    `change` is put behind every title and id: a rubric whose ratings have to be looked for.
    """
    lines = [
        f'id: r\nversion: "1{change}"\ntitle: T\nexpected: 70',
        "bands: [{name: Low}, {name: Fair, from: 50}, {name: High, from: 90}]",
        "scales: {quality: {good: 2, fair: 1, poor: 0}}",
        "fields:\n  channel: {values: [phone, visit], many: true}",
        *(f"  f{n}: {{values: [a{n}, b{n}]}}" for n in range(min(90, sections * criteria))),
        "combine: section_weights" if weighted else "combine: points",
        "sections:",
    ]
    for s in range(sections):
        weight = f", weight: {s + 1}" if weighted else ""
        lines.append(f"  - {{id: s{s}{change}, title: S{s}{change}{weight}, criteria: [")
        for c in range(criteria):
            number = s * criteria + c
            own = (
                "levels: quality",
                f"points: {number + 1}",
                f"points: {number + 1}, applies_when: {{channel: [phone], f0: [a0, b0]}}",
                f"points: {number + 1}, critical: true, not_applicable: forbidden",
            )[number % 4]
            texts = TEXTS if number % 4 else "guidance: Hear it."
            lines.append(f"      {{id: c{c}{change}, title: C{number}{change}, {own}, {texts}}},")
        lines.append("    ]}")
    return "\n".join(lines) + "\n"


def rubric_of_size(size: int, shape: str, change: str = "") -> Rubric:
    """A rubric of so many criteria: in one section, or one in each section."""
    sections, criteria = (1, size) if shape == "one section" else (size, 1)
    return rubric_from(rubric_text(sections, criteria, change=change, weighted=shape == "weights"))


def review_of_size(rubric: Rubric, rating: str = "") -> Review:
    """A review with a rating and a comment for every criterion of a rubric."""
    lines = [
        "id: a",
        "advisor: Ann",
        "team: North",
        "interaction: {channel: phone, f0: a0}",
        "ratings:",
    ]
    for section in rubric.sections:
        lines.append(f"  {section.id}:")
        for number, criterion in enumerate(section.criteria):
            words = rubric.rating_words(criterion)
            worst = words[1] if criterion.levels is None else words[2]
            mixed = words[number % 2] if len(words) < 4 else words[number % 3]
            word = {"": mixed, "worst": worst}.get(rating, rating)
            lines.append(f'    {criterion.id}: {{rating: {word}, comment: "Seen."}}')
    return review_from("\n".join(lines) + "\n")


def changed(rubric: Rubric, how: str) -> Rubric:
    """Another version of a rubric."""
    match how:
        case "the same":
            return rubric
        case "turned round":
            sections = tuple(
                with_changes(section, criteria=section.criteria[::-1])
                for section in reversed(rubric.sections)
            )
        case "other ids":
            sections = tuple(
                with_changes(
                    section,
                    id=f"{section.id}-x",
                    criteria=tuple(with_changes(one, id=f"{one.id}-x") for one in section.criteria),
                )
                for section in rubric.sections
            )
        case "other titles":
            sections = tuple(
                with_changes(
                    section,
                    title=f"{section.title} x",
                    criteria=tuple(
                        with_changes(one, title=f"{one.title} x", guidance="New.")
                        for one in section.criteria
                    ),
                )
                for section in rubric.sections
            )
        case "all new":
            sections = tuple(
                with_changes(
                    section,
                    id=f"{section.id}-x",
                    title=f"{section.title} x",
                    criteria=tuple(
                        with_changes(one, id=f"{one.id}-x", title=f"{one.title} x")
                        for one in section.criteria
                    ),
                )
                for section in rubric.sections
            )
        case "moved":
            criteria = [section.criteria for section in rubric.sections]
            moved = [*criteria[1:], criteria[0]]
            sections = tuple(
                with_changes(section, criteria=own)
                for section, own in zip(rubric.sections, moved, strict=True)
            )
        case "other points":
            sections = tuple(
                with_changes(
                    section,
                    weight=section.weight and section.weight + 1,
                    criteria=tuple(
                        one if one.points is None else with_changes(one, points=one.points + 1)
                        for one in section.criteria
                    ),
                )
                for section in rubric.sections
            )
        case _:
            raise ValueError(how)
    return with_changes(rubric, version="2", sections=sections)


CHANGES = (
    "the same",
    "turned round",
    "other ids",
    "other titles",
    "all new",
    "moved",
    "other points",
)
SHAPES = ("one section", "sections", "weights")
SIZE = 40
"""Criteria of the smaller rubric; sections too, of which there are at most 100."""


def looked_at(rubric: Rubric) -> object:
    """The advice that looks and does not reckon: what that takes has a limit of its own."""
    return advice(with_changes(rubric, bands=()))


OF_A_RUBRIC: dict[str, Callable[[Rubric], object]] = {
    "problems": rubric_problems,
    "advice": looked_at,
    "markdown": rubric_markdown,
    "terminal": one_rubric,
    "score sheet": score_sheet,
    "json": rubric_json,
    "template": lambda rubric: review_template(rubric, "r@1", "schema.json"),
    "form": lambda rubric: review_form(rubric, "r@1"),
    "web form": lambda rubric: web_form(LoadedRubric(rubric, "r.yaml", ""), "r@1"),
    "schema": lambda rubric: schema_text("review", rubric),
    "scorer": lambda rubric: Scorer(rubric).score(review_of_size(rubric)),
    "review linter": lambda rubric: ReviewLinter(rubric).problems(review_of_size(rubric)),
    "wrong ratings": lambda rubric: ReviewLinter(rubric).problems(review_of_size(rubric, "wrong")),
}


@pytest.mark.at_length
@pytest.mark.parametrize("shape", some(SHAPES))
@pytest.mark.parametrize("what", OF_A_RUBRIC)
def test_what_is_made_of_a_rubric(what: str, shape: str) -> None:
    """Checks, views and documents of a rubric take what its number of criteria asks."""

    def prepare(size: int) -> Callable[[], object]:
        rubric = rubric_of_size(size, shape)
        return lambda: OF_A_RUBRIC[what](rubric)

    assert_grows_with_size(prepare, SIZE)


@pytest.mark.at_length
@pytest.mark.parametrize("shape", some(SHAPES))
@pytest.mark.parametrize("how", CHANGES)
def test_comparing_rubrics(how: str, shape: str) -> None:
    """Two rubrics are compared, and the changes told, in what their size asks."""

    def prepare(size: int) -> Callable[[], object]:
        old = rubric_of_size(size, shape)
        new = changed(old, how)

        def run() -> None:
            matching = Matching(old, new)
            tuple(rule_changes(matching))
            # (The example scores as many reviews as there are criteria, up to a fixed number.)
            found = RubricChanges(
                old, new, tuple(CriteriaChanges(matching).changes()), Carry(), None
            )
            rubric_changes(found)
            changes_json(found, "0", "0")

        return run

    assert_grows_with_size(prepare, SIZE)


@pytest.mark.parametrize("values", [1, 2])
@pytest.mark.parametrize("fields", [10, MOST_FIELDS])
def test_reckoning_has_a_limit(fields: int, values: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What bands can be reached is given up in time, however much each condition asks for."""
    asked = ", ".join(f"g{n}: [{', '.join('ab'[:values])}]" for n in range(fields - 2))
    rubric = rubric_from(rubric_text(1, 4).replace("applies_when: {", f"applies_when: {{{asked}, "))
    monkeypatch.setattr(sums, "MOST_WORK", 50_000)

    def give_up() -> None:
        with pytest.raises(TooMuchError):
            without_effect(rubric)

    assert steps_of(give_up) < 50_000 + 100 * fields


# Reviews.

RENDERERS: dict[str, Callable[[], BatchRenderer]] = {
    **{
        chosen.value: lambda chosen=chosen: renderer(chosen, Look(asked=Asked(["a.yaml"])))
        for chosen in Format
    },
    "csv --long": lambda: renderer(Format.CSV, Look(long=True, asked=Asked(["a.yaml"]))),
}


def rendered(make: Callable[[], BatchRenderer], outcomes: Iterable[Outcome]) -> None:
    """A batch through one renderer, with everything that is collected and the gates."""
    one = make()
    gates = Gates(expected=True, fail_under=Fraction(1, 2), max_not_applicable=Fraction(1, 2))
    collected = Job((), by=("advisor", "channel", "month", "f0"), gates=gates).collected()
    one.begin()
    for outcome in outcomes:
        collected.add(outcome)
        one.add(one.piece(outcome))
    verdicts = gates.verdicts(collected.gates, collected.summary)
    for _ in one.end(Closing(collected, verdicts, conclusion_of(collected.summary, verdicts))):
        pass


@pytest.mark.at_length
@pytest.mark.parametrize(
    ("shape", "rating"),
    some(list(product(("sections", "one section", "weights"), ("worst", "")))),
)
@pytest.mark.parametrize("name", RENDERERS)
def test_a_large_review(name: str, shape: str, rating: str) -> None:
    """One review is shown in what its number of criteria asks, in every format."""

    def prepare(size: int) -> Callable[[], object]:
        rubric = rubric_of_size(size, shape)
        result = Scorer(rubric).score(review_of_size(rubric, rating))
        outcome = Scored("a.yaml", "a", "0", "0", result)
        return lambda: rendered(RENDERERS[name], [outcome])

    assert_grows_with_size(prepare, SIZE)


@pytest.mark.at_length
@pytest.mark.parametrize("shape", some(SHAPES))
def test_explaining_a_large_review(shape: str) -> None:
    """The arithmetic of a review is told in what its number of criteria asks."""

    def prepare(size: int) -> Callable[[], object]:
        rubric = rubric_of_size(size, shape)
        scored = Scored("a.yaml", "a", "0", "0", Scorer(rubric).score(review_of_size(rubric)))
        return lambda: Screen(80).text(explain(scored))

    assert_grows_with_size(prepare, SIZE)


@pytest.mark.at_length
@pytest.mark.parametrize("size", some([SIZE // 2, 2 * SIZE]))
@pytest.mark.parametrize("name", RENDERERS)
def test_many_reviews(name: str, size: int) -> None:
    """A batch is summed up, judged and shown in what its number of reviews asks."""
    rubric = rubric_from(rubric_text(2, 3))
    plain = review_of_size(rubric)

    def prepare(size: int) -> Callable[[], object]:
        outcomes: list[Outcome] = []
        for number in range(size):
            review = with_changes(plain, id=f"r{number}", advisor=f"Ann {number}")
            path = f"{number}.yaml"
            warning = Diagnostic("a-code", "a message", path, START, None, Severity.WARNING)
            result = Scorer(rubric).score(review)
            outcomes.append(Scored(path, review.id or "", "0", "0", result, (warning,)))
            outcomes.append(
                Failed(f"{number}-x.yaml", (warning._replace(severity=Severity.ERROR),))
            )
            outcomes.append(Skipped(f"{number}-y.yaml", "y", "draft", (warning,)))
        return lambda: rendered(RENDERERS[name], outcomes)

    assert_grows_with_size(prepare, size)


@pytest.mark.parametrize("ids", ["each its own", "one for all"])
def test_against_a_baseline(ids: str) -> None:
    """An earlier run is compared in what the number of its reviews asks."""
    rubric = rubric_from(rubric_text(2, 3))
    result = Scorer(rubric).score(review_of_size(rubric))

    def prepare(size: int) -> Callable[[], object]:
        names = [f"r{number}" if ids == "each its own" else "r" for number in range(size)]
        earlier = [
            EarlierReview((name, rubric.name), f"{number}.yaml", "High", Fraction(1), "0", "0")
            for number, name in enumerate(names)
        ]
        gates = Gates(baseline=Baseline(earlier))

        def run() -> None:
            collected = Job((), gates=gates).collected()
            for number, name in enumerate(names):
                collected.add(Scored(f"{number}.yaml", name, "0", "0", result))
            gates.verdicts(collected.gates, collected.summary)

        return run

    assert_grows_with_size(prepare, SIZE)


# Documents of nothing but mistakes.


@pytest.mark.parametrize("kind", [Rubric, Review])
@pytest.mark.parametrize(
    "line",
    [
        "k{}: x\n",
        "ratings{}: {{a: {{b: c}}}}\n",
    ],
)
def test_unknown_keys(kind: type[Rubric] | type[Review], line: str) -> None:
    """A document of nothing but unknown keys is refused in what its size asks."""

    def prepare(size: int) -> Callable[[], object]:
        # The first fifty get a hint with what may have been meant.
        value = values_from("".join(line.format(number) for number in range(50 + 4 * size)))
        return lambda: validate(kind, value)

    assert_grows_with_size(prepare, 100)


@pytest.mark.parametrize("reference", ["plymouth-quality-monitoring", "small", "no-such-rubric"])
def test_a_rubric_is_read_once(
    reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many reviews name a rubric, known or not, each of its files is read once."""
    (tmp_path / "small.yaml").write_text(rubric_text(1, 1).replace("id: r", "id: small", 1))
    read: list[str] = []
    real = library_module.read_document

    def counted(data: bytes, shown: str) -> Document:
        read.append(shown)
        return real(data, shown)

    monkeypatch.setattr(library_module, "read_document", counted)
    library = Library(folders=[str(tmp_path)])
    review = Review(rubric=reference, ratings={})
    for _ in range(3):
        with suppress(RubricReferenceError):
            library.rubric_for(review, None, None)
    assert read
    assert len(read) == len(set(read))


def test_conditions_that_never_hold() -> None:
    """A rubric of nothing but conditions that no review can meet is refused in what they ask."""

    def prepare(size: int) -> Callable[[], object]:
        text = rubric_text(1, 4 * (size + 20)).replace("f0: [a0, b0]", "f0: [never]")
        rubric, _ = validate(Rubric, values_from(text))
        assert rubric is not None
        return lambda: rubric_problems(rubric)

    prepare(2)()
    # The first fifty get a hint with what may have been meant, so the beginning is left out.
    few, once, twice = (steps_of(prepare(size)) for size in (40, 80, 120))
    assert twice - once <= ROOM * (once - few)


def test_unknown_criteria() -> None:
    """A review of nothing but unknown criteria is refused in what their number asks."""
    rubric = rubric_from(rubric_text(2, 50))

    def prepare(size: int) -> Callable[[], object]:
        review = review_from(
            "ratings:\n  s0:\n" + "".join(f"    Q{n}Q: met\n" for n in range(50 + 4 * size))
        )
        linter = ReviewLinter(rubric)
        return lambda: linter.problems(review)

    prepare(2)()
    few, once, twice = (steps_of(prepare(size)) for size in (40, 80, 120))
    assert twice - once <= ROOM * (once - few)


# Many reviews together: reviewers, persons, disputes, lists.


def _contacts(size: int) -> list[Scored]:
    """Two reviews of each of some contacts."""
    rubric = rubric_from(rubric_text(2, 3))
    scorer = Scorer(rubric)
    reviews = []
    for number in range(size):
        for reviewer in ("Ann", "Ben"):
            about = {"reviewer": reviewer, "interaction": {"reference": f"C{number}"}}
            review = with_changes(review_of_size(rubric), **about)
            path = f"{number}-{reviewer}.yaml"
            reviews.append(Scored(path, path, "0", "0", scorer.score(review)))
    return reviews


def test_gathering_reviews_of_contacts() -> None:
    """Reviews of the same contacts are found in what their number asks."""

    def prepare(size: int) -> Callable[[], object]:
        reviews = _contacts(size)

        def run() -> None:
            collected = ContactReviews()
            for scored in reviews:
                collected.add(scored)
            assert len(collected.rounds()[0][0].contacts) == size

        return run

    assert_grows_with_size(prepare, 50)


def test_many_reviewers_of_one_contact() -> None:
    """Who said what is compared in what the number of reviewers asks, not of their pairs."""
    rubric = rubric_from(rubric_text(2, 3))
    scorer = Scorer(rubric)

    def prepare(size: int) -> Callable[[], object]:
        collected = ContactReviews()
        for number in range(size):
            about = {"reviewer": f"R{number}", "interaction": {"reference": "C"}}
            review = with_changes(review_of_size(rubric), **about)
            collected.add(Scored(f"{number}.yaml", "r", "0", "0", scorer.score(review)))
        (one,) = collected.rounds()[0]
        return lambda: calibration_of(one)

    assert_grows_with_size(prepare, 50)


def test_finding_names_in_texts() -> None:
    """Names are looked for in what texts and names have together, not in their product."""

    def prepare(size: int) -> Callable[[], object]:
        names = [f"Advisor {number}" for number in range(size)]
        texts = [f"Spoke of person {number} at the desk." for number in range(size)]

        def run() -> None:
            finder = NameFinder(names)
            assert not any(finder.is_in(text) for text in texts)

        return run

    assert_grows_with_size(prepare, 100)


def test_drawing_from_a_list() -> None:
    """A list is drawn from in what its number of contacts asks."""

    def prepare(size: int) -> Callable[[], object]:
        contacts = [
            ListedContact(f"C{number}", {"advisor": f"A{number % 5}", "channel": "phone"})
            for number in range(size)
        ]
        request = Request("x", per_advisor=3, strata=("channel", "length"))
        return lambda: draw(contacts, request)

    assert_grows_with_size(prepare, 200)


def test_verifying_results(tmp_path: Path) -> None:
    """Results are recomputed in what their number asks."""
    (tmp_path / "rubric.yaml").write_text(rubric_text(2, 3), encoding="utf-8")
    rubric = load_rubric(tmp_path / "rubric.yaml")

    def prepare(size: int) -> Callable[[], object]:
        folder = tmp_path / str(size)
        folder.mkdir(exist_ok=True)
        results = []
        for number in range(size):
            path = folder / f"{number}.yaml"
            ratings = {
                section.id: {one.id: "met" for one in section.criteria}
                for section in rubric.rubric.sections
            }
            path.write_text(json.dumps({"ratings": ratings, "notes": str(number)}))
            data = path.read_bytes()
            digest = sha256(data).hexdigest()
            results.append(
                {
                    "review": {"id": str(number), "path": str(path), "sha256": digest},
                    "rubric": {"sha256": rubric.sha256},
                }
            )
        recorded = Recorded("r.json", results, [], [], None)
        return lambda: Verifier(recorded, "", Library(), rubric, [str(folder)]).verify()

    assert_grows_with_size(prepare, 20)
