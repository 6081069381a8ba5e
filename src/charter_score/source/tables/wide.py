"""Rows of a wide table: one review each."""

from dataclasses import dataclass, field
from typing import NamedTuple

from charter_score.mapping import TableMapping
from charter_score.rubric import Rubric
from charter_score.scalars import Null, Value
from charter_score.source.tables.building import NULL, Building, Review
from charter_score.source.tables.grid import About, Row
from charter_score.source.tables.headings import PARTS, RATING, Use
from charter_score.source.tables.layout import Layout


class _Criterion(NamedTuple):
    """The columns of one criterion; those beside the rating by the part that they hold."""

    id: str
    rating: int | None
    more: tuple[tuple[str, int], ...]


class _Section(NamedTuple):
    """The columns of a section: its criteria, and what is said of it as a whole."""

    id: str
    rating: int | None
    comment: int | None
    criteria: tuple[_Criterion, ...]


@dataclass(slots=True)
class WideReader:
    """Makes the values of a review of each row."""

    about: About
    layout: Layout
    mapping: TableMapping | None
    _sections: list[_Section] = field(default_factory=list)

    def __post_init__(self) -> None:
        sections: dict[str, dict[str, dict[str, int]]] = {}
        for index, target in self.layout.columns:
            if target.use in (Use.CRITERION, Use.SECTION):
                of_section = sections.setdefault(target.section, {})
                of_section.setdefault(target.criterion, {}).setdefault(target.name, index)
        for section, criteria in sections.items():
            whole = criteria.pop("", {})
            self._sections.append(
                _Section(
                    section,
                    whole.get(RATING),
                    whole.get("comment"),
                    tuple(
                        _Criterion(
                            criterion,
                            parts.get(RATING),
                            tuple((name, parts[name]) for name in PARTS[1:] if name in parts),
                        )
                        for criterion, parts in criteria.items()
                    ),
                )
            )

    def review(self, row: Row, rubric: Rubric | None, *, note: bool) -> Review:
        """The values of the review in a row; with `note` their places too."""
        building = Building(self.about, self.mapping, rubric, row, note=note)
        building.common([row], self.layout)
        ratings: dict[str, Value] = {}
        building.put(building.value, "ratings", ratings, row, None)
        for section in self._sections:
            self._section(building, row, section, ratings)
        return building.finished()

    def _section(
        self, building: Building, row: Row, section: _Section, ratings: dict[str, Value]
    ) -> None:
        whole = building.rating(row, section.rating, ("ratings", section.id))
        rated: dict[str, Value] = {}
        for criterion in section.criteria:
            route = ("ratings", section.id, criterion.id)
            word = building.rating(row, criterion.rating, route)
            cells = row.cells
            if not any(at < len(cells) and cells[at] not in ("", None) for _, at in criterion.more):
                rated[criterion.id] = word
                if building.note:
                    building.noted(rated, criterion.id, row, criterion.rating)
                continue
            building.put_rated(
                rated, criterion.id, word, row, criterion.rating, criterion.more, route
            )
        if whole is not NULL:
            given = [
                criterion for criterion in section.criteria if not _is_unrated(rated[criterion.id])
            ]
            for criterion in given:
                building.problem(
                    "rated-twice",
                    f"`{section.id}` is rated as a whole in this row, and this is part of it",
                    row,
                    criterion.rating or 0,
                    "keep one of the two",
                )
            more = () if section.comment is None else (("comment", section.comment),)
            of_section = ("ratings", section.id)
            building.put_rated(ratings, section.id, whole, row, section.rating, more, of_section)
            return
        if section.criteria:
            ratings[section.id] = rated
            if building.note:
                building.noted(ratings, section.id, row, _first(section))


def _first(section: _Section) -> int | None:
    """The first column of a section."""
    columns = [one.rating for one in section.criteria if one.rating is not None]
    return min(columns, default=section.rating)


def _is_unrated(value: Value) -> bool:
    return isinstance(value, Null) or (isinstance(value, dict) and value.get("rating") is NULL)
