"""Two versions of a rubric: what changed, and whether scores of the two may stand side by side.

Each change knows which figures it can touch; what may be compared follows from all of them. The
question behind every one is the same: take any review that the old rubric accepts. Does the new
one accept it, and does it say the same?

- Wording only: both accept the same reviews and give them the same figures.
- Comparable: every review of the old can be carried over to the new (`RubricChanges.carry` says
  how) and then has the same share and the same observed share.
- Not comparable: some review has another share, or cannot be carried over.

A doubt counts as a difference: where it would take more than the two documents to tell, the answer
is the stricter one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import islice
from typing import NamedTuple, TypeVar

from charter_score.figures import decimal_text
from charter_score.rating import RATING_WORDS, Policy, Rating, same_word
from charter_score.review import Rated, Review
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
    same_value,
)
from charter_score.scoring import NothingObservedError, Scorer

MOST_TRIED = 200
"""How many single misses are scored in search of an example."""

Place = tuple[str, ...]
"""Ids from the outside in: none, a section, or a section and its criterion."""
CriterionPlace = tuple[str, str]


class Figure(StrEnum):
    """What a change can touch. A share that is touched takes all the others with it."""

    SHARES = "shares"
    SECTION_SHARES = "section_shares"
    BANDS = "bands"
    BAND_NAMES = "band_names"
    EXPECTED = "expected"
    POINTS = "points"
    REVIEWS = "reviews"
    """Not a figure of a score but which reviews are accepted as they are."""


class Kind(StrEnum):
    """What happened to something."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    REORDERED = "reordered"
    REWORDED = "reworded"
    CHANGED = "changed"


class Verdict(StrEnum):
    """Whether scores of the two rubrics may stand side by side."""

    WORDING_ONLY = "wording only"
    COMPARABLE = "comparable"
    NOT_COMPARABLE = "not comparable"


class Step(StrEnum):
    """How large a step in the version the changes ask for, in the words of semantic versions."""

    PATCH = "patch or none"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: What happened.
        what: To what: `section`, `criterion`, `band`, or the name of a field such as `points`.
        place: The section, or section and criterion, in the ids of the new rubric, of the old one
            for what was removed; empty for the rubric itself.
        title: What people call it: the title of the section or criterion, the name of the band or
            field; empty for the rubric itself.
        old: What stood there; None where nothing did.
        new: What stands there now.
        touches: The figures that can differ because of it.
    """

    kind: Kind
    what: str
    place: Place
    title: str
    old: str | None = None
    new: str | None = None
    touches: frozenset[Figure] = frozenset()


@dataclass(frozen=True, slots=True)
class Carry:
    """What a review of the old needs before the new accepts it; no share depends on how it is done.

    Attributes:
        renamed: Old place of a rating to its new one.
        dropped: Ratings that have no place any more.
        rate: Criteria to be rated anew, as far as they apply: none has points.
        comment: Criteria whose rating may now need a comment.
        fill: Fields of the interaction whose rules became stricter.
    """

    renamed: Mapping[CriterionPlace, CriterionPlace] = field(default_factory=dict)
    dropped: tuple[CriterionPlace, ...] = ()
    rate: tuple[CriterionPlace, ...] = ()
    comment: tuple[CriterionPlace, ...] = ()
    fill: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether reviews can stay as they are."""
        return not (self.renamed or self.dropped or self.rate or self.comment or self.fill)


class Example(NamedTuple):
    """One review whose share differs: everything met but the two criteria that are named."""

    missed: str | None
    not_applicable: str | None
    old: Fraction
    new: Fraction


@dataclass(frozen=True, slots=True)
class RubricChanges:
    """Everything that differs between two rubrics, and what follows from it."""

    old: Rubric
    new: Rubric
    changes: tuple[Change, ...]
    carry: Carry
    example: Example | None

    @property
    def touched(self) -> frozenset[Figure]:
        """Every figure that can differ."""
        found = frozenset(figure for change in self.changes for figure in change.touches)
        return frozenset(Figure) if Figure.SHARES in found else found

    @property
    def verdict(self) -> Verdict:
        """Whether scores may stand side by side."""
        if Figure.SHARES in self.touched:
            return Verdict.NOT_COMPARABLE
        return Verdict.COMPARABLE if self.touched else Verdict.WORDING_ONLY

    @property
    def step(self) -> Step:
        """How large a step in the version this asks for."""
        match self.verdict:
            case Verdict.WORDING_ONLY:
                return Step.PATCH
            case Verdict.COMPARABLE:
                return Step.MINOR
            case Verdict.NOT_COMPARABLE:
                return Step.MAJOR

    @property
    def says_same_version(self) -> bool:
        """Whether the two differ and yet have one id and one version."""
        return bool(self.changes) and self.old.name == self.new.name


def compare(old: Rubric, new: Rubric) -> RubricChanges:
    """What changed from one rubric to another, both of them without errors."""
    found = _Comparison(old, new)
    changes = tuple(found.changes())
    touched = {figure for change in changes for figure in change.touches}
    example = _example(found) if Figure.SHARES in touched else None
    return RubricChanges(old, new, changes, found.carry(), example)


_NOTHING: frozenset[Figure] = frozenset()
_ANYTHING = FieldRule(many=True)
"""What holds for a field of the interaction that a rubric does not declare."""

T = TypeVar("T", Section, Criterion)
Home = tuple[Section, Criterion]
Condition = Mapping[str, tuple[str, ...]]


class _Pair(NamedTuple):
    """One criterion as it stands in the old rubric and in the new."""

    old_section: Section
    old: Criterion
    new_section: Section
    new: Criterion

    @property
    def old_place(self) -> CriterionPlace:
        return self.old_section.id, self.old.id

    @property
    def new_place(self) -> CriterionPlace:
        return self.new_section.id, self.new.id

    @property
    def same_condition(self) -> bool:
        """Whether it applies to the same interactions, by its section's condition and its own."""
        return _effective(self.old_section, self.old) == _effective(self.new_section, self.new)


class _Comparison:
    """Two rubrics with their sections and criteria matched, and the changes that follow."""

    def __init__(self, old: Rubric, new: Rubric) -> None:
        self.old, self.new = old, new
        self.weighted = old.combine is new.combine is Combine.SECTION_WEIGHTS
        self.sections, self.gone, self.come = _match(old.sections, new.sections)
        self._home = {after.id: before.id for before, after in self.sections}
        pairs: list[_Pair] = []
        gone: list[Home] = [(s, c) for s in self.gone for c in s.criteria]
        come: list[Home] = [(s, c) for s in self.come for c in s.criteria]
        for before, after in self.sections:
            kept, less, more = _match(before.criteria, after.criteria)
            pairs += [_Pair(before, one, after, other) for one, other in kept]
            gone += [(before, one) for one in less]
            come += [(after, one) for one in more]
        # What left one section and came into another under the same title has moved.
        moved, self.removed, self.added = _pair_up(gone, come, lambda home: _same(home[1].title))
        pairs += [_Pair(*before, *after) for before, after in moved]
        order = {_place(home): index for index, home in enumerate(new.criteria())}
        self.pairs = sorted(pairs, key=lambda pair: order[pair.new_place])
        self._factors: dict[str, Fraction | None] = {}
        for group in self._groups():
            factor = _factor(
                [pair for pair in self.pairs if pair.new_section.id in group], old, new
            )
            self._factors.update(dict.fromkeys(group, factor))
        self._rate: dict[CriterionPlace, None] = {}
        self._comment: dict[CriterionPlace, None] = {}
        self._fill: dict[str, None] = {}

    def carry(self) -> Carry:
        """What reviews of the old need; known once every change was asked for."""
        return Carry(
            {p.old_place: p.new_place for p in self.pairs if p.old_place != p.new_place},
            tuple(_place(home) for home in self.removed),
            (*self._rate, *(_place(home) for home in self.added)),
            tuple(self._comment),
            tuple(self._fill),
        )

    def changes(self) -> Iterator[Change]:
        """Every difference: the rubric's own first, then by section as the new rubric has them."""
        yield from self._texts()
        yield from self._rules()
        yield from self._bands()
        yield from self._fields()
        yield from self._all_points()
        yield from self._all_weights()
        for section in self.gone:
            yield self._section_at(Kind.REMOVED, section)
        yield from _reordered("sections", (), "", self.sections, self.old.sections)
        yield from self._removed_from(self.gone)
        counterpart = {after.id: before for before, after in self.sections}
        added = [_place(home) for home in self.added]
        pairs = {pair.new_place: pair for pair in self.pairs}
        for section in self.new.sections:
            before = counterpart.get(section.id)
            if before is None:
                yield self._section_at(Kind.ADDED, section)
            else:
                yield from self._section(before, section)
            for criterion in section.criteria:
                place = (section.id, criterion.id)
                if place in added:
                    yield self._criterion_at(Kind.ADDED, self.new, (section, criterion))
                else:
                    yield from self._criterion(pairs[place])
            if before is not None:
                yield from self._removed_from([before])

    def _removed_from(self, sections: Iterable[Section]) -> Iterator[Change]:
        """The criteria that these sections of the old rubric lost altogether."""
        ids = {section.id for section in sections}
        for home in self.removed:
            if home[0].id in ids:
                yield self._criterion_at(Kind.REMOVED, self.old, home)

    # The rubric itself.

    def _texts(self) -> Iterator[Change]:
        old, new = self.old, self.new
        for what in ("title", "organisation", "description", "source", "rule_source", "language"):
            yield from _reworded(what, (), "", getattr(old, what), getattr(new, what))
        for what, was, now in (
            ("hide_points", str(old.hide_points).lower(), str(new.hide_points).lower()),
            ("channel_costs", _numbers(old.channel_costs), _numbers(new.channel_costs)),
            ("scales", _scales(old), _scales(new)),
            ("ignore", _listed(old.ignore), _listed(new.ignore)),
        ):
            if was != now:
                yield Change(Kind.CHANGED, what, (), "", was or None, now or None)

    def _rules(self) -> Iterator[Change]:
        old, new = self.old, self.new
        if old.not_applicable is not new.not_applicable:
            used = any(
                self._stake(pair) and pair.old.not_applicable is not Permission.FORBIDDEN
                for pair in self.pairs
            )
            yield _changed(
                "not_applicable",
                old.not_applicable.value,
                new.not_applicable.value,
                {Figure.SHARES} if used else (),
            )
        if old.combine is not new.combine:
            # Of one section alone the weighted share is its share.
            single = len(old.sections) == len(new.sections) == 1
            yield _changed(
                "combine", old.combine.value, new.combine.value, () if single else {Figure.SHARES}
            )
        if old.on_critical is not new.on_critical:
            used = any(pair.old.critical and pair.new.critical for pair in self.pairs)
            yield _changed(
                "on_critical",
                old.on_critical.value,
                new.on_critical.value,
                {Figure.SHARES} if used else (),
            )
        if old.expected != new.expected:
            yield _changed(
                "expected", _percent(old.expected), _percent(new.expected), {Figure.EXPECTED}
            )

    def _bands(self) -> Iterator[Change]:
        old, new = self.old.bands, self.new.bands
        if [_bound(band) for band in old] == [_bound(band) for band in new]:
            for before, after in zip(old, new, strict=True):
                if before.name != after.name:
                    yield Change(
                        Kind.RENAMED,
                        "band",
                        (),
                        after.name,
                        before.name,
                        after.name,
                        frozenset([Figure.BAND_NAMES]),
                    )
                yield from _reworded("meaning", (), after.name, before.meaning, after.meaning)
            return
        touches = frozenset([Figure.BANDS])
        later = {_same(band.name): band for band in new}
        earlier = {_same(band.name): band for band in old}
        for band in old:
            if _same(band.name) not in later:
                yield Change(Kind.REMOVED, "band", (), band.name, _bound(band), None, touches)
        for band in new:
            was = earlier.get(_same(band.name))
            if was is None:
                yield Change(Kind.ADDED, "band", (), band.name, None, _bound(band), touches)
                continue
            if _bound(was) != _bound(band):
                yield Change(
                    Kind.CHANGED, "band", (), band.name, _bound(was), _bound(band), touches
                )
            yield from _reworded("meaning", (), band.name, was.meaning, band.meaning)

    def _fields(self) -> Iterator[Change]:
        old, new = self.old.fields, self.new.fields
        used = {
            name
            for rubric in (self.old, self.new)
            for section, criterion in rubric.criteria()
            for name in (*section.applies_when, *criterion.applies_when)
        }
        for name in dict.fromkeys([*old, *new]):
            before, after = old.get(name, _ANYTHING), new.get(name, _ANYTHING)
            touches: set[Figure] = set()
            if _stricter(before, after):
                touches.add(Figure.REVIEWS)
                if name in used:
                    # What the stricter rule makes of a review can decide what applies to it.
                    touches.add(Figure.SHARES)
                else:
                    self._fill[name] = None
            elif _stricter(after, before):
                touches.add(Figure.REVIEWS)
            was, now = (_field_text(rules.get(name)) for rules in (old, new))
            if was != now:
                kind = (
                    Kind.ADDED
                    if name not in old
                    else Kind.REMOVED
                    if name not in new
                    else Kind.CHANGED
                )
                yield Change(kind, "field", (), name, was, now, frozenset(touches))
            yield from _reworded("title", (), name, before.title, after.title)

    def _all_points(self) -> Iterator[Change]:
        """Points that were all multiplied by one number, which no share feels."""
        for group in self._groups():
            if self._factors[group[0]] in (None, 1):
                continue
            inside = [pair for pair in self.pairs if pair.new_section.id in group]
            yield Change(
                Kind.CHANGED,
                "all points",
                (group[0],) if self.weighted else (),
                inside[0].new_section.title if self.weighted else "",
                decimal_text(sum((self.old.points_of(p.old) for p in inside), Fraction(0))),
                decimal_text(sum((self.new.points_of(p.new) for p in inside), Fraction(0))),
                frozenset([Figure.POINTS]),
            )

    def _all_weights(self) -> Iterator[Change]:
        if not self.weighted or self._weight_factor() in (None, 1):
            return
        weights = [(before.weight, after.weight) for before, after in self.sections]
        yield Change(
            Kind.CHANGED,
            "all weights",
            (),
            "",
            ", ".join(decimal_text(old or Fraction(0)) for old, _ in weights),
            ", ".join(decimal_text(new or Fraction(0)) for _, new in weights),
            frozenset([Figure.POINTS]),
        )

    def _groups(self) -> list[list[str]]:
        """The sections whose points may be multiplied together: all, or each for itself."""
        ids = [section.id for section in self.new.sections]
        return [[one] for one in ids] if self.weighted else [ids]

    def _weight_factor(self) -> Fraction | None:
        """The one number by which all weights were multiplied."""
        factors = {
            (after.weight or Fraction(0)) / before.weight
            for before, after in self.sections
            if before.weight
        }
        return factors.pop() if len(factors) == 1 else None

    # Sections.

    def _section_at(self, kind: Kind, section: Section) -> Change:
        """A section that came or went whole; its criteria are told one by one."""
        rubric = self.old if kind is Kind.REMOVED else self.new
        touches = set()
        if any(rubric.points_of(criterion) for criterion in section.criteria):
            touches.add(Figure.SHARES if self.weighted else Figure.SECTION_SHARES)
        text = section.title
        return Change(
            kind,
            "section",
            (section.id,),
            section.title,
            text if kind is Kind.REMOVED else None,
            text if kind is Kind.ADDED else None,
            frozenset(touches),
        )

    def _section(self, before: Section, after: Section) -> Iterator[Change]:
        place, title = (after.id,), after.title
        if before.id != after.id:
            touches = frozenset([Figure.REVIEWS])
            yield Change(Kind.RENAMED, "section", place, title, before.id, after.id, touches)
        yield from _reworded("title", place, title, before.title, after.title)
        yield from _reworded("guidance", place, title, before.guidance, after.guidance)
        if self.weighted and before.weight != after.weight and self._weight_factor() is None:
            yield Change(
                Kind.CHANGED,
                "weight",
                place,
                title,
                _number(before.weight),
                _number(after.weight),
                frozenset([Figure.SHARES]),
            )
        inside = [pair for pair in self.pairs if pair.new_section is after]
        if _condition(before.applies_when) != _condition(after.applies_when):
            touched = [self._condition_stake(pair) for pair in inside]
            yield Change(
                Kind.CHANGED,
                "applies_when",
                place,
                title,
                _condition_text(before.applies_when),
                _condition_text(after.applies_when),
                frozenset(figure for touches in touched for figure in touches),
            )
        stayed = [(pair.old, pair.new) for pair in inside if pair.old_section is before]
        yield from _reordered("criteria", place, title, stayed, before.criteria)

    # Criteria.

    def _stake(self, pair: _Pair) -> frozenset[Figure]:
        """The figures that the rating of a criterion can touch, in either rubric."""
        return _stake(self.old, pair.old) | _stake(self.new, pair.new)

    def _condition_stake(self, pair: _Pair) -> frozenset[Figure]:
        """What it touches that a criterion now applies to other interactions."""
        if pair.same_condition:
            return _NOTHING
        return self._anew(pair)

    def _anew(self, pair: _Pair) -> frozenset[Figure]:
        """What it touches that the ratings of a criterion cannot be kept as they are."""
        stake = self._stake(pair)
        if Figure.SHARES not in stake:
            self._rate[pair.new_place] = None
        return stake | {Figure.REVIEWS}

    def _criterion_at(self, kind: Kind, rubric: Rubric, home: Home) -> Change:
        """A criterion that came or went."""
        _, criterion = home
        text = _worth_text(rubric, criterion)
        return Change(
            kind,
            "criterion",
            _place(home),
            criterion.title,
            text if kind is Kind.REMOVED else None,
            text if kind is Kind.ADDED else None,
            _stake(rubric, criterion) | {Figure.REVIEWS},
        )

    def _criterion(self, pair: _Pair) -> Iterator[Change]:
        old, new = pair.old, pair.new
        place, title = pair.new_place, new.title
        yield from self._whereabouts(pair)
        for what in ("title", "guidance", "advice", "source"):
            yield from _reworded(what, place, title, getattr(old, what), getattr(new, what))
        looks = [", ".join(f"{k}: {v}" for k, v in one.looks_like.items()) for one in (old, new)]
        yield from _reworded("looks_like", place, title, *looks)
        yield from self._worth(pair)
        if old.critical is not new.critical:
            yield Change(
                Kind.CHANGED,
                "critical",
                place,
                title,
                str(old.critical).lower(),
                str(new.critical).lower(),
                _critical_stake(self.old if old.critical else self.new),
            )
        yield from self._permissions(pair)
        if _condition(old.applies_when) != _condition(new.applies_when):
            yield Change(
                Kind.CHANGED,
                "applies_when",
                place,
                title,
                _condition_text(old.applies_when),
                _condition_text(new.applies_when),
                self._condition_stake(pair),
            )

    def _whereabouts(self, pair: _Pair) -> Iterator[Change]:
        """That it stands in another section, or under another id."""
        place, title = pair.new_place, pair.new.title
        if self._home.get(pair.new_section.id) != pair.old_section.id:
            touches = {Figure.REVIEWS, *self._condition_stake(pair)}
            if Figure.SHARES in self._stake(pair):
                touches.add(Figure.SHARES if self.weighted else Figure.SECTION_SHARES)
            yield Change(
                Kind.MOVED,
                "criterion",
                place,
                title,
                ".".join(pair.old_place),
                ".".join(place),
                frozenset(touches),
            )
        elif pair.old.id != pair.new.id:
            touches = {Figure.REVIEWS}
            yield Change(
                Kind.RENAMED,
                "criterion",
                place,
                title,
                pair.old.id,
                pair.new.id,
                frozenset(touches),
            )

    def _worth(self, pair: _Pair) -> Iterator[Change]:
        """Points and levels: what each rating is worth, beside what all others are."""
        was, now = _worth_text(self.old, pair.old), _worth_text(self.new, pair.new)
        touches = set(self._worth_touches(pair))
        multiplied = self._factors[pair.new_section.id] not in (None, 1)
        if not touches and (was == now or multiplied):
            return
        what = "points" if pair.old.levels is None and pair.new.levels is None else "levels"
        yield Change(
            Kind.CHANGED if touches else Kind.REWORDED,
            what,
            pair.new_place,
            pair.new.title,
            was,
            now,
            frozenset(touches),
        )

    def _worth_touches(self, pair: _Pair) -> Iterator[Figure]:
        old, new = _worths(self.old, pair.old), _worths(self.new, pair.new)
        before, after = self.old.points_of(pair.old), self.new.points_of(pair.new)
        if set(old) - set(new):
            yield from self._anew(pair)
            return
        if set(new) - set(old):
            yield Figure.REVIEWS
        if (before != after and self._factors[pair.new_section.id] is None) or any(
            new[word].earned * before != worth.earned * after for word, worth in old.items()
        ):
            yield from self._stake(pair)
        if (
            self.old.not_applicable is self.new.not_applicable is Policy.MET
            and pair.old.not_applicable is not Permission.FORBIDDEN
            and _na_earned(self.old, pair.old) * after != _na_earned(self.new, pair.new) * before
        ):
            yield from self._stake(pair)
        if (
            pair.old.critical
            and pair.new.critical
            and any(new[word].missed is not worth.missed for word, worth in old.items())
        ):
            yield from _critical_stake(self.old) | _critical_stake(self.new)

    def _permissions(self, pair: _Pair) -> Iterator[Change]:
        """What a reviewer may and must write."""
        old, new, place = pair.old, pair.new, pair.new_place
        if old.not_applicable is not new.not_applicable:
            touches = frozenset([Figure.REVIEWS])
            if new.not_applicable is Permission.FORBIDDEN:
                touches = self._anew(pair)
            elif new.not_applicable is Permission.NEEDS_COMMENT:
                self._comment[place] = None
            yield Change(
                Kind.CHANGED,
                "not_applicable",
                place,
                new.title,
                old.not_applicable.value,
                new.not_applicable.value,
                touches,
            )
        if old.comment is not new.comment:
            if new.comment is CommentRule.WHEN_MISSED:
                self._comment[place] = None
            yield Change(
                Kind.CHANGED,
                "comment",
                place,
                new.title,
                old.comment.value,
                new.comment.value,
                frozenset([Figure.REVIEWS]),
            )


class _Worth(NamedTuple):
    """What a rating word earns, and whether it misses the criterion."""

    earned: Fraction
    missed: bool


def _worths(rubric: Rubric, criterion: Criterion) -> dict[str, _Worth]:
    """Every word that a reviewer may write, n/a aside, in its plain form."""
    levels = rubric.levels_of(criterion)
    read = rubric.rating_reader(criterion)
    words: Iterable[str] = RATING_WORDS if levels is None else map(same_word, levels)
    found = {}
    for word in words:
        rating = read(word)
        if rating is None or rating == Rating.NOT_APPLICABLE:
            continue
        earned = rubric.earns(criterion, rating) or Fraction(0)
        found[word] = _Worth(earned, rubric.misses(criterion, rating))
    return found


def _na_earned(rubric: Rubric, criterion: Criterion) -> Fraction:
    return rubric.earns(criterion, Rating.NOT_APPLICABLE) or Fraction(0)


def _stake(rubric: Rubric, criterion: Criterion) -> frozenset[Figure]:
    """The figures that the rating of a criterion can touch."""
    if rubric.points_of(criterion):
        return frozenset([Figure.SHARES])
    return _critical_stake(rubric) if criterion.critical else _NOTHING


def _critical_stake(rubric: Rubric) -> frozenset[Figure]:
    """The figures that missing a critical criterion touches."""
    match rubric.on_critical:
        case OnCritical.ZERO:
            return frozenset([Figure.SHARES])
        case OnCritical.LOWEST_BAND:
            return frozenset([Figure.BANDS, Figure.EXPECTED])


def _factor(pairs: Sequence[_Pair], old: Rubric, new: Rubric) -> Fraction | None:
    """The one number by which the points of all these criteria were multiplied, if there is one."""
    factors = set()
    for pair in pairs:
        before, after = old.points_of(pair.old), new.points_of(pair.new)
        if bool(before) is not bool(after):
            return None
        if before:
            factors.add(after / before)
    if not factors:
        return Fraction(1)
    return factors.pop() if len(factors) == 1 else None


def _match(old: Sequence[T], new: Sequence[T]) -> tuple[list[tuple[T, T]], list[T], list[T]]:
    """Pair sections, or criteria of one section: by id and title, else by title, else by id.

    The title goes before the id: where ids were exchanged, a rating belongs to what it says.
    Pairs are in the order of `new`, the rest in its own.
    """
    pairs: list[tuple[T, T]] = []
    gone, come = list(old), list(new)
    keys: tuple[Callable[[T], object], ...] = (
        lambda one: (one.id, _same(one.title)),
        lambda one: _same(one.title),
        lambda one: one.id,
    )
    for key in keys:
        found, gone, come = _pair_up(gone, come, key)
        pairs += found
    place = {one.id: index for index, one in enumerate(new)}
    return sorted(pairs, key=lambda pair: place[pair[1].id]), gone, come


U = TypeVar("U")


def _pair_up(
    old: Sequence[U], new: Sequence[U], key: Callable[[U], object]
) -> tuple[list[tuple[U, U]], list[U], list[U]]:
    """Pair what has a key that is its alone on both sides; then what is left of either."""
    before, after = _alone(old, key), _alone(new, key)
    shared = {name for name in before if name in after}
    pairs = [(before[key(one)], one) for one in new if key(one) in shared]
    return (
        pairs,
        [one for one in old if key(one) not in shared],
        [one for one in new if key(one) not in shared],
    )


def _alone(items: Iterable[U], key: Callable[[U], object]) -> dict[object, U]:
    """What has a key that nothing else has."""
    found: dict[object, list[U]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return {name: group[0] for name, group in found.items() if len(group) == 1}


def _same(text: str) -> str:
    """The form in which two titles are equal: NFC, case and runs of space aside."""
    return " ".join(same_value(text).split())


def _place(home: Home) -> CriterionPlace:
    return home[0].id, home[1].id


def _condition(condition: Condition) -> frozenset[tuple[str, frozenset[str]]]:
    """A condition in the form in which two mean the same."""
    return frozenset(
        (name, frozenset(same_value(value) for value in values if value.strip()))
        for name, values in condition.items()
    )


def _effective(section: Section, criterion: Criterion) -> frozenset[tuple[str, frozenset[str]]]:
    return _condition(section.applies_when) | _condition(criterion.applies_when)


def _stricter(before: FieldRule, after: FieldRule) -> bool:
    """Whether some interaction that the one rule lets pass does not pass the other."""
    known = {same_value(value) for value in before.values}
    still = {same_value(value) for value in after.values}
    return (
        (bool(still) and (not known or not known <= still))
        or (after.required and not before.required)
        or (before.many and not after.many)
    )


# What a change says stood there before and stands there now.


def _reworded(what: str, place: Place, title: str, old: str, new: str) -> Iterator[Change]:
    if old != new:
        yield Change(Kind.REWORDED, what, place, title, old or None, new or None)


def _changed(what: str, old: str | None, new: str | None, touches: Iterable[Figure]) -> Change:
    return Change(Kind.CHANGED, what, (), "", old, new, frozenset(touches))


def _reordered(
    what: str, place: Place, title: str, pairs: Iterable[tuple[T, T]], old: Sequence[T]
) -> Iterator[Change]:
    """That what stayed stands in another order; `pairs` are in the new one."""
    index = {one.id: number for number, one in enumerate(old)}
    kept = list(pairs)
    places = [index[before.id] for before, _ in kept]
    if places != sorted(places):
        was = [before.id for before, _ in sorted(kept, key=lambda pair: index[pair[0].id])]
        now = [after.id for _, after in kept]
        yield Change(Kind.REORDERED, what, place, title, _listed(was), _listed(now))


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def _number(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)


def _numbers(values: Mapping[str, Fraction]) -> str:
    return _listed(f"{name} {decimal_text(value)}" for name, value in values.items())


def _percent(share: Fraction | None) -> str | None:
    return None if share is None else f"{decimal_text(share * 100)}%"


def _bound(band: Band) -> str:
    if band.from_ is not None:
        return f"from {_percent(band.from_)}"
    return "from the bottom" if band.above is None else f"above {_percent(band.above)}"


def _scales(rubric: Rubric) -> str:
    return "; ".join(f"{name}: {_numbers(levels)}" for name, levels in rubric.scales.items())


def _worth_text(rubric: Rubric, criterion: Criterion) -> str:
    levels = rubric.levels_of(criterion)
    return decimal_text(rubric.points_of(criterion)) if levels is None else _numbers(levels)


def _condition_text(condition: Condition) -> str | None:
    told = (f"{name} is {' or '.join(values)}" for name, values in condition.items())
    return " and ".join(told) or None


def _field_text(rule: FieldRule | None) -> str | None:
    if rule is None:
        return None
    told = [_listed(rule.values) or "any value", "required" if rule.required else "optional"]
    if rule.many:
        told.append("one or several")
    return "; ".join(told)


# An example says more than a rule.


def _example(found: _Comparison) -> Example | None:
    """The review with the largest difference among those with one miss, or one miss and one n/a."""
    old, new = Scorer(found.old), Scorer(found.new)
    now = {pair.old_place: pair.new_place for pair in found.pairs}
    missed: list[tuple[CriterionPlace | None, CriterionPlace | None, Home]] = [
        (_place(home), now.get(_place(home)), home) for home in found.old.criteria()
    ]
    missed += [(None, _place(home), home) for home in found.added]
    allowed = [
        pair
        for pair in found.pairs
        if Permission.FORBIDDEN not in (pair.old.not_applicable, pair.new.not_applicable)
    ][:2]
    best: Example | None = None
    for before, after, home in islice(missed, MOST_TRIED):
        interaction = _interaction(home)
        absent = next((pair for pair in allowed if pair.old_place != before), None)
        for pair in (None, absent) if absent else (None,):
            was = _share(old, before, pair and pair.old_place, interaction)
            then = _share(new, after, pair and pair.new_place, interaction)
            if was is None or then is None or was == then:
                continue
            if best is None or abs(was - then) > abs(best.old - best.new):
                best = Example(home[1].title, pair.new.title if pair else None, was, then)
    return best


def _interaction(home: Home) -> dict[str, tuple[str, ...]]:
    """An interaction to which a criterion applies."""
    found: dict[str, tuple[str, ...]] = {}
    for condition in (home[0].applies_when, home[1].applies_when):
        for name, values in condition.items():
            found[name] = (*found.get(name, ()), *values[:1])
    return found


def _share(
    scorer: Scorer,
    missed: CriterionPlace | None,
    absent: CriterionPlace | None,
    interaction: Mapping[str, tuple[str, ...]],
) -> Fraction | None:
    """The share of a review in which all else was met; None where nothing was observed."""
    rubric = scorer.rubric
    ratings: dict[str, dict[str, Rated]] = {}
    for section, criterion in rubric.criteria():
        place = (section.id, criterion.id)
        word = _best_or_worst(rubric, criterion, best=place != missed)
        ratings.setdefault(section.id, {})[criterion.id] = Rated(
            rating=Rating.NOT_APPLICABLE.value if place == absent else word
        )
    try:
        return scorer.score(Review(ratings=ratings, interaction=interaction)).share
    except NothingObservedError:
        return None


def _best_or_worst(rubric: Rubric, criterion: Criterion, *, best: bool) -> str:
    levels = rubric.levels_of(criterion)
    if levels is None:
        return Rating.MET.value if best else Rating.NOT_MET.value
    return (max if best else min)(levels, key=lambda level: levels[level])
