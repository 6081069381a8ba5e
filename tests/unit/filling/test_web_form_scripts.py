"""The scripts of the browser form against the program itself: what applies, is missing, is read."""

import json
import random
import re
import unicodedata
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

import page_scripts
import random_documents
from charter_score.diagnostics import Problem
from charter_score.errors import DocumentError
from charter_score.field_types import day_of, is_date
from charter_score.filling.web_form import form_data
from charter_score.linting import review_problems
from charter_score.pipeline import nothing_observed
from charter_score.rating import same_word
from charter_score.review import Review, WholeSection
from charter_score.rubric import Rubric, applies, same_value
from charter_score.scalars import Scalar, Value
from charter_score.scoring import NothingObservedError, score
from charter_score.source.reading import read_document
from documents import errors_of, review_from, rubric_from
from effort import LONG, examples
from random_documents import to_yaml
from suites.test_public_suites import JSON

Told = set[tuple[str, ...]]


def a_rubric(rng: random.Random) -> dict[str, Any]:
    """A random rubric; some of its fields are required, some are not declared."""
    document = random_documents.rubric(rng)
    for name, field in list(document.get("fields", {}).items()):
        if rng.random() < 0.3:
            field["required"] = True
        elif rng.random() < 0.15:
            del document["fields"][name]
    return document


def a_review(rng: random.Random, rubric: dict[str, Any]) -> dict[str, Any]:
    """A random review with things left out, written wrongly, or rated where nothing applies."""
    review = random_documents.review(rng, rubric)
    review.pop("disputes", None)
    review["status"] = rng.choice(("final", "draft", "calibration", "void", "self"))
    if rng.random() < 0.1:
        review["drafted_by"] = "model 5"
    interaction = review.setdefault("interaction", {})
    if rng.random() < 0.5:
        interaction["date"] = rng.choice(("2024-02-29", "2023-02-29", "2024-2-9", "0000-01-01"))
    for name in list(interaction):
        if rng.random() < 0.15:
            del interaction[name]
        elif rng.random() < 0.15 and name != "date":
            interaction[name] = rng.choice(("no such value", ["one", "two"], ""))
    is_na = rng.random() < 0.1
    for section in rubric["sections"]:
        rated = review["ratings"].setdefault(section["id"], {})
        if isinstance(rated, str) or "rating" in rated or rng.random() < 0.05:
            if rng.random() < 0.5:
                word = rng.choice(("n/a", "NA", "met", "no such rating"))
                review["ratings"][section["id"]] = rng.choice(
                    (word, {"rating": word}, {"rating": word, "comment": "Nothing came up."})
                )
            if rng.random() < 0.9:
                continue
            rated = review["ratings"][section["id"]] = {}
        for criterion in section["criteria"]:
            chance = rng.random()
            if is_na and criterion["id"] in rated:
                rated[criterion["id"]] = {"rating": "n/a", "comment": "It did not come up."}
            elif chance < 0.2:
                rated.pop(criterion["id"], None)
            elif chance < 0.3:
                word = rng.choice(("met", "n/a", "Not Met", "no such rating", " 1.50", "7", "1e1"))
                rated[criterion["id"]] = word
            elif chance < 0.4 and isinstance(rated.get(criterion["id"]), dict):
                rated[criterion["id"]].pop("comment", None)
            elif chance < 0.45:
                rated[criterion["id"]] = {
                    "rating": rng.choice(("n/a", "met", "no")),
                    "comment": "Heard.",
                    "causes": [rng.choice(("habit", "no_such_cause"))],
                }
    return review


def answers_of(review: Review) -> dict[str, Any]:
    """A review as the scripts have it."""
    return {
        "final": review.is_scored,
        "interaction": [
            [name, [value] if isinstance(value, str) else list(value)]
            for name, value in review.interaction.items()
        ],
        "ratings": [
            [
                f"{section}.{criterion}",
                {
                    "rating": own.rating or "",
                    "comment": own.comment or "",
                    "evidence": own.evidence or "",
                    "causes": list(own.causes),
                },
            ]
            for section, rated in review.ratings.items()
            if not isinstance(rated, WholeSection)
            for criterion, own in rated.items()
        ],
        "whole": [
            [section, {"rating": whole.rating or "", "comment": whole.comment or ""}]
            for section, whole in review.ratings.items()
            if isinstance(whole, WholeSection)
        ],
    }


def told_by_check(rubric: Rubric, review: Review) -> Told:
    """The code and place of each error of a review; each criterion that is not rated for itself."""
    problems = errors_of(review_problems(rubric, review))
    if not problems and review.is_scored:
        try:
            score(rubric, review)
        except NothingObservedError:
            problems = [nothing_observed()]
    return {told for problem in problems for told in _each(rubric, review, problem)}


def _each(rubric: Rubric, review: Review, problem: Problem) -> Iterator[tuple[str, ...]]:
    code, route = problem.code, problem.route
    if code != "unrated":
        yield (code, *map(str, route[: 2 if route[0] == "interaction" else 3]))
        return
    named = re.match(r"([\w-]+)(?:\.([\w-]+) has|: \d+ criteria have) no rating", problem.message)
    assert named is not None, problem.message
    for section, criterion in rubric.criteria():
        is_meant = section.id == named[1] and named[2] in (None, criterion.id)
        if is_meant and applies(section, criterion, review.interaction):
            yield (code, "ratings", section.id, criterion.id)


@pytest.mark.at_length
def test_what_applies_and_is_missing_is_what_check_says() -> None:
    """On random rubrics and answers, right and wrong, final and not: the same codes and places."""
    rng = random.Random(5)
    cases: list[tuple[Rubric, list[Review]]] = []
    for _ in range(examples(3_000)):
        document = a_rubric(rng)
        rubric = rubric_from(to_yaml(document))
        reviews = [review_from(to_yaml(a_review(rng, document))) for _ in range(4)]
        cases.append((rubric, reviews))
    found = page_scripts.run(
        """
        return given.map(([form, all]) => all.map(answersFrom).map((answers) => [
          problems(form, answers).map(({ code, route }) => [code, ...route]),
          applying(form, answers).map(([section, criterion]) => [section.id, criterion.id]),
        ]));
        """,
        [
            [form_data(rubric, rubric.name), [answers_of(one) for one in reviews]]
            for rubric, reviews in cases
        ],
    )
    codes = set()
    for (rubric, reviews), of_rubric in zip(cases, found, strict=True):
        for review, (problems, applying) in zip(reviews, of_rubric, strict=True):
            expected = told_by_check(rubric, review)
            assert set(map(tuple, problems)) == expected
            assert [tuple(one) for one in applying] == [
                (section.id, criterion.id)
                for section, criterion in rubric.criteria()
                if applies(section, criterion, review.interaction)
            ]
            codes |= {told[0] for told in expected}
    assert codes == {
        *("unrated", "comment-missing", "does-not-apply", "unknown-rating", "na-forbidden"),
        *("field-required", "bad-date", "unknown-word", "single-value", "nothing-observed"),
        *("unknown-cause", "cause-of-nothing"),
    }


def partition(keys: Iterable[str], form: Callable[[str], str] | list[str]) -> set[frozenset[str]]:
    """The keys in sets of those whose forms are equal."""
    keys = list(keys)
    forms = form if isinstance(form, list) else [form(key) for key in keys]
    alike: dict[str, set[str]] = defaultdict(set)
    for key, value in zip(keys, forms, strict=True):
        alike[value].add(key)
    return {frozenset(group) for group in alike.values()}


@pytest.mark.at_length
@pytest.mark.parametrize(("function", "form"), [("sameValue", same_value), ("sameWord", same_word)])
def test_words_are_equal_where_the_program_holds_them_equal(
    function: str, form: Callable[[str], str]
) -> None:
    """Characters that a document can hold, alone and inside a word; the long run tries all."""
    signs = [sign for sign in map(chr, range(0x20, 0x110000)) if _is_tried(sign)]
    words = [*signs, *(f"Straße{sign}Σ" for sign in signs)]
    words += ["  n/a ", "N/A", "not_met", "Not -  met", "ΟΔΟΣ", "οδος", "οδοσ", "e\u0301", "é"]
    forms = page_scripts.run(f"return given.map({function});", words)
    assert partition(words, forms) == partition(words, form)


def _is_tried(sign: str) -> bool:
    if unicodedata.category(sign) in ("Cn", "Co", "Cs", "Cc"):
        return False
    forms = {sign, sign.lower(), sign.upper(), sign.casefold(), unicodedata.normalize("NFC", sign)}
    return LONG or len(forms) > 1 or sign.isspace() or sign in "-_ı"


def test_words_that_are_too_long_are_compared_as_they_are() -> None:
    """Beyond 1,024 characters nothing is brought into another form, as in the program."""
    texts = ["É" * 1024, "é" * 1024, "É" * 1025, "é" * 1025, "😀" * 1024, "A" * 2000, "a" * 2000]
    for function, form in (("sameValue", same_value), ("sameWord", same_word)):
        forms = page_scripts.run(f"return given.map({function});", texts)
        assert partition(texts, forms) == partition(texts, form)


def test_days_are_days_of_the_calendar() -> None:
    """Every day of some years and what is none; a time behind a day is cut off."""
    days = [
        f"{year:04}-{month:02}-{day:02}"
        for year in (0, 1, 1900, 2000, 2023, 2024, 9999)
        for month in range(14)
        for day in range(33)
    ]
    days += ["", "2024-1-1", "2024-01-01 ", "x", "20240101", "12024-01-01", "２024-01-01"]
    assert page_scripts.run("return given.map(isDay);", days) == [is_date(day) for day in days]
    times = [
        "2026-03-04 09:15",
        "2026-03-04T09:15:00Z",
        " 2026-03-04 9:15 ",
        "2026-03-04t1:02+01:00",
    ]
    times += [
        "2026-03-04T09:15:00.5-0100",
        "2026-03-04",
        "2026-03-04 9",
        "yesterday",
        " 2026-03-04",
    ]
    assert page_scripts.run("return given.map(dayOf);", times) == [day_of(time) for time in times]


READ = """
const plain = (value) =>
  value instanceof Map ? { map: [...value].map(([name, item]) => [name, plain(item)]) }
  : value instanceof Bare ? { bare: value.source }
  : Array.isArray(value) ? value.map(plain) : value;
return given.map((bytes) => {
  try {
    const value = read(decoded(Uint8Array.from(Buffer.from(bytes, "base64"))));
    return { value: plain(value), again: plain(read(written(value))) };
  } catch (wrong) {
    if (wrong instanceof ReadError || wrong.constructor === Error) return { wrong: wrong.message };
    throw wrong;
  }
});
"""


def plain(value: Value) -> Any:
    """A value of the program's reader as the scripts tell theirs."""
    if isinstance(value, dict):
        return {"map": [[name, plain(item)] for name, item in value.items()]}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {"bare": value.text} if isinstance(value, Scalar) else value


def read_by_both(documents: list[bytes]) -> int:
    """Hold the two readers of JSON against each other; how many of the documents are read."""
    found = page_scripts.run(READ, [b64encode(one).decode() for one in documents])
    number = 0
    for data, one in zip(documents, found, strict=True):
        try:
            value = plain(read_document(data, "given.json").value)
        except DocumentError:
            value = None
        if value is None:
            assert one.keys() == {"wrong"}, data[:80]
        else:
            assert one == {"value": value, "again": value}, data[:80]
            number += 1
    return number


def test_documents_are_read_as_the_program_reads_them() -> None:
    """The public suite of JSON: the same is read to the same values, and the same refused."""
    documents = [case.text.encode("utf-8", "surrogatepass") for case in JSON.values()]
    assert read_by_both(documents) > 80


HOSTILE = (
    '{"__proto__": {"polluted": 1}, "constructor": {"prototype": 2}, "ratings": {}}',
    '{"ratings": {"a": {"__proto__": "met"}}}',
    "[" * 33 + "]" * 33,
    "[" * 32 + "]" * 32,
    "[" * 100_000,
    '{"a":' * 100_000,
    '"' + "x" * 65_536 + '"',
    '"' + "x" * 65_537 + '"',
    '"' + "é" * 40_000 + '"',
    '{"' + "k" * 1_024 + '": 1}',
    '{"' + "k" * 1_025 + '": 1}',
    "[" + "0," * 199_998 + "0]",
    "[" + "0," * 199_999 + "0]",
    '{"e\u0301": 1, "é": 2}',
    "1.0",
    "-0",
    "1e400",
    "01",
    "1.0x",
    "truely",
    "nul",
    "",
    "   ",
    "{}{}",
    '{"a": 1,}',
    '{"a" 1}',
    "{a: 1}",
    "'x'",
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"\\u001b[31m"',
    '"a\u2028b"',
    '"a\\u2028b"',
    "\ufeff{}",
    '"' + "\\" * 100_001,
    '"' + '\\"' * 30_000,
)


def test_hostile_documents_are_refused_or_read_as_they_are() -> None:
    """Depth, size, odd keys, half characters: an answer in every case, and the program's own."""
    assert read_by_both([text.encode("utf-8") for text in HOSTILE]) > 8
    assert read_by_both([b"\xff\xfe{\x00}\x00", b'"\xc3"', b"\x00", b" " * 5_000_001]) == 0


@pytest.mark.at_length
def test_damaged_documents_are_refused_or_read_as_they_are() -> None:
    """Reviews with characters changed, doubled or taken out."""
    rng = random.Random(11)
    documents = []
    for _ in range(examples(4_000)):
        text = json.dumps(random_documents.review(rng, random_documents.rubric(rng)), indent=1)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text))
            text = (
                text[:at]
                + rng.choice(("", '"', "\\", "{", "}", ",", ":", "é", "1"))
                + text[at + rng.randint(0, 2) :]
            )
        documents.append(text.encode("utf-8"))
    assert read_by_both(documents) > 0
