"""How large a document may be: what goes beyond is refused with a diagnostic, before any work.

No scorecard of a contact centre comes near to one of these. They stop files that were made to
exhaust a computer, and bound what a check may assume. docs/safety.md lists them.
"""

# Of any document. A reader refuses what is larger.

MOST_BYTES = 5_000_000
MOST_DEPTH = 32
MOST_NODES = 200_000
LONGEST_SCALAR = 65_536
"""Bytes of one text."""
LONGEST_KEY = 1_024
"""Characters of a key, as in libyaml; bringing a longer one into NFC can take very long."""
LONGEST_NUMBER = 24
"""Characters of a number: more than any standard needs, and quick to reckon with."""

# Of a rubric and a review: `too-many`.

MOST_CRITERIA = 1_000
"""Criteria of a rubric. A review is filled in after one conversation; about 25 are usual."""
MOST_SECTIONS = 100
"""Sections of a rubric."""
MOST_FIELDS = 100
"""Fields of the interaction that a rubric declares, or that one condition names."""
MOST_WORDS = 100
"""Levels of a criterion, bands of a rubric, values of a field in a rubric or in a review."""

# Of a table. A row is a review, or one rating of it, and has the limits of one.

MOST_COLUMNS = 5_000
"""Columns: 1,000 criteria, each with a rating, a comment, evidence and causes, and the review's."""
MOST_TABLE_BYTES = 50_000_000
"""Bytes of a workbook. A text or a Parquet file is read row by row, and may have any number."""
MOST_TABLE_UNPACKED = 400_000_000
"""Bytes of a workbook's parts together, once they are unpacked."""
MOST_TABLE_CELLS = 5_000_000
"""Cells of a sheet, counted to its last row and column: the reader makes room for each."""
MOST_SHEETS = 500
"""Sheets of a workbook that are looked at."""
