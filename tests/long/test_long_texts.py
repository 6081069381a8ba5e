"""Forty thousand hostile characters in every field, through every format."""

import pytest

import hostile
from batches import rendered
from charter_score.cli.formats import Format, Look, renderer

EVERYTHING = Look(names=True, public_comments=True)


@pytest.mark.parametrize("chosen", [one for one in Format if one is not Format.FULL])
@pytest.mark.parametrize("long", [False, True])
def test_every_format_takes_forty_thousand_characters_in_every_field(
    chosen: Format, long: bool
) -> None:
    """Every format writes the whole batch; every piece can go from one process to another."""
    look = EVERYTHING._replace(long=long)
    written = rendered(renderer(chosen, look), hostile.outcomes(), hostile.warnings())
    assert len(written) > 20_000
