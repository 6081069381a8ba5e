"""Raising and deciding disputes in the text of a review, which stays its writer's otherwise.

A dispute stands beside the rating, which is never overwritten: raising one puts an entry behind
those under `disputes`, deciding one writes how it ended into its entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from charter_score.diagnostics import Route, did_you_mean, listed
from charter_score.errors import UsageError
from charter_score.linting.dispute_checks import standing_rating
from charter_score.rating import Rating
from charter_score.review import Dispute, DisputeOutcome, Review
from charter_score.rubric import Criterion, Permission, Rubric, Section
from charter_score.scalars import Value
from charter_score.source.edit import Word, set_value

KEYS = (
    "section", "criterion", "says", "because", "on", "by",
    "outcome", "decided_by", "decided_on", "reason",
)  # fmt: skip
"""The keys of a dispute in their usual order."""
_FREE_TEXT = frozenset(["because", "reason"])
_BEFORE = (
    "rubric", "id", "status", "advisor", "reviewer", "team", "interaction", "ratings", "done_well",
    "could_be_better", "notes", "actions", "advisor_comment", "acknowledged",
)  # fmt: skip
"""The keys of a review that usually stand before its disputes."""


@dataclass(frozen=True, slots=True)
class Target:
    """The criterion that a dispute is over."""

    section: Section
    criterion: Criterion

    @property
    def name(self) -> str:
        """How it is written on the command line: `welcome.tone`."""
        return f"{self.section.id}.{self.criterion.id}"

    def disputes(self, review: Review) -> list[tuple[int, Dispute]]:
        """The review's disputes over it, with their places in the list."""
        return [
            (index, dispute)
            for index, dispute in enumerate(review.disputes)
            if (dispute.section, dispute.criterion) == (self.section.id, self.criterion.id)
        ]


def target_of(rubric: Rubric, name: str) -> Target:
    """The criterion that `SECTION.CRITERION` names.

    Raises:
        UsageError: where there is no such criterion, with the nearest there is.
    """
    targets = {one.name: one for one in (Target(*pair) for pair in rubric.criteria())}
    if name in targets:
        return targets[name]
    section_id, _, criterion_id = name.partition(".")
    own = [one.criterion.id for one in targets.values() if one.section.id == section_id]
    elsewhere = [one.name for one in targets.values() if one.criterion.id in (name, criterion_id)]
    if len(elsewhere) == 1:
        near: str | None = f"did you mean `{elsewhere[0]}`?"
    elif own and criterion_id:
        near = did_you_mean(criterion_id, own)
        near = near and near.replace("`", f"`{section_id}.", 1)
        near = near or f"the criteria of {section_id} are {listed(own, 'and')}"
    else:
        near = did_you_mean(name, targets)
    sections = listed([section.id for section in rubric.sections], "and")
    known = f"SECTION.CRITERION, for example {next(iter(targets))}; the sections are {sections}"
    raise UsageError("the rubric of this review has no such criterion", near or known)


def open_dispute(
    rubric: Rubric, review: Review, name: str | None, command: str
) -> tuple[int, Dispute]:
    """The open dispute that is to be decided, with its place in the list.

    Without a name it is the one over the whole review, or the only one that is open.

    Raises:
        UsageError: where there is none, or it is not clear which.
    """
    is_open = [
        (index, dispute)
        for index, dispute in enumerate(review.disputes)
        if dispute.outcome is DisputeOutcome.OPEN
    ]
    if name is not None:
        target = target_of(rubric, name)
        own = target.disputes(review)
        found = [one for one in own if one in is_open]
        if not found:
            others = ", ".join(_name(dispute) for _, dispute in is_open)
            raise UsageError(
                f"no dispute over {target.name} is open"
                + (f"; the last one is {own[-1][1].outcome.value}" if own else ""),
                f"open are: {others}" if others else _how_to_raise(command, target.name),
            )
        return found[-1]
    whole = [one for one in is_open if not one[1].section]
    found = whole or is_open
    if not found:
        first = Target(*next(rubric.criteria())).name
        raise UsageError("no dispute of this review is open", _how_to_raise(command, first))
    if len(found) > 1:
        names = ", ".join(_name(dispute) for _, dispute in found)
        raise UsageError("several disputes are open", f"say which: {names}")
    return found[0]


def _name(dispute: Dispute) -> str:
    return f"{dispute.section}.{dispute.criterion}" if dispute.section else "the whole review"


def _how_to_raise(command: str, name: str) -> str:
    return f"to raise one: {command} {name} --says RATING --because TEXT"


def raised(
    text: str, rubric: Rubric, review: Review, target: Target | None, told: Mapping[str, str | None]
) -> str:
    """The text of a review with one more dispute, which is open.

    `target` is None for a dispute over the whole review. `told` has what is to be written by key.

    Raises:
        UsageError: where the review does not rate the criterion, or the rating asked for is none of
            it, stands already or is in dispute already.
        NotEditableError: where the text cannot be changed there.
    """
    entry: dict[str, Value] = {}
    if target is not None:
        entry = {"section": Word(target.section.id), "criterion": Word(target.criterion.id)}
        told = {**told, "says": _rating_asked(rubric, review, target, told.get("says") or "")}
    written = {**told, "outcome": DisputeOutcome.OPEN.value}
    entry.update(_entries(written))
    number = len(review.disputes)
    if number:
        return set_value(text, ("disputes", number), entry)
    return set_value(text, ("disputes",), [entry], _BEFORE)


def _rating_asked(rubric: Rubric, review: Review, target: Target, says: str) -> str:
    """The rating that a dispute asks for, in the rubric's spelling."""
    criterion = target.criterion
    own = review.rated(target.section.id, criterion.id)
    words = rubric.rating_words(criterion)
    asked = rubric.rating_reader(criterion)(says)
    if own is None or own.rating is None:
        raise UsageError(
            f"this review does not rate {target.name}, so there is nothing to dispute",
            "name a criterion that it rates",
        )
    if asked is None:
        raise UsageError(
            f"--says is no rating of {target.name}: its ratings are {listed(words)}",
            did_you_mean(says, words),
        )
    if asked == Rating.NOT_APPLICABLE and criterion.not_applicable is Permission.FORBIDDEN:
        raise UsageError(
            f"{target.name} always applies: n/a is not allowed there",
            f"its ratings are {listed(words)}",
        )
    disputes = [dispute for _, dispute in target.disputes(review)]
    if any(dispute.outcome is DisputeOutcome.OPEN for dispute in disputes):
        raise UsageError(
            f"a dispute over {target.name} is open already",
            "decide it first: --decide upheld, not upheld or withdrawn",
        )
    if asked == standing_rating(rubric, criterion, own.rating, disputes):
        others = [word for word in words if rubric.rating_reader(criterion)(word) != asked]
        raise UsageError(
            f"{target.name} is rated so already, so the dispute would change nothing",
            f"say the rating that it should be: {listed(others)}",
        )
    return asked


def decided(text: str, index: int, told: Mapping[str, str | None]) -> str:
    """The text of a review with an outcome written into one of its disputes.

    Raises:
        NotEditableError: where the text cannot be changed there.
    """
    for key, value in _entries(told).items():
        route: Route = ("disputes", index, key)
        text = set_value(text, route, value, KEYS[: KEYS.index(key)])
    return text


def _entries(told: Mapping[str, str | None]) -> dict[str, Value]:
    """What is written into a dispute, in the usual order; what was not told is left out."""
    return {
        key: value if key in _FREE_TEXT else Word(value)
        for key in KEYS
        if (value := told.get(key)) is not None
    }
