"""The properties that design/scoring.md promises of every score, on random documents."""

import json
import pickle
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import random_documents
from batches import closing, summarise
from charter_score.compiled import band_of, bound_of, bounds_of
from charter_score.figures import percent_text
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.results.batch import BatchRenderer
from charter_score.render.results.json import JsonEnvelope, JsonLines
from charter_score.result import ReviewResult
from charter_score.rubric import Band, Rubric
from charter_score.scoring import NothingObservedError
from charter_score.summary import Summary
from charter_score.wire.encoding import encode, summary_document
from documents import review_from, rubric_from, scored, scored_documents, with_changes
from effort import examples
from random_documents import to_yaml

Document = dict[str, Any]
Change = Callable[[random.Random, Document, Document], None]
Place = tuple[str, str]

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


class Standing(NamedTuple):
    """What must stay where a property says that nothing changes."""

    share: Fraction
    observed_share: Fraction
    band: str | None
    band_observed: str | None
    meets_expected: bool | None
    little_observed: bool


def standing(result: ReviewResult) -> Standing:
    """The shares of a result and what follows from them."""
    return Standing(
        result.share,
        result.observed_share,
        result.band.name if result.band else None,
        result.band_observed.name if result.band_observed else None,
        result.meets_expected,
        result.little_observed,
    )


def documents(rng: random.Random) -> tuple[Document, Document]:
    """A random rubric and a review by it, each criterion rated on its own."""
    rubric = random_documents.rubric(rng)
    review = random_documents.review(rng, rubric)
    random_documents.spell_out(rubric, review)
    return rubric, review


def result_of(rubric: Document, review: Document) -> ReviewResult:
    """The result of two documents; another example where nothing was observed."""
    try:
        return scored_documents(rubric, review)
    except NothingObservedError:
        assume(False)
        raise


def criteria_of(rubric: Document) -> Iterator[tuple[Place, Document]]:
    """Every criterion of a rubric with its section's id and its own."""
    for section in rubric["sections"]:
        for criterion in section["criteria"]:
            yield (section["id"], criterion["id"]), criterion


def levels_of(rubric: Document, criterion: Document) -> Document | None:
    """The levels of a criterion, looked up among the scales."""
    levels = criterion.get("levels")
    return rubric["scales"][levels] if isinstance(levels, str) else levels


def rated_places(rubric: Document, review: Document) -> list[tuple[Place, Document]]:
    """The criteria that a review rates: those that apply."""
    ratings = review["ratings"]
    return [
        ((section, name), criterion)
        for (section, name), criterion in criteria_of(rubric)
        if name in ratings.get(section, {})
    ]


def rate(review: Document, place: Place, word: str) -> Document:
    """The same review with one rating replaced (and a comment, wherever one is wanted)."""
    changed = deepcopy(review)
    changed["ratings"][place[0]][place[1]] = {"rating": word, "comment": "Because."}
    return changed


def rate_all(rubric: Document, review: Document, word: Callable[[Document], str]) -> None:
    """Rate everything that applies with a word for the criterion, and leave no dispute."""
    review.pop("disputes", None)
    for place, criterion in rated_places(rubric, review):
        review.update(rate(review, place, word(criterion)))


# 0 ≤ share ≤ 1. All met → 1.


@given(SEEDS)
@settings(max_examples=examples(150))
def test_shares_are_parts_of_one(seed: int) -> None:
    """Every share, of the review and of each section, lies from 0 to 1."""
    result = result_of(*documents(random.Random(seed)))
    shares = [result.share, result.observed_share]
    for section in result.sections:
        shares += [s for s in (section.score.share, section.observed.score.share) if s is not None]
    assert all(0 <= share <= 1 for share in shares)


@example(3431)
@given(SEEDS)
@settings(max_examples=examples(100))
def test_all_met_is_one(seed: int) -> None:
    """A review in which everything was met, or at its highest level, has all of the points."""
    rubric, review = documents(random.Random(seed))
    scales = rubric.get("scales", {})
    for _, criterion in criteria_of(rubric):
        criterion.pop("critical", None)  # with levels of equal points the best one misses it
        if isinstance(criterion.get("comment"), dict):
            del criterion["comment"]  # of a level that may come to earn all the points
        if isinstance(levels := criterion.get("levels"), dict) and "points" in criterion:
            parts = any(str(worth).endswith("%") for worth in levels.values())
            if not parts:
                del criterion["points"]  # which no level might earn
                criterion["levels"] = {
                    word: str(worth).lstrip("-") for word, worth in levels.items()
                }
    rate_all(rubric, review, lambda one: random_documents.words_from_best(scales, one)[0])
    result = result_of(rubric, review)
    assert result.share == result.observed_share == 1
    assert result.needs == ()


# Better ratings never lower a score.


def changed_rating(seed: int, before: str, after: str) -> tuple[str, ReviewResult, ReviewResult]:
    """The policy for n/a, and results that differ in one rating of a criterion without levels."""
    rng = random.Random(seed)
    rubric, review = documents(rng)
    review.pop("disputes", None)
    places = [
        place
        for place, criterion in rated_places(rubric, review)
        if "levels" not in criterion
        and "range" not in criterion
        and ("n/a" not in (before, after) or criterion.get("not_applicable") != "forbidden")
    ]
    assume(places)
    place = rng.choice(places)
    policy = rubric.get("not_applicable", "met")
    results = [result_of(rubric, rate(review, place, word)) for word in (before, after)]
    return policy, results[0], results[1]


def no_bonus_weighs(result: ReviewResult) -> bool:
    """Whether no section stands above all its points, or below none.

    What is met lowers the average of a section that a bonus brought above 100%, so that leaving it
    out raises the score; and what is missed raises one below 0%.
    """
    return all(0 <= one.score.earned <= one.score.available for one in result.sections)


def band_index(result: ReviewResult) -> int:
    """The place of a result's band from the lowest up."""
    return result.rubric.bands.index(result.band) if result.band else 0


@given(SEEDS)
@settings(max_examples=examples(200))
def test_met_instead_of_not_met(seed: int) -> None:
    """Not met → met never lowers a share or a band, observed ones included."""
    _, before, after = changed_rating(seed, "not met", "met")
    assert before.share <= after.share
    assert before.observed_share <= after.observed_share
    assert band_index(before) <= band_index(after)


@given(SEEDS)
@settings(max_examples=examples(200))
def test_not_applicable_instead_of_not_met(seed: int) -> None:
    """Not met → n/a never lowers the share or the band, where no bonus or deduction weighs."""
    policy, before, after = changed_rating(seed, "not met", "n/a")
    assume(policy != "excluded" or no_bonus_weighs(after))
    assert before.share <= after.share
    assert band_index(before) <= band_index(after)


@given(SEEDS)
@settings(max_examples=examples(200))
def test_not_applicable_instead_of_met(seed: int) -> None:
    """Met → n/a never raises the share or the band, where no bonus or deduction weighs.

    It changes neither under the policy `met`.
    """
    policy, before, after = changed_rating(seed, "met", "n/a")
    assume(policy != "excluded" or no_bonus_weighs(after))
    assert before.share >= after.share
    assert band_index(before) >= band_index(after)
    if policy == "met":
        assert (before.share, before.band) == (after.share, after.band)


@given(SEEDS)
@settings(max_examples=examples(150))
def test_swapping_met_and_not_met(seed: int) -> None:
    """Without n/a and levels, swapping met and not met gives 1 - share."""
    rng = random.Random(seed)
    rubric, review = documents(rng)
    for _, criterion in criteria_of(rubric):
        for name in ("levels", "range", "comment"):
            criterion.pop(name, None)
        if isinstance(criterion.get("critical"), dict):
            del criterion["critical"]
    for section in rubric["sections"]:
        section["criteria"][0]["points"] = 1  # so that there are some in every section
    rubric["on_critical"] = "lowest_band"
    rate_all(rubric, review, lambda _: rng.choice(("met", "not met")))
    swapped = deepcopy(review)
    for place, _ in rated_places(rubric, review):
        word = review["ratings"][place[0]][place[1]]["rating"]
        swapped = rate(swapped, place, "not met" if word == "met" else "met")
    assert result_of(rubric, swapped).share == 1 - result_of(rubric, review).share


# What changes nothing.


def shuffled(rng: random.Random, value: Any) -> Any:
    """The same mappings with their keys in another order; lists stay as they are."""
    if isinstance(value, dict):
        keys = rng.sample(list(value), len(value))
        return {key: shuffled(rng, value[key]) for key in keys}
    return [shuffled(rng, one) for one in value] if isinstance(value, list) else value


@given(SEEDS)
@settings(max_examples=examples(150))
def test_order_of_criteria_sections_and_keys(seed: int) -> None:
    """Sections, criteria and keys in another order change the order of output and nothing else."""
    rng = random.Random(seed)
    rubric, review = documents(rng)
    before = result_of(rubric, review)
    rubric["sections"] = rng.sample(rubric["sections"], len(rubric["sections"]))
    for section in rubric["sections"]:
        section["criteria"] = rng.sample(section["criteria"], len(section["criteria"]))
    after = result_of(shuffled(rng, rubric), shuffled(rng, review))
    assert standing(after) == standing(before)
    assert {s.section.id: (s.score, s.observed) for s in after.sections} == {
        s.section.id: (s.score, s.observed) for s in before.sections
    }
    assert {(n.route, n.share_lost) for n in after.needs} == {
        (n.route, n.share_lost) for n in before.needs
    }
    assert {s.section.id for s in after.strengths} == {s.section.id for s in before.strengths}
    assert [section.section.id for section in after.sections] == [
        section["id"]
        for section in rubric["sections"]
        if section["id"] in {s.section.id for s in before.sections}
    ]


def times(points: str | int, factor: Decimal) -> str:
    """Points multiplied, as a plain decimal."""
    return f"{Decimal(points) * factor:f}"


def multiply_points(rubric: Document, criterion: Document, factor: Decimal) -> None:
    """Multiply what a criterion can earn; a scale is written out where it is used."""
    levels = levels_of(rubric, criterion)
    parts = levels is not None and any(str(worth).endswith("%") for worth in levels.values())
    if levels is None or parts:
        most = criterion.get("range", {"to": 1})["to"]
        criterion["points"] = times(criterion.get("points", most), factor)
        return
    if "points" in criterion:
        criterion["points"] = times(criterion["points"], factor)
    criterion["levels"] = {word: times(points, factor) for word, points in levels.items()}


def scale_all_points(rng: random.Random, rubric: Document, _review: Document) -> None:
    """Multiply all points by one factor."""
    factor = Decimal(rng.choice(("0.001", "0.25", "0.3", "3", "7", "1000")))
    for _, criterion in criteria_of(rubric):
        multiply_points(rubric, criterion, factor)


def add_criterion_without_points(rng: random.Random, rubric: Document, review: Document) -> None:
    """Add an advisory criterion, with any rating, to a section that applies."""
    sections = [section for section in rubric["sections"] if section["id"] in review["ratings"]]
    section = rng.choice(sections)
    extra: Document = {"id": "advisory", "title": "Advisory"}
    extra |= rng.choice(({"points": 0}, {"levels": {"met": 0, "not met": "0.0"}}))
    section["criteria"].insert(rng.randint(0, len(section["criteria"])), extra)
    review["ratings"][section["id"]]["advisory"] = rng.choice(("met", "not met", "n/a"))


def split_criterion(rng: random.Random, rubric: Document, review: Document) -> None:
    """Make two of a criterion, with half of the points and the same rating and disputes."""
    (section_id, name), criterion = rng.choice(rated_places(rubric, review))
    multiply_points(rubric, criterion, Decimal("0.5"))
    section = next(one for one in rubric["sections"] if one["id"] == section_id)
    section["criteria"].append({**deepcopy(criterion), "id": "other-half"})
    ratings = review["ratings"][section_id]
    ratings["other-half"] = deepcopy(ratings[name])
    for dispute in review.get("disputes", [])[:]:
        if (dispute.get("section"), dispute.get("criterion")) == (section_id, name):
            review["disputes"].append({**dispute, "criterion": "other-half"})


def rename_everything(rng: random.Random, rubric: Document, review: Document) -> None:
    """Change comments, names, dates and every other text that no rule reads."""
    rubric["title"] = "Another title"
    rubric["description"] = rubric["organisation"] = rubric["source"] = "n/a"
    rubric["rule_source"] = "not met"
    for section in rubric["sections"]:
        section["title"] = section["guidance"] = "yes"
    for _, criterion in criteria_of(rubric):
        criterion.update(dict.fromkeys(("title", "guidance", "advice", "source"), "0 of 10, 100%"))
    for one in ("advisor", "reviewer", "team", "notes", "advisor_comment"):
        review[one] = rng.choice(("Zoë", "not met", "=1+1"))
    review["id"] = "another"
    review["acknowledged"] = "2031-12-24"
    review["done_well"] = review["could_be_better"] = ["met", "n/a"]
    review["actions"] = [{"what": "not met", "who": "yes", "by": "2031-12-24"}]
    review.setdefault("interaction", {}).update(date="2031-12-24", reference="n/a")
    for (section, name), _ in rated_places(rubric, review):
        rating = review["ratings"][section][name]
        word = rating["rating"] if isinstance(rating, dict) else rating
        review["ratings"][section][name] = {
            "rating": word,
            "comment": rng.choice(("not met", "Why not?", "n/a")),
            "evidence": "100%",
            **({"causes": rating["causes"]} if "causes" in rating else {}),
        }
    for dispute in review.get("disputes", []):
        dispute.update(because="not met", on="2031-12-24", reason="upheld", decided_by="Zoë")


@pytest.mark.parametrize(
    "change",
    [scale_all_points, add_criterion_without_points, split_criterion, rename_everything],
)
@given(seed=SEEDS)
@settings(max_examples=examples(100))
def test_changes_that_change_no_score(change: Change, seed: int) -> None:
    """Scaling all points, a criterion of no points, halves of one, other texts: the same score."""
    rng = random.Random(seed)
    rubric, review = documents(rng)
    assume(review["ratings"])
    before = result_of(rubric, review)
    change(rng, rubric, review)
    assert standing(scored_documents(rubric, review)) == standing(before)


# The same documents in other letters.

QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
PLAIN = re.compile(r"(?!(?:true|false|null)$)[A-Za-z](?:[A-Za-z /-]*[A-Za-z])?", re.IGNORECASE)
WHOLE_LINE = re.compile(r'( *)(-|".*":) "((?:[^"\\]|\\.)*)"')


def meant(quoted: str) -> str:
    """What stands between the double quotes of `to_yaml`."""
    return re.sub(r"\\(.)", r"\1", quoted)


def quote_otherwise(rng: random.Random, found: re.Match[str]) -> str:
    """A text in double quotes in another style: plain, single quotes, escapes, or as it was."""
    text = meant(found[1])
    styles = [found[0], "'" + text.replace("'", "''") + "'"]
    styles.append('"' + "".join(f"\\U{ord(letter):08x}" for letter in text) + '"')
    if PLAIN.fullmatch(text):
        styles.append(text)
    return rng.choice(styles)


def rewritten_line(rng: random.Random, line: str) -> str:
    """A line of `to_yaml` in another style, with comments and white space about it."""
    whole = WHOLE_LINE.fullmatch(line)
    if whole and meant(whole[3]).strip() == meant(whole[3]) and rng.random() < 0.1:
        indent, lead, text = whole.groups()
        return f"{indent}{lead} {rng.choice('|>')}-\n{indent}   {meant(text)}"
    line = QUOTED.sub(lambda found: quote_otherwise(rng, found), line)
    line += rng.choice(("", "", " # met: 100", "   ", "  # not met\n\n# n/a"))
    return line


def rewritten(rng: random.Random, document: Document) -> bytes:
    """The file of a document with other quotes, comments, white space and letters."""
    lines = [rewritten_line(rng, line) for line in to_yaml(document).splitlines()]
    text = "".join(f"{line}\n" for line in lines)
    if rng.random() < 0.3:
        text = re.sub("^ +", lambda indent: indent[0] * 2, text, flags=re.MULTILINE)
    if rng.random() < 0.5:
        text = unicodedata.normalize("NFD", text)
    if rng.random() < 0.5:
        text = text.replace("\n", "\r\n")
    if rng.random() < 0.3:
        text = "# A comment above everything\n\n" + text
    return (b"\xef\xbb\xbf" if rng.random() < 0.5 else b"") + text.encode()


@given(SEEDS)
@settings(max_examples=examples(150))
def test_letters_that_change_no_score(seed: int) -> None:
    """Comments, white space, quoting style, BOM, CRLF and NFD in a file never change a score."""
    rng = random.Random(seed)
    rubric, review = documents(rng)
    before = result_of(rubric, review)
    after = scored(rubric_from(rewritten(rng, rubric)), review_from(rewritten(rng, review)))
    assert standing(after) == standing(before)
    assert [[one.worth for one in section.criteria] for section in after.sections] == [
        [one.worth for one in section.criteria] for section in before.sections
    ]


SCALE_WITH_AN_ACCENT = """
id: r
version: "1"
title: R
scales: {"qualité": {"très bien": 2, "passable": 0}}
fields: {"équipe": {values: ["Élan", "Nord"]}}
sections:
  - id: s
    title: S
    applies_when: {"équipe": "élan"}
    criteria:
      - {id: a, title: A, levels: "qualité", looks_like: {"TRÈS-BIEN": "Voilà."}}
"""
REVIEW_WITH_AN_ACCENT = """
interaction: {"équipe": "ÉLAN"}
ratings: {s: {a: "Très bien"}}
"""
FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")


def test_accents_may_be_composed_or_not() -> None:
    """A rubric and its review mean the same in NFC and in NFD, wherever an accent stands."""
    for of_rubric in FORMS:
        for of_review in FORMS:
            rubric = rubric_from(unicodedata.normalize(of_rubric, SCALE_WITH_AN_ACCENT))
            review = review_from(unicodedata.normalize(of_review, REVIEW_WITH_AN_ACCENT))
            assert scored(rubric, review).share == 1


# Bands.


def bands_of(rng: random.Random) -> tuple[Band, ...]:
    """Two to five bands with bounds at simple fractions, where shares often fall exactly."""
    bounds = sorted({Fraction(rng.randint(1, 19), 20) for _ in range(rng.randint(1, 4))})
    bands = [Band(name="0")]
    for number, bound in enumerate(bounds, 1):
        name = str(number)
        bands.append(
            rng.choice((Band(name=name, from_=bound * 100), Band(name=name, above=bound * 100)))
        )
    return tuple(bands)


def test_band_is_right_at_every_share() -> None:
    """At every k/n with n up to 500 the band is the one that integers alone give."""
    rubric = with_changes(
        two_criteria(0, 1),
        bands=(
            Band(name="0"),
            Band(name="1", from_=70),
            Band(name="2", above=90),
        ),
    )
    for n in range(1, 501):
        for k in range(n + 1):
            band = band_of(rubric, Fraction(k, n))
            expected = (100 * k >= 70 * n) + (100 * k > 90 * n)
            assert band is rubric.bands[expected], (k, n)


def two_criteria(earned: int, lost: int) -> Rubric:
    """A rubric of two criteria with these points."""
    return rubric_from(
        f"{{id: r, version: '1', title: R, sections: [{{id: s, title: S, criteria: ["
        f"{{id: a, title: A, points: {earned}}}, {{id: b, title: B, points: {lost}}}]}}]}}"
    )


def test_band_is_right_beside_every_bound() -> None:
    """Through the whole engine, the shares nearest to a bound fall on their sides of it."""
    bands = (
        Band(name="0"),
        Band(name="1", from_=70),
        Band(name="2", above=90),
    )
    review = review_from("ratings: {s: {a: met, b: not met}}")
    for n in range(1, 501):
        for k in {k for b in (70, 90) for k in range(b * n // 100 - 1, b * n // 100 + 3)}:
            if not 0 <= k <= n:
                continue
            rubric = with_changes(two_criteria(k, n - k), bands=bands)
            result = scored(rubric, review)
            assert result.band is bands[(100 * k >= 70 * n) + (100 * k > 90 * n)], (k, n)
            shown = Fraction(percent_text(result.share, 1, bounds_of(rubric))) / 100
            assert band_of(rubric, shown) is result.band, (k, n)


@given(SEEDS)
@settings(max_examples=examples(100))
def test_band_is_a_step_function(seed: int) -> None:
    """A higher share is never in a lower band, and a band begins exactly at its bound."""
    rng = random.Random(seed)
    rubric = with_changes(two_criteria(0, 1), bands=bands_of(rng))
    shares = sorted(Fraction(rng.randint(0, n), n) for n in range(1, 200))
    places = [rubric.bands.index(band) for s in shares if (band := band_of(rubric, s))]
    assert len(places) == len(shares)
    assert places == sorted(places)
    just = Fraction(1, 10**12)
    for number, band in enumerate(rubric.bands[1:], 1):
        bound = bound_of(band).share
        assert band_of(rubric, bound - just) is rubric.bands[number - 1]
        assert band_of(rubric, bound) is rubric.bands[number - (band.from_ is None)]
        assert band_of(rubric, bound + just) is band


@given(SEEDS)
@settings(max_examples=examples(200))
def test_printed_percentage_never_contradicts_the_band(seed: int) -> None:
    """A printed percentage falls in the share's band and meets what is expected as the share."""
    rng = random.Random(seed)
    result = result_of(*documents(rng))
    rubric = result.rubric
    for share in (result.share, result.observed_share):
        for decimals in (0, 1, 2):
            shown = Fraction(percent_text(share, decimals, bounds_of(rubric))) / 100
            assert band_of(rubric, shown) is band_of(rubric, share)
            for bound in bounds_of(rubric):
                assert (shown >= bound, shown > bound) == (share >= bound, share > bound)


# Batches.


def outcomes_of(rng: random.Random) -> list[Outcome]:
    """A batch over a few rubrics, with failures and skipped reviews in it."""
    rubrics = [random_documents.rubric(rng) for _ in range(rng.randint(1, 3))]
    outcomes: list[Outcome] = []
    for number in range(rng.randint(0, 12)):
        path = f"{number:03}.yaml"
        kind = rng.random()
        if kind < 0.1:
            outcomes.append(Failed(path, ()))
        elif kind < 0.2:
            outcomes.append(Skipped(path, path, "draft"))
        else:
            rubric = rng.choice(rubrics)
            try:
                result = scored_documents(rubric, random_documents.review(rng, rubric))
            except NothingObservedError:
                outcomes.append(Failed(path, ()))
            else:
                outcomes.append(Scored(path, path, "0", "0", result))
    return outcomes


FORMATS: list[type[BatchRenderer]] = [JsonEnvelope, JsonLines]


def pieces_of(form: type[BatchRenderer], outcomes: list[Outcome]) -> tuple[list[Any], Summary]:
    """What a worker process hands back of its chunk of a batch: pieces and a summary."""
    renderer = form()
    made = [renderer.piece(outcome) for outcome in outcomes], summarise(outcomes)
    handed_back: tuple[list[Any], Summary] = pickle.loads(pickle.dumps(made))  # noqa: S301
    return handed_back


def joined(form: type[BatchRenderer], pieces: list[Any], summary: Summary) -> str:
    """The whole document of some pieces in order."""
    renderer = form()
    parts = [renderer.begin(), *map(renderer.add, pieces), *renderer.end(closing(summary))]
    assert all(isinstance(part, str) for part in parts)
    return "".join(map(str, parts))


@pytest.mark.parametrize("form", FORMATS)
@given(seed=SEEDS)
@settings(max_examples=examples(60))
def test_batches_combine(form: type[BatchRenderer], seed: int) -> None:
    """A batch in chunks, summed in any order and by other processes, gives the same bytes."""
    rng = random.Random(seed)
    outcomes = outcomes_of(rng)
    cuts = sorted(rng.randint(0, len(outcomes)) for _ in range(rng.randint(1, 4)))
    chunks = [
        pieces_of(form, outcomes[start:end])
        for start, end in zip([0, *cuts], [*cuts, len(outcomes)], strict=True)
    ]
    whole = Summary()
    for _, part in rng.sample(chunks, len(chunks)):
        whole.combine(part)
    pieces = [piece for chunk, _ in chunks for piece in chunk]
    alone = form()
    text = joined(form, [alone.piece(outcome) for outcome in outcomes], summarise(outcomes))
    assert joined(form, pieces, whole) == text
    documents = [json.loads(text)] if form is JsonEnvelope else map(json.loads, text.splitlines())
    assert all(documents)


@given(SEEDS)
@settings(max_examples=examples(40))
def test_order_of_files(seed: int) -> None:
    """The order in which files are scored changes nothing in their summary."""
    rng = random.Random(seed)
    outcomes = outcomes_of(rng)
    other = rng.sample(outcomes, len(outcomes))
    assert encode(summary_document(summarise(other))) == encode(
        summary_document(summarise(outcomes))
    )
