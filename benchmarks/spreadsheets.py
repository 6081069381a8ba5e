"""How long tables take: a workbook of 20,000 rows, and text of 100,000 and 1,000,000.

    python benchmarks/spreadsheets.py [--rows 100000 1000000] [--jobs N]

Each table has 20 criteria and is scored to JSON lines, which are thrown away. Beside each time
stand the processor time of all processes, what the floor takes (the library that reads the file,
alone), and the most memory that one process of the run had. Start-up is taken off.
"""

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

RUBRIC = "plymouth-quality-monitoring"
PROGRAM = [sys.executable, "-m", "charter_score", "score"]
WORKBOOK_ROWS = 20_000


def head() -> list[str]:
    """The columns: what is known of a review, and a criterion each."""
    from charter_score.library import built_in_rubrics, load_rubric

    rubric = load_rubric(built_in_rubrics()[RUBRIC]).rubric
    keys = [f"{section.id}.{criterion.id}" for section, criterion in rubric.criteria()]
    return ["id", "advisor", "team", "date", *keys, *(f"{key}.comment" for key in keys)]


def rows(number: int, columns: list[str]) -> Iterator[list[str]]:
    """Reviews that are made up, the same ones every time."""
    chance = random.Random(1)
    criteria = (len(columns) - 4) // 2
    words = ("met", "met", "met", "met", "not met")
    for place in range(number):
        ratings = [chance.choice(words) for _ in range(criteria)]
        comments = ["Sounded rushed." if word == "not met" else "" for word in ratings]
        who = f"Advisor {place % 50}"
        yield [f"call-{place:07}", who, f"Team {place % 7}", "2016-05-04", *ratings, *comments]


class Took(NamedTuple):
    """Seconds by the clock and of processors, and megabytes of the largest process."""

    clock: float
    work: float
    most: float


def measured(*words: str) -> Took:
    """What a run took."""
    # In a process between, so that what is the largest of this run is not that of one before.
    code = (
        "import resource, subprocess, sys, time\n"
        "begin = time.monotonic()\n"
        "none = subprocess.DEVNULL\n"
        "done = subprocess.run(sys.argv[1:], stdout=none, stderr=none)\n"
        "took = time.monotonic() - begin\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "work = used.ru_utime + used.ru_stime\n"
        "print(done.returncode, took, work, used.ru_maxrss / 1024)\n"
    )
    asked = [sys.executable, "-c", code, *words]
    done = subprocess.run(asked, check=True, capture_output=True, text=True)
    exit_code, *figures = done.stdout.split()
    assert exit_code == "0", words
    return Took(*map(float, figures))


def scored(path: Path, jobs: int) -> Took:
    """The same of scoring a table."""
    words = [str(path), "--rubric", RUBRIC, "-f", "json-lines", "-q", "--jobs", str(jobs)]
    return measured(*PROGRAM, *words)


def floor_of_text(path: Path) -> float:
    """Seconds in which the standard library reads the cells."""
    begin = time.process_time()
    with path.open(encoding="utf-8", newline="") as stream:
        for _ in csv.reader(stream):
            pass
    return time.process_time() - begin


def floor_of_workbook(path: Path) -> float:
    """Seconds in which calamine reads the cells."""
    import python_calamine

    begin = time.process_time()
    sheet = python_calamine.load_workbook(path).get_sheet_by_index(0)
    for _ in sheet.iter_rows():
        pass
    return time.process_time() - begin


def write_workbook(path: Path, number: int, columns: list[str]) -> None:
    """The table as .xlsx."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("May")
        sheet.write_row(0, 0, columns)
        for place, row in enumerate(rows(number, columns), start=1):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(place, column, cell)


def write_text(path: Path, number: int, columns: list[str]) -> None:
    """The table as .csv."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows(number, columns))


def main() -> None:
    """Make the tables, score them, and print what it took."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000])
    asked.add_argument("--jobs", type=int, default=0)
    options = asked.parse_args()
    columns = head()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_text(folder / "one.csv", 1, columns)
        start = min(scored(folder / "one.csv", 1) for _ in range(3))
        load = os.getloadavg()[0]
        print(
            f"start-up, one row: {start.clock:.2f} s, {start.work:.2f} s of work; load {load:.0f}"
        )
        book = folder / "book.xlsx"
        write_workbook(book, WORKBOOK_ROWS, columns)
        tell("xlsx", WORKBOOK_ROWS, scored(book, options.jobs), start, floor_of_workbook(book))
        for number in options.rows:
            table = folder / "table.csv"
            write_text(table, number, columns)
            tell("csv", number, scored(table, options.jobs), start, floor_of_text(table))
            table.unlink()


def tell(kind: str, number: int, took: Took, start: Took, floor: float) -> None:
    """One line of the results."""
    clock, work = took.clock - start.clock, took.work - start.work
    print(
        f"{kind} of {number:,} rows: {clock:.1f} s after start-up, {number / clock:,.0f} rows/s; "
        f"{work:.1f} s of work, {work / number * 1e6:.0f} us a row, "
        f"{work / floor:.0f} x reading alone ({floor:.2f} s); {took.most:.0f} MB; "
        f"load {os.getloadavg()[0]:.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
