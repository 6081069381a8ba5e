"""The conversation over a review: which question comes next, and what an answer does.

A state machine over the file. It reads no line and prints none; whoever runs it does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import assert_never

from charter_score import facts
from charter_score.compiled import worth_of
from charter_score.diagnostics import At
from charter_score.field_types import is_date
from charter_score.figures import figure_text
from charter_score.filling import view
from charter_score.filling.sheet import ABOUT, WORDS, Progress, Sheet
from charter_score.filling.template import Asked, asked_fields
from charter_score.rating import Rating, same_word
from charter_score.render.text.blocks import Parts
from charter_score.review import Rated
from charter_score.rubric import (
    Criterion,
    Permission,
    Range,
    Rubric,
    same_value,
    values_of,
)
from charter_score.source.document import scalar_problem
from charter_score.source.edit import NotEditableError

NOT_TEXT = "That could not be read as text. Is the terminal set to UTF-8?"


class Ending(Enum):
    """How a conversation ended."""

    FINISHED = "finished"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class _AskPerson:
    name: str


@dataclass(frozen=True, slots=True)
class _AskField:
    name: str


@dataclass(frozen=True, slots=True)
class _AskRemoval:
    """A field's new value would take ratings along."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _AskRating:
    section: str
    criterion: str


@dataclass(frozen=True, slots=True)
class _AskComment:
    """A rating has been chosen; it is saved already unless a comment is required."""

    section: str
    criterion: str
    rating: str
    required: bool


@dataclass(frozen=True, slots=True)
class _AskEvidence:
    """A rating and its comment are saved; where can it be heard or seen?"""

    section: str
    criterion: str
    rating: str


@dataclass(frozen=True, slots=True)
class _AskUnrated:
    """The last criterion was passed and some are unrated."""


@dataclass(frozen=True, slots=True)
class _AskNothingObserved:
    """Every criterion is rated and nothing was observed."""


@dataclass(frozen=True, slots=True)
class _AskWords:
    name: str


@dataclass(frozen=True, slots=True)
class _AskAction:
    """What was agreed, one action after the other."""


@dataclass(frozen=True, slots=True)
class _AskOfAction:
    """Who does the last action (`who`), or by when (`by`); the action itself is saved."""

    name: str


@dataclass(frozen=True, slots=True)
class _AskNotes:
    pass


_Step = (
    _AskPerson
    | _AskField
    | _AskRemoval
    | _AskRating
    | _AskComment
    | _AskEvidence
    | _AskUnrated
    | _AskNothingObserved
    | _AskWords
    | _AskAction
    | _AskOfAction
    | _AskNotes
)

_OF_ACTION = ("who", "by")
_JUMP = re.compile(r"(?:#|go +)([0-9]{1,6})", re.IGNORECASE)
"""How a criterion is gone to by its number."""


class _NotTakenError(Exception):
    """An answer that cannot be taken; the message says kindly what can."""


class Conversation:
    """Which question comes next, and what an answer does to the sheet.

    `question` gives what to show before a line is read (nothing where the question still stands),
    `prompt` the word before the cursor, `answer` what to show after it. `ending` is set once there
    is nothing more to ask. `today` is the day that is offered.
    """

    def __init__(self, sheet: Sheet, today: date | None = None) -> None:
        self.sheet = sheet
        self._today = (today or date.today()).isoformat()
        self.ending: Ending | None = None
        self._fields = _fields(sheet.progress.rubric)
        self._first = self._first_questions()
        self._step: _Step = self._first[0] if self._first else self._next_unrated()
        self._is_shown = False
        self._section: str | None = None  # the one whose head was shown last

    @property
    def _progress(self) -> Progress:
        return self.sheet.progress

    def _first_questions(self) -> list[_Step]:
        """What is asked before the ratings.

        All that is missing where nothing is rated yet; else only what the review cannot be without.
        """
        progress = self._progress
        review, is_new = progress.review, not progress.is_begun()
        people: list[_Step] = [
            _AskPerson(name)
            for name in ABOUT
            if progress.is_empty(name) or (is_new and getattr(review, name) is None)
        ]
        return people + [
            _AskField(name)
            for name, asked in self._fields.items()
            if progress.needs_field(name, required=asked.required)
            or (is_new and not values_of(review.interaction, name))
        ]

    # ── Asking ────────────────────────────────────────────────────────────────────────────────

    @property
    def prompt(self) -> str:
        """The word before the cursor; plain ASCII, so that every terminal can show it."""
        match self._step:
            case _AskPerson(name):
                return f"{name.capitalize()}: "
            case _AskField():
                return "Answer: "
            case _AskRating():
                return "Rating: "
            case _AskComment():
                return "Comment: "
            case _AskEvidence():
                return "Evidence: "
            case _AskWords(name):
                return f"{name.replace('_', ' ').capitalize()}: "
            case _AskAction():
                return "Agreed: "
            case _AskOfAction(name):
                return f"{name.capitalize()}: "
            case _AskNotes():
                return "Notes: "
            case _AskRemoval() | _AskNothingObserved():
                return "Enter or b: "
            case _AskUnrated():
                return "Enter or q: "
            case _:
                assert_never(self._step)

    def question(self) -> Parts:
        """What to show before the next line is read; nothing where the question still stands."""
        if self._is_shown:
            return []
        self._is_shown = True
        review = self._progress.review
        match self._step:
            case _AskPerson(name):
                return view.person_question(name, getattr(review, name))
            case _AskField(name):
                now = values_of(review.interaction, name)
                lines = view.field_question(name, self._fields[name], now)
                if self._is_day(name):
                    lines += view.today_offered(self._today)
                return lines
            case _AskRemoval(name, values):
                leaving = self._progress.leaving(name, values)
                return view.removal_question([one.title for _, one in leaving])
            case _AskRating():
                return self._rating_question()
            case _AskComment(rating=rating, required=required):
                return view.comment_question(
                    not_applicable=rating == Rating.NOT_APPLICABLE,
                    loses=_is_seen_to_lose(self._progress.rubric, self._place().criterion, rating),
                    required=required,
                    now=self._own().comment,
                )
            case _AskEvidence():
                return view.evidence_question(self._own().evidence)
            case _AskUnrated():
                titles = [one.criterion.title for one in self._progress.unrated()]
                return view.unrated_question(titles)
            case _AskNothingObserved():
                return view.nothing_observed()
            case _AskWords(name):
                return view.words_question(name, getattr(review, name))
            case _AskAction():
                return view.actions_question(review.actions)
            case _AskOfAction(name):
                advisor = review.advisor if name == "who" else None
                return view.action_detail_question(name, advisor)
            case _AskNotes():
                return view.notes_question(review.notes)
            case _:
                assert_never(self._step)

    def _rating_question(self) -> Parts:
        place, rubric = self._place(), self._progress.rubric
        head: Parts = []
        if place.section.id != self._section:
            self._section = place.section.id
            sections = list(dict.fromkeys(one.section.id for one in self._progress.places()))
            number = sections.index(place.section.id) + 1
            head = view.section_head(place.section, number, len(sections))
        options = options_of(rubric, place.criterion)
        return head + view.rating_question(rubric, place, options, self._own())

    def _place(self) -> view.Place:
        """The criterion that is asked about."""
        step = self._step
        if not isinstance(step, _AskRating | _AskComment | _AskEvidence):
            raise TypeError(step)
        return next(
            place
            for place in self._progress.places()
            if (place.section.id, place.criterion.id) == (step.section, step.criterion)
        )

    def _own(self) -> Rated:
        place = self._place()
        return self._progress.own(place.section, place.criterion)

    def _is_day(self, name: str) -> bool:
        """Whether a field is the day of the contact, for which today is offered."""
        return name == "date" and not self._fields[name].values

    # ── Answering ─────────────────────────────────────────────────────────────────────────────

    def answer(self, line: str) -> Parts:
        """Take one answer: do what it says, go on to the next question, tell what came of it.

        Text of several lines, as it comes from pasting, is words and never a command; only a
        question for words takes it. What cannot be taken changes nothing, and the question stands.

        Raises:
            DocumentError: where the file has become one that cannot be filled in; this answer was
                not saved, all before it were.
            NotWrittenError: where the file could not be written; likewise.
        """
        try:
            text = _clean(line)
            return self._take_block(text) if "\n" in text else self._answer(text)
        except _NotTakenError as wrong:
            return view.hint(str(wrong))
        except NotEditableError as wrong:
            place = self._progress.document.locate(wrong.route, At.KEY)
            return view.not_editable(place.line)

    def stop(self) -> None:
        """End the conversation here; everything answered so far is in the file."""
        self.ending = Ending.STOPPED

    def _go(self, step: _Step) -> None:
        self._step = step
        self._is_shown = False

    def _take_block(self, text: str) -> Parts:
        """Take text of several lines where it can only be words, and nowhere else."""
        match self._step:
            case _AskRating():
                first, _, rest = text.partition("\n")
                place, rubric = self._place(), self._progress.rubric
                options = options_of(rubric, place.criterion)
                meant = rating_meant(rubric, place.criterion, options, first)
                if meant is not None and meant[1] is not None:
                    return self._take_rating(place, options, meant[0], f"{meant[1]}\n{rest}")
            case _AskComment() | _AskNotes():
                return self._answer_words_of(text)
            case _AskWords(name):
                self.sheet.add_words(name, *filter(None, map(str.strip, text.split("\n"))))
                return []
        raise _NotTakenError(
            f"{text.count(chr(10)) + 1} lines came at once, and this question takes one. Nothing "
            "of them was saved; please answer again."
        )

    def _answer_words_of(self, text: str) -> Parts:
        """Take words that are a comment or notes, whatever they look like."""
        if isinstance(self._step, _AskComment):
            return [*self._comment_given(text), *view.lines_taken(text)]
        self._take_notes(text)
        return view.lines_taken(text)

    def _answer(self, text: str) -> Parts:
        match self._step:
            case _AskRating():
                return self._answer_rating(text)
            case _ if text == "?":
                return view.text_help(may_jump=self._may_jump())
            case _ if text == "q":
                self.stop()
            case _ if text == "b":
                self._back()
            case _ if self._may_jump() and _JUMP.fullmatch(text):
                self._jump(text)
            case _AskPerson(name):
                if text or self._progress.is_empty(name):
                    self.sheet.set_person(name, text or None)
                self._go(self._after_first())
            case _AskField(name):
                self._answer_field(name, text)
            case _AskRemoval(name, values):
                _expect_enter(text, "Enter takes out what no longer applies, b goes back.")
                self._set_field(name, values)
            case _AskComment():
                return self._answer_comment(text)
            case _AskEvidence():
                return self._answer_evidence(text)
            case _AskUnrated():
                _expect_enter(text, "Enter goes to the first one, q stops here.")
                self._go(self._next_unrated())
            case _AskNothingObserved():
                raise _NotTakenError("b goes back to change a rating, q stops here.")
            case _AskWords(name):
                self._answer_words(name, text)
            case _AskAction():
                self._answer_action(text)
            case _AskOfAction(name):
                self._answer_of_action(name, text)
            case _AskNotes():
                self._take_notes(None if text == "-" else text, keeps=not text)
            case _:
                assert_never(self._step)
        return []

    # ── The interaction ───────────────────────────────────────────────────────────────────────

    def _after_first(self) -> _Step:
        """What follows a question that comes before the ratings."""
        following = self._first[self._first.index(self._step) + 1 :]
        return following[0] if following else self._next_unrated()

    def _answer_field(self, name: str, text: str) -> None:
        asked = self._fields[name]
        if self._is_day(name) and text.casefold() in ("t", "today"):
            text = self._today
        if text:
            values = field_values(name, asked, text)
            if self._progress.leaving(name, values):
                self._go(_AskRemoval(name, values))
            else:
                self._set_field(name, values)
        elif self._progress.needs_field(name, required=asked.required):
            raise _NotTakenError(
                "What stands there cannot stay; please give another answer."
                if values_of(self._progress.review.interaction, name)
                else "This one is needed: the standard depends on it."
            )
        else:
            self._go(self._after_first())

    def _set_field(self, name: str, values: tuple[str, ...]) -> None:
        self.sheet.set_field(name, values)
        self._step = _AskField(name)
        self._go(self._after_first())

    # ── Ratings ───────────────────────────────────────────────────────────────────────────────

    def _answer_rating(self, text: str) -> Parts:
        place, rubric = self._place(), self._progress.rubric
        options = options_of(rubric, place.criterion)
        found = rating_meant(rubric, place.criterion, options, text)
        if found is not None:
            return self._take_rating(place, options, *found)
        if text == "?":
            commands = _commands(options)
            return view.rating_help(place.criterion, options, commands)
        if _JUMP.fullmatch(text):
            self._jump(text)
            return []
        match text.casefold():
            case "b" | "back":
                self._back()
            case "s" | "skip":
                self._go(self._next_unrated(place))
            case "q" | "quit":
                self.stop()
            case "" if self._own().rating is not None:
                self._keep(place)
            case _:
                raise _NotTakenError(_what_to_type(options))
        return []

    def _take_rating(
        self, place: view.Place, options: Sequence[view.Option], rating: str, comment: str | None
    ) -> Parts:
        if rating == Rating.NOT_APPLICABLE and _forbids_not_applicable(place.criterion):
            raise _NotTakenError(f"This one always applies. {_what_to_type(options)}")
        return self._rated(place, rating, comment)

    def _keep(self, place: view.Place) -> None:
        """Enter where a rating stands: on to the next criterion, or to the comment it lacks."""
        rubric, criterion = self._progress.rubric, place.criterion
        rating = rubric.rating_reader(criterion)(self._own().rating or "")
        if self._progress.is_rated(place.section, criterion):
            following = self._progress.places()[place.number :]
            self._go(_ask(following[0]) if following else self._after_ratings())
        elif rating is None or (
            rating == Rating.NOT_APPLICABLE and _forbids_not_applicable(criterion)
        ):
            raise _NotTakenError(
                f"What stands there cannot stay. {_what_to_type(options_of(rubric, criterion))}"
            )
        else:
            self._go(_AskComment(place.section.id, criterion.id, rating, required=True))

    def _rated(self, place: view.Place, rating: str, comment: str | None) -> Parts:
        """A rating was chosen: it is saved, unless it needs a comment and has none yet."""
        section, criterion, rubric = place.section, place.criterion, self._progress.rubric
        before = self._own().comment
        required = rubric.needs_comment(criterion, rating)
        if comment is not None:
            self.sheet.rate(section, criterion, rating, comment)
            return self._saved(place, rating)
        if before is not None or not required:
            self.sheet.rate(section, criterion, rating, before)
        is_wanted = (
            rating == Rating.NOT_APPLICABLE
            or rubric.hide_points  # to ask only for some answers would tell which are right
            or _loses(rubric, criterion, rating)
        )
        if required or is_wanted or before is not None:
            self._go(_AskComment(section.id, criterion.id, rating, required))
            return []
        return self._saved(place, rating)

    def _answer_comment(self, text: str) -> Parts:
        step, place, now = self._step, self._place(), self._own().comment
        if not isinstance(step, _AskComment):
            raise TypeError(step)
        if text == "-" and step.required:
            raise _NotTakenError("A comment is needed here; write another one, or b goes back.")
        if text == "-":
            if now is not None:
                self.sheet.rate(place.section, place.criterion, step.rating, None)
        elif text:
            return self._comment_given(text)
        elif step.required and now is None:
            raise _NotTakenError(
                "A few words are needed here, so that the advisor knows why. b goes back."
            )
        return self._with_comment(place, step.rating)

    def _comment_given(self, text: str) -> Parts:
        step, place = self._step, self._place()
        if not isinstance(step, _AskComment):
            raise TypeError(step)
        self.sheet.rate(place.section, place.criterion, step.rating, text)
        return self._with_comment(place, step.rating)

    def _with_comment(self, place: view.Place, rating: str) -> Parts:
        """Go on behind the comment: what was seen or heard has a place where it can be found."""
        own = self._own()
        if own.comment is None or rating == Rating.NOT_APPLICABLE:
            return self._saved(place, rating)
        self._go(_AskEvidence(place.section.id, place.criterion.id, rating))
        return []

    def _answer_evidence(self, text: str) -> Parts:
        step, place, now = self._step, self._place(), self._own().evidence
        if not isinstance(step, _AskEvidence):
            raise TypeError(step)
        if text and (text != "-" or now is not None):
            evidence = None if text == "-" else text
            self.sheet.set_evidence(place.section, place.criterion, evidence)
        return self._saved(place, step.rating)

    def _saved(self, place: view.Place, rating: str) -> Parts:
        """Go on behind a rating that is saved, and tell how it stands."""
        self._go(self._next_unrated(place))
        progress = self._progress
        lines = view.saved(rating, progress.so_far(), progress.rated(), place.of, progress.rubric)
        is_last = self._step == _AskWords(WORDS[0])
        return [*lines, *view.all_rated(place.of)] if is_last else lines

    def _next_unrated(self, behind: view.Place | None = None) -> _Step:
        """The next unrated criterion behind a place, or what follows the last criterion."""
        number = behind.number if behind else 0
        following = [one for one in self._progress.unrated() if one.number > number]
        return _ask(following[0]) if following else self._after_ratings()

    def _after_ratings(self) -> _Step:
        if self._progress.unrated():
            return _AskUnrated()
        if self._progress.so_far() is None:
            return _AskNothingObserved()
        return _AskWords(WORDS[0])

    # ── The reviewer's own words ──────────────────────────────────────────────────────────────

    def _answer_words(self, name: str, text: str) -> None:
        if not text:
            following = WORDS[WORDS.index(name) + 1 :]
            self._go(_AskWords(following[0]) if following else _AskAction())
        elif text == "-":
            if not getattr(self._progress.review, name):
                raise _NotTakenError("There is nothing yet to take out.")
            self.sheet.take_back_words(name)
            self._go(self._step)  # what is left is shown
        else:
            self.sheet.add_words(name, text)

    def _answer_action(self, text: str) -> None:
        if not text:
            self._go(_AskNotes())
        elif text == "-":
            if not self._progress.review.actions:
                raise _NotTakenError("There is nothing yet to take out.")
            self.sheet.take_back_action()
            self._go(self._step)  # what is left is shown
        else:
            self.sheet.add_action(text)
            self._go(_AskOfAction(_OF_ACTION[0]))

    def _answer_of_action(self, name: str, text: str) -> None:
        if text:
            self.sheet.set_of_action(name, text)
        following = _OF_ACTION[_OF_ACTION.index(name) + 1 :]
        self._go(_AskOfAction(following[0]) if following else _AskAction())

    def _take_notes(self, text: str | None, *, keeps: bool = False) -> None:
        """Save the notes (None takes them out), and finish the review."""
        if not keeps:
            self.sheet.set_notes(text)
        self.sheet.finish()
        self.ending = Ending.FINISHED

    # ── Back, and to any criterion ────────────────────────────────────────────────────────────

    def _may_jump(self) -> bool:
        """Whether `#7` goes to criterion 7 here: in the end, where all of them are behind."""
        return isinstance(
            self._step, _AskUnrated | _AskNothingObserved | _AskWords | _AskAction | _AskNotes
        )

    def _jump(self, text: str) -> None:
        """Go to a criterion by the number that it is asked with."""
        number = int(text.lstrip("#goGO "))
        places = self._progress.places()
        if not 1 <= number <= len(places):
            raise _NotTakenError(f"The criteria are numbered from 1 to {len(places)}.")
        self._go(_ask(places[number - 1]))

    def _back(self) -> None:
        """Go to the question before this one, whether it was asked this time or another."""
        places = self._progress.places()
        first = self._first[-1] if self._first else None
        last = _ask(places[-1]) if places else first
        step: _Step | None
        match self._step:
            case _AskPerson() | _AskField():
                index = self._first.index(self._step)
                step = self._first[index - 1] if index else None
            case _AskRemoval(name, _):
                step = _AskField(name)
            case _AskRating():
                index = self._place().number - 1
                step = _ask(places[index - 1]) if index else first
            case _AskComment(section, criterion) | _AskEvidence(section, criterion):
                step = _AskRating(section, criterion)
            case _AskUnrated() | _AskNothingObserved():
                step = last
            case _AskWords(name):
                index = WORDS.index(name)
                step = _AskWords(WORDS[index - 1]) if index else last
            case _AskAction():
                step = _AskWords(WORDS[-1])
            case _AskOfAction(name):
                index = _OF_ACTION.index(name)
                step = _AskOfAction(_OF_ACTION[index - 1]) if index else _AskAction()
            case _AskNotes():
                step = _AskAction()
            case _:
                assert_never(self._step)
        if step is None:
            raise _NotTakenError("This is the first question.")
        self._go(step)


# ── What was typed ────────────────────────────────────────────────────────────────────────────────


def _fields(rubric: Rubric) -> dict[str, Asked]:
    """The day, and the fields that the rubric speaks of or makes conditions on."""
    named = {"date", *rubric.fields, *(name for one in rubric.conditions() for name in one)}
    return {name: asked for name, asked in asked_fields(rubric).items() if name in named}


_KEYS = {Rating.MET.value: "m", Rating.NOT_MET.value: "n", Rating.NOT_APPLICABLE.value: "a"}


def options_of(rubric: Rubric, criterion: Criterion) -> list[view.Option]:
    """The answers that a criterion takes, each with its key.

    m, n and a; with levels their numbers, or the levels' own words where those are numbers; with a
    range its numbers themselves.
    """
    offered = facts.ratings(rubric, criterion)
    words = [same_word(one.word) for one in offered]
    if criterion.levels is None and criterion.range is None:
        return [view.Option(_KEYS[one.rating], one) for one in offered]
    are_numbers = any(word.isdigit() for word in words)
    options = []
    for number, one in enumerate(offered, 1):
        if one.rating == Rating.NOT_APPLICABLE:
            key = "a" if "a" not in words else "n/a"
        elif criterion.range is not None:
            key = one.rating or _ends(criterion.range)
        else:
            key = one.word if are_numbers else str(number)
        options.append(view.Option(key, one))
    return options


def _ends(numbers: Range) -> str:
    """The two ends of a range."""
    return f"{figure_text(numbers.from_)}–{figure_text(numbers.to)}"


def rating_meant(
    rubric: Rubric, criterion: Criterion, options: Sequence[view.Option], text: str
) -> tuple[str, str | None] | None:
    """The rating that a line means, with the comment behind its colon; None where it means none.

    A rating's own word comes first, then the keys: an answer called B is not the way back.
    """
    reads = rubric.rating_reader(criterion)
    keys = {option.key.casefold(): option.rating for option in options if option.rating}

    def meant(word: str) -> str | None:
        return reads(word) or keys.get(word.strip().casefold())

    if (rating := meant(text)) is not None:
        return rating, None
    word, _, comment = text.partition(":")
    if comment.strip() and (rating := meant(word)) is not None:
        return rating, comment.strip()
    return None


def field_values(name: str, asked: Asked, text: str) -> tuple[str, ...]:
    """The values of an interaction field that a line gives: by number, by word, or free.

    Raises:
        _NotTakenError: where the rubric knows no such value, or a date is none.
    """
    parts = [part.strip() for part in text.split(",")] if asked.many else [text]
    values = dict.fromkeys(_field_value(name, asked, part) for part in parts if part)
    if not values:
        raise _NotTakenError("There is no answer between the commas.")
    return tuple(values)


def _field_value(name: str, asked: Asked, text: str) -> str:
    known = {same_value(value): value for value in asked.values}
    if (value := known.get(same_value(text))) is not None:
        return value
    if text.isdecimal() and 1 <= int(text[:9]) <= len(asked.values):
        return asked.values[int(text) - 1]
    if asked.closed:
        raise _NotTakenError(f"Please type a number from 1 to {len(known)}, or the word itself.")
    if name == "date" and not is_date(text):
        raise _NotTakenError("A date is year-month-day, such as 2016-05-04.")
    return text


def _clean(line: str) -> str:
    """An answer without the spaces around it, if it is text that a file can hold."""
    text = "\n".join(part.rstrip() for part in re.split("\r\n|\r|\n", line.strip()))
    if any("\ud800" <= one <= "\udfff" for one in text):
        raise _NotTakenError(NOT_TEXT)
    if wrong := scalar_problem(text):
        code, message, _ = wrong
        raise _NotTakenError(
            "A key that types no text got into this. Please type it again."
            if code == "control-character"
            else f"{message[:1].upper()}{message[1:]}. Please write less."
        )
    return text


def _expect_enter(text: str, otherwise: str) -> None:
    if text:
        raise _NotTakenError(otherwise)


def _what_to_type(options: Sequence[view.Option]) -> str:
    keys = [option.key for option in options]
    return f"Please type {_or(keys)}, then Enter. {_commands(options)[1]} skips it, ? helps."


def _or(keys: Sequence[str]) -> str:
    *most, last = keys
    return f"{', '.join(most)} or {last}" if most else last


def _commands(options: Sequence[view.Option]) -> list[str]:
    """How back, skip and quit are typed here: in full where the letter is an answer."""
    taken = {word for option in options for word in (option.key, same_word(option.rating))}
    return [word if word[0] in taken else word[0] for word in ("back", "skip", "quit")]


def _ask(place: view.Place) -> _AskRating:
    return _AskRating(place.section.id, place.criterion.id)


def _loses(rubric: Rubric, criterion: Criterion, rating: str) -> bool:
    """Whether a rating loses points."""
    return worth_of(rubric, criterion, rating).lost > 0


def _is_seen_to_lose(rubric: Rubric, criterion: Criterion, rating: str) -> bool:
    """Whether a rating loses points, and the reviewer may know it."""
    return not rubric.hide_points and _loses(rubric, criterion, rating)


def _forbids_not_applicable(criterion: Criterion) -> bool:
    return criterion.not_applicable is Permission.FORBIDDEN
