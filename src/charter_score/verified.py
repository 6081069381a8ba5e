"""Result of recomputing a results file: what is not as it is recorded, and what was not found."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from charter_score.scalars import Number

SHOWN = frozenset(
    (
        *("earned", "available", "share", "percent", "criteria", "of", "not_applicable", "uplift"),
        *("rating", "band", "band_observed", "band_rests_on_not_applicable", "little_observed"),
        *("meets_expected", "provisional", "points_lost", "percent_lost", "nothing_observed"),
        *("weight", "critical", "expected", "combine", "below_expected", "reviews", "scored"),
        *("failed", "skipped", "calibration", "mean_percent", "mean_observed_percent"),
        *("median_percent", "least_percent", "most_percent"),
    )
)
"""Fields whose values are figures or words of the rubric, so that a difference may show them."""


class Kind(StrEnum):
    """What was found about one result."""

    SAME = "same"
    REVIEW_CHANGED = "review changed"
    REVIEW_NOT_FOUND = "review not found"
    RUBRIC_CHANGED = "rubric changed"
    RUBRIC_NOT_FOUND = "rubric not found"
    NO_LONGER_SCORED = "no longer scored"
    FIGURES_DIFFER = "figures differ"
    NOT_RECORDED = "not in the results"
    SUMMARY_DIFFERS = "summary differs"
    TWICE = "recorded twice"

    @property
    def is_missing(self) -> bool:
        """Whether it could not be recomputed for want of a file."""
        return self in (Kind.REVIEW_NOT_FOUND, Kind.RUBRIC_NOT_FOUND)


class Difference(NamedTuple):
    """A field that is not as it is recorded; the values only where they may be shown."""

    field: str
    recorded: str | None = None
    recomputed: str | None = None


class Finding(NamedTuple):
    """What was found about one recorded result, or one review; empty `id` for the summary."""

    kind: Kind
    path: str
    id: str
    told: str = ""
    differences: tuple[Difference, ...] = ()


class Verification(NamedTuple):
    """The whole answer: what is not the same, how many are, and what has no digest to go by."""

    shown: str
    findings: tuple[Finding, ...]
    recorded: int
    same: int
    without_digest: int
    summary_compared: bool
    without_comments: bool

    @property
    def differs(self) -> bool:
        """Whether anything is not as it is recorded."""
        return any(not finding.kind.is_missing for finding in self.findings)

    @property
    def lacks(self) -> bool:
        """Whether anything could not be found."""
        return any(finding.kind.is_missing for finding in self.findings)


def differing(
    recorded: Any, today: Any, route: tuple[str, ...] = (), *, older: bool = False
) -> Iterator[Difference]:
    """The fields in which two JSON documents differ; entries of lists are named by their ids.

    With `older` the recorded one was written by another version, which may lack fields.
    """
    if recorded == today and type(recorded) is type(today):
        return
    if isinstance(recorded, dict) and isinstance(today, dict):
        for name in dict.fromkeys([*today, *recorded]):
            if name not in recorded:
                if not older:
                    yield Difference(".".join((*route, name)), "not there")
            elif name not in today:
                yield Difference(".".join((*route, "an unknown field")))
            else:
                yield from differing(recorded[name], today[name], (*route, name), older=older)
    elif isinstance(recorded, list) and isinstance(today, list):
        if len(recorded) != len(today):
            number = f"{len(recorded)} entries", f"{len(today)} entries"
            yield Difference(".".join(route), *number)
            return
        for at, (one, other) in enumerate(zip(recorded, today, strict=True)):
            name = _name(other, at)
            yield from differing(one, other, (*route, str(name)), older=older)
    elif route and (route[-1] in SHOWN or (len(route) > 1 and route[-2] == "bands")):
        yield Difference(".".join(route), _word(recorded), _word(today))
    else:
        yield Difference(".".join(route))


def _word(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    return str(value) if isinstance(value, str | Number) else "something else"


def _name(entry: Any, at: int) -> str:
    """What an entry of a list is called: by its id where it has one, else by its place."""
    if isinstance(entry, dict):
        named = entry.get("id") or entry.get("criterion")
        if isinstance(named, str):
            return named
    return str(at)
