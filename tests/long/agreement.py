"""The engine held against the oracle on random reviews.

    PYTHONPATH=tests python tests/long/agreement.py N [SEED]

What is compared is what a user gets, the JSON document, so the readers, the engine and the figures
are all in it. A batch is scored and written together, as the program does it, so that nothing kept
from one review can slip into the next. Its seed gives its documents again.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from decimal import Decimal
from multiprocessing import Pool
from typing import Any

import oracle
import random_documents
from charter_score.linting.review_checks import review_problems
from charter_score.result import ReviewResult
from charter_score.scoring import NothingObservedError, Scorer
from documents import errors_of, review_from, rubric_from, written

RUBRICS_PER_BATCH = 2
REVIEWS_PER_RUBRIC = 4
REVIEWS_PER_BATCH = RUBRICS_PER_BATCH * REVIEWS_PER_RUBRIC
PROCESSES = 2
MOST_SHOWN = 20


def disagreements_of_seed(seed: int) -> list[str]:
    """Where engine and oracle differ over one batch of random reviews, one line a review."""
    rng = random.Random(seed)
    documents = [random_documents.rubric(rng) for _ in range(RUBRICS_PER_BATCH)]
    rubrics = [rubric_from(random_documents.to_yaml(document)) for document in documents]
    scorers = [Scorer(rubric) for rubric in rubrics]
    expected: dict[int, dict[str, Any] | None] = {}
    results: dict[int, ReviewResult] = {}
    for number in range(REVIEWS_PER_BATCH):
        which = number % RUBRICS_PER_BATCH
        document = random_documents.review(rng, documents[which])
        review = review_from(random_documents.to_yaml(document))
        assert not errors_of(review_problems(rubrics[which], review)), (seed, number)
        expected[number] = oracle.score(documents[which], document)
        try:
            results[number] = scorers[which].score(review)
        except NothingObservedError:
            continue
    given = dict(zip(results, written(results.values()), strict=True))
    return [
        f"seed {seed}, review {number}: {'; '.join(found)}"
        for number, one in expected.items()
        if (found := list(differences(one, given.get(number))))
    ]


def differences(expected: Any, given: Any, place: str = "result") -> Iterator[str]:
    """Each place at which the document differs from the oracle, in the fields the oracle has.

    Counts stand as numbers in the document and are compared as numbers; of every other number the
    digits must agree too, so 85 is not 85.0.
    """
    if isinstance(expected, dict) and isinstance(given, dict):
        for key, value in expected.items():
            if key in given:
                yield from differences(value, given[key], f"{place}.{key}")
            else:
                yield f"{place}.{key} is not in the document"
    elif isinstance(expected, list) and isinstance(given, list) and len(expected) == len(given):
        for index, (one, other) in enumerate(zip(expected, given, strict=True)):
            yield from differences(one, other, f"{place}[{index}]")
    elif _scalar(expected) != _scalar(given):
        yield f"{place}: the oracle says {expected!r}, the document {given!r}"


def _scalar(value: Any) -> Any:
    """A value as it is compared: true is not 1, and 85 is not 85.0."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, int):
        return Decimal(value).as_tuple()
    return value.as_tuple() if isinstance(value, Decimal) else value


def main(arguments: list[str]) -> int:
    """Compare N random reviews and say how many there were and how many differed."""
    parser = argparse.ArgumentParser(description="Hold the engine against the oracle.")
    parser.add_argument("reviews", type=int, help="how many random reviews at least")
    parser.add_argument("seed", type=int, nargs="?", default=0, help="the seed to begin with")
    wanted = parser.parse_args(arguments)
    batches = -(-wanted.reviews // REVIEWS_PER_BATCH)
    seeds = range(wanted.seed, wanted.seed + batches)
    differing = 0
    with Pool(PROCESSES) as pool:
        for found in pool.imap_unordered(disagreements_of_seed, seeds, chunksize=32):
            for line in found[: max(0, MOST_SHOWN - differing)]:
                sys.stderr.write(f"{line}\n")
            differing += len(found)
    sys.stdout.write(
        f"{batches * REVIEWS_PER_BATCH} random reviews, {differing} disagreements with the oracle "
        f"(seeds {seeds.start} to {seeds.stop - 1})\n"
    )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
