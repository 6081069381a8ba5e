"""What `fill` says: each question with what helps to answer it, and what came of the answer.

A line or two at a time, in an order that makes sense read aloud; nothing is ever drawn over.
"""

from collections.abc import Sequence
from typing import NamedTuple

from charter_score.figures import decimal_text
from charter_score.filling.template import Asked, Choice, demands, same_points, title_of, weight_of
from charter_score.rating import Rating
from charter_score.render.text import phrases
from charter_score.render.text.layout import Line, Page, Span, Style, cells, left, span
from charter_score.result import ReviewResult
from charter_score.review import Rated
from charter_score.rubric import Criterion, Permission, Rubric, Section

MOST_NAMED = 5
"""How many criteria are named in one sentence; of more, the rest is counted."""


class Option(NamedTuple):
    """One answer that a question takes: what to type, and the rating that it stands for."""

    key: str
    choice: Choice

    @property
    def rating(self) -> str:
        """The rating, in the rubric's own spelling."""
        return self.choice.word


class Place(NamedTuple):
    """Where in the form a criterion stands: its number among those that apply, from 1."""

    section: Section
    criterion: Criterion
    number: int
    of: int


# ── Beginning and end ─────────────────────────────────────────────────────────────────────────────


def opening(rubric: Rubric, shown: str, rated: int, of: int, width: int) -> list[Line]:
    """What is filled in, how far it is, and how to answer."""
    page = Page(width)
    page.write(span(title_of(rubric), Style.TITLE))
    if not rated and _is_conditional(rubric):
        so_far = ""  # how many there are depends on what is answered first
    elif not rated:
        so_far = phrases.count(of, "criterion", "criteria")
    elif rated < of:
        so_far = f"{rated} of {of} criteria rated so far"
    else:
        so_far = f"all {of} criteria are rated"
    may_be_na = any(one.not_applicable is not Permission.FORBIDDEN for _, one in rubric.criteria())
    rule = phrases.rule(rubric) if may_be_na else ""
    page.write(" · ".join(part for part in (shown, so_far, rule) if part))
    page.blank()
    page.write(
        "Type an answer and press Enter. Every answer is saved at once, so you can stop whenever "
        "you like and go on later."
    )
    page.write(*_keys(("b", "back"), ("s", "skip"), ("q", "stop"), ("?", "help")), indent=2)
    return page.lines


def _is_conditional(rubric: Rubric) -> bool:
    """Whether some part of a rubric applies only to some interactions."""
    return any(
        section.applies_when or any(one.applies_when for one in section.criteria)
        for section in rubric.sections
    )


def _keys(*keys: tuple[str, str]) -> list[Span]:
    """Keys and what they do, in one line."""
    spans = []
    for index, (key, does) in enumerate(keys):
        spans += [Span(" · " if index else ""), Span(key, Style.STRONG), Span(f" {does}")]
    return spans


def left_as_draft(shown: str, rated: int, of: int, command: str, width: int) -> list[Line]:
    """Where a review was left that is not finished, and how to go on."""
    page = Page(width)
    how_far = f"All {of}" if rated == of else f"{rated} of {of}"
    are = "is" if rated == 1 else "are"
    page.write(
        span("Stopped here. ", Style.TITLE),
        span(f"{how_far} criteria {are} rated, and {shown} holds every answer as a draft."),
    )
    return [(), *page.lines, *_to_type("To go on:", command, width)]


def left_finished(shown: str, command: str, width: int) -> list[Line]:
    """Where a review was left that needs no more answers, and how to see its score."""
    page = Page(width)
    page.write(span("Stopped here. ", Style.TITLE), span(f"{shown} is finished."))
    return [(), *page.lines, *_to_type("To see its score:", command, width)]


def finished(shown: str, width: int) -> list[Line]:
    """That all is done, before the score is shown."""
    page = Page(width)
    page.write(
        span("Finished. ", Style.GOOD), span(f"{shown} is final, and this is its score."), hang=2
    )
    return [(), *page.lines, ()]


def see_again(command: str, width: int) -> list[Line]:
    """How to see the score another time."""
    return [(), *_to_type("To see this again:", command, width)]


def _to_type(label: str, command: str, width: int) -> list[Line]:
    """A command to type, which is never broken: it could not be copied."""
    text = span(command, Style.STRONG)
    if cells(label) + 1 + cells(text.text) <= width:
        return [(Span(f"{label} "), text)]
    return [(Span(label),), (Span("  "), text)]


# ── Questions ─────────────────────────────────────────────────────────────────────────────────────


def section_head(section: Section, number: int, of: int, width: int) -> list[Line]:
    """The section that begins here, with its guidance."""
    page = Page(width)
    page.write(span(f"Section {number} of {of}: {section.title}", Style.TITLE), hang=2)
    if section.guidance:
        page.paragraphs(section.guidance)
    return [(), *page.lines]


def rating_question(
    rubric: Rubric, place: Place, options: Sequence[Option], own: Rated | None, width: int
) -> list[Line]:
    """One criterion: where it stands, what to look for, what can be answered, what it has now."""
    page = Page(width)
    criterion = place.criterion
    where = f"Criterion {place.number} of {place.of} · {place.section.title}"
    page.write(span(where, Style.FAINT), hang=2)
    page.write(span(criterion.title, Style.STRONG))
    if criterion.guidance:
        page.paragraphs(criterion.guidance, indent=2)
    alike = same_points(rubric) is not None
    if told := [*weight_of(rubric, criterion, alike=alike), *demands(criterion)]:
        style = Style.WARN if criterion.critical else Style.FAINT
        page.write(span(f"({'; '.join(told)})", style), indent=2, hang=3)
    page.blank()
    keys = max(cells(option.key) for option in options)
    for option in options:
        _beside(page, option.key, keys, *_meaning(rubric, option))
    if own is not None and own.rating is not None:
        comment = f', "{own.comment}"' if own.comment else ""
        page.blank()
        page.write(
            span("Now: ", Style.STRONG),
            span(f"{own.rating}{comment} (Enter keeps it)"),
            indent=2,
            hang=4,
        )
    return [(), *page.lines]


def _beside(page: Page, label: str, label_width: int, *words: Span) -> None:
    """A short label with words that hang beside it."""
    before = len(page.lines)
    page.write(*words, indent=4 + label_width)
    padded = left(span(label).text, label_width)
    page.lines[before] = (
        Span("  "),
        Span(padded, Style.STRONG),
        Span("  "),
        *page.lines[before][1:],
    )


def _meaning(rubric: Rubric, option: Option) -> list[Span]:
    """What an answer means here: the word, what it is worth, what it looks like."""
    word, worth, looks_like = option.choice
    if word == Rating.NOT_APPLICABLE and not looks_like:
        looks_like = f"it did not come up; {phrases.rule(rubric).removeprefix('n/a ')}"
    head = f"{word} ({worth})" if worth else word
    return [span(f"{head}: {looks_like}" if looks_like else head)]


def comment_question(
    *, not_applicable: bool, loses: bool, required: bool, now: str | None, width: int
) -> list[Line]:
    """What to write beside a rating."""
    page = Page(width)
    if not_applicable:
        asked = "Why does it not apply?"
    elif loses:
        asked = "What did you see or hear?"
    else:
        asked = "A comment on it?"
    if now is not None:
        page.write(span("Now: ", Style.STRONG), span(f'"{now}"'), indent=2, hang=4)
        how = "Enter keeps it." if required else "Enter keeps it, - takes it out."
    else:
        how = "A few words are needed here." if required else "Enter for no comment."
    page.write(f"{asked} {how}", indent=2)
    return page.lines


def person_question(name: str, now: str | None, width: int) -> list[Line]:
    """Who did the work, or who reviews it."""
    page = Page(width)
    asked = "Whose work is this?" if name == "advisor" else "And who reviews it?"
    how = f"Now: {now}. Enter keeps it." if now else "Enter leaves it empty."
    page.write(span(asked, Style.STRONG), span(f" {how}"))
    return [(), *page.lines]


def field_question(name: str, asked: Asked, now: Sequence[str], width: int) -> list[Line]:
    """One field of the interaction, with the values to choose from."""
    page = Page(width)
    how = []
    if asked.values and not asked.closed:
        how.append("One of these, or your own words.")
    if asked.many:
        how.append("Several are joined by commas.")
    if name == "date" and not asked.values:
        how.append("Year-month-day, such as 2016-05-04.")
    if now:
        how.append(f"Now: {', '.join(now)}. Enter keeps it.")
    elif asked.required:
        how.append("It is needed here.")
    else:
        how.append("Enter leaves it empty.")
    title = asked.title.replace("_", " ")
    title = title[:1].upper() + title[1:]
    mark = "" if title.endswith(("?", ":", ".")) else "."
    page.write(span(title + mark, Style.STRONG), span(" " + " ".join(how)))
    for number, value in enumerate(asked.values, 1):
        _beside(page, str(number), len(str(len(asked.values))), span(value))
    return [(), *page.lines]


def removal_question(titles: Sequence[str], width: int) -> list[Line]:
    """Whether ratings may go that would no longer apply."""
    page = Page(width)
    number = len(titles)
    page.write(
        Span(f"With this answer {phrases.count(number, 'rating')} no longer ", Style.WARN),
        Span("applies: " if number == 1 else "apply: ", Style.WARN),
        span(f"{_named(titles)}."),
        hang=2,
    )
    them = "it" if number == 1 else "them"
    page.write(f"Enter takes {them} out; b leaves everything as it was.", indent=2)
    return page.lines


def unrated_question(titles: Sequence[str], width: int) -> list[Line]:
    """That some criteria are still without a rating."""
    page = Page(width)
    number = len(titles)
    are = "is" if number == 1 else "are"
    criteria = phrases.count(number, "criterion", "criteria")
    page.write(
        Span(f"{criteria} {are} still without a rating: ", Style.STRONG), span(f"{_named(titles)}.")
    )
    first = "it" if number == 1 else "the first of them"
    page.write(f"Enter goes to {first}; q stops here, and the review stays a draft.")
    return [(), *page.lines]


def nothing_observed(width: int) -> list[Line]:
    """That there would be no score."""
    page = Page(width)
    page.write(
        Span("Nothing that has points was observed, ", Style.WARN),
        Span("so there is nothing to score."),
    )
    page.write("b goes back to change one; q stops here, and the review stays a draft.")
    return [(), *page.lines]


def words_question(name: str, now: Sequence[str], width: int) -> list[Line]:
    """The reviewer's own words for the conversation, a line at a time; Enter goes on."""
    page = Page(width)
    asked = "What was done well?" if name == "done_well" else "What could be better?"
    sign = Span("+ ", Style.GOOD) if name == "done_well" else Span("- ")
    if now:
        for text in now:
            page.write(sign, span(text), indent=2, hang=4)
        how = "Another one? Enter goes on; a single - takes the last one out."
        page.write(span(asked, Style.STRONG), f" {how}")
    else:
        page.write(span(asked, Style.STRONG), " In your own words, one line each; Enter goes on.")
    return [(), *page.lines]


def notes_question(now: str | None, width: int) -> list[Line]:
    """A last note for the conversation."""
    page = Page(width)
    asked = span("Anything else for the conversation?", Style.STRONG)
    if now is None:
        page.write(asked, " Enter finishes the review.")
    else:
        page.paragraphs(now, indent=2)
        page.write(asked, " Enter keeps these notes and finishes; a single - takes them out.")
    return [(), *page.lines]


def all_rated(of: int, width: int) -> list[Line]:
    """That only the reviewer's own words are left."""
    page = Page(width)
    page.write(
        Span(f"All {of} criteria are rated." if of > 1 else "It is rated.", Style.GOOD),
        " Last, a few words for the conversation, if you like.",
    )
    return [(), *page.lines]


def _named(titles: Sequence[str]) -> str:
    """Titles as a sentence lists them, the first few of many."""
    if len(titles) <= MOST_NAMED:
        return phrases.both(titles)
    rest = len(titles) - MOST_NAMED + 1
    return phrases.both([*titles[: MOST_NAMED - 1], f"{rest} more"])


# ── Answers ───────────────────────────────────────────────────────────────────────────────────────


def saved(
    rating: str, result: ReviewResult | None, rated: int, of: int, rubric: Rubric, width: int
) -> list[Line]:
    """That an answer is saved, and the points so far, which are said to be provisional.

    `result` is the score of what is rated; None where nothing of it was observed.
    """
    page = Page(width)
    told = span(f"Saved: {rating}. ", Style.GOOD)
    if rubric.hide_points:
        page.write(told, span(f"{rated} of {of} rated.", Style.FAINT), hang=2)
        return page.lines
    if result is None:
        so_far = "nothing observed yet"
    else:
        earned = decimal_text(result.score.earned)
        available = phrases.points(result.score.available)
        so_far = f"{earned} of {available} ({phrases.percent(result.share, rubric)})"
    page.write(told, span(f"Provisional: {so_far}, {rated} of {of} rated.", Style.FAINT), hang=2)
    if result is not None and result.critical_missed:
        page.write(Span("A critical criterion is missed.", Style.BAD), indent=2)
    return page.lines


def hint(text: str, width: int) -> list[Line]:
    """A kind word on an answer that cannot be taken."""
    page = Page(width)
    page.write(span(text, Style.WARN), indent=2)
    return page.lines


def not_editable(line: int, width: int) -> list[Line]:
    """That an answer could not be saved because of how the file is written there."""
    return hint(
        f"That could not be saved: line {line} of the file is written in a way that fill cannot "
        "change without touching more of it. Please change it in an editor, or skip it for now.",
        width,
    )


def rating_help(
    criterion: Criterion, options: Sequence[Option], commands: Sequence[str], width: int
) -> list[Line]:
    """Every answer that a criterion takes; `commands` is how back, skip and stop are typed."""
    back, skip, stop = commands
    first = options[0]
    rows = [(option.key, option.rating) for option in options]
    rows += [
        (f"{first.key}: words", f"{first.rating}, with a comment in one go"),
        (back, "back to the question before"),
        (skip, "skip it for now, or leave it as it is"),
        (stop, "stop here; what you have answered is saved (Ctrl-D does it too)"),
    ]
    page = Page(width)
    keys = max(cells(span(key).text) for key, _ in rows)
    for key, does in rows:
        _beside(page, key, keys, span(does))
    if criterion.source:
        page.write(span(f"In the standard: {criterion.source}", Style.FAINT), indent=2, hang=4)
    return page.lines


def text_help(width: int) -> list[Line]:
    """Every key that a question for words takes beside the words."""
    page = Page(width)
    page.write("Write on one line and press Enter. A single key does something else:", indent=2)
    page.write(*_keys(("b", "back"), ("q", "stop, all saved"), ("?", "this help")), indent=4)
    return page.lines


def not_saved(width: int) -> list[Line]:
    """That the last answer is lost, and only that one."""
    page = Page(width)
    page.write(
        Span("The last answer was not saved; all before it were. ", Style.WARN),
        Span("Put the file right and run fill again."),
    )
    return page.lines
