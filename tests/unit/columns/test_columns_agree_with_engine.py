"""The columnar engine held against the engine: the same result for every review of any rubric."""

import pytest

import wide_rows
from charter_score.columns.layout import layout_of
from charter_score.columns.rows import RowScorer
from charter_score.errors import DocumentError
from charter_score.result import ReviewResult
from documents import review_from, scored
from effort import examples
from random_documents import to_yaml

REVIEWS = 45
SEEDS = range(examples(120))
FIRST_OF_OTHERS = 1_000


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.at_length
def test_polars_gives_what_the_engine_gives(seed: int) -> None:
    """Every column of every review of a random rubric, right reviews and spoilt ones."""
    _, rubric, _, rows = wide_rows.batch(seed, REVIEWS)
    found, _ = wide_rows.differences(rubric, rows, *wide_rows.KINDS["polars"])
    assert not found


@pytest.mark.parametrize("seed", range(FIRST_OF_OTHERS, FIRST_OF_OTHERS + examples(120) // 2))
@pytest.mark.at_length
def test_duckdb_gives_what_the_engine_gives(seed: int) -> None:
    """The same by DuckDB, whose integers raise where they overflow."""
    _, rubric, _, rows = wide_rows.batch(seed, REVIEWS)
    found, _ = wide_rows.differences(rubric, rows, *wide_rows.KINDS["duckdb"])
    assert not found


@pytest.mark.parametrize("kind", ["lazy polars", "pandas"])
@pytest.mark.parametrize("seed", range(2_000, 2_000 + examples(40) // 5))
@pytest.mark.at_length
def test_other_frames_give_what_the_engine_gives(kind: str, seed: int) -> None:
    """The same by a lazy frame of Polars, and by pandas."""
    _, rubric, _, rows = wide_rows.batch(seed, REVIEWS)
    found, _ = wide_rows.differences(rubric, rows, *wide_rows.KINDS[kind])
    assert not found


@pytest.mark.parametrize("seed", range(examples(120)))
@pytest.mark.at_length
def test_a_row_is_the_review_that_it_was_made_of(seed: int) -> None:
    """What the others are held against: a row scored by the engine is its YAML scored by it."""
    _, rubric, reviews, rows = wide_rows.batch(seed, REVIEWS)
    columns = wide_rows.columns_of(rubric, rows)
    scorer = RowScorer(rubric, layout_of(rubric, columns))
    for review, row in list(zip(reviews, rows, strict=True))[: 2 * REVIEWS // 3]:
        given = scorer.scored({name: row.get(name) for name in columns})
        result = _scored(review, rubric)
        if result is None:
            assert given["not_scored"] == "nothing-observed"
            continue
        assert given["not_scored"] is None
        assert given["share_numerator"] == result.share.numerator
        assert given["share_denominator"] == result.share.denominator
        assert given["band"] == (result.band.name if result.band else None)
        assert given["needs"] == len(result.needs)


def _scored(review: dict[str, object], rubric: wide_rows.Rubric) -> ReviewResult | None:
    from charter_score.scoring import NothingObservedError

    try:
        return scored(rubric, review_from(to_yaml(review)))
    except (NothingObservedError, DocumentError):
        return None
