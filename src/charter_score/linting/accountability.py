"""Whether a review can be answered for: who judged, who decided, in which order, and why.

Each is a warning of its own code: nothing here keeps a review from being scored.
"""

from collections.abc import Iterator

from charter_score.diagnostics import At, Problem, Route, Severity
from charter_score.field_types import is_date
from charter_score.review import Review, Status
from charter_score.rubric import same_value, values_of

ACCOUNTABILITY = frozenset(
    {
        "days-out-of-order",
        "decision-incomplete",
        "reviewed-twice",
        "same-person",
        "void-without-reason",
    }
)
"""The codes of these warnings, and of the one that only a batch can find."""


def accountability_warnings(review: Review) -> Iterator[Problem]:
    """What keeps one review from being answered for."""
    yield from _people(review)
    yield from _decisions(review)
    yield from _days(review)
    if review.status is Status.VOID and review.reason is None:
        yield _warning(
            "void-without-reason",
            "this review is void, and it does not say why",
            ("status",),
            "add `reason`",
        )


def _people(review: Review) -> Iterator[Problem]:
    """Reviewer, advisor and whoever decides a dispute are different people."""
    is_own_view = review.status is Status.SELF
    if _is_same(review.reviewer, review.advisor) and not is_own_view:
        yield _warning(
            "same-person",
            "reviewer and advisor are the same person",
            ("reviewer",),
            "let somebody else review it, or set `status: self`",
        )
    for index, dispute in enumerate(review.disputes):
        for who, person in (("the reviewer", review.reviewer), ("the advisor", review.advisor)):
            if _is_same(dispute.decided_by, person) and not is_own_view:
                yield _warning(
                    "same-person",
                    f"this dispute was decided by {who}",
                    ("disputes", index, "decided_by"),
                    "let somebody decide who is neither reviewer nor advisor",
                )
                break


def _is_same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and same_value(one) == same_value(other)


def _decisions(review: Review) -> Iterator[Problem]:
    """A decided dispute says who decided, when and why."""
    for index, dispute in enumerate(review.disputes):
        if not dispute.outcome.is_decision:
            continue
        missing = [
            name for name in ("decided_by", "decided_on", "reason") if not getattr(dispute, name)
        ]
        if missing:
            yield _warning(
                "decision-incomplete",
                f"this dispute is decided without {' and '.join(f'`{one}`' for one in missing)}",
                ("disputes", index, "outcome"),
                "a decision says who decided, on which day, and why",
            )


def _days(review: Review) -> Iterator[Problem]:
    """The days that lie before those of what they follow."""
    contact = next(filter(is_date, values_of(review.interaction, "date")), None)
    last, of_what = contact, "the contact"
    if review.reviewed is not None:
        if contact is not None and review.reviewed < contact:
            yield _out_of_order("the review", of_what, ("reviewed",))
        else:
            last, of_what = review.reviewed, "the review"
    for index, dispute in enumerate(review.disputes):
        before, what_before = last, of_what
        for name, day, what in (
            ("on", dispute.on, "the dispute"),
            ("decided_on", dispute.decided_on, "the decision"),
        ):
            if day is None or not is_date(day):
                continue
            if before is not None and day < before:
                yield _out_of_order(what, what_before, ("disputes", index, name))
            else:
                before, what_before = day, what


def _out_of_order(what: str, of_what: str, route: Route) -> Problem:
    return _warning(
        "days-out-of-order",
        f"this day of {what} lies before that of {of_what}",
        route,
        "contact, review, dispute and decision follow each other; correct one of the days",
    )


def _warning(code: str, message: str, route: Route, hint: str) -> Problem:
    return Problem(code, message, route, At.VALUE, hint, Severity.WARNING)
