"""Figures and small phrases that several views share."""

import re
from collections.abc import Iterable
from fractions import Fraction

from charter_score.compiled import bounds_of
from charter_score.figures import TEXT_DECIMALS, decimal_text, percent_text, rounded_text
from charter_score.outcome import Skipped
from charter_score.rating import same_word
from charter_score.result import ReviewResult
from charter_score.review import Review
from charter_score.rubric import Rubric, values_of

ONLY_STATUS_MISSING = "Only the status is missing: `status: final` makes it count"
"""What is told of a draft in which everything is rated."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_BETWEEN_WORDS = re.compile(r"\W+")
_NOUNS = {
    **dict.fromkeys(("phone", "telephone", "call", "calls"), "call"),
    **dict.fromkeys(("email", "emails", "e mail", "e mails"), "e-mail"),
    **dict.fromkeys(("visit", "visits", "face to face", "in person"), "visit"),
    **dict.fromkeys(("chat", "chats", "webchat", "livechat"), "chat"),
}
"""What is reviewed, by the names that channels have."""


def percent(share: Fraction | None, rubric: Rubric) -> str:
    """A share as a person reads it: one decimal, more where a bound is near; `–` for none."""
    return "–" if share is None else percent_text(share, TEXT_DECIMALS, bounds_of(rubric)) + "%"


def plain_percent(share: Fraction) -> str:
    """A mean or a difference of shares, plainly rounded to one decimal."""
    return rounded_text(share * 100, TEXT_DECIMALS) + "%"


def signed(difference: Fraction) -> str:
    """A difference of shares in percentage points, with its sign."""
    text = rounded_text(abs(difference) * 100, TEXT_DECIMALS)
    if text == "0":
        return "0"
    return ("+" if difference > 0 else "−") + text


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 review`, `2 reviews`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def criteria_with_points(result: ReviewResult) -> str:
    """How many criteria could be observed: `4 criteria`, "with points" where others have none."""
    of = count(result.observed.of, "criterion", "criteria")
    if all(one.worth.points for section in result.sections for one in section.criteria):
        return of
    return f"{of} with points"


def plus(amounts: Iterable[Fraction]) -> str:
    """Amounts as a sum: `1 + 0 + 0.5`."""
    return " + ".join(decimal_text(amount) for amount in amounts)


def day(text: str) -> str:
    """A date as people write it: `4 May 2016`; anything else as it is."""
    year, month, number = text.split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {int(year)}"


def noun(review: Review) -> str:
    """What was reviewed, in a word: a call, a visit, an e-mail, a chat, or an interaction.

    It goes by whole words of the channel, and by none where they say different things.
    """
    channel = " ".join(same_word(text) for text in values_of(review.interaction, "channel"))
    said = f" {_BETWEEN_WORDS.sub(' ', channel)} "
    found = {noun for name, noun in _NOUNS.items() if f" {name} " in said}
    return found.pop() if len(found) == 1 else "interaction"


def not_scored(skipped: Skipped) -> str:
    """Why a review has no score, and what would give it one: `draft, not scored`."""
    told = f"{skipped.reason}, not scored"
    if not skipped.lacks_only_status:
        return told
    return f"{told}: every criterion is rated. {ONLY_STATUS_MISSING}"


def only_status_missing(skipped: Iterable[Skipped]) -> str | None:
    """How many of a batch's drafts could be scored; None where no one could."""
    number = sum(one.lacks_only_status for one in skipped)
    if not number:
        return None
    has = "has" if number == 1 else "have"
    status = ONLY_STATUS_MISSING[0].lower() + ONLY_STATUS_MISSING[1:]
    return f"{count(number, 'draft')} {has} every criterion rated; {status}"


def place(section_title: str, number: int) -> str:
    """Where a criterion stands: `Welcome 3`."""
    return f"{section_title} {number}"


def band_name(result: ReviewResult) -> str:
    """The band, or nothing where the rubric has none."""
    return result.band.name if result.band else ""
