"""A review as a workbook to fill in: a row for each criterion with its guidance and a drop-down.

`source.form_reader` reads it back; what both know of a form stands in `forms.contract`.
"""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, NamedTuple

from charter_score import facts
from charter_score.diagnostics import joined
from charter_score.errors import UsageError
from charter_score.field_types import is_date
from charter_score.filling.template import (
    MADE_UP,
    Asked,
    asked_fields,
    demands,
    rules,
    weight_of,
)
from charter_score.forms.cells import column_name
from charter_score.forms.contract import (
    HEADING,
    LISTS,
    MARK,
    NO_XML,
    REVIEW_SHEET,
    WORDS_SHEET,
    About,
    Role,
    RowKey,
)
from charter_score.render.text.hostile import visible_lines
from charter_score.review import Dispute, DisputeOutcome, Rated, Review, Selection, Status
from charter_score.rubric import Criterion, Rubric, Section

MOST_IN_A_CELL = 32_767  # Excel's limit
MOST_IN_A_LIST = 255  # of a drop-down's words where they stand in the cell's own rule
MOST_TOLD = 2_000  # of one of a rubric's texts: nobody reads more beside a rating
FIRST_DAY = "1900-03-01"  # before it Excel counts days in its own way

KEYS, PART, CRITERION, GUIDANCE, RATING, COMMENT, EVIDENCE, CAUSES = range(8)
WIDTHS = {PART: 15, CRITERION: 31, GUIDANCE: 64, RATING: 15, COMMENT: 40, EVIDENCE: 16}
CAUSES_WIDTH = 20
ROOM_FOR_ITEMS = 3
LEAST_FOR_A_COMMENT = 46.0  # points: three lines
TALLEST = 400.0  # points; Excel's limit is 409
SMALL = 10  # points, for what is read rather than filled in

_OF_DISPUTE = (
    ("criterion", "Which rating", "as section.criterion"),
    ("says", "Should be", "the rating that is asked for, in the words of that criterion"),
    ("because", "Because", ""),
    ("on", "Raised on", "year-month-day"),
    ("by", "Raised by", ""),
    ("outcome", "Outcome", "open without one"),
    ("decided_by", "Decided by", ""),
    ("decided_on", "Decided on", "year-month-day"),
    ("reason", "Why so", "the reason of the decision"),
)
"""What a form asks of a dispute: its name in a review, a title, a hint."""

_INK, _GREY, _DEEP, _PALE = "#1F2A30", "#A6A6A6", "#1F4E5F", "#E4EEF1"
_CREAM, _AMBER, _BLUE, _RUST = "#FFFBEF", "#FFE7A3", "#1F6F8B", "#9C3D00"
_ASIDE: dict[str, object] = {"font_size": 9, "italic": True}


def review_form(
    rubric: Rubric, reference: str, review: Review | None = None, *, is_example: bool = False
) -> bytes:
    """A workbook for one review, blank or as rated; `reference` is how it names its rubric.

    The same arguments give the same bytes. Text from a file is always text, never a formula.

    Raises:
        UsageError: where the extra is not installed, or a form cannot hold the review.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise UsageError(
            "writing a form needs an extra that is not installed",
            "pip install 'charter-score[excel]'",
        ) from None
    if review is not None:
        _refuse_what_does_not_fit(review)
    data = BytesIO()
    workbook = xlsxwriter.Workbook(data, {"in_memory": True})
    # A fixed time: the same form is the same bytes.
    workbook.set_properties(
        {"title": _shown(facts.edition(rubric)), "created": datetime(2000, 1, 1)}
    )
    _Form(workbook, rubric, reference, review, is_example=is_example).write()
    workbook.close()
    return data.getvalue()


def _refuse_what_does_not_fit(review: Review) -> None:
    names = ("actions", "advisor_comment", "acknowledged", "drafted_by", "retain_until")
    held = [name for name in names if getattr(review, name)]
    if held:
        raise UsageError(f"a form has no place for {joined(held)}", "write a .yaml review instead")


_Styled = tuple[str, dict[str, object]]
"""A piece of text and its style."""


class _Place(NamedTuple):
    """Where the answers to one question stand: its rows, all in the column of ratings."""

    first: int
    last: int

    def cells(self) -> list[str]:
        column = column_name(RATING + 1)
        return [f"${column}${row + 1}" for row in range(self.first, self.last + 1)]


class _Form:
    """The sheet as it is written, from the top down."""

    def __init__(
        self,
        workbook: Any,
        rubric: Rubric,
        reference: str,
        review: Review | None,
        *,
        is_example: bool,
    ) -> None:
        self._workbook = workbook
        self._rubric = rubric
        self._reference = reference
        self._review = review
        self._is_example = is_example
        self._alike = facts.same_points(rubric) is not None
        self._asks_alike = bool(facts.asks_alike(rubric))
        self._sheet = workbook.add_worksheet(REVIEW_SHEET)
        self._words_sheet: Any = None
        self._word_lists: dict[tuple[str, ...], str] = {}
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self._places: dict[str, _Place] = {}
        self._row = 0
        self._widths = WIDTHS | ({CAUSES: CAUSES_WIDTH} if rubric.causes else {})

    def write(self) -> None:
        self._hidden_rows()
        self._heads()
        self._about()
        for section in self._rubric.sections:
            self._section(section)
        self._conversation()
        self._disputes()
        self._set_up()

    def _hidden_rows(self) -> None:
        for column, role in zip(self._widths, Role, strict=False):
            self._text(column, role.value)
        self._next(MARK, height=None, hidden=True)
        self._text(CRITERION, self._rubric.name)
        self._text(RATING, self._reference)
        self._next(RowKey(About.REVIEW, "rubric"), height=None, hidden=True)

    def _heads(self) -> None:
        """The title and the columns' names, which stay in view."""
        title = self._cell(bold=True, font_size=15, font_color=_DEEP, valign="vcenter")
        self._text(PART, _shown(facts.edition(self._rubric)), title)
        self._next(HEADING, height=30)
        head = self._cell(
            bold=True, font_color="#FFFFFF", bg_color=_DEEP, valign="vcenter", text_wrap=True
        )
        titles = ("Part", "What is judged", "What to look for", "Rating", "Comment", "Evidence")
        for column, told in zip(self._widths, (*titles, "Causes"), strict=False):
            self._text(column, told, head)
        self._next(HEADING, height=21)
        self._sheet.freeze_panes(self._row, 0)

    def _about(self) -> None:
        told = [
            "Choose a rating in each row (the amber cells) and write a comment where it helps. "
            "When every row is rated, set the status to final and save. Then: "
            "charter-score score THIS-FILE.xlsx",
            " ".join(rules(self._rubric)),
        ]
        if self._is_example:
            told.insert(0, MADE_UP)
        self._wide([("\n".join(part for part in told if part), {})])
        self._band("About this review")
        for name, title, hint in (
            ("advisor", "Advisor", "whose work is reviewed"),
            ("reviewer", "Reviewer", "who reviews it"),
            ("team", "Team", ""),
            ("id", "Review", "a name of its own; without one, the name of this file"),
        ):
            self._ask(RowKey(About.REVIEW, name), title, hint, getattr(self._review, name, None))
        reviewed = getattr(self._review, "reviewed", None)
        key = RowKey(About.REVIEW, "reviewed")
        self._ask(key, "Reviewed on", "year-month-day", reviewed, is_day=True)
        selection = Selection.RANDOM if self._review is None else self._review.selection
        row = self._ask(
            RowKey(About.REVIEW, "selection"),
            "Chosen",
            "how the contact was chosen; random unless said",
            None if selection is Selection.RANDOM else selection.value,
        )
        self._offer([one.value for one in Selection], row)
        status = Status.DRAFT if self._review is None else self._review.status
        words = [one.value for one in Status]
        hint = "a draft is not scored; final when every row is rated"
        self._offer(words, self._ask(RowKey(About.REVIEW, "status"), "Status", hint, status.value))
        reason = getattr(self._review, "reason", None)
        self._ask(RowKey(About.REVIEW, "reason"), "Why void", "where the status is void", reason)
        self._band("The interaction")
        given = {} if self._review is None else self._review.interaction
        asked = asked_fields(self._rubric)
        for name in dict.fromkeys((*asked, *given)):
            self._field(name, asked.get(name, Asked(name)), given.get(name))

    def _field(self, name: str, field: Asked, value: str | Sequence[str] | None) -> None:
        given = [value] if isinstance(value, str) else list(value or ())
        rooms = max(len(given), min(ROOM_FOR_ITEMS, len(field.values) or 3) if field.many else 1)
        is_day = name == "date" and not field.values
        hints = [", ".join(field.values) if field.closed else ""]
        hints += ["year-month-day"] if is_day else []
        hints += ["several may be given, one in each row"] if field.many else []
        hints += ["required"] if field.required else []
        title = field.title[:1].upper() + field.title[1:]
        hint = "; ".join(part for part in hints if part)
        first = self._row
        for number, text in enumerate(given + [None] * (rooms - len(given))):
            told = (title, hint) if not number else ("", "")
            row = self._ask(RowKey(About.INTERACTION, name), *told, text, is_day=is_day)
            if field.values:
                self._offer(field.values, row, closed=field.closed)
        self._places[name] = _Place(first, self._row - 1)

    def _ask(
        self, key: RowKey, title: str, hint: str, value: str | None, *, is_day: bool = False
    ) -> int:
        """A row that asks for one thing, with its answer across the columns of the answers."""
        self._text(PART, "", self._cell())
        self._text(
            CRITERION, _shown(title), self._cell(bold=True, text_wrap=True, valign="vcenter")
        )
        self._text(
            GUIDANCE,
            _shown(hint),
            self._cell(font_color="#595959", text_wrap=True, valign="vcenter"),
        )
        room = self._cell(
            valign="vcenter",
            bg_color=_CREAM,
            border=1,
            border_color="#C9C3AC",
            num_format="yyyy-mm-dd" if is_day else "@",
            text_wrap=True,
        )
        self._sheet.merge_range(self._row, RATING, self._row, EVIDENCE, "", room)
        if value is not None and is_day and is_date(value) and value >= FIRST_DAY:
            self._sheet.write_datetime(self._row, RATING, date.fromisoformat(value), room)
        elif value is not None:
            self._text(RATING, _kept(value), room)
        return self._next(key, height=_height(value or "", _answer_width()))

    def _section(self, section: Section) -> None:
        self._band(section.title, facts.only_when(section.applies_when), section.guidance)
        for number, criterion in enumerate(section.criteria, 1):
            own = None if self._review is None else self._review.rated(section.id, criterion.id)
            self._criterion(section, number, criterion, own or Rated())

    def _criterion(self, section: Section, number: int, criterion: Criterion, own: Rated) -> None:
        line = {"bottom": 1, "bottom_color": "#C8D6DB", "text_wrap": True}
        place = f"{section.title} {number}"
        self._text(PART, _shown(place), self._cell(font_color="#6B7A80", font_size=SMALL, **line))
        judged = self._what_is_judged(section, criterion)
        looked_for = self._what_to_look_for(criterion)
        self._rich(CRITERION, judged, line)
        self._rich(GUIDANCE, looked_for, line)
        room = {**line, "bg_color": _CREAM, "border": 1, "border_color": "#C9C3AC"}
        room["num_format"] = "@"
        chosen = self._format(bold=True, align="center", valign="top", **room)
        for column, text, form in (
            (RATING, own.rating, chosen),
            (COMMENT, own.comment, self._cell(**room)),
            (EVIDENCE, own.evidence, self._cell(**room)),
        ):
            self._text(column, _kept(text or ""), form)
        # Between the numbers that are listed of a range there are others.
        closed = criterion.range is None
        self._offer(self._rubric.shown_words(criterion), self._row, closed=closed)
        if self._rubric.causes:
            self._text(CAUSES, "; ".join(own.causes), self._cell(**room))
            # Several may be given, which no drop-down can choose.
            self._offer(tuple(self._rubric.causes), self._row, closed=False, column=CAUSES)
        self._mark(section, criterion)
        # A row with a height does not grow, and without one not every program makes it fit.
        height = max(
            LEAST_FOR_A_COMMENT,
            _height(place, WIDTHS[PART], SMALL),
            _height(_joined(judged), WIDTHS[CRITERION]),
            _height(_joined(looked_for), WIDTHS[GUIDANCE], SMALL),
            _height(own.comment or "", WIDTHS[COMMENT]),
            _height(own.evidence or "", WIDTHS[EVIDENCE]),
        )
        self._next(RowKey(About.CRITERION, criterion.id, section.id), height=height)

    def _what_is_judged(self, section: Section, criterion: Criterion) -> list[_Styled]:
        told = [
            (facts.only_when(condition), _BLUE)
            for condition in (section.applies_when, criterion.applies_when)
            if condition
        ]
        told += [
            (weight, _RUST) for weight in weight_of(self._rubric, criterion, alike=self._alike)
        ]
        return [
            (_shown(criterion.title), {"bold": True}),
            *((f"\n{_shown(text)}", {**_ASIDE, "font_color": color}) for text, color in told),
        ]

    def _what_to_look_for(self, criterion: Criterion) -> list[_Styled]:
        plain: dict[str, object] = {"font_size": SMALL}
        parts: list[_Styled] = []
        if criterion.guidance.strip():
            parts.append((f"\n{_shown(criterion.guidance)}", plain))
        offered = facts.ratings(self._rubric, criterion)
        if any(one.looks_like or one.worth for one in offered):
            for one in offered:
                worth = f" ({one.worth})" if one.worth else ""
                parts.append((f"\n{_shown(one.word)}{worth}", {**plain, "bold": True}))
                if one.looks_like:
                    parts.append((f": {_shown(one.looks_like)}", plain))
        asked = demands(criterion, alike=self._asks_alike)
        parts += [(f"\n{told}", {**_ASIDE, "font_color": _RUST}) for told in asked]
        return [(parts[0][0].removeprefix("\n"), parts[0][1]), *parts[1:]] if parts else []

    def _mark(self, section: Section, criterion: Criterion) -> None:
        """Grey for a row that does not apply as the interaction stands; amber for one unrated."""
        conditions = (section.applies_when, criterion.applies_when)
        fails = [one for condition in conditions for one in self._failing(condition)]
        formula = f"=OR({','.join(fails)})"
        if fails and len(formula) < 4_000:
            self._sheet.conditional_format(
                self._row,
                PART,
                self._row,
                EVIDENCE,
                {
                    "type": "formula",
                    "criteria": formula,
                    "format": self._format(font_color=_GREY, bg_color="#F4F4F4"),
                    "stop_if_true": True,
                },
            )
        self._sheet.conditional_format(
            self._row,
            RATING,
            self._row,
            RATING,
            {"type": "blanks", "format": self._format(bg_color=_AMBER)},
        )

    def _failing(self, condition: Mapping[str, Sequence[str]]) -> Iterable[str]:
        """For each field of a condition, a formula that says the condition does not hold."""
        for name, values in condition.items():
            if any(len(value) > 200 or not value.isprintable() for value in values):
                continue  # more than a formula's text can be
            cells = self._places[name].cells()
            quoted = [value.strip().replace('"', '""') for value in values]
            holds = ",".join(f'TRIM({cell})="{value}"' for cell in cells for value in quoted)
            rule = self._rubric.fields.get(name)
            if rule is not None and not rule.required:
                yield f"NOT(OR({holds}))"  # optional: left out, it does not hold
            else:
                yield f'AND({"&".join(cells)}<>"",NOT(OR({holds})))'

    def _conversation(self) -> None:
        self._band("For the conversation with the advisor, in your own words")
        for name, title in zip(LISTS, ("Done well", "Could be better"), strict=True):
            given: Sequence[str] = getattr(self._review, name, ())
            rooms = max(ROOM_FOR_ITEMS, len(given) + 1)
            for number in range(rooms):
                text = given[number] if number < len(given) else None
                told = (title, "one thing in each row") if not number else ("", "")
                self._tall(RowKey(About.REVIEW, name), *told, text, 30)
        self._tall(
            RowKey(About.REVIEW, "notes"), "Notes", "", getattr(self._review, "notes", None), 75
        )

    def _disputes(self) -> None:
        """A place for each dispute that there is, and for one more."""
        given: Sequence[Dispute] = () if self._review is None else self._review.disputes
        names = [f"{section.id}.{criterion.id}" for section, criterion in self._rubric.criteria()]
        outcomes = [one.value for one in DisputeOutcome]
        for number, dispute in enumerate((*given, None), 1):
            self._band(
                f"Dispute {number}" if given else "Dispute",
                told="Where the advisor sees a rating in another way. It stays beside the rating.",
            )
            for name, title, hint in _OF_DISPUTE:
                key = RowKey(About.DISPUTE, f"{number}.{name}")
                if name == "criterion":
                    place = None
                    if dispute is not None and dispute.section:
                        place = f"{dispute.section}.{dispute.criterion}"
                    self._offer(names, self._ask(key, title, hint, place))
                    continue
                value: str | None = getattr(dispute, name, None)
                row = self._ask(key, title, hint, value, is_day=name in ("on", "decided_on"))
                if name == "outcome":
                    self._offer(outcomes, row)

    def _tall(self, key: RowKey, title: str, hint: str, value: str | None, least: int) -> None:
        row = self._ask(key, title, hint, value)
        self._sheet.set_row(row, max(least, _height(value or "", _answer_width())))

    def _band(self, title: str, condition: str = "", told: str = "") -> None:
        """A coloured row over the whole width that begins a part."""
        parts: list[_Styled] = [
            (_shown(title), {"bold": True, "font_size": 12, "font_color": _DEEP})
        ]
        if condition:
            parts.append((f"\n{_shown(condition)}", {**_ASIDE, "font_color": _BLUE}))
        if told:
            parts.append((f"\n{_shown(told)}", {"font_size": SMALL}))
        self._wide(parts, bg_color=_PALE, valign="vcenter")

    def _wide(self, parts: Sequence[_Styled], **cell: object) -> None:
        """A row that is one cell. Merged cells do not grow with their text: the height is set."""
        style = {"text_wrap": True, **cell}
        self._sheet.merge_range(self._row, PART, self._row, EVIDENCE, "", self._cell(**style))
        self._rich(PART, parts, style)
        self._next(HEADING, height=_height(_joined(parts), sum(WIDTHS.values())) + 6)

    def _offer(
        self, words: Sequence[str], row: int, *, closed: bool = True, column: int = RATING
    ) -> None:
        """A drop-down; where it is not closed, any other text is as good."""
        listed = _shown(", ".join(words))
        self._sheet.data_validation(
            row,
            column,
            row,
            column,
            {
                "validate": "list",
                "source": self._source(tuple(words)),
                "error_type": "stop" if closed else "information",
                "error_title": "Not one of the words",
                "error_message": f"Choose one of: {listed}" if len(listed) < 230 else "Choose one.",
            },
        )

    def _source(self, words: tuple[str, ...]) -> list[str] | str:
        """The words themselves, or where they stand when a cell's own rule cannot hold them."""
        plain = all(
            word.isprintable() and word == word.strip() and not re.search('[,"=]', word)
            for word in words
        )
        if plain and len(",".join(words)) <= MOST_IN_A_LIST:
            return list(words)
        if words not in self._word_lists:
            if self._words_sheet is None:
                self._words_sheet = self._workbook.add_worksheet(WORDS_SHEET)
                self._words_sheet.very_hidden()
            column = len(self._word_lists)
            for row, word in enumerate(words):
                self._words_sheet.write_string(
                    row, column, _kept(word), self._format(num_format="@")
                )
            name = column_name(column + 1)
            self._word_lists[words] = f"={WORDS_SHEET}!${name}$1:${name}${len(words)}"
        return self._word_lists[words]

    def _set_up(self) -> None:
        sheet = self._sheet
        sheet.set_column(KEYS, KEYS, None, None, {"hidden": True})
        for column, width in self._widths.items():
            sheet.set_column(column, column, width)
        sheet.ignore_errors({"number_stored_as_text": f"E1:G{self._row}"})
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(2, PART, self._row - 1, max(self._widths))
        sheet.repeat_rows(2, 3)
        name = _shown(self._rubric.name).replace("&", "&&")[:150]
        sheet.set_footer(f"&L&9 {name}&R&9 &P / &N")  # the space keeps a number from the 9
        sheet.set_selection(5, RATING, 5, RATING)

    def _text(self, column: int, text: str, form: Any = None) -> None:
        if text:
            self._sheet.write_string(self._row, column, text, form)
        else:
            self._sheet.write_blank(self._row, column, None, form)

    def _rich(self, column: int, parts: Sequence[_Styled], cell: Mapping[str, object]) -> None:
        """Text in several styles in one cell, as much as it can hold."""
        while sum(len(text) for text, _ in parts) > MOST_IN_A_CELL:
            parts = parts[:-1]
        if len(parts) > 1:
            pieces = [piece for text, style in parts for piece in (self._format(**style), text)]
            self._sheet.write_rich_string(self._row, column, *pieces, self._cell(**cell))
        else:
            text, style = parts[0] if parts else ("", {})
            self._text(column, text, self._cell(**{**cell, **style}))

    def _next(self, key: RowKey | str, *, height: float | None, hidden: bool = False) -> int:
        """Name this row and go on to the next; without a height it grows with its text."""
        self._sheet.write_string(self._row, KEYS, _kept(str(key)))
        if height is not None or hidden:
            self._sheet.set_row(self._row, height, None, {"hidden": hidden})
        self._row += 1
        return self._row - 1

    def _cell(self, **style: object) -> Any:
        """The style of a cell: text begins at its top, with some air before it."""
        return self._format(**{"valign": "top", "align": "left", "indent": 1, **style})

    def _format(self, **style: object) -> Any:
        """A style, of a cell or of a piece of text; equal ones are one."""
        whole = {"font_color": _INK, **style}
        key = tuple(sorted(whole.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(whole)
        return self._formats[key]


def _shown(text: str) -> str:
    """A rubric's text for a person: its own lines, nothing that acts or hides, not endless."""
    whole = visible_lines(text)
    return whole if len(whole) <= MOST_TOLD else whole[:MOST_TOLD] + " …"


def _kept(text: str) -> str:
    """A text that is to be read back, with the few characters replaced that XML cannot hold.

    Raises:
        UsageError: where it is longer than a cell can be.
    """
    if len(text) > MOST_IN_A_CELL:
        raise UsageError(
            "a text of this review is longer than a cell can be", "write a .yaml review instead"
        )
    return NO_XML.sub("\ufffd", text)


def _joined(parts: Iterable[_Styled]) -> str:
    return "".join(text for text, _ in parts)


def _answer_width() -> int:
    """How wide an answer is that goes over all columns of answers."""
    return WIDTHS[RATING] + WIDTHS[COMMENT] + WIDTHS[EVIDENCE]


def _height(text: str, width: float, size: int = 11) -> float:
    """The height in points that a wrapped text needs in a cell of some characters' width.

    An estimate on the generous side: only the program that shows the form knows its letters.
    """
    room = max(1, int(width * 11 / size))
    lines = sum(max(1, len(textwrap.wrap(line, room))) for line in text.split("\n"))
    return min(lines * size * 1.33 + 3, TALLEST)
