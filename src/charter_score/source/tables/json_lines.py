"""JSON lines: an object a line, a row of a table or a whole review as JSON has it."""

from collections.abc import Iterator
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic, Location
from charter_score.errors import DocumentError
from charter_score.limits import MOST_BYTES, MOST_COLUMNS
from charter_score.scalars import Boolean, Null, Scalar, Value
from charter_score.source.document import Built, Document, Place, decode
from charter_score.source.json_reader import parse_json
from charter_score.source.tables.delimited import Open
from charter_score.source.tables.grid import About, Grid, Places, Row
from charter_score.source.tables.positions import moved_to, place_of_key


class Line(NamedTuple):
    """One line of the file that is not blank: its number, its text, and its values.

    Where it cannot be read, `wrong` says why and there is no value.
    """

    number: int
    text: str
    value: Value | None
    wrong: tuple[Diagnostic, ...] = ()


def lines_of(shown: str, open_file: Open) -> Iterator[Line]:
    """The lines of a file."""
    with open_file() as stream:
        number = 0
        while data := stream.readline(MOST_BYTES + 2):
            number += 1
            if not data.strip():
                continue
            try:
                text = decode(data.rstrip(b"\r\n"), shown)
                yield Line(number, text, parse_json(text, shown, note_places=False).value)
            except DocumentError as wrong:
                found = tuple(
                    one._replace(location=moved_to(one.location, number))
                    for one in wrong.diagnostics
                )
                yield Line(number, "", None, found)
                if any(one.code == "too-large" for one in found):
                    return  # what follows is the rest of a line, and no line


def document_of(shown: str, line: Line) -> Document:
    """The review that a line holds, with places in the file."""
    number = line.number

    def parse(text: str, path: str, *, note_places: bool) -> Built:
        built = parse_json(text, path, note_places=note_places)
        places = {
            container: {
                key: Place(moved_to(place.key, number), moved_to(place.value, number))
                for key, place in entries.items()
            }
            for container, entries in built.places.items()
        }
        return Built(built.value, moved_to(built.start, number), places)

    assert line.value is not None  # noqa: S101 - only what could be read is a document
    document = Document(shown, "", line.value, None, part=str(number))
    document.parse = lambda _text, path, *, note_places: parse(
        line.text, path, note_places=note_places
    )
    return document


def json_grid(shown: str, open_file: Open, names: tuple[str, ...]) -> Grid:
    """The objects of a file as rows, the keys of the first as headings."""
    about = About(shown, None, Places.KEYS, names=names)

    def rows() -> Iterator[Row]:
        yield Row(0, names)
        for line in lines_of(shown, open_file):
            yield _row(about, line)

    return Grid(about, rows)


def _row(about: About, line: Line) -> Row:
    if line.wrong:
        return Row(line.number, (), line.text, line.wrong)
    if not isinstance(line.value, dict):
        wrong = about.diagnostic(
            "wrong-type", "an object is wanted in each line: {…}", Location(line.number, 1)
        )
        return Row(line.number, (), line.text, (wrong,))
    row = Row(line.number, (), line.text)
    cells: list[str] = []
    problems: list[Diagnostic] = []
    for name in about.names:
        value = line.value.get(name)
        if isinstance(value, dict) or (isinstance(value, list) and not all(map(_is_plain, value))):
            problems.append(
                about.diagnostic(
                    "wrong-type",
                    "one value is wanted here, or a list of values",
                    place_of_key(row.raw, row.number, name),
                )
            )
            value = None
        cells.append(_text(value))
    own = set(about.names)
    problems += [
        about.diagnostic(
            "long-row",
            "the first line has no such key, so nothing says what this is",
            place_of_key(row.raw, row.number, name, key=True),
            "give the first line all keys, with null where it has nothing",
        )
        for name in line.value
        if name not in own
    ]
    return Row(line.number, cells, line.text, tuple(problems))


def _is_plain(value: Value) -> bool:
    return isinstance(value, str | Scalar)


def _text(value: Value | None) -> str:
    match value:
        case None | Null():
            return ""
        case list():
            return "; ".join(str(part) for part in value)
        case Boolean():
            return value.text.casefold()
        case _:
            return str(value)


def is_output_line(value: Value | None) -> bool:
    """Whether a line is one of those that `json-lines` writes."""
    kinds = ("result", "failure", "skipped", "warning", "summary")
    return (
        isinstance(value, dict) and value.get("kind") in kinds and not {"ratings"} & value.keys()
    ) or (isinstance(value, dict) and {"severity", "code", "message", "path"} <= value.keys())


def names_of(first: Value | None) -> tuple[str, ...]:
    """The keys of the first object, which are the columns."""
    return tuple(first)[:MOST_COLUMNS] if isinstance(first, dict) else ()
