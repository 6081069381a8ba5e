"""Gathers the reviews that speak of one contact, and says whose each of them is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from charter_score.compiled import Worth
from charter_score.filters import month_of
from charter_score.outcome import LeftOut, Outcome, Scored
from charter_score.result import CriterionResult, ReviewResult
from charter_score.review import Review, Status
from charter_score.rubric import CriterionKey, Rubric, same_value, values_of
from charter_score.scoring import NothingObservedError, score


class Aside(StrEnum):
    """Why a review is not compared."""

    NO_REFERENCE = "no interaction.reference"
    NO_REVIEWER = "no reviewer"
    ALONE = "nobody else reviewed the contact"
    REPEATED = "the same reviewer reviewed the contact before"
    DRAFT = "an unfinished draft"
    NOTHING_OBSERVED = "as the reviewer rated it, nothing was observed"


class Side(NamedTuple):
    """One review as its reviewer rated it: what a dispute changed since is not in `result`."""

    scored: Scored
    result: ReviewResult

    @property
    def review(self) -> Review:
        """The review itself."""
        return self.result.review

    @property
    def month(self) -> str | None:
        """The month of the contact, if its day is given."""
        days = values_of(self.review.interaction, "date")
        return month_of(days[0]) if days else None

    def ratings(self) -> dict[CriterionKey, CriterionResult]:
        """Each criterion that applied, as it was rated."""
        return {
            (section.section.id, criterion.criterion.id): criterion
            for section in self.result.sections
            for criterion in section.criteria
        }


class Contact(NamedTuple):
    """One contact with its reviews: those of people, one each, the advisor's own, and drafts."""

    reference: str
    people: tuple[Side, ...]
    selves: tuple[Side, ...] = ()
    drafts: tuple[Side, ...] = ()


class Round(NamedTuple):
    """The contacts that were reviewed against one rubric; `sha256` is of the rubric's file."""

    rubric: Rubric
    sha256: str
    contacts: tuple[Contact, ...]


def costs(worth: Worth) -> bool:
    """Whether a rating costs points, or misses its criterion: the two states of the score."""
    return worth.lost > 0 or worth.missed


@dataclass(slots=True)
class ContactReviews:
    """Collector: every scored review that names its contact."""

    scored: list[Scored] = field(default_factory=list)
    aside: Counter[Aside] = field(default_factory=Counter)

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Take in one outcome; what is not scored is told elsewhere."""
        if not isinstance(outcome, Scored):
            return
        review = outcome.result.review
        if not values_of(review.interaction, "reference"):
            self.aside[Aside.NO_REFERENCE] += 1
        elif review.standing is Status.DRAFT and review.drafted_by is None:
            self.aside[Aside.DRAFT] += 1
        else:
            self.scored.append(outcome)

    def combine(self, later: "ContactReviews") -> None:
        """Take in later ones."""
        self.scored += later.scored
        self.aside += later.aside

    def rounds(self) -> tuple[list[Round], Counter[Aside]]:
        """The contacts of each rubric, in order, and how many reviews are aside, by why."""
        aside = Counter(self.aside)
        by_rubric: dict[tuple[str, str], list[Side]] = {}
        for scored in self.scored:
            side = _as_rated(scored)
            if side is None:
                aside[Aside.NOTHING_OBSERVED] += 1
                continue
            key = (scored.result.rubric.name, scored.rubric_sha256)
            by_rubric.setdefault(key, []).append(side)
        rounds = []
        for (_, digest), sides in sorted(by_rubric.items()):
            contacts = tuple(_contacts(sides, aside))
            if contacts:
                rounds.append(Round(sides[0].result.rubric, digest, contacts))
        return rounds, aside


def _as_rated(scored: Scored) -> Side | None:
    """The review as its reviewer rated it; None where nothing would be observed so."""
    result = scored.result
    if not result.review.disputes:
        return Side(scored, result)
    own = result.review.model_copy(update={"disputes": ()})
    try:
        return Side(scored, score(result.rubric, own))
    except NothingObservedError:
        return None


def _contacts(sides: Sequence[Side], aside: "Counter[Aside]") -> Iterable[Contact]:
    """The contacts that more than one review speaks of, in the order of their first review."""
    by_reference: dict[tuple[str, ...], list[Side]] = {}
    for side in sides:
        values = values_of(side.review.interaction, "reference")
        by_reference.setdefault(tuple(map(same_value, values)), []).append(side)
    for several in by_reference.values():
        people: dict[str, Side] = {}
        selves, drafts = [], []
        for side in several:
            review = side.review
            if review.standing is Status.SELF:
                selves.append(side)
            elif review.standing is Status.DRAFT:
                drafts.append(side)
            elif review.reviewer is None:
                aside[Aside.NO_REVIEWER] += 1
            elif same_value(review.reviewer) in people:
                aside[Aside.REPEATED] += 1
            else:
                people[same_value(review.reviewer)] = side
        if len(people) + len(selves) + len(drafts) < 2 or not people:
            aside[Aside.ALONE] += len(people) + len(selves) + len(drafts)
            continue
        reference = ", ".join(values_of(several[0].review.interaction, "reference"))
        yield Contact(reference, tuple(people.values()), tuple(selves), tuple(drafts))
