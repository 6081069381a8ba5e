"""Names of cells as spreadsheets write them: `F17`."""

from charter_score.diagnostics import Location

_LETTERS = 26


def column_name(number: int) -> str:
    """A column's letters, counted from 1: A, B, … Z, AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column, counted from 1, from its letters."""
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number


def cell_name(place: Location) -> str:
    """The name of the cell in a row (`line`) and a column."""
    return f"{column_name(place.column)}{place.line}"
