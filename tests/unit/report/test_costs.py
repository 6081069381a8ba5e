"""Cost by channel: from the volumes that are given, exactly, and what a shift would save."""

from fractions import Fraction
from pathlib import Path

import pytest

from charter_score.errors import UsageError
from charter_score.report.costs import TWICE, cost_block
from charter_score.source.volumes import read_volumes
from months import small_rubric

VOLUMES = """
schema: charter-score/volumes/v1
period: May 2016
channels: {phone: 12000, Visit: 800, post: 5}
shifts:
  - {from: phone, to: online, percent: 10}
  - {from: post, to: online, percent: 10}
"""


def test_cost_is_volume_times_price_and_a_shift_its_difference(tmp_path: Path) -> None:
    """12,000 × 2.83; ten percent online save 1,200 × 2.68; a channel without a price is told."""
    path = tmp_path / "volumes.yaml"
    path.write_text(VOLUMES)
    block = cost_block(small_rubric(), read_volumes(path))
    assert block is not None
    costs, shifts = block.tables
    assert costs.rows == (
        ("phone", 12000, Fraction("2.83"), Fraction(33960)),
        ("Visit", 800, Fraction("8.62"), Fraction(6896)),
    )
    assert shifts.rows == (("phone", "online", Fraction(1, 10), 1200, Fraction(3216)),)
    told = " ".join(block.sentences)
    for part in (
        "no year and source",
        "May 2016",
        "no cost of 1 channel",
        "1 shift between",
        TWICE,
    ):
        assert part in told


def test_nothing_is_reckoned_from_the_number_of_reviews() -> None:
    """Without volumes there is no cost at all."""
    assert cost_block(small_rubric(), None) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("schema: charter-score/volumes/v1\nchannels: {phone: many}\n", ":2:19: takes a whole"),
        ("schema: charter-score/volumes/v1\n", "required"),
        ("schema: other\nchannels: {}\n", ":1:9: the schema is not charter-score/volumes/v1"),
        ("schema: charter-score/volumes/v1\nchannels: {}\nsecret: x\n", "that volumes do not have"),
        ("[1]\n", "is a mapping"),
        ("a: [\n", ":"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    """With line and column, and nothing of what stands in it."""
    path = tmp_path / "volumes.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        read_volumes(path)
    assert told in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "many" not in str(refused.value)
