"""What a heading of a table means: an id, a title as the rubric writes it, or what a mapping says.

Nothing is guessed: a heading that fits two things is not known, and a mapping has to say which.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from charter_score.diagnostics import Suggestions
from charter_score.field_types import is_slug
from charter_score.mapping import Shape, TableMapping
from charter_score.rating import same_word
from charter_score.rubric import Criterion, Rubric, Section
from charter_score.source.document import key_text

OF_THE_REVIEW = (
    *("id", "rubric", "status", "advisor", "reviewer", "team", "reviewed", "selection"),
    *("drafted_by", "reason", "notes"),
)
"""Columns that are fields of the review itself."""
OF_THE_INTERACTION = ("date", "channel", "reference")
"""Columns that are fields of the interaction; `field.NAME` is any other."""
REVIEW_COLUMNS = (*OF_THE_REVIEW, *OF_THE_INTERACTION)
RATING = "rating"
PARTS = (RATING, "comment", "evidence", "causes")
"""What may be said of one criterion, each in a column of its own."""
LONG_COLUMNS = ("section", "criterion", *PARTS)
"""Columns of a long table, where a row is a rating."""
FIELD = "field."

_BETWEEN = (".", ": ", " - ", " – ", " / ", " ")
_OURS = (
    frozenset(["earned", "available", "share", "percent", "observed_percent"]),
    frozenset(["section", "criterion", "rating", "earned", "available"]),
)
"""Headings that the tables have which charter-score writes: one row a review, one a criterion."""


class Use(Enum):
    """What kind of thing a column holds."""

    REVIEW = "review"
    INTERACTION = "interaction"
    CRITERION = "criterion"
    SECTION = "section"
    LONG = "long"
    IGNORED = "ignored"


class Target(NamedTuple):
    """What a column holds. `name` is a field's, or the part of a rating."""

    use: Use
    name: str = ""
    section: str = ""
    criterion: str = ""

    def __str__(self) -> str:
        """As a mapping writes it."""
        match self.use:
            case Use.INTERACTION if self.name not in OF_THE_INTERACTION:
                return f"{FIELD}{self.name}"
            case Use.CRITERION | Use.SECTION:
                steps = [self.section, self.criterion, "" if self.name == RATING else self.name]
                return ".".join(step for step in steps if step)
            case _:
                return self.name

    @property
    def is_rating(self) -> bool:
        """Whether it is the rating of a criterion, in a wide table."""
        return self.use is Use.CRITERION and self.name == RATING


IGNORED = Target(Use.IGNORED)


def is_scored_table(headings: frozenset[str]) -> bool:
    """Whether a row of headings is that of a table that charter-score wrote."""
    return any(ours <= headings for ours in _OURS)


def target_of(text: str, shape: Shape | None, rubric: Rubric | None) -> Target | None:
    """What the word of a mapping, or an id as a heading, stands for; None for no column.

    Without a rubric any two ids are a criterion; with one it has to know them.
    """
    text = key_text(text.strip())
    if text in REVIEW_COLUMNS:
        use = Use.REVIEW if text in OF_THE_REVIEW else Use.INTERACTION
        return Target(use, text)
    if text.startswith(FIELD):
        name = text.removeprefix(FIELD).strip()
        return Target(Use.INTERACTION, name) if name else None
    if shape is not Shape.WIDE and text in LONG_COLUMNS:
        return Target(Use.LONG, text)
    steps = text.split(".")
    if shape is Shape.LONG or not all(map(is_slug, steps)):
        return None
    match steps:
        case [section] if rubric is not None and _knows(rubric, section):
            return Target(Use.SECTION, RATING, section)
        case [section, "comment"] if rubric is None or _knows(rubric, section):
            return Target(Use.SECTION, "comment", section)
        case [section, criterion] if rubric is None or _knows(rubric, section, criterion):
            return Target(Use.CRITERION, RATING, section, criterion)
        case [section, criterion, part] if part in PARTS and (
            rubric is None or _knows(rubric, section, criterion)
        ):
            return Target(Use.CRITERION, part, section, criterion)
        case _:
            return None


def _knows(rubric: Rubric, section_id: str, criterion_id: str | None = None) -> bool:
    for section in rubric.sections:
        if section.id == section_id:
            return criterion_id is None or any(
                criterion.id == criterion_id for criterion in section.criteria
            )
    return False


class Headings:
    """The headings that are known for one rubric and one mapping."""

    def __init__(self, rubric: Rubric | None, mapping: TableMapping | None) -> None:
        self.rubric = rubric
        self.mapping = mapping
        self._shape = None if mapping is None else mapping.shape
        self._known: dict[str, Target | None] = {}
        """By the heading in the form in which two are equal; None for one that fits two things."""
        self._mapped: dict[str, Target] = {}
        self._sections: dict[str, Section] = {}
        self._remembered: dict[str, Target | None] = {}
        for name in REVIEW_COLUMNS:
            self._add(name, target_of(name, None, None))
        if self._shape is not Shape.WIDE:
            for name in LONG_COLUMNS:
                self._add(name, Target(Use.LONG, name))
        if rubric is not None and self._shape is not Shape.LONG:
            for section in rubric.sections:
                for word in (section.id, section.title):
                    self._sections.setdefault(same_word(word), section)
                for criterion in section.criteria:
                    self._add_criterion(section, criterion)
        if mapping is not None:
            for heading, target in mapping.columns.items():
                if (meant := target_of(target, self._shape, rubric)) is not None:
                    self._mapped[same_word(heading)] = meant
            for heading in mapping.ignore:
                self._mapped[same_word(heading)] = IGNORED

    def _add(self, heading: str, target: Target | None) -> None:
        word = same_word(heading)
        if word in self._known and self._known[word] != target:
            self._known[word] = None
        else:
            self._known[word] = target

    def _add_criterion(self, section: Section, criterion: Criterion) -> None:
        target = Target(Use.CRITERION, RATING, section.id, criterion.id)
        names = [criterion.title, f"{section.id}.{criterion.id}"]
        names += [f"{section.title}{between}{criterion.title}" for between in _BETWEEN[:-1]]
        for name in dict.fromkeys(names):
            self._add(name, target)
            for part in PARTS[1:]:
                for between in _BETWEEN:
                    self._add(f"{name}{between}{part}", target._replace(name=part))

    def target(self, heading: str) -> Target | None:
        """What a heading says that its column holds; None where it is not known."""
        if heading not in self._remembered:
            self._remembered[heading] = self._target(heading)
        return self._remembered[heading]

    def _target(self, heading: str) -> Target | None:
        word = same_word(heading)
        if word in self._mapped:
            return self._mapped[word]
        return target_of(heading, self._shape, self.rubric) or self._known.get(word)

    def below(self, upper: str, lower: str) -> Target | None:
        """What a heading in a second line says, below one that may stand over several columns."""
        joined = same_word(f"{upper} / {lower}") if lower else same_word(upper)
        if joined in self._mapped:
            return self._mapped[joined]
        over = self.target(upper) if upper else None
        word = same_word(lower)
        if over is not None and over.use is Use.CRITERION and word in PARTS:
            return over._replace(name=word)
        section = self._sections.get(same_word(upper)) if upper else None
        if section is not None and lower:
            for criterion in section.criteria:
                for name in (criterion.id, criterion.title):
                    if word == same_word(name):
                        return Target(Use.CRITERION, RATING, section.id, criterion.id)
                    for part in PARTS[1:]:
                        if word in (same_word(f"{name}.{part}"), same_word(f"{name} {part}")):
                            return Target(Use.CRITERION, part, section.id, criterion.id)
        return self.target(lower) if lower else over

    def near(self, heading: str, suggestions: Suggestions) -> str | None:
        """The known heading nearest to one that is not, as a mapping would write it."""
        known = {str(target): None for target in self._known.values() if target is not None}
        return suggestions.nearest(heading, known)

    def looks_like_criterion(self, heading: str) -> bool:
        """Whether a heading has the form of a criterion's ids, which the rubric may not have."""
        steps = heading.strip().split(".")
        return len(steps) in (2, 3) and all(map(is_slug, steps)) and not _FILE.search(heading)

    def criteria(self) -> Iterator[tuple[Section, Criterion]]:
        """The criteria of the rubric; none without one."""
        return iter(()) if self.rubric is None else self.rubric.criteria()


_FILE = re.compile(r"\.(?:com|org|net|uk|html?|pdf|xlsx?|csv)$")
