"""What CI points at in a scored review: each development need, with its line."""

from collections.abc import Iterator
from typing import NamedTuple

from charter_score.figures import points_text
from charter_score.outcome import Scored


class Finding(NamedTuple):
    """One need: `told` is what happened, `line` where the review rates it."""

    route: str
    title: str
    told: str
    line: int
    critical: bool


def findings(scored: Scored, *, comments: bool) -> Iterator[Finding]:
    """The needs of a review, the weightiest first; comments only where they were asked for."""
    for need in scored.result.needs:
        result = need.result
        told = f"{result.mark.rating}, {points_text((result.mark.earned, result.mark.available))}"
        if comments and result.rated.comment:
            told += f": {result.rated.comment}"
        line = scored.lines.get((need.section.id, result.criterion.id), 1)
        yield Finding(
            need.route, result.criterion.title, told, line, critical=result.critical_missed
        )
