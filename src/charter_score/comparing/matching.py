"""Which section and which criterion of one rubric is which of another."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

from charter_score.rubric import Combine, Criterion, CriterionKey, Rubric, Section, same_value

Part = TypeVar("Part", Section, Criterion)
U = TypeVar("U")
Home = tuple[Section, Criterion]
"""A criterion with its section."""


class Pair(NamedTuple):
    """One criterion as it stands in the old rubric and in the new."""

    old_section: Section
    old: Criterion
    new_section: Section
    new: Criterion

    @property
    def old_place(self) -> CriterionKey:
        """Where its ratings stand in a review of the old."""
        return self.old_section.id, self.old.id

    @property
    def new_place(self) -> CriterionKey:
        """Where they stand in a review of the new."""
        return self.new_section.id, self.new.id


class Matching:
    """Two rubrics with their sections and criteria matched.

    Attributes:
        old: The one.
        new: The other.
        weighted: Whether both make the score of weighted sections.
        sections: The sections of the old that are in the new, in the order of the new.
        gone: The sections of the old that are not.
        come: The sections of the new that were not in the old.
        pairs: The criteria of the old that are in the new, in the order of the new.
        removed: The criteria of the old that are not.
        added: The criteria of the new that were not in the old.
        inside: Those of `pairs` that stand in a section of the new, by its id.
        factors: By which one number the points of each section of the new were multiplied, if
            there is one.
        weight_factor: By which one number all weights were multiplied, if there is one.
    """

    def __init__(self, old: Rubric, new: Rubric) -> None:
        self.old, self.new = old, new
        self.weighted = old.combine is new.combine is Combine.SECTION_WEIGHTS
        self.sections, self.gone, self.come = _match(old.sections, new.sections)
        self._home = {after.id: before.id for before, after in self.sections}
        pairs: list[Pair] = []
        gone: list[Home] = [(s, c) for s in self.gone for c in s.criteria]
        come: list[Home] = [(s, c) for s in self.come for c in s.criteria]
        for before, after in self.sections:
            kept, less, more = _match(before.criteria, after.criteria)
            pairs += [Pair(before, one, after, other) for one, other in kept]
            gone += [(before, one) for one in less]
            come += [(after, one) for one in more]
        # What left one section and came into another under the same title has moved.
        moved, self.removed, self.added = _pair_up(
            gone, come, lambda home: same_title(home[1].title)
        )
        pairs += [Pair(*before, *after) for before, after in moved]
        order = {place_of(home): index for index, home in enumerate(new.criteria())}
        self.pairs = sorted(pairs, key=lambda pair: order[pair.new_place])
        self.inside: dict[str, list[Pair]] = {section.id: [] for section in new.sections}
        for pair in self.pairs:
            self.inside[pair.new_section.id].append(pair)
        self.factors: dict[str, Fraction | None] = {}
        for group in self.groups():
            factor = _factor([pair for name in group for pair in self.inside[name]], old, new)
            self.factors.update(dict.fromkeys(group, factor))
        self.weight_factor = self._weight_factor()

    def moved(self, pair: Pair) -> bool:
        """Whether a criterion stands in another section."""
        return self._home.get(pair.new_section.id) != pair.old_section.id

    def groups(self) -> list[list[str]]:
        """The sections whose points may be multiplied together: all, or each for itself."""
        ids = [section.id for section in self.new.sections]
        return [[one] for one in ids] if self.weighted else [ids]

    def _weight_factor(self) -> Fraction | None:
        factors = {
            (after.weight or Fraction(0)) / before.weight
            for before, after in self.sections
            if before.weight
        }
        return factors.pop() if len(factors) == 1 else None


def _factor(pairs: Sequence[Pair], old: Rubric, new: Rubric) -> Fraction | None:
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


def _match(
    old: Sequence[Part], new: Sequence[Part]
) -> tuple[list[tuple[Part, Part]], list[Part], list[Part]]:
    """Pair sections, or criteria of one section: by id and title, else by title, else by id.

    The title goes before the id: where ids were exchanged, a rating belongs to what it says.
    Pairs are in the order of `new`, the rest in its own.
    """
    pairs: list[tuple[Part, Part]] = []
    gone, come = list(old), list(new)
    keys: tuple[Callable[[Part], object], ...] = (
        lambda one: (one.id, same_title(one.title)),
        lambda one: same_title(one.title),
        lambda one: one.id,
    )
    for key in keys:
        found, gone, come = _pair_up(gone, come, key)
        pairs += found
    place = {one.id: index for index, one in enumerate(new)}
    return sorted(pairs, key=lambda pair: place[pair[1].id]), gone, come


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


def same_title(text: str) -> str:
    """The form in which two titles are equal: NFC, case and runs of space aside."""
    return " ".join(same_value(text).split())


def place_of(home: Home) -> CriterionKey:
    """The ids of a criterion and its section."""
    return home[0].id, home[1].id
