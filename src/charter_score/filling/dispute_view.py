"""What `dispute` says of a change that it has made."""

from collections.abc import Sequence

from charter_score.render.text import phrases
from charter_score.render.text.layout import Line, Page, Span, Style, span
from charter_score.result import ReviewResult
from charter_score.review import DisputeOutcome


def raised(
    shown: str, name: str | None, now: ReviewResult | None, command: str, width: int
) -> list[Line]:
    """That a rating is in dispute (`name` None: the review), and what hangs on it.

    `command` decides the dispute.
    """
    page = Page(width)
    page.write(
        span("Raised. ", Style.TITLE), span(f"{shown}: {name or 'the whole review'} is in dispute.")
    )
    if now is not None:
        rubric, upheld = now.rubric, now.outlooks[-1].share if now.outlooks else None
        score = phrases.percent(now.share, rubric)
        after = f": {phrases.percent(upheld, rubric)} if it is upheld" if upheld is not None else ""
        page.write(span(f"Until it is decided the score of {score} is provisional{after}."))
    page.write("To decide it:")
    return [*page.lines, (Span("  "), span(command, Style.STRONG))]


def decided(
    shown: str,
    name: str | None,
    outcome: DisputeOutcome,
    lacking: Sequence[str],
    before: ReviewResult | None,
    now: ReviewResult | None,
    width: int,
) -> list[Line]:
    """How a dispute ended, and what that made of the score.

    `lacking` names what a decision should say and this one does not.
    """
    page = Page(width)
    ended = f"{shown}: the dispute over {name or 'the whole review'} is {outcome.value}."
    page.write(span("Decided. ", Style.TITLE), span(ended))
    if now is not None:
        score = phrases.percent(now.share, now.rubric)
        if before is None or before.share == now.share:
            told = f"The score is {score}, as before."
        else:
            told = f"The score is {score} now; it was {phrases.percent(before.share, now.rubric)}."
        if now.provisional:
            told += " It is provisional: another dispute is open."
        page.write(span(told))
    if lacking:
        page.write(span(f"The file does not say {phrases.both(lacking)}.", Style.WARN))
    return page.lines
