"""The values of a review out of cells, as a YAML file would have them, and the place of each."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic, Route, Severity
from charter_score.limits import LONGEST_SCALAR
from charter_score.mapping import Dates, TableMapping
from charter_score.rating import LONGEST_WORD, same_word
from charter_score.rubric import Rubric
from charter_score.scalars import Null, Value
from charter_score.source.document import Built, Place, Places, scalar_problem
from charter_score.source.tables.cells import text_of
from charter_score.source.tables.grid import About, Row
from charter_score.source.tables.headings import (
    RATING,
    Target,
    Use,
    target_of,
)
from charter_score.source.tables.layout import Layout

NULL = Null()
"""What a blank cell is where a rating is wanted: unrated, never n/a."""
_MANY = ";"
DECIMAL_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
DAY = re.compile(r"([0-9]{1,4})[./-]([0-9]{1,2})[./-]([0-9]{1,4})(?:[ T].*)?")
_PLAIN_WORDS: dict[str, str] = {}
"""Ratings that were looked at before, without the spaces around them: a month has a dozen."""
_MOST_WORDS = 4_096
_SURELY_FINE = LONGEST_SCALAR // 4
_DAYS = ("date", "reviewed")


class Review(NamedTuple):
    """The values of one review, their places if they were asked for, and what is wrong with cells.

    `unreadable` are the routes that have no value for that reason.
    """

    value: dict[str, Value]
    built: Built | None
    diagnostics: tuple[Diagnostic, ...]
    unreadable: frozenset[Route]


class Building:
    """One review while its values are put together.

    `row` is where it begins.
    """

    def __init__(
        self,
        about: About,
        mapping: TableMapping | None,
        rubric: Rubric | None,
        row: Row,
        *,
        note: bool,
    ) -> None:
        self.about = about
        self.value: dict[str, Value] = {}
        self.note = note
        self._mapping = mapping
        self._rubric = rubric
        self._row = row
        self._words = {} if mapping is None else mapping_words(mapping)
        self._places: Places = {id(self.value): {}} if note else {}
        self._diagnostics: list[Diagnostic] = []
        self._unreadable: set[Route] = set()

    def finished(self) -> Review:
        """The review."""
        built = None
        if self.note:
            built = Built(self.value, self.about.place(self._row, 0), self._places)
        return Review(self.value, built, tuple(self._diagnostics), frozenset(self._unreadable))

    def put(
        self, container: dict[str, Value], key: str, value: Value, row: Row, index: int | None
    ) -> None:
        """Put a value in, and note where it stands."""
        container[key] = value
        if self.note:
            self.noted(container, key, row, index)

    def noted(self, container: dict[str, Value], key: str, row: Row, index: int | None) -> None:
        """Note where a value stands, or where it was to be given; None: where its row begins."""
        here = self.about.place(row, 0 if index is None else index)
        self._places.setdefault(id(container), {})[key] = Place(here, here)
        value = container.get(key)
        if isinstance(value, dict):
            self._places.setdefault(id(value), {})
        elif isinstance(value, list):
            self._places[id(value)] = {at: Place(here, here) for at in range(len(value))}

    def text(self, row: Row, index: int | None, route: Route) -> str:
        """The text of a cell, empty where it is blank or cannot be read."""
        if index is None or index >= len(row.cells):
            return ""
        cell = row.cells[index]
        if cell == "" or cell is None:
            return ""
        text = cell.strip() if type(cell) is str and "\r" not in cell else text_of(cell)
        if text.isprintable() and len(text) < _SURELY_FINE:
            return text
        if wrong := scalar_problem(text):
            code, message, hint = wrong
            if code == "control-character":
                hint = "delete it; it is invisible in most editors"
            self.problem(code, message, row, index, hint)
            self._unreadable.add(route)
            return ""
        return text

    def problem(
        self,
        code: str,
        message: str,
        row: Row,
        index: int,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Something is wrong with a cell."""
        self._diagnostics.append(
            self.about.diagnostic(code, message, self.about.place(row, index), hint, severity)
        )

    def unreadable(self, route: Route) -> None:
        """A route has no value since its cell could not be read."""
        self._unreadable.add(route)

    def rating(self, row: Row, index: int | None, route: Route) -> Value:
        """The rating in a cell, in the rubric's words where the mapping has others."""
        if index is None or index >= len(row.cells):
            return NULL
        cell = row.cells[index]
        plain = _PLAIN_WORDS.get(cell) if type(cell) is str else None
        text = plain or self.text(row, index, route)
        if not text:
            return NULL
        is_new = plain is None and type(cell) is str and len(text) <= LONGEST_WORD
        if is_new and len(_PLAIN_WORDS) < _MOST_WORDS:
            _PLAIN_WORDS[str(cell)] = text
        if self._words:
            text = self._words.get(text) or self._words.get(same_word(text)) or text
        mapping = self._mapping
        if mapping is not None and mapping.decimal == "," and DECIMAL_COMMA.fullmatch(text):
            return text.replace(",", ".")
        return text

    def put_rated(
        self,
        container: dict[str, Value],
        key: str,
        word: Value,
        row: Row,
        index: int | None,
        more: Iterable[tuple[str, int]],
        route: Route,
    ) -> None:
        """Put a rating in, with what stands in the columns beside it."""
        entry: dict[str, Value] = {}
        for name, at in more:
            if text := self.text(row, at, (*route, name)):
                value: Value = _parted(text) if name == "causes" else text
                self.put(entry, name, value, row, at)
        if not entry:
            self.put(container, key, word, row, index)
            return
        self.put(entry, RATING, word, row, index)
        self.put(container, key, entry, row, index)

    def common(self, rows: Sequence[Row], layout: Layout) -> None:
        """What is said of the review and of the interaction, in one row or in several.

        Several that differ are an error: one of them is wrong.
        """
        interaction: dict[str, Value] = {}
        for index, target in layout.columns:
            if target.use is Use.REVIEW:
                self._put_common(self.value, target, rows, index, (target.name,))
            elif target.use is Use.INTERACTION:
                route = ("interaction", target.name)
                self._put_common(interaction, target, rows, index, route)
        if self._mapping is not None:
            self._always(self._mapping, interaction, rows[0])
            if self._mapping.rubric is not None and "rubric" not in self.value:
                self.put(self.value, "rubric", self._mapping.rubric, rows[0], None)
        if interaction or self.note:
            first = next(
                (index for index, target in layout.columns if target.use is Use.INTERACTION), None
            )
            if interaction:
                self.put(self.value, "interaction", interaction, rows[0], first)
            else:
                self.noted(self.value, "interaction", rows[0], first)

    def _always(self, mapping: TableMapping, interaction: dict[str, Value], row: Row) -> None:
        for name, text in mapping.always.items():
            target = target_of(name, None, None)
            if target is None or target.use not in (Use.REVIEW, Use.INTERACTION):
                continue
            container = self.value if target.use is Use.REVIEW else interaction
            if target.name not in container:
                self.put(container, target.name, self._several(target, text), row, None)

    def _put_common(
        self,
        container: dict[str, Value],
        target: Target,
        rows: Sequence[Row],
        index: int,
        route: Route,
    ) -> None:
        given, where = "", rows[0]
        for row in rows:
            text = self.text(row, index, route)
            if not text or text == given:
                continue
            if given:
                self.problem(
                    "different-values",
                    f"`{target}` of this review is given in row {where.number} too, and differs",
                    row,
                    index,
                    "all rows of one review say the same; another review has another id",
                )
                break
            given, where = text, row
        if not given:
            if self.note:
                self.noted(container, target.name, where, index)
            return
        if target.name in _DAYS and self._mapping is not None:
            given = in_order_of_parts(given, self._mapping.dates)
        self.put(container, target.name, self._several(target, given), where, index)

    def _several(self, target: Target, text: str) -> Value:
        """A value, or a list where the rubric lets the field have many."""
        if target.use is not Use.INTERACTION or _MANY not in text or self._rubric is None:
            return text
        rule = self._rubric.fields.get(target.name)
        return _parted(text) if rule is not None and rule.many else text


def _parted(text: str) -> list[Value]:
    return [part.strip() for part in text.split(_MANY) if part.strip()]


_words_of: dict[int, tuple[TableMapping, dict[str, str]]] = {}


def mapping_words(mapping: TableMapping) -> dict[str, str]:
    """The table's rating words in the form in which two are equal, each with the rubric's.

    What trims to nothing as a word (`-`) is compared as it is written.
    """
    known = _words_of.get(id(mapping))
    if known is None or known[0] is not mapping:
        words = {same_word(word) or word.strip(): meant for word, meant in mapping.words.items()}
        if len(_words_of) > 64:
            _words_of.clear()
        known = _words_of[id(mapping)] = (mapping, words)
    return known[1]


def in_order_of_parts(text: str, order: Dates) -> str:
    """A day in another order as year-month-day; any other text as it is."""
    if order is Dates.YEAR_FIRST:
        return text
    found = DAY.fullmatch(text)
    if found is None or len(found[3]) != 4 or len(found[1]) > 2:
        return text
    first, second, year = (int(part) for part in found.groups())
    day, month = (first, second) if order is Dates.DAY_FIRST else (second, first)
    return f"{year:04}-{month:02}-{day:02}"
