"""What `dispute` says of a change that it has made."""

from collections.abc import Sequence

from charter_score.diagnostics import joined
from charter_score.render.text import phrases
from charter_score.render.text.blocks import Hanging, Parts, words
from charter_score.render.text.console import Line
from charter_score.result import ReviewResult
from charter_score.review import DisputeOutcome


def raised(shown: str, name: str | None, now: ReviewResult | None, command: str) -> Parts:
    """That a rating is in dispute (`name` None: the review), and what hangs on it.

    `command` decides the dispute.
    """
    what = name or "the whole review"
    parts: Parts = [Hanging(words(("Raised. ", "title"), f"{shown}: {what} is in dispute."))]
    if now is not None:
        rubric, upheld = now.rubric, now.outlooks[-1].share if now.outlooks else None
        score = phrases.percent(now.share, rubric)
        after = f": {phrases.percent(upheld, rubric)} if it is upheld" if upheld is not None else ""
        parts.append(
            Hanging(words(f"Until it is decided the score of {score} is provisional{after}."))
        )
    return [*parts, Hanging(words("To decide it:")), Line(f"  {command}", "strong")]


def decided(
    shown: str,
    name: str | None,
    outcome: DisputeOutcome,
    lacking: Sequence[str],
    before: ReviewResult | None,
    now: ReviewResult | None,
) -> Parts:
    """How a dispute ended, and what that made of the score.

    `lacking` names what a decision should say and this one does not.
    """
    ended = f"{shown}: the dispute over {name or 'the whole review'} is {outcome.value}."
    parts: Parts = [Hanging(words(("Decided. ", "title"), ended))]
    if now is not None:
        score = phrases.percent(now.share, now.rubric)
        if before is None or before.share == now.share:
            effect = f"The score is {score}, as before."
        else:
            was = phrases.percent(before.share, now.rubric)
            effect = f"The score is {score} now; it was {was}."
        if now.provisional:
            effect += " It is provisional: another dispute is open."
        parts.append(Hanging(words(effect)))
    if lacking:
        unsaid = f"The file does not say {joined(lacking)}."
        parts.append(Hanging(words((unsaid, "warn"))))
    return parts
