"""How far a draft is and where it can still end, against every way to finish it."""

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

import random_documents
from charter_score.drafts import DraftOutlook, End, outlook_of
from charter_score.review import Review
from charter_score.rubric import Rubric
from charter_score.scoring import NothingObservedError, Scorer
from documents import review_from, rubric_from
from effort import some
from random_documents import to_yaml

SMALL = """
id: r
version: "1"
title: R
expected: 70
bands: [{name: Low}, {name: Good, from: 70}, {name: Best, above: 90}]
fields: {channel: {values: [phone, visit]}}
sections:
  - id: s
    title: S
    criteria:
      - {id: a, title: A}
      - {id: b, title: B, points: 2}
      - {id: c, title: C, critical: true, not_applicable: forbidden}
      - {id: d, title: D, points: 4, applies_when: {channel: visit}}
"""


def outlook(rubric: str, review: str) -> DraftOutlook:
    """The outlook of a draft."""
    return outlook_of(Scorer(rubric_from(rubric)), review_from(f"status: draft\n{review}"))


def told(end: End | None) -> tuple[Fraction, str | None] | None:
    """An end as its share and the name of its band."""
    return None if end is None else (end.share, end.band.name if end.band else None)


def test_nothing_rated_can_end_anywhere() -> None:
    """From nothing to everything, and what applies only to some contacts is counted both ways."""
    found = outlook(SMALL, "ratings: {}")
    assert (found.rated, found.of) == (0, 3)
    assert told(found.lowest) == (0, "Low")
    assert told(found.highest) == (1, "Best")


def test_what_is_rated_stays() -> None:
    """A rating that stands narrows the ends; a critical miss leaves the lowest band alone."""
    found = outlook(SMALL, "interaction: {channel: phone}\nratings: {s: {b: not met, c: met}}")
    assert (found.rated, found.of) == (2, 3)
    assert told(found.lowest) == (Fraction(1, 4), "Low")
    assert told(found.highest) == (Fraction(1, 2), "Low")
    missed = outlook(SMALL, "interaction: {channel: phone}\nratings: {s: {b: met, c: not met}}")
    assert told(missed.highest) == (Fraction(3, 4), "Low")


def test_a_field_that_is_given_is_not_guessed() -> None:
    """A condition on a field that the draft gives is settled."""
    found = outlook(SMALL, "interaction: {channel: visit}\nratings: {s: {a: met, b: met, c: met}}")
    assert (found.rated, found.of) == (3, 4)
    assert told(found.lowest) == (Fraction(1, 2), "Low")
    open_still = outlook(SMALL, "ratings: {s: {a: met, b: met, c: met}}")
    assert (open_still.rated, open_still.of) == (3, 3)
    assert told(open_still.lowest) == (Fraction(1, 2), "Low")
    assert told(open_still.highest) == (1, "Best")


MOST = 3_000
"""Ways to finish a draft that are tried one by one."""


def finished(rubric: dict[str, Any], draft: dict[str, Any]) -> Iterator[dict[str, Any]] | None:
    """Every way to finish a draft, by the documents alone; None where there are too many."""
    scales = rubric.get("scales", {})
    places, words = [], []
    number = 1
    for section, ratings in draft["ratings"].items():
        criteria = next(one for one in rubric["sections"] if one["id"] == section)["criteria"]
        for criterion in criteria:
            if criterion["id"] not in ratings:
                continue
            own = ratings[criterion["id"]]
            if own is None:
                if "range" in criterion:
                    return None
                possible = list(random_documents.words_from_best(scales, criterion))
                if criterion.get("not_applicable") != "forbidden":
                    possible.append("n/a")
            else:
                possible = [own if isinstance(own, str) else own["rating"]]
            places.append((section, criterion["id"]))
            words.append(possible)
            number *= len(possible)
    if number > MOST:
        return None

    def each() -> Iterator[dict[str, Any]]:
        for chosen in product(*words):
            ratings: dict[str, Any] = {}
            for (section, criterion), word in zip(places, chosen, strict=True):
                ratings.setdefault(section, {})[criterion] = word
            yield draft | {"ratings": ratings, "status": "final"}

    return each()


def ends(rubric: Rubric, reviews: Iterator[dict[str, Any]]) -> list[tuple[Fraction, int]]:
    """The share and the place of the band of every review in which something was observed."""
    scorer = Scorer(rubric)
    found = []
    for document in reviews:
        try:
            result = scorer.score(review_from(to_yaml(document)))
        except NothingObservedError:
            continue
        found.append((result.share, rubric.bands.index(result.band) if result.band else -1))
    return found


@pytest.mark.parametrize("start", some(range(0, 400, 40), 2))
def test_no_end_lies_beyond(start: int) -> None:
    """The ends are those of every way to finish a draft, tried one by one."""
    tried = 0
    for seed in range(start, start + 40):
        rng = random.Random(seed)
        document = random_documents.rubric(rng)
        document.pop("fields", None)
        for section in document["sections"]:
            section.pop("applies_when", None)
            for criterion in section["criteria"]:
                criterion.pop("applies_when", None)
        review = random_documents.review(rng, document)
        random_documents.spell_out(document, review)
        for ratings in review["ratings"].values():
            for name in ratings:
                if rng.random() < 0.4:
                    ratings[name] = None
        draft = {"status": "draft", "ratings": review["ratings"]}
        ways = finished(document, draft)
        if ways is None:
            continue
        rubric = rubric_from(to_yaml(document))
        every = ends(rubric, ways)
        blanked = {
            section: {name: own for name, own in ratings.items() if own is not None}
            for section, ratings in draft["ratings"].items()
        }
        model: Review = review_from(to_yaml({"status": "draft", "ratings": blanked}))
        found = outlook_of(Scorer(rubric), model)
        if not every:
            assert found.lowest is None, seed
            continue
        tried += 1
        assert found.lowest is not None, seed
        assert found.highest is not None, seed
        shares = [share for share, _ in every]
        bands = [place for _, place in every]
        assert (found.lowest.share, found.highest.share) == (min(shares), max(shares)), seed
        if rubric.bands:
            assert found.lowest.band == rubric.bands[min(bands)], seed
            assert found.highest.band == rubric.bands[max(bands)], seed
    assert tried > 5
