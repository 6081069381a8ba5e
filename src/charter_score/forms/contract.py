"""The spreadsheet form: how a sheet says which of its cells answer what.

The hidden first row says what each column is for, and its first cell marks the sheet as
a form. The hidden first column says what each row asks. So rows and columns may be moved, and
others put between them.
"""

import re
from enum import Enum
from typing import NamedTuple

MARK_BEGINS = "charter-score/form/"
"""How the mark of a form of any version begins."""
MARK = MARK_BEGINS + "v1"
HEADING = "heading:"
"""The key of a row that asks for nothing."""

REVIEW_SHEET = "Review"
WORDS_SHEET = "Words"
"""A hidden sheet with the words of drop-downs that a cell's own rule cannot hold."""

LISTS = ("done_well", "could_be_better")
"""The texts about a review that are several, each in a row of its own."""

MOST_CRITERIA = 5_000
MOST_ROWS, MOST_COLUMNS = 10_000, 100
"""What is read of a sheet; a form of as many criteria as it may have ends far before."""

NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""The characters that XML 1.0 (section 2.2, Char), and so a sheet, cannot hold."""


class Role(Enum):
    """What a column is for; the value stands in the first row."""

    PART = "part"
    CRITERION = "criterion"
    GUIDANCE = "guidance"
    RATING = "rating"
    COMMENT = "comment"
    EVIDENCE = "evidence"
    CAUSES = "causes"


class About(Enum):
    """What kind of question a row asks."""

    INTERACTION = "interaction"
    REVIEW = "review"
    DISPUTE = "dispute"
    CRITERION = "criterion"


class RowKey(NamedTuple):
    """What the first column says that a row asks.

    `section` is that of a criterion and empty elsewhere. The name of a part of a dispute has the
    dispute's number in front: `1.says`.
    """

    about: About
    name: str
    section: str = ""

    def __str__(self) -> str:
        if self.about is About.CRITERION:
            return f"{self.section}.{self.name}"
        return f"{self.about.value}:{self.name}"


def row_key(text: str) -> RowKey | None:
    """The key that a first cell holds; None where it names no question."""
    kind, colon, name = text.partition(":")
    if colon:
        known = {about.value: about for about in About if about is not About.CRITERION}
        return RowKey(known[kind], name) if kind in known and name else None
    section, dot, criterion = text.partition(".")
    return RowKey(About.CRITERION, criterion, section) if dot and section and criterion else None
