"""What is wrong with a document, where it stands, and the way out.

Rules speak in *routes* (`("ratings", "welcome", "tone")`) because they know models, not files; the
reader that knows the file turns a route into a line and a column. So there are two types: a
`Problem` has a route, a `Diagnostic` a place.
"""

from collections.abc import Collection, Iterable, Set
from enum import Enum
from itertools import islice
from typing import NamedTuple

Route = tuple[str | int, ...]


class Severity(Enum):
    """How bad it is: an error stops the document, a warning is only said."""

    ERROR = "error"
    WARNING = "warning"


class Location(NamedTuple):
    """A place in a text: line and column, both from 1; columns count code points."""

    line: int
    column: int


START = Location(1, 1)


class At(Enum):
    """Which end of a route is meant: the key, or what stands behind it."""

    KEY = "key"
    VALUE = "value"


class Problem(NamedTuple):
    """Something wrong at a route of one document, before anyone has looked up the line.

    `code` is stable and in kebab case. `message` never repeats a value of the document that could
    be personal; `hint` says the way out.
    """

    code: str
    message: str
    route: Route
    at: At = At.VALUE
    hint: str | None = None
    severity: Severity = Severity.ERROR


def is_explained(problem: Problem, wrong: Set[Route]) -> bool:
    """Whether a problem is about what was found wrong before and taken out, or stood in for."""
    route = problem.route
    if route in wrong and (problem.at is At.VALUE or isinstance(route[-1], int)):
        return True
    return any(route[:length] in wrong for length in range(1, len(route)))


class Diagnostic(NamedTuple):
    """A problem with its place: the one form in which charter-score reports anything.

    `path` is as printed (relative, `/`-joined). `location` is None only where a place makes no
    sense, as for a file that does not exist. In a workbook `sheet` names the sheet, and the
    location is a row and a column of it.
    """

    code: str
    message: str
    path: str
    location: Location | None = None
    hint: str | None = None
    severity: Severity = Severity.ERROR
    sheet: str | None = None

    @property
    def is_error(self) -> bool:
        """True for an error, False for a warning."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """The diagnostic on one line, without its hint."""
        place = "".join(f":{number}" for number in self.location or ())
        sheet = "" if self.sheet is None else f" {self.sheet}"
        return f"{self.path}{sheet}{place}: {self.severity.value}[{self.code}] {self.message}"


_FOLLOWING = ("unrated",)
"""Codes of what may only follow from another mistake of the same document."""
_FOLLOWING_ELSEWHERE = ("invalid-rubric",)
"""Codes of what follows from the mistakes of another document."""


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics by path, sheet, line, column, code, message; exact repeats once.

    Of one document what may follow from the rest comes last: a misspelt name leaves something
    unrated. What follows from another document comes behind what is wrong with that.
    """
    return tuple(
        sorted(
            dict.fromkeys(diagnostics),
            key=lambda d: (
                d.code in _FOLLOWING_ELSEWHERE,
                d.path,
                d.sheet or "",
                d.code in _FOLLOWING,
                d.location or (0, 0),
                d.code,
                d.message,
            ),
        )
    )


MOST_SUGGESTIONS = 50
"""Mistyped words of one document for which the nearest known one is looked up."""
MOST_LISTED = 20
"""Known words that a hint lists."""
_MOST_COMPARED = 500


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint with the known word nearest to a mistyped one; the mistyped one is not repeated."""
    near = nearest(word, known)
    return None if near is None else meant(near)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to a mistyped one, or else the only one that begins with it."""
    from difflib import get_close_matches  # only a document with a mistake pays for it

    mistyped = word.casefold()[:64]
    # Case is no mistake that a person hears, so it makes two words no less near.
    compared = {one.casefold(): one for one in islice(known, _MOST_COMPARED)}
    if near := get_close_matches(mistyped, compared, n=1, cutoff=0.6):
        return compared[near[0]]
    longer = [one for one in compared if one.startswith(mistyped)] if len(mistyped) > 2 else []
    return compared[longer[0]] if len(longer) == 1 else None


def meant(word: str) -> str:
    """The hint that names what a mistyped word was meant for."""
    return f"did you mean `{word}`?"


def taken(word: str) -> str:
    """The hint of a name that is near to one which stands beside it already."""
    return f"`{word}` is there already: take one of the two out"


def listed(words: Collection[str], last: str = "or") -> str:
    """Words as a person lists them: `a, b or c`; a long list is cut, and says so."""
    if len(words) > MOST_LISTED:
        return f"{', '.join(islice(words, MOST_LISTED))} and {len(words) - MOST_LISTED} more"
    return joined(words or [""], last)


def joined(words: Iterable[str], last: str = "and") -> str:
    """Words as a person lists them, however many: `a`, `a and b`, `a, b and c`."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


class Suggestions:
    """Looks up the nearest known words for one document, until that has been done often enough.

    Looking one up takes time with every known word, so a document of nothing but mistakes would
    take the square of its size.
    """

    def __init__(self) -> None:
        self._left = MOST_SUGGESTIONS

    def near(self, word: str, known: Iterable[str]) -> str | None:
        """A hint with the nearest known word; None where nothing is near or enough were given."""
        near = self.nearest(word, known)
        return None if near is None else meant(near)

    def nearest(self, word: str, known: Iterable[str]) -> str | None:
        """The nearest known word; None where nothing is near or enough were looked up."""
        if self._left <= 0:
            return None
        self._left -= 1
        return nearest(word, known)
