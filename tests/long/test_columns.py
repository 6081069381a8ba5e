"""The columnar engine against the engine on many more rubrics than the usual suite draws."""

import pytest

import wide_rows

REVIEWS = 300
FIRST_SEED = 50_000
SEEDS = 100


@pytest.mark.parametrize("kind", ["polars", "duckdb"])
def test_columns_agree_with_the_engine_at_length(kind: str) -> None:
    """The same results for 30,000 reviews against 100 rubrics, most of them made by columns."""
    by_columns = 0
    for seed in range(FIRST_SEED, FIRST_SEED + SEEDS):
        _, rubric, _, rows = wide_rows.batch(seed, REVIEWS)
        found, is_by_columns = wide_rows.differences(rubric, rows, *wide_rows.KINDS[kind])
        assert not found, seed
        by_columns += is_by_columns
    assert by_columns > SEEDS // 2
