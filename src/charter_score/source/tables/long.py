"""Rows of a long table: one rating each, gathered to reviews by their ids."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from charter_score.diagnostics import Diagnostic, Location, Severity
from charter_score.forms.cells import cell_name
from charter_score.mapping import TableMapping
from charter_score.rating import same_word
from charter_score.rubric import Rubric, Section
from charter_score.scalars import Value
from charter_score.source.tables.building import Building, Review
from charter_score.source.tables.cells import text_of
from charter_score.source.tables.grid import About, Places, Row
from charter_score.source.tables.headings import RATING, Use
from charter_score.source.tables.layout import Layout

MOST_ROWS = 20_000
"""Rows of one review: many more than a rubric can have criteria."""


def gathered(rows: Iterable[Row], index: int) -> Iterator[list[Row]]:
    """The rows of each review, by the text in one column, in the order of the reviews' first rows.

    They need not follow each other. A temporary database holds them, in memory where they are few
    and on the disk where they are many; what follows each other is one entry in it.
    """
    with closing(sqlite3.connect("")) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("CREATE TABLE runs (place INTEGER PRIMARY KEY, id TEXT, rows TEXT)")
        database.executemany("INSERT INTO runs (id, rows) VALUES (?, ?)", _runs(rows, index))
        database.execute("CREATE INDEX by_id ON runs (id)")
        first = database.execute("SELECT id FROM runs GROUP BY id ORDER BY MIN(place)")
        for (name,) in first:
            found = database.execute("SELECT rows FROM runs WHERE id = ? ORDER BY place", (name,))
            yield [_unpacked(row) for (packed,) in found for row in json.loads(packed)]


def _runs(rows: Iterable[Row], index: int) -> Iterator[tuple[str, str]]:
    """The id and the rows of each run of rows with one id."""
    name, run = "", list[object]()
    for row in rows:
        own = text_of(row.cells[index]) if index < len(row.cells) else ""
        if run and (own != name or len(run) >= MOST_ROWS):
            yield name, json.dumps(run)
            run = []
        name = own
        packed: list[object] = [row.number, [text_of(cell) for cell in row.cells], row.raw]
        if row.wrong:
            packed.append([_packed(diagnostic) for diagnostic in row.wrong])
        run.append(packed)
    if run:
        yield name, json.dumps(run)


def _unpacked(packed: Sequence[Any]) -> Row:
    number, cells, raw, *wrong = packed
    return Row(number, cells, raw, tuple(map(_diagnostic, wrong[0])) if wrong else ())


def _packed(diagnostic: Diagnostic) -> list[object]:
    return [*diagnostic._replace(severity=None), diagnostic.severity.value]  # type: ignore[arg-type]


def _diagnostic(packed: Sequence[Any]) -> Diagnostic:
    code, message, path, place, hint, _, sheet, severity = packed
    location = None if place is None else Location(*place)
    return Diagnostic(code, message, path, location, hint, Severity(severity), sheet)


@dataclass(slots=True)
class LongReader:
    """Makes the values of a review of its rows."""

    about: About
    layout: Layout
    mapping: TableMapping | None
    _columns: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._columns = {
            target.name: index for index, target in self.layout.columns if target.use is Use.LONG
        }

    def review(self, rows: Sequence[Row], rubric: Rubric | None, *, note: bool) -> Review:
        """The values of the review in some rows; with `note` their places too."""
        building = Building(self.about, self.mapping, rubric, rows[0], note=note)
        building.common(rows, self.layout)
        ratings: dict[str, Value] = {}
        building.put(building.value, "ratings", ratings, rows[0], None)
        taken: dict[tuple[str, str], Row] = {}
        known = None if rubric is None else _Names(rubric)
        for row in rows:
            self._rating(building, row, known, ratings, taken)
        return building.finished()

    def _rating(
        self,
        building: Building,
        row: Row,
        known: "_Names | None",
        ratings: dict[str, Value],
        taken: dict[tuple[str, str], Row],
    ) -> None:
        columns = self._columns
        section = building.text(row, columns.get("section"), ("ratings",))
        criterion = building.text(row, columns["criterion"], ("ratings",))
        if not section and criterion.count(".") == 1:
            section, _, criterion = criterion.partition(".")
        if known is not None:
            section, criterion = known.ids(section, criterion)
        at = columns[RATING]
        if not section:
            building.problem(
                "missing-section",
                "this row does not say of which section and criterion it is the rating",
                row,
                columns.get("section", columns["criterion"]),
                "write the section's id and the criterion's, or their titles",
            )
            return
        if (section, criterion) in taken:
            first = taken[section, criterion]
            building.problem(
                "rated-twice",
                f"`{section}.{criterion}` is rated in {self._named(first, at)} already"
                if criterion
                else f"`{section}` is rated in {self._named(first, at)} already",
                row,
                at,
                "keep one of the two rows",
            )
            return
        taken[section, criterion] = row
        more = [
            (name, columns[name]) for name in ("comment", "evidence", "causes") if name in columns
        ]
        whole = ratings.get(section)
        if not criterion:
            route: tuple[str, ...] = ("ratings", section)
            if whole is not None:
                self._both(building, row, section)
                return
            word = building.rating(row, at, route)
            building.put_rated(ratings, section, word, row, at, more, route)
            return
        if (section, "") in taken:
            self._both(building, row, section)
            return
        rated = whole if isinstance(whole, dict) else {}
        if whole is None:
            building.put(ratings, section, rated, row, columns.get("section"))
        route = ("ratings", section, criterion)
        word = building.rating(row, at, route)
        building.put_rated(rated, criterion, word, row, at, more, route)

    def _both(self, building: Building, row: Row, section: str) -> None:
        building.problem(
            "rated-twice",
            f"`{section}` is rated as a whole, and criteria of it are rated too",
            row,
            self._columns[RATING],
            "keep one of the two",
        )

    def _named(self, row: Row, index: int) -> str:
        """A cell as a message names it."""
        place = self.about.place(row, index)
        if self.about.places is Places.CELLS:
            return cell_name(place)
        return f"line {place.line}"


class _Names:
    """The sections and criteria of a rubric by id and by title."""

    def __init__(self, rubric: Rubric) -> None:
        self._sections: dict[str, Section | None] = {}
        self._criteria: dict[str, tuple[str, str] | None] = {}
        for section in rubric.sections:
            for name in {section.id, same_word(section.title)}:
                known = self._sections.setdefault(name, section)
                if known is not section:
                    self._sections[name] = None
            for criterion in section.criteria:
                name = same_word(criterion.title)
                ids = (section.id, criterion.id)
                if self._criteria.setdefault(name, ids) != ids:
                    self._criteria[name] = None

    def ids(self, section: str, criterion: str) -> tuple[str, str]:
        """The ids that two words stand for; a word that is not known stays as it is."""
        known = self._sections.get(section) or self._sections.get(same_word(section))
        if known is not None:
            section = known.id
            word = same_word(criterion)
            if not any(own.id == criterion for own in known.criteria):
                for own in known.criteria:
                    if word == same_word(own.title):
                        return section, own.id
        elif not section and criterion:
            return self._criteria.get(same_word(criterion)) or (section, criterion)
        return section, criterion
