"""The changes of a rubric's sections and criteria, one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from charter_score import facts
from charter_score.comparing.changes import Change, Figure, Kind, Place
from charter_score.comparing.matching import Home, Matching, Pair, Part, place_of
from charter_score.comparing.stakes import criterion_stake, critical_stake, na_earned, stake, worths
from charter_score.comparing.wording import (
    limit_text,
    listed,
    number_text,
    reworded,
    worth_text,
)
from charter_score.rating import Policy
from charter_score.rubric import (
    CommentRule,
    Criterion,
    CriterionKey,
    Permission,
    Rubric,
    Section,
    same_value,
)


class CriteriaChanges:
    """The changes, and what reviews need because of them.

    Attributes:
        rate: Criteria to be rated anew; known once every change was asked for.
        comment: Criteria whose rating may now need a comment; the same.
    """

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self._removed: dict[str, list[Home]] = {}
        for home in matching.removed:
            self._removed.setdefault(home[0].id, []).append(home)
        self.rate: dict[CriterionKey, None] = {}
        self.comment: dict[CriterionKey, None] = {}

    def changes(self) -> Iterator[Change]:
        """Every difference, by section as the new rubric has them."""
        for section in self.matching.gone:
            yield self._section_at(Kind.REMOVED, section)
        yield from _reordered(
            "sections", (), "", self.matching.sections, self.matching.old.sections
        )
        for section in self.matching.gone:
            yield from self._removed_from(section)
        counterpart = {after.id: before for before, after in self.matching.sections}
        added = {place_of(home) for home in self.matching.added}
        pairs = {pair.new_place: pair for pair in self.matching.pairs}
        for section in self.matching.new.sections:
            before = counterpart.get(section.id)
            if before is None:
                yield self._section_at(Kind.ADDED, section)
            else:
                yield from self._section(before, section)
            for criterion in section.criteria:
                place = (section.id, criterion.id)
                if place in added:
                    yield self._criterion_at(Kind.ADDED, self.matching.new, (section, criterion))
                else:
                    yield from self._criterion(pairs[place])
            if before is not None:
                yield from self._removed_from(before)

    def _removed_from(self, section: Section) -> Iterator[Change]:
        """The criteria that a section of the old rubric lost altogether."""
        for home in self._removed.get(section.id, ()):
            yield self._criterion_at(Kind.REMOVED, self.matching.old, home)

    def _section_at(self, kind: Kind, section: Section) -> Change:
        """A section that came or went whole; its criteria are told one by one."""
        rubric = self.matching.old if kind is Kind.REMOVED else self.matching.new
        touches = set()
        if any(rubric.points_of(criterion) for criterion in section.criteria):
            touches.add(Figure.SHARES if self.matching.weighted else Figure.SECTION_SHARES)
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
        yield from reworded("title", place, title, before.title, after.title)
        yield from reworded("guidance", place, title, before.guidance, after.guidance)
        if (
            self.matching.weighted
            and before.weight != after.weight
            and self.matching.weight_factor is None
        ):
            yield Change(
                Kind.CHANGED,
                "weight",
                place,
                title,
                number_text(before.weight),
                number_text(after.weight),
                frozenset([Figure.SHARES]),
            )
        if before.at_least != after.at_least:
            both = (self.matching.old, self.matching.new)
            yield Change(
                Kind.CHANGED,
                "at_least",
                place,
                title,
                facts.minimum(before) or None,
                facts.minimum(after) or None,
                frozenset(figure for rubric in both for figure in critical_stake(rubric)),
            )
        inside = self.matching.inside[after.id]
        if _meaning(before.applies_when) != _meaning(after.applies_when):
            touched = [self._condition_stake(pair) for pair in inside]
            yield Change(
                Kind.CHANGED,
                "applies_when",
                place,
                title,
                facts.condition(before.applies_when) or None,
                facts.condition(after.applies_when) or None,
                frozenset(figure for touches in touched for figure in touches),
            )
        stayed = [(pair.old, pair.new) for pair in inside if pair.old_section is before]
        yield from _reordered("criteria", place, title, stayed, before.criteria)

    # Criteria.

    def _condition_stake(self, pair: Pair) -> frozenset[Figure]:
        """What it touches that a criterion now applies to other interactions."""
        if _same_condition(pair):
            return frozenset()
        return self._anew(pair)

    def _anew(self, pair: Pair) -> frozenset[Figure]:
        """What it touches that the ratings of a criterion cannot be kept as they are."""
        touches = stake(self.matching, pair)
        if Figure.SHARES not in touches:
            self.rate[pair.new_place] = None
        return touches | {Figure.REVIEWS}

    def _criterion_at(self, kind: Kind, rubric: Rubric, home: Home) -> Change:
        """A criterion that came or went."""
        _, criterion = home
        text = worth_text(rubric, criterion)
        return Change(
            kind,
            "criterion",
            place_of(home),
            criterion.title,
            text if kind is Kind.REMOVED else None,
            text if kind is Kind.ADDED else None,
            criterion_stake(rubric, criterion) | {Figure.REVIEWS},
        )

    def _criterion(self, pair: Pair) -> Iterator[Change]:
        old, new = pair.old, pair.new
        place, title = pair.new_place, new.title
        yield from self._whereabouts(pair)
        for what in ("title", "guidance", "advice", "source"):
            yield from reworded(what, place, title, getattr(old, what), getattr(new, what))
        looks = [", ".join(f"{k}: {v}" for k, v in one.looks_like.items()) for one in (old, new)]
        yield from reworded("looks_like", place, title, *looks)
        yield from self._worth(pair)
        if old.critical != new.critical:
            yield Change(
                Kind.CHANGED,
                "critical",
                place,
                title,
                limit_text(old.critical),
                limit_text(new.critical),
                critical_stake(self.matching.old if old.critical else self.matching.new),
            )
        yield from self._permissions(pair)
        was, now = facts.tags(self.matching.old, old), facts.tags(self.matching.new, new)
        if old.tags != new.tags:
            touches = frozenset([Figure.TAGS])
            yield Change(Kind.CHANGED, "tags", place, title, was or None, now or None, touches)
        if _meaning(old.applies_when) != _meaning(new.applies_when):
            yield Change(
                Kind.CHANGED,
                "applies_when",
                place,
                title,
                facts.condition(old.applies_when) or None,
                facts.condition(new.applies_when) or None,
                self._condition_stake(pair),
            )

    def _whereabouts(self, pair: Pair) -> Iterator[Change]:
        """That it stands in another section, or under another id."""
        place, title = pair.new_place, pair.new.title
        if self.matching.moved(pair):
            touches = {Figure.REVIEWS, *self._condition_stake(pair)}
            if Figure.SHARES in stake(self.matching, pair):
                touches.add(Figure.SHARES if self.matching.weighted else Figure.SECTION_SHARES)
                if any(one.at_least is not None for one in (pair.old_section, pair.new_section)):
                    touches |= critical_stake(self.matching.new)
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

    def _worth(self, pair: Pair) -> Iterator[Change]:
        """Points and levels: what each rating is worth, beside what all others are."""
        was, now = worth_text(self.matching.old, pair.old), worth_text(self.matching.new, pair.new)
        touches = set(self._worth_touches(pair))
        multiplied = self.matching.factors[pair.new_section.id] not in (None, 1)
        if not touches and (was == now or multiplied):
            return
        what = "points"
        if was == now and self.matching.old.words != self.matching.new.words:
            what = "words"
            was, now = (
                listed(rubric.shown_words(one))
                for rubric, one in ((self.matching.old, pair.old), (self.matching.new, pair.new))
            )
        elif any(one.levels is not None for one in (pair.old, pair.new)):
            what = "levels"
        elif any(one.range is not None for one in (pair.old, pair.new)):
            what = "range"
        yield Change(
            Kind.CHANGED if touches else Kind.REWORDED,
            what,
            pair.new_place,
            pair.new.title,
            was,
            now,
            frozenset(touches),
        )

    def _worth_touches(self, pair: Pair) -> Iterator[Figure]:
        old, new = worths(self.matching.old, pair.old), worths(self.matching.new, pair.new)
        before, after = self.matching.old.points_of(pair.old), self.matching.new.points_of(pair.new)
        if set(old) - set(new):
            yield from self._anew(pair)
            return
        if set(new) - set(old):
            yield Figure.REVIEWS
        if (before != after and self.matching.factors[pair.new_section.id] is None) or any(
            new[word].earned * before != worth.earned * after for word, worth in old.items()
        ):
            yield from stake(self.matching, pair)
        if (
            self.matching.old.not_applicable is self.matching.new.not_applicable is Policy.MET
            and pair.old.not_applicable is not Permission.FORBIDDEN
            and na_earned(self.matching.old, pair.old) * after
            != na_earned(self.matching.new, pair.new) * before
        ):
            yield from stake(self.matching, pair)
        if (
            pair.old.critical
            and pair.new.critical
            and any(new[word].missed is not worth.missed for word, worth in old.items())
        ):
            yield from critical_stake(self.matching.old) | critical_stake(self.matching.new)

    def _permissions(self, pair: Pair) -> Iterator[Change]:
        """What a reviewer may and must write."""
        old, new, place = pair.old, pair.new, pair.new_place
        if old.not_applicable is not new.not_applicable:
            touches = frozenset([Figure.REVIEWS])
            if new.not_applicable is Permission.FORBIDDEN:
                touches = self._anew(pair)
            elif new.not_applicable is Permission.NEEDS_COMMENT:
                self.comment[place] = None
            yield Change(
                Kind.CHANGED,
                "not_applicable",
                place,
                new.title,
                old.not_applicable.value,
                new.not_applicable.value,
                touches,
            )
        if old.comment != new.comment:
            if new.comment is not CommentRule.OPTIONAL:
                self.comment[place] = None
            yield Change(
                Kind.CHANGED,
                "comment",
                place,
                new.title,
                limit_text(old.comment),
                limit_text(new.comment),
                frozenset([Figure.REVIEWS]),
            )


def _meaning(condition: Mapping[str, tuple[str, ...]]) -> frozenset[tuple[str, frozenset[str]]]:
    """A condition in the form in which two mean the same."""
    return frozenset(
        (name, frozenset(same_value(value) for value in values if value.strip()))
        for name, values in condition.items()
    )


def _same_condition(pair: Pair) -> bool:
    """Whether it applies to the same interactions, by its section's condition and its own."""
    return _effective(pair.old_section, pair.old) == _effective(pair.new_section, pair.new)


def _effective(section: Section, criterion: Criterion) -> frozenset[tuple[str, frozenset[str]]]:
    return _meaning(section.applies_when) | _meaning(criterion.applies_when)


def _reordered(
    what: str, place: Place, title: str, pairs: Iterable[tuple[Part, Part]], old: Sequence[Part]
) -> Iterator[Change]:
    """That what stayed stands in another order; `pairs` are in the new one."""
    index = {one.id: number for number, one in enumerate(old)}
    kept = list(pairs)
    places = [index[before.id] for before, _ in kept]
    if places != sorted(places):
        was = [before.id for before, _ in sorted(kept, key=lambda pair: index[pair[0].id])]
        now = [after.id for _, after in kept]
        yield Change(Kind.REORDERED, what, place, title, listed(was), listed(now))
