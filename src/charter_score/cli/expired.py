"""What `check --expired` lists: reviews that should be deleted by now."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from charter_score.cli.agreed import Agreed, find_agreement
from charter_score.cli.terminal import Color, show, tell, tell_problems
from charter_score.diagnostics import Diagnostic
from charter_score.errors import ExitCode
from charter_score.field_types import day_of, is_date
from charter_score.render.text.blocks import Hanging, Parts, heading, spaced, words
from charter_score.render.text.console import Line
from charter_score.render.text.phrases import count, day
from charter_score.rubric import values_of
from charter_score.source.every_review import FoundReview, every_review


class Due(NamedTuple):
    """A review that should have been deleted: its last day, and what says so."""

    path: str
    id: str
    last: str
    why: str


def list_expired(paths: Sequence[str], until: str | None, color: Color) -> ExitCode:
    """List the reviews whose last day was before a day (today without one).

    0 where there is none, 1 where there are, 3 where something could not be read.

    Raises:
        UsageError: where the agreement cannot be read.
    """
    agreed = find_agreement()
    today = until or date.today().isoformat()
    due: list[Due] = []
    timeless: list[FoundReview] = []
    problems: list[Diagnostic] = []
    number = 0
    for found in every_review(paths):
        if isinstance(found, Diagnostic):
            problems.append(found)
            continue
        number += 1
        last = _last_day(found, agreed)
        if last is None:
            timeless.append(found)
        elif last.last < today:
            due.append(last)
    tell_problems(problems, color)
    show(_view(due, timeless, number, today, agreed), color)
    if problems:
        told = f"Exit 3: {count(len(problems), 'file')} could not be read."
        tell([Line(told, "bad")], color)
        return ExitCode.NOT_SCORED
    return ExitCode.GATE_FAILED if due else ExitCode.OK


def _last_day(found: FoundReview, agreed: Agreed | None) -> Due | None:
    """Until when a review is kept: its own `retain_until`, else what was agreed."""
    own = day_of(found.field("retain_until") or "")
    if is_date(own):
        return Due(found.file.shown, found.id, own, "its own `retain_until`")
    clause = None if agreed is None else agreed.agreement.retention
    if agreed is None or clause is None:
        return None
    from charter_score.agreement import day_after

    contact = () if found.review is None else values_of(found.review.interaction, "date")
    given = [day_of(found.field("reviewed") or ""), *contact]
    days = [one for one in given if is_date(one)]
    last = day_after(max(days), clause.days) if days else None
    if last is None:
        return None
    after = f"{count(clause.days, 'day')} after {day(max(days))}"
    cited = agreed.cited(clause, "retention")
    return Due(found.file.shown, found.id, last, f"{after}; {cited[0].lower()}{cited[1:]}")


def _view(
    due: Sequence[Due],
    timeless: Sequence[FoundReview],
    number: int,
    today: str,
    agreed: Agreed | None,
) -> Parts:
    told = f"{len(due)} of {count(number, 'review')} should be deleted by {day(today)}."
    listed: Parts = [
        Hanging(words((one.path, "strong"), f": kept until {day(one.last)} ({one.why})"), "  - ")
        for one in sorted(due, key=lambda one: (one.last, one.path))
    ]
    unknown: Parts = []
    if timeless:
        way_out = "`retain_until` in a review, or `retention` in agreement.yaml, says it"
        if agreed is not None and agreed.agreement.retention is not None:
            way_out = "they give no day; `retain_until` says it"
        kept = f"{count(len(timeless), 'review')} {'is' if len(timeless) == 1 else 'are'} kept"
        unknown = [Hanging(words(f"Nothing says how long {kept}: {way_out}."))]
    note = "The program deletes nothing: a person does, and the copies too." if due else ""
    return spaced(
        [heading("To be deleted"), Hanging(words(told))],
        listed,
        unknown,
        [Hanging(words((note, "faint")))] if note else [],
    )
