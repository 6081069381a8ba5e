"""What each distinct value of a column means: found in Python, by the rules that read any review.

A month of reviews says a few words again and again, so every distinct one is looked at once and the
columns are compared with what was found. No rule is told a second time here: the linter judges.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from math import isnan
from typing import Any, NamedTuple, TypeVar

from charter_score.diagnostics import Problem, Severity
from charter_score.field_types import MisshapenError, ReadOnly, read_day, word_reader
from charter_score.linting import ReviewLinter
from charter_score.rating import Rating, same_word
from charter_score.review import Rated, Review, Selection, Status, WholeSection
from charter_score.rubric import Criterion, Rubric, Section, holds
from charter_score.scoring import ReadyRating, made_ready

T = TypeVar("T")
_MANY = ";"
"""What stands between several values in one cell."""
_COMMENT = "."
"""Any comment at all."""


def text_of(value: object) -> str:
    """A value as a person would write it into a cell: `4` and not `4.0`; empty for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() if isnan(value):
            return ""
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case float():
            text = repr(value)
            return format(Decimal(text), "f") if "e" in text else text
        case Decimal():
            return format(value, "f")
        case _:
            return str(value).strip()


def is_blank(value: object) -> bool:
    """Whether there is nothing in a cell."""
    return not text_of(value).strip()


def parts_of(value: object) -> list[str]:
    """The several things that one cell may say."""
    return [part.strip() for part in text_of(value).split(_MANY) if part.strip()]


class RatingWord(NamedTuple):
    """What a value in a criterion's column means.

    `ready` is the rating it stands for, None where it stands for none; then `problem` says why.
    """

    ready: ReadyRating | None
    problem: str | None
    needs_comment: bool


class FieldWord(NamedTuple):
    """What a value of an interaction field means: what is wrong with it, which conditions hold."""

    problem: str | None
    holds: tuple[bool, ...]


class Reader:
    """A rubric made ready to say what values mean."""

    def __init__(self, rubric: Rubric) -> None:
        self._rubric = rubric
        # Whether a criterion applies is another column's matter, and nothing to do with its words.
        self._linter = ReviewLinter(_without_conditions(rubric))
        self._statuses = word_reader(Status, same_word)
        self._selections = word_reader(Selection, same_word)

    def rating(self, section: Section, criterion: Criterion, value: object) -> RatingWord:
        """A value in the column of a criterion, not blank."""
        text = text_of(value)
        bare = self._errors({section.id: {criterion.id: Rated(rating=text)}})
        commented = self._errors({section.id: {criterion.id: Rated(rating=text, comment=_COMMENT)}})
        if commented:
            return RatingWord(None, commented[0].code, needs_comment=False)
        meant = self._rubric.rating_reader(criterion)(text) or ""
        return RatingWord(self.ready(criterion, str(meant)), None, needs_comment=bool(bare))

    def ready(self, criterion: Criterion, rating: str) -> ReadyRating:
        """A rating as the engine adds it up, in points as they are."""
        return made_ready(self._rubric, criterion, rating, 1)

    def absent(self, section: Section, criterion: Criterion) -> RatingWord:
        """The rating n/a of a criterion."""
        return self.rating(section, criterion, Rating.NOT_APPLICABLE.value)

    def whole_section(self, section: Section, value: object) -> str | None:
        """What is wrong with a value for a whole section, not blank; None where it is n/a."""
        text = text_of(value)
        if self._rubric.whole_section_rating(text) is not None:
            return None
        whole = self._errors({section.id: WholeSection(rating=text, comment=_COMMENT)})
        return whole[0].code

    def causes(self, section: Section, criterion: Criterion, value: object) -> str | None:
        """What is wrong with a value in the column of a criterion's causes; None where nothing."""
        parts = tuple(parts_of(value))
        worst = self._rubric.rating_words(criterion)[0]
        rated = Rated(rating=worst, comment=_COMMENT, causes=parts)
        found = self._errors({section.id: {criterion.id: rated}})
        return found[0].code if found else None

    def field(
        self, name: str, value: object, conditions: Iterable[Mapping[str, tuple[str, ...]]]
    ) -> FieldWord | None:
        """A value of an interaction field: which conditions on it alone hold; None of nothing."""
        rule = self._rubric.fields.get(name)
        text = text_of(value)
        parts: str | tuple[str, ...] = text
        if rule is not None and rule.many and _MANY in text:
            parts = tuple(parts_of(value))
            if not parts:
                return None
        review = Review(status=Status.DRAFT, ratings={}, interaction={name: parts})
        found = [
            problem
            for problem in self._linter.open_problems(review)
            if problem.severity is Severity.ERROR and problem.route[:2] == ("interaction", name)
        ]
        return FieldWord(
            found[0].code if found else None,
            tuple(holds(condition, review.interaction) for condition in conditions),
        )

    def status(self, value: object) -> Status | None:
        """The status that a value stands for, not blank."""
        return _read(self._statuses, text_of(value))

    def selection(self, value: object) -> Selection | None:
        """How the contact was chosen."""
        return _read(self._selections, text_of(value))

    def day(self, value: object) -> str | None:
        """The day that a value stands for."""
        return _read(read_day, text_of(value))

    def _errors(self, ratings: Mapping[str, Any]) -> list[Problem]:
        """What is wrong with some ratings of a draft, comments that it lacks included."""
        review = Review(status=Status.DRAFT, ratings=ratings)
        return [
            problem
            for problem in self._linter.open_problems(review)
            if problem.severity is Severity.ERROR
        ]


def _without_conditions(rubric: Rubric) -> Rubric:
    """The rubric with everything in it applying always."""
    always: dict[str, object] = {"applies_when": ReadOnly()}
    sections = [
        section.model_copy(
            update={
                **always,
                "criteria": tuple(one.model_copy(update=always) for one in section.criteria),
            }
        )
        for section in rubric.sections
    ]
    return rubric.model_copy(update={"sections": tuple(sections)})


def _read(read: Callable[[str], T], text: str) -> T | None:
    try:
        return read(text)
    except MisshapenError:
        return None
