"""A rubric as a score sheet: HTML to be printed on A4 and filled in by hand.

No script, nothing fetched, every text of the rubric escaped and isolated. A sheet is to fit two
pages: where the guidance would make it longer, print leaves it out and only the screen shows it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from charter_score import __version__
from charter_score.figures import figure_text
from charter_score.rating import Policy, Rating
from charter_score.render.html import environment
from charter_score.render.text import phrases
from charter_score.render.text.hostile import visible
from charter_score.rubric import (
    Band,
    Combine,
    CommentRule,
    Criterion,
    FieldRule,
    OnCritical,
    Permission,
    Rubric,
    Section,
    UpTo,
    same_value,
)

Condition = tuple[tuple[str, tuple[str, ...]], ...]
"""Field (empty where its values say enough) and the values, any one of which is enough."""

_RIGHT_TO_LEFT = frozenset(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"])


class Detail(Enum):
    """How much of the guidance is printed; the screen shows it all."""

    ALL = "all"
    CRITERIA = "criteria"
    TITLES = "titles"


@dataclass(frozen=True, slots=True)
class Label:
    """A line to write on: its label, ours or the rubric's, and whether it must be filled in."""

    text: str
    ours: bool = True
    required: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of the interaction whose values are boxes to tick."""

    text: str
    told: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know of a criterion, in a word or two; `kind` is its CSS class."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """One rating word with its box, its points (empty where they are hidden), what it means."""

    word: str
    points: str
    looks: str


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion.

    Without `levels` there is a box in each rating column for which `ticks` is true; with them the
    boxes stand below the title, in lines of their own where `long`. What is `spare` may be left
    out of print.
    """

    number: int
    title: str
    marks: tuple[Note, ...]
    when: Condition
    guidance: str
    looks_like: tuple[tuple[str, str], ...]
    levels: tuple[Level, ...]
    long: bool
    ticks: tuple[bool, ...]

    @property
    def below(self) -> bool:
        """Whether there is anything to show under the title."""
        return bool(self.guidance or self.looks_like or self.levels)

    @property
    def spare(self) -> bool:
        """Whether a sheet can be filled in without what stands under the title."""
        return self.below and not self.levels


@dataclass(frozen=True, slots=True)
class Part:
    """One section: `sum` is its points, `?` where they depend on what applies, or empty."""

    title: str
    guidance: str
    when: Condition
    sum: str
    weight: str
    columns: tuple[str, ...]
    criteria: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class BandLine:
    """One band with its bound in words."""

    name: str
    bound: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that the template shows, in words and in order.

    `of` is the points of the whole as `Part.sum`. `row` and `room` are heights in millimetres: of
    a criterion at least, and of each of the four boxes for the conversation.
    """

    language: str
    direction: str
    language_of_ours: bool
    id: str
    name: str
    version: str
    title: str
    organisation: str
    source: str
    lines: tuple[Label, ...]
    choices: tuple[Choice, ...]
    how: str
    parts: tuple[Part, ...]
    of: str
    weighted: bool
    expected: str
    na_used: bool
    rule: str
    rule_why: str
    rule_source: str
    critical: str
    bands: tuple[BandLine, ...]
    tool_version: str
    detail: Detail = Detail.ALL
    row: int = 7
    room: int = 11


def score_sheet(rubric: Rubric) -> str:
    """The score sheet of a rubric as one HTML document.

    Raises:
        UsageError: where Jinja2 is not installed.
    """
    template = environment().get_template("score_sheet.html")
    return template.render(sheet=_fitted(_sheet(rubric))) + "\n"


def _text(text: str) -> str:
    """A text from the rubric on one line, with nothing in it that acts or hides."""
    return visible(re.sub(r"[ \t\r\n]+", " ", text).strip())


def _sheet(rubric: Rubric) -> Sheet:
    primary = rubric.language.split("-")[0].casefold()
    na_used = any(c.not_applicable is not Permission.FORBIDDEN for _, c in rubric.criteria())
    lines, choices = _fields(rubric)
    rule, why = _rule(rubric, na_used=na_used)
    whole = _whole(rubric)
    return Sheet(
        language=rubric.language,
        direction="rtl" if primary in _RIGHT_TO_LEFT else "ltr",
        language_of_ours=primary != "en",
        id=rubric.id,
        name=_text(rubric.name),
        version=_text(rubric.version),
        title=_text(rubric.title),
        organisation=_text(rubric.organisation),
        source=_text(rubric.source),
        lines=lines,
        choices=choices,
        how=_how(rubric, whole, na_used=na_used),
        parts=tuple(_part(rubric, section, whole) for section in rubric.sections),
        of=_points_of(rubric, [c for _, c in rubric.criteria()], depends=_has_conditions(rubric)),
        weighted=rubric.combine is Combine.SECTION_WEIGHTS,
        expected=phrases.expected(rubric) or "",
        na_used=na_used,
        rule=rule,
        rule_why=why,
        rule_source=_text(rubric.rule_source) if na_used else "",
        critical=_critical(rubric),
        bands=tuple(
            BandLine(_text(band.name), _bound(rubric, band), _text(band.meaning))
            for band in reversed(rubric.bands)
        ),
        tool_version=__version__,
    )


def _fields(rubric: Rubric) -> tuple[tuple[Label, ...], tuple[Choice, ...]]:
    """What is asked of the interaction: lines to write on, and choices among values."""
    lines = [Label("Advisor"), Label("Reviewer"), Label("Team")]
    ours = {"date": "Date", "channel": "Channel", "reference": "Reference"}
    lines += [Label(text) for name, text in ours.items() if name not in rubric.fields]
    choices = []
    for name, rule in rubric.fields.items():
        if rule.values:
            choices.append(
                Choice(_text(rule.title or name), _told(rule), tuple(_text(v) for v in rule.values))
            )
        else:
            lines.append(Label(_text(rule.title or name), ours=False, required=rule.required))
    return tuple(lines), tuple(choices)


def _told(rule: FieldRule) -> str:
    """What to know before ticking a value."""
    told = ["required"] if rule.required else []
    if rule.many:
        told.append("one or several" if rule.required else "none, one or several")
    return ", ".join(told)


class _Whole(NamedTuple):
    """What is known of a rubric as a whole: made once, asked for every criterion.

    `fields_of` goes from a value to the fields that have it; `points` are those of every criterion
    where all count the same, else empty.
    """

    fields_of: Mapping[str, Set[str]]
    points: str


def _whole(rubric: Rubric) -> _Whole:
    fields_of: dict[str, set[str]] = {}
    for name, rule in rubric.fields.items():
        for value in rule.values:
            fields_of.setdefault(same_value(value), set()).add(name)
    return _Whole(fields_of, _same_points(rubric))


def _condition(
    rubric: Rubric, condition: Mapping[str, tuple[str, ...]], whole: _Whole
) -> Condition:
    """A condition by its values, with its field only where those do not say which is meant."""
    told = []
    for name, allowed in condition.items():
        values = [value for value in allowed if value.strip()]
        plain = all(whole.fields_of.get(same_value(value)) == {name} for value in values)
        declared = rubric.fields.get(name)
        label = "" if plain else _text((declared.title if declared else "") or name)
        told.append((label, tuple(_text(value) for value in values)))
    return tuple(told)


def _has_conditions(rubric: Rubric) -> bool:
    return any(s.applies_when or c.applies_when for s, c in rubric.criteria())


def _points_of(rubric: Rubric, criteria: Iterable[Criterion], *, depends: bool) -> str:
    """The points that can be earned, `?` where that depends; empty where none are to be shown."""
    total = sum(rubric.points_of(criterion) for criterion in criteria)
    if rubric.hide_points or not total:
        return ""
    return "?" if depends else figure_text(total)


def _how(rubric: Rubric, whole: _Whole, *, na_used: bool) -> str:
    told = ["Tick one box for each criterion."]
    if na_used:
        told.append("n/a: there was no opportunity to show it.")
    if _has_conditions(rubric):
        told.append("What stands there “only for” something is not rated otherwise.")
    if whole.points:
        told.append(f"Each criterion counts {whole.points}.")
    if any(c.comment is CommentRule.WHEN_MISSED for _, c in rubric.criteria()):
        told.append("* say why when it is missed or points are lost.")
    if any(c.not_applicable is Permission.NEEDS_COMMENT for _, c in rubric.criteria()):
        told.append("† say why when it is n/a.")
    return " ".join(told)


def _same_points(rubric: Rubric) -> str:
    """`1 point` where that is what every criterion counts that counts at all; else empty."""
    if rubric.hide_points:
        return ""
    counting = [c for _, c in rubric.criteria() if rubric.points_of(c)]
    amounts = {rubric.points_of(criterion) for criterion in counting}
    if len(amounts) != 1 or any(criterion.levels is not None for criterion in counting):
        return ""
    return phrases.points(amounts.pop())


def _part(rubric: Rubric, section: Section, whole: _Whole) -> Part:
    plain = [one for one in section.criteria if one.levels is None and one.range is None]
    columns = [Rating.MET.value, Rating.NOT_MET.value] if plain else []
    if any(criterion.not_applicable is not Permission.FORBIDDEN for criterion in plain):
        columns.append(Rating.NOT_APPLICABLE.value)
    depends = any(criterion.applies_when for criterion in section.criteria)
    return Part(
        title=_text(section.title),
        guidance=_text(section.guidance),
        when=_condition(rubric, section.applies_when, whole),
        sum=_points_of(rubric, section.criteria, depends=depends),
        weight="" if section.weight is None or rubric.hide_points else figure_text(section.weight),
        columns=tuple(map(rubric.shown, columns)),
        criteria=tuple(
            _row(rubric, number, criterion, tuple(columns), whole)
            for number, criterion in enumerate(section.criteria, 1)
        ),
    )


def _row(
    rubric: Rubric, number: int, criterion: Criterion, columns: tuple[str, ...], whole: _Whole
) -> Row:
    read = rubric.rating_reader(criterion)
    looks = {read(word): _text(text) for word, text in criterion.looks_like.items()}
    allowed = rubric.rating_words(criterion)
    levels: tuple[Level, ...] = ()
    if criterion.levels is not None or criterion.range is not None:
        levels = tuple(
            Level(_text(shown), _level_points(rubric, criterion, word), looks.get(word, ""))
            for word, shown in zip(allowed, rubric.shown_words(criterion), strict=True)
        )
    return Row(
        number=number,
        title=_text(criterion.title),
        marks=tuple(_marks(rubric, criterion, whole)),
        when=_condition(rubric, criterion.applies_when, whole),
        guidance=_text(criterion.guidance),
        looks_like=()
        if levels
        else tuple((_text(word), _text(text)) for word, text in criterion.looks_like.items()),
        levels=levels,
        long=any(level.looks for level in levels),
        ticks=tuple(word in allowed for word in columns),
    )


def _level_points(rubric: Rubric, criterion: Criterion, word: str) -> str:
    """The points of a level; what n/a is worth stands at the foot."""
    if rubric.hide_points or word == Rating.NOT_APPLICABLE:
        return ""
    earned = rubric.earns(criterion, word)
    return "" if earned is None else figure_text(earned)


def _marks(rubric: Rubric, criterion: Criterion, whole: _Whole) -> Iterator[Note]:
    if criterion.critical:
        yield Note("CRITICAL", "critical")
    points = rubric.points_of(criterion)
    if rubric.is_advisory(criterion):
        yield Note("advisory, never scored")
    elif points and not (rubric.hide_points or criterion.levels is not None or whole.points):
        yield Note(phrases.points(points))
    if isinstance(criterion.critical, UpTo):
        yield Note(f"up to {_text(criterion.critical.up_to)}")
    if criterion.range is not None:
        yield Note(rubric.choices_of(criterion)[0])
    if criterion.comment is CommentRule.ALWAYS:
        yield Note("say why")
    if isinstance(criterion.comment, UpTo):
        yield Note(f"say why up to {_text(criterion.comment.up_to)}")
    signs = "*" * (criterion.comment is CommentRule.WHEN_MISSED)
    signs += "†" * (criterion.not_applicable is Permission.NEEDS_COMMENT)
    if signs:
        yield Note(signs)


def _bound(rubric: Rubric, band: Band) -> str:
    if band.from_ is not None:
        return f"From {figure_text(band.from_)}%"
    if band.above is not None:
        return f"Above {figure_text(band.above)}%"
    return "Below that" if len(rubric.bands) > 1 else "Every score"


def _rule(rubric: Rubric, *, na_used: bool) -> tuple[str, str]:
    """What n/a counts as, and how to reckon with it."""
    if not na_used:
        return "n/a is not used on this sheet.", ""
    if rubric.hide_points:
        return f"{phrases.rule(rubric)}.", ""
    match rubric.not_applicable:
        case Policy.MET:
            why = " It earns its points as if it had been met."
        case Policy.NOT_MET:
            why = " It earns no points."
        case Policy.EXCLUDED:
            why = " Its points are taken out of what could be earned too."
    return f"{phrases.rule(rubric)}.", why


def _critical(rubric: Rubric) -> str:
    if not any(criterion.critical for _, criterion in rubric.criteria()):
        return ""
    match rubric.on_critical:
        case OnCritical.ZERO:
            return "Where a CRITICAL criterion is missed, the whole score is 0%."
        case OnCritical.LOWEST_BAND:
            return "Where a CRITICAL criterion is missed, the band is the lowest."


# What fits on paper, in millimetres: the sizes of the template's print style as browsers show it.
# Arial, Helvetica and Liberation Sans have the same widths, so that they hold elsewhere too. The
# page has 275 and is taken a little shorter, because browsers do not agree to the millimetre.

_PAGE = 273.0
_RESERVE = 4.0
_MOST_PAGES = 2
_TEXT_WIDTH = 186.0
_GUIDE_WIDTH = 133.5
_TITLE_WIDTH = 97.5
_ROW = 6.3
_MOST_ROW = 14
_MOST_ROOM = 22
_EM = 25.4 / 72


def _fitted(sheet: Sheet) -> Sheet:
    """The sheet with as much guidance and room to write as two pages hold.

    What guides a section goes first, then what guides its criteria. Then rows, and the boxes for
    the conversation, grow as far as the pages allow that the sheet needs anyway.
    """
    for detail in Detail:
        sheet = replace(sheet, detail=detail)
        if _pages(sheet) <= _MOST_PAGES:
            break
    sheet = _roomiest(sheet, (replace(sheet, row=mm) for mm in range(_MOST_ROW, sheet.row, -1)))
    return _roomiest(sheet, (replace(sheet, room=mm) for mm in range(_MOST_ROOM, sheet.room, -1)))


def _roomiest(sheet: Sheet, larger: Iterable[Sheet]) -> Sheet:
    """The first of the larger sheets that needs no other page, or the sheet as it is."""
    pages = _pages(sheet)
    return next((one for one in larger if _pages(one, _PAGE - _RESERVE) <= pages), sheet)


def _pages(sheet: Sheet, page: float = _PAGE) -> int:
    """How many pages the sheet takes, its blocks laid one below the other and never broken."""
    pages, used = 1, _opening_height(sheet)
    for part in sheet.parts:
        heights = [_row_height(one, sheet.detail, sheet.row) for one in part.criteria]
        about = _lines(part.guidance, 7.9, _TEXT_WIDTH) * 3.5 if sheet.detail is Detail.ALL else 0.0
        head = 2.8 + 4.8 + about + 4.5
        heights[0] += head
        for index, height in enumerate(heights):
            used += height
            if used > page:
                pages, used = pages + 1, height + (4.0 if index else 0.0)
    used += _closing_height(sheet)
    return pages + (used > page)


def _opening_height(sheet: Sheet) -> float:
    lines = -(-len(sheet.lines) // 3) * 6.2
    for choice in sheet.choices:
        told = " ".join((choice.text, choice.told, *("MMM" + value for value in choice.values)))
        lines += 1.6 + _lines(told, 9, _TEXT_WIDTH) * 4.3
    title = _lines(sheet.title, 17, _TEXT_WIDTH) * 6.5
    how = _lines(sheet.how, 8.5, _TEXT_WIDTH) * 3.9 + 2
    name = _lines(f"Score sheet · {sheet.name} · {sheet.source}", 8, _TEXT_WIDTH) * 3.6
    return 7 + name + title + lines + 1 + how


def _row_height(row: Row, detail: Detail, least: int) -> float:
    when = " ".join(("only for", *(f"{field} {', '.join(v)}" for field, v in row.when)))
    told = " ".join((row.title, *(mark.text for mark in row.marks), when if row.when else ""))
    height = _ROW + (_lines(told, 9.6, _TITLE_WIDTH) - 1) * 4.2
    if not row.below or (detail is Detail.TITLES and row.spare):
        return max(height, float(least))
    guides = [row.guidance, *(f"{word}: {looks}" for word, looks in row.looks_like)]
    size, line = (7.5, 3.23) if row.spare else (8.4, 3.75)
    height += sum(_lines(guide, size, _GUIDE_WIDTH) for guide in guides) * line
    if row.long:
        for level in row.levels:
            said = f"{level.word} ({level.points}) {level.looks}"
            height += _lines(said, 8.5, _GUIDE_WIDTH - 6) * 4.0 + 0.8
    elif row.levels:
        said = " ".join(f"MMM{level.word} ({level.points})" for level in row.levels)
        height += _lines(said, 8.8, _GUIDE_WIDTH) * 4.6
    return max(height, float(least))


def _closing_height(sheet: Sheet) -> float:
    talk = 2 * sheet.room + 2
    rule = _lines(sheet.rule + sheet.rule_why, 8.2, 80) + _lines(sheet.rule_source, 8.2, 80)
    scores = 16 + (rule + _lines(sheet.critical, 8.2, 80)) * 3.8
    bands = 4 + sum(
        _lines(f"{band.bound}: {band.name}, {band.meaning}", 8.6, 88) * 4 + 0.8
        for band in sheet.bands
    )
    last = 4 + (7.2 if sheet.detail is Detail.TITLES else 3.6)
    return 3.4 + talk + 3 + max(scores, bands) - 1.5 + last


def _lines(text: str, size: float, width: float) -> int:
    """How many lines a text takes at a size in points and a width in millimetres."""
    room = width / (size * _EM)
    lines, used = 0, room
    for word in text.split():
        length = sum(_width(letter) for letter in word)
        if used + length > room:
            lines += max(1, -int(-length // room))
            used = length % room if length > room else length
        else:
            used += length
        used += _width(" ")
    return lines


def _width(letter: str) -> float:
    """The width of a letter in ems, about as Arial has it."""
    if letter in " .,:;!|'fijltI/()[]":
        return 0.28
    if letter in "mwMW@%—…":
        return 0.86
    if letter.isascii():
        return 0.68 if letter.isupper() else 0.54
    return 0.56 if letter.isalpha() and letter < "\u1100" else 1.0
