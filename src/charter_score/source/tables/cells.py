"""How a cell of a table becomes text, whatever kind of file it stands in."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

Cell = str | float | bool | date | datetime | time | timedelta | None
"""What a cell holds: a float for every number of a spreadsheet, empty text or None for nothing."""


def text_of(cell: Cell) -> str:
    """A cell's text as a person would write it: 4 and not 4.0, days and times in ISO's form."""
    match cell:
        case str():
            if "\r" in cell:
                cell = cell.replace("\r\n", "\n").replace("\r", "\n")
            return cell.strip()
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return number_text(cell)
        case datetime():
            day = cell.date().isoformat()
            return day if cell.time() == time() else f"{day} {_time_text(cell.time())}"
        case date():
            return cell.isoformat()
        case time():
            return _time_text(cell)
        case timedelta():
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def number_text(number: float) -> str:
    """The shortest decimal that is this number, without an exponent: 417, 0.1, 0.00001."""
    if isinstance(number, int):
        return str(number)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    if "e" not in text:
        return text  # what is no number at all (nan) is its word
    return format(Decimal(text), "f")


def is_number(cell: Cell) -> bool:
    """Whether a cell is a number to the program that saved it."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def is_blank(cell: Cell) -> bool:
    """Whether there is nothing in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _time_text(moment: time) -> str:
    """Hours and minutes, and seconds where there are any: a sheet keeps them as a fraction."""
    whole = datetime.combine(date(2000, 1, 1), moment) + timedelta(milliseconds=500)
    return whole.strftime("%H:%M:%S" if whole.second else "%H:%M")
