"""The review's file while it is filled in: how far it is, and how an answer gets into it.

Every answer is saved at once, and everything else follows from the file alone, so going on later is
the same as going on.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from charter_score.compiled import worth_of
from charter_score.diagnostics import Problem, Route, Severity
from charter_score.errors import DocumentError
from charter_score.filling import view
from charter_score.library import Library, LoadedRubric, RubricReferenceError
from charter_score.linting import ReviewLinter
from charter_score.result import ReviewResult
from charter_score.review import Rated, Review, Status, WholeSection
from charter_score.rubric import (
    Criterion,
    Rubric,
    Section,
    applies,
    values_of,
)
from charter_score.scalars import Null, Value
from charter_score.scoring import NothingObservedError, score
from charter_score.source.document import Document
from charter_score.source.edit import Word, remove, set_value
from charter_score.source.files import read_bytes, shown_path
from charter_score.source.reading import is_rubric, read_document
from charter_score.source.validation import validate
from charter_score.wire.ours import is_ours
from charter_score.writing import write_file

ABOUT = ("advisor", "reviewer", "team")
"""What is asked about a review as a whole before anything else."""
WORDS = ("done_well", "could_be_better")

_TOP = ("rubric", "id", "status", *ABOUT, "interaction", "ratings", *WORDS, "notes", "actions")
"""The keys of a review in their usual order; one that is missing goes behind those before it."""

YAML_ENDINGS = (".yaml", ".yml")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_ASKED_OF_RATINGS = frozenset(["comment-missing", "unknown-rating", "na-forbidden"])
_ASKED_OF_FIELDS = frozenset(["field-required", "bad-date", "unknown-word", "single-value"])

Edit = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a review's file says at one moment, and how far it is.

    `open` holds the routes at which something is wrong that a question mends.
    """

    document: Document
    review: Review
    rubric: Rubric
    open: frozenset[Route]

    def places(self) -> list[view.Place]:
        """Every criterion that applies to this interaction, in the rubric's order."""
        applying = [
            (section, criterion)
            for section, criterion in self.rubric.criteria()
            if applies(section, criterion, self.review.interaction)
        ]
        return [
            view.Place(section, criterion, number, len(applying))
            for number, (section, criterion) in enumerate(applying, 1)
        ]

    def own(self, section: Section, criterion: Criterion) -> Rated:
        """What the review says of a criterion."""
        return self.review.rated(section.id, criterion.id) or Rated()

    def is_rated(self, section: Section, criterion: Criterion) -> bool:
        """Whether a criterion has a rating with which nothing is wrong."""
        route = ("ratings", section.id, criterion.id)
        return self.own(section, criterion).rating is not None and route not in self.open

    def unrated(self) -> list[view.Place]:
        """The criteria that still have to be rated."""
        return [one for one in self.places() if not self.is_rated(one.section, one.criterion)]

    def rated(self) -> int:
        """How many of the criteria that apply are rated."""
        return len(self.places()) - len(self.unrated())

    def is_finished(self) -> bool:
        """Whether all is rated and the review is no draft."""
        return self.review.is_scored and not self.unrated()

    def is_begun(self) -> bool:
        """Whether anything is rated."""
        return any(self.own(*one).rating is not None for one in self.rubric.criteria())

    def needs_field(self, name: str, *, required: bool) -> bool:
        """Whether a field of the interaction is missing and required, or wrong."""
        missing = required and not values_of(self.review.interaction, name)
        return missing or any(route[:2] == ("interaction", name) for route in self.open)

    def has_key(self, name: str) -> bool:
        """Whether a key stands at the top of the file."""
        return isinstance(self.document.value, dict) and name in self.document.value

    def is_empty(self, name: str) -> bool:
        """Whether a key stands at the top of the file with nothing behind it."""
        return isinstance(_at(self.document.value, (name,)), Null)

    def so_far(self) -> ReviewResult | None:
        """The score of what is rated so far, by the one engine; None of nothing observed."""
        sections = []
        for section in self.rubric.sections:
            rated = tuple(one for one in section.criteria if self.is_rated(section, one))
            if rated:
                sections.append(section.model_copy(update={"criteria": rated}))
        rubric = self.rubric.model_copy(update={"sections": tuple(sections)})
        try:
            return score(rubric, self.review.model_copy(update={"disputes": ()}))
        except NothingObservedError:
            return None

    def leaving(self, name: str, values: Sequence[str]) -> list[tuple[Section, Criterion]]:
        """The rated criteria that would not apply if an interaction field had these values."""
        interaction = {**self.review.interaction, name: tuple(values)}
        return [
            (section, criterion)
            for section, criterion in self.rubric.criteria()
            if self.own(section, criterion).rating is not None
            and not applies(section, criterion, interaction)
        ]


class Sheet:
    """A review's file while it is being filled in.

    It may be unfinished in every way that a question can mend. A change is made to the file as it
    is on the disk at that moment, so what an editor saved meanwhile is not lost. The methods that
    change it save it whole or not at all, and raise as `change` does.

    Raises:
        DocumentError: with everything about the file that no question can mend.
    """

    def __init__(self, path: str, library: Library, default: LoadedRubric | None) -> None:
        self.path = path
        self.shown = shown_path(path)
        self._library = library
        self._default = default
        self.progress = self._understood(read_bytes(path, self.shown))

    def other_rubric(self) -> str | None:
        """The review's own rubric, where the command names another one; None otherwise."""
        if self._default is None or self.progress.review.rubric is None:
            return None
        folder = os.path.dirname(self.path)
        own = self._library.rubric_for(self.progress.review, folder, self._default)
        return None if own.sha256 == self._default.sha256 else own.rubric.name

    def change(self, *edits: Edit) -> None:
        """Change the text of the file and save it.

        Raises:
            NotEditableError: where the text cannot be changed there; nothing was.
            DocumentError: where the file, or what it would become, is no review that can be filled
                in; nothing was changed.
            NotWrittenError: where the file could not be written; it is as it was.
        """
        data = read_bytes(self.path, self.shown)
        text = self._understood(data).document.text
        for edit in edits:
            text = edit(text)
        new = (_BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b"") + text.encode()
        progress = self._understood(new)
        if new != data:
            write_file(self.path, new, self.shown)
        self.progress = progress

    def rate(
        self, section: Section, criterion: Criterion, rating: str, comment: str | None
    ) -> None:
        """Rate a criterion; without a comment the one that stands there is taken out."""
        route: Route = ("ratings", section.id, criterion.id)
        word = Word(rating)

        def edit(text: str) -> str:
            before = _at(self._value(text), route)
            if not isinstance(before, dict):
                value: Value = {"rating": word, "comment": comment} if comment else word
                return set_value(text, route, value, self._siblings_before(section, criterion))
            text = set_value(text, (*route, "rating"), word)
            worth = worth_of(self.progress.rubric, criterion, rating)
            if "causes" in before and not worth.has_a_cause:
                text = remove(text, (*route, "causes"))
            if comment:
                return set_value(text, (*route, "comment"), comment, ("rating",))
            return remove(text, (*route, "comment")) if "comment" in before else text

        self.change(partial(self._one_by_one, section=section), edit, self._as_a_draft)

    def set_evidence(self, section: Section, criterion: Criterion, evidence: str | None) -> None:
        """Say where a rated criterion can be heard or seen; None takes that out."""
        route: Route = ("ratings", section.id, criterion.id)

        def edit(text: str) -> str:
            if evidence is None:
                return remove(text, (*route, "evidence"))
            before = _at(self._value(text), route)
            if not isinstance(before, dict):
                text = set_value(text, route, {"rating": before or Null()})
            return set_value(text, (*route, "evidence"), evidence, ("rating", "comment"))

        self.change(partial(self._one_by_one, section=section), edit)

    def _one_by_one(self, text: str, section: Section) -> str:
        """The text with a section that was rated in one go rated criterion by criterion."""
        whole = self.progress.review.ratings.get(section.id)
        if not isinstance(whole, WholeSection) or whole.rating is None:
            return text
        word = Word(whole.rating)
        value: Value = {"rating": word, "comment": whole.comment} if whole.comment else word
        each: Value = {
            criterion.id: value
            for criterion in section.criteria
            if applies(section, criterion, self.progress.review.interaction)
        }
        return set_value(text, ("ratings", section.id), each)

    def _siblings_before(self, section: Section, criterion: Criterion) -> list[str]:
        """The keys that a missing criterion goes behind, or its section where that is missing."""
        rubric, ratings = self.progress.rubric, self.progress.review.ratings
        if section.id not in ratings:
            return [one.id for one in rubric.sections[: rubric.sections.index(section)]]
        return [one.id for one in section.criteria[: section.criteria.index(criterion)]]

    def _as_a_draft(self, text: str) -> str:
        """The text with `status: draft` where it says final and not all is rated."""
        progress = self._understood(text.encode())
        if progress.review.status is not Status.FINAL or not progress.unrated():
            return text
        return set_value(text, ("status",), Word(Status.DRAFT.value), _TOP[:2])

    def set_person(self, name: str, value: str | None) -> None:
        """Say who did the work or reviews it; None takes an empty line out."""
        if value is not None:
            self.change(lambda text: set_value(text, (name,), Word(value), _before(name)))
        elif self.progress.is_empty(name):
            self.change(lambda text: remove(text, (name,)))

    def set_field(self, name: str, values: Sequence[str]) -> None:
        """Say something of the interaction, and empty the ratings that no longer apply."""
        leaving = self.progress.leaving(name, values)
        value: Value = [Word(one) for one in values] if len(values) > 1 else Word(values[0])

        def edit(text: str) -> str:
            for section, criterion in leaving:
                if isinstance(self.progress.review.ratings.get(section.id), WholeSection):
                    continue  # it rates what applies, whichever that is
                route: Route = ("ratings", section.id, criterion.id)
                inside = isinstance(_at(self._value(text), route), dict)
                text = set_value(text, (*route, "rating") if inside else route, Null())
            after = () if self.progress.has_key("interaction") else _before("interaction")
            return set_value(text, ("interaction", name), value, after)

        self.change(edit, self._as_a_draft)

    def add_words(self, name: str, *lines: str) -> None:
        """Put lines behind the reviewer's own words."""
        self._add(name, lines)

    def add_action(self, what: str) -> None:
        """Put something agreed behind the other actions."""
        self._add("actions", [{"what": what}])

    def set_of_action(self, name: str, value: str) -> None:
        """Say who does the last action, or by when."""
        last = len(self.progress.review.actions) - 1
        self.change(lambda text: set_value(text, ("actions", last, name), Word(value)))

    def take_back_action(self) -> None:
        """Take the last action out."""
        self.take_back_words("actions")

    def _add(self, name: str, items: Sequence[Value]) -> None:
        """Put items behind those of a list, which is begun where there is none."""
        there = _at(self.progress.document.value, (name,))
        if isinstance(there, list):
            self.change(
                *(
                    partial(set_value, route=(name, len(there) + number), value=item)
                    for number, item in enumerate(items)
                )
            )
        else:
            new = list(items)
            self.change(lambda text: set_value(text, (name,), new, _before(name)))

    def take_back_words(self, name: str) -> None:
        """Take the last item of a list out, and with the only one the list."""
        there = _at(self.progress.document.value, (name,))
        last = len(there) - 1 if isinstance(there, list) else 0
        self.change(lambda text: remove(text, (name, last) if last else (name,)))

    def set_notes(self, value: str | None) -> None:
        """Write the notes, or take them out."""
        if value is not None:
            self.change(lambda text: set_value(text, ("notes",), value, _before("notes")))
        elif self.progress.has_key("notes"):
            self.change(lambda text: remove(text, ("notes",)))

    def finish(self) -> None:
        """Make a draft final; empty keys that would keep it from being scored are taken out."""
        empty = _empty_routes(self.progress.document.value)
        edits: list[Edit] = [partial(remove, route=route) for route in empty]
        if self.progress.review.status is Status.DRAFT:
            edits.append(partial(set_value, route=("status",), value=Word(Status.FINAL.value)))
        if edits:
            self.change(*edits)

    def _value(self, text: str) -> Value:
        return read_document(text.encode(), self.shown).value

    def _understood(self, data: bytes) -> Progress:
        """What the bytes of the file say.

        Raises:
            DocumentError: where that is more wrong than questions can mend.
        """
        document = read_document(data, self.shown)
        if is_rubric(document.value) or is_ours(document.value):
            raise DocumentError([document.diagnostic(_NOT_A_REVIEW)])
        value = _without_what_is_empty(document.value)
        review, found = validate(Review, value)
        wrong = [problem for problem in found if not _is_mended_by_rating(problem)]
        if review is None or wrong:
            raise DocumentError(map(document.diagnostic, wrong or found))
        if review.status is Status.VOID:
            raise DocumentError([document.diagnostic(_VOID)])
        folder = os.path.dirname(self.path)
        try:
            rubric = self._library.rubric_for(review, folder, self._default).rubric
        except RubricReferenceError as lost:
            raise DocumentError([document.diagnostic(lost.problem), *lost.diagnostics]) from None
        # As a draft, in which nothing is wrong with a criterion that is not rated yet.
        problems = [
            problem
            for problem in ReviewLinter(rubric).open_problems(
                review.model_copy(update={"status": Status.DRAFT})
            )
            if problem.severity is Severity.ERROR
        ]
        wrong = [problem for problem in problems if not _is_mended(problem, problems)]
        if wrong:
            raise DocumentError(map(document.diagnostic, wrong))
        routes = {problem.route[:3] for problem in (*found, *problems)}
        return Progress(document, review, rubric, frozenset(routes))


_NOT_A_REVIEW = Problem(
    "not-a-review",
    "this document is no review",
    (),
    hint="fill takes a review; for a new one, name a file that does not exist yet",
)
_VOID = Problem(
    "not-a-review",
    "this review is void, so there is nothing to fill in",
    ("status",),
    hint="write `status: draft` to take it up again",
)


def _before(name: str) -> tuple[str, ...]:
    """The keys of a review that usually stand before one."""
    return _TOP[: _TOP.index(name)]


def _at(value: Value, route: Route) -> Value | None:
    for step in route:
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[str(step)]
    return value


def _empty_routes(value: Value) -> list[Route]:
    """Where nothing stands behind a key that must not be empty, though a question asks for it."""
    asked = (*ABOUT, "interaction", *WORDS, "notes", "actions")
    found: list[Route] = [(name,) for name in asked if isinstance(_at(value, (name,)), Null)]
    ratings = _at(value, ("ratings",))
    if isinstance(ratings, dict):
        found += [("ratings", name) for name, one in ratings.items() if isinstance(one, Null)]
    return found


def _without_what_is_empty(value: Value) -> Value:
    """A review's values without what is empty and asked for."""
    if not isinstance(value, dict):
        return value
    empty = _empty_routes(value)
    left = {key: one for key, one in value.items() if (key,) not in empty}
    ratings = left.get("ratings", {})
    if isinstance(ratings, dict):
        ratings = {key: one for key, one in ratings.items() if ("ratings", key) not in empty}
    return {**left, "ratings": {} if isinstance(ratings, Null) else ratings}


def _is_mended_by_rating(problem: Problem) -> bool:
    """Whether a problem with one value goes away when its criterion is rated again."""
    return (
        problem.code in ("unknown-rating", "empty")
        and problem.route[:1] == ("ratings",)
        and len(problem.route) >= 3
        and problem.route[3:] in ((), ("rating",), ("comment",))
    )


def _is_mended(problem: Problem, problems: Iterable[Problem]) -> bool:
    """Whether a question mends a problem that a review has with its rubric."""
    if problem.code == "does-not-apply":
        # It may apply once a field is right that is missing or wrong.
        return any(one.code in _ASKED_OF_FIELDS for one in problems)
    if problem.route[:1] == ("ratings",):
        return problem.code in _ASKED_OF_RATINGS
    return problem.code in _ASKED_OF_FIELDS
