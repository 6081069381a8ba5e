"""Which groups a public page must not show, so that nobody finds a small one by subtraction."""

from collections import Counter
from collections.abc import Mapping

from charter_score.summary import FEWEST_TO_COMPARE

Group = tuple[int, object]
"""A field, by its place, and a value of it."""


def suppressed(together: Mapping[tuple[object, ...], int]) -> set[Group]:
    """The groups to leave out; `together` is how many reviews have each combination of values.

    Groups of fewer than five reviews go first. What is left of any shown total (the whole, or a
    group that is shown) once every shown group that lies wholly inside is taken away must not be
    one to four reviews: then the smallest of those goes too, and where there is none to go, the
    total itself. Repeated until nothing changes.
    """
    sizes: Counter[Group] = Counter()
    for values, number in together.items():
        for group in enumerate(values):
            sizes[group] += number
    hidden = {group for group, number in sizes.items() if number < FEWEST_TO_COMPARE}
    inside = _inside(together, sizes)
    changed = True
    while changed:
        changed = False
        for total, groups in inside.items():
            if total in hidden:
                continue
            number = sum(together.values()) if total is None else sizes[total]
            for one_field in groups.values():
                shown = [group for group in one_field if group not in hidden]
                rest = number - sum(sizes[group] for group in shown)
                if not 0 < rest < FEWEST_TO_COMPARE:
                    continue
                if shown:
                    hidden.add(min(shown, key=lambda group: (sizes[group], repr(group))))
                    changed = True
                elif total is not None:
                    hidden.add(total)
                    changed = True
                    break
    return hidden


def _inside(
    together: Mapping[tuple[object, ...], int], sizes: Mapping[Group, int]
) -> dict[Group | None, dict[int, list[Group]]]:
    """The groups that lie wholly inside the whole (None) or another group, by their field."""
    pairs: Counter[tuple[Group, Group]] = Counter()
    for values, number in together.items():
        groups = list(enumerate(values))
        for one in groups:
            for other in groups:
                if one[0] != other[0]:
                    pairs[one, other] += number
    inside: dict[Group | None, dict[int, list[Group]]] = {None: {}}
    for group in sizes:
        inside[None].setdefault(group[0], []).append(group)
    for (total, group), number in pairs.items():
        if number == sizes[group]:
            inside.setdefault(total, {}).setdefault(group[0], []).append(group)
    return inside
