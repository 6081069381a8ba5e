"""A rubric as expressions over columns: from coded words to everything that a scored table says.

Only what every engine of frames does alike is used: `+ - *`, comparisons, `when`. One division
guesses a percentage, which whole numbers then correct; no float decides anything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from operator import add, and_, or_
from typing import Any, NamedTuple

import narwhals as nw

from charter_score.columns.integers import (
    Integer,
    Stages,
    TooLargeError,
    constant,
    counted,
    total,
    weighed,
)
from charter_score.columns.layout import CriterionColumns, Layout, SectionColumns
from charter_score.columns.plan import (
    NOT_APPLYING,
    Mark,
    decimals_needed,
    possible_sums,
    unit_of,
)
from charter_score.columns.reasons import REASONS
from charter_score.columns.words import Reader, is_blank, parts_of
from charter_score.compiled import bound_of, bounds_of, expected_share, section_bounds_of, share_of
from charter_score.figures import JSON_DECIMALS
from charter_score.review import Status
from charter_score.rubric import Combine, OnCritical, Rubric

INT = nw.Int64()
WRONG = -1
"""The code of a value with which something is wrong that has no code of its own."""
FINE = 1
BLANK = 0
"""The code of a value that says nothing, which then has none."""
_STATUS = {Status.DRAFT: 2, Status.VOID: 3}
MOST_DAYS = 50_000
"""Distinct values of a column of days."""
_MOST_COUNTED = 12
"""Ratings of one kind that are counted apart; where there are more, each is looked up."""
_MOST_CASES = 16
# What Python's `strip` takes for blank, spelt out, since engines differ over `\s`.
SAYS_SOMETHING = "[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"

Values = Mapping[str, Sequence[object] | None]
"""The distinct values of each column that is looked at; None where they are too many."""
Condition = Mapping[str, tuple[str, ...]]


class ByEngineError(Exception):
    """Columns cannot score these reviews exactly; the engine can, row by row. The text says why."""


class Coding(NamedTuple):
    """A new column of codes: which column it is made from, and the code of each of its values."""

    column: str
    codes: dict[Any, int]


@dataclass
class _Group:
    """Criteria of a section whose ratings come to the same, so that they are counted together."""

    tags: tuple[str, ...]
    table: tuple[Mark, ...]
    may_not_apply: bool = False
    occurring: set[int] = field(default_factory=set)
    members: list[nw.Expr] = field(default_factory=list)
    counts: dict[int, Integer] = field(default_factory=dict)
    sum_of_codes: Integer | None = None

    @property
    def base(self) -> int:
        """The code that is not counted, since it is what is left."""
        return NOT_APPLYING if self.may_not_apply or not self.occurring else min(self.occurring)

    def mark(self, code: int) -> Mark | None:
        """The mark of a code; None of a criterion that does not apply."""
        return None if code == NOT_APPLYING else self.table[code - 1]

    @property
    def possible(self) -> list[int]:
        """Every code that can stand in a row that is scored."""
        return [*([NOT_APPLYING] if self.base == NOT_APPLYING else []), *sorted(self.occurring)]

    @property
    def uncounted(self) -> int | None:
        """The code beside the base, whose number the sum of all codes gives; None of a lone one.

        So a criterion that is met or not met needs no comparison at all.
        """
        beside = (one for one in (self.base + 1, self.base - 1) if one in self.occurring)
        return next(beside, None)

    @property
    def is_counted(self) -> bool:
        """Whether its ratings are counted; else each is looked up."""
        return len(self.occurring) <= _MOST_COUNTED


class _Criterion(NamedTuple):
    """A criterion's columns once their words are known."""

    columns: CriterionColumns
    group: _Group
    raw: nw.Expr | None
    has_wrong: bool
    absent: int | None  # the code of n/a; None where it is not allowed
    causes: nw.Expr | None


class _Section(NamedTuple):
    columns: SectionColumns
    whole: nw.Expr | None
    criteria: tuple[_Criterion, ...]

    @property
    def groups(self) -> list[_Group]:
        """The kinds of its criteria."""
        return list({id(one.group): one.group for one in self.criteria}.values())


class _Sums(NamedTuple):
    """A share: numerator, denominator (at least 1), and which denominators there can be."""

    numerator: Integer
    denominator: Integer
    denominators: frozenset[int] | None


def columns_looked_at(rubric: Rubric, layout: Layout) -> list[str]:
    """The columns whose distinct values decide over scores."""
    names: list[str | None] = []
    for section in layout.sections:
        names.append(section.rating)
        for criterion in section.criteria:
            names += [criterion.rating, criterion.causes]
    conditions = {name for condition in rubric.conditions() for name in condition}
    names += [
        column
        for name, column in layout.fields.items()
        if name in rubric.fields or name in conditions or name == "date"
    ]
    names += [layout.has(name) for name in ("status", "selection", "reviewed")]
    return [name for name in dict.fromkeys(names) if name is not None]


class Expressions:
    """A rubric compiled for one frame.

    Args:
        rubric: a rubric without errors.
        layout: what the frame's columns hold.
        names: the name of each column in the frame as it is worked on.
        values: what `columns_looked_at` hold.

    Raises:
        ByEngineError: where columns cannot do it exactly.
    """

    def __init__(
        self, rubric: Rubric, layout: Layout, names: Mapping[str, str], values: Values
    ) -> None:
        self.codings: dict[str, Coding] = {}
        self._rubric = rubric
        self._layout = layout
        self._names = names
        self._values = values
        self._reader = Reader(rubric)
        self._conditions = list({_key(one): one for one in rubric.conditions() if one}.values())
        self._field_codes: dict[str, nw.Expr] = {}
        self._field_words: dict[str, dict[int, Any]] = {}
        self._code_fields()
        self._status = self._coded("status", self._status_code)
        self._selection = self._coded(
            "selection", lambda value: FINE if self._reader.selection(value) else WRONG
        )
        self._reviewed = self._coded(
            "reviewed", lambda value: FINE if self._reader.day(value) else WRONG
        )
        self._sections = [self._section(section) for section in layout.sections]

    # What words mean.

    def _distinct(self, column: str) -> Sequence[object]:
        values = self._values[column]
        if values is None:
            place = self._layout.columns.index(column) + 1
            raise ByEngineError(f"column {place} has too many different values to look at each")
        return [value for value in values if not is_blank(value)]

    def _coded(self, column: str | None, code: Callable[[object], int]) -> nw.Expr | None:
        """A column as codes; None where the frame has no such column."""
        if column is None or column not in self._names:
            return None
        codes = {value: code(value) for value in self._distinct(column)}
        codes = {value: number for value, number in codes.items() if number != BLANK}
        name = f"k{len(self.codings)}"
        self.codings[name] = Coding(self._names[column], codes)
        return nw.col(name)

    def _status_code(self, value: object) -> int:
        status = self._reader.status(value)
        return WRONG if status is None else _STATUS.get(status, FINE)

    def _code_fields(self) -> None:
        """The fields that matter: what is wrong with their values, and which conditions hold."""
        looked_at = set(columns_looked_at(self._rubric, self._layout))
        for name, column in self._layout.fields.items():
            if column not in looked_at:
                continue
            own = [{name: one[name]} for one in self._conditions if name in one]
            meanings: dict[Any, int] = {}

            def code(
                value: object,
                name: str = name,
                own: list[dict[str, tuple[str, ...]]] = own,
                meanings: dict[Any, int] = meanings,
            ) -> int:
                word = self._reader.field(name, value, own)
                if word is None:
                    return BLANK
                holding = tuple(
                    _key(condition)
                    for condition, holds in zip(own, word.holds, strict=True)
                    if holds
                )
                return meanings.setdefault((word.problem, holding), len(meanings) + 1)

            expression = self._coded(column, code)
            if expression is not None:
                self._field_codes[name] = expression
                self._field_words[name] = {number: meant for meant, number in meanings.items()}

    def _section(self, columns: SectionColumns) -> _Section:
        section = columns.section

        def code(value: object) -> int:
            return FINE if self._reader.whole_section(section, value) is None else WRONG

        whole = self._coded(columns.rating, code)
        groups: dict[object, _Group] = {}
        criteria = tuple(
            self._criterion(one, groups, has_whole=whole is not None) for one in columns.criteria
        )
        return _Section(columns, whole, criteria)

    def _criterion(
        self, columns: CriterionColumns, groups: dict[object, _Group], *, has_whole: bool
    ) -> _Criterion:
        section, criterion = columns.section, columns.criterion
        read = self._reader.rating
        values = [] if columns.rating is None else self._distinct(columns.rating)
        meant = {value: read(section, criterion, value) for value in values}
        usual = [] if criterion.range is not None else list(self._rubric.rating_words(criterion))
        words = [*(read(section, criterion, word) for word in usual), *meant.values()]
        absent = self._reader.absent(section, criterion)
        words.append(absent)
        table = tuple(dict.fromkeys(Mark.of(word) for word in words if word.ready is not None))
        is_conditional = bool(section.applies_when or criterion.applies_when)
        key = (criterion.tags, table, is_conditional)
        group = groups.setdefault(key, _Group(criterion.tags, table, is_conditional))
        codes = {
            value: WRONG_CODES.get(word.problem or "", WRONG)
            if word.ready is None
            else table.index(Mark.of(word)) + 1
            for value, word in meant.items()
        }
        group.occurring.update(one for one in codes.values() if one > 0)
        absent_code = None if absent.ready is None else table.index(Mark.of(absent)) + 1
        if has_whole and absent_code is not None:
            group.occurring.add(absent_code)
        raw = None if columns.rating is None else self._coded(columns.rating, codes.__getitem__)

        def cause(value: object) -> int:
            if not parts_of(value):
                return BLANK
            return FINE if self._reader.causes(section, criterion, value) is None else WRONG

        causes = self._coded(columns.causes, cause)
        has_wrong = any(one < 0 for one in codes.values())
        return _Criterion(columns, group, raw, has_wrong, absent_code, causes)

    # The expressions.

    def built(self, frame: Any) -> tuple[Any, dict[str, nw.Expr]]:
        """The frame, its codes there, with what the results are made from; and the results.

        Raises:
            ByEngineError: where 64 bits might not hold a sum.
        """
        try:
            return self._built(frame)
        except TooLargeError:
            raise ByEngineError("the sums of this rubric might not fit into 64 bits") from None

    def _built(self, frame: Any) -> tuple[Any, dict[str, nw.Expr]]:
        stages = Stages(frame)
        rules = _Rules(self, stages)
        stages.settle()
        rules.rate()
        stages.settle()
        rules.count()
        stages.settle()
        outputs = _Outputs(self._rubric, self._sections, stages, rules).made()
        return stages.frame, outputs

    # What `_Rules` asks.

    def applies(self, condition: Condition) -> nw.Expr | None:
        """Whether a condition holds; None where it always does."""
        parts = []
        for name, allowed in condition.items():
            code = self._field_codes.get(name)
            holding = [
                number
                for number, (_, holds) in self._field_words.get(name, {}).items()
                if _key({name: allowed}) in holds
            ]
            if code is None or not holding:
                return nw.lit(False)  # noqa: FBT003
            parts.append(_is_one_of(code, holding))
        return reduce(and_, parts) if parts else None

    def field(self, name: str) -> nw.Expr | None:
        """The codes of an interaction field; null where it is not given."""
        return self._field_codes.get(name)

    def wrong_fields(self) -> list[tuple[str, nw.Expr]]:
        """What is wrong with fields of the review and the interaction: its code, and where."""
        found = [
            ("unknown-word", code == WRONG)
            for code in (self._status, self._selection)
            if code is not None
        ]
        for name, meanings in self._field_words.items():
            by_problem: dict[str, list[int]] = {}
            for number, (problem, _) in meanings.items():
                if problem is not None:
                    by_problem.setdefault(problem, []).append(number)
            for problem, numbers in by_problem.items():
                found.append((problem, _is_one_of(self._field_codes[name], numbers)))
        if self._reviewed is not None:
            found.append(("bad-date", self._reviewed == WRONG))
        return sorted(found, key=lambda one: REASONS.index(one[0]))

    @property
    def rubric(self) -> Rubric:
        """The rubric."""
        return self._rubric

    @property
    def sections(self) -> list[_Section]:
        """Its sections with their columns."""
        return self._sections

    @property
    def status(self) -> nw.Expr | None:
        """The codes of the status."""
        return self._status

    def text(self, column: str | None) -> nw.Expr | None:
        """Whether a column of text says something; None where there is no such column."""
        if column is None or column not in self._names:
            return None
        return nw.col(self._names[column]).cast(nw.String).str.contains(SAYS_SOMETHING)


WRONG_CODES = {"unknown-rating": -1, "na-forbidden": -2}
"""The codes of values that stand for no rating, by what is wrong with them."""


def _key(condition: Condition) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted((name, tuple(values)) for name, values in condition.items()))


def _is_one_of(column: nw.Expr, numbers: Iterable[int]) -> nw.Expr:
    return reduce(or_, [column == number for number in numbers])


def _any(conditions: Iterable[nw.Expr]) -> nw.Expr | None:
    given = list(conditions)
    return reduce(or_, given) if given else None


def _sure(condition: nw.Expr) -> nw.Expr:
    """Whether a condition holds for certain: false where it is null."""
    return counted(condition).column == 1


class _Rules:
    """Which rating counts for each criterion, and what keeps a review from being scored."""

    def __init__(self, expressions: Expressions, stages: Stages) -> None:
        self._of = expressions
        self._stages = stages
        self._applies: dict[object, nw.Expr | None] = {}
        self._comments: dict[str, nw.Expr] = {}
        self.all_rated: nw.Expr | None = None
        for section in expressions.sections:
            for one in section.criteria:
                self._prepare(section, one)
        self._draft = self._drafted()

    def _prepare(self, section: _Section, one: _Criterion) -> None:
        """Keep whether a criterion applies, and whether there is a comment where one may be due."""
        conditions = (section.columns.section.applies_when, one.columns.criterion.applies_when)
        key = tuple(_key(condition) for condition in conditions)
        if key not in self._applies:
            parts = [self._of.applies(condition) for condition in conditions]
            given = [part for part in parts if part is not None]
            self._applies[key] = self._flag(reduce(and_, given)) if given else None
        if any(mark.needs_comment for mark in one.group.table):
            names = [one.columns.comment]
            if section.whole is not None:
                names.append(section.columns.comment)
            for name in names:
                text = self._of.text(name)
                if name is not None and name not in self._comments and text is not None:
                    self._comments[name] = self._flag(text)

    def _flag(self, condition: nw.Expr) -> nw.Expr:
        """A condition kept as true or false, never null."""
        kept = self._stages.keep(counted(condition))
        return kept.column == 1

    def _drafted(self) -> nw.Expr | None:
        """Whether a model drafted the review and no reviewer stands."""
        drafted, reviewed = self._of.text("drafted_by"), self._of.text("reviewer")
        if drafted is None:
            return None
        by_model = self._flag(drafted)
        return by_model if reviewed is None else by_model & ~self._flag(reviewed)

    def applies(self, section: _Section, one: _Criterion) -> nw.Expr | None:
        """Whether a criterion applies; None where it always does."""
        conditions = (section.columns.section.applies_when, one.columns.criterion.applies_when)
        return self._applies[tuple(_key(condition) for condition in conditions)]

    def rate(self) -> None:
        """Keep the code that counts for each criterion: null where there is none."""
        for section in self._of.sections:
            for one in section.criteria:
                code = self._stages.keep_as_is(self._code(section, one))
                one.group.members.append(code)

    def _code(self, section: _Section, one: _Criterion) -> nw.Expr:
        raw, whole = one.raw, section.whole
        code = raw
        if raw is not None:
            code = nw.when(raw > 0).then(raw) if one.has_wrong else raw
            missing = self._comment_missing(one, raw)
            if missing is not None:
                code = nw.when(~missing).then(code)
            if one.causes is not None:
                code = nw.when(~_sure(self._wrong_causes(one, raw))).then(code)
        if whole is not None:
            absent = self._absent(section, one)
            if absent is not None:
                here = whole == FINE if raw is None else (whole == FINE) & raw.is_null()
                own = None if code is None else nw.when(whole.is_null()).then(code)
                absent = nw.when(here).then(absent)
                code = absent if own is None else absent.otherwise(own)
            elif code is not None:
                code = nw.when(whole.is_null()).then(code)
        applies = self.applies(section, one)
        if applies is not None:
            outside = constant(NOT_APPLYING).column
            left = nw.when(~applies if raw is None else ~applies & raw.is_null()).then(outside)
            code = left if code is None else nw.when(applies).then(code).otherwise(left)
        if code is None:
            code = nw.when(self._stages.never).then(constant(FINE).column)
        return code

    def _comment_missing(self, one: _Criterion, raw: nw.Expr) -> nw.Expr | None:
        """Whether a rating needs a comment and has none; None where that cannot be."""
        needing = [
            number
            for number in sorted(one.group.occurring)
            if (mark := one.group.mark(number)) is not None and mark.needs_comment
        ]
        if not needing:
            return None
        missing = _is_one_of(raw, needing)
        comment = self._comments.get(one.columns.comment or "")
        return missing if comment is None else missing & ~comment

    def _wrong_causes(self, one: _Criterion, raw: nw.Expr) -> nw.Expr:
        causes = one.causes
        assert causes is not None  # noqa: S101 - asked for where there are causes
        wrong = causes == WRONG
        return wrong if one.absent is None else wrong | ((raw == one.absent) & ~causes.is_null())

    def _absent(self, section: _Section, one: _Criterion) -> nw.Expr | None:
        """The code of a criterion whose section is n/a in one go; None where it cannot be."""
        if one.absent is None:
            return None
        code = constant(one.absent).column
        mark = one.group.mark(one.absent)
        if mark is None or not mark.needs_comment:
            return code
        comment = self._comments.get(section.columns.comment or "")
        return None if comment is None else nw.when(comment).then(code)

    def count(self) -> None:
        """Keep how often each rating of a kind was given, but for what their sum gives."""
        stages = self._stages
        for section in self._of.sections:
            for group in section.groups:
                number, possible = len(group.members), group.possible or [NOT_APPLYING]
                summed = reduce(add, group.members)
                group.sum_of_codes = Integer(
                    stages.keep_as_is(summed), min(possible) * number, max(possible) * number
                )
                if not group.is_counted:
                    continue
                for code in sorted(group.occurring - {group.base, group.uncounted}):
                    each = [counted(member == code) for member in group.members]
                    group.counts[code] = stages.keep(total(each))

    def note_rated(self) -> None:
        """Keep whether every criterion that applies is rated: a sum without a part is null.

        The sums of codes are numbers in every row from here on.
        """
        sums = [
            group.sum_of_codes.column
            for section in self._of.sections
            for group in section.groups
            if group.sum_of_codes is not None
        ]
        self.all_rated = self._flag(~reduce(add, sums).is_null())
        for section in self._of.sections:
            for group in section.groups:
                found = group.sum_of_codes
                if found is not None:
                    # A row without a score gets some sum, so that whole numbers stay whole:
                    # pandas makes floats of them where one is null.
                    low = constant(found.low).column
                    filled = nw.when(found.column.is_null()).then(low).otherwise(found.column)
                    whole = Integer(filled.cast(INT), found.low, found.high)
                    group.sum_of_codes = self._stages.keep(whole)

    def is_scored(self, observed: Integer) -> nw.Expr:
        """Whether a review has a score: asked of every row, so with as few columns as will do."""
        of = self._of
        wrong = [where for _, where in of.wrong_fields()]
        wrong += [where for _, where in self._unfinished()]
        wrong += [where for _, where in self._required()]
        for section in of.sections:
            if section.whole is not None:
                none_apply = self._none_applies(section)
                if none_apply is not None:
                    wrong.append(none_apply & ~section.whole.is_null())
        found = self._rated_all() & (observed.column > 0)
        kept_out = _any(wrong)
        return found if kept_out is None else found & ~_sure(kept_out)

    def obstacles(self) -> list[tuple[str, nw.Expr]]:
        """Why a review has no score, each reason with where it holds; the first is told.

        Where none of them holds, nothing was observed.
        """
        of = self._of
        found = of.wrong_fields()
        unfinished = self._unfinished()
        found += [
            (problem, where) for problem, where in self._ratings(unfinished) if where is not None
        ]
        found += unfinished
        found += self._required()
        unrated = self._unrated()
        if unrated is not None:
            found.append(("unrated", unrated))
        found.append(("comment-missing", ~self._rated_all()))
        return found

    def _required(self) -> list[tuple[str, nw.Expr]]:
        """Where a field that the rubric requires is not given."""
        found = []
        for name, rule in self._of.rubric.fields.items():
            if rule.required:
                given = self._of.field(name)
                missing = nw.lit(True) if given is None else given.is_null()  # noqa: FBT003
                found.append(("field-required", missing))
        return found

    def _none_applies(self, section: _Section) -> nw.Expr | None:
        """Whether no criterion of a section applies; None where one always does."""
        applying = [self.applies(section, one) for one in section.criteria]
        given = [~one for one in applying if one is not None]
        return reduce(and_, given) if len(given) == len(applying) else None

    def _rated_all(self) -> nw.Expr:
        assert self.all_rated is not None  # noqa: S101 - `note_rated` came before
        return self.all_rated

    def _unfinished(self) -> list[tuple[str, nw.Expr]]:
        found = []
        status = self._of.status
        if status is not None:
            found += [
                ("draft", status == _STATUS[Status.DRAFT]),
                ("void", status == _STATUS[Status.VOID]),
            ]
        if self._draft is not None:
            found.append(("draft", self._draft))
        return found

    def _ratings(
        self, unfinished: list[tuple[str, nw.Expr]]
    ) -> Iterator[tuple[str, nw.Expr | None]]:
        """What is wrong with ratings, whether the review is finished or not."""
        twice, unknown, outside, forbidden, causes, of_nothing = [], [], [], [], [], []
        for section in self._of.sections:
            whole = section.whole
            for one in section.criteria:
                raw, applies = one.raw, self.applies(section, one)
                if raw is not None and whole is not None:
                    twice.append(~whole.is_null() & ~raw.is_null())
                if raw is not None:
                    if one.has_wrong:
                        unknown.append(_and(raw == WRONG_CODES["unknown-rating"], applies))
                        forbidden.append(_and(raw == WRONG_CODES["na-forbidden"], applies))
                    if applies is not None:
                        rated_outside = ~applies & ~raw.is_null()
                        outside.append(self._certainly(rated_outside, section, one, unfinished))
                    if one.causes is not None:
                        causes.append(_and(_and(one.causes == WRONG, applies), raw > 0))
                        if one.absent is not None:
                            ticked = (raw == one.absent) & ~one.causes.is_null()
                            of_nothing.append(_and(ticked, applies))
                if whole is not None and one.absent is None:
                    forbidden.append(_and(whole == FINE, applies))
            if whole is not None:
                unknown.append(whole == WRONG)
                none_apply = self._none_applies(section)
                if none_apply is not None:
                    rated_outside = none_apply & ~whole.is_null()
                    outside.append(self._certainly(rated_outside, section, None, unfinished))
        yield "rated-twice", _any(twice)
        yield "unknown-rating", _any(unknown)
        yield "does-not-apply", _any(outside)
        yield "na-forbidden", _any(forbidden)
        yield "unknown-cause", _any(causes)
        yield "cause-of-nothing", _any(of_nothing)

    def _certainly(
        self,
        outside: nw.Expr,
        section: _Section,
        one: _Criterion | None,
        unfinished: list[tuple[str, nw.Expr]],
    ) -> nw.Expr:
        """What does not apply, but not where an unfinished review may still give the field."""
        open_ = _any(where for _, where in unfinished)
        if open_ is None:
            return outside
        criteria = section.criteria if one is None else (one,)
        given: list[nw.Expr] = []
        own = self._of.applies(section.columns.section.applies_when)
        for each in criteria:
            whole, part = section.columns.section.applies_when, each.columns.criterion.applies_when
            # As the linter has it: the section's condition where that is what does not hold.
            missing_whole, missing_part = self._missing(whole), self._missing(part)
            if one is None or own is None:
                given += [each for each in (missing_whole, missing_part) if each is not None]
                continue
            holds = _sure(own)
            if missing_whole is not None:
                given.append(~holds & missing_whole)
            if missing_part is not None:
                given.append(holds & missing_part)
        still = _any(given)
        if still is None:
            return outside
        return outside & ~_sure(open_ & still)

    def _missing(self, condition: Condition) -> nw.Expr | None:
        """Whether any field of a condition is not given."""
        parts = []
        for name in condition:
            code = self._of.field(name)
            parts.append(nw.lit(True) if code is None else code.is_null())  # noqa: FBT003
        return _any(parts)

    def _unrated(self) -> nw.Expr | None:
        found = []
        for section in self._of.sections:
            for one in section.criteria:
                blank: nw.Expr | None = None if one.raw is None else one.raw.is_null()
                if section.whole is not None:
                    blank = _and(section.whole.is_null(), blank)
                applies = self.applies(section, one)
                if blank is None:
                    found.append(nw.lit(True) if applies is None else applies)  # noqa: FBT003
                else:
                    found.append(_and(blank, applies))
        return _any(found)


def _and(one: nw.Expr, other: nw.Expr | None) -> nw.Expr:
    return one if other is None else one & other


class _Outputs:
    """The columns of the result."""

    def __init__(
        self, rubric: Rubric, sections: list[_Section], stages: Stages, rules: _Rules
    ) -> None:
        self._rubric = rubric
        self._sections = sections
        self._stages = stages
        self._rules = rules
        marks = [mark for section in sections for group in section.groups for mark in group.table]
        self._unit = unit_of(marks)

    def made(self) -> dict[str, nw.Expr]:
        """Each column of the result by its name."""
        stages, rubric = self._stages, self._rubric
        self._rules.note_rated()
        stages.settle()
        groups = [group for section in self._sections for group in section.groups]
        observed = stages.keep(_summed(groups, lambda mark: mark.observed))
        critical = stages.keep(_summed(groups, lambda mark: mark.critical))
        needs = stages.keep(_summed(groups, lambda mark: mark.need))
        sections = [self._section_sums(section) for section in self._sections]
        seen_all = stages.keep(_summed(groups, self._scaled("seen_available", self._unit)))
        points = stages.keep(_summed(groups, self._scaled("points", self._unit)))
        tags = {tag: self._tag_sums(tag, groups) for tag in rubric.tags}
        stages.settle()

        below = self._below([sums for sums, _ in sections])
        below_seen = self._below([seen for _, seen in sections])
        missed = critical.column > 0
        fails = self._kept_flag(_either(missed, below))
        fails_seen = self._kept_flag(_either(missed, below_seen))
        scored = self._kept_flag(self._rules.is_scored(observed))
        totals = [self._share([one[at] for one in sections]) for at in (0, 1)]
        stages.settle()

        share, seen = self._held(totals[0], fails), self._held(totals[1], fails_seen)
        bands = self._band(totals[0], fails), self._band(totals[1], fails_seen)
        bounds = bounds_of(rubric)
        percents = {
            "percent": _Percentage(share, bounds),
            "observed_percent": _Percentage(seen, bounds),
        }
        for section, (sums, _) in zip(rubric.sections, sections, strict=True):
            own = section_bounds_of(rubric, section)
            percents[f"{section.id}.percent"] = _Percentage(self._held(sums, None), own)
        for tag, sums in tags.items():
            percents[f"tag.{tag}.percent"] = _Percentage(self._held(sums, None), bounds)
        for step in (_Percentage.guess, _Percentage.correct):
            stages.settle()
            for percentage in percents.values():
                step(percentage, stages)
        stages.settle()

        no = nw.lit(False)  # noqa: FBT003
        band, band_seen = bands
        rests = no if band is None or band_seen is None else _truth(band.column != band_seen.column)
        plain: dict[str, nw.Expr] = {
            "share_numerator": share.numerator.column,
            "share_denominator": share.denominator.column,
            "observed_numerator": seen.numerator.column,
            "observed_denominator": seen.denominator.column,
            "band": self._band_name(band),
            "band_observed": self._band_name(band_seen),
            "band_rests_on_not_applicable": rests,
            "little_observed": _truth((seen_all * 2) < points),
            "meets_expected": self._meets(share, fails),
            "critical_missed": _truth(missed),
            "below_section_minimum": no if below is None else _truth(below),
            "needs": needs.column,
        }
        plain |= {name: percentage.chosen() for name, percentage in percents.items()}
        reason = nw.lit("nothing-observed")
        for code, where in reversed(self._rules.obstacles()):
            reason = nw.when(where).then(nw.lit(code)).otherwise(reason)
        return {
            "not_scored": nw.when(~scored).then(reason),
            **{name: nw.when(scored).then(value) for name, value in plain.items()},
        }

    def _scaled(self, name: str, unit: Fraction) -> Callable[[Mark], int]:
        return lambda mark: int(getattr(mark, name) / unit)

    def _kept_flag(self, condition: nw.Expr) -> nw.Expr:
        return self._stages.keep(counted(condition)).column == 1

    def _amounts(self, groups: list[_Group], unit: Fraction, earned: str, available: str) -> _Sums:
        """Sums of some criteria, which may come to nothing available."""
        scaled = self._scaled(available, unit)
        choices = [
            [_picked(group, code, scaled) for code in group.possible]
            for group in groups
            for _ in group.members
        ]
        return _Sums(
            self._stages.keep(_summed(groups, self._scaled(earned, unit))),
            self._stages.keep(_summed(groups, scaled)),
            possible_sums(choices),
        )

    def _section_sums(self, section: _Section) -> tuple[_Sums, _Sums]:
        """What a section's ratings come to, and what was observed of them."""
        unit = self._unit
        if self._rubric.combine is Combine.SECTION_WEIGHTS:
            unit = unit_of(mark for group in section.groups for mark in group.table)
        groups = section.groups
        return (
            self._amounts(groups, unit, "earned", "available"),
            self._amounts(groups, unit, "seen_earned", "seen_available"),
        )

    def _tag_sums(self, tag: str, groups: list[_Group]) -> _Sums:
        own = [group for group in groups if tag in group.tags]
        return self._amounts(own, self._unit, "earned", "available")

    def _below(self, sums: Sequence[_Sums]) -> nw.Expr | None:
        """Whether any section is below its minimum; None where none can be (step 8)."""
        found = []
        for section, (earned, available, _) in zip(self._rubric.sections, sums, strict=True):
            if section.at_least is None:
                continue
            least = share_of(section.at_least)
            found.append(
                (available > constant(0))
                & (earned.at_least(0) * least.denominator < available * least.numerator)
            )
        return _any(found)

    def _share(self, sums: Sequence[_Sums]) -> _Sums:
        """The share of the whole review from the sums of its sections (step 4)."""
        if self._rubric.combine is Combine.POINTS:
            sets = [one.denominators for one in sums]
            known = [one for one in sets if one is not None]
            return _Sums(
                self._stages.keep(total(one.numerator for one in sums)),
                self._stages.keep(total(one.denominator for one in sums)),
                possible_sums(known) if len(known) == len(sets) else None,
            )
        weights = [section.weight or Fraction(0) for section in self._rubric.sections]
        below = lcm(*(weight.denominator for weight in weights))
        whole = [int(weight * below) for weight in weights]
        divisor = gcd(*whole) or 1
        whole = [weight // divisor for weight in whole]
        sets = [one.denominators for one in sums]
        if any(one is None for one in sets):
            raise TooLargeError
        possible = [sorted(number for number in one or () if number > 0) for one in sets]
        common = lcm(*(number for numbers in possible for number in numbers))
        parts, counting = [], []
        for one, numbers, weight in zip(sums, possible, whole, strict=True):
            factor = _looked_up(one.denominator, {number: common // number for number in numbers})
            parts.append((weight, one.numerator * factor))
            counting.append((weight, _looked_up(one.denominator, dict.fromkeys(numbers, 1))))
        choices = [
            {0, weight} if len(numbers) != len(one or ()) else {weight}
            for weight, numbers, one in zip(whole, possible, sets, strict=True)
        ]
        denominators = possible_sums(choices)
        return _Sums(
            self._stages.keep(weighed(parts)),
            self._stages.keep(weighed(counting) * common),
            None if denominators is None else frozenset(one * common for one in denominators),
        )

    def _held(self, sums: _Sums, fails: nw.Expr | None) -> _Sums:
        """A share as it leaves the engine: from 0 to 1, 0 where the review fails and that is so."""
        below = sums.denominator.at_least(1)
        top = sums.numerator.at_least(0).at_most(below)
        if fails is not None and self._rubric.on_critical is OnCritical.ZERO:
            zero = constant(0)
            top = Integer(nw.when(fails).then(zero.column).otherwise(top.column), 0, top.high)
        if sums.denominator.low <= 0:
            # Nothing available: the numerator says so, and the percentage is left out.
            nothing = sums.denominator.column == 0
            top = Integer(
                nw.when(nothing).then(constant(-1).column).otherwise(top.column), -1, top.high
            )
        return _Sums(self._stages.keep(top), self._stages.keep(below), sums.denominators)

    def _band(self, sums: _Sums, fails: nw.Expr) -> Integer | None:
        """The place of the band of a share (step 6); the lowest where the review fails."""
        bounds = [bound_of(band) for band in self._rubric.bands]
        if not bounds:
            return None
        numerator = sums.numerator.at_least(0)
        place = constant(0).column
        for number, bound in enumerate(bounds[1:], start=1):
            share, whole = bound.share, sums.denominator
            one, other = numerator * share.denominator, whole * share.numerator
            reached = one >= other if bound.is_included else one > other
            place = nw.when(reached).then(constant(number).column).otherwise(place)
        place = nw.when(fails).then(constant(0).column).otherwise(place)
        return self._stages.keep(Integer(place, 0, max(len(bounds) - 1, 1)))

    def _band_name(self, place: Integer | None) -> nw.Expr:
        if place is None:
            return nw.when(self._stages.never).then(nw.lit(""))
        names = [band.name for band in self._rubric.bands]
        chosen = nw.lit(names[0])
        for number, name in enumerate(names[1:], start=1):
            chosen = nw.when(place.column == number).then(nw.lit(name)).otherwise(chosen)
        return chosen

    def _meets(self, share: _Sums, fails: nw.Expr) -> nw.Expr:
        expected = expected_share(self._rubric)
        no = nw.lit(False)  # noqa: FBT003
        if expected is None:
            return nw.when(fails).then(no)
        reached = share.numerator * expected.denominator >= share.denominator * expected.numerator
        return nw.when(fails).then(no).otherwise(_truth(reached))


class _Percentage:
    """A share as a percentage: two decimals, more where it would contradict a bound."""

    def __init__(self, share: _Sums, bounds: Sequence[Fraction]) -> None:
        self._share = share
        self._bounds = bounds
        denominators = share.denominators
        if denominators is not None:
            denominators = frozenset(one for one in denominators if one > 0)
        last = decimals_needed(denominators, share.denominator.high, bounds)
        self._decimals = range(JSON_DECIMALS, last + 1)
        self._numerator = share.numerator.within(0, share.numerator.high)
        self._rounded: list[Integer] = []

    def guess(self, stages: Stages) -> None:
        """Divide: at most one off, since a float is exact to far more digits than these."""
        for decimals in self._decimals:
            scaled = self._numerator * 10 ** (decimals + 2)
            guessed = (scaled.column / self._share.denominator.column).cast(INT)
            most = 10 ** (decimals + 2) + 1
            self._rounded.append(stages.keep(Integer(guessed, -1, most)))

    def correct(self, stages: Stages) -> None:
        """Make each guess what the exact share is, rounded half up, by whole numbers alone."""
        below = self._share.denominator
        for place, (decimals, guess) in enumerate(zip(self._decimals, self._rounded, strict=True)):
            scaled = self._numerator * 10 ** (decimals + 2)
            rest = scaled * 2 - guess * below * 2
            one = constant(1)
            corrected = (
                nw.when(rest >= below)
                .then((guess + one).column)
                .otherwise(
                    nw.when(rest + below < constant(0))
                    .then((guess - one).column)
                    .otherwise(guess.column)
                )
            )
            right = Integer(corrected, 0, 10 ** (decimals + 2))
            self._rounded[place] = stages.keep(right)

    def chosen(self) -> nw.Expr:
        """The percentage with as few decimals as stand to every bound as the exact share does."""
        *before, (decimals, rounded) = zip(self._decimals, self._rounded, strict=True)
        found = _decimal(rounded, decimals)
        for decimals, rounded in reversed(before):
            value = _decimal(rounded, decimals)
            found = nw.when(self._is_right(rounded, decimals)).then(value).otherwise(found)
        if self._share.numerator.low < 0:
            return nw.when(self._share.numerator.column >= 0).then(found)
        return found

    def _is_right(self, rounded: Integer, decimals: int) -> nw.Expr:
        """Whether a rounded share stands to each bound as the exact one does."""
        found = []
        for bound in self._bounds:
            shown, at = (
                rounded * bound.denominator,
                constant(bound.numerator * 10 ** (decimals + 2)),
            )
            exact, exactly = (
                self._numerator * bound.denominator,
                self._share.denominator * bound.numerator,
            )
            found.append(
                ((shown < at) & (exact < exactly))
                | ((shown > at) & (exact > exactly))
                | (shown.equals(at) & exact.equals(exactly))
            )
        return reduce(and_, found) if found else nw.lit(True)  # noqa: FBT003


def _decimal(whole: Integer, decimals: int) -> nw.Expr:
    """A whole number as the float nearest to it with a decimal point put in.

    Polars would turn a division by the same number everywhere into a product with its inverse,
    which is another float; so every row has its own.
    """
    divisor = whole.column - whole.column + constant(10**decimals).column
    return whole.column / divisor


def _picked(group: _Group, code: int, pick: Callable[[Mark], int]) -> int:
    mark = group.mark(code)
    return 0 if mark is None else pick(mark)


def _summed(groups: Iterable[_Group], pick: Callable[[Mark], int]) -> Integer:
    """The sum over criteria of what each rating adds."""
    parts: list[tuple[int, Integer]] = []
    fixed = low = high = 0
    for group in groups:
        amounts = {code: _picked(group, code, pick) for code in group.possible}
        each = list(amounts.values()) or [0]
        low += min(each) * len(group.members)
        high += max(each) * len(group.members)
        if not group.is_counted:
            parts += [(1, _looked_up_code(member, amounts)) for member in group.members]
            continue
        base = amounts.get(group.base, 0)
        fixed += base * len(group.members)
        beside, by_sum = group.uncounted, 0
        if beside is not None and group.sum_of_codes is not None:
            # Σ codes - base · members = Σ (code - base) · number, which gives the uncounted number.
            by_sum = (amounts[beside] - base) * (beside - group.base)
            fixed -= by_sum * group.base * len(group.members)
            parts.append((by_sum, group.sum_of_codes))
        parts += [
            (amounts[code] - base - by_sum * (code - group.base), number)
            for code, number in group.counts.items()
        ]
    return total([weighed(parts), constant(fixed)]).within(low, high)


def _looked_up_code(column: nw.Expr, amounts: Mapping[int, int]) -> Integer:
    return _looked_up(Integer(column, min(amounts), max(amounts)), amounts)


def _looked_up(value: Integer, amounts: Mapping[int, int]) -> Integer:
    """What each value of a column stands for; 0 for any other."""
    low, high = min([0, *amounts.values()]), max([0, *amounts.values()])
    if value.constant is not None:
        return constant(amounts.get(value.constant, 0))
    by_amount: dict[int, list[int]] = {}
    for number, amount in amounts.items():
        if amount:
            by_amount.setdefault(amount, []).append(number)
    if not by_amount:
        return constant(0)
    if len(amounts) > _MOST_CASES:
        old, new = list(amounts), list(amounts.values())
        found = value.column.replace_strict(old, new, default=None, return_dtype=INT)
        found = nw.when(found.is_null()).then(constant(0).column).otherwise(found)
        return Integer(found, low, high)
    found = constant(0).column
    for amount, numbers in by_amount.items():
        chosen = constant(amount).column
        found = nw.when(_is_one_of(value.column, numbers)).then(chosen).otherwise(found)
    return Integer(found, low, high)


def _either(one: nw.Expr, other: nw.Expr | None) -> nw.Expr:
    return one if other is None else one | other


def _truth(condition: nw.Expr) -> nw.Expr:
    """True or false, never null."""
    yes, no = nw.lit(True), nw.lit(False)  # noqa: FBT003
    return nw.when(condition).then(yes).otherwise(no)
