"""How long a rating may be disputed, where that was agreed."""

from charter_score.cli.agreed import Agreed, find_agreement
from charter_score.errors import UsageError
from charter_score.field_types import day_of, is_date
from charter_score.render.text import phrases
from charter_score.review import Review
from charter_score.rubric import values_of


def day_of_notice(review: Review) -> str | None:
    """The day that the window is counted from: when the advisor saw the review, or as near to it.

    That is `acknowledged`, else `reviewed`, else the last day of the contact; None without any.
    """
    given = (review.acknowledged, review.reviewed)
    days = [*(day_of(day) for day in given if day), *values_of(review.interaction, "date")[-1:]]
    return next((day for day in days if is_date(day)), None)


def window_of(review: Review) -> str | None:
    """The sentence that says until when a rating may be disputed; None where nothing says it.

    Raises:
        UsageError: where the agreement cannot be read.
    """
    agreed = find_agreement()
    found = None if agreed is None else _last_day(agreed, review)
    if agreed is None or found is None:
        return None
    first, last = found
    return (
        f"{_cited(agreed)} gives until {phrases.day(last)} to dispute a rating, counted from "
        f"{phrases.day(first)}."
    )


def refuse_too_late(review: Review, day: str) -> None:
    """Refuse a dispute that is raised after the window that was agreed.

    Raises:
        UsageError: naming the clause.
    """
    agreed = find_agreement()
    found = None if agreed is None else _last_day(agreed, review)
    if agreed is not None and found is not None and day > found[1]:
        raise UsageError(
            f"{_cited(agreed)} gives until {found[1]} to dispute a rating, counted from {found[0]}",
            "a dispute that was raised in time is dated with --on; whoever decides may change the "
            "rating all the same",
        )


def _last_day(agreed: Agreed, review: Review) -> tuple[str, str] | None:
    first = day_of_notice(review)
    last = None if first is None else agreed.last_day_to_dispute(first)
    return None if first is None or last is None else (first, last)


def _cited(agreed: Agreed) -> str:
    clause = agreed.agreement.dispute_window
    return "" if clause is None else agreed.cited(clause, "dispute_window")
