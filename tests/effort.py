"""How much a test tries: what is representative in the usual suite, the rest in the long run.

`CHARTER_SCORE_LONG=1 python -m pytest tests tests/long` is the long run: the properties with all
their examples, the tests marked `at_length` with the values that the usual suite leaves out, the
tests marked `long`, and what stands in `tests/long/`. What the usual suite does is not done again.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

LONG = os.environ.get("CHARTER_SCORE_LONG") == "1"

_PART = 20
_LEAST = 12


def examples(everything: int) -> int:
    """How many examples of a property to try, of all that the long run tries."""
    return everything if LONG else min(everything, max(_LEAST, everything // _PART))


def some(values: Sequence[T], usually: int = 1) -> Sequence[T]:
    """The first of the values, or in the long run the others; for tests marked `at_length`."""
    return values[usually:] if LONG else values[:usually]
