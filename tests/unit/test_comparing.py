"""What changed between two rubrics, and whether the verdict on their scores can be relied on."""

import json
import random
import unicodedata
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import hostile
import random_documents
from charter_score.cli.rubrics import DiffOptions, run_diff
from charter_score.comparing.changes import Figure, Kind, RubricChanges, Step, Verdict
from charter_score.comparing.comparison import compare
from charter_score.errors import ExitCode, UsageError
from charter_score.figures import decimal_text
from charter_score.linting.review_checks import review_problems
from charter_score.linting.rubric_checks import rubric_problems
from charter_score.rating import same_word
from charter_score.render.rubric.changes import changes_json, rubric_changes
from charter_score.render.text.console import Screen
from charter_score.result import ReviewResult
from charter_score.rubric import Rubric, holds
from charter_score.scoring import NothingObservedError, score
from charter_score.source.validation import validate
from documents import errors_of, review_from, rubric_from, values_from, with_changes
from effort import examples, some
from random_documents import to_yaml

Document = dict[str, Any]
Edit = Callable[[random.Random, Document], None]

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


# Random edits of a random rubric.


def criteria_of(rubric: Document) -> list[Document]:
    return [criterion for section in rubric["sections"] for criterion in section["criteria"]]


def some_criterion(rng: random.Random, rubric: Document) -> Document:
    return rng.choice(criteria_of(rubric))


def levels_of(rubric: Document, criterion: Document) -> Document | None:
    levels = criterion.get("levels")
    return rubric["scales"][levels] if isinstance(levels, str) else levels


def times(points: int | str, factor: int) -> str:
    return decimal_text(Fraction(points) * factor)


def multiply(rubric: Document, criterion: Document, factor: int) -> None:
    """Multiply what a criterion can earn: its points, the levels that are points, or both."""
    levels = levels_of(rubric, criterion)
    if levels is None or any(str(worth).endswith("%") for worth in levels.values()):
        most = criterion.get("range", {"to": 1})["to"]
        criterion["points"] = times(criterion.get("points", most), factor)
        return
    if "points" in criterion:
        criterion["points"] = times(criterion["points"], factor)
    criterion["levels"] = {word: times(worth, factor) for word, worth in levels.items()}


def reword(rng: random.Random, rubric: Document) -> None:
    rubric["description"] = "Other words."
    criterion = some_criterion(rng, rubric)
    criterion[rng.choice(("guidance", "advice", "source", "title"))] = "Said otherwise"
    rng.choice(rubric["sections"])["guidance"] = "Said otherwise"


def scale_points(rng: random.Random, rubric: Document) -> None:
    factor = rng.choice((2, 3, 10))
    for criterion in criteria_of(rubric):
        multiply(rubric, criterion, factor)


def scale_one_section(rng: random.Random, rubric: Document) -> None:
    part = deepcopy(rubric) | {"sections": [rng.choice(rubric["sections"])]}
    scale_points(rng, part)


def scale_weights(rng: random.Random, rubric: Document) -> None:
    factor = rng.choice((2, 3))
    for section in rubric["sections"]:
        if "weight" in section and rng.random() < 0.95:
            section["weight"] = times(section["weight"], factor)


def change_points(rng: random.Random, rubric: Document) -> None:
    criterion = some_criterion(rng, rubric)
    criterion.pop("levels", None)
    criterion["points"] = rng.choice((0, 1, 2, "0.5"))


def change_levels(rng: random.Random, rubric: Document) -> None:
    criterion = some_criterion(rng, rubric)
    levels = levels_of(rubric, criterion)
    if levels is None:
        points = criterion.pop("points", 1)
        criterion["levels"] = {"met": points, "yes": points, "not met": 0, "no": 0}
        return
    levels = dict(levels)
    what = rng.randrange(4)
    word = rng.choice(list(levels))
    if what == 0:
        levels["another"] = rng.choice((0, "0.5", *levels.values()))
    elif what == 1:
        levels[word] = rng.choice((0, 1, "1.5"))
    elif what == 2:
        levels = {(w.upper() if w == word else w): p for w, p in levels.items()}
    elif len(levels) > 1:
        del levels[word]
    criterion["levels"] = levels


def change_permission(rng: random.Random, rubric: Document) -> None:
    criterion = some_criterion(rng, rubric)
    criterion["not_applicable"] = rng.choice(("allowed", "needs_comment", "forbidden"))
    if rng.random() < 0.3:
        criterion["comment"] = rng.choice(("optional", "when_missed"))


def change_critical(rng: random.Random, rubric: Document) -> None:
    criterion = some_criterion(rng, rubric)
    criterion["critical"] = not criterion.get("critical", False)
    if rng.random() < 0.3:
        rubric["on_critical"] = rng.choice(("lowest_band", "zero"))


def change_policy(rng: random.Random, rubric: Document) -> None:
    rubric["not_applicable"] = rng.choice(("met", "excluded", "not_met"))


def forbid_all(rng: random.Random, rubric: Document) -> None:
    change_policy(rng, rubric)
    for criterion in criteria_of(rubric):
        criterion["not_applicable"] = "forbidden"


def change_bands(rng: random.Random, rubric: Document) -> None:
    if rubric.get("bands") and rng.random() < 0.5:
        rng.choice(rubric["bands"])["name"] = "Another name"
    else:
        rubric["bands"] = [{"name": "Low"}, {"name": "High", "from": rng.choice((50, 60))}]
    if rng.random() < 0.5:
        rubric["expected"] = rng.choice((50, 60))


def change_combine(rng: random.Random, rubric: Document) -> None:
    weighted = rubric.get("combine") != "section_weights"
    rubric["combine"] = "section_weights" if weighted else "points"
    for section in rubric["sections"]:
        section.pop("weight", None)
        if weighted:
            section["weight"] = rng.choice((10, 20))


def rename_ids(rng: random.Random, rubric: Document) -> None:
    if rng.random() < 0.5:
        some_criterion(rng, rubric)["id"] = "renamed"
    else:
        rng.choice(rubric["sections"])["id"] = "renamed"


def exchange_ids(rng: random.Random, rubric: Document) -> None:
    criteria = rng.choice(rubric["sections"])["criteria"]
    if len(criteria) > 1:
        one, other = rng.sample(criteria, 2)
        one["id"], other["id"] = other["id"], one["id"]


def reorder(rng: random.Random, rubric: Document) -> None:
    rng.shuffle(rubric["sections"])
    for section in rubric["sections"]:
        rng.shuffle(section["criteria"])


def move(rng: random.Random, rubric: Document) -> None:
    source, target = rng.choice(rubric["sections"]), rng.choice(rubric["sections"])
    if source is not target and len(source["criteria"]) > 1:
        criterion = source["criteria"].pop(rng.randrange(len(source["criteria"])))
        criterion["title"] += " of " + source["id"]
        target["criteria"].append(criterion | {"id": "moved"})


def title_every_criterion_otherwise(rubric: Document) -> None:
    """Give each criterion a title of its own, so that one that moves is known again."""
    for section in rubric["sections"]:
        for criterion in section["criteria"]:
            criterion["title"] = f"{criterion['title']} of {section['id']}"


def move_known(rng: random.Random, rubric: Document) -> None:
    source, target = rng.choice(rubric["sections"]), rng.choice(rubric["sections"])
    if source is not target and len(source["criteria"]) > 1:
        criterion = source["criteria"].pop(rng.randrange(len(source["criteria"])))
        target["criteria"].append(criterion | {"id": "moved"})


def add(rng: random.Random, rubric: Document) -> None:
    extra: Document = {"id": "extra", "title": "Extra", "points": rng.choice((0, 0, 1))}
    if extra["points"] == 0 and rng.random() < 0.3:
        extra["critical"] = True
    if rng.random() < 0.2:
        section = {"id": "extra-part", "title": "Extra part", "criteria": [extra]}
        if rubric.get("combine") == "section_weights":
            section["weight"], extra["points"] = 5, 1
        rubric["sections"].append(section)
    else:
        rng.choice(rubric["sections"])["criteria"].append(extra)


def remove(rng: random.Random, rubric: Document) -> None:
    section = rng.choice(rubric["sections"])
    if len(section["criteria"]) > 1:
        section["criteria"].pop(rng.randrange(len(section["criteria"])))
    elif len(rubric["sections"]) > 1:
        rubric["sections"].remove(section)


def change_condition(rng: random.Random, rubric: Document) -> None:
    place = rng.choice((some_criterion(rng, rubric), rng.choice(rubric["sections"])))
    if "applies_when" in place and rng.random() < 0.5:
        del place["applies_when"]
    else:
        place["applies_when"] = {"channel": rng.choice(("phone", ["phone", "email"]))}


def condition_to_criteria(rng: random.Random, rubric: Document) -> None:
    section = rng.choice(rubric["sections"])
    condition = section.get("applies_when")
    if condition and not any("applies_when" in one for one in section["criteria"]):
        del section["applies_when"]
        for criterion in section["criteria"]:
            criterion["applies_when"] = condition


def change_fields(rng: random.Random, rubric: Document) -> None:
    fields = rubric.setdefault("fields", {})
    name = rng.choice((*fields, "reference"))
    fields[name] = dict(fields.get(name, {"required": False}))
    what = rng.randrange(4)
    if what == 0:
        fields[name]["required"] = True
    elif what == 1:
        fields[name]["many"] = not fields[name].get("many", False)
    elif what == 2:
        fields[name]["title"] = "Another title"
    else:
        fields[name]["values"] = [*fields[name].get("values", ["00123"]), "another"]


def change_minimum(rng: random.Random, rubric: Document) -> None:
    section = rng.choice(rubric["sections"])
    section["at_least"] = rng.choice((0, 30, "66.7", 100))


def change_tags(rng: random.Random, rubric: Document) -> None:
    rubric.setdefault("tags", {})["compliance"] = "Compliance"
    some_criterion(rng, rubric)["tags"] = ["compliance"]


def change_words(rng: random.Random, rubric: Document) -> None:
    rubric["words"] = {"met": ["Cyflawnwyd"], "n/a": rng.choice((["Amherthnasol"], ["n/a"]))}


EDITS: tuple[Edit, ...] = (
    reword, scale_points, scale_one_section, scale_weights, change_points, change_levels,
    change_permission, change_critical, change_policy, forbid_all, change_bands, change_combine,
    rename_ids, exchange_ids, reorder, move, move_known, add, remove, change_condition,
    condition_to_criteria, change_fields, change_minimum, change_tags, change_words,
)  # fmt: skip


def rubric_or_none(document: Document) -> Rubric | None:
    """The rubric of a document, or None where the edits made it an invalid one."""
    rubric, _ = validate(Rubric, values_from(to_yaml(document)))
    return None if rubric is None or errors_of(rubric_problems(rubric)) else rubric


# A review carried over as the comparison says.


def carried(rng: random.Random, review: Document, changes: RubricChanges) -> Document:
    """The review for the new rubric: renamed, dropped, rated anew, commented, filled in."""
    carry, new = changes.carry, changes.new
    after: Document = {"interaction": {}, **deepcopy(review), "ratings": {}}
    interaction = after["interaction"]
    for name in carry.fill:
        interaction[name] = rng.choice(new.fields[name].values or ("some",))
    ratings: dict[tuple[str, str], Any] = {
        carry.renamed.get((section, criterion), (section, criterion)): rating
        for section, rated in review["ratings"].items()
        for criterion, rating in rated.items()
        if (section, criterion) not in carry.dropped
    }
    for section, criterion in new.criteria():
        place = (section.id, criterion.id)
        if place in carry.rate:
            ratings.pop(place, None)
            if holds(section.applies_when, interaction) and holds(
                criterion.applies_when, interaction
            ):
                word = rng.choice(new.rating_words(criterion))
                ratings[place] = {"rating": word, "comment": "Anew."}
        elif place in carry.comment and place in ratings:
            own = ratings[place]
            word = own["rating"] if isinstance(own, dict) else own
            ratings[place] = {"rating": word, "comment": "Because."}
    readers = {(section.id, one.id): new.rating_reader(one) for section, one in new.criteria()}
    respell = {same_word(word): now for word, now in carry.respell.items()}
    for (part, name), rating in ratings.items():
        word = rating["rating"] if isinstance(rating, dict) else rating
        if word is not None and readers[part, name](word) is None:
            word = respell.get(same_word(word), word)
        own = rating | {"rating": word} if isinstance(rating, dict) else word
        after["ratings"].setdefault(part, {})[name] = own
    return after


class Standing(NamedTuple):
    """What wording alone never changes."""

    share: Fraction
    observed: Fraction
    band: str | None
    band_observed: str | None
    meets_expected: bool | None
    little_observed: bool


def standing(result: ReviewResult) -> Standing:
    return Standing(
        result.share,
        result.observed_share,
        result.band and result.band.name,
        result.band_observed and result.band_observed.name,
        result.meets_expected,
        result.little_observed,
    )


def result_or_none(rubric: Rubric, document: Document) -> ReviewResult | None:
    """The result of a review that must be without errors; None where nothing was observed."""
    review = review_from(to_yaml(document))
    assert not errors_of(review_problems(rubric, review))
    try:
        return score(rubric, review)
    except NothingObservedError:
        return None


@example(3774)
@given(SEEDS)
@settings(max_examples=examples(400))
def test_the_verdict_can_be_relied_on(seed: int) -> None:
    """What is called comparable has the same shares, what is called wording the same bands too.

    Every review of the old rubric, carried over as the comparison says, is accepted by the new
    one; figures that it does not call touched are the same.
    """
    rng = random.Random(seed)
    old = random_documents.rubric(rng)
    if rng.random() < 0.5:
        title_every_criterion_otherwise(old)
    new = deepcopy(old)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        rng.choice(EDITS)(rng, new)
    before, after = rubric_or_none(old), rubric_or_none(new)
    assume(before is not None and after is not None)
    assert before is not None
    assert after is not None
    changes = compare(before, after)
    if changes.verdict is Verdict.NOT_COMPARABLE:
        return
    for _ in range(6):
        review = random_documents.review(rng, old)
        random_documents.spell_out(old, review)
        review.pop("disputes", None)
        was = result_or_none(before, review)
        moved = carried(rng, review, changes)
        if changes.verdict is Verdict.WORDING_ONLY:
            assert changes.carry.nothing
            assert moved == {"interaction": {}} | review
            result_or_none(before, random_documents.review(rng, new) | {"disputes": []})
        now = result_or_none(after, moved)
        assert (was is None) is (now is None)
        if was is None or now is None:
            continue
        assert was.share == now.share
        assert was.observed_share == now.observed_share
        assert was.little_observed is now.little_observed or before.combine != "points"
        touched = changes.touched
        if not touched & {Figure.BANDS, Figure.BAND_NAMES}:
            assert standing(was)[2:4] == standing(now)[2:4]
        if Figure.EXPECTED not in touched:
            assert was.meets_expected is now.meets_expected
        if Figure.POINTS not in touched:
            assert (was.score, was.observed) == (now.score, now.observed)
        if Figure.SECTION_SHARES not in touched:
            assert sorted(str(s.score.share) for s in was.sections if s.score.share) == sorted(
                str(s.score.share) for s in now.sections if s.score.share
            )


# One edit each.

BASE = """
id: r
version: "1"
title: Calls
not_applicable: met
on_critical: lowest_band
expected: 70
bands: [{name: Low}, {name: Good, from: 70}, {name: Best, above: 90}]
fields:
  channel: {values: [phone, visit]}
  mood: {values: [calm, cross]}
sections:
  - id: open
    title: Opening
    criteria:
      - {id: greet, title: Greeting, guidance: Says hello., points: 2}
      - {id: name, title: Name, points: 2, not_applicable: forbidden}
      - {id: tone, title: Tone, levels: {good: 4, fair: 2, poor: 0}}
      - {id: note, title: Note, points: 0}
  - id: end
    title: Ending
    criteria:
      - {id: thanks, title: Thanks, points: 2}
      - {id: check, title: Check, points: 2, critical: true, not_applicable: forbidden}
      - {id: hold, title: Hold, points: 2, applies_when: {channel: phone}}
"""
WEIGHTED = (
    BASE.replace("not_applicable: met\n", "combine: section_weights\n")
    .replace("title: Opening", "title: Opening\n    weight: 30")
    .replace("title: Ending", "title: Ending\n    weight: 70")
)

WORDS, SAME, NOT = Verdict.WORDING_ONLY, Verdict.COMPARABLE, Verdict.NOT_COMPARABLE
Told = tuple[str, str, str]


def edited(base: str, *edits: tuple[str, str]) -> RubricChanges:
    """The comparison of a rubric with the same after some of its text was replaced."""
    text = base
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return compare(rubric_from(base), rubric_from(text))


def told(changes: RubricChanges) -> list[Told]:
    """What the changes are, in short: kind, what, place."""
    return [(one.kind.value, one.what, ".".join(one.place)) for one in changes.changes]


EXAMPLES: list[tuple[str, str, str, Verdict, list[Told], set[Figure]]] = [
    (BASE, "Says hello.", "Says good day.", WORDS, [("reworded", "guidance", "open.greet")], set()),
    (BASE, "title: Greeting", "title: Hello", WORDS, [("reworded", "title", "open.greet")], set()),
    (BASE, "title: Calls", "title: Call", WORDS, [("reworded", "title", "")], set()),
    (BASE, "{good: 4, ", "{GOOD: 4, ", WORDS, [("reworded", "levels", "open.tone")], set()),
    (BASE, "channel: {", "channel: {title: C, ", WORDS, [("reworded", "title", "")],
     set()),
    (BASE, "id: greet", "id: hello", SAME, [("renamed", "criterion", "open.hello")],
     {Figure.REVIEWS}),
    (BASE, "id: open", "id: start", SAME, [("renamed", "section", "start")], {Figure.REVIEWS}),
    (BASE, "from: 70", "from: 75", SAME, [("changed", "band", "")], {Figure.BANDS}),
    (BASE, "name: Good,", "name: Fine,", SAME, [("renamed", "band", "")],
     {Figure.BAND_NAMES}),
    (BASE, "name: Low}", "name: Low, meaning: poor}", WORDS, [("reworded", "meaning", "")],
     set()),
    (BASE, ", {name: Best, above: 90}", "", SAME, [("removed", "band", "")], {Figure.BANDS}),
    (BASE, "expected: 70", "expected: 75", SAME, [("changed", "expected", "")],
     {Figure.EXPECTED}),
    (BASE, ", critical: true", "", SAME, [("changed", "critical", "end.check")],
     {Figure.BANDS, Figure.EXPECTED}),
    (BASE, "lowest_band", "zero", NOT, [("changed", "on_critical", "")], set(Figure)),
    (BASE, "not_applicable: met", "not_applicable: excluded", NOT,
     [("changed", "not_applicable", "")], set(Figure)),
    (BASE, "Thanks, points: 2", "Thanks, points: 3", NOT, [("changed", "points", "end.thanks")],
     set(Figure)),
    (BASE, "fair: 2", "fair: 3", NOT, [("changed", "levels", "open.tone")], set(Figure)),
    (BASE, "fair: 2", "fair: 2, so so: 1", SAME, [("changed", "levels", "open.tone")],
     {Figure.REVIEWS}),
    (BASE, "fair: 2", "middling: 2", NOT, [("changed", "levels", "open.tone")], set(Figure)),
    (BASE, "fair: 2", "met: 2, fair: 2", NOT, [("changed", "levels", "open.tone")], set(Figure)),
    (BASE, "poor: 0}", "poor: 0}, critical: true", SAME, [("changed", "critical", "open.tone")],
     {Figure.BANDS, Figure.EXPECTED}),
    (BASE, "Thanks, points: 2", "Thanks, points: 2, not_applicable: forbidden", NOT,
     [("changed", "not_applicable", "end.thanks")], set(Figure)),
    (BASE, "Name, points: 2, not_applicable: forbidden", "Name, points: 2", SAME,
     [("changed", "not_applicable", "open.name")], {Figure.REVIEWS}),
    (BASE, "Thanks, points: 2", "Thanks, points: 2, comment: when_missed", SAME,
     [("changed", "comment", "end.thanks")], {Figure.REVIEWS}),
    (BASE, "Note, points: 0", "Note, points: 0, applies_when: {mood: calm}", SAME,
     [("changed", "applies_when", "open.note")], {Figure.REVIEWS}),
    (BASE, "{channel: phone}", "{channel: visit}", NOT, [("changed", "applies_when", "end.hold")],
     set(Figure)),
    (BASE, "[calm, cross]", "[calm]", SAME, [("changed", "field", "")],
     {Figure.REVIEWS}),
    (BASE, "[calm, cross]", "[calm, cross, sad]", SAME, [("changed", "field", "")],
     {Figure.REVIEWS}),
    (BASE, "[phone, visit]", "[phone]", NOT, [("changed", "field", "")],
     set(Figure)),
    (BASE, "      - {id: note, title: Note, points: 0}\n", "", SAME,
     [("removed", "criterion", "open.note")], {Figure.REVIEWS}),
    (BASE, "      - {id: thanks, title: Thanks, points: 2}\n", "", NOT,
     [("removed", "criterion", "end.thanks")], set(Figure)),
    (BASE, "{id: note, title: Note, points: 0}",
     "{id: note, title: Note, points: 0}\n      - {id: new, title: New, points: 0}", SAME,
     [("added", "criterion", "open.new")], {Figure.REVIEWS}),
    (BASE, "points: 2", "points: 4", NOT,
     [("changed", "points", f"{place}") for place in
      ("open.greet", "open.name", "end.thanks", "end.check", "end.hold")], set(Figure)),
    (WEIGHTED, "weight: 30", "weight: 40", NOT, [("changed", "weight", "open")], set(Figure)),
    (WEIGHTED, "Greeting, guidance: Says hello., points: 2", "Greeting, points: 3", NOT,
     [("reworded", "guidance", "open.greet"), ("changed", "points", "open.greet")], set(Figure)),
]  # fmt: skip


@pytest.mark.parametrize(("base", "old", "new", "verdict", "expected", "touched"), EXAMPLES)
def test_one_edit(
    base: str, old: str, new: str, verdict: Verdict, expected: list[Told], touched: set[Figure]
) -> None:
    """Each kind of edit is told once, in its place, with what it touches."""
    changes = edited(base, (old, new))
    assert told(changes) == expected
    assert changes.verdict is verdict
    assert changes.touched == touched


def test_points_that_are_all_multiplied() -> None:
    """All points times one number are one change, and no share feels it."""
    changes = edited(
        BASE,
        ("points: 2", "points: 6"),
        ("good: 4, fair: 2, poor: 0", "good: 12, fair: 6, poor: 0"),
    )
    assert told(changes) == [("changed", "all points", "")]
    assert (changes.changes[0].old, changes.changes[0].new) == ("14", "42")
    assert changes.verdict is Verdict.COMPARABLE
    assert changes.touched == {Figure.POINTS}


def test_points_of_one_weighted_section_that_are_all_multiplied() -> None:
    """Under section weights each section's points may be multiplied for themselves."""
    changes = edited(
        WEIGHTED,
        *((f"title: {title}, points: 2", f"title: {title}, points: 1")
          for title in ("Thanks", "Check", "Hold")),
    )  # fmt: skip
    assert told(changes) == [("changed", "all points", "end")]
    assert changes.verdict is Verdict.COMPARABLE


def test_weights_that_are_all_multiplied() -> None:
    """All weights times one number are one change, and no share feels it."""
    changes = edited(WEIGHTED, ("weight: 30", "weight: 3"), ("weight: 70", "weight: 7"))
    assert told(changes) == [("changed", "all weights", "")]
    assert changes.verdict is Verdict.COMPARABLE


def test_a_lower_level_can_change_what_misses_a_critical_criterion() -> None:
    """A level below the lowest one lets a critical criterion pass that was missed before."""
    critical = BASE.replace("poor: 0}", "poor: 1}, critical: true")
    changes = edited(critical, ("poor: 1}", "poor: 1, none: 0}"))
    assert changes.touched == {Figure.BANDS, Figure.EXPECTED, Figure.REVIEWS}
    zero = critical.replace("lowest_band", "zero")
    assert edited(zero, ("poor: 1}", "poor: 1, none: 0}")).verdict is Verdict.NOT_COMPARABLE


def test_points_beside_a_level_called_met() -> None:
    """Where n/a earns what `met` does, another worth of `met` changes what n/a earns."""
    levels = BASE.replace("{good: 4, fair: 2, poor: 0}", "{best: 4, met: 4, poor: 0}")
    assert edited(levels, ("met: 4", "met: 3")).verdict is Verdict.NOT_COMPARABLE


def test_a_criterion_that_moved() -> None:
    """What stands in another section under the same title has moved, and is no new criterion."""
    line = "      - {id: greet, title: Greeting, guidance: Says hello., points: 2}\n"
    changes = compare(rubric_from(BASE), rubric_from(BASE.replace(line, "") + line))
    assert told(changes) == [("moved", "criterion", "end.greet")]
    assert changes.touched == {Figure.REVIEWS, Figure.SECTION_SHARES}
    assert changes.carry.renamed == {("open", "greet"): ("end", "greet")}
    weighted = compare(rubric_from(WEIGHTED), rubric_from(WEIGHTED.replace(line, "") + line))
    assert weighted.verdict is Verdict.NOT_COMPARABLE


def test_criteria_that_exchanged_their_ids() -> None:
    """A rating belongs to what the criterion says, so exchanged ids are two renamed ones."""
    changes = edited(
        BASE,
        ("id: greet, title: Greeting", "id: x, title: Greeting"),
        ("id: name, title: Name", "id: greet, title: Name"),
        ("id: x, title", "id: name, title"),
    )
    assert told(changes) == [("renamed", "criterion", "open.name"),
                             ("renamed", "criterion", "open.greet")]  # fmt: skip
    assert changes.carry.renamed == {
        ("open", "greet"): ("open", "name"),
        ("open", "name"): ("open", "greet"),
    }


def test_what_stands_in_another_order() -> None:
    """Another order of sections and criteria is told, and changes no score."""
    old = rubric_from(BASE)
    document = values_from(BASE)
    assert isinstance(document, dict)
    document["sections"].reverse()  # type: ignore[union-attr]
    changes = compare(old, validate(Rubric, document)[0] or old)
    assert told(changes) == [("reordered", "sections", "")]
    assert (changes.changes[0].old, changes.changes[0].new) == ("open, end", "end, open")
    assert changes.verdict is Verdict.WORDING_ONLY


def test_carrying_a_review_over() -> None:
    """What reviews need before the new rubric accepts them is told, criterion by criterion."""
    changes = edited(
        BASE,
        ("      - {id: note, title: Note, points: 0}\n", ""),
        ("id: greet", "id: hello"),
        ("Thanks, points: 2", "Thanks, points: 2, not_applicable: needs_comment"),
        ("values: [calm, cross]", "values: [calm, cross], required: true"),
    )
    carry = changes.carry
    assert carry.renamed == {("open", "greet"): ("open", "hello")}
    assert carry.dropped == (("open", "note"),)
    assert carry.comment == (("end", "thanks"),)
    assert carry.fill == ("mood",)
    assert not carry.nothing
    assert edited(BASE, ("Says hello.", "Says hi.")).carry.nothing


def test_an_example_is_scored_by_the_engine() -> None:
    """Where shares differ, one review shows it: here a miss costs 2 of 14, then 2 of 12."""
    line = "      - {id: thanks, title: Thanks, points: 2}\n"
    example = edited(BASE, (line, "")).example
    assert example is not None
    assert (example.missed, example.old, example.new) == ("Thanks", Fraction(5, 6), Fraction(1))
    forbidden = edited(BASE, ("Thanks, points: 2", "Thanks, points: 2, not_applicable: forbidden"))
    assert forbidden.example is None  # no rating says what its n/a should have been


def test_the_step_that_is_asked_for() -> None:
    """Wording asks for a patch or nothing, comparable for a minor, the rest for a major step."""
    assert edited(BASE, ("Says hello.", "Says hi.")).step is Step.PATCH
    assert edited(BASE, ("expected: 70", "expected: 60")).step is Step.MINOR
    assert edited(BASE, ("Thanks, points: 2", "Thanks, points: 3")).step is Step.MAJOR


def test_one_version_for_two_texts() -> None:
    """Two different rubrics of one id and version are told, two equal ones are not."""
    assert edited(BASE, ("Says hello.", "Says hi.")).says_same_version
    assert not edited(BASE, ("Says hello.", "Says hi."), ('"1"', '"2"')).says_same_version
    same = compare(rubric_from(BASE), rubric_from(BASE))
    assert (same.changes, same.verdict, same.says_same_version) == ((), Verdict.WORDING_ONLY, False)
    assert same.example is None


def test_kinds_and_figures_are_told_in_words() -> None:
    """The words of kinds, figures, verdicts and steps are those of the JSON document."""
    assert [kind.value for kind in Kind] == [
        "added", "removed", "renamed", "moved", "reordered", "reworded", "changed",
    ]  # fmt: skip
    assert [figure.value for figure in Figure] == [
        "shares", "section_shares", "bands", "band_names", "expected", "points",
        "tags", "reviews",
    ]  # fmt: skip


# What people and programs see of it.


def text_of(changes: RubricChanges, width: int = 80) -> str:
    return Screen(width).text(rubric_changes(changes))


def test_the_whole_text() -> None:
    """The verdict and its reasons first, then what reviews need, then each change in its place."""
    changes = edited(
        BASE,
        ('"1"', '"2"'),
        ("expected: 70", "expected: 75"),
        ("id: greet", "id: hello"),
        ("Says hello.", "Says hello and good day."),
    )
    assert (
        text_of(changes)
        == """\
Old: r@1
New: r@2

COMPARABLE: every review of the old rubric has the same score (the same share of
  the points) under the new one.
  Comparable:     scores, section scores and bands
  Not comparable: the expected score
  Version:        a small step (a minor version).

Before the new rubric takes a review of the old
  rename open.greet to open.hello

The rubric
  ~ expected: 70% → 75% (the expected score differs)

Opening
  ~ id of Greeting: greet → hello (no score differs)
  ~ guidance of Greeting reworded (wording)
      was: Says hello.
      now: Says hello and good day.
"""
    )


def test_the_text_of_what_cannot_be_compared() -> None:
    """A review shows the difference; one version for two texts is warned of."""
    text = " ".join(text_of(edited(BASE, ("Thanks, points: 2", "Thanks, points: 4"))).split())
    assert text.startswith("Old: r@1 New: r@1 NOT COMPARABLE: ")
    assert "For example, with everything met but “Thanks”, which is missed: 83.3% under" in text
    assert "Now both are r@1" in text
    assert "~ points of Thanks: 2 → 4 (scores differ)" in text


def test_the_text_of_nothing() -> None:
    """Two equal rubrics are said to be equal."""
    text = text_of(compare(rubric_from(BASE), rubric_from(BASE)))
    assert "WORDING ONLY: no score can differ." in text
    assert "Nothing differs" in text


@pytest.mark.parametrize("width", [20, 40, 80])
def test_every_change_fits_every_width(width: int) -> None:
    """Every kind of change is told in lines no longer than the width."""
    for base, old, new, *_ in EXAMPLES:
        changes = edited(base, (old, new))
        lines = text_of(changes, width).splitlines()
        assert all(len(line) <= width for line in lines)
        assert [line[2] for line in lines if line.startswith(("  ~ ", "  + ", "  - "))] == [
            {"added": "+", "removed": "-"}.get(change.kind.value, "~") for change in changes.changes
        ]


def hostile_changes(text: str) -> RubricChanges:
    """Everything reworded, from plain to hostile and more besides."""
    before, after = hostile.rubric("FIELD"), hostile.rubric(text)
    return compare(before, with_changes(after, version=hostile.hostile("version", text)))


@pytest.mark.at_length
@pytest.mark.parametrize("width", some([40, 80]))
def test_nothing_acts_in_a_terminal(width: int) -> None:
    """No text of a rubric puts a character into the terminal that acts or hides."""
    for changes in (hostile_changes(hostile.BRIEF), compare(
        hostile.rubric(hostile.BRIEF), hostile.rubric("FIELD")
    )):  # fmt: skip
        text = text_of(changes, width)
        assert not {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl")}
        assert "title-greeting" in text


def test_the_document_holds_everything() -> None:
    """The JSON has the verdict, what stays comparable and every change, in plain JSON."""
    changes = edited(BASE, ("expected: 70", "expected: 75"), ("id: greet", "id: hello"))
    document = json.loads(changes_json(changes, "a" * 64, "b" * 64))
    assert document["schema"] == "charter-score/rubric-diff/v1"
    assert document["old"] == {"id": "r", "version": "1", "title": "Calls", "sha256": "a" * 64}
    assert (document["verdict"], document["version_step"]) == ("comparable", "minor")
    assert document["comparable"] == {
        "shares": True, "section_shares": True, "bands": True, "band_names": True,
        "expected": False, "points": True, "tags": True,
    }  # fmt: skip
    assert document["carry_over"]["rename"] == {"open.greet": "open.hello"}
    assert document["changes"] == [
        {"kind": "changed", "what": "expected", "place": None, "title": None,
         "old": "70%", "new": "75%", "touches": ["expected"]},
        {"kind": "renamed", "what": "criterion", "place": "open.hello", "title": "Greeting",
         "old": "greet", "new": "hello", "touches": ["reviews"]},
    ]  # fmt: skip
    assert json.loads(changes_json(hostile_changes(hostile.HOSTILE), "", ""))["changes"]
    differing = edited(BASE, ("Thanks, points: 2", "Thanks, points: 4"))
    assert json.loads(changes_json(differing, "", ""))["example"] == {
        "missed": "Thanks", "not_applicable": None, "old_share": "5/6", "new_share": "5/7",
    }  # fmt: skip
    nothing = compare(rubric_from(BASE), rubric_from(BASE))
    assert json.loads(changes_json(nothing, "", ""))["changes"] == []


def test_words_that_are_no_longer_read_are_told() -> None:
    """Who wrote `Sans-objet` or `yes` hears what to write instead, in text and in JSON."""
    old = BASE + "words: {n/a: [Sans-objet]}\n"
    new = BASE + "words: {met: [Shown], n/a: [Absent]}\n"
    changes = compare(rubric_from(old), rubric_from(new))
    assert changes.verdict is Verdict.COMPARABLE
    assert "write “Absent” in place of: Sans-objet" in text_of(changes, 80)
    document = json.loads(changes_json(changes, "", ""))
    assert document["carry_over"]["respell"] == {"Sans-objet": "Absent"}
    changes = compare(rubric_from(BASE), rubric_from(new))
    assert json.loads(changes_json(changes, "", ""))["carry_over"]["respell"] == {
        "yes": "Shown", "no": "not met", "na": "Absent", "not applicable": "Absent",
    }  # fmt: skip
    assert compare(rubric_from(new), rubric_from(new)).carry.nothing


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two files are compared, as text or JSON; a bad one is told, an unknown one refused."""
    old, new, bad = (tmp_path / name for name in ("old.yaml", "new.yaml", "bad.yaml"))
    old.write_text(BASE)
    new.write_text(BASE.replace("expected: 70", "expected: 75"))
    bad.write_text("id: bad\nsections: []\n")
    assert run_diff(DiffOptions(old=str(old), new=str(new))) is ExitCode.OK
    assert "COMPARABLE" in capsys.readouterr().out
    assert run_diff(DiffOptions(old=str(old), new=str(new), output_format="json")) is ExitCode.OK
    assert json.loads(capsys.readouterr().out)["verdict"] == "comparable"
    code = run_diff(DiffOptions(old=str(old), new=str(bad)))
    assert code is ExitCode.NOT_SCORED
    assert "bad.yaml" in capsys.readouterr().err
    with pytest.raises(UsageError):
        run_diff(DiffOptions(old=str(old), new="no-such-rubric"))


def test_a_minimum_touches_bands() -> None:
    """A section's minimum decides over bands and never over shares; tags over their totals."""
    text = (
        "{id: r, version: '1', title: R, bands: [{name: A}, {name: B, from: 50}], "
        "tags: {t: T}, sections: [{id: s, title: S, criteria: [{id: c, title: C}]}]}"
    )
    old = rubric_from(text)
    (change,) = compare(
        old, rubric_from(text.replace("title: S,", "title: S, at_least: 60,"))
    ).changes
    assert (change.what, change.old, change.new) == ("at_least", None, "at least 60%")
    assert change.touches == {Figure.BANDS, Figure.EXPECTED}
    (change,) = compare(old, rubric_from(text.replace("title: C", "title: C, tags: [t]"))).changes
    assert (change.what, change.new, change.touches) == ("tags", "T", {Figure.TAGS})
