"""The engine against the oracle on many more random reviews than the usual suite draws."""

import pytest
from agreement import main

REVIEWS = 20_000
FIRST_SEED = 10_000
"""Other reviews than those of the usual suite."""


def test_engine_agrees_with_oracle_at_length(capsys: pytest.CaptureFixture[str]) -> None:
    """On 20,000 random reviews the JSON document says in every field what the oracle says."""
    assert main([str(REVIEWS), str(FIRST_SEED)]) == 0
    assert capsys.readouterr().out.startswith(f"{REVIEWS} random reviews, 0 disagreements")
