"""What every test shares: properties are drawn the same way on every run."""

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from effort import LONG, examples

settings.register_profile(
    "charter-score",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("charter-score")

_LONG_TESTS = Path(__file__).parent / "long"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what the run at hand is for: the usual suite, or in the long run what it leaves out."""
    kept: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        kept[_is_for_the_long_run(item) if LONG else not item.get_closest_marker("long")].append(
            item
        )
    items[:] = kept[True]
    if kept[False]:
        config.hook.pytest_deselected(items=kept[False])


def _is_for_the_long_run(item: pytest.Item) -> bool:
    return (
        item.path.is_relative_to(_LONG_TESTS)
        or item.get_closest_marker("at_length") is not None
        or item.get_closest_marker("long") is not None
        or hasattr(getattr(item, "obj", None), "hypothesis")
    )


def pytest_collection_finish() -> None:
    """Keep thousands of collected tests out of every search for garbage."""
    gc.collect()
    gc.freeze()
