"""What is odd about the disputes of a review, though nothing keeps it from being scored."""

from collections.abc import Iterator, Sequence

from charter_score.diagnostics import Problem, Route, Severity
from charter_score.review import Dispute, DisputeOutcome, Review
from charter_score.rubric import Criterion, Rubric


def standing_rating(
    rubric: Rubric, criterion: Criterion, own: str | None, disputes: Sequence[Dispute]
) -> str | None:
    """The rating that stands of a criterion: the reviewer's own, unless a dispute was upheld.

    `disputes` are those over this criterion, in order. None where it has no rating.
    """
    reads = rubric.rating_reader(criterion)
    standing = reads(own or "")
    for dispute in disputes:
        if dispute.outcome is DisputeOutcome.UPHELD:
            standing = reads(dispute.says or "")
        elif dispute.outcome is DisputeOutcome.NOT_UPHELD:
            standing = reads(own or "")
    return standing


def dispute_warnings(rubric: Rubric, review: Review) -> Iterator[Problem]:
    """The disputes that ask for what stands already."""
    criteria = {(section.id, one.id): one for section, one in rubric.criteria()}
    earlier: dict[tuple[str, str], list[Dispute]] = {}
    for index, dispute in enumerate(review.disputes):
        if dispute.section is None or dispute.criterion is None:
            continue
        route: Route = ("disputes", index)
        key = (dispute.section, dispute.criterion)
        criterion = criteria.get(key)
        before = earlier.setdefault(key, [])
        if criterion is not None and dispute.outcome is not DisputeOutcome.WITHDRAWN:
            own = review.rated(*key)
            standing = standing_rating(rubric, criterion, own.rating if own else None, before)
            if standing is not None and standing == rubric.rating_reader(criterion)(
                dispute.says or ""
            ):
                yield Problem(
                    "dispute-says-rating",
                    "this dispute asks for the rating that stands already, so it changes nothing",
                    (*route, "says"),
                    hint="write the rating that it should be, or set `outcome: withdrawn`",
                    severity=Severity.WARNING,
                )
        before.append(dispute)
