"""What `fill` says: each question with what helps to answer it, and what came of the answer.

A line or two at a time, in an order that makes sense read aloud; nothing is ever drawn over.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.text import Text

from charter_score import facts
from charter_score.diagnostics import joined
from charter_score.facts import RatingFact
from charter_score.figures import figure_text
from charter_score.filling.template import Asked, demands, weight_of
from charter_score.rating import Rating
from charter_score.render.text import phrases
from charter_score.render.text.blocks import (
    Hanging,
    Labelled,
    Parts,
    ToType,
    entry,
    item,
    prose,
    quoted,
    words,
)
from charter_score.result import ReviewResult
from charter_score.review import Action, Rated
from charter_score.rubric import Criterion, Rubric, Section

MOST_NAMED = 5
"""How many criteria are named in one sentence; of more, the rest is counted."""


class Option(NamedTuple):
    """One answer that a question takes: what to type, and the rating that it stands for."""

    key: str
    choice: RatingFact

    @property
    def rating(self) -> str:
        """The rating, in the rubric's own spelling."""
        return self.choice.rating


class Place(NamedTuple):
    """Where in the form a criterion stands: its number among those that apply, from 1."""

    section: Section
    criterion: Criterion
    number: int
    of: int


# ── Beginning and end ─────────────────────────────────────────────────────────────────────────────


def opening(rubric: Rubric, shown: str, rated: int, of: int) -> Parts:
    """What is filled in, how far it is, and how to answer."""
    if not rated and rubric.is_conditional:
        so_far = ""  # how many there are depends on what is answered first
    elif not rated:
        so_far = phrases.count(of, "criterion", "criteria")
    elif rated < of:
        so_far = f"{rated} of {of} criteria rated so far"
    else:
        so_far = f"all {of} criteria are rated"
    rule = facts.rule(rubric) if rubric.allows_na else ""
    keys = (("b", "back"), ("s", "skip"), ("#7", "to criterion 7"), ("q", "stop"), ("?", "help"))
    return [
        Hanging(words((facts.edition(rubric), "title"))),
        Hanging(words(" · ".join(part for part in (shown, so_far, rule) if part))),
        Text(),
        Hanging(
            words(
                "Type an answer and press Enter. Every answer is saved at once, so you can stop "
                "whenever you like and go on later."
            )
        ),
        Hanging(_keys(*keys), 2),
    ]


def _keys(*keys: tuple[str, str]) -> Text:
    """Keys and what they do, in one line."""
    return words(" · ").join(words((key, "strong"), f" {does}") for key, does in keys)


def left_as_draft(
    shown: str,
    rated: int,
    of: int,
    command: str,
    *,
    is_complete: bool = False,
    can_end: str | None = None,
) -> Parts:
    """Where a review was left that is not finished, and how to go on.

    `is_complete` where it could be scored if its status said so; `can_end` says between which
    scores it can still end.
    """
    how_far = f"All {of}" if rated == of else f"{rated} of {of}"
    are = "is" if rated == 1 else "are"
    stopped = words(
        ("Stopped here. ", "title"),
        f"{how_far} criteria {are} rated, and {shown} holds every answer as a draft.",
    )
    only_status = words((f"{phrases.ONLY_STATUS_MISSING}.", "warn"))
    complete = [Hanging(only_status)] if is_complete else []
    if can_end and not is_complete:
        complete.append(Hanging(words(can_end)))
    return [Text(), Hanging(stopped), *complete, ToType("To go on:", command)]


def left_finished(shown: str, command: str) -> Parts:
    """Where a review was left that needs no more answers, and how to see its score."""
    stopped = words(("Stopped here. ", "title"), f"{shown} is finished.")
    return [Text(), Hanging(stopped), ToType("To see its score:", command)]


def finished(shown: str) -> Parts:
    """That all is done, before the score is shown."""
    done = words(("Finished. ", "good"), f"{shown} is final, and this is its score.")
    return [Text(), Hanging(done, hang=2), Text()]


def see_again(command: str) -> Parts:
    """How to see the score another time."""
    return [Text(), ToType("To see this again:", command)]


# ── Questions ─────────────────────────────────────────────────────────────────────────────────────


def section_head(section: Section, number: int, of: int) -> Parts:
    """The section that begins here, with its guidance."""
    head = words((f"Section {number} of {of}: {section.title}", "title"))
    guidance = [Hanging(prose(section.guidance))] if section.guidance else []
    return [Text(), Hanging(head, hang=2), *guidance]


def rating_question(
    rubric: Rubric, place: Place, options: Sequence[Option], own: Rated | None
) -> Parts:
    """One criterion: where it stands, what to look for, what can be answered, what it has now."""
    criterion = place.criterion
    where = f"Criterion {place.number} of {place.of} · {place.section.title}"
    parts: Parts = [
        Text(),
        Hanging(words((where, "faint")), hang=2),
        Hanging(words((criterion.title, "strong"))),
    ]
    if criterion.guidance:
        parts.append(Hanging(prose(criterion.guidance), 2))
    alike = facts.same_points(rubric) is not None
    if about := [*weight_of(rubric, criterion, alike=alike), *demands(criterion)]:
        style = "warn" if criterion.critical else "faint"
        parts.append(Hanging(words((f"({'; '.join(about)})", style)), 2, hang=3))
    parts += [Text(), _answers((option.key, _meaning(rubric, option)) for option in options)]
    if own is not None and own.rating is not None:
        comment = words(", ", quoted(own.comment)) if own.comment else ""
        now = words(("Now: ", "strong"), own.rating, comment, " (Enter keeps it)")
        parts += [Text(), entry(now)]
    return parts


def _answers(answers: Iterable[tuple[str, Text]]) -> Labelled:
    """What can be typed, each with what it does beside it."""
    return Labelled([(words((key, "strong")), does) for key, does in answers], always=True)


def _meaning(rubric: Rubric, option: Option) -> Text:
    """What an answer means here: the word, what it is worth, what it looks like."""
    word, worth, looks_like = option.choice.word, option.choice.worth, option.choice.looks_like
    if option.rating == Rating.NOT_APPLICABLE and not looks_like:
        looks_like = f"it did not come up; {facts.rule(rubric).removeprefix('n/a ')}"
    head = f"{word} ({worth})" if worth else word
    return prose(f"{head}: {looks_like}" if looks_like else head)


def comment_question(
    *, not_applicable: bool, loses: bool, required: bool, now: str | None
) -> Parts:
    """What to write beside a rating."""
    parts: Parts = []
    if not_applicable:
        asked = "Why does it not apply?"
    elif loses:
        asked = "What did you see or hear?"
    else:
        asked = "A comment on it?"
    if now is not None:
        parts.append(entry(words(("Now: ", "strong"), quoted(now))))
        how = "Enter keeps it." if required else "Enter keeps it, - takes it out."
    else:
        how = "A few words are needed here." if required else "Enter for no comment."
    return [*parts, Hanging(words(f"{asked} {how}"), 2)]


def person_question(name: str, now: str | None) -> Parts:
    """Who did the work, who reviews it, which team it was."""
    asked = {
        "advisor": "Whose work is this?",
        "reviewer": "And who reviews it?",
        "team": "Which team is it?",
    }[name]
    how = f"Now: {now}. Enter keeps it." if now else "Enter leaves it empty."
    return [Text(), Hanging(words((asked, "strong"), f" {how}"))]


def field_question(name: str, asked: Asked, now: Sequence[str]) -> Parts:
    """One field of the interaction, with the values to choose from."""
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
    parts: Parts = [Text(), Hanging(words((title + mark, "strong"), " " + " ".join(how)))]
    if asked.values:
        parts.append(
            _answers((str(number), words(value)) for number, value in enumerate(asked.values, 1))
        )
    return parts


def today_offered(today: str) -> Parts:
    """The day on which the review is written, as an answer to choose."""
    return [_answers([("t", words(f"today, {today}"))])]


def evidence_question(now: str | None) -> Parts:
    """Where what the comment says can be heard or seen."""
    parts: Parts = []
    if now is not None:
        parts.append(entry(words(("Now: ", "strong"), prose(now))))
        how = "Enter keeps it, - takes it out."
    else:
        how = "Such as 00:04:40 or page 2; Enter for nothing."
    return [*parts, Hanging(words(f"Where is it heard or seen? {how}"), 2)]


def actions_question(actions: Sequence[Action]) -> Parts:
    """What was agreed, one action after the other; Enter goes on."""
    agreed = []
    for action in actions:
        details = [action.who, f"by {action.by}" if action.by else None]
        agreed.append(item(prose("; ".join(part for part in (action.what, *details) if part)), ">"))
    how = (
        "Anything else? Enter goes on; a single - takes the last one out."
        if actions
        else "One thing at a time; Enter goes on."
    )
    return [Text(), *agreed, Hanging(words(("What was agreed?", "strong"), f" {how}"))]


def action_detail_question(name: str, advisor: str | None) -> Parts:
    """Who does what was agreed, or by when."""
    if name == "who":
        example = f"For example {advisor}; " if advisor else ""
        asked = f"Who does it? {example}Enter leaves it open."
    else:
        asked = "By when? Year-month-day, such as 2016-06-01; Enter leaves it open."
    return [Hanging(words(asked), 2)]


def removal_question(titles: Sequence[str]) -> Parts:
    """Whether ratings may go that would no longer apply."""
    number = len(titles)
    them = "it" if number == 1 else "them"
    leaving = words(
        (f"With this answer {phrases.count(number, 'rating')} no longer ", "warn"),
        ("applies: " if number == 1 else "apply: ", "warn"),
        f"{_named(titles)}.",
    )
    return [
        Hanging(leaving, hang=2),
        Hanging(words(f"Enter takes {them} out; b leaves everything as it was."), 2),
    ]


def unrated_question(titles: Sequence[str]) -> Parts:
    """That some criteria are still without a rating."""
    number = len(titles)
    are = "is" if number == 1 else "are"
    criteria = phrases.count(number, "criterion", "criteria")
    first = "it" if number == 1 else "the first of them"
    return [
        Hanging(
            words((f"{criteria} {are} still without a rating: ", "strong"), f"{_named(titles)}.")
        ),
        Hanging(words(f"Enter goes to {first}; q stops here, and the review stays a draft.")),
    ]


def nothing_observed() -> Parts:
    """That there would be no score."""
    return [
        Hanging(
            words(
                ("Nothing that has points was observed, ", "warn"),
                "so there is nothing to score.",
            )
        ),
        Hanging(words("b goes back to change one; q stops here, and the review stays a draft.")),
    ]


def words_question(name: str, now: Sequence[str]) -> Parts:
    """The reviewer's own words for the conversation, a line at a time; Enter goes on."""
    if name == "done_well":
        asked, sign, style = "What was done well?", "+", "good"
    else:
        asked, sign, style = "What could be better?", "-", ""
    how = (
        "Another one? Enter goes on; a single - takes the last one out."
        if now
        else "In your own words, one line each; Enter goes on."
    )
    said = [item(prose(text), sign, style) for text in now]
    return [Text(), *said, Hanging(words((asked, "strong"), f" {how}"))]


def notes_question(now: str | None) -> Parts:
    """A last note for the conversation."""
    asked = ("Anything else for the conversation?", "strong")
    if now is None:
        return [Text(), Hanging(words(asked, " Enter finishes the review."))]
    how = " Enter keeps these notes and finishes; a single - takes them out."
    return [Text(), Hanging(prose(now), 2), Hanging(words(asked, how))]


def all_rated(of: int) -> Parts:
    """That only the reviewer's own words are left."""
    rated = f"All {of} criteria are rated." if of > 1 else "It is rated."
    last = " Last, a few words for the conversation, if you like. b goes back, #7 to criterion 7."
    return [Hanging(words((rated, "good"), last))]


def _named(titles: Sequence[str]) -> str:
    """Titles as a sentence lists them, the first few of many."""
    if len(titles) <= MOST_NAMED:
        return joined(titles)
    rest = len(titles) - MOST_NAMED + 1
    return joined([*titles[: MOST_NAMED - 1], f"{rest} more"])


# ── Answers ───────────────────────────────────────────────────────────────────────────────────────


def saved(rating: str, result: ReviewResult | None, rated: int, of: int, rubric: Rubric) -> Parts:
    """That an answer is saved, and the points so far, which are said to be provisional.

    `result` is the score of what is rated; None where nothing of it was observed.
    """
    is_saved = (f"Saved: {rating}. ", "good")
    if rubric.hide_points:
        return [Hanging(words(is_saved, (f"{rated} of {of} rated.", "faint")), hang=2)]
    if result is None:
        so_far = "nothing observed yet"
    else:
        earned = figure_text(result.score.earned)
        available = facts.points(result.score.available)
        so_far = f"{earned} of {available} ({phrases.percent(result.share, rubric)})"
    provisional = f"Provisional: {so_far}, {rated} of {of} rated."
    parts: Parts = [Hanging(words(is_saved, (provisional, "faint")), hang=2)]
    if result is not None and result.critical_missed:
        parts.append(Hanging(words(("A critical criterion is missed.", "bad")), 2))
    return parts


def hint(text: str) -> Parts:
    """A kind word on an answer that cannot be taken."""
    return [Hanging(words((text, "warn")), 2)]


def not_editable(line: int) -> Parts:
    """That an answer could not be saved because of how the file is written there."""
    return hint(
        f"That could not be saved: line {line} of the file is written in a way that fill cannot "
        "change without touching more of it. Please change it in an editor, or skip it for now."
    )


def rating_help(criterion: Criterion, options: Sequence[Option], commands: Sequence[str]) -> Parts:
    """Every answer that a criterion takes; `commands` is how back, skip and stop are typed."""
    back, skip, stop = commands
    first = options[0]
    rows = [(option.key, option.rating) for option in options]
    rows += [
        (f"{first.key}: words", f"{first.rating}, with a comment in one go"),
        (back, "back to the question before"),
        (skip, "skip it for now, or leave it as it is"),
        ("#7", "go to criterion 7, to change it or to look at it"),
        (stop, "stop here; what you have answered is saved (Ctrl-D does it too)"),
    ]
    parts: Parts = [_answers((key, words(does)) for key, does in rows)]
    if criterion.source:
        parts.append(entry(words((f"In the standard: {criterion.source}", "faint"))))
    return parts


def text_help(*, may_jump: bool = False) -> Parts:
    """Every key that a question for words takes beside the words."""
    write = "Write on one line and press Enter. A single key does something else:"
    keys = [("b", "back"), ("q", "stop, all saved"), ("?", "this help")]
    if may_jump:
        keys.insert(1, ("#7", "to criterion 7"))
    return [Hanging(words(write), 2), Hanging(_keys(*keys), 4)]


def lines_taken(text: str) -> Parts:
    """That all lines which came at once are in the answer."""
    return hint(f"It holds all {text.count(chr(10)) + 1} lines that came at once.")


def other_rubric(own: str) -> Parts:
    """That the command names another rubric than the review does; `own` is the review's."""
    return [
        Hanging(
            words(
                ("--rubric names another rubric than this review does. ", "warn"),
                f"It is filled in by its own, {own}.",
            )
        )
    ]


def not_saved() -> Parts:
    """That the last answer is lost, and only that one."""
    return [
        Hanging(
            words(
                ("The last answer was not saved; all before it were. ", "warn"),
                "Put the file right and run fill again.",
            )
        )
    ]
