"""Collector of the record of single people: every review in full, for a page of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from charter_score.outcome import LeftOut, Outcome, Scored
from charter_score.report.counts import RubricKey, counts_in_figures, day_of_contact, kind_of
from charter_score.review import Action
from charter_score.rubric import CriterionKey, Rubric, normal_value, same_value, values_of


class NeedRecord(NamedTuple):
    """A development need of one review, with what the reviewer wrote."""

    key: CriterionKey
    share_lost: Fraction
    critical: bool
    missed: bool
    comment: str | None
    evidence: str | None


class ReviewRecord(NamedTuple):
    """One review of somebody; `kind` says what it is where it enters no figure.

    `observed` are the criteria with points that were observed, `missed` those of them that were
    missed, `met` those that lost nothing.
    """

    id: str
    path: str
    day: str
    channel: str
    reviewer: str | None
    kind: str
    provisional: bool
    share: Fraction
    observed_share: Fraction
    band: str
    meets_expected: bool | None
    needs: tuple[NeedRecord, ...]
    observed: frozenset[CriterionKey]
    missed: frozenset[CriterionKey]
    met: frozenset[CriterionKey]
    done_well: tuple[str, ...]
    could_be_better: tuple[str, ...]
    actions: tuple[Action, ...]
    acknowledged: str | None

    @property
    def counts(self) -> bool:
        """Whether it enters means, trends and the focus."""
        return not self.kind


@dataclass(slots=True)
class PersonRecords:
    """The reviews of one person, by rubric and version, and how the name is spelt."""

    name: str
    rubrics: dict[RubricKey, tuple[Rubric, list[ReviewRecord]]] = field(default_factory=dict)


@dataclass(slots=True)
class Records:
    """Collector: the record of each advisor, or of the one that is asked for."""

    wanted: str | None = None
    people: dict[str, PersonRecords] = field(default_factory=dict)
    last_day: str = ""
    first_day: str = "9999"

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Keep one review where it is somebody's who is wanted."""
        if not isinstance(outcome, Scored):
            return
        review, rubric = outcome.result.review, outcome.result.rubric
        if not review.advisor:
            return
        same = same_value(review.advisor)
        if self.wanted is not None and same != self.wanted:
            return
        spelt = normal_value(review.advisor)
        person = self.people.setdefault(same, PersonRecords(spelt))
        person.name = min(person.name, spelt)
        record = _record(outcome)
        if record.day and record.counts:
            self.last_day = max(self.last_day, record.day)
            self.first_day = min(self.first_day, record.day)
        person.rubrics.setdefault((rubric.id, rubric.version), (rubric, []))[1].append(record)

    def combine(self, later: "Records") -> None:
        """Take in later ones."""
        for same, person in later.people.items():
            own = self.people.setdefault(same, PersonRecords(person.name))
            own.name = min(own.name, person.name)
            for key, (rubric, records) in person.rubrics.items():
                own.rubrics.setdefault(key, (rubric, []))[1].extend(records)
        self.last_day = max(self.last_day, later.last_day)
        self.first_day = min(self.first_day, later.first_day)


def _record(scored: Scored) -> ReviewRecord:
    result = scored.result
    review = result.review
    rated = {
        (section.section.id, one.criterion.id): one.worth
        for section in result.sections
        for one in section.criteria
        if one.worth.observed
    }
    return ReviewRecord(
        id=scored.id,
        path=scored.path,
        day=day_of_contact(review) or "",
        channel=", ".join(values_of(review.interaction, "channel")),
        reviewer=review.reviewer,
        kind="" if counts_in_figures(review) else kind_of(review),
        provisional=result.provisional,
        share=result.share,
        observed_share=result.observed_share,
        band=result.band.name if result.band else "",
        meets_expected=result.meets_expected,
        needs=tuple(_needs(scored)),
        observed=frozenset(rated),
        missed=frozenset(key for key, worth in rated.items() if worth.missed),
        met=frozenset(key for key, worth in rated.items() if worth.lost <= 0),
        done_well=review.done_well,
        could_be_better=review.could_be_better,
        actions=review.actions,
        acknowledged=review.acknowledged,
    )


def _needs(scored: Scored) -> Iterator[NeedRecord]:
    for need in scored.result.needs:
        one = need.result
        is_own = one.original == one.worth.rating  # else a dispute changed what it was written for
        yield NeedRecord(
            (need.section.id, one.criterion.id),
            need.share_lost,
            critical=one.critical_missed,
            missed=one.worth.missed,
            comment=one.rated.comment if is_own else None,
            evidence=one.rated.evidence if is_own else None,
        )
