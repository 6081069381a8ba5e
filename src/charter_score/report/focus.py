"""One focus for one person: the need with most at stake, and whether it moved since agreed."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from charter_score.field_types import is_date
from charter_score.report.model import Of
from charter_score.report.records import NeedRecord, ReviewRecord
from charter_score.rubric import CriterionKey, Rubric
from charter_score.stats.fisher import fisher_exact

FEWEST_MISSES = 2
"""Reviews in which a need must have been observed and missed before it is a focus."""
SURE = Fraction(5, 100)
"""Probability below which a difference is more than chance."""
MOST_QUOTED = 2
"""Comments of reviewers that stand with the focus."""


class Focus(NamedTuple):
    """The one thing to work on: how often it was missed, at what cost, and what was said of it."""

    key: CriterionKey
    missed: Of
    share_lost: Fraction
    critical: bool
    said: tuple[tuple[ReviewRecord, NeedRecord], ...]


class Moved(NamedTuple):
    """How often the focus was missed before and after the day on which it was agreed.

    `probability` that chance alone makes such a difference or a larger one; None where there are
    no reviews on one side.
    """

    agreed: str
    before: Of
    after: Of
    probability: Fraction | None

    @property
    def is_better(self) -> bool:
        """Whether it was missed less often since, by more than chance."""
        return self._is_sure and self.after.k * self.before.n < self.before.k * self.after.n

    @property
    def is_worse(self) -> bool:
        """Whether it was missed more often since, by more than chance."""
        return self._is_sure and self.after.k * self.before.n > self.before.k * self.after.n

    @property
    def _is_sure(self) -> bool:
        return self.probability is not None and self.probability < SURE


def focus_of(rubric: Rubric, records: Sequence[ReviewRecord]) -> Focus | None:
    """The need with most at stake over some reviews of one rubric; None where there is none.

    Critical ones that were missed come first, then the largest sum of shares lost, ties in the
    rubric's order; at least two reviews must have missed it.
    """
    lost: dict[CriterionKey, Fraction] = {}
    critical: set[CriterionKey] = set()
    missed: dict[CriterionKey, list[tuple[ReviewRecord, NeedRecord]]] = {}
    for record in records:
        for need in record.needs:
            lost[need.key] = lost.get(need.key, Fraction(0)) + need.share_lost
            if need.critical:
                critical.add(need.key)
            if need.missed:
                missed.setdefault(need.key, []).append((record, need))
    order = {
        (section.id, criterion.id): place
        for place, (section, criterion) in enumerate(rubric.criteria())
    }
    worth_it = [key for key, found in missed.items() if len(found) >= FEWEST_MISSES]
    if not worth_it:
        return None
    key = min(worth_it, key=lambda key: (key not in critical, -lost[key], order[key]))
    observed = sum(key in record.observed or _is_missed(record, key) for record in records)
    # The latest words are those that both still remember.
    said = [one for one in reversed(missed[key]) if one[1].comment][:MOST_QUOTED]
    return Focus(key, Of(len(missed[key]), observed), lost[key], key in critical, tuple(said))


def moved(key: CriterionKey, records: Sequence[ReviewRecord]) -> Moved | None:
    """Whether a focus moved: reviews after the day it was agreed against those before.

    The last day on which an action of these reviews was agreed counts; None where none says when.
    The worst of twenty criteria improves by itself, so no other two spans are compared.
    """
    days = [
        action.agreed
        for record in records
        for action in record.actions
        if action.agreed and is_date(action.agreed)
    ]
    if not days:
        return None
    agreed = max(days)
    before = [record for record in records if record.day and record.day <= agreed]
    after = [record for record in records if record.day > agreed]
    then, since = _missed_of(key, before), _missed_of(key, after)
    probability = None
    if then.n and since.n:
        probability = fisher_exact((then.k, then.n - then.k), (since.k, since.n - since.k))
    return Moved(agreed, then, since, probability)


def _missed_of(key: CriterionKey, records: Sequence[ReviewRecord]) -> Of:
    seen = [record for record in records if key in record.observed or _is_missed(record, key)]
    return Of(sum(_is_missed(record, key) for record in seen), len(seen))


def _is_missed(record: ReviewRecord, key: CriterionKey) -> bool:
    """Whether a review missed a criterion; a critical one may have no points to be observed by."""
    return any(need.key == key and need.missed for need in record.needs)
