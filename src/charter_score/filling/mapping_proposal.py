"""What `map` proposes for a table whose headings are its own, and what it could not place.

What is certain stands as it is; what only looks alike is marked as a proposal in the text, for a
person to confirm; what could not be placed is named, and never guessed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice

from charter_score.diagnostics import Location, listed
from charter_score.forms.cells import cell_name, column_name
from charter_score.forms.yaml_scalars import key_scalar, scalar, word_text
from charter_score.mapping import MAPPING_SCHEMA, Dates, Shape
from charter_score.rating import same_word
from charter_score.rubric import Rubric
from charter_score.source.tables.building import DAY, DECIMAL_COMMA
from charter_score.source.tables.cells import is_blank, text_of
from charter_score.source.tables.grid import Grid, Row
from charter_score.source.tables.headings import (
    RATING,
    Headings,
    Target,
    Use,
    target_of,
)
from charter_score.source.tables.layout import MOST_ABOVE
from charter_score.source.tables.reading import TOTAL

MOST_ROWS = 5_000
"""Rows of each sheet that are looked at for words, days and notes."""
MOST_WORDS = 40
"""Words of a table that are proposed for, or named as not known."""
_ALIKE = 0.7
"""How alike a heading and a title have to be for a proposal, 1 being the same."""

_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("call id", "contact id", "evaluation id", "review id", "case", "case id", "ref", "call"),
        *("call ref", "call reference", "interaction id", "contact", "no", "nr", "number"),
    ),
    "reference": ("reference number", "crm reference", "case reference", "ticket"),
    "advisor": (
        *("agent", "agent name", "adviser", "advisor name", "colleague", "employee", "officer"),
        *("staff", "staff member", "csa", "csr", "operator", "handler", "name", "cynghorydd"),
    ),
    "reviewer": (
        *("evaluator", "assessor", "scorer", "reviewed by", "evaluated by", "assessed by", "qa"),
        *("marked by", "scored by", "monitored by", "listener", "team leader", "manager"),
    ),
    "team": ("department", "group", "service", "squad", "unit", "skill", "queue"),
    "date": (
        *("call date", "contact date", "date of call", "date of contact", "interaction date"),
        *("day",),
    ),
    "reviewed": ("review date", "date reviewed", "evaluation date", "date of review", "marked on"),
    "channel": ("medium", "contact type", "media", "type of contact", "media type"),
    "notes": ("comments", "remarks", "feedback", "overall comments", "summary", "comment"),
    "status": ("state",),
}
"""What columns are called elsewhere."""
_PART_WORDS = {
    "comment": ("comment", "comments", "notes", "note", "remarks", "feedback", "why", "reason"),
    "evidence": ("evidence", "timestamp", "time", "where"),
}
_LONG_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "section": ("category", "group", "question group", "stage", "section title"),
    "criterion": ("question", "question text", "item", "criteria", "measure", "criterion title"),
    "rating": ("answer", "score", "result", "mark", "response", "answer text"),
    "comment": _PART_WORDS["comment"],
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "met": ("y", "✓", "✔", "pass", "passed", "true", "1", "achieved", "done", "ok", "oui", "ja"),
    "not met": ("n", "✗", "✘", "fail", "failed", "false", "0", "missed", "not achieved", "nein"),
    "n/a": ("-", "–", "—", "n.a.", "n.a", "not observed", "not relevant", "none", "no opportunity"),
}
"""What the three ratings are called elsewhere."""


@dataclass(slots=True)
class Proposal:
    """A mapping as `map` proposes it: its lines, and what is to be told of it."""

    columns: list[tuple[str, Target, bool]] = field(default_factory=list)
    """Heading, what it holds, and whether that is only a proposal."""
    letters: list[tuple[str, Target, bool]] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)
    """The columns that nothing is known of: how a mapping names them, and the cell."""
    words: dict[str, str | None] = field(default_factory=dict)
    """Words that are no ratings, with the rubric's where one is proposed."""
    cells_of_words: dict[str, str] = field(default_factory=dict)
    leave_out: dict[str, str] = field(default_factory=dict)
    """What the first cell says of rows that are no reviews, with the first such cell."""
    sheets: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    header: tuple[int, ...] = ()
    shape: Shape = Shape.WIDE
    decimal: bool = False
    dates: Dates | None = None
    merged: str | None = None
    encoding: str | None = None
    separator: str | None = None

    @property
    def proposed(self) -> int:
        """How many entries have to be confirmed."""
        entries = [*self.columns, *self.letters]
        words = sum(word is not None for word in self.words.values())
        return sum(is_proposal for *_, is_proposal in entries) + words + len(self.leave_out)


def propose(grids: Sequence[Grid], rubric: Rubric) -> Proposal | None:
    """What is proposed for the sheets of a file; None where none has anything like headings."""
    tables = [(grid, found) for grid in grids if (found := _header_of(grid, rubric)) is not None]
    if not tables:
        return None
    best = max(range(len(tables)), key=lambda index: tables[index][1].known)
    grid, header = tables[best]
    proposal = _columns(grid, header, rubric)
    # Other sheets that are kept alike, such as one a month.
    alike = [one for one, found in tables if found.names == header.names or found.known > 1]
    if grid.sheet is not None and len(alike) < len([one for one in grids if not _is_empty(one)]):
        proposal.sheets = [str(one.sheet) for one in alike]
    for one, found in tables:
        if one in alike:
            _rows(one, found, proposal, rubric)
    return proposal


def _is_empty(grid: Grid) -> bool:
    return not any(not is_blank(cell) for row in grid.rows() for cell in row.cells)


@dataclass(frozen=True, slots=True)
class _Header:
    """The row, or two rows, that are taken for headings."""

    rows: tuple[Row, ...]
    names: tuple[str, ...]
    targets: tuple[Target | None, ...]
    known: int


def _header_of(grid: Grid, rubric: Rubric) -> _Header | None:
    """The row with most headings that are known or look like one; the earliest of several."""
    sample = list(islice(grid.rows(), MOST_ABOVE))
    headings = Headings(rubric, None)
    titles = _titles(rubric)
    best: tuple[tuple[int, int], _Header] | None = None
    for place, row in enumerate(sample):
        above = sample[place - 1] if place and any(map(text_of, sample[place - 1].cells)) else None
        candidates = [_one_line(row, headings)]
        if above is not None:
            candidates.append(_two_lines(above, row, headings))
        for candidate in candidates:
            called = _synonyms(candidate.names, candidate.targets)
            near = sum(
                target is not None or index in called or bool(name and _near(name, titles, set()))
                for index, (name, target) in enumerate(
                    zip(candidate.names, candidate.targets, strict=True)
                )
            )
            width = sum(map(bool, candidate.names))
            if width > 1 and near and (best is None or (near, candidate.known) > best[0]):
                best = (near, candidate.known), candidate
    return None if best is None else best[1]


def _one_line(row: Row, headings: Headings) -> _Header:
    names = tuple(map(text_of, row.cells))
    targets = tuple(headings.target(name) if name else None for name in names)
    return _Header((row,), names, targets, sum(target is not None for target in targets))


def _two_lines(above: Row, row: Row, headings: Headings) -> _Header:
    upper = list(map(text_of, above.cells))
    lower = list(map(text_of, row.cells))
    names, targets, over = [], [], ""
    for index in range(max(len(upper), len(lower))):
        own = upper[index] if index < len(upper) else ""
        below = lower[index] if index < len(lower) else ""
        over = own or over
        reached = over if below else own
        names.append(f"{reached} / {below}" if reached and below else reached or below)
        target = headings.below(reached, below) if reached or below else None
        targets.append(target if target is not None or not below else headings.target(below))
    return _Header(
        (above, row), tuple(names), tuple(targets), sum(target is not None for target in targets)
    )


def _titles(rubric: Rubric) -> dict[str, Target]:
    """The titles of the criteria in the form in which two are equal."""
    found: dict[str, Target] = {}
    for section, criterion in rubric.criteria():
        target = Target(Use.CRITERION, RATING, section.id, criterion.id)
        found.setdefault(same_word(criterion.title), target)
        found.setdefault(f"{same_word(section.title)}: {same_word(criterion.title)}", target)
        found.setdefault(same_word(criterion.id), target)
    return found


_NUMBERED = re.compile(r"^(?:q(?:uestion)?\s*)?[0-9]+(?:\.[0-9]+)*[.):]?\s+")


def _near(heading: str, titles: Mapping[str, Target], taken: set[Target]) -> Target | None:
    """The criterion whose title is most like a heading, if one is like enough."""
    word = _NUMBERED.sub("", same_word(heading.rpartition(" / ")[2]))[:200]
    if not word:
        return None
    best, likeness = None, _ALIKE
    for title, target in titles.items():
        if target in taken:
            continue
        if word == title:
            return target
        matcher = SequenceMatcher(None, word, title, autojunk=False)
        if matcher.real_quick_ratio() >= likeness and matcher.ratio() > likeness:
            best, likeness = target, matcher.ratio()
    return best


def _columns(grid: Grid, header: _Header, rubric: Rubric) -> Proposal:
    proposal = Proposal(header=tuple(row.number for row in header.rows))
    names, targets = header.names, list(header.targets)
    synonyms = _synonyms(names, targets)
    own = {str(target) for target in targets if target is not None}
    is_long = {"criterion", RATING} <= own or (
        {"criterion", RATING} <= own | {str(target) for target in synonyms.values()}
        and not any(target is not None and target.is_rating for target in targets)
    )
    proposal.shape = Shape.LONG if is_long else Shape.WIDE
    taken: set[Target] = set()
    titles = {} if is_long else _titles(rubric)
    placed: list[tuple[int, Target, bool]] = []
    for index, target in enumerate(targets):
        if target is not None and (is_long or target.use is not Use.LONG) and target not in taken:
            taken.add(target)
            placed.append((index, target, False))
    known = {index for index, *_ in placed}
    for index, name in enumerate(names):
        if index in known or not name:
            continue
        proposed = synonyms.get(index)
        if proposed is None or proposed in taken or (proposed.use is Use.LONG and not is_long):
            proposed = _near(name, titles, taken)
        if proposed is not None and proposed not in taken:
            taken.add(proposed)
            placed.append((index, proposed, True))
            known.add(index)
    placed += _beside(names, placed, known, taken)
    known = {index for index, *_ in placed}
    twice = {name for name in names if name and names.count(name) > 1}
    for index, target, is_proposal in sorted(placed):
        if names[index] and names[index] not in twice:
            proposal.columns.append((names[index], target, is_proposal))
        else:
            proposal.letters.append((column_name(index + 1), target, is_proposal))
    for index, name in enumerate(names):
        if index not in known and name:
            cell = cell_name(Location(header.rows[-1].number, index + 1))
            proposal.unplaced.append((column_name(index + 1) if name in twice else name, cell))
    if not is_long:
        held = {target for _, target, _ in placed}
        whole = {target.section for target in held if target.use is Use.SECTION}
        proposal.missing = [
            f"{section.id}.{criterion.id}"
            for section, criterion in rubric.criteria()
            if Target(Use.CRITERION, RATING, section.id, criterion.id) not in held
            and section.id not in whole
        ]
    first = next((area for area in grid.merged if area.top > header.rows[-1].number), None)
    if first is not None:
        proposal.merged = cell_name(Location(first.top, first.left + 1))
    return proposal


def _synonyms(names: Sequence[str], targets: Sequence[Target | None]) -> dict[int, Target]:
    """What the headings are called in a table of reviews that are called otherwise here."""
    taken = {str(target) for target in targets if target is not None}
    found: dict[int, Target] = {}
    for known in (_SYNONYMS, _LONG_SYNONYMS):
        for column, words in known.items():
            if column in taken:
                continue
            for index, name in enumerate(names):
                if index not in found and targets[index] is None and same_word(name) in words:
                    target = target_of(
                        column, Shape.LONG if known is _LONG_SYNONYMS else None, None
                    )
                    if target is not None:
                        found[index] = target
                        taken.add(column)
                    break
    return found


def _beside(
    names: Sequence[str],
    placed: Iterable[tuple[int, Target, bool]],
    known: set[int],
    taken: set[Target],
) -> list[tuple[int, Target, bool]]:
    """Columns such as `Comment` that follow the column of a criterion."""
    found = []
    for index, target, _ in sorted(placed):
        if not target.is_rating:
            continue
        for after in (index + 1, index + 2):
            if after >= len(names) or after in known:
                break
            word = same_word(names[after].rpartition(" / ")[2])
            part = next((part for part, words in _PART_WORDS.items() if word in words), None)
            beside = None if part is None else target._replace(name=part)
            if beside is None or beside in taken:
                break
            taken.add(beside)
            known.add(after)
            found.append((after, beside, True))
    return found


def _rows(grid: Grid, header: _Header, proposal: Proposal, rubric: Rubric) -> None:
    """Look through the rows: for words, days, decimals, sums and notes."""
    readers = {
        (section.id, criterion.id): rubric.rating_reader(criterion)
        for section, criterion in rubric.criteria()
    }
    plain = {
        (section.id, criterion.id)
        for section, criterion in rubric.criteria()
        if rubric.levels_of(criterion) is None
    }
    columns = _placed(header, proposal)
    ratings = {index: target for index, target in columns.items() if target.is_rating}
    days = [index for index, target in columns.items() if str(target) in ("date", "reviewed")]
    orders: list[Dates] = []
    for row in islice(grid.rows(), MOST_ROWS):
        if row.number <= header.rows[-1].number:
            continue
        given = [index for index, cell in enumerate(row.cells) if not is_blank(cell)]
        if not given:
            continue
        label = text_of(row.cells[given[0]])
        is_note = len(given) == 1 and given[0] not in ratings
        if is_note and str(columns.get(given[0], "")) == "id" and not re.search(r"\s", label):
            is_note = False  # perhaps a review of which nothing is rated yet
        if proposal.shape is Shape.WIDE and (TOTAL.fullmatch(label) or is_note):
            if len(proposal.leave_out) < MOST_WORDS:
                cell = cell_name(Location(row.number, given[0] + 1))
                proposal.leave_out.setdefault(label, cell)
            continue
        for index in days:
            if index < len(row.cells) and isinstance(row.cells[index], str):
                orders += _order_of(text_of(row.cells[index]))
        for index, target in ratings.items():
            word = text_of(row.cells[index]) if index < len(row.cells) else ""
            key = (target.section, target.criterion)
            if not word or readers[key](word) is not None:
                continue
            if DECIMAL_COMMA.fullmatch(word) and readers[key](word.replace(",", ".")):
                proposal.decimal = True
            elif word not in proposal.words and len(proposal.words) < MOST_WORDS:
                proposal.words[word] = _meant(word) if key in plain else None
                proposal.cells_of_words[word] = cell_name(Location(row.number, index + 1))
    if orders and proposal.dates is None:
        # A month has no more than twelve days before it: one that has tells the order of all.
        proposal.dates = Dates.MONTH_FIRST if Dates.MONTH_FIRST in orders else Dates.DAY_FIRST


def _placed(header: _Header, proposal: Proposal) -> dict[int, Target]:
    """What each column of a sheet holds, by the proposal."""
    by_name = {name: target for name, target, _ in proposal.columns}
    by_letter = {letters: target for letters, target, _ in proposal.letters}
    found = {}
    for index, name in enumerate(header.names):
        target = by_letter.get(column_name(index + 1)) or by_name.get(name)
        if target is not None:
            found[index] = target
    return found


def _order_of(text: str) -> list[Dates]:
    """In which orders of its parts a text is a day, where that is not year-month-day."""
    day = DAY.fullmatch(text)
    if day is None or len(day[3]) != 4:
        return []
    return [Dates.MONTH_FIRST if int(day[2]) > 12 else Dates.DAY_FIRST]


def _meant(word: str) -> str | None:
    folded = same_word(word) or word.strip()
    return next((meant for meant, words in _WORDS.items() if folded in words), None)


_LOOK = "  # a proposal: look whether it is so"


def mapping_text(proposal: Proposal, rubric: str, shown: str) -> str:
    """The mapping as a YAML document, with comments on what is not certain."""
    return "\n".join(_lines(proposal, rubric, shown)) + "\n"


def _lines(proposal: Proposal, rubric: str, shown: str) -> Iterator[str]:
    yield f"# How {_commented(shown)} is read. Lines marked as proposals are guesses: look at them."
    yield f"schema: {MAPPING_SCHEMA}"
    yield f"rubric: {scalar(rubric)}"
    yield f"shape: {proposal.shape.value}"
    if proposal.sheets:
        yield f"sheets: [{', '.join(map(scalar, proposal.sheets))}]"
    if proposal.encoding is not None:
        yield f"encoding: {proposal.encoding}"
    if proposal.separator is not None:
        yield f"separator: {_in_quotes(proposal.separator)}"
    if proposal.columns:
        yield "columns:"
        for name, target, is_proposal in proposal.columns:
            yield f"  {key_scalar(name)}: {scalar(str(target))}{_LOOK if is_proposal else ''}"
    if proposal.letters:
        yield "letters:  # columns whose heading is blank, or stands twice"
        for letters, target, is_proposal in proposal.letters:
            yield f"  {letters}: {scalar(str(target))}{_LOOK if is_proposal else ''}"
    if proposal.unplaced:
        yield "ignore:  # could not be placed, so they are not read: is one of them wanted?"
        yield from (f"  - {scalar(name)}" for name, _ in proposal.unplaced)
    if proposal.missing:
        yield "# No column was found for:"
        yield from (f"#   {name}" for name in proposal.missing)
    known = {word: meant for word, meant in proposal.words.items() if meant is not None}
    unknown = [word for word, meant in proposal.words.items() if meant is None]
    if known:
        yield "words:"
        for word, meant in known.items():
            yield f"  {key_scalar(word)}: {word_text(meant)}{_LOOK}"
    if unknown:
        cells = listed([proposal.cells_of_words[word] for word in unknown], "and")
        yield f"# Words that are no ratings, and that nothing is known of: {cells}"
    if proposal.decimal:
        yield 'decimal: ","'
    if proposal.dates is not None:
        yield f"dates: {proposal.dates.value}{_LOOK}"
    if proposal.leave_out:
        yield "leave_out:  # what the first cell says of rows that are no reviews"
        yield from (f"  - {scalar(label)}{_LOOK}" for label in proposal.leave_out)
    if proposal.merged is not None:
        yield f"# Cells are merged from {proposal.merged} on; their value counts in the first."
        yield "# merged: all"


def _in_quotes(separator: str) -> str:
    return '"\\t"' if separator == "\t" else f'"{separator}"'


def _commented(text: str) -> str:
    """A text that cannot end a comment."""
    return "".join(character if character.isprintable() else "?" for character in text)
