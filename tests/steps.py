"""Counts the work that something takes: in steps, which are the same on every machine.

A step is a line of Python begun (each turn of a loop begins one, also inside a comprehension), a
call of a function, Python's or C's, or 64 characters or items that a call of a text or list looks
at. What else happens inside C (a regular expression, a comparison) is not seen.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

LOOKING = frozenset(
    (
        *("copy", "count", "decode", "encode", "find", "index", "join", "remove", "replace"),
        *("rfind", "rindex", "rsplit", "sort", "split", "splitlines", "translate"),
    )
)
"""Methods of texts and lists that look at all of them."""

ROOM = 1.05
"""What a double size may take beyond the double: for sorting, and for numbers with a digit more.

The square of the size would take twice the double; that little of it hides behind much else."""


def steps_of(action: Callable[[], object]) -> int:
    """The steps that an action takes."""
    steps = 0

    def on_line(_frame: FrameType, _event: str, _value: Any) -> Any:
        nonlocal steps
        steps += 1
        return on_line

    def on_call(_frame: FrameType, event: str, value: Any) -> None:
        nonlocal steps
        if event == "c_call":
            steps += 1
            of = getattr(value, "__self__", None)
            if isinstance(of, str | bytes | list) and value.__name__ in LOOKING:
                steps += len(of) // 64

    tracing, profiling = sys.gettrace(), sys.getprofile()
    sys.setprofile(on_call)
    sys.settrace(on_line)
    try:
        action()
    finally:
        sys.settrace(tracing)
        sys.setprofile(profiling)
    return steps


def assert_grows_with_size(prepare: Callable[[int], Callable[[], object]], size: int) -> None:
    """Twice the size takes no more than about twice the steps.

    `prepare` gives the action for a size. It is run once at a small size before, so that what
    happens only the first time is over.
    """
    prepare(2)()
    once, twice = steps_of(prepare(size)), steps_of(prepare(2 * size))
    assert twice <= 2 * ROOM * once, f"{once} steps at {size}, {twice} at {2 * size}"
