"""A report as plain data: parts of blocks, each with sentences, a table and perhaps a picture.

What is said stands here, once; HTML, Markdown, JSON and a workbook only dress it. A figure is exact
or, where it is an interval, a float.
"""

from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from charter_score.rubric import Rubric
from charter_score.stats.control_chart import Chart
from charter_score.stats.funnel import Standing
from charter_score.stats.intervals import Interval


class Kind(StrEnum):
    """What a column holds, by which its values are written."""

    TEXT = "text"
    PERSON = "person"
    DAY = "day"
    MONTH = "month"
    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"
    SCORE = "score"
    """A share that some review has: printed, it is on the same side of every band's bound."""
    DIFFERENCE = "difference"
    OF = "of"
    INTERVAL = "interval"
    MONEY = "money"


class Of(NamedTuple):
    """So many of so many."""

    k: int
    n: int


Value = str | int | Fraction | Of | Interval | None


class Column(NamedTuple):
    """A column of a table: its key in JSON, its heading, and what it holds."""

    id: str
    title: str
    kind: Kind


class Table(NamedTuple):
    """Rows of values under columns; `id` is its name in JSON. A score keeps to `bounds`."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    bounds: tuple[Fraction, ...] = ()


class Trend(NamedTuple):
    """Points over time with their labels, and the control chart of them; `expected` is a share."""

    labels: tuple[str, ...]
    chart: Chart
    expected: Fraction | None


class FunnelPoint(NamedTuple):
    """A group in a funnel: so many of so many, where it stands, its name where that is shown."""

    met: Of
    standing: Standing
    label: str | None


class FunnelEdge(NamedTuple):
    """The edges of a funnel at a number of reviews: where outside begins, as shares."""

    number: int
    low_998: float
    low_95: float
    high_95: float
    high_998: float


class Funnel(NamedTuple):
    """Groups by their number of reviews, the whole's share and the edges around it."""

    points: tuple[FunnelPoint, ...]
    share: Fraction
    edges: tuple[FunnelEdge, ...]


class Heat(NamedTuple):
    """Shares in rows and columns; None where there are too few reviews."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    shares: tuple[tuple[Fraction | None, ...], ...]


class Bands(NamedTuple):
    """How many reviews of each group are in each band, from the lowest band up."""

    groups: tuple[str, ...]
    bands: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class Dots(NamedTuple):
    """How many reviews have each score."""

    shares: tuple[tuple[Fraction, int], ...]
    expected: Fraction | None


Picture = Trend | Funnel | Heat | Bands | Dots


class Block(NamedTuple):
    """One thing that a report says: a question or finding, the answer, and what it rests on.

    `reviews` is the number it speaks of. `quotes` are what people wrote, each under what it is
    about. `space` asks for lines to write on. A table under a picture is folded on screen.
    """

    id: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    picture: Picture | None = None
    description: str = ""
    reviews: int | None = None
    quotes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    space: bool = False
    is_focus: bool = False
    is_thanks: bool = False


class Part(NamedTuple):
    """What a report says of one rubric and version: two are never mixed."""

    rubric: Rubric
    standard: str
    about: str
    reviews: int
    blocks: tuple[Block, ...]


class Report(NamedTuple):
    """A whole report: what it is about, its parts, and how it came about."""

    title: str
    scope: tuple[str, ...]
    parts: tuple[Part, ...]
    method: tuple[str, ...]
    since: str
    until: str
    reviews: int
    is_person: bool = False
