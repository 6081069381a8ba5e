"""Suppression: no small group can be found by subtracting what is shown."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from charter_score.report.suppression import suppressed

TOGETHER = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.sampled_from("mn")),
    st.integers(1, 9),
    min_size=1,
    max_size=12,
)


@given(TOGETHER)
def test_nothing_small_is_left_of_any_total_that_is_shown(
    together: dict[tuple[str, str, str], int],
) -> None:
    """From the whole or a shown group take every shown group of a field that lies inside it."""
    hidden = suppressed(together)
    sizes: Counter[tuple[int, str]] = Counter()
    for values, number in together.items():
        sizes.update(dict.fromkeys(enumerate(values), number))
    shown = set(sizes) - hidden
    assert all(sizes[group] >= 5 for group in shown)
    totals = [(set(together), None)]
    totals += [({v for v in together if v[group[0]] == group[1]}, group) for group in shown]
    for inside, total in totals:
        for field in range(3):
            if total is not None and total[0] == field:
                continue
            parts = [
                group
                for group in shown
                if group[0] == field and all(v in inside for v in together if v[field] == group[1])
            ]
            rest = sum(together[v] for v in inside) - sum(sizes[group] for group in parts)
            assert not 0 < rest < 5 or (total is None and not parts)


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    """Ten, six and two of eighteen: two is small, and eighteen less ten less six would be two."""
    together = {("a",): 10, ("b",): 6, ("c",): 2}
    assert suppressed(together) == {(0, "b"), (0, "c")}


def test_a_group_inside_another_is_not_found_through_it() -> None:
    """Of a team of twelve with ten and two in its two offices neither office is shown."""
    together = {("team", "north"): 10, ("team", "south"): 2, ("other", "west"): 30}
    assert suppressed(together) == {(1, "south"), (1, "north")}
