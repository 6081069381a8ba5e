"""Where a cell begins in the text of its row: in delimited text, and in a line of JSON."""

from charter_score.diagnostics import Location
from charter_score.source.json_reader import parse_json


def place_of_cell(raw: str, first: int, index: int, separator: str) -> Location:
    """Line and column at which a cell begins, counted through the row's text."""
    line, column = first, 1
    at_start, is_quoted, was_quoted = True, False, False
    for character in raw:
        if index <= 0:
            break
        if character == '"' and (at_start or was_quoted):
            is_quoted, was_quoted = True, False
        elif character == '"' and is_quoted:
            is_quoted, was_quoted = False, True  # until the next character: it may be a doubled one
        else:
            was_quoted = False
            if character == separator and not is_quoted:
                index -= 1
                at_start, column = True, column + 1
                continue
        at_start = False
        line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
    return Location(line, column)


def place_of_key(raw: str, number: int, name: str, *, key: bool = False) -> Location:
    """Where the value of a key stands in a line; where the object begins if it has none."""
    if not raw:
        return Location(number, 1)
    built = parse_json(raw, "", note_places=True)
    place = built.places[id(built.value)].get(name)
    if place is None:
        return moved_to(built.start, number)
    return moved_to(place.key if key else place.value, number)


def moved_to(place: Location | None, number: int) -> Location:
    """A place of a text of one line, as a place of the line of that number."""
    return Location(number, place.column if place is not None else 1)
