"""How much a test tries: a part in the usual suite, everything in the long run.

`CHARTER_SCORE_LONG=1 python -m pytest tests tests/long` is the long run: the properties with all
their examples, the tests marked `at_length`, and what stands in `tests/long/`; what would be the
same as in the usual suite is left out of it.
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
    """The values to try, of all that the long run tries; for tests marked `at_length`."""
    return values if LONG else values[:usually]
