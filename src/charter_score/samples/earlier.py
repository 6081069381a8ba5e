"""What earlier reviews say of how much more is to be seen of an advisor."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from charter_score.outcome import Scored
from charter_score.review import Selection, Status
from charter_score.rubric import same_value, values_of
from charter_score.samples.drawing import Shortfall

LAST = 6
"""Reviews of an advisor that are looked back upon."""


@dataclass(slots=True)
class Shortfalls:
    """Collector: each advisor's finished reviews, by the day of the contact.

    Only reviews of contacts that were drawn by chance count, where reviews say how: an extra that
    was asked for because of a shortfall would ask for the next.
    """

    reviews: dict[str, list[tuple[str, str, bool]]] = field(default_factory=dict)
    without_day: int = 0

    def add(self, scored: Scored) -> None:
        """Take in one scored review."""
        result = scored.result
        review = result.review
        if review.standing is not Status.FINAL or review.selection is not Selection.RANDOM:
            return
        days = values_of(review.interaction, "date")
        if review.advisor is None or not days or result.meets_expected is None:
            self.without_day += 1
            return
        entry = (max(days), scored.path, result.meets_expected)
        self.reviews.setdefault(same_value(review.advisor), []).append(entry)

    def by_advisor(self) -> Mapping[str, Shortfall]:
        """How many of each advisor's last reviews fell short, where any did."""
        found = {}
        for advisor, reviews in self.reviews.items():
            last = sorted(reviews)[-LAST:]
            if below := sum(not meets for _, _, meets in last):
                found[advisor] = Shortfall(below, len(last))
        return found
