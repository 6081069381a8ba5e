"""The engine and the JSON documents against a second, naive reading of the contract."""

from decimal import Decimal
from typing import Any

import pytest
from agreement import REVIEWS_PER_BATCH, differences, disagreements_of_seed, main

import oracle

REVIEWS = 300
"""Of the reviews that `tests/long/` goes on with."""


def test_engine_agrees_with_oracle() -> None:
    """On random reviews the JSON document says in every field what the oracle says."""
    found = [
        line
        for seed in range(-(-REVIEWS // REVIEWS_PER_BATCH))
        for line in disagreements_of_seed(seed)
    ]
    assert found == []


def test_engine_agrees_with_full_memories(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is made once and shared is shared rightly, also when memories fill and start again."""
    monkeypatch.setattr("charter_score.scoring.MOST_REMEMBERED", 2)
    monkeypatch.setattr("charter_score.wire.encoding.MOST_KEPT", 2)
    assert [line for seed in range(50) for line in disagreements_of_seed(seed)] == []


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ({"a": 1}, {}),
        ({"a": None}, {"a": Decimal(0)}),
        (None, {"a": 1}),
        ([1], [1, 2]),
        (True, Decimal(1)),
        (Decimal(85), Decimal("85.0")),
        (Decimal("2.65"), Decimal("2.66")),
        ("1/2", "2/4"),
        ({"a": [{"b": False}]}, {"a": [{"b": True}]}),
    ],
)
def test_comparison_sees_every_difference(expected: Any, given: Any) -> None:
    """A missing field, another value, a longer list and other digits are all differences."""
    assert len(list(differences(expected, given))) == 1


def test_comparison_allows_fields_the_oracle_does_not_give() -> None:
    """Fields that only the document has are no difference."""
    assert list(differences({"a": 1}, {"a": Decimal(1), "title": "T"})) == []


def test_script_says_how_many_it_compared(capsys: pytest.CaptureFixture[str]) -> None:
    """The script ends with one line of counts, and with 0 where everything agrees."""
    assert main(["9", "5"]) == 0
    assert capsys.readouterr().out == (
        "16 random reviews, 0 disagreements with the oracle (seeds 5 to 6)\n"
    )


def test_script_fails_on_a_disagreement(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where anything differs the script says which batch it was, and ends with 1."""
    monkeypatch.setattr("agreement.Pool", OneProcess)
    right = oracle.section_result
    monkeypatch.setattr("oracle.section_result", lambda *part: right(*part) | {"id": "another"})
    assert main(["8", "5"]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("seed 5, review 0: result.")
    assert " 0 disagreements" not in captured.out


class OneProcess:
    """Stands in for a pool, so that what a test changes is changed in every process."""

    def __init__(self, _processes: int) -> None:
        self.imap_unordered = lambda run, seeds, chunksize: map(run, seeds)  # noqa: ARG005

    def __enter__(self) -> "OneProcess":
        return self

    def __exit__(self, *_raised: object) -> None:
        pass
