"""The interactions that a rubric's conditions tell apart, and what applies in each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import NamedTuple

from charter_score.rubric import FieldRule, Rubric, same_value

Interaction = Mapping[str, tuple[str, ...]]
"""What a made-up interaction says in each field."""

MOST_CASES = 96
"""How many sets of criteria that apply together are tried at most."""
MOST_APPLYING = 4000
"""How many criteria those sets have together at most, though four sets are always tried."""
MOST_COMBINATIONS = 20_000
"""Up to so many answers to all those fields together, every one is looked at."""
MOST_TOGETHER = 6
"""Up to so many values of one field, every choice of several is looked at."""


NOTHING_GIVEN: Interaction = {}


class Case(NamedTuple):
    """An interaction, and the places in the rubric of the criteria that apply to it."""

    interaction: Interaction
    applying: tuple[int, ...]


def cases_of(rubric: Rubric, given: Interaction = NOTHING_GIVEN) -> tuple[list[Case], bool]:
    """An interaction for every set of criteria that can apply together; whether those are all.

    `given` are the fields that are known already, each with what it says.
    """
    homes = list(rubric.criteria())
    conditions = [(section.applies_when, criterion.applies_when) for section, criterion in homes]
    names = dict.fromkeys(name for both in conditions for one in both for name in one)
    choices: list[list[tuple[str, tuple[str, ...]]]] = []
    whole = True
    for name in names:
        if name in given:
            choices.append([(name, given[name])])
            continue
        allowed = [one[name] for both in conditions for one in both if name in one]
        answers, all_of_them = _answers(rubric.fields.get(name), allowed)
        whole = whole and all_of_them
        choices.append([(name, answer) for answer in answers])
    most = min(MOST_CASES, max(4, MOST_APPLYING // max(1, len(homes))))
    found: dict[tuple[int, ...], Interaction] = {}
    for combination in _spread(choices):
        interaction = {name: answer for name, answer in combination if answer}
        applying = tuple(
            index
            for index, both in enumerate(conditions)
            if all(_holds(one, interaction) for one in both)
        )
        found.setdefault(applying, interaction)
        if len(found) == most:
            break
    whole = whole and prod(len(one) for one in choices) <= MOST_COMBINATIONS
    whole = whole and len(found) < most
    return [Case(interaction, applying) for applying, interaction in found.items()], whole


def _spread(
    choices: Sequence[Sequence[tuple[str, tuple[str, ...]]]],
) -> Iterator[tuple[tuple[str, tuple[str, ...]], ...]]:
    """Every combination of answers; where they are too many, all that change one or two answers."""
    if prod(len(one) for one in choices) <= MOST_COMBINATIONS:
        yield from product(*choices)
        return
    first = tuple(one[0] for one in choices)
    yield first
    for many in (1, 2):
        for places in combinations(range(len(choices)), many):
            for answers in product(*(choices[place][1:] for place in places)):
                changed = dict(zip(places, answers, strict=True))
                yield tuple(changed.get(place, one) for place, one in enumerate(first))


def _answers(
    rule: FieldRule | None, allowed: Sequence[tuple[str, ...]]
) -> tuple[list[tuple[str, ...]], bool]:
    """What a review can say in a field, one answer for each way in which conditions take it.

    `allowed` is what each condition allows; the second value is whether every way is there.
    """
    mentioned = dict.fromkeys(value for values in allowed for value in values if value.strip())
    declared = rule.values if rule is not None else ()
    singles: list[tuple[str, ...]] = [(value,) for value in (declared or mentioned)]
    if not declared:
        singles.append(("something else",))
    answers = [*singles] if rule is not None and rule.required else [(), *singles]
    whole = True
    if rule is None or rule.many:
        possible = [value for value in mentioned if not declared or _among(value, declared)]
        whole = len(possible) <= MOST_TOGETHER
        sizes = range(2, len(possible) + 1) if whole else (2, len(possible))
        answers += [several for size in sizes for several in combinations(possible, size)]
    ways: dict[tuple[bool, ...], tuple[str, ...]] = {}
    for answer in answers:
        way = tuple(any(_among(value, values) for value in answer) for values in allowed)
        ways.setdefault(way, answer)
    return list(ways.values()), whole


def _holds(condition: Mapping[str, tuple[str, ...]], interaction: Interaction) -> bool:
    """Whether a condition holds: its own reckoning, which the engine's is held against."""
    return all(
        any(_among(value, allowed) for value in interaction.get(name, ()))
        for name, allowed in condition.items()
    )


def _among(value: str, values: Iterable[str]) -> bool:
    return same_value(value) in {same_value(one) for one in values}
